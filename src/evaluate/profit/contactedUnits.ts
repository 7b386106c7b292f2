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
  const others = new Set<string | number>()
  const kept: number[] = []
  const paid: number[] = []
  for (let row = 0; row < contacted.length; row++) {
    const times = weight === undefined ? 1 : weight[row]!
    if (times === 0) continue
    const group = groups === undefined ? row : groups[row]!
    if (contacted[row] === 0) {
      others.add(group)
      continue
    }
    let unit = unitOf.get(group)
    if (unit === undefined) {
      unit = kept.push(0) - 1
      paid.push(0)
      unitOf.set(group, unit)
    }
    const cost = amountOf(offer.offerCost, row)
    const churned = outcome[row] === 1
    if (churned) kept[unit]! += times * (amountOf(offer.customerValue, row) - cost)
    paid[unit]! += times * (amountOf(offer.contactCost, row) + (churned ? 0 : cost))
  }
  let units = kept.length
  for (const group of others) if (!unitOf.has(group)) units++
  return { kept: Float64Array.from(kept), paid: Float64Array.from(paid), units }
}
