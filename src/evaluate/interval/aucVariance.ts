import { rocAucOf } from '../ranking/rocAuc.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'
import type { ResampleUnits } from './resampleUnits.js'

/** What each row says of the AUC (its placement value): shape (groups) each. */
interface Placements {
  /** Of a churner: the share of the stayers that are ranked below, equal ones half. */
  readonly churned: Float64Array
  /** Of a stayer: the share of the churners that are ranked above, equal ones half. */
  readonly stayed: Float64Array
}

function placementsOf({ churned, stayed, churners, customers }: RankedOutcomes): Placements {
  const stayers = customers - churners
  const placements = {
    churned: new Float64Array(churned.length),
    stayed: new Float64Array(churned.length),
  }
  let churnersAbove = 0
  let stayersAbove = 0
  churned.forEach((churnersHere, group) => {
    placements.stayed[group] = (churnersAbove + churnersHere / 2) / churners
    churnersAbove += churnersHere
    stayersAbove += stayed[group]!
    placements.churned[group] = (stayers - stayersAbove + stayed[group]! / 2) / stayers
  })
  return placements
}

/** How much the AUC of one model, or the difference of two, varies with the customers. */
export interface AucVariance {
  readonly variance: number
  /** Number of customers that have a row of the rarer class, at least 2. */
  readonly rarer: number
}

/** A class among the drawn units. */
interface ClassSums {
  /** Units that hold a row of the class. */
  units: number
  /** Σ over them of the squared deviation. */
  squares: number
}

/**
 * Returns DeLong's variance of the AUC of the first model, less that of the second where there are two.
 *
 * With V the placement value of a row, less that of the second model, and W the weight of its class:
 *
 *     u = Σ over the rows of a customer in one class of w·(V − AUC) / W
 *     variance = k₁/(k₁ − 1)·Σ u₁² + k₀/(k₀ − 1)·Σ u₀² + 2·k/(k − 1)·Σ u₁·u₀     over the k customers
 *
 * with k₁ and k₀ customers that have rows of the class. Where each row is a customer the third sum is 0 and the rest is
 * DeLong, DeLong and Clarke-Pearson (1988); otherwise it is Obuchowski (1997), Biometrics 53. O(rows): the placement
 * values come from one pass over the sorted form (Sun and Xu 2014).
 *
 * @returns null where a class has fewer than two customers
 */
export function aucVariance(units: ResampleUnits, ranked: readonly RankedOutcomes[]): AucVariance | null {
  const placements = ranked.map(placementsOf)
  const aucs = ranked.map(rocAucOf)
  const [churned, stayed]: [ClassSums, ClassSums] = [
    { units: 0, squares: 0 },
    { units: 0, squares: 0 },
  ]
  let products = 0
  let count = 0
  const { churners, customers } = ranked[0]!
  for (let unit = 0; unit < units.copies.length; unit++) {
    const copies = units.copies[unit]!
    const at = deviations(units, unit, placements, aucs)
    add(churned, at.churned / churners, copies, at.hasChurned)
    add(stayed, at.stayed / (customers - churners), copies, at.hasStayed)
    products += (copies * at.churned * at.stayed) / (churners * (customers - churners))
    count += copies
  }
  const rarer = Math.min(churned.units, stayed.units)
  if (rarer < 2) return null
  const variance = unbiased(churned) + unbiased(stayed) + (2 * products * count) / (count - 1)
  return { variance: Math.max(0, variance), rarer }
}

function deviations(
  units: ResampleUnits,
  unit: number,
  placements: readonly Placements[],
  aucs: readonly number[],
) {
  const { rowStart, weight, groups } = units
  const sums = { churned: 0, stayed: 0, hasChurned: false, hasStayed: false }
  for (let row = rowStart[unit]!; row < rowStart[unit + 1]!; row++) {
    const isChurner = units.churned[row] === 1
    let value = 0
    for (let model = 0; model < placements.length; model++) {
      const { churned, stayed } = placements[model]!
      const deviation = (isChurner ? churned : stayed)[groups[model]![row]!]! - aucs[model]!
      value += model === 0 ? deviation : -deviation
    }
    if (isChurner) sums.churned += weight[row]! * value
    else sums.stayed += weight[row]! * value
    sums.hasChurned ||= isChurner
    sums.hasStayed ||= !isChurner
  }
  return sums
}

function add(sums: ClassSums, deviation: number, copies: number, has: boolean): void {
  if (!has) return
  sums.units += copies
  sums.squares += copies * deviation ** 2
}

function unbiased({ units, squares }: ClassSums): number {
  return (squares * units) / (units - 1)
}
