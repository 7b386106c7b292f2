import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { EpochDay } from '../../src/base/days.js'
import type { History } from '../../src/engine/history.js'
import { openHistory } from '../../src/engine/openHistory.js'
import type { ResolvedChurn } from '../../src/label/labelParts.js'
import { labelTable } from '../../src/label/labelTable.js'
import type { FirstPassageRule, LabelRule, OutcomeRule } from '../../src/label/rule.js'
import { populationTable } from '../../src/population/populationTable.js'
import { activeCustomers } from '../../src/population/rule.js'
import {
  arbitraryCustomer,
  arbitraryLabel,
  arbitraryPassage,
  firstDay,
  type LabelHistory,
  tablesOf,
} from './arbitraryLabels.js'
import { type Reference, referenceLabel, referencePassage } from './referenceOutcome.js'

// A gap of 7, a month and 31 days after the first cutoff lie within; after the others not always.
const completeUntil = firstDay + 60
const cutoffs = [firstDay + 12, firstDay + 20, firstDay + 33] as EpochDay[]

async function open(customers: readonly LabelHistory[]): Promise<History> {
  const day = (value: number) => new Date(value * 86_400_000).toISOString().slice(0, 10)
  const history = await openHistory(tablesOf(customers) as never, {
    completeUntil: day(completeUntil),
    today: day(completeUntil + 100),
  })
  const values = customers.flatMap(({ falseChurn }, index) =>
    falseChurn === null ? [] : [`('c${index}', '${falseChurn}')`],
  )
  await history.engine.run('CREATE TABLE false_churn (id VARCHAR, reason VARCHAR)')
  if (values.length > 0) await history.engine.run(`INSERT INTO false_churn VALUES ${values.join(', ')}`)
  return history
}

/** Per customer and cutoff what the SQL says; everybody that is counted is there once. */
async function readings(
  history: History,
  rule: OutcomeRule,
  as: ResolvedChurn['as'] | undefined,
): Promise<{ customer: number; cutoff: number; given: Reference }[]> {
  const population = await populationTable(history, activeCustomers(), cutoffs)
  const falseChurn = as === undefined ? {} : { falseChurn: { table: 'false_churn', as } }
  const labels = await labelTable(history, rule, population, falseChurn)
  const rows = (await history.engine.query(`SELECT * FROM ${labels.table}`)).rows()
  const counted = await history.engine.query(`SELECT id, cutoff FROM ${population.table}`)
  const key = ({ id, cutoff }: { readonly id?: unknown; readonly cutoff?: unknown }) => `${id} ${cutoff}`
  expect(rows.map(key).sort()).toEqual(counted.rows().map(key).sort())
  const withReason = rows.filter(({ reason }) => reason !== null)
  const reported = labels.report.rows().reduce((sum, { customers }) => sum + Number(customers), 0)
  expect(reported).toBe(withReason.length)
  await labels.drop()
  await population.drop()
  return rows.map(({ id, cutoff, outcome, reason, time_days, cause }) => {
    expect(outcome === null).toBe(reason !== null)
    return {
      customer: Number(String(id).slice(1)),
      cutoff: Number(cutoff),
      given: {
        outcome: outcome as Reference['outcome'],
        ...(time_days === null || time_days === undefined ? {} : { time: Number(time_days) }),
        ...(cause === null || cause === undefined ? {} : { cause: String(cause) }),
      },
    }
  })
}

const falseChurns = fc.constantFrom<(ResolvedChurn['as'] | undefined)[]>(undefined, 'null', 'stayed')

async function check<Rule extends LabelRule | FirstPassageRule>(
  rules: fc.Arbitrary<Rule>,
  reference: (
    rule: Rule,
    of: LabelHistory,
    cutoff: number,
    completeUntil: number,
    as?: ResolvedChurn['as'],
  ) => Reference,
): Promise<number[]> {
  const seen = [0, 0, 0]
  const people = fc.array(arbitraryCustomer, { minLength: 150, maxLength: 200, size: 'max' })
  const questions = fc.array(fc.tuple(rules, falseChurns), { minLength: 12, maxLength: 12 })
  const property = fc.asyncProperty(people, questions, async (customers, asked) => {
    const history = await open(customers)
    try {
      for (const [rule, as] of asked) {
        for (const { customer, cutoff, given } of await readings(history, rule, as)) {
          const of = customers[customer]!
          const expected = reference(rule, of, cutoff, completeUntil, as)
          seen[given.outcome ?? 2]!++
          const facts = () => JSON.stringify({ rule, as, cutoff, of })
          if (JSON.stringify(given) !== JSON.stringify(expected)) expect(given, facts()).toEqual(expected)
        }
      }
    } finally {
      await history.close()
    }
  })
  await fc.assert(property, { numRuns: 2, endOnFailure: true })
  return seen
}

test('labels of random histories are what their definitions say', async () => {
  const [stayed, churned, nulls] = await check(arbitraryLabel, referenceLabel)
  // A test of one outcome only would say little; two random histories have had 290.
  expect(Math.min(stayed!, churned!, nulls!)).toBeGreaterThan(100)
})

test('first passages of random histories are what their definitions say', async () => {
  const [censored, happened, nulls] = await check(arbitraryPassage, referencePassage)
  expect(Math.min(censored!, happened!, nulls!)).toBeGreaterThan(100)
})
