import { mean } from 'simple-statistics'
import { groupNumbers } from '../base/groupNumbers.js'
import { sigmoid } from '../base/statistics.js'
import { type MetricName, metrics } from '../evaluate/metrics.js'
import { rankOutcomes } from '../evaluate/rows/checkedOutcomes.js'
import { type BlendFit, fitBlend } from '../learn/blend/fitBlend.js'
import { rowLosses } from '../learn/boosting/calibration.js'

/** Predictions for the same rows by several models that had not seen them. */
export interface BlendRows {
  /** By model: log odds, shape (rows). */
  readonly margins: readonly Float64Array[]
  readonly outcome: Uint8Array
  readonly weight: Float64Array | null
  /** Shape (rows): the customer of each row, numbered from 0. */
  readonly customerOf: Int32Array
}

/** More rows give the same weights. */
const mostRows = 10_000
/** Weight moved from one model to another at a time. */
const moved = 0.05

/**
 * Returns the weights of a blend: those of least log loss; with a second metric, from there uphill in steps of a
 * twentieth while log loss stays within one standard error of the least (of paired differences, by customer).
 *
 * Log loss hardly depends on whether a much worse model gets no weight or a tenth, but the ranking can be clearly
 * better with a tenth. On mlc_churn a tenth of the logistic model with boosting costs no log loss and adds .002 to the
 * AUC.
 */
export function blendFor(evidence: BlendRows, second: MetricName | null): BlendFit {
  const rows = thinned(evidence)
  const least = fitBlend(rows.margins, rows.outcome, rows.weight)
  if (second === null) return least
  const leastLosses = lossesOf(rows, least)
  let best = { fit: least, loss: metricLoss(rows, least, second) }
  for (;;) {
    const better = moves(best.fit.weights)
      .map((weights) => readMean(rows, weights))
      .filter((fit) => isAsGood(lossesOf(rows, fit), leastLosses, rows.customerOf))
      .map((fit) => ({ fit, loss: metricLoss(rows, fit, second) }))
      .reduce((a, b) => (b.loss < a.loss ? b : a), best)
    if (better === best) return best.fit
    best = better
  }
}

/** Returns the log odds predicted by a blend. */
export function blendedMargins(
  margins: readonly Float64Array[],
  fit: Pick<BlendFit, 'weights' | 'intercept' | 'slope'>,
): Float64Array {
  return margins[0]!.map((_, row) =>
    fit.weights.reduce(
      (sum, weight, index) => sum + fit.slope * weight * margins[index]![row]!,
      fit.intercept,
    ),
  )
}

/** Every nth row, so that classes and folds keep their shares. */
function thinned({ margins, outcome, weight, customerOf }: BlendRows): BlendRows {
  const step = Math.ceil(outcome.length / mostRows)
  if (step === 1) return { margins, outcome, weight, customerOf }
  const kept = (_: unknown, row: number): boolean => row % step === 0
  return {
    margins: margins.map((own) => own.filter(kept)),
    outcome: outcome.filter(kept),
    weight: weight?.filter(kept) ?? null,
    customerOf: groupNumbers(customerOf.filter(kept)),
  }
}

/** All ways to move some weight from one model to another. */
function moves(weights: readonly number[]): number[][] {
  return weights.flatMap((given, from) =>
    weights.flatMap((_, to) => {
      const amount = Math.min(moved, given)
      if (amount === 0 || from === to) return []
      return [weights.map((own, index) => own + (index === to ? amount : index === from ? -amount : 0))]
    }),
  )
}

/** Returns the mean with these weights, rescaled by the best line, because a mean is underconfident. */
export function readMean(rows: BlendRows, weights: readonly number[]): BlendFit {
  const plain = blendedMargins(rows.margins, { weights, intercept: 0, slope: 1 })
  return { ...fitBlend([plain], rows.outcome, rows.weight), weights }
}

function lossesOf(rows: BlendRows, fit: BlendFit): Float64Array {
  return rowLosses(blendedMargins(rows.margins, fit), rows.outcome, rows.weight)
}

function metricLoss(rows: BlendRows, fit: BlendFit, name: MetricName): number {
  const probability = blendedMargins(rows.margins, fit).map(sigmoid)
  const value = metrics[name].ofRanked(rankOutcomes(probability, rows.outcome, weightOf(rows)))
  return metrics[name].better === 'higher' ? -value : value
}

function weightOf({ weight }: BlendRows): { weight?: Float64Array } {
  return weight === null ? {} : { weight }
}

/** True if the mean difference of paired losses is at most its standard error, by customer. */
function isAsGood(losses: Float64Array, least: Float64Array, customerOf: Int32Array): boolean {
  const differences = losses.map((loss, row) => loss - least[row]!)
  return mean(Array.from(differences)) <= standardErrorOfMean(differences, customerOf)
}

/**
 * Returns the standard error of the mean of all rows, if rows of one customer are not independent:
 *
 *     √(c / (c − 1) · Σ over customers (Σ over their rows (value − mean))²) / rows
 *
 * With one row for each of the c customers it is the usual one.
 */
export function standardErrorOfMean(values: Float64Array, customerOf: Int32Array): number {
  const middle = mean(Array.from(values))
  const sums = new Float64Array(customerOf.reduce((most, customer) => Math.max(most, customer + 1), 0))
  for (let row = 0; row < values.length; row++) sums[customerOf[row]!]! += values[row]! - middle
  const squares = sums.reduce((total, sum) => total + sum * sum, 0)
  return Math.sqrt((squares * sums.length) / (sums.length - 1)) / values.length
}
