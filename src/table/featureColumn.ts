import { Bitmap, isMissing } from '../base/bitmap.js'
import { beyondAnyRow, type EpochDay } from '../base/days.js'
import type { Problem } from '../base/errors.js'
import type { FeatureColumn } from '../base/matrix.js'
import type { Column, DayColumn } from './table.js'

/**
 * Returns a table column as learners read it: the one rule for training and for scoring.
 *
 * Numbers and texts stay as they are (no copy); true and false become 1 and 0. A day becomes the days from it until the
 * day of the forecast; without that day it is refused, because a calendar day says nothing of the next customer. Days
 * from 2200 on, such as 9999-12-31, stand for no end and are missing.
 *
 * @param asOf the day of the forecast
 * @returns the feature column, or the problem with it
 */
export function featureColumn(
  column: Column,
  file?: string,
  asOf?: EpochDay | undefined,
): FeatureColumn | Problem {
  switch (column.kind) {
    case 'number': {
      if ((column.written ?? column.notation ?? column.mayBeGrouped) === undefined) return column
      const { written, notation, mayBeGrouped, ...numbers } = column
      return numbers
    }
    case 'text':
      return column
    case 'boolean':
      return {
        kind: 'number',
        name: column.name,
        values: new Float64Array(column.values),
        missing: column.missing,
      }
    case 'day': {
      const { name, missing } = column
      if (asOf !== undefined) {
        const isNone = Bitmap.where(
          column.values.length,
          (row) => isMissing(missing, row) || column.values[row]! >= beyondAnyRow,
        )
        const values = Float64Array.from(column.values, (day, row) =>
          isMissing(isNone, row) ? 0 : asOf - day,
        )
        return { kind: 'number', name, values, missing: isNone, daysUntil: asOf }
      }
      return {
        code: 'column-type',
        parameter: `column ${name}`,
        rule: 'to hold numbers, texts or true/false',
        received: 'day',
        ...(file === undefined ? {} : { place: { file } }),
        wayOut:
          'Name it in exclude, or give asOf, the day of the forecast: the feature is the days until then.',
      }
    }
  }
}

/** Returns a problem for each column of days whose instants were read in another time zone than that of the others. */
export function zoneProblems(
  source: string | undefined,
  columns: readonly DayColumn[],
  timeZone: string,
): Problem[] {
  return columns
    .filter((column) => column.timeZone !== undefined && column.timeZone !== timeZone)
    .map((column) => ({
      code: 'column-type',
      parameter: `column ${column.name}`,
      rule: `to hold the days that its instants have in ${timeZone}`,
      received: column.timeZone,
      place: { ...(source === undefined ? {} : { file: source }), column: column.name },
      wayOut: `Read it with timeZone: '${timeZone}'.`,
    }))
}
