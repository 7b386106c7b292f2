import { expect, test } from 'vitest'
import {
  contactSavingsLine,
  contactsForSameCatch,
} from '../../../src/evaluate/ranking/contactsForSameCatch.js'

// 23,735 customers, 190 leavers, all of them among the first 11,614: 712 contacts reach as many as 1,455 at random.
const p = Array.from({ length: 23_735 }, (_, row) => (row < 11_614 ? 0.02 : 0.001))
const y = p.map((_, row) => (row < 190 ? 1 : 0))
const savings = contactsForSameCatch(p, y, { contactsWithoutModel: 1455 })

test('743 spared contacts at 3 each are 2,229 saved', () => {
  expect(contactSavingsLine(savings, { contactCost: 3, currency: 'CNY' })).toBe(
    '1,455 contacts without a model, 712 with it, for the same 11.6 churners: 51 % fewer, 2,229 CNY saved',
  )
  expect(contactSavingsLine(savings, { contactCost: 3 })).toMatch(/51 % fewer, 2,229 saved$/)
})

test('a model worse than chance loses money', () => {
  const worse = contactsForSameCatch([0.9, 0.8, 0.2, 0.1], [0, 0, 1, 1], { caughtShare: 0.5 })
  expect(contactSavingsLine(worse, { contactCost: 2.5 })).toMatch(/50 % more, 2.5 lost$/)
})

test('refuses a cost below 0 and unknown names', () => {
  expect(() => contactSavingsLine(savings, { contactCost: -3 })).toThrow(
    /contactCost to be a number of at least 0/,
  )
  expect(() => contactSavingsLine(savings, { cost: 3 } as never)).toThrow(/contactCost/)
})
