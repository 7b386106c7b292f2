import { describe, expect, it } from 'vitest'
import { epochDay } from '../../src/base/days.js'
import { HoldfastError } from '../../src/base/errors.js'
import { numberColumn, textColumn } from '../../src/base/matrix.js'
import { sumOf } from '../../src/feature/builders/aggregateBuilders.js'
import { attribute } from '../../src/feature/builders/customerBuilders.js'
import { recency } from '../../src/feature/builders/rowBuilders.js'
import { followCustomer } from '../../src/feature/memory/followCustomer.js'
import { featureName } from '../../src/feature/name/featureName.js'
import { trainLogistic } from '../../src/learn/logistic/train.js'
import { createScorer } from '../../src/score/scorer.js'
import type { CustomerHistory } from '../../src/table/customerHistory.js'

const rules = [sumOf('usage', 'minutes', { months: 1 }), recency('contacts'), attribute('region')]
const [minutes, contacted, region] = rules.map(featureName) as [string, string, string]
const rows = Array.from({ length: 80 }, (_, index) => index)
const data = {
  features: {
    rowCount: 80,
    columns: [
      numberColumn(
        minutes,
        rows.map((index) => index),
      ),
      numberColumn(
        contacted,
        rows.map((index) => (index % 3 === 0 ? null : index)),
      ),
      textColumn(
        region,
        rows.map((index) => (index % 2 === 0 ? 'north' : 'south')),
      ),
    ],
  },
  outcome: Uint8Array.from(rows, (index) => (index < 25 || index % 9 === 0 ? 1 : 0)),
}
const scorer = createScorer(trainLogistic(data), {
  ...data,
  rules,
  population: null,
  label: null,
  fingerprint: '0'.repeat(64),
})

const customer = { id: 'A', activatedAt: '2024-01-15', region: 'north' }
const usage = [
  { day: '2025-02-03', minutes: 30 },
  { day: '2025-02-20', minutes: 40 },
]
const whole: CustomerHistory = { customer, usage, contacts: [] }
const asOf = '2025-03-01'

function refusal(history: unknown, day: unknown = asOf): HoldfastError {
  try {
    scorer.scoreOne(history as CustomerHistory, { asOf: day as string })
  } catch (error) {
    expect(error).toBeInstanceOf(HoldfastError)
    expect((error as HoldfastError).operation).toBe('scoreOne')
    return error as HoldfastError
  }
  return expect.unreachable('not refused')
}

describe('scoreOne', () => {
  it('scores a history with what the model reads, whatever else it holds', () => {
    const { probability } = scorer.scoreOne(whole, { asOf })
    const more = {
      customer: { ...customer, name: 'Ada' },
      usage: usage.map((row) => ({ id: 'A', ...row, dataMb: 1 })),
      contacts: [],
      bills: [],
    }
    expect(scorer.scoreOne(more, { asOf }).probability).toBe(probability)
    // A day as a text, a Date, or a number of days.
    expect(scorer.scoreOne(whole, { asOf: new Date(asOf) }).probability).toBe(probability)
    expect(scorer.scoreOne(whole, { asOf: epochDay(asOf) }).probability).toBe(probability)
  })

  it.each<[string, unknown, string]>([
    ['measure', { ...whole, usage: usage.map(({ day, minutes: Minutes }) => ({ day, Minutes })) }, 'Minutes'],
    [
      'measure',
      { ...whole, usage: usage.map(({ day, minutes: min }) => ({ day, minuites: min })) },
      'minuites',
    ],
    ['measure in one row', { ...whole, usage: [usage[0], { day: '2025-02-20', minute: 40 }] }, 'minute'],
    ['attribute', { ...whole, customer: { id: 'A', activatedAt: '2024-01-15', Region: 'north' } }, 'Region'],
    ['table', { ...whole, usage: undefined, usages: usage }, 'usage'],
    ['day', { ...whole, usage: [{ Day: '2025-02-03', minutes: 1 }] }, 'Day'],
  ])('asks back a misspelled %s', (_, history, name) => {
    expect(refusal(history).message).toContain(`Did you mean ${name}?`)
  })

  it.each<[string, unknown, string]>([
    [
      'a table',
      { customer, usage },
      'scoreOne: expected table contacts to be in the history: the rules read it. If the customer has no rows of it, ' +
        'give an empty list: { contacts: [] }.',
    ],
    ['a table of null', { ...whole, contacts: null }, 'expected table contacts to be in the history'],
    [
      'a measure',
      { ...whole, usage: [{ day: '2025-02-03', dataMb: 3 }] },
      'expected column minutes to be one of day, dataMb: the rules read it. Add it; if its value is not known, write null.',
    ],
    [
      'an attribute',
      { ...whole, customer: { id: 'A', activatedAt: '2024-01-15' } },
      'expected column region',
    ],
  ])('refuses a history without %s that the model reads', (_, history, message) => {
    expect(refusal(history).message).toContain(message)
  })

  it('names all that is missing at once', () => {
    const { problems } = refusal({
      customer: { id: 'A', activatedAt: '2024-01-15' },
      usage: [{ id: 'B', day: 20250201 }],
    })
    expect(problems.map(({ code, parameter }) => [code, parameter])).toEqual([
      ['column-missing', 'column region'],
      ['id-unknown', 'id'],
      ['value-type', 'day'],
      ['table-unknown', 'table contacts'],
      ['column-missing', 'column minutes'],
    ])
  })

  it.each([20250301, 202503, '20250301', 250301, Number.NaN, 1.5, null, {}])(
    'refuses %s as the day',
    (day) => {
      const { problems } = refusal(whole, day)
      expect(problems.map(({ parameter }) => parameter)).toEqual(['asOf'])
    },
  )

  it('asks back a day that is written as a number', () => {
    expect(refusal(whole, 20250301).message).toBe(
      'scoreOne: expected asOf to be a day written YYYY-MM-DD or YYYY-MM, a Date, or a whole number of days since 1970-01-01, got ' +
        "20250301 (number). Did you mean '2025-03-01'?",
    )
  })

  it('refuses a customer who has left or is not there yet, and only those', () => {
    const cancelled = (cancelledAt: string, more = {}) => ({
      ...whole,
      customer: { ...customer, cancelledAt, ...more },
    })
    expect(refusal(cancelled('2025-02-28')).message).toBe(
      'scoreOne: expected asOf to be at or before 2025-02-28, the day on which customer A cancelled, got "2025-03-01" ' +
        '(string). Customers who have left need no score: leave them out.',
    )
    expect(refusal({ ...whole, customer: { ...customer, activatedAt: asOf }, usage: [] }).message).toContain(
      'expected asOf to be after 2025-03-01, the day on which customer A was activated',
    )
    const { probability } = scorer.scoreOne(whole, { asOf })
    // On the day itself they still count, and so do those whose leaving becomes known only then.
    expect(scorer.scoreOne(cancelled('2025-03-01'), { asOf }).probability).toBe(probability)
    const late = cancelled('2025-02-28', { cancelledKnownAt: '2025-03-01' })
    expect(scorer.scoreOne(late, { asOf }).probability).toBe(probability)
    expect(refusal(cancelled('2025-02-27', { cancelledKnownAt: '2025-02-28' })).code).toBe('out-of-range')
  })

  it('asks the same of a customer who is followed', () => {
    const followed = followCustomer(whole, rules)
    expect(scorer.scoreOne(followed, { asOf })).toEqual(scorer.scoreOne(whole, { asOf }))
    expect(() => scorer.scoreOne(followed, { asOf: 20250301 as never })).toThrow("Did you mean '2025-03-01'?")
    expect(() => scorer.scoreOne(followed, { asOf: '2024-01-15' })).toThrow('was activated')
    const left = followCustomer({ ...whole, customer: { ...customer, cancelledAt: '2025-02-01' } }, rules)
    expect(() => scorer.scoreOne(left, { asOf })).toThrow('customer A cancelled')
  })

  it('without options says that the day is missing', () => {
    expect(() => scorer.scoreOne(whole, undefined as never)).toThrow(/^scoreOne: expected asOf to be a day/)
  })
})

it('a customer beside the tables, not in customer, is told where they belong', () => {
  const error = refusal({ ...customer, usage })
  expect(error.problems).toHaveLength(1)
  expect(error.message).toContain('Put what is known of the customer into customer')
})

it('a day long after the last row is unseen for its days since, not for its unit', () => {
  const contacts = [{ day: '2025-02-01', kind: 'call' }]
  const { unseen } = scorer.scoreOne({ customer, usage, contacts }, { asOf: '2026-02-01' })
  // 365 days where training saw 1 to 79
  expect(unseen).toContainEqual({
    feature: contacted,
    value: 365,
    why: 'Training saw 1 to 79: are the rows complete up to asOf? Days without data look like a silent customer.',
  })
})
