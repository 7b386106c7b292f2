import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addDays, addMonths, epochDay, formatDay } from '../../src/base/days.js'
import { textColumn } from '../../src/base/matrix.js'
import { openDuckdb } from '../../src/engine/duckdb.js'
import type { Engine } from '../../src/engine/engine.js'
import type { History } from '../../src/engine/history.js'
import { openHistory } from '../../src/engine/openHistory.js'
import { falseChurn } from '../../src/population/falseChurnRule.js'
import { falseChurnTable } from '../../src/population/falseChurnTable.js'
import { followCohort } from '../../src/population/followCohort.js'
import { monthlyFlows } from '../../src/population/monthlyFlows.js'
import { populationTable } from '../../src/population/populationTable.js'
import { activeCustomers, attributeIn } from '../../src/population/rule.js'
import { cohortFromTable, type SnapshotCohort, snapshotCohort } from '../../src/population/snapshotCohort.js'
import { stockFlowAudit } from '../../src/population/stockFlowAudit.js'
import { readTable } from '../../src/table/readTable.node.js'
import { dayColumn, Table, tableFrom } from '../../src/table/table.js'
import { writeTable } from '../../src/table/writeTable.node.js'

let engine: Engine
beforeAll(async () => {
  engine = await openDuckdb()
})
afterAll(() => engine.close())

type Customer = {
  readonly id: string
  readonly activatedAt: string
  readonly cancelledAt: string | null
}

function historyOf(customers: readonly Customer[], completeUntil = '2026-01-01'): Promise<History> {
  const usage = [{ id: customers[0]!.id, day: customers[0]!.activatedAt, minutes: 1 }]
  return openHistory({ customers: [...customers], usage }, { engine, today: '2026-01-01', completeUntil })
}

const at = epochDay('2025-01-01')

test('the printed figures of a snapshot cohort: retention, schedule target and margin of six months', async () => {
  // 10,000 customers; how many are left at the end of each month is retention × 10,000
  const retained = [10_000, 9_902, 9_785, 9_604, 9_551, 9_395]
  const monthOf = (customer: number) => retained.findIndex((count) => customer >= count)
  const customers = Array.from({ length: 10_000 }, (_, customer) => {
    const month = monthOf(customer)
    const cancelledAt = month === -1 ? null : formatDay(addDays(addMonths(at, month), customer % 28))
    return { id: String(customer), activatedAt: '2024-01-01', cancelledAt }
  })
  const history = await historyOf(customers)
  const { retention, leavers } = await followCohort(history, await snapshotCohort(history, { at }), {
    months: 6,
  })
  const percent = (name: string) =>
    Array.from(retention.numbers(name).values, (share) => Number((100 * share).toFixed(2)))
  expect(percent('retention')).toEqual([100, 99.02, 97.85, 96.04, 95.51, 93.95])
  expect(percent('target')).toEqual([98.75, 97.5, 96.25, 95, 93.75, 92.5])
  expect(percent('margin')).toEqual([1.25, 1.52, 1.6, 1.04, 1.76, 1.45])
  expect(Array.from(leavers.numbers('customers').values)).toEqual([0, 98, 117, 181, 53, 156])
})

test('the printed residuals of stock and flow are found', () => {
  const figures = tableFrom({
    new: [455, 385, 725, 1178, 450, 895],
    left: [304, 409, 376, 349, 310, 404],
    stock: [11762, 11164, 11620, 12533, 12691, 13255],
  })
  expect(
    stockFlowAudit(figures)
      .rows()
      .map(({ residual }) => residual),
  ).toEqual([null, -574, 107, 84, 18, 73])
})

test('a month without a figure, and the one after it, have no residual', () => {
  const residuals = (figures: Record<'new' | 'left' | 'stock', (number | null)[]>) =>
    stockFlowAudit(tableFrom(figures))
      .rows()
      .map(({ residual }) => residual)
  const [arrived, left, stock] = [
    [1, 3, 1],
    [0, 1, 0],
    [10, 12, 12],
  ] as const
  // 12 − (10 + 3 − 1) and 12 − (12 + 1 − 0)
  expect(residuals({ new: [...arrived], left: [...left], stock: [...stock] })).toEqual([null, 0, -1])
  const gap = (values: readonly number[]) => values.with(1, null as never)
  expect(residuals({ new: [...arrived], left: [...left], stock: gap(stock) })).toEqual([null, null, null])
  expect(residuals({ new: gap(arrived), left: [...left], stock: [...stock] })).toEqual([null, null, -1])
  expect(residuals({ new: [...arrived], left: gap(left), stock: [...stock] })).toEqual([null, null, -1])
})

const five: Customer[] = [
  { id: 'stays', activatedAt: '2024-01-01', cancelledAt: null },
  { id: 'leaves on the first day', activatedAt: '2024-01-01', cancelledAt: '2025-01-01' },
  { id: 'leaves on the last day', activatedAt: '2024-01-01', cancelledAt: '2025-01-31' },
  { id: 'leaves in March', activatedAt: '2024-01-01', cancelledAt: '2025-03-01' },
  { id: 'comes on the day', activatedAt: '2025-01-01', cancelledAt: null },
]

test('frozen is who is counted when the day begins; months end where the next one begins', async () => {
  const history = await historyOf(five, '2025-03-15')
  const cohort = await snapshotCohort(history, { at: '2025-01-01' })
  expect(cohort.customers.rowCount).toBe(4)
  const { retention, leavers } = await followCohort(history, cohort, {
    months: 3,
    target: { start: 0.9, fallPerMonth: 0.1 },
  })
  expect(retention.rows().map(({ month, until, retained }) => [month, until, retained])).toEqual([
    [1, '2025-02-01', 2],
    [2, '2025-03-01', 2],
    // March is not over: who left in it so far is no figure of March
    [3, '2025-04-01', null],
  ])
  expect(retention.cell('margin', 2)).toBeNull()
  expect(retention.rows().map(({ target }) => Number(Number(target).toFixed(9)))).toEqual([0.8, 0.7, 0.6])
  expect(leavers.rows()).toEqual([
    { month: 1, reason: 'real churn', customers: 2 },
    { month: 2, reason: 'real churn', customers: 0 },
  ])
})

test('a cohort that was written to a file and read back is the same, and the same in a later history', async () => {
  const history = await historyOf(five)
  const cohort = await snapshotCohort(history, { at })
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-cohort-'))
  for (const name of ['cohort.parquet', 'cohort.csv']) {
    await writeTable(cohort.customers, join(folder, name))
    const back = cohortFromTable(await readTable(join(folder, name)))
    expect([back.at, back.fingerprint]).toEqual([cohort.at, cohort.fingerprint])
    expect(back.customers.rows()).toEqual(cohort.customers.rows())
  }
  rmSync(folder, { recursive: true })
  const later = await historyOf([...five].reverse())
  expect((await snapshotCohort(later, { at })).fingerprint).toBe(cohort.fingerprint)
})

test('another day, another customer or another cut between ids gives another fingerprint', () => {
  const cohort = (ids: string[], day: string): SnapshotCohort =>
    cohortFromTable(
      new Table([
        textColumn('id', ids),
        dayColumn(
          'snapshotAt',
          ids.map(() => epochDay(day)),
        ),
      ]),
    )
  const texts = [
    cohort(['a', 'b'], '2025-01-01'),
    cohort(['a', 'b'], '2025-01-02'),
    cohort(['a', 'c'], '2025-01-01'),
    cohort(['a b'], '2025-01-01'),
    cohort(['a'], '2025-01-01'),
  ].map(({ fingerprint }) => fingerprint)
  expect(new Set(texts).size).toBe(texts.length)
  expect(cohort(['b', 'a'], '2025-01-01').fingerprint).toBe(texts[0])
  // printf 'holdfast cohort 1 2025-01-01 1 1 a' | sha256sum
  expect(texts.at(-1)).toBe('3e36a7c179e99ac16a1f86b48909b722e8331ca2d4b6c108793e70f5fb2be414')
})

test('a cohort of nobody, of several days, or with a customer twice is refused', async () => {
  const history = await historyOf(five)
  const nobody = activeCustomers({
    exclusions: [
      attributeIn(
        'id',
        five.map(({ id }) => id),
      ),
    ],
  })
  await expect(snapshotCohort(history, { at, population: nobody })).rejects.toMatchObject({
    code: 'table-empty',
  })
  await expect(snapshotCohort(history, { at: '2026-01-02' })).rejects.toMatchObject({ code: 'window-open' })
  await expect(snapshotCohort(history, { at: 'soon' })).rejects.toMatchObject({ code: 'option-invalid' })
  const table = (ids: string[], days: string[]) =>
    new Table([textColumn('id', ids), dayColumn('snapshotAt', days.map(epochDay))])
  expect(() => cohortFromTable(table(['a', 'b'], ['2025-01-01', '2025-01-02']))).toThrow(
    'row 2, column snapshotAt: expected snapshotAt to be one day for all, 2025-01-01 as in the first row',
  )
  const withoutId = tableFrom({ id: ['a', null] }).with(dayColumn('snapshotAt', [at, at]))
  expect(() => cohortFromTable(withoutId)).toThrow('column id')
  expect(() => cohortFromTable(table(['a', 'a'], ['2025-01-01', '2025-01-01']))).toThrow('to occur once')
  expect(() => cohortFromTable(table([], []))).toThrow('at least one customer')
})

test('customers that the history does not know are refused, and counted', async () => {
  const cohort = await snapshotCohort(await historyOf(five), { at })
  const other = await historyOf(five.filter(({ id }) => id === 'stays'))
  const error = followCohort(other, cohort, { months: 1 })
  const first = 'leaves in March'
  await expect(error).rejects.toMatchObject({ code: 'id-unknown', problems: [{ count: 3, received: first }] })
})

test('a cohort is followed for 1 to 600 months, against a target that is a share', async () => {
  const history = await historyOf(five)
  const cohort = await snapshotCohort(history, { at })
  const targets = async (months: number, target?: object) =>
    (await followCohort(history, cohort, { months, ...(target && { target }) })).retention.numbers('target')
  expect((await targets(600)).values).toHaveLength(600)
  expect((await targets(1, {})).values[0]).toBe(0.9875)
  expect((await targets(1, { start: 0, fallPerMonth: 0 })).values[0]).toBe(0)
  expect((await targets(1, { start: 1, fallPerMonth: 1 })).values[0]).toBe(0)
  for (const [months, target] of [
    [0, {}],
    [601, {}],
    [1, { start: -0.001 }],
    [1, { start: 1.001 }],
    [1, { fallPerMonth: -0.001 }],
    [1, { fallPerMonth: 1.001 }],
  ] as const) {
    await expect(targets(months, target)).rejects.toMatchObject({ code: 'option-invalid' })
  }
})

test('what is made in the engine is gone when it is dropped', async () => {
  const history = await openHistory(hop, { engine, today: '2026-01-01', completeUntil: '2026-01-01' })
  const made = async () => {
    const tables = await engine.query(
      "SELECT table_name AS n FROM duckdb_tables() WHERE table_name LIKE 'holdfast%'",
    )
    return tables.rows().map(({ n }) => n)
  }
  const before = await made()
  const found = await falseChurnTable(history, falseChurn())
  const population = await populationTable(history, undefined, [at])
  expect((await made()).length).toBe(before.length + 2)
  const cohort = await snapshotCohort(history, { at })
  await followCohort(history, cohort, { months: 1, falseChurn: found })
  await found.drop()
  await population.drop()
  expect(await made()).toEqual(before)
})

const hop = {
  customers: [
    { id: 'card', activatedAt: '2023-01-01', cancelledAt: null },
    { id: 'second card', activatedAt: '2024-01-01', cancelledAt: '2025-02-10' },
    { id: 'hopper', activatedAt: '2024-01-01', cancelledAt: '2025-02-10' },
    { id: 'hopper again', activatedAt: '2025-02-11', cancelledAt: null },
    { id: 'hopper too', activatedAt: '2024-02-01', cancelledAt: '2025-02-10' },
    { id: 'in arrears', activatedAt: '2024-01-01', cancelledAt: '2025-02-10' },
    { id: 'gone', activatedAt: '2024-01-01', cancelledAt: '2025-02-10' },
    { id: 'new', activatedAt: '2025-02-11', cancelledAt: null },
    { id: 'new too', activatedAt: '2025-02-12', cancelledAt: null },
  ],
  devices: [
    ...['card', 'second card'].map((id) => ({ id, period: '2025-02', deviceId: 'p' })),
    ...['hopper', 'hopper again', 'hopper too'].map((id) => ({ id, period: '2025-02', deviceId: 'q' })),
  ],
  payments: [{ id: 'in arrears', day: '2025-02-09', amount: 9, kind: 'failed' }],
}

test('net of second cards and re-entries the person is kept; arrears stay a loss', async () => {
  const history = await openHistory(hop, { engine, today: '2026-01-01', completeUntil: '2026-01-01' })
  const rule = falseChurn({ arrears: [{ by: 'payments', kinds: ['failed'] }] })
  const found = await falseChurnTable(history, rule)
  const cohort = await snapshotCohort(history, { at: '2025-02-01' })
  const { retention, leavers } = await followCohort(history, cohort, { months: 1, falseChurn: found })
  // Six were there on 1 February; all but one left, two of them to a new line, one beside an old one
  expect(retention.rows()[0]).toMatchObject({ retained: 1, retainedNet: 4, retentionNet: 4 / 6 })
  expect(leavers.rows().map(({ reason, customers }) => [reason, customers])).toEqual([
    ['second card', 1],
    ['re-entry', 2],
    ['arrears', 1],
    ['real churn', 1],
  ])
})

test('re-entry is taken from those who left and from those who came; one new line of two leavers is taken once', async () => {
  const history = await openHistory(hop, { engine, today: '2026-01-01', completeUntil: '2026-01-01' })
  const falseChurnOf = await falseChurnTable(
    history,
    falseChurn({ arrears: [{ by: 'payments', kinds: ['failed'] }] }),
  )
  const flows = await monthlyFlows(history, { first: '2025-01', last: '2025-02', falseChurn: falseChurnOf })
  expect(flows.rows()).toEqual([
    { month: '2025-01-01', new: 0, left: 0, stock: 6, newNet: 0, leftNet: 0, realChurn: 0 },
    { month: '2025-02-01', new: 3, left: 5, stock: 4, newNet: 2, leftNet: 3, realChurn: 1 },
  ])
  expect(
    stockFlowAudit(flows)
      .rows()
      .map(({ residual }) => residual),
  ).toEqual([null, 0])
  const gross = await monthlyFlows(history, { first: '2025-02', last: '2025-02' })
  expect(gross.rows()).toEqual([{ month: '2025-02-01', new: 3, left: 5, stock: 4 }])
})

test('who comes on the first of a month is of that month, and so is who leaves on it', async () => {
  const history = await historyOf([
    { id: 'before', activatedAt: '2024-12-31', cancelledAt: '2025-01-31' },
    { id: 'first', activatedAt: '2025-01-01', cancelledAt: '2025-02-01' },
    { id: 'last', activatedAt: '2025-01-31', cancelledAt: null },
    { id: 'next', activatedAt: '2025-02-01', cancelledAt: null },
  ])
  const flows = await monthlyFlows(history, { first: '2025-01', last: '2025-02' })
  // At the end of January `first` and `last` are there, at the end of February `last` and `next`.
  expect(flows.rows()).toEqual([
    { month: '2025-01-01', new: 2, left: 1, stock: 2 },
    { month: '2025-02-01', new: 1, left: 1, stock: 2 },
  ])
})

test('flows are counted as they were known: who is known to have left later is in the stock until then', async () => {
  const history = await openHistory(
    {
      customers: [
        { id: 'A', activatedAt: '2024-01-01', cancelledAt: '2025-03-20', cancelledKnownAt: '2025-05-02' },
        { id: 'B', activatedAt: '2024-01-01', cancelledAt: '2025-03-25', cancelledKnownAt: null },
        { id: 'C', activatedAt: '2025-03-05', cancelledAt: null, cancelledKnownAt: null },
      ],
      usage: [{ id: 'C', day: '2025-05-09', minutes: 1 }],
    },
    { engine },
  )
  const months = { first: '2025-03', last: '2025-05' }
  const unknown = { new: null, left: null, stock: null }
  // The usage ends on 9 May, so that May is not over
  expect((await monthlyFlows(history, months)).rows()).toEqual([
    { month: '2025-03-01', new: 1, left: 2, stock: 1 },
    { month: '2025-04-01', new: 0, left: 0, stock: 1 },
    { month: '2025-05-01', ...unknown },
  ])
  // On 2 May nobody knew of A before the day began
  expect((await monthlyFlows(history, { ...months, asOf: '2025-05-02' })).rows()).toEqual([
    { month: '2025-03-01', new: 1, left: 1, stock: 2 },
    { month: '2025-04-01', new: 0, left: 0, stock: 2 },
    { month: '2025-05-01', ...unknown },
  ])
  expect((await monthlyFlows(history, { ...months, asOf: '2025-03-31' })).row(0)).toMatchObject(unknown)
  expect((await monthlyFlows(history, { ...months, asOf: '2025-05-10' })).row(2)).toMatchObject(unknown)
  await expect(monthlyFlows(history, { ...months, asOf: '2025-05-11' })).rejects.toThrow(
    'monthlyFlows: expected asOf to be at or before 2025-05-10',
  )
  await expect(monthlyFlows(history, { ...months, asOf: 'May' })).rejects.toThrow(/expected asOf to be a day/)
})

test('net figures are missing where the devices that tell false churn have ended', async () => {
  const history = await openHistory(
    {
      customers: [
        { id: 'A', activatedAt: '2024-01-01', cancelledAt: '2025-04-10' },
        { id: 'B', activatedAt: '2024-01-01', cancelledAt: null },
      ],
      usage: ['A', 'B'].map((id) => ({ id, day: '2025-05-31', minutes: 1 })),
      devices: ['A', 'B'].flatMap((id) =>
        ['2025-01', '2025-02', '2025-03'].map((period) => ({ id, period, deviceId: `of ${id}` })),
      ),
    },
    { engine },
  )
  const found = await falseChurnTable(history, falseChurn())
  expect(formatDay(found.completeUntil)).toBe('2025-04-01')
  // Devices of April would say whether A is a second card
  expect(
    Object.fromEntries(found.report.rows().map(({ reason, customers }) => [reason, customers])),
  ).toMatchObject({
    'real churn': 0,
    'real churn so far': 1,
  })
  const flows = await monthlyFlows(history, { first: '2025-03', last: '2025-04', falseChurn: found })
  expect(flows.rows()).toEqual([
    { month: '2025-03-01', new: 0, left: 0, stock: 2, newNet: 0, leftNet: 0, realChurn: 0 },
    { month: '2025-04-01', new: 0, left: 1, stock: 1, newNet: null, leftNet: null, realChurn: null },
  ])
  const cohort = await snapshotCohort(history, { at: '2025-03-01' })
  const { retention } = await followCohort(history, cohort, { months: 3, falseChurn: found })
  expect(retention.rows().map(({ retained, retainedNet }) => [retained, retainedNet])).toEqual([
    [2, 2],
    [1, null],
    [1, null],
  ])
})

test('arrears of leavers after the first day without payments are not known', async () => {
  const days = ['2025-01-10', '2025-02-10', '2025-03-10']
  const history = await openHistory(
    {
      customers: ['A', 'B'].map((id) => ({
        id,
        activatedAt: '2024-01-01',
        cancelledAt: id === 'A' ? '2025-03-11' : '2025-03-12',
      })),
      usage: [{ id: 'B', day: '2025-06-30', minutes: 1 }],
      payments: ['A', 'B'].flatMap((id) => days.map((day) => ({ id, day, amount: 1, kind: 'paid' }))),
    },
    { engine },
  )
  const rule = falseChurn({ device: null, arrears: [{ by: 'payments', kinds: ['failed'], days: 31 }] })
  const { report, completeUntil } = await falseChurnTable(history, rule)
  expect(formatDay(completeUntil)).toBe('2025-03-11')
  expect(Object.fromEntries(report.rows().map(({ reason, customers }) => [reason, customers]))).toMatchObject(
    {
      'real churn': 1,
      'real churn so far': 1,
    },
  )
})
