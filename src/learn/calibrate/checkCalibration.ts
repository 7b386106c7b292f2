import type * as z from 'zod'
import { customerProblems } from '../../base/customerProblems.js'
import { customersOf } from '../../base/customersOf.js'
import { refuse } from '../../base/errors.js'
import { type CheckedTraining, checkTraining } from '../check.js'
import type { TrainingData } from '../contract.js'
import type { calibrateOptions } from './options.js'

/** Rows and options of a calibration that can be trusted; rows of weight 0 are gone. */
export interface CheckedCalibration<Options> extends CheckedTraining<Options> {
  /** The customer of each row, numbered from 0; null where each row is its own. */
  readonly customerOf: Int32Array | null
  /** What was noticed about whose the rows are, in sentences. */
  readonly notes: readonly string[]
  readonly counts: { readonly rows: number; readonly churners: number }
}

/** Checks what a calibration is given, as a training is checked. @throws {HoldfastError} as `calibrate` */
export function checkCalibration<Schema extends typeof calibrateOptions>(
  operation: string,
  schema: Schema,
  options: unknown,
  data: TrainingData,
): CheckedCalibration<z.output<Schema>> {
  const checked = checkTraining(operation, schema, options, data)
  const given = (checked.options as z.output<typeof calibrateOptions>).groups
  refuse(operation, given === undefined ? [] : customerProblems('groups', given, data.outcome.length))
  const { weight } = data
  const ids =
    given === undefined
      ? checked.ids
      : weight === undefined
        ? given
        : Array.from(given).filter((_, row) => weight[row]! > 0)
  const { customerOf, note } = customersOf(checked.features, ids)
  return {
    ...checked,
    ids,
    customerOf,
    notes: note === null ? [] : [note],
    counts: { rows: checked.outcome.length, churners: checked.outcome.reduce((sum, one) => sum + one, 0) },
  }
}
