import { z } from 'zod'
import { checkOutcomes, type WeightOptions } from '../rows/checkedOutcomes.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'
import { brierScoreOf } from './brierScore.js'
import { type Binning, binsOfGroups, calibrationOptions, sumsOfBins } from './calibrationTable.js'

/** How forecasts are put together to be decomposed. */
export interface BrierDecompositionOptions extends WeightOptions {
  /** Number of bins; not used by `distinct`. Integer ≥ 1. Default 10. */
  readonly bins?: number
  /** As in `calibrationTable`, or `distinct`: each distinct probability by itself, Murphy's own form. Default
   *  `equal-width`. */
  readonly binning?: Binning | 'distinct'
}

/**
 * Parts of the Brier score:
 * `brierScore = reliability − resolution + uncertainty + withinBinVariance − withinBinCovariance`.
 */
export interface BrierDecomposition {
  readonly brierScore: number
  /** Squared distance of mean prediction and churn rate, averaged over the customers' bins; 0 = calibrated. */
  readonly reliability: number
  /** Squared distance of the bins' churn rates from the base rate, averaged; large = the model tells bins apart. */
  readonly resolution: number
  /** Brier score of the base rate b for all, b·(1 − b): what the data cost without a model. */
  readonly uncertainty: number
  /** Variance of the predictions within the bins; 0 with `distinct`. */
  readonly withinBinVariance: number
  /** Twice the covariance of predictions and outcomes within the bins; 0 with `distinct`. */
  readonly withinBinCovariance: number
  /** Brier skill score, `1 − brierScore / uncertainty`; 0 = as the base rate for all, 1 = perfect. */
  readonly skill: number
}

const decompositionOptions = calibrationOptions.extend({
  binning: z.enum(['equal-width', 'equal-count', 'distinct']).default('equal-width'),
})

/**
 * Returns how much of the Brier score is bad calibration, how much is what the model tells apart, and how much nobody
 * could avoid.
 *
 * Use it to see why one Brier score is better than another. With `distinct` and probabilities that hardly repeat,
 * every customer is a bin: reliability and resolution then say nothing, and bins are needed; the two parts within the
 * bins make the sum exact, which without them is off by the width of the bins.
 *
 * With bins k of n_k customers, mean prediction f_k, churn rate o_k, base rate b, over all n:
 *
 *     reliability          Σ n_k·(f_k − o_k)² / n
 *     resolution           Σ n_k·(o_k − b)² / n
 *     uncertainty          b·(1 − b)
 *     withinBinVariance    Σ over customers (p − f_k)² / n
 *     withinBinCovariance  2·Σ over customers (p − f_k)·(y − o_k) / n
 *
 * @param probability predicted churn, shape (n), each in [0, 1]
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed
 * @throws {HoldfastError} `one-class` if all outcomes are equal; `option-invalid`, `length-differs`, `table-empty`,
 *   `value-missing`, `out-of-range`: all at once
 *
 * O(n) time, O(n) memory.
 *
 * @example
 * brierDecomposition([0.25, 0.25, 0.75, 0.75], [0, 0, 1, 1])   // 0.25 too high below, 0.25 too low above
 * // => { brierScore: 0.0625, reliability: 0.0625, resolution: 0.25, uncertainty: 0.25,
 * //      withinBinVariance: 0, withinBinCovariance: 0, skill: 0.75 }
 *
 * @see Murphy (1973), Journal of Applied Meteorology 12; Stephenson, Coelho and Jolliffe (2008), Two extra components
 *   in the Brier score decomposition, Weather and Forecasting 23
 * @see {@link brierScore}, {@link calibrationError}
 */
export function brierDecomposition(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  options?: BrierDecompositionOptions,
): BrierDecomposition {
  const { ranked, checked } = checkOutcomes(
    'brierDecomposition',
    decompositionOptions,
    probability,
    outcome,
    options,
  )
  return brierDecompositionOf(ranked, checked.bins, checked.binning)
}

/** Like {@link brierDecomposition}, from the sorted form. O(groups + bins). */
export function brierDecompositionOf(
  ranked: RankedOutcomes,
  bins: number,
  binning: Binning | 'distinct',
): BrierDecomposition {
  const { probability, churned, stayed, churners, customers } = ranked
  const isDistinct = binning === 'distinct'
  const binOf = isDistinct ? probability.map((_, group) => group) : binsOfGroups(ranked, bins, binning)
  const sums = sumsOfBins(ranked, binOf, isDistinct ? probability.length : bins)
  const baseRate = churners / customers
  const parts = { reliability: 0, resolution: 0, withinBinVariance: 0, withinBinCovariance: 0 }
  sums.customers.forEach((size, bin) => {
    if (size === 0) return
    const rate = sums.churners[bin]! / size
    parts.reliability += size * (sums.predicted[bin]! / size - rate) ** 2
    parts.resolution += size * (rate - baseRate) ** 2
  })
  for (let group = 0; group < probability.length; group++) {
    const bin = binOf[group]!
    const size = churned[group]! + stayed[group]!
    if (size === 0) continue
    const aside = probability[group]! - sums.predicted[bin]! / sums.customers[bin]!
    parts.withinBinVariance += size * aside * aside
    parts.withinBinCovariance +=
      2 * aside * (churned[group]! - (size * sums.churners[bin]!) / sums.customers[bin]!)
  }
  const brierScore = brierScoreOf(ranked)
  const uncertainty = baseRate * (1 - baseRate)
  return {
    brierScore,
    reliability: parts.reliability / customers,
    resolution: parts.resolution / customers,
    uncertainty,
    withinBinVariance: parts.withinBinVariance / customers,
    withinBinCovariance: parts.withinBinCovariance / customers,
    skill: 1 - brierScore / uncertainty,
  }
}
