import * as z from 'zod'
import { HoldfastError } from '../../base/errors.js'
import {
  type OutcomeMetric,
  outcomeMetric,
  rowsMetric,
  type WeightOptions,
  weightOptions,
} from '../rows/checkedOutcomes.js'
import { meanOfRows, type OutcomeRows } from '../rows/outcomeRows.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'
import { type Binning, binsOfGroups, calibrationOptions, sumsOfBins } from './calibrationTable.js'

/** How `logLoss` treats certainty. */
export interface LogLossOptions extends WeightOptions {
  /** Probabilities are moved into [clip, 1 − clip] first. In [0, 0.5). Default 0: nothing is moved. */
  readonly clip?: number
}

const logLossOptions = weightOptions.extend({ clip: z.number().gte(0).lt(0.5).default(0) })

/**
 * Returns the mean negative log likelihood of the outcomes under the predicted probabilities, in nats.
 *
 * The measure of the probabilities themselves: it is smallest in expectation for the true ones. Use it to compare
 * models on the same customers. It punishes a confident error without limit: see `brierScore` for one with a limit.
 *
 *     log loss = −mean( y·ln p + (1 − y)·ln(1 − p) )      with 0·ln 0 = 0
 *
 * A churner with p = 0, or a stayer with p = 1, makes it infinite. That is refused and not silently clipped: one
 * clipped row costs 36 at machine precision and 7 at 0.001, so the clip and not the model decides the figure. Give
 * `clip` to choose. Models of holdfast never answer exactly 0 or 1.
 *
 * @returns in [0, ∞); predicting the base rate b for all costs −b·ln b − (1 − b)·ln(1 − b)
 * @throws {HoldfastError} `out-of-range` if a certain prediction is wrong and `clip` is 0
 *
 * Nothing is sorted. The order of rows does not matter, to the last bit.
 *
 * @example
 * logLoss([0.5, 0.5], [1, 0])   // ln 2
 * // => 0.6931471805599453
 *
 * @see Good (1952), Rational Decisions
 * @see {@link brierScore}, {@link calibrationError}
 */
export const logLoss: OutcomeMetric<number, LogLossOptions> = rowsMetric(
  'logLoss',
  logLossOptions,
  (rows, { clip }) => {
    const wrong = clip === 0 ? rowsWronglyCertain(rows) : 0
    if (wrong > 0)
      throw new HoldfastError('logLoss', [
        {
          code: 'out-of-range',
          parameter: 'probability',
          rule: 'to be above 0 for every churner and below 1 for every customer who stayed',
          count: wrong,
          wayOut:
            'Predict no certainties, or choose what one costs by an option such as { clip: 1e-6 }, and say so.',
        },
      ])
    return meanOfRows(rows, largestLoss, (terms, from) => putLosses(terms, rows, from, clip))
  },
)

/** −ln of the smallest number above 0 is 744.4. */
const largestLoss = 745

function putLosses(terms: Float64Array, rows: OutcomeRows, from: number, clip: number): void {
  const { probability, outcome } = rows
  for (let index = 0; index < terms.length; index++) {
    const p = Math.min(Math.max(probability[from + index]!, clip), 1 - clip)
    terms[index] = outcome[from + index] === 1 ? -Math.log(p) : -Math.log1p(-p)
  }
}

function rowsWronglyCertain({ probability, outcome, weight }: OutcomeRows): number {
  let rows = 0
  for (let row = 0; row < probability.length; row++) {
    if (probability[row] === 1 - outcome[row]! && weight?.[row] !== 0) rows++
  }
  return rows
}

/** Returns the weight of churners with probability 0 and stayers with probability 1: where log loss is infinite. */
export function wronglyCertain(ranked: RankedOutcomes): number {
  const last = ranked.probability.length - 1
  return (
    (ranked.probability[0] === 1 ? ranked.stayed[0]! : 0) +
    (ranked.probability[last] === 0 ? ranked.churned[last]! : 0)
  )
}

/** Like {@link logLoss}, from the sorted form; infinite where {@link wronglyCertain} is above 0. O(groups). */
export function logLossOf(ranked: RankedOutcomes, clip = 0): number {
  const { probability, churned, stayed, customers } = ranked
  let sum = 0
  for (let group = 0; group < probability.length; group++) {
    const p = Math.min(Math.max(probability[group]!, clip), 1 - clip)
    if (churned[group]! > 0) sum -= churned[group]! * Math.log(p)
    if (stayed[group]! > 0) sum -= stayed[group]! * Math.log1p(-p)
  }
  return sum / customers
}

/**
 * Returns the mean squared difference between predicted probability and outcome.
 *
 * A measure of the probabilities with a limit on what one row can cost; calibration and ranking both enter. It
 * depends on the base rate: compare models on the same customers only.
 *
 *     Brier score = mean( (p − y)² )
 *
 * the two-class form of today, half of Brier's own (1950), which sums over both classes.
 *
 * @returns in [0, 1]; 0 = certain and right; predicting the base rate b for all costs b·(1 − b)
 *
 * Nothing is sorted. The order of rows does not matter, to the last bit.
 *
 * @example
 * brierScore([0.75, 0.5], [1, 0])   // (0.25² + 0.5²) / 2
 * // => 0.15625
 *
 * @see Brier (1950), Monthly Weather Review 78
 * @see {@link logLoss}
 */
export const brierScore: OutcomeMetric<number> = rowsMetric('brierScore', weightOptions, (rows) =>
  meanOfRows(rows, 1, (terms, from) => {
    for (let index = 0; index < terms.length; index++) {
      const difference = rows.probability[from + index]! - rows.outcome[from + index]!
      terms[index] = difference * difference
    }
  }),
)

/** Like {@link brierScore}, from the sorted form. O(groups). */
export function brierScoreOf(ranked: RankedOutcomes): number {
  const { probability, churned, stayed, customers } = ranked
  let sum = 0
  for (let group = 0; group < probability.length; group++) {
    const p = probability[group]!
    sum += churned[group]! * (1 - p) * (1 - p) + stayed[group]! * p * p
  }
  return sum / customers
}

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
 * @example
 * brierDecomposition([0.25, 0.25, 0.75, 0.75], [0, 0, 1, 1])   // 0.25 too high below, 0.25 too low above
 * // => { brierScore: 0.0625, reliability: 0.0625, resolution: 0.25, uncertainty: 0.25,
 * //      withinBinVariance: 0, withinBinCovariance: 0, skill: 0.75 }
 *
 * @see Murphy (1973), Journal of Applied Meteorology 12; Stephenson, Coelho and Jolliffe (2008), Two extra components
 *   in the Brier score decomposition, Weather and Forecasting 23
 * @see {@link brierScore}, {@link calibrationError}
 */
export const brierDecomposition: OutcomeMetric<BrierDecomposition, BrierDecompositionOptions> = outcomeMetric(
  'brierDecomposition',
  decompositionOptions,
  (ranked, { bins, binning }) => brierDecompositionOf(ranked, bins, binning),
)

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
