import { takeValues } from '../../base/matrix.js'
import { logit, sigmoid, softplus } from '../../base/statistics.js'
import { certainty } from '../margin.js'
import type { CalibrationCandidate, CalibrationValidation } from './calibration.js'
import { type CalibrationFolds, rowsOfFold } from './calibrationFolds.js'
import { type CalibrationMethod, calibrationMethods, curveOf, fitMethod } from './calibrator.js'
import type { CalibrationRows } from './separation.js'

const bins = 10
const farthest = logit(1 - certainty)

/** A method, and what validation finds of it. */
export interface ValidatedMethod {
  readonly method: CalibrationMethod
  readonly validation: CalibrationValidation
}

/**
 * Compares methods on rows that they were not fitted to: each fold in turn is calibrated by what fits the others. `auto`
 * takes the simplest method that is within one standard error of the best, by the paired differences of log loss.
 *
 * @param customerOf the customer of each row: differences of one customer's rows are not independent of each other
 */
export function validateCalibrators(
  rows: CalibrationRows,
  asked: CalibrationMethod | 'auto',
  folds: CalibrationFolds,
  customerOf: Int32Array | null,
): ValidatedMethod {
  const methods = calibrationMethods.filter((own) => asked === 'auto' || own === 'none' || own === asked)
  const tried = methods.map((method) => {
    const margin = outOfFoldMargins(rows, method, folds)
    const losses = lossesOf({ ...rows, margin })
    return {
      method,
      losses,
      logLoss: weightedMean(losses, rows.weight),
      ece: calibrationErrorOf({ ...rows, margin }),
    }
  })
  const best = tried.reduce((least, one) => (one.logLoss < least.logLoss ? one : least))
  const candidates = tried.map(({ method, losses, logLoss }): CalibrationCandidate => {
    const { behind, standardError } = pairedDifference(losses, best.losses, rows.weight, customerOf)
    return { method, logLoss, behind, standardError }
  })
  const chosen = candidates.findIndex(({ method, behind, standardError }) =>
    asked === 'auto' ? behind <= standardError : method === asked,
  )
  const [before, after] = [tried[0]!, tried[chosen]!]
  return {
    method: after.method,
    validation: {
      folds: folds.count,
      logLoss: { before: before.logLoss, after: after.logLoss },
      calibrationError: { before: before.ece, after: after.ece },
      candidates,
    },
  }
}

function outOfFoldMargins(
  rows: CalibrationRows,
  method: CalibrationMethod,
  folds: CalibrationFolds,
): Float64Array {
  const margin = new Float64Array(rows.margin.length)
  for (let fold = 0; fold < folds.count; fold++) {
    const { margin: calibrated } = curveOf(
      fitMethod(method, takeCalibrationRows(rows, rowsOfFold(folds, fold, false))),
    )
    for (const row of rowsOfFold(folds, fold, true)) margin[row] = calibrated(rows.margin[row]!)
  }
  return margin
}

function takeCalibrationRows(
  { margin, outcome, weight }: CalibrationRows,
  taken: Int32Array,
): CalibrationRows {
  return {
    margin: takeValues(margin, taken),
    outcome: takeValues(outcome, taken),
    weight: weight === null ? null : takeValues(weight, taken),
  }
}

/** Log loss of each row; probabilities no nearer to 0 and 1 than those of models. */
function lossesOf({ margin, outcome }: CalibrationRows): Float64Array {
  return margin.map((value, row) => {
    const near = Math.min(Math.max(value, -farthest), farthest)
    return softplus(outcome[row] === 1 ? -near : near)
  })
}

function weightedMean(values: Float64Array, weight: Float64Array | null): number {
  let [sum, total] = [0, 0]
  for (let row = 0; row < values.length; row++) {
    const own = weight === null ? 1 : weight[row]!
    sum += own * values[row]!
    total += own
  }
  return sum / total
}

/** Mean difference of paired losses, and its standard error over customers. */
function pairedDifference(
  losses: Float64Array,
  best: Float64Array,
  weight: Float64Array | null,
  customerOf: Int32Array | null,
): { behind: number; standardError: number } {
  const differences = losses.map((loss, row) => loss - best[row]!)
  const mean = weightedMean(differences, weight)
  const ofCustomer = new Float64Array(losses.length)
  const seen = new Uint8Array(losses.length)
  let total = 0
  for (let row = 0; row < losses.length; row++) {
    const customer = customerOf === null ? row : customerOf[row]!
    const own = weight === null ? 1 : weight[row]!
    ofCustomer[customer]! += own * (differences[row]! - mean)
    seen[customer] = 1
    total += own
  }
  const count = seen.reduce((sum, one) => sum + one, 0)
  const squares = ofCustomer.reduce((sum, one) => sum + one * one, 0)
  const standardError = Math.sqrt((squares * count) / Math.max(count - 1, 1)) / total
  return { behind: Math.max(mean, 0), standardError }
}

/** ECE of equal-width bins, as `calibrationError` of the metrics. */
function calibrationErrorOf({ margin, outcome, weight }: CalibrationRows): number {
  const gaps = new Float64Array(bins)
  let total = 0
  for (let row = 0; row < margin.length; row++) {
    const own = weight === null ? 1 : weight[row]!
    const p = sigmoid(margin[row]!)
    gaps[Math.min(Math.floor(p * bins), bins - 1)]! += own * (p - outcome[row]!)
    total += own
  }
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / total
}
