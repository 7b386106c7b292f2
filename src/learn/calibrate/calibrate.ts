import { checkArguments } from '../../base/arguments.js'
import { inNameOf } from '../../base/errors.js'
import type { FeatureMatrix } from '../../base/matrix.js'
import type { ChurnModel, TrainingData } from '../contract.js'
import { isOtherRate, shownRate } from '../margin.js'
import { overlapOf, rememberingTrained, untoldOverlap } from '../trainedRows.js'
import type { Calibration } from './calibration.js'
import { checkCalibration } from './checkCalibration.js'
import { chooseCalibrator } from './chooseCalibrator.js'
import { type CalibratedModel, calibratedModel } from './model.js'
import { type CalibrateOptions, calibrateOptions } from './options.js'

const operation = 'calibrate'

/**
 * Returns the model with its probabilities put right by rows that it was not trained on.
 *
 * Use it where probabilities are multiplied by money and `calibrationTable` shows that they are off: models of other
 * programs, older models on newer customers, forests with small leaves (`trainForest` with leaves of 1 row on mlc-churn:
 * log loss .180, by `beta` .148). The default `trainBoosting` and `trainLogistic` rarely need it.
 * **The rows must be held out**: on rows it was trained on a model is too sure of itself and right to be so, the curve
 * makes it surer still, and new customers pay for it. Without rows to spare, `trainCalibrated`. Where nothing but the
 * churn rate is different, `shiftPrior` needs one number and no rows.
 *
 * With m the model's log odds, p its probability and q the calibrated one:
 *
 *     platt      logit q = intercept + slope · m                 slope ≥ 0, maximum likelihood
 *     beta       logit q = a · ln p − b · ln(1 − p) + c          a, b ≥ 0, maximum likelihood
 *     isotonic   q = the churn rate of rows of like p, pooled until it never falls as p grows; lines in between
 *     none       q = p
 *
 * Each keeps the order of customers but for ties: isotonic gives equal probabilities to all of a block (`model.model` has
 * the finer order). On the rows it is fitted to none is worse than the model itself
 * (but for Platt's smoothed targets, which `platt` and `beta` take where the model separates the classes). `auto` compares all four by
 * cross-validation over the rows and takes the simplest (in the order none, platt, beta, isotonic) within one standard
 * error of the best log loss; what it found is in `calibration`. Few rows change little: below some hundred churners
 * `auto` mostly leaves the model as it is.
 *
 * Weight 2 is the row twice, weight 0 no row. `baseRate` becomes the weighted churn rate of the rows, but for `none`: a
 * model that was moved to another rate (`prior`, `shiftPrior`) comes back to that of these rows; move it afterwards.
 *
 * @param model any model, a calibrated one too
 * @param data rows that the model was not trained on, at least one of either class
 * @throws {HoldfastError} as `trainBoosting`; as `probability` of the model; `length-differs` and `value-missing` of
 *   `groups`; `option-invalid` for models nested more than 4 deep
 *
 * O(rows · log rows) time beside one prediction of the rows; a million rows take some twenty seconds with `auto`.
 *
 * @example
 * import { shiftPrior } from 'holdfast/models'
 * import { numberColumn } from 'holdfast/tables'
 * const calls = numberColumn('calls', Array.from({ length: 400 }, (_, row) => row % 8))
 * const data = { features: { rowCount: 400, columns: [calls] }, outcome: Uint8Array.from(calls.values, (n, row) => (row % 50 < 6 * n ? 1 : 0)) }
 * const model = shiftPrior(trainLogistic(data), { baseRate: 0.9 })      // a model that says too much
 * const calibrated = calibrate(model, data)
 * calibrated.calibration.method
 * // => 'platt'
 *
 * @see Platt (1999); Zadrozny and Elkan (2002); Kull, Silva Filho and Flach (2017)
 * @see {@link trainCalibrated}, `shiftPrior` of `holdfast/models`, `calibrationTable`
 */
export function calibrate(
  model: ChurnModel,
  data: TrainingData,
  options?: CalibrateOptions,
): CalibratedModel<Calibration> {
  checkArguments('calibrate', ['model', model, 'model'], ['data', data, 'dataset'])
  const checked = checkCalibration(operation, calibrateOptions, options, data)
  const { features, outcome, weight } = checked
  const rows = { margin: inNameOf(operation, () => model.margin(features)), outcome, weight }
  const { calibrator, calibration } = chooseCalibrator(rows, checked.customerOf, checked)
  const notes = [
    ...calibration.notes,
    ...trainedNotes(model, features),
    ...movedNotes(model, checked, calibrator.method),
  ]
  const calibrated = calibratedModel(model, calibrator, { ...calibration, notes }, checked.baseRate)
  return rememberingTrained(calibrated, null, { validation: checked })
}

function trainedNotes(model: ChurnModel, features: FeatureMatrix): string[] {
  if (model.features.length === 0) return []
  const overlap = overlapOf(model, features)
  const untold = untoldOverlap(overlap)
  if (untold !== null) return [untold]
  if (!overlap?.isOverlap) return []
  return [
    `${overlap.equal} of the ${overlap.compared} rows that were compared are equal to rows that the model was trained on: on ` +
      'them it is surer than on others, and what is read from them leaves it too sure. Give other rows, or use trainCalibrated.',
  ]
}

/** Rows of the same kind have a churn rate that is farther off in one of 16,000 draws. */
const deviationsOfChance = 4

/** Says where a model that stood for another churn rate comes back to that of the rows. */
function movedNotes(
  model: ChurnModel,
  { baseRate: rate, outcome }: { readonly baseRate: number; readonly outcome: Uint8Array },
  method: CalibratedModel['calibrator']['method'],
): string[] {
  const byChance = deviationsOfChance * Math.sqrt((rate * (1 - rate)) / outcome.length)
  const isOther = isOtherRate(model.baseRate, rate) || Math.abs(model.baseRate - rate) > byChance
  if (method === 'none' || !isOther) return []
  return [
    `The model stood for a churn rate of ${shownRate(model.baseRate)}; calibrated it stands for that of these rows, ${shownRate(rate)}. ` +
      'Where the rows were drawn by outcome, move it by shiftPrior.',
  ]
}
