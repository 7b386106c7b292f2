import { amountOf, type CheckedOffer } from './checkedOffer.js'

/** What the contacted units bring: `kept` times the acceptance, minus `paid`. A unit is a row, or a group of rows. */
export interface ContactedUnits {
  /** Shape (contacted units): money kept if every churner stayed, the offer paid. */
  readonly kept: Float64Array
  /** Shape (contacted units): money paid for contacts, and for offers to those who stay anyway. */
  readonly paid: Float64Array
  /** Number of units, contacted or not. */
  readonly units: number
}

/** How often rows count, and which belong together. */
export interface UnitOptions {
  readonly weight?: ArrayLike<number> | undefined
  readonly groups?: ArrayLike<string | number> | undefined
}

/** Returns the units of a list of checked rows: each group, or each row where there are no groups. O(n). */
export function contactedUnits(
  contacted: Uint8Array,
  outcome: ArrayLike<number>,
  offer: CheckedOffer,
  { weight, groups }: UnitOptions,
): ContactedUnits {
  const unitOf = new Map<string | number, number>()
  const kept: number[] = []
  const paid: number[] = []
  for (let row = 0; row < contacted.length; row++) {
    const times = weight === undefined ? 1 : weight[row]!
    if (times === 0 || contacted[row] === 0) continue
    let unit = groups === undefined ? undefined : unitOf.get(groups[row]!)
    if (unit === undefined) {
      unit = kept.push(0) - 1
      paid.push(0)
      if (groups !== undefined) unitOf.set(groups[row]!, unit)
    }
    const cost = amountOf(offer.offerCost, row)
    const churned = outcome[row] === 1
    if (churned) kept[unit]! += times * (amountOf(offer.customerValue, row) - cost)
    paid[unit]! += times * (amountOf(offer.contactCost, row) + (churned ? 0 : cost))
  }
  const units = groups === undefined ? weightedRows(contacted.length, weight) : groupCount(groups, weight)
  return { kept: Float64Array.from(kept), paid: Float64Array.from(paid), units }
}

function weightedRows(rows: number, weight: ArrayLike<number> | undefined): number {
  if (weight === undefined) return rows
  let count = 0
  for (let row = 0; row < rows; row++) if (weight[row]! > 0) count++
  return count
}

function groupCount(groups: ArrayLike<string | number>, weight: ArrayLike<number> | undefined): number {
  const seen = new Set<string | number>()
  for (let row = 0; row < groups.length; row++) if (weight?.[row] !== 0) seen.add(groups[row]!)
  return seen.size
}
