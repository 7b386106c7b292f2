import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addDays, type EpochDay, epochDay } from '../../src/base/days.js'
import type { History } from '../../src/engine/history.js'
import { featureRuleSchema, featureRuleSchemas } from '../../src/feature/featureRuleSchema.js'
import { featureName } from '../../src/feature/name/featureName.js'
import type { FeatureRule } from '../../src/feature/rule.js'
import { featureStatement } from '../../src/feature/sql/featureMatrix.js'
import { percentileReferences } from '../../src/feature/sql/percentileReferences.js'
import { cutoffsAfter, cutoffsBefore } from '../../src/population/ownCutoffs.js'
import { populationTable } from '../../src/population/populationTable.js'
import type { CustomerHistory, HistoryRow } from '../../src/table/customerHistory.js'
import type { EventTableName } from '../../src/table/inputs.js'
import { cellOf } from '../../src/table/table.js'
import { isKnown, withAnotherFuture } from './anotherFuture.js'
import { customerHistories, dayOf, eventTables, numbered } from './arbitraryHistories.js'
import { rulesOfKind } from './arbitraryRules.js'
import {
  differences,
  type FeatureValue,
  inEngine,
  inMemory,
  openCustomers,
  type Values,
} from './bothExecutions.js'

// The last day of a month, so that a bill and a device of that month happen on the cutoff itself.
const cutoff = epochDay('2025-01-31')
const seed = 20250131

const kinds = Object.keys(featureRuleSchemas) as (keyof typeof featureRuleSchemas)[]
// These ask for the customer alone and read no rows.
const withoutRows: FeatureRule['kind'][] = ['tenure', 'attribute', 'isOther']

interface World {
  readonly customers: CustomerHistory[]
  readonly history: History
}

async function valuesIn({ customers, history }: World, rules: readonly FeatureRule[], cutoffs: EpochDay[]) {
  const percentiles = await percentileReferences(history, rules, { cutoffs })
  return {
    engine: await inEngine(history, rules, cutoffs),
    memory: inMemory(customers, rules, cutoffs, percentiles),
  }
}

/** Values of the rules' statement after a change of its text. */
async function valuesOfChanged(
  { history }: World,
  rules: readonly FeatureRule[],
  change: (sql: string) => string,
): Promise<Values> {
  const population = await populationTable(history, undefined, [cutoff])
  try {
    const result = await history.engine.query(change(featureStatement(history, rules, population)))
    const columns = rules.map((rule) => result.column(featureName(rule)))
    return new Map(
      result
        .rows()
        .map(({ id }, row) => [
          `${id}@${cutoff}`,
          columns.map((column) => cellOf(column, row) as FeatureValue),
        ]),
    )
  } finally {
    await population.drop()
  }
}

/** Faults that a statement could have. */
const faults: readonly (readonly [string, (sql: string) => string])[] = [
  ['reads one day too far', (sql) => sql.replaceAll(` < ${cutoff}`, ` < ${cutoff + 1}`)],
  [
    'does not ask since when a row is known',
    (sql) => sql.replaceAll('CASE WHEN t."knownAt" > t.day THEN t."knownAt" ELSE t.day END', 't.day'),
  ],
]

describe('what happens, or becomes known, at or after the cutoff changes no feature', () => {
  let before: World
  let after: World

  beforeAll(async () => {
    const sample = fc.sample(customerHistories, { seed, numRuns: 160 })
    // Those who are not there yet at the cutoff are in neither.
    const there = sample.filter(({ customer }) => Number(customer.activatedAt) < cutoff)
    const [past, others] = [there.slice(0, 40), there.slice(40, 80)]
    const customers = numbered(past)
    const changed = withAnotherFuture(customers, numbered(others), cutoff)
    before = { customers, history: await openCustomers(customers) }
    after = { customers: changed, history: await openCustomers(changed) }
  })

  afterAll(async () => {
    await before.history.close()
    await after.history.close()
  })

  test('the two futures differ, in every table in what happens and in what becomes known', () => {
    const unknownRows = ({ customers }: World, table: EventTableName, isLate: boolean) =>
      customers.map((customer) =>
        (customer[table] ?? []).filter(
          (row: HistoryRow) => !isKnown(table, row, cutoff) && dayOf(table, row) < cutoff === isLate,
        ),
      )
    for (const table of eventTables) {
      for (const isLate of [false, true]) {
        expect(unknownRows(after, table, isLate)).not.toEqual(unknownRows(before, table, isLate))
      }
    }
    expect(before.customers.length).toBe(41)
  })

  test.each([
    ['a bill is seen', (until: EpochDay) => cutoffsAfter('bills', { until })],
    ['a third row of usage is seen', (until: EpochDay) => cutoffsAfter('usage', { nth: 3, until })],
    ['a contract ends in a week', (until: EpochDay) => cutoffsBefore('contractEnd', { until })],
  ])('nobody is asked because of it: as of the day when %s', async (_, rule) => {
    const pairsOf = async ({ history }: World, until: EpochDay) => {
      const population = await populationTable(history, undefined, rule(until))
      const found = await history.engine.query(
        `SELECT id, cutoff FROM ${population.table} ORDER BY id, cutoff`,
      )
      await population.drop()
      return found.rows()
    }
    const past = await pairsOf(before, addDays(cutoff, 1))
    expect(past.length).toBeGreaterThan(5)
    expect(await pairsOf(after, addDays(cutoff, 1))).toEqual(past)
    // Later ones differ: the test can fail.
    expect(await pairsOf(after, addDays(cutoff, 60))).not.toEqual(await pairsOf(before, addDays(cutoff, 60)))
  })

  describe.each(kinds)('rules of kind %s', (kind) => {
    const sample = fc.sample(rulesOfKind[kind], { seed, numRuns: 6 })
    const rules = [...new Map(sample.map((rule) => [featureName(rule), rule])).values()]
    const names = rules.map(featureName)
    const isValue = (text: string): boolean => !text.endsWith('is in one of them only')
    const differ = async (cutoffs: EpochDay[]) => {
      const [past, changed] = [await valuesIn(before, rules, cutoffs), await valuesIn(after, rules, cutoffs)]
      return {
        engine: differences(past.engine, changed.engine, names).filter(isValue),
        memory: differences(past.memory, changed.memory, names).filter(isValue),
      }
    }

    test('as of the cutoff, and as of several', async () => {
      expect(await differ([cutoff])).toEqual({ engine: [], memory: [] })
      expect(await differ([addDays(cutoff, -45), addDays(cutoff, -1), cutoff])).toEqual({
        engine: [],
        memory: [],
      })
    })

    test.runIf(!withoutRows.includes(kind))('as of the next day they do: the test can fail', async () => {
      const { engine, memory } = await differ([addDays(cutoff, 1)])
      expect(engine.length).toBeGreaterThan(0)
      expect(memory.length).toBeGreaterThan(0)
    })

    test.runIf(!withoutRows.includes(kind)).each(faults)(
      'a statement that %s is caught',
      async (_, change) => {
        const changed = differences(
          await valuesOfChanged(before, rules, change),
          await valuesOfChanged(after, rules, change),
          names,
        )
        expect(changed.filter(isValue).length).toBeGreaterThan(0)
      },
    )
  })
})

test.each<[string, object]>([
  ['the end of the plan in force', { kind: 'daysUntil', column: 'to' }],
  ['the end of the plan in force, as a number', { kind: 'inForce', column: 'to', type: 'number' }],
  ['the day of cancellation', { kind: 'attribute', column: 'cancelledAt', type: 'number' }],
  ['a sum of days', { kind: 'aggregate', table: 'plans', aggregate: 'sum', measure: 'to', window: 'all' }],
])('a rule that asks for %s is refused', (_, rule) => {
  expect(featureRuleSchema.safeParse(rule).success).toBe(false)
})
