import * as z from 'zod'
import { betaQuantile, normalQuantile } from '../../base/distributions.js'
import { HoldfastError, type Problem, refuse } from '../../base/errors.js'
import { groupsRule, levelRule } from '../../base/sharedRules.js'
import { logit, sigmoid } from '../../base/statistics.js'
import { rocAucOf } from '../ranking/ranking.js'
import { checkOutcomes, type WeightOptions, weightOptions } from '../rows/checkedOutcomes.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'
import type { Interval } from './bootstrapInterval.js'
import { type GroupOptions, groupProblems } from './bootstrapOptions.js'
import { type ResampleUnits, resampleUnits } from './resampleUnits.js'

/** How the interval of the AUC is made. */
export interface DelongOptions extends WeightOptions, GroupOptions {
  /** How often intervals made in this way hold the AUC of all customers of the kind, in (0, 1). Default 0.95. */
  readonly level?: number
  /**
   * `logit` makes the interval on the log odds of the AUC, which keeps it inside (0, 1) and is nearer to its level
   * where the AUC is high or churners are few; `none` is the symmetric interval, cut at 0 and 1. Default `logit`.
   */
  readonly transform?: 'logit' | 'none'
}

/** The AUC with its interval. */
export interface DelongInterval extends Interval {
  /** Standard deviation of the AUC over samples of customers. */
  readonly standardError: number
}

const delongOptions = weightOptions.extend({
  groups: groupsRule,
  level: levelRule,
  transform: z.enum(['logit', 'none']).default('logit'),
})

/**
 * Returns the AUC with the interval of DeLong, DeLong and Clarke-Pearson, without resampling.
 *
 * For the AUC alone it is the quickest interval and the same at every call. It says how much the AUC would move with other
 * customers of the same kind. Not for the difference of two models on the same customers: `compareModels`.
 *
 *     variance = var(V over churners) / churners + var(V over stayers) / stayers
 *     interval = sigmoid( logit(AUC) ± z·√variance / (AUC·(1 − AUC)) )              with `transform: 'logit'`
 *
 * V of a churner is the share of stayers ranked below, V of a stayer the share of churners ranked above, ties one
 * half. Whole weights count rows; other weights stay with their row, and its squared deviation is weighted by their square. With
 * `groups` the deviations of the rows of a customer are summed first (Obuchowski 1997). Where the classes are separated
 * completely the variance is 0 and says nothing: the limit is then the share that as many successes as the rarer class
 * has customers, without a failure, exclude (Clopper and Pearson).
 *
 * @param probability predicted churn, shape (n), each in [0, 1]; only the order is used
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed
 * @throws {HoldfastError} `one-class` if a class has fewer than two customers; `option-invalid`, `length-differs`,
 *   `table-empty`, `value-missing`, `out-of-range`: all at once
 *
 * O(n log n) time, O(n) memory: 1 million rows take about a second.
 *
 * @example
 * const p = Array.from({ length: 200 }, (_, row) => (row + 0.5) / 200)
 * const y = p.map((value, row) => ((row * 7) % 10 < value * 10 ? 1 : 0))
 * const { value, lower, upper } = delongInterval(p, y)
 * [value, lower, upper].map((figure) => figure.toFixed(3))
 * // => ['0.829', '0.765', '0.878']
 *
 * @see DeLong et al. (1988), Biometrics 44; Sun and Xu (2014), IEEE Signal Processing Letters 21
 * @see {@link bootstrapInterval} for every other metric
 */
export function delongInterval(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  options?: DelongOptions,
): DelongInterval {
  const { ranked, checked } = checkOutcomes('delongInterval', delongOptions, probability, outcome, options)
  const { weight, groups, level, transform } = checked
  refuse('delongInterval', groupProblems(groups, outcome, weight))
  const rows = { outcome, weight, customers: groups, scorings: [{ probability, ranked }] }
  const found = aucVariance(resampleUnits(rows), [ranked])
  if (found === null) throw new HoldfastError('delongInterval', [tooFewInClass])
  const value = rocAucOf(ranked)
  const standardError = Math.sqrt(found.variance)
  const [lower, upper] = limits(value, standardError, level, transform)
  const excluded = betaQuantile(found.rarer, 1, (1 - level) / 2)
  return {
    value,
    lower: value === 1 ? excluded : lower,
    upper: value === 0 ? 1 - excluded : upper,
    standardError,
  }
}

/** Why there is no variance. */
export const tooFewInClass: Problem = {
  code: 'one-class',
  parameter: 'outcome',
  rule: 'to hold at least two churned and two stayed customers, for one alone has no variance',
  wayOut: 'Take more customers or a longer outcome window.',
}

function limits(
  auc: number,
  standardError: number,
  level: number,
  transform: 'logit' | 'none',
): readonly [number, number] {
  const z = normalQuantile((1 + level) / 2)
  if (transform === 'none' || standardError === 0) {
    return [Math.max(0, auc - z * standardError), Math.min(1, auc + z * standardError)]
  }
  const reach = (z * standardError) / (auc * (1 - auc))
  return [sigmoid(logit(auc) - reach), sigmoid(logit(auc) + reach)]
}

/** What each row says of the AUC (its placement value): shape (groups) each. */
interface Placements {
  /** Of a churner: the share of the stayers that are ranked below, equal ones half. */
  readonly churned: Float64Array
  /** Of a stayer: the share of the churners that are ranked above, equal ones half. */
  readonly stayed: Float64Array
}

function placementsOf({ churned, stayed, churners, customers }: RankedOutcomes): Placements {
  const stayers = customers - churners
  const placements = { churned: new Float64Array(churned.length), stayed: new Float64Array(churned.length) }
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
