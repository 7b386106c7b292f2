import type { Problem } from '../base/errors.js'
import type { FeatureColumn } from '../base/matrix.js'
import type { Column } from './table.js'

/**
 * Returns a table column as learners read it: the one rule for training and for scoring.
 *
 * Numbers and texts stay as they are (no copy); true and false become 1 and 0. A day is refused: what it means for
 * churn is its distance from the cutoff, so the user has to say which.
 *
 * @returns the feature column, or the problem with it
 */
export function featureColumn(column: Column, file?: string): FeatureColumn | Problem {
  switch (column.kind) {
    case 'number': {
      const { written, notation, ...numbers } = column
      return written === undefined && notation === undefined ? column : numbers
    }
    case 'text':
      return column
    case 'boolean':
      return {
        kind: 'number',
        name: column.name,
        values: Float64Array.from(column.values),
        missing: column.missing,
      }
    case 'day':
      return {
        code: 'column-type',
        parameter: `column ${column.name}`,
        rule: 'to hold numbers, texts or true/false',
        received: 'day',
        ...(file === undefined ? {} : { place: { file } }),
        wayOut: 'Name it in exclude, or replace it by the days between it and the day of the forecast.',
      }
  }
}
