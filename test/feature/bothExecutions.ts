import { type EpochDay, epochDay } from '../../src/base/days.js'
import type { History } from '../../src/engine/history.js'
import { openHistory } from '../../src/engine/openHistory.js'
import { compileRules } from '../../src/feature/memory/compileRules.js'
import { featuresOf } from '../../src/feature/memory/featuresOf.js'
import type { PercentileReference } from '../../src/feature/percentileReference.js'
import type { FeatureRule } from '../../src/feature/rule.js'
import { featureMatrix } from '../../src/feature/sql/featureMatrix.js'
import type { Cutoffs, ListedCutoffs } from '../../src/population/ownCutoffs.js'
import type { CustomerHistory } from '../../src/table/customerHistory.js'
import { cellOf } from '../../src/table/table.js'
import { tablesOf } from './arbitraryHistories.js'

/** The value of one feature; missing is null. */
export type FeatureValue = number | string | null

/** Feature values by `customer@cutoff`, in the order of the rules. */
export type Values = Map<string, FeatureValue[]>

export function openCustomers(customers: readonly CustomerHistory[]): Promise<History> {
  // Complete for every cutoff that is asked for, whatever rows a history happens to have.
  return openHistory(tablesOf(customers), { today: epochDay('2030-01-01'), completeUntil: '2027-01-01' })
}

/** The values that the engine computes, for all customers that are active at the cutoffs. */
export async function inEngine(
  history: History,
  rules: readonly FeatureRule[],
  cutoffs: Cutoffs,
): Promise<Values> {
  const matrix = await featureMatrix(history, rules, { cutoffs })
  const rowValues = (row: number): FeatureValue[] =>
    matrix.features.columns.map((column) => cellOf(column, row) as FeatureValue)
  return new Map(matrix.ids.map((id, row) => [`${id}@${matrix.cutoffs[row]}`, rowValues(row)]))
}

/** The values computed in memory, for the same customers and cutoffs. */
export function inMemory(
  customers: readonly CustomerHistory[],
  rules: readonly FeatureRule[],
  cutoffs: readonly EpochDay[] | ListedCutoffs,
  percentiles: readonly PercentileReference[] = [],
): Values {
  const compiled = compileRules(rules, { percentiles })
  const values: Values = new Map()
  for (const customer of customers) {
    const { activatedAt, cancelledAt, id } = customer.customer
    for (const cutoff of daysOf(cutoffs, id)) {
      if (Number(activatedAt) >= cutoff) continue
      if (cancelledAt != null && Number(cancelledAt) < cutoff) continue
      const { columns } = featuresOf(customer, compiled, cutoff)
      values.set(
        `${id}@${cutoff}`,
        columns.map((column) => cellOf(column, 0) as FeatureValue),
      )
    }
  }
  return values
}

function daysOf(cutoffs: readonly EpochDay[] | ListedCutoffs, id: unknown): readonly EpochDay[] {
  return 'kind' in cutoffs ? cutoffs.cutoffs.filter((_, pair) => cutoffs.ids[pair] === id) : cutoffs
}

/** Where two sets of values differ by more than 1e-9 of the larger (or of 1), as sentences. */
export function differences(left: Values, right: Values, names: readonly string[]): string[] {
  const keys = [...new Set([...left.keys(), ...right.keys()])].sort()
  return keys.flatMap((key) => {
    const [ours, theirs] = [left.get(key), right.get(key)]
    if (ours === undefined || theirs === undefined) return [`${key} is in one of them only`]
    return names.flatMap((name, index) =>
      areEqual(ours[index]!, theirs[index]!)
        ? []
        : [`${name} of ${key}: ${ours[index]} and ${theirs[index]}`],
    )
  })
}

function areEqual(left: FeatureValue, right: FeatureValue): boolean {
  if (typeof left !== 'number' || typeof right !== 'number') return left === right
  return Math.abs(left - right) <= 1e-9 * Math.max(1, Math.abs(left), Math.abs(right))
}
