import { type Problem, refuse } from '../base/errors.js'
import { schemaProblems } from '../base/options.js'
import * as z from '../base/schema.js'

/** Said of every model file that cannot be read as it is. */
export const restoreWayOut = 'Get the file again from where it was made, or train the model again.'

/** Log odds in a model file: so far within the numbers of a computer that their sums stay finite. */
export const logOdds = z.number().min(-1e100).max(1e100)

/**
 * Returns the state of a model, checked against its schema.
 *
 * @throws {HoldfastError} `model-invalid`, every broken rule at once
 */
export function checkState<Schema extends z.ZodType>(
  operation: string,
  schema: Schema,
  state: unknown,
): z.output<Schema> {
  const result = schema.safeParse(state)
  if (result.success) return result.data
  refuseModel(
    operation,
    schemaProblems(schema, state).map((problem) => ({
      ...problem,
      code: 'model-invalid',
      parameter: problem.parameter === 'options' ? 'the state' : problem.parameter,
      wayOut: restoreWayOut,
    })),
  )
  throw result.error
}

/** Throws where there are problems, each with the way out of a broken model file. */
export function refuseModel(operation: string, problems: readonly Problem[]): void {
  refuse(
    operation,
    problems.map((problem) => ({ wayOut: restoreWayOut, ...problem })),
  )
}
