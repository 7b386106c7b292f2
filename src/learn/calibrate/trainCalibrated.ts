import type * as z from 'zod'
import { checkArguments } from '../../base/arguments.js'
import { HoldfastError, inNameOf } from '../../base/errors.js'
import { takeRows, takeValues } from '../../base/matrix.js'
import { seededRandom } from '../../base/random.js'
import { logit } from '../../base/statistics.js'
import type { ChurnModel, TrainControl, TrainingData } from '../contract.js'
import { refuseAborted, stepDone } from '../control.js'
import { isOtherRate, shownRate } from '../margin.js'
import { overlapOf, type RowOverlap } from '../trainedRows.js'
import type { Calibration } from './calibration.js'
import { calibrationFolds, rowsOfFold } from './calibrationFolds.js'
import { type CheckedCalibration, checkCalibration } from './checkCalibration.js'
import { chooseCalibrator } from './chooseCalibrator.js'
import { type CalibratedModel, calibratedModel } from './model.js'
import { type TrainCalibratedOptions, trainCalibratedOptions } from './options.js'
import type { CalibrationRows } from './separation.js'

type Checked = CheckedCalibration<z.output<typeof trainCalibratedOptions>>

/**
 * Returns a model trained on all rows and calibrated on the same rows, each predicted by a model that has not seen it.
 *
 * Use it where there are no rows to spare for `calibrate`. It trains `folds · repeats + 1` times. The models of the folds
 * see fewer rows than the one that is returned, which is a little surer; with 5 folds that is rarely to be seen.
 *
 *     for each fold: train on the other folds, predict the fold
 *     the calibrator is fitted to those predictions, and chosen, as in `calibrate`
 *     the model is trained on all rows, and read through the calibrator
 *
 * With `repeats` the customers are dealt anew each time and the calibrator sees each row as often, at a share of its weight.
 *
 * @param data rows of all customers, at least two of either class; see {@link TrainingData}
 * @param train gives a model for rows: `(rows, control) => trainForest(rows, { seed: 1 }, control)`. Whatever is chosen by
 *   outcomes is chosen in it
 * @param control progress once a training, a signal to stop; the signal is handed on to `train`
 * @throws {HoldfastError} as `calibrate` and as `train`; `option-invalid` where `train` moves the model to another churn rate
 *   (`prior`), from which the calibrator would bring it back: move the result (by less than half a unit of log odds it is brought back, and `notes` say so); `one-class` where a fold would leave but one kind of rows; `aborted`
 *
 * @example
 * import { numberColumn } from 'holdfast/tables'
 * const calls = numberColumn('calls', Array.from({ length: 400 }, (_, row) => row % 8))
 * const data = { features: { rowCount: 400, columns: [calls] }, outcome: Uint8Array.from(calls.values, (n, row) => (row % 50 < 6 * n ? 1 : 0)) }
 * const model = trainCalibrated(data, (rows) => trainForest(rows, { trees: 50 }), { method: 'beta' })
 * model.calibration.method
 * // => 'beta'
 *
 * @see {@link calibrate} for the methods; {@link trainCalibratedAsync}
 */
export function trainCalibrated(
  data: TrainingData,
  train: (data: TrainingData, control: TrainControl) => ChurnModel,
  options?: TrainCalibratedOptions,
  control: TrainControl = {},
): CalibratedModel<Calibration> {
  checkArguments('trainCalibrated', ['data', data, 'dataset'], ['train', train, 'function'])
  const steps = trainingSteps('trainCalibrated', data, options, control)
  const handed = signalOf(control)
  let step = steps.next()
  while (step.done !== true) step = steps.next(aModel('trainCalibrated', train(step.value, handed)))
  return step.value
}

/**
 * Does what `trainCalibrated` does with a `train` that may answer later, as `trainBoostingAsync` does.
 *
 * @throws {HoldfastError} as `trainCalibrated`; the promise is rejected
 *
 * @example
 * import { numberColumn } from 'holdfast/tables'
 * const calls = numberColumn('calls', Array.from({ length: 400 }, (_, row) => row % 8))
 * const data = { features: { rowCount: 400, columns: [calls] }, outcome: Uint8Array.from(calls.values, (n, row) => (row % 50 < 6 * n ? 1 : 0)) }
 * const train = (rows, control) => trainBoostingAsync(rows, { rounds: 20 }, control)
 * const model = await trainCalibratedAsync(data, train, { folds: 3 }, { signal: AbortSignal.timeout(60_000) })
 * model.learner
 * // => 'calibrated'
 */
export async function trainCalibratedAsync(
  data: TrainingData,
  train: (data: TrainingData, control: TrainControl) => ChurnModel | Promise<ChurnModel>,
  options?: TrainCalibratedOptions,
  control: TrainControl = {},
): Promise<CalibratedModel<Calibration>> {
  checkArguments('trainCalibratedAsync', ['data', data, 'dataset'], ['train', train, 'function'])
  const steps = trainingSteps('trainCalibratedAsync', data, options, control)
  const handed = signalOf(control)
  let step = steps.next()
  while (step.done !== true)
    step = steps.next(aModel('trainCalibratedAsync', await train(step.value, handed)))
  return step.value
}

function aModel(caller: string, model: ChurnModel): ChurnModel {
  checkArguments(caller, ['what train returned', model, 'model'])
  return model
}

/** Progress of single trainings would go back to 0 each time; the whole has its own. */
function signalOf({ signal }: TrainControl): TrainControl {
  return signal === undefined ? {} : { signal }
}

/** Yields rows that a model is wanted for, takes the model, and ends with the calibrated one. */
function* trainingSteps(
  operation: string,
  data: TrainingData,
  options: TrainCalibratedOptions | undefined,
  control: TrainControl,
): Generator<TrainingData, CalibratedModel<Calibration>, ChurnModel> {
  const checked = checkCalibration(operation, trainCalibratedOptions, options, data)
  refuseAborted(operation, control)
  const { repeats, folds } = checked.options
  const total = repeats * folds + 1
  let done = 0
  const trained = (): void => stepDone(operation, control, 'training', ++done, total)
  let seenFolds = 0
  const seen = (overlap: RowOverlap | null): void => {
    if (overlap?.isOverlap === true) seenFolds++
  }
  const parts: Float64Array[] = []
  for (let repeat = 0; repeat < repeats; repeat++)
    parts.push(yield* outOfFoldMargins(operation, checked, repeat, trained, seen))
  const all = checked.options.groups === undefined ? data : { ...data, ids: checked.options.groups }
  const model = refuseMoved(operation, yield all, checked.baseRate)
  const { baseRate } = checked
  const rows = stacked(checked, parts)
  const customerOf = repeatedCustomers(checked, repeats)
  const { calibrator, calibration } = chooseCalibrator(rows, customerOf, checked)
  stepDone(operation, control, 'training', total, total)
  const notes = [
    ...calibration.notes,
    ...(calibrator.method === 'none' ? [] : broughtBackNotes(model.baseRate, baseRate)),
    ...(seenFolds === 0
      ? []
      : [
          `${seenFolds} of ${repeats * folds} models knew rows of the fold that was kept from them: what train gives was trained on ` +
            'other rows than it is handed (a model to go on from, for one). What is read from them leaves the model too sure.',
        ]),
  ]
  return calibratedModel(model, calibrator, { ...calibration, notes }, checked.baseRate)
}

/** Margins of all rows, each by a model trained without the row's fold. */
function* outOfFoldMargins(
  operation: string,
  { features, outcome, weight, ids, customerOf, options }: Checked,
  repeat: number,
  trained: () => void,
  seen: (overlap: RowOverlap | null) => void,
): Generator<TrainingData, Float64Array, ChurnModel> {
  const random = seededRandom(options.seed).fork(repeat)
  const folds = calibrationFolds({ customerOf, outcome }, options.folds, random)
  if (folds === null) refuseFolds(operation, outcome, customersNamed(options.groups, customerOf))
  const margin = new Float64Array(outcome.length)
  for (let fold = 0; fold < folds.count; fold++) {
    const others = rowsOfFold(folds, fold, false)
    const rows = {
      features: takeRows(features, others),
      outcome: takeValues(outcome, others),
      ...(weight === null ? {} : { weight: takeValues(weight, others) }),
      ...(ids === null ? {} : { ids: Array.from(others, (row) => ids[row]!) }),
    }
    const model = refuseMoved(operation, yield rows, churnRate(rows))
    const own = rowsOfFold(folds, fold, true)
    const kept = takeRows(features, own)
    const predicted = inNameOf(operation, () => model.margin(kept))
    seen(overlapOf(model, kept))
    for (const [place, row] of own.entries()) margin[row] = predicted[place]!
    trained()
  }
  return margin
}

function churnRate({ outcome, weight }: Pick<TrainingData, 'outcome' | 'weight'>): number {
  let [all, churned] = [0, 0]
  for (let row = 0; row < outcome.length; row++) {
    all += weight?.[row] ?? 1
    churned += outcome[row]! * (weight?.[row] ?? 1)
  }
  return churned / all
}

/**
 * Returns the model; throws where it stands for another churn rate than its rows: the calibrator, which is fitted to the rows,
 * would bring it back to theirs.
 */
function refuseMoved(operation: string, model: ChurnModel, rate: number): ChurnModel {
  if (!isOtherRate(model.baseRate, rate)) return model
  throw new HoldfastError(operation, [
    {
      code: 'option-invalid',
      parameter: 'train',
      rule: `to give a model that stands for the churn rate of its rows (${shownRate(rate)}): calibrated it comes back to that`,
      received: model.baseRate,
      wayOut: 'Train without `prior`, and move the calibrated model by shiftPrior.',
    },
  ])
}

/** Two ways to sum the same weights. */
const sameLogOdds = 1e-6

/** Says where a model was moved by less than is refused: the calibrator brings it back all the same. */
function broughtBackNotes(baseRate: number, rate: number): string[] {
  if (Math.abs(logit(baseRate) - logit(rate)) <= sameLogOdds) return []
  return [
    `What train gave for all rows stands for a churn rate of ${shownRate(baseRate)}, the rows for ${shownRate(rate)}: calibrated the ` +
      'model stands for that of the rows. Where the other is meant (`prior`), move the calibrated model by shiftPrior.',
  ]
}

/** Returns the name under which the customers of the rows were given; null where each row is its own. */
function customersNamed(groups: unknown, customerOf: Int32Array | null): 'groups' | 'ids' | null {
  if (groups !== undefined) return 'groups'
  return customerOf === null ? null : 'ids'
}

function refuseFolds(operation: string, outcome: Uint8Array, customers: 'groups' | 'ids' | null): never {
  const churners = outcome.reduce((sum, one) => sum + one, 0)
  throw new HoldfastError(operation, [
    {
      code: 'one-class',
      parameter: customers ?? 'outcome',
      rule: `to leave both churned and stayed ${customers === null ? 'rows' : 'customers'} when a fold is kept from the training`,
      received: `${churners} churned, ${outcome.length - churners} stayed`,
      wayOut: 'Give more rows; with so few, train without calibration.',
    },
  ])
}

/** The rows once for each time they were predicted, at a share of their weight. */
function stacked({ outcome, weight }: Checked, parts: readonly Float64Array[]): CalibrationRows {
  const repeats = parts.length
  if (repeats === 1) return { margin: parts[0]!, outcome, weight }
  const count = outcome.length
  const all = count * repeats
  return {
    margin: Float64Array.from(
      { length: all },
      (_, place) => parts[Math.floor(place / count)]![place % count]!,
    ),
    outcome: Uint8Array.from({ length: all }, (_, place) => outcome[place % count]!),
    weight: Float64Array.from({ length: all }, (_, place) => (weight?.[place % count] ?? 1) / repeats),
  }
}

/** A row that is there more than once is a customer too: its copies stay in one fold. */
function repeatedCustomers({ customerOf, outcome }: Checked, repeats: number): Int32Array | null {
  if (repeats === 1) return customerOf
  const count = outcome.length
  return Int32Array.from(
    { length: count * repeats },
    (_, place) => customerOf?.[place % count] ?? place % count,
  )
}
