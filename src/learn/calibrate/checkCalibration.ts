import type { z } from 'zod'
import { type Problem, refuse } from '../../base/errors.js'
import { groupNumbers } from '../../base/groupNumbers.js'
import { type CheckedTraining, checkTraining } from '../check.js'
import type { TrainingData } from '../contract.js'
import type { calibrateOptions } from './options.js'

/** Rows and options of a calibration that can be trusted; rows of weight 0 are gone. */
export interface CheckedCalibration<Options> extends CheckedTraining<Options> {
  /** The customer of each row, numbered from 0; null where each row is its own. */
  readonly groups: Int32Array | null
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
  refuse(operation, given === undefined ? [] : groupProblems(given, data.outcome.length))
  const { weight } = data
  const counted =
    given === undefined || weight === undefined
      ? given
      : Array.from(given).filter((_, row) => weight[row]! > 0)
  return {
    ...checked,
    groups: counted === undefined ? null : groupNumbers(counted),
    counts: { rows: checked.outcome.length, churners: checked.outcome.reduce((sum, one) => sum + one, 0) },
  }
}

function groupProblems(groups: ArrayLike<string | number>, rowCount: number): Problem[] {
  if (groups.length !== rowCount) {
    const rule = `to have ${rowCount} values`
    return [{ code: 'length-differs', parameter: 'groups', rule, received: groups.length }]
  }
  const row = Array.from(groups).findIndex((group) => typeof group !== 'string' && !Number.isFinite(group))
  if (row < 0) return []
  const rule = 'to name the customer of each row by a text or a number'
  return [
    { code: 'value-missing', parameter: 'groups', rule, received: groups[row], place: { row: row + 1 } },
  ]
}
