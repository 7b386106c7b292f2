import * as z from 'zod'
import { argumentProblems } from '../base/arguments.js'
import type { Problem } from '../base/errors.js'
import type { FeatureMatrix } from '../base/matrix.js'
import type { ChurnModel } from '../learn/contract.js'
import { overlapOf, untoldOverlap } from '../learn/trainedRows.js'
import { shareText } from './figureTexts.js'

/** The models behind predictions, and the rows: predictions alone do not tell whether a model had seen the rows. */
export interface PredictedBy {
  readonly models: readonly ChurnModel[]
  /** The rows that were predicted, in the order of the predictions. */
  readonly features: FeatureMatrix
}

/** Rule of {@link PredictedBy}. */
export const predictedByRule = z
  .custom<PredictedBy>((value) => typeof value === 'object' && value !== null && !Array.isArray(value))
  .describe('models and the features that they predicted')
  .optional()

/** Returns what is wrong with the option `predictedBy`. */
export function predictedByProblems(
  given: PredictedBy | undefined,
  rows: number,
  models?: number,
): Problem[] {
  if (given === undefined) return []
  const parameter = 'predictedBy.models'
  if (!Array.isArray(given.models)) return argumentProblems(parameter, given.models, 'array')
  const problems = [
    ...given.models.flatMap((model, index) => argumentProblems(`${parameter}[${index}]`, model, 'model')),
    ...argumentProblems('predictedBy.features', given.features, 'matrix'),
  ]
  if (problems.length > 0) return problems
  const [count, received] = [given.models.length, given.features.rowCount]
  if (models !== undefined && count !== models)
    problems.push({ code: 'length-differs', parameter, rule: `to have ${models} models`, received: count })
  const ofFeatures = { parameter: 'predictedBy.features', rule: `to have ${rows} rows`, received }
  if (received !== rows) problems.push({ code: 'length-differs', ...ofFeatures })
  return problems
}

/** Returns what must be known of the models of predictions: see {@link trainedRowNotes}. */
export function predictedByNotes(given: PredictedBy | undefined, names?: readonly string[]): string[] {
  return (given?.models ?? []).flatMap((model, index) =>
    trainedRowNotes(model, given!.features).map((note) => (names ? `${names[index]}: ${note}` : note)),
  )
}

/** Returns a warning if the model was trained on the rows, or if that is not known; nothing if it was not. */
export function trainedRowNotes(model: ChurnModel, features: FeatureMatrix): string[] {
  // A model that reads nothing has seen nothing.
  if (model.features.length === 0) return []
  const overlap = overlapOf(model, features)
  const untold = untoldOverlap(overlap)
  if (untold !== null) return [untold]
  if (!overlap?.isOverlap) return []
  const { equal, compared } = overlap
  return [
    `${equal} of the ${compared} rows that were compared (${shareText(equal / compared)}) are equal to rows that THE MODEL WAS ` +
      'TRAINED ON, or its number of trees chosen by: the figures are too good. Evaluate on customers that were kept from the training.',
  ]
}
