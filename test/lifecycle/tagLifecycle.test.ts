import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isMissing } from '../../src/base/bitmap.js'
import { addMonths, type EpochDay, epochDay, formatDay, monthly } from '../../src/base/days.js'
import type { History } from '../../src/engine/history.js'
import { type HistorySources, openHistory } from '../../src/engine/openHistory.js'
import { baseLevels } from '../../src/lifecycle/baseLevels.js'
import { customerMonths } from '../../src/lifecycle/customerMonths.js'
import type { MonthlyBlock } from '../../src/lifecycle/monthlyBlock.js'
import { monthlySignals } from '../../src/lifecycle/monthlySignals.js'
import { signalsOf } from '../../src/lifecycle/signalRule.js'
import { tagCustomer } from '../../src/lifecycle/tagCustomer.js'
import { tagLifecycle } from '../../src/lifecycle/tagLifecycle.js'
import { checkCustomerHistory } from '../../src/table/customerHistory.js'
import { customerHistories, openSimulated, simulateTables } from './simulated.js'

async function withHistory<Result>(
  sources: HistorySources,
  use: (history: History) => Promise<Result>,
  completeUntil?: string,
): Promise<Result> {
  const today = '2030-01-01'
  const history = await openHistory(
    sources,
    completeUntil === undefined ? { today } : { today, completeUntil },
  )
  try {
    return await use(history)
  } finally {
    await history.close()
  }
}

async function blocksOf(history: History, options?: Parameters<typeof monthlySignals>[1]) {
  const blocks: MonthlyBlock[] = []
  for await (const block of monthlySignals(history, options)) blocks.push(block)
  return blocks
}

/** Rows of a block as people read them: month, tenure, active, cancelled, signals. */
function readable(block: MonthlyBlock): string[] {
  return block.ids.flatMap((id, customer) =>
    Array.from({ length: block.firstRows[customer + 1]! - block.firstRows[customer]! }, (_, place) => {
      const row = block.firstRows[customer]! + place
      const figures = block.signals.map(({ missing, values }) =>
        isMissing(missing, row) ? '–' : values[row],
      )
      const month = formatDay(block.calendar.starts[block.month[row]!]!).slice(0, 7)
      const flags = `${block.active[row] === 1 ? 'active' : 'silent'}${block.cancelled[row] === 1 ? ' cancelled' : ''}`
      return `${id} ${month} ${block.tenureMonths[row]} ${flags} ${figures.join(' ')}`
    }),
  )
}

const usageOf = (id: string, days: Readonly<Record<string, number | null>>) =>
  Object.entries(days).map(([day, minutes]) => ({ id, day, minutes }))
const billsOf = (id: string, periods: Readonly<Record<string, number>>) =>
  Object.entries(periods).map(([period, amount]) => ({ id, period, amount }))

describe('monthlySignals', () => {
  it('says what a month without rows is, table by table', async () => {
    const sources: HistorySources = {
      customers: [
        { id: 'A', activatedAt: '2020-01-15', cancelledAt: '2025-03-31' },
        { id: 'B', activatedAt: '2025-02-10', cancelledAt: '2025-04-01' },
        { id: 'C', activatedAt: '2025-02-01', cancelledAt: null },
        { id: 'D', activatedAt: '2025-04-01', cancelledAt: null },
      ],
      usage: [
        ...usageOf('A', { '2025-01-01': 5, '2025-01-31': 7, '2025-03-05': 0 }),
        ...usageOf('B', { '2025-02-20': 4, '2025-03-31': 8 }),
        ...usageOf('C', { '2025-02-01': null }),
      ],
      bills: [
        ...billsOf('A', { '2025-01': 50, '2025-02': 40 }),
        ...billsOf('B', { '2025-02': 9, '2025-03': 30 }),
        ...billsOf('C', { '2025-03': 20 }),
      ],
    }
    const blocks = await withHistory(sources, (history) => blocksOf(history), '2025-04-01')
    expect(blocks.flatMap(readable)).toEqual([
      // A: 60 complete months on 2025-02-01 (60 on 2025-01-15). No usage in February is 0; a row of zero minutes is no sign of
      // life; no bill for March is not known. Cancelled on the last day of March is cancelled by its end.
      'A 2025-01 60 active 50 12',
      'A 2025-02 61 silent 40 0',
      'A 2025-03 62 silent cancelled – 0',
      // B: joined in the middle of February, no month's level. Cancelled on the first of April is not so by the end of March.
      'B 2025-02 0 active – –',
      'B 2025-03 1 active 30 8',
      // C: joined on the first day. A row without a figure is not known, and no usage at all in March is 0.
      'C 2025-02 1 active – –',
      'C 2025-03 2 silent 20 0',
      // D is activated on the first day that is not seen.
    ])
  })

  it('the series begins where every table that is read has rows', async () => {
    const sources: HistorySources = {
      customers: [{ id: 'A', activatedAt: '2020-01-01' }],
      usage: usageOf('A', { '2025-02-10': 5, '2025-03-31': 5 }),
      bills: billsOf('A', { '2024-11': 50, '2025-02': 40 }),
    }
    await withHistory(sources, async (history) => {
      expect((await blocksOf(history)).flatMap(readable)[0]).toBe('A 2025-02 62 active 40 5')
      const from = epochDay('2024-12-24')
      expect((await blocksOf(history, { from })).flatMap(readable)[0]).toBe('A 2024-12 60 silent – 0')
    })
  })

  it('leaves nothing behind in the engine, even where the loop is left early', async () => {
    const sources: HistorySources = {
      customers: [1, 2, 3].map((id) => ({ id: `C${id}`, activatedAt: '2020-01-01' })),
      usage: usageOf('C1', { '2025-01-01': 5, '2025-02-28': 5 }),
    }
    await withHistory(sources, async (history) => {
      const tables = () => history.engine.query('SELECT table_name FROM duckdb_tables() WHERE temporary')
      const before = (await tables()).rowCount
      for await (const block of monthlySignals(history, { customersPerBlock: 1 })) {
        expect(block.ids).toEqual(['C1'])
        break
      }
      expect((await tables()).rowCount).toBe(before)
    })
  })
})

describe('signalsOf', () => {
  const namesOf = (tables: Parameters<typeof signalsOf>[1]) => {
    const { signals, activityTable, activityMeasures } = signalsOf('test', tables, {})
    const read = signals.map(({ name, table, aggregate, measure = '–', withoutRow }) =>
      [name, table, aggregate, measure, withoutRow].join(' '),
    )
    return { read, activityTable, activityMeasures }
  }
  const bills = { period: 'day', amount: 'number' } as const
  const payments = { day: 'day', amount: 'number', balance: 'number', kind: 'text' } as const
  const bill = 'bill amount bills sum amount missing'

  it('bills and the minutes of usage, whatever else is measured; a sign of life is any measure but a balance', () => {
    const usage = {
      day: 'day',
      minutes: 'number',
      messages: 'number',
      balance: 'number',
      cell: 'text',
    } as const
    expect(namesOf({ usage, bills, payments })).toEqual({
      read: [bill, 'minutes usage sum minutes zero'],
      activityTable: 'usage',
      activityMeasures: ['minutes', 'messages'],
    })
  })

  it('without minutes every measure of usage, without any the days', () => {
    const usage = { day: 'day', calls: 'number', messages: 'number' } as const
    expect(namesOf({ usage }).read).toEqual([
      'calls usage sum calls zero',
      'messages usage sum messages zero',
    ])
    expect(namesOf({ usage: { day: 'day' } }).read).toEqual(['days of usage usage activeDays – zero'])
  })

  it('payments are a signal only where there are neither bills nor usage, a sign of life before bills', () => {
    expect(namesOf({ payments })).toEqual({
      read: ['paid amount payments sum amount zero'],
      activityTable: 'payments',
      activityMeasures: ['amount'],
    })
    expect(namesOf({ payments, bills })).toMatchObject({ read: [bill], activityTable: 'payments' })
    expect(namesOf({ bills })).toMatchObject({ read: [bill], activityTable: 'bills' })
  })

  it('a sum needs a measure, days of use need none', () => {
    const days = { name: 'd', table: 'usage', aggregate: 'activeDays', withoutRow: 'zero' } as const
    const usage = { day: 'day' } as const
    expect(signalsOf('test', { usage }, { signals: [days] }).signals).toEqual([days])
    expect(() =>
      signalsOf(
        'test',
        { usage: { day: 'day', cell: 'text' } },
        {
          signals: [
            { ...days, aggregate: 'sum' },
            { ...days, name: 'e', aggregate: 'sum', measure: 'cell' },
          ],
          activityTable: 'plans',
        },
      ),
    ).toThrowErrorMatchingInlineSnapshot(`
      [HoldfastError: test: 3 problems
        1. expected table plans to be one of the tables of the history: usage.
        2. table usage: expected column cell to hold number values, got "text" (string).
        3. expected signals.0.measure to name the column that is summed.]
    `)
  })
})

describe('with the history of a simulated operator', () => {
  const tables = simulateTables({ customers: 120, months: 14, seed: 3 })
  const histories = customerHistories(tables)
  const asOf = epochDay('2025-03-01')
  const from = epochDay('2024-01-01')
  let history: History

  beforeAll(async () => {
    history = await openSimulated(tables)
  })
  afterAll(() => history.close())

  it('engine and memory give the same monthly series', async () => {
    const signals = signalsOf('test', history.tables, {})
    let compared = 0
    for (const block of await blocksOf(history, { asOf, from, customersPerBlock: 50 })) {
      block.ids.forEach((id, customer) => {
        const own = checkCustomerHistory(histories.get(id)!, { tables: history.tables })
        const memory = customerMonths('test', own, signals, from, asOf)
        const [first, end] = [block.firstRows[customer]!, block.firstRows[customer + 1]!]
        for (const name of ['month', 'tenureMonths', 'active', 'cancelled'] as const) {
          expect(memory[name]).toEqual(block[name].slice(first, end))
        }
        memory.signals.forEach(({ values, missing }, signal) => {
          const engine = block.signals[signal]!
          values.forEach((value, row) => {
            expect(isMissing(missing, row)).toBe(isMissing(engine.missing, first + row))
            // Both sums are compensated, by two methods: they may differ in the last digit.
            expect(Math.abs(value - engine.values[first + row]!)).toBeLessThanOrEqual(1e-14 * Math.abs(value))
            compared++
          })
        })
      })
    }
    expect(compared).toBeGreaterThan(1500)
  })

  it('engine and memory give the same tags, reasons included, with and without the season', async () => {
    for (const seasonal of [false, true]) {
      const tags = await tagLifecycle(history, { asOf, from, seasonal, minBaseCustomers: 20 })
      const levels = await baseLevels(history, { asOf, from, minBaseCustomers: 20 })
      for (const row of tags.rows()) {
        const tag = tagCustomer(histories.get(String(row['id']))!, {
          asOf,
          from,
          tables: history.tables,
          ...(seasonal ? { baseLevels: levels } : {}),
        })
        expect({ stage: tag.stage, since: formatDay(tag.since), evidence: tag.because }).toEqual({
          stage: row['stage'],
          since: row['since'],
          evidence: row['evidence'],
        })
      }
      expect(tags.rowCount).toBe([...histories.values()].filter((own) => isBefore(own, asOf)).length)
    }
  })

  it('a tag is the same whether later days are in the history or not', async () => {
    const cutoff = epochDay('2024-11-01')
    const past = await openSimulated(tables, cutoff)
    for (const seasonal of [false, true]) {
      const options = { seasonal, minBaseCustomers: 20, from }
      const known = await tagLifecycle(past, { ...options, asOf: cutoff })
      const later = await tagLifecycle(history, { ...options, cutoffs: [cutoff, addMonths(cutoff, 3)] })
      const rows = later.rows().filter((row) => row['month'] === '2024-10-01')
      expect(known.rowCount).toBeGreaterThan(50)
      expect(known.rows()).toEqual(rows)
    }
    await past.close()
  })

  it('the size of blocks and the order of rows change nothing', async () => {
    const turned = Object.fromEntries(
      Object.entries(tables).map(([name, table]) => [
        name,
        table.take(Array.from({ length: table.rowCount }, (_, row) => table.rowCount - 1 - row)),
      ]),
    ) as typeof tables
    const other = await openSimulated(turned)
    const whole = await tagLifecycle(history, { asOf })
    expect((await tagLifecycle(other, { asOf, customersPerBlock: 7 })).rows()).toEqual(whole.rows())
    await other.close()
  })

  it('two callers may tag one history at once', async () => {
    const [first, second] = await Promise.all([
      tagLifecycle(history, { asOf }),
      tagLifecycle(history, { asOf, silentMonths: 5 }),
    ])
    expect(first.rows()).toEqual((await tagLifecycle(history, { asOf })).rows())
    expect(second.rows()).toEqual((await tagLifecycle(history, { asOf, silentMonths: 5 })).rows())
  })

  it('without evidence the column is left out and the rest is the same', async () => {
    const bare = await tagLifecycle(history, { asOf, evidence: false })
    const full = await tagLifecycle(history, { asOf })
    expect(bare.columnNames).toEqual(['id', 'month', 'stage', 'since'])
    expect(bare.rows()).toEqual(full.select(bare.columnNames).rows())
  })
})

function isBefore(own: { readonly customer: { readonly activatedAt: unknown } }, day: EpochDay): boolean {
  return epochDay(String(own.customer.activatedAt)) < day
}

describe('tagLifecycle on other histories', () => {
  const customers = [{ id: 'A', activatedAt: '2020-01-01' }]
  const months = ['2025-01', '2025-02', '2025-03', '2025-04', '2025-05']
  const stages = async (sources: HistorySources) =>
    withHistory(
      sources,
      async (history) => (await tagLifecycle(history, { asOf: epochDay('2025-06-01') })).rows()[0],
      '2025-06-01',
    )

  it('bills alone decide where there is nothing else', async () => {
    const bills = months.map((period, month) => ({ id: 'A', period, amount: [50, 50, 50, 30, 30][month]! }))
    expect(await stages({ customers, bills })).toEqual({
      id: 'A',
      month: '2025-05-01',
      stage: 'decline',
      since: '2025-05-01',
      evidence: 'bill amount 31 % below the previous 3 months (30 against 43.3)',
    })
    // Two months without a bill are two silent ones.
    expect(await stages({ customers, bills: bills.slice(0, 3) })).toMatchObject({ stage: 'churn' })
  })

  it('payments alone decide where there is nothing else', async () => {
    const payments = months.map((month) => ({ id: 'A', day: `${month}-20`, amount: 10 }))
    expect(await stages({ customers, payments })).toMatchObject({ stage: 'maturity' })
    expect(await stages({ customers, payments: payments.slice(0, 4) })).toMatchObject({
      stage: 'decline',
      evidence: 'no activity for 1 month, churn at 2',
    })
  })

  it('without a measure the days of usage are counted, each once', async () => {
    const days = [20, 20, 20, 5, 5].flatMap((count, month) =>
      Array.from({ length: count }, (_, day) => `${months[month]}-${String(day + 1).padStart(2, '0')}`),
    )
    const usage = days.concat('2025-05-01').map((day) => ({ id: 'A', day }))
    expect(await stages({ customers, usage })).toMatchObject({
      stage: 'decline',
      evidence: 'days of usage 67 % below the previous 3 months (5 against 15)',
    })
  })

  it('a history without usage, payments and bills is refused', async () => {
    const contacts = [{ id: 'A', day: '2025-05-31', kind: 'call' }]
    await expect(stages({ customers, contacts })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[HoldfastError: tagLifecycle: expected the history to have one of the tables usage, payments, bills, got customers,contacts (Array). Give one of them, or name signals and activityTable.]`,
    )
  })

  it('a signal that the tables do not have is refused with the nearest name', async () => {
    const usage = usageOf('A', { '2025-05-31': 1 })
    const signals = [
      { name: 'm', table: 'usage', aggregate: 'sum', measure: 'minuts', withoutRow: 'zero' },
      { name: 'm', table: 'bills', aggregate: 'sum', measure: 'amount', withoutRow: 'missing' },
    ] as const
    await expect(
      withHistory({ customers, usage }, (history) => tagLifecycle(history, { signals })),
    ).rejects.toThrowErrorMatchingInlineSnapshot(`
      [HoldfastError: tagLifecycle: 3 problems
        1. table usage: expected column minuts to be one of id, day, minutes. Did you mean minutes?
        2. expected table bills to be one of the tables of the history: customers, usage.
        3. expected signals.1.name to be unique, got "m" (string).]
    `)
  })

  it('a month that is not complete is refused: it would look silent', async () => {
    const usage = usageOf('A', { '2025-03-01': 1, '2025-05-20': 1 })
    await withHistory({ customers, usage }, async (history) => {
      // Complete up to the last row; the month before it is the last whole one.
      expect((await tagLifecycle(history)).cell('month', 0)).toBe('2025-04-01')
      await expect(
        tagLifecycle(history, { asOf: epochDay('2025-06-01') }),
      ).rejects.toThrowErrorMatchingInlineSnapshot(
        `[HoldfastError: tagLifecycle: expected asOf to be at most 2025-05-21, the first day for which usage is not complete, got "2025-06-01" (string). Use 2025-05-01 or an earlier day.]`,
      )
      await expect(
        tagLifecycle(history, { cutoffs: [epochDay('2025-05-02')], asOf: epochDay('2025-05-01') }),
      ).rejects.toThrowErrorMatchingInlineSnapshot(`
        [HoldfastError: tagLifecycle: 2 problems
          1. expected asOf to be left out if cutoffs are given, got "2025-05-01" (string).
          2. expected cutoffs to be first days of months, got "2025-05-02" (string). Use 2025-05-01.]
      `)
      await expect(
        tagLifecycle(history, { cutoffs: monthly('2025-03', '2025-05') }),
      ).rejects.toThrowErrorMatchingInlineSnapshot(
        `[HoldfastError: tagLifecycle: expected cutoffs to be after the first month of the series, 2025-03-01, got "2025-03-01" (string).]`,
      )
    })
  })

  it('a dip that the whole base shares is no decline where the season is taken out', async () => {
    const many = Array.from({ length: 150 }, (_, number) => `C${number}`)
    const levels = [100, 100, 100, 100, 60, 60]
    const sources: HistorySources = {
      customers: [...many, 'X'].map((id) => ({ id, activatedAt: '2020-01-01' })),
      usage: [...many, 'X'].flatMap((id, number) =>
        levels.map((level, month) => ({
          id,
          day: `2025-0${month + 1}-15`,
          // X alone falls by a half more than the others.
          minutes: (number + 10) * level * (id === 'X' && month > 3 ? 0.5 : 1),
        })),
      ),
    }
    await withHistory(
      sources,
      async (history) => {
        const count = async (seasonal: boolean) =>
          (await tagLifecycle(history, { seasonal })).rows().filter((row) => row['stage'] === 'decline')
            .length
        expect(await count(false)).toBe(151)
        expect(await count(true)).toBe(1)
        const { firstMonth, levels: base } = await baseLevels(history)
        expect(formatDay(firstMonth)).toBe('2025-01-01')
        expect(base['minutes']).toEqual([1, 1, 1, 1, 0.6, 0.6])
      },
      '2025-07-01',
    )
  })

  it('the level of the base is the median step of those who are whole, known and above 0 in both months', async () => {
    const steady = { activatedAt: '2024-01-01', cancelledAt: null as string | null }
    const people = {
      doubles: [10, 20, 40],
      triples: [10, 30, 60],
      quadruples: [10, 40, 0.1],
      // None of these counts from January to February: they would make the median 1.
      zero: [0, 5, 10],
      'none left': [5, 0, 5],
      'joined in January': [5, 5, 10],
      'left in February': [5, 5, 0],
    }
    const facts: Record<string, Partial<typeof steady>> = {
      doubles: { activatedAt: '2025-01-01' },
      quadruples: { cancelledAt: '2025-03-01' },
      'joined in January': { activatedAt: '2025-01-02' },
      'left in February': { cancelledAt: '2025-02-28' },
    }
    const sources: HistorySources = {
      customers: Object.keys(people).map((id) => ({ id, ...steady, ...facts[id] })),
      usage: Object.entries(people).flatMap(([id, minutes]) =>
        minutes.map((value, month) => ({ id, day: `2025-0${month + 1}-10`, minutes: value })),
      ),
    }
    await withHistory(
      sources,
      async (history) => {
        const levelsOf = async (minBaseCustomers: number) =>
          (await baseLevels(history, { from: '2025-01-01', minBaseCustomers })).levels['minutes']
        // February: 2, 3 and 4 times. March: twice for `doubles`, `triples`, `zero` and 'joined in January'; `quadruples` left in it.
        expect(await levelsOf(3)).toEqual([1, 3, 6])
        expect(await levelsOf(4)).toEqual([1, 1, 2])
        expect(await levelsOf(5)).toEqual([1, 1, 1])
        await expect(levelsOf(0)).rejects.toThrow('to be an integer of at least 1, got 0')
        // In the level of February, 3, `doubles` falls by a third, as 20 instead of 30.
        const tags = await tagLifecycle(history, {
          seasonal: true,
          minBaseCustomers: 3,
          cutoffs: ['2025-03-01'],
          minReferenceMonths: 1,
          from: '2025-01-01',
        })
        const evidence = Object.fromEntries(tags.rows().map((row) => [row['id'], row['evidence']]))
        expect(evidence['doubles']).toContain('minutes 33 % below the previous 3 months (20 against 30)')
      },
      '2025-04-01',
    )
  })

  it('one customer is tagged in the month that is over, and not before his first one is', () => {
    const own = {
      customer: { id: 'A', activatedAt: '2025-05-20' },
      usage: [{ day: '2025-05-21', minutes: 3 }],
    }
    expect(tagCustomer(own, { asOf: epochDay('2025-06-20') })).toMatchObject({
      month: epochDay('2025-05-01'),
      stage: 'acquisition',
      because: '0 months since activation',
    })
    expect(() => tagCustomer(own, { asOf: epochDay('2025-05-31') })).toThrowErrorMatchingInlineSnapshot(
      `[HoldfastError: tagCustomer: expected asOf to be at least a whole month after the first month of customer A, got "2025-05-31" (string). There is no month to judge yet: treat the stage as acquisition.]`,
    )
  })
})
