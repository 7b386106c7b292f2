import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays, addMonths, epochDay } from '../../src/base/days.js'
import type { History } from '../../src/engine/history.js'
import { openHistory } from '../../src/engine/openHistory.js'
import { countOf } from '../../src/feature/builders/aggregateBuilders.js'
import { daysUntil } from '../../src/feature/builders/customerBuilders.js'
import { compileRules } from '../../src/feature/memory/compileRules.js'
import { featuresOf } from '../../src/feature/memory/featuresOf.js'
import {
  cutoffsAfter,
  cutoffsBefore,
  cutoffsListed,
  cutoffsOnMonthDay,
  type OwnCutoffs,
} from '../../src/population/ownCutoffs.js'
import { populationTable } from '../../src/population/populationTable.js'
import { activeCustomers, inactiveFor } from '../../src/population/rule.js'
import type { CustomerHistory } from '../../src/table/customerHistory.js'
import { cellOf, tableFrom } from '../../src/table/table.js'
import { customerHistories, knownAtOnce, numbered } from '../feature/arbitraryHistories.js'
import { openCustomers } from '../feature/bothExecutions.js'

const [from, until] = [epochDay('2024-12-01'), epochDay('2025-03-01')]

/** The pairs of a rule that are counted, `id@day`, in order. */
async function pairsOf(history: History, rule: OwnCutoffs): Promise<string[]> {
  const population = await populationTable(history, undefined, rule)
  try {
    const found = await history.engine.query(`SELECT id, cutoff FROM ${population.table}`)
    return found
      .rows()
      .map(({ id, cutoff }) => `${id}@${cutoff}`)
      .sort()
  } finally {
    await population.drop()
  }
}

const complaints = { column: 'kind', in: ['complaint', 'question'] }
/** Values of the features below as of a day and as of the day before. */
type Asked = readonly (readonly [now: number | null, before: number | null])[]
const features = [
  daysUntil('contractEnd'),
  daysUntil('from'),
  daysUntil('promotionEnd', 'customer'),
  countOf('bills', 'all'),
  countOf('contacts', 'all', complaints),
]
const secondComplaint = (asked: Asked | undefined) => {
  const [now, before] = asked?.[4] ?? [null, null]
  return Number(now) >= 2 && Number(before) < 2
}
const definitions: readonly [
  string,
  OwnCutoffs,
  (asked: Asked, threeDaysAgo: Asked | undefined) => boolean,
][] = [
  [
    'a week before the end of the contract in force, as it was known then',
    cutoffsBefore('contractEnd', { from, until }),
    (asked) => asked[0]![0] === 7,
  ],
  [
    'thirty days after the plan in force began',
    cutoffsBefore('from', { days: -30, from, until }),
    (asked) => asked[1]![0] === -30,
  ],
  [
    'five days before a day of the customer',
    cutoffsBefore('promotionEnd', { days: 5, of: 'customer', from, until }),
    (asked) => asked[2]![0] === 5,
  ],
  [
    'the first day that sees a bill',
    cutoffsAfter('bills', { from, until }),
    (asked) => asked[3]![0]! > asked[3]![1]!,
  ],
  [
    'three days after the second complaint is seen',
    cutoffsAfter('contacts', { nth: 2, where: complaints, days: 3, from, until }),
    (_, threeDaysAgo) => secondComplaint(threeDaysAgo),
  ],
]

/** The pairs of each definition, asked of every day in memory. */
function pairsInMemory(customers: readonly CustomerHistory[]): string[][] {
  const compiled = compileRules(features)
  const pairs = definitions.map((): string[] => [])
  for (const customer of customers) {
    const { id, activatedAt, cancelledAt } = customer.customer
    const asked: Asked[] = []
    let before: (number | null)[] | undefined
    // The first days fill what the later ones look back on.
    for (let day = addDays(from, -4); day < until; day = addDays(day, 1)) {
      const values = featuresOf(customer, compiled, day).columns.map(
        (column) => cellOf(column, 0) as number | null,
      )
      asked.push(values.map((value, index) => [value, before?.[index] ?? null]))
      before = values
      const isCounted = Number(activatedAt) < day && !(cancelledAt != null && Number(cancelledAt) < day)
      if (day < from || !isCounted) continue
      for (const [index, [, , isCutoff]] of definitions.entries()) {
        if (isCutoff(asked.at(-1)!, asked.at(-4))) pairs[index]!.push(`${id}@${day}`)
      }
    }
  }
  return pairs.map((list) => list.sort())
}

test('the pairs of each rule are those of its definition, asked in memory day by day', async () => {
  const found = definitions.map(() => 0)
  await fc.assert(
    fc.asyncProperty(
      fc.array(customerHistories, { minLength: 20, maxLength: 25, size: 'max' }),
      fc.boolean(),
      async (histories, isKnownAtOnce) => {
        const customers = isKnownAtOnce ? knownAtOnce(numbered(histories)) : numbered(histories)
        const history = await openCustomers(customers)
        try {
          for (const [index, pairs] of pairsInMemory(customers).entries()) {
            const [name, rule] = definitions[index]!
            found[index]! += pairs.length
            if (pairs.length > 0) expect({ [name]: await pairsOf(history, rule) }).toEqual({ [name]: pairs })
          }
        } finally {
          await history.close()
        }
      },
    ),
    // The first is drawn by a seed of its own, of which every rule has pairs
    { numRuns: 4, examples: [[fc.sample(customerHistories, { numRuns: 80, seed: 1 }), false]] },
  )
  expect(Math.min(...found)).toBeGreaterThan(0)
})

test('each month the day of the activation: of the 31st the last day of a month', async () => {
  const activated = ['2024-01-31', '2024-02-29', '2024-08-15', '2025-01-30']
  const history = await openHistory(
    {
      customers: activated.map((activatedAt, index) => ({ id: `C${index}`, activatedAt })),
      usage: [{ id: 'C0', day: '2024-02-01' }],
    },
    { today: epochDay('2026-01-01'), completeUntil: '2026-01-01' },
  )
  const [first, after] = [epochDay('2024-08-10'), epochDay('2025-03-10')]
  const expected = activated.flatMap((text, index) =>
    Array.from({ length: 24 }, (_, month) => addMonths(epochDay(text), month + 1))
      .filter((day) => day >= first && day < after)
      .map((day) => `C${index}@${day}`),
  )
  expect(await pairsOf(history, cutoffsOnMonthDay({ from: first, until: after }))).toEqual(expected.sort())
  await history.close()
})

describe('a list of pairs', () => {
  const open = () =>
    openHistory(
      {
        customers: [
          { id: 'A', activatedAt: '2024-01-15', cancelledAt: '2025-04-20' },
          { id: '2025-01-01', activatedAt: '2024-06-01', cancelledAt: null },
        ],
        usage: [
          { id: 'A', day: '2025-03-31', minutes: 12 },
          { id: '2025-01-01', day: '2025-05-31', minutes: 30 },
        ],
      },
      { today: epochDay('2026-01-01') },
    )

  test('everybody who is asked is in the report, once: unknown ids and those who had left, too', async () => {
    const history = await open()
    const rule = cutoffsListed([
      { id: 'A', cutoff: '2025-04-01' },
      { id: 'A', cutoff: '2025-05-01' },
      { id: 'A', cutoff: epochDay('2025-05-01') },
      // An id that looks like a day stays an id.
      { id: '2025-01-01', cutoff: new Date('2025-04-01') },
      { id: 'Z', cutoff: '2025-05-01' },
    ])
    const population = await populationTable(
      history,
      activeCustomers({ exclusions: [inactiveFor('usage', 60)] }),
      rule,
    )
    const counts = population.report.rows().filter(({ customers }) => customers !== 0)
    await population.drop()
    await history.close()
    // A was seen on the day before 1 April; the other one not before 31 May.
    expect(counts).toEqual([
      { cutoff: '2025-04-01', reason: 'counted', customers: 1 },
      { cutoff: '2025-04-01', reason: 'no usage within 60 days', customers: 1 },
      { cutoff: '2025-05-01', reason: 'no such customer', customers: 1 },
      { cutoff: '2025-05-01', reason: 'cancelled before', customers: 1 },
    ])
  })

  test('a table gives the same list as its rows', () => {
    const table = tableFrom({
      id: ['A', 'B'],
      cutoff: [new Date('2025-04-01'), new Date('2025-04-02')],
      x: [1, 2],
    })
    expect(cutoffsListed(table)).toEqual(
      cutoffsListed([
        { id: 'A', cutoff: '2025-04-01' },
        { id: 'B', cutoff: '2025-04-02' },
      ]),
    )
  })

  test.each([
    [[], 'table-empty'],
    [[{ id: 7, cutoff: '2025-04-01' }], 'value-type'],
    [[{ id: 'A', cutoff: '2025-02-30' }], 'value-type'],
    [[{ id: 'A' }], 'value-type'],
    [[null], 'value-type'],
  ])('%j is refused', (pairs, code) => {
    expect(() => cutoffsListed(pairs as never)).toThrow(expect.objectContaining({ code }))
  })
})

describe('rules that a history cannot answer', () => {
  const history = () =>
    openHistory(
      {
        customers: [{ id: 'A', activatedAt: '2024-01-15' }],
        usage: [{ id: 'A', day: '2025-03-31', minutes: 12 }],
        plans: [{ id: 'A', from: '2024-01-15', plan: 'S', renewal: '2025-06-01', note: 'x' }],
      },
      { today: epochDay('2026-01-01') },
    )

  test.each([
    [{ kind: 'after', table: 'bills' }, /table bills/],
    [{ kind: 'before', column: 'contractEnd', days: 7 }, /column contractEnd/],
    [{ kind: 'before', column: 'note', days: 7 }, /column note to hold day values/],
    [
      { kind: 'after', table: 'usage', where: { column: 'minutes', in: ['12'] } },
      /column minutes to hold text/,
    ],
    [{ kind: 'after', table: 'usage', where: { column: 'minute', is: true } }, /Did you mean minutes/],
    [{ kind: 'after', table: 'usage', nth: 5 }, /at least one customer a cutoff/],
    [{ kind: 'before', column: 'cancelledAt', days: 7, of: 'customer' }, /known at the cutoff/],
    [{ kind: 'befor', column: 'x' }, /kind/],
  ])('%j', async (rule, message) => {
    const opened = await history()
    await expect(populationTable(opened, undefined, rule as never)).rejects.toThrow(message)
    await opened.close()
  })
})
