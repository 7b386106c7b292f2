import * as z from 'zod'
import {
  type OutcomeMetric,
  outcomeMetric,
  type WeightOptions,
  weightOptions,
} from '../rows/checkedOutcomes.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'

/** How probabilities are put into bins. */
export type Binning = 'equal-width' | 'equal-count'

/** How a calibration table is cut. */
export interface CalibrationOptions extends WeightOptions {
  /** Number of bins. Integer ≥ 1. Default 10. */
  readonly bins?: number
  /** `equal-width`: bins of equal length over [0, 1]. `equal-count`: bins of nearly equally many customers.
   *  Default `equal-width`. */
  readonly binning?: Binning
}

/** Customers of similar predicted probability, and how many of them churned. */
export interface CalibrationBin {
  /** Lower end: of the bin (`equal-width`), or the lowest probability in it (`equal-count`). */
  readonly lower: number
  /** Upper end: of the bin, itself not in it but for 1 (`equal-width`), or the highest probability in it. */
  readonly upper: number
  /** Rows in the bin, or their weight; above 0. */
  readonly rows: number
  /** Customers in the bin: as many as rows; in an evaluation of customers with several rows, those who have one in it. */
  readonly customers: number
  /** Mean predicted probability, in [0, 1]. */
  readonly meanProbability: number
  /** Share of the rows that churned, in [0, 1]. */
  readonly churnRate: number
}

/** Rules of {@link CalibrationOptions}. */
export const calibrationOptions = weightOptions.extend({
  bins: z.int().gte(1).default(10),
  binning: z.enum(['equal-width', 'equal-count']).default('equal-width'),
})

/**
 * Returns mean predicted probability beside observed churn rate, in bins of probability.
 *
 * Read it before you compute money from probabilities: where the two columns differ, so does expected profit. With few
 * customers in a bin the observed rate is noise: look at `rows` first.
 *
 * With B bins, p in bin i (from 0):
 *
 *     equal-width    i / B <= p < (i + 1) / B, the last bin holds 1 too
 *     equal-count    i = floor(B · r / n), r = rank of the middle of all customers with this p, from the lowest
 *
 * Equal probabilities always share a bin. Bins without customers are left out, so that none has an undefined rate.
 *
 * @returns at most `bins` rows, the lowest probabilities first
 *
 * @example
 * calibrationTable([0.1, 0.15, 0.7, 0.9], [0, 1, 1, 1], { bins: 2 })
 * // => [
 * //   { lower: 0, upper: 0.5, rows: 2, customers: 2, meanProbability: 0.125, churnRate: 0.5 },
 * //   { lower: 0.5, upper: 1, rows: 2, customers: 2, meanProbability: 0.8, churnRate: 1 },
 * // ]
 *
 * @see DeGroot and Fienberg (1983), reliability diagrams
 * @see {@link calibrationError} for one number, {@link calibrationLine} for slope and intercept
 */
export const calibrationTable: OutcomeMetric<CalibrationBin[], CalibrationOptions> = outcomeMetric(
  'calibrationTable',
  calibrationOptions,
  (ranked, { bins, binning }) => calibrationTableOf(ranked, bins, binning),
)

/** Like {@link calibrationTable}, from the sorted form. O(groups + bins). */
export function calibrationTableOf(ranked: RankedOutcomes, bins: number, binning: Binning): CalibrationBin[] {
  const table: CalibrationBin[] = []
  const sums = binSums(ranked, bins, binning)
  for (let bin = 0; bin < bins; bin++) {
    const rows = sums.customers[bin]!
    if (rows === 0) continue
    const isWidth = binning === 'equal-width'
    table.push({
      lower: isWidth ? bin / bins : sums.lowest[bin]!,
      upper: isWidth ? (bin + 1) / bins : sums.highest[bin]!,
      rows,
      customers: rows,
      meanProbability: sums.predicted[bin]! / rows,
      churnRate: sums.churners[bin]! / rows,
    })
  }
  return table
}

/** Sums per bin, each of shape (bins). */
export interface BinSums {
  readonly customers: Float64Array
  readonly churners: Float64Array
  readonly predicted: Float64Array
  readonly lowest: Float64Array
  readonly highest: Float64Array
}

/** Returns the sums that calibration is read from. */
export function binSums(ranked: RankedOutcomes, bins: number, binning: Binning): BinSums {
  return sumsOfBins(ranked, binsOfGroups(ranked, bins, binning), bins)
}

/** Returns the sums of `bins` bins, of which each group is in the one given. */
export function sumsOfBins(
  { probability, churned, stayed }: RankedOutcomes,
  binOf: ArrayLike<number>,
  bins: number,
): BinSums {
  const empty = (): Float64Array => new Float64Array(bins)
  const sums = {
    customers: empty(),
    churners: empty(),
    predicted: empty(),
    lowest: empty(),
    highest: empty(),
  }
  for (let group = 0; group < probability.length; group++) {
    const size = churned[group]! + stayed[group]!
    if (size === 0) continue
    const p = probability[group]!
    const bin = binOf[group]!
    if (sums.customers[bin] === 0) sums.highest[bin] = p
    sums.lowest[bin] = p
    sums.customers[bin]! += size
    sums.churners[bin]! += churned[group]!
    sums.predicted[bin]! += size * p
  }
  return sums
}

/** Returns the bin of each group of equal probabilities, from 0 at the lowest. O(groups). */
export function binsOfGroups(ranked: RankedOutcomes, bins: number, binning: Binning): Int32Array {
  const { probability, churned, stayed, customers } = ranked
  const binOf = new Int32Array(probability.length)
  let above = 0
  for (let group = 0; group < probability.length; group++) {
    if (binning === 'equal-width') {
      binOf[group] = widthBin(probability[group]!, bins)
      continue
    }
    const size = churned[group]! + stayed[group]!
    const middleFromLowest = customers - above - size / 2
    binOf[group] = Math.max(0, Math.min(Math.floor((bins * middleFromLowest) / customers), bins - 1))
    above += size
  }
  return binOf
}

function widthBin(p: number, bins: number): number {
  // 0.29 * 100 is 28.999999999999996: the product may fall on the wrong side of the printed bin ends.
  const bin = Math.min(Math.floor(p * bins), bins - 1)
  if (bin < bins - 1 && p >= (bin + 1) / bins) return bin + 1
  return p < bin / bins ? bin - 1 : bin
}

/**
 * Returns how far predicted probabilities and observed churn rates are apart on average (ECE).
 *
 * One number for `calibrationTable`; say the binning with it, for the same predictions give .28 with 10 bins and
 * .18 with 5. It is biased upwards: bins of few customers differ by chance alone. It does not see the ranking: the
 * base rate for all has 0.
 *
 *     ECE = Σ over bins of (customers in bin / n) · |mean predicted − observed rate|
 *
 * the L1 form of the positive class (not of "confidence"), equal-width bins `[i / B, (i + 1) / B)` by default.
 *
 * @returns in [0, 1]; 0 = each bin is right on average
 *
 * @example
 * calibrationError([0.125, 0.125, 0.75, 0.75], [0, 1, 1, 1], { bins: 2 })   // (2·0.375 + 2·0.25) / 4
 * // => 0.3125
 *
 * @see Naeini, Cooper and Hauskrecht (2015)
 * @see {@link calibrationTable}, {@link calibrationLine}
 */
export const calibrationError: OutcomeMetric<number, CalibrationOptions> = outcomeMetric(
  'calibrationError',
  calibrationOptions,
  (ranked, { bins, binning }) => calibrationErrorOf(ranked, bins, binning),
)

/** Like {@link calibrationError}, from the sorted form. O(groups + bins). */
export function calibrationErrorOf(ranked: RankedOutcomes, bins: number, binning: Binning): number {
  const { churners, predicted } = binSums(ranked, bins, binning)
  let sum = 0
  for (let bin = 0; bin < bins; bin++) sum += Math.abs(predicted[bin]! - churners[bin]!)
  return sum / ranked.customers
}

/**
 * Returns how far predicted probability and observed churn rate are apart in the worst bin (MCE).
 *
 * Use it where one wrong region costs dearly. It is noise where a bin holds few customers: with `equal-count` no bin
 * is nearly empty. Say the binning with it.
 *
 *     MCE = max over bins of |mean predicted − observed rate|
 *
 * of the positive class (not of "confidence"), equal-width bins `[i / B, (i + 1) / B)` by default.
 *
 * @returns in [0, 1]; 0 = each bin is right on average
 *
 * @example
 * maximumCalibrationError([0.125, 0.125, 0.75, 0.75], [0, 1, 1, 1], { bins: 2 })   // 0.375 and 0.25
 * // => 0.375
 *
 * @see Naeini, Cooper and Hauskrecht (2015)
 * @see {@link calibrationError}, the mean over the bins; {@link calibrationCurve} without bins
 */
export const maximumCalibrationError: OutcomeMetric<number, CalibrationOptions> = outcomeMetric(
  'maximumCalibrationError',
  calibrationOptions,
  (ranked, { bins, binning }) => maximumCalibrationErrorOf(ranked, bins, binning),
)

/** Like {@link maximumCalibrationError}, from the sorted form. O(groups + bins). */
export function maximumCalibrationErrorOf(ranked: RankedOutcomes, bins: number, binning: Binning): number {
  const { customers, churners, predicted } = binSums(ranked, bins, binning)
  let largest = 0
  for (let bin = 0; bin < bins; bin++) {
    if (customers[bin] === 0) continue
    largest = Math.max(largest, Math.abs(predicted[bin]! - churners[bin]!) / customers[bin]!)
  }
  return largest
}
