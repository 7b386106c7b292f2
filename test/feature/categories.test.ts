import fc from 'fast-check'
import { expect, test } from 'vitest'
import { categoryOf } from '../../src/base/category.js'
import { epochDay } from '../../src/base/days.js'
import { countOf, distinctOf } from '../../src/feature/builders/aggregateBuilders.js'
import { attribute, inForce } from '../../src/feature/builders/customerBuilders.js'
import { lastValue } from '../../src/feature/builders/rowBuilders.js'
import { featureName } from '../../src/feature/name/featureName.js'
import type { CustomerHistory } from '../../src/table/customerHistory.js'
import { differences, inEngine, inMemory, openCustomers, type Values } from './bothExecutions.js'

const activatedAt = epochDay('2024-01-01')
const cutoff = epochDay('2024-06-01')

const texts = fc
  .array(
    fc.constantFrom(
      ' ',
      '\t',
      '\n',
      '\v',
      '\f',
      '\r',
      '\u00a0',
      '\u2003',
      '\u2028',
      '\u3000',
      '\ufeff',
      'a',
      'é',
    ),
    {
      maxLength: 3,
    },
  )
  .map((list) => list.join(''))

const rules = [
  attribute('region'),
  inForce('plan', 'text'),
  lastValue('payments', 'kind', 'text', 'all'),
  distinctOf('payments', 'kind', 'all'),
  countOf('payments', 'all', { column: 'kind', notIn: ['a'] }),
]

// The texts themselves are not compared: DuckDB's binding leaves out a byte order mark that a text begins with.
function categorized(values: Values): Values {
  const rows = [...values].map(([key, row]) => {
    return [key, row.map((value) => (typeof value === 'string' ? categoryOf(value) : value))] as const
  })
  return new Map(rows)
}

test('a text is the same category, or missing, over all customers and for one in memory', async () => {
  const customers = fc.array(
    fc.record({ region: texts, plan: texts, kinds: fc.array(texts, { maxLength: 3 }) }),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  await fc.assert(
    fc.asyncProperty(customers, async (drawn) => {
      const histories = drawn.map(
        ({ region, plan, kinds }, index): CustomerHistory => ({
          customer: { id: `C${index}`, activatedAt, region },
          plans: [{ from: activatedAt, plan: plan.trim() === '' ? 'S' : plan }],
          payments: kinds.map((kind, day) => ({ day: activatedAt + day, amount: 1, kind })),
        }),
      )
      const first: CustomerHistory = {
        customer: { id: 'first', activatedAt, region: 'north' },
        plans: [{ from: activatedAt, plan: 'S' }],
        payments: [{ day: activatedAt, amount: 1, kind: 'a' }],
        usage: [{ day: activatedAt, minutes: 1 }],
        bills: [{ period: activatedAt, amount: 1 }],
        contacts: [{ day: activatedAt, kind: 'question' }],
        devices: [{ period: activatedAt, deviceId: 'd' }],
      }
      const all = [first, ...histories]
      const history = await openCustomers(all)
      try {
        const batch = await inEngine(history, rules, [cutoff])
        const memory = inMemory(all, rules, [cutoff])
        expect(differences(categorized(batch), categorized(memory), rules.map(featureName))).toEqual([])
      } finally {
        await history.close()
      }
    }),
    { numRuns: 8 },
  )
})
