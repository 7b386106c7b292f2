import { refuse } from '../base/errors.js'
import type { ScoringPlan } from './scoringParts.js'

/**
 * Throws where a model reads columns of days: a number in their place could be days since 1970, a spreadsheet's day, or
 * days until the forecast, and would be scored without a word.
 *
 * @throws {HoldfastError} `column-type`
 */
export function refuseDays(operation: string, { days }: ScoringPlan): void {
  refuse(
    operation,
    [...days].map((name) => ({
      code: 'column-type',
      parameter: `column ${name}`,
      rule: 'to hold numbers or texts: the model reads it as the days until the forecast',
      received: 'day',
      wayOut: 'Export it with toSql and asOf, or train on the number of days as a column of its own.',
    })),
  )
}
