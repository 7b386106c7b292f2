import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addMonths, type EpochDay, epochDay, formatDay } from '../../src/base/days.js'
import type { HoldfastError } from '../../src/base/errors.js'
import type { History } from '../../src/engine/history.js'
import { involuntary, reasonIn, unpaidBefore, voluntary } from '../../src/label/cancelCause.js'
import { cancelled } from '../../src/label/cancelled.js'
import { firstPassage } from '../../src/label/firstPassage.js'
import { labelProblems, labelTables, outcomeColumns } from '../../src/label/labelProblems.js'
import { labelTable, latestCutoff } from '../../src/label/labelTable.js'
import { outcomeWindow } from '../../src/label/outcomeWindow.js'
import { planDowngraded } from '../../src/label/planDowngraded.js'
import type { LabelRule, OutcomeRule } from '../../src/label/rule.js'
import { silent } from '../../src/label/silent.js'
import { valueDropped } from '../../src/label/valueDropped.js'
import { populationTable } from '../../src/population/populationTable.js'
import type { HistoryKinds } from '../../src/table/inputs.js'
import { open, outcomesOf } from './openLabels.js'

const march = epochDay('2025-03-01')

async function leavers(completeUntil?: string): Promise<History> {
  const days = ['2025-03-01', '2025-03-07', '2025-03-08', '2025-04-06', '2025-04-07', null]
  const customers = days.map((cancelledAt) => ({
    id: `${cancelledAt}`,
    activatedAt: '2024-01-01',
    cancelledAt,
  }))
  return open(customers, {}, completeUntil)
}

test('cancelled in [c + gap, c + gap + horizon) is 1, later or never is 0, inside the gap is no outcome', async () => {
  // 1 March + 7 = 8 March; + 30 = 7 April.
  expect(await outcomesOf(await leavers(), cancelled({ gapDays: 7, horizonDays: 30 }), march)).toEqual({
    '2025-03-01': 'left in the gap',
    '2025-03-07': 'left in the gap',
    '2025-03-08': 1,
    '2025-04-06': 1,
    '2025-04-07': 0,
    null: 0,
  })
})

test('a horizon of a calendar month ends with the month', async () => {
  const customers = ['2025-02-01', '2025-02-28', '2025-03-01'].map((cancelledAt) => ({
    id: cancelledAt,
    activatedAt: '2024-01-01',
    cancelledAt,
  }))
  const rule = cancelled({ horizonMonths: 1 })
  expect(await outcomesOf(await open(customers), rule, epochDay('2025-02-01'))).toEqual({
    '2025-02-01': 1,
    '2025-02-28': 1,
    '2025-03-01': 0,
  })
})

test('an outcome window that ends where the history ends is complete', async () => {
  const rule = cancelled({ gapDays: 7, horizonDays: 30 })
  expect(await outcomesOf(await leavers('2025-04-07'), rule, march)).toMatchObject({
    '2025-04-06': 1,
    null: 0,
  })
})

test('a cutoff whose horizon is not over has no outcome at all, not even for those who have left', async () => {
  const history = await leavers('2025-04-07')
  const rule = cancelled({ gapDays: 0, horizonDays: 30 })
  const cutoffs = [march, epochDay('2025-03-09')]
  const population = await populationTable(history, undefined, cutoffs)
  const labels = await labelTable(history, rule, population)
  const rows = await history.engine.query(
    `SELECT cutoff, count(outcome) AS outcomes, count(reason) AS reasons FROM ${labels.table} GROUP BY cutoff ORDER BY cutoff`,
  )
  // On 9 March three of the six are left.
  expect(rows.rows()).toEqual([
    { cutoff: march, outcomes: 6, reasons: 0 },
    { cutoff: march + 8, outcomes: 0, reasons: 3 },
  ])
  expect(labels.report.rows()).toEqual([
    { cutoff: '2025-03-01', reason: 'horizon not complete', customers: 0 },
    { cutoff: '2025-03-01', reason: 'left in the gap', customers: 0 },
    { cutoff: '2025-03-09', reason: 'horizon not complete', customers: 3 },
    { cutoff: '2025-03-09', reason: 'left in the gap', customers: 0 },
  ])
})

test('no cutoff with a complete horizon is refused, with the latest usable cutoff', async () => {
  const error = outcomesOf(await leavers('2025-04-06'), cancelled({ gapDays: 7, horizonDays: 30 }), march)
  await expect(error).rejects.toThrow(
    'labelTable: expected the outcome window [2025-03-08, 2025-04-07) to end at or before 2025-04-06, up to which the history is complete. Use a cutoff of at most 2025-02-28, or a shorter horizon.',
  )
})

test('the latest usable cutoff is usable, and the day after it is not', () => {
  const horizons = fc.oneof(
    fc.integer({ min: 1, max: 400 }).map((days) => ({ days })),
    fc.integer({ min: 1, max: 14 }).map((months) => ({ months })),
  )
  const ends = fc.integer({ min: epochDay('2023-01-01'), max: epochDay('2025-12-31') })
  fc.assert(
    fc.property(horizons, fc.integer({ min: 0, max: 40 }), ends, (horizon, gapDays, end) => {
      const rule: LabelRule = { kind: 'cancelled', gapDays, horizon }
      const latest = latestCutoff(rule, end as EpochDay)
      expect(outcomeWindow(rule, latest).end).toBeLessThanOrEqual(end)
      expect(outcomeWindow(rule, (latest + 1) as EpochDay).end).toBeGreaterThan(end)
    }),
  )
})

// The example of the design: cutoff = day 30, look-back [0, 30), outcome window [30, 60).
const exampleRows = [
  { id: 'A', day: 10 },
  { id: 'A', day: 40 },
  { id: 'B', day: 15 },
  { id: 'C', day: 70 },
]

test('silent: seen again is 0, not seen again is 1, not seen before is not countable', async () => {
  const customers = ['A', 'B', 'C'].map((id) => ({ id, activatedAt: -10 }))
  const history = await open(customers, { usage: exampleRows }, formatDay(90 as EpochDay))
  expect(await outcomesOf(history, silent(), 30 as EpochDay)).toEqual({
    A: 0,
    B: 1,
    C: 'no usage in the 30 days before',
  })
})

test('silent: rows in the gap count on neither side, the edges are half-open', async () => {
  const days: Record<string, number[]> = {
    'first day of the look-back': [20],
    'day before the look-back': [19],
    'first day of the gap': [25, 30],
    'last day of the gap': [25, 34],
    'first day of the outcome': [25, 35],
    'last day of the outcome': [25, 44],
    'day after the outcome': [25, 45],
    'only in the gap': [31],
  }
  const usage = Object.entries(days).flatMap(([id, list]) => list.map((day) => ({ id, day })))
  const customers = Object.keys(days).map((id) => ({ id, activatedAt: 0 }))
  const history = await open(customers, { usage }, '1970-04-01')
  const rule = silent({ activeDays: 10, gapDays: 5, silentDays: 10 })
  expect(await outcomesOf(history, rule, 30 as EpochDay)).toEqual({
    'first day of the look-back': 1,
    'day before the look-back': 'no usage in the 10 days before',
    'first day of the gap': 1,
    'last day of the gap': 1,
    'first day of the outcome': 0,
    'last day of the outcome': 0,
    'day after the outcome': 1,
    'only in the gap': 'no usage in the 10 days before',
  })
})

test('silent: who cancels in the gap has no outcome', async () => {
  const customers = [{ id: 'A', activatedAt: 0, cancelledAt: 32 }]
  const history = await open(customers, { usage: [{ id: 'A', day: 29 }] }, '1970-04-01')
  const rule = silent({ gapDays: 5 })
  expect(await outcomesOf(history, rule, 30 as EpochDay)).toEqual({ A: 'left in the gap' })
})

test('value dropped: 70 of a mean of 100 is a fall of 30 %, 70.01 is not', async () => {
  const bills = (id: string, amounts: number[]) =>
    amounts.map((amount, index) => ({
      id,
      period: formatDay(addMonths(epochDay('2024-12-01'), index)),
      amount,
    }))
  const long = { activatedAt: '2024-01-01' }
  const customers = [
    { id: 'fell', ...long },
    { id: 'nearly', ...long },
    { id: 'rose', ...long },
    { id: 'free', ...long },
    { id: 'stopped', ...long },
    { id: 'new', activatedAt: '2024-12-02' },
  ]
  const rows = [
    ...bills('fell', [90, 100, 110, 70]),
    ...bills('nearly', [90, 100, 110, 70.01]),
    ...bills('rose', [1, 1, 1, 5]),
    ...bills('free', [0, 0, 0, 5]),
    ...bills('stopped', [10, 10, 10]),
    ...bills('new', [90, 100, 110, 10]),
  ]
  // Look-back [2024-12-01, 2025-03-01) = the bills of December to February; outcome = the bill of March.
  expect(await outcomesOf(await open(customers, { bills: rows }), valueDropped(), march)).toEqual({
    fell: 1,
    nearly: 0,
    rose: 0,
    free: 'no amount in the look-back',
    stopped: 1,
    new: 'activated within the look-back',
  })
})

test('value dropped: 0.7 × 0.1 is a fall of 30 % from 0.1, although 0.07 > 0.7 × 0.1 in floating point', async () => {
  const bills = [0.1, 0.1, 0.1, 0.07].map((amount, index) => ({
    id: 'A',
    period: formatDay(addMonths(epochDay('2024-12-01'), index)),
    amount,
  }))
  const history = await open([{ id: 'A', activatedAt: '2024-01-01' }], { bills })
  expect(await outcomesOf(history, valueDropped(), march)).toEqual({ A: 1 })
})

test('what a label reads of a history, and what that lacks', () => {
  const fee = { column: 'fee', leastFall: 5 } as const
  const tiers = { column: 'brand', tiers: [['a'], ['b']] } as const
  const byReason = voluntary(reasonIn('why', ['x']))
  const causes = [
    { name: 'left', event: 'cancelled', cause: byReason },
    { name: 'closed', event: 'cancelled', cause: involuntary(unpaidBefore({ openAbove: 1 })) },
    { name: 'quiet', event: 'silent', table: 'contacts', days: 40 },
    { name: 'lower', event: 'planDowngraded', order: tiers },
  ] as const
  const rules: [OutcomeRule, string[], string[]][] = [
    [cancelled(), [], []],
    [cancelled({ cause: byReason }), ['customers'], ['why']],
    [cancelled({ cause: involuntary() }), ['payments'], []],
    [
      cancelled({ cause: involuntary(unpaidBefore({ failedKinds: [], openAbove: 0 })) }),
      ['payments', 'bills'],
      [],
    ],
    [silent({ table: 'contacts' }), ['contacts'], []],
    [valueDropped(), ['bills'], []],
    [planDowngraded({ leastFall: 5 }), ['plans'], []],
    [firstPassage({ causes }), ['customers', 'payments', 'bills', 'contacts', 'plans'], ['why']],
  ]
  for (const [rule, tables, columns] of rules) {
    expect(labelTables(rule)).toEqual(tables)
    expect(outcomeColumns(rule)).toEqual(columns)
  }
  const lacks = (rule: OutcomeRule, tables: HistoryKinds) =>
    labelProblems(rule, tables).map(({ code, parameter, received, wayOut }) =>
      [code, parameter, received, wayOut].filter((each) => each !== undefined).join(' | '),
    )
  const passage = firstPassage({ causes: [...causes, { ...causes[3], name: 'lower too' }] })
  expect(lacks(passage, { customers: { wy: 'text' }, payments: {}, plans: { brand: 'number' } })).toEqual([
    'column-missing | column why | Did you mean wy?',
    'column-missing | column kind',
    'table-unknown | table bills',
    'table-unknown | table contacts',
    // Two causes read it; it is said once.
    'column-type | column brand | number',
  ])
  expect(lacks(planDowngraded({ ...fee }), { plans: { fee: 'text' } })).toEqual([
    'column-type | column fee | text',
  ])
  const all = { why: 'text', kind: 'text', brand: 'text', fee: 'number', amount: 'number' } as const
  const full = { customers: all, payments: all, bills: all, contacts: all, plans: all }
  for (const [rule] of rules) expect(lacks(rule, full)).toEqual([])
})

test('tables and columns that the history does not have are refused', async () => {
  const history = await leavers()
  const codeOf = (rule: LabelRule) =>
    outcomesOf(history, rule, march).catch((error: unknown) => (error as HoldfastError).problems[0])
  expect(await codeOf(valueDropped())).toMatchObject({ code: 'table-unknown', parameter: 'table bills' })
  expect(await codeOf(valueDropped({ table: 'usage', measure: 'minute' }))).toMatchObject({
    code: 'column-missing',
    wayOut: 'Did you mean minutes?',
  })
})

test.each<[string, () => unknown, string]>([
  [
    'two lengths',
    // @ts-expect-error
    () => cancelled({ horizonDays: 30, horizonMonths: 1 }),
    'horizonMonths to be left out',
  ],
  [
    'two lengths of silence',
    // @ts-expect-error
    () => silent({ silentDays: 30, silentMonths: 1 }),
    'silentMonths to be left out',
  ],
  ['a negative gap', () => cancelled({ gapDays: -1 }), 'gapDays to be an integer of at least 0'],
  ['a percentage', () => valueDropped({ share: 30 }), 'Did you mean 0.3?'],
  ['a misspelt option', () => silent({ silentDay: 3 } as never), 'Did you mean silentDays?'],
])('%s are refused', (_, make, sentence) => {
  expect(make).toThrow(sentence)
})
