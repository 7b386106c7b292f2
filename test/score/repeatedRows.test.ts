import { expect, test } from 'vitest'
import { epochDay } from '../../src/base/days.js'
import { buildDataset } from '../../src/dataset/buildDataset.js'
import { churnPlan } from '../../src/dataset/churnPlan.js'
import { openHistory } from '../../src/engine/openHistory.js'
import { sumOf } from '../../src/feature/builders/aggregateBuilders.js'
import { compileRules } from '../../src/feature/memory/compileRules.js'
import { followCustomer } from '../../src/feature/memory/followCustomer.js'
import { cancelled } from '../../src/label/cancelled.js'
import { trainLogistic } from '../../src/learn/logistic/train.js'
import { decodeModel, encodeModel } from '../../src/learn/store.js'
import { tagCustomer } from '../../src/lifecycle/tagCustomer.js'
import { tagLifecycle } from '../../src/lifecycle/tagLifecycle.js'
import { scoreHistory } from '../../src/score/scoreHistory.js'
import { createScorer, encodeScorer, loadScorer, type Scorer } from '../../src/score/scorer.js'
import type { RepeatedRows } from '../../src/table/repeatedRows.js'

const asOf = '2025-05-01'
const customers = Array.from({ length: 8 }, (_, index) => ({
  id: `C${index}`,
  activatedAt: '2020-01-01',
  cancelledAt: index % 2 === 0 ? '2025-05-10' : null,
}))
const usage = customers.flatMap(({ id }, index) => [
  { id, day: '2025-04-20', minutes: 10 * index, cell: 'north' },
  { id, day: '2025-04-21', minutes: 10, cell: 'south' },
])
/** Twice the same 50 minutes of C5. */
const doubled = [...usage, usage[10]!]
const rules = [sumOf('usage', 'minutes', { months: 1 })]

async function open(rows: typeof usage, repeatedRows: RepeatedRows, timeZone = 'UTC') {
  const options = { today: '2025-06-30', completeUntil: '2025-06-10', repeatedRows, timeZone } as const
  return openHistory({ customers, usage: rows }, options)
}

const scorers = new Map<RepeatedRows, Promise<Scorer>>()

function scorerOf(rule: RepeatedRows): Promise<Scorer> {
  if (!scorers.has(rule)) scorers.set(rule, trained(rule))
  return scorers.get(rule)!
}

async function trained(repeatedRows: RepeatedRows): Promise<Scorer> {
  const history = await open(usage, repeatedRows)
  const label = cancelled({ horizonDays: 30 })
  const dataset = await buildDataset(history, churnPlan({ label, features: rules, cutoffs: [asOf] }))
  await history.close()
  return loadScorer(encodeScorer(createScorer(trainLogistic(dataset), dataset)))
}

const [customer] = customers.slice(5, 6)
const alone = { customer: customer!, usage: doubled.filter(({ id }) => id === 'C5') }

test.each(['keep', 'drop'] as const)(
  'a model keeps what its history did with repeated rows: %s is the same for all and for one',
  async (rule) => {
    const scorer = await scorerOf(rule)
    expect(scorer.about.repeatedRows).toBe(rule)
    const history = await open(doubled, rule)
    const { scores } = await scoreHistory(history, scorer, { asOf })
    await history.close()
    const inBatch = scores.rows().find(({ id }) => id === 'C5')!
    const score = scorer.scoreOne(alone, { asOf })
    expect(score.probability).toBeCloseTo(Number(inBatch['probability']), 12)
    // 50 + 10 minutes, and 50 once more where each row counts
    expect(score.reasons[0]).toMatchObject({ value: rule === 'keep' ? 110 : 60 })
    expect(score.repeats).toEqual([{ table: 'usage', rows: 3, repeated: 1, example: 'C5 on 2025-04-20' }])
    expect(scorer.scoreOne({ ...alone, usage: alone.usage.slice(1) }, { asOf }).repeats).toEqual([])
    const { timeZone, repeatedRows } = scorer.about
    const followed = followCustomer(alone, compileRules(rules, { timeZone, repeatedRows }))
    expect(scorer.scoreOne(followed, { asOf })).toEqual(score)
  },
)

test('a model whose history was to hold each row once refuses a customer who does not, with the way out', async () => {
  const scorer = await scorerOf('refuse')
  expect(() => scorer.scoreOne(alone, { asOf })).toThrow(
    "scoreOne: table usage: expected table usage to hold each row once (repeatedRows: 'refuse'), but 1 of 3 rows",
  )
  expect(() => scorer.scoreOne({ ...alone, usage: alone.usage.slice(1) }, { asOf })).not.toThrow()
})

test('rows that a service shortens are not taken for each other: the column that told them apart is asked', async () => {
  const scorer = await scorerOf('drop')
  const short = [
    { day: '2025-04-20', minutes: 50 },
    { day: '2025-04-20', minutes: 50 },
  ]
  expect(() => scorer.scoreOne({ ...alone, usage: short }, { asOf })).toThrow(
    'expected column cell to be given',
  )
  const kept = await scorerOf('keep')
  expect(kept.about.tables).toBeNull()
  expect(kept.scoreOne({ ...alone, usage: short }, { asOf }).repeats).toHaveLength(1)
})

test('a history that was opened with another rule than that of the model is refused, with the way out', async () => {
  const scorer = await scorerOf('drop')
  for (const rule of ['keep', 'refuse'] as const) {
    const history = await open(usage, rule)
    await expect(scoreHistory(history, scorer, { asOf })).rejects.toThrow(
      `scoreHistory: expected history to be opened with the rule of the model for rows that are there more than once, drop, got "${rule}" (string). Open it with repeatedRows: 'drop'.`,
    )
    await history.close()
  }
})

test('whoever is followed by rules of another time zone, or of other repeated rows, is refused', async () => {
  const scorer = await scorerOf('drop')
  const followed = followCustomer(alone, compileRules(rules, { timeZone: 'Asia/Tokyo' }))
  expect(() => scorer.scoreOne(followed, { asOf })).toThrow("Give compileRules timeZone: 'UTC'.")
  expect(() => scorer.scoreOne(followed, { asOf })).toThrow("Give compileRules repeatedRows: 'drop'.")
})

test('a file of an earlier version does not say: each row counts, as it did', async () => {
  const { model, about } = decodeModel(encodeScorer(await scorerOf('keep')))
  const { repeatedRows, tables, ...before } = about as Record<string, unknown>
  expect([repeatedRows, tables]).toEqual(['keep', null])
  expect(loadScorer(encodeModel(model, before)).about).toMatchObject({ repeatedRows: 'keep', tables: null })
})

test('the stage of one customer is that of the history where rows are there twice', async () => {
  const months = ['2025-01', '2025-02', '2025-03', '2025-04', '2025-05']
  // 100 a month until March, then 60, once more in April: 120, no decline before May
  const rows = months.map((month, index) => ({
    id: 'C1',
    day: `${month}-10`,
    minutes: index < 3 ? 100 : 60,
    cell: 'north',
  }))
  const all = [...rows, rows[3]!, rows[4]!]
  for (const repeatedRows of ['keep', 'drop'] as const) {
    const history = await open(all, repeatedRows)
    const options = { asOf: '2025-06-01', from: '2025-01-01' } as const
    const tags = await tagLifecycle(history, options)
    await history.close()
    const tag = tagCustomer(
      { customer: customers[1]!, usage: all },
      { ...options, tables: history.tables, repeatedRows },
    )
    expect(tag.stage).toBe(tags.rows().find(({ id }) => id === 'C1')!['stage'])
    expect(tag.stage).toBe(repeatedRows === 'keep' ? 'maturity' : 'decline')
  }
  expect(() =>
    tagCustomer(
      { customer: customers[1]!, usage: all },
      { asOf: epochDay('2025-06-01'), repeatedRows: 'refuse' },
    ),
  ).toThrow('tagCustomer: table usage: expected table usage to hold each row once')
})
