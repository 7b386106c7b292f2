import type * as z from 'zod'
import { seededRandom } from '../../base/random.js'
import type { Calibration } from './calibration.js'
import { calibrationFolds } from './calibrationFolds.js'
import { type Calibrator, fitMethod } from './calibrator.js'
import type { CheckedCalibration } from './checkCalibration.js'
import type { calibrateOptions } from './options.js'
import type { CalibrationRows } from './separation.js'
import { isSeparated } from './separation.js'
import { validateCalibrators } from './validateCalibrators.js'

/** A calibrator, and what is known of it. */
export interface FittedCalibrator {
  readonly calibrator: Calibrator
  readonly calibration: Calibration
}

/** Below this many rows an isotonic curve follows chance. */
const rowsForIsotonic = 1000

/**
 * Returns the calibrator that was asked for, or that validation chooses, fitted to all rows.
 *
 * @param customerOf the customer of each of `rows`, numbered from 0; null where each row is its own
 * @param checked options and data; `rows` may hold rows of the data more than once, its counts are those of the data
 */
export function chooseCalibrator(
  rows: CalibrationRows,
  customerOf: Int32Array | null,
  { options, counts, notes }: CheckedCalibration<z.output<typeof calibrateOptions>>,
): FittedCalibrator {
  const { method: asked } = options
  const { outcome } = rows
  const folds = calibrationFolds({ customerOf, outcome }, options.folds, seededRandom(options.seed))
  const found = folds === null ? null : validateCalibrators(rows, asked, folds, customerOf)
  const method = asked === 'auto' ? (found?.method ?? 'none') : asked
  const calibrator = fitMethod(method, rows)
  const validation = found?.validation ?? null
  const calibration = { method, asked, ...counts, validation }
  return {
    calibrator,
    calibration: { ...calibration, notes: [...notes, ...notesOf(calibration, calibrator, rows)] },
  }
}

function notesOf(
  { method, asked, rows: rowCount, churners, validation }: Omit<Calibration, 'notes'>,
  calibrator: Calibrator,
  rows: CalibrationRows,
): string[] {
  const notes: string[] = []
  if (validation === null) {
    const left = asked === 'auto' ? '; probabilities stay as they are' : ''
    notes.push(
      `${churners} churned of ${rowCount} rows are too few to keep some from a fit: nothing was validated${left}.`,
    )
  }
  if (isSeparated(rows)) {
    notes.push(
      'The model tells churned from stayed without an exception: are these rows of its training, or does a feature know the outcome?',
    )
  }
  const isFlat =
    (calibrator.method === 'platt' && calibrator.slope === 0) ||
    (calibrator.method === 'beta' && calibrator.a === 0 && calibrator.b === 0)
  if (isFlat) notes.push('The model does not put these rows in order: everybody gets their churn rate.')
  if (method === 'isotonic' && rowCount < rowsForIsotonic) {
    notes.push(
      `An isotonic curve through ${rowCount} rows follows chance; ${rowsForIsotonic} are a beginning.`,
    )
  }
  if (validation !== null && validation.logLoss.after > validation.logLoss.before) {
    const { before, after } = validation.logLoss
    notes.push(
      `Validation finds no gain: log loss ${before.toFixed(5)} before, ${after.toFixed(5)} after calibration.`,
    )
  }
  return notes
}
