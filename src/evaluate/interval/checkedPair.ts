import type { z } from 'zod'
import { type Problem, refuse } from '../../base/errors.js'
import { optionsOrProblems } from '../rows/checkedOutcomes.js'
import { readRows } from '../rows/outcomeRows.js'
import { type RankedOutcomes, rankRows } from '../rows/rankedOutcomes.js'
import { rowProblems } from '../rows/rowProblems.js'

/**
 * Checks options and the rows of two models at once and returns the options with defaults and both sorted forms.
 *
 * @throws {HoldfastError} every broken rule; a probability is `probabilityA` or `probabilityB` there
 */
export function checkPair<Options extends { weight?: ArrayLike<number> | undefined }>(
  operation: string,
  schema: z.ZodType<Options>,
  probabilityA: ArrayLike<number>,
  probabilityB: ArrayLike<number>,
  outcome: ArrayLike<number>,
  options: unknown,
): { readonly ranked: readonly [RankedOutcomes, RankedOutcomes]; readonly checked: Options } {
  const problems: Problem[] = []
  const checked = optionsOrProblems(operation, schema, options, problems)
  const [rowsA, rowsB] = [probabilityA, probabilityB].map((probability) =>
    readRows(probability, outcome, checked?.weight),
  )
  if (rowsA === null)
    problems.push(...named('probabilityA', rowProblems(probabilityA, outcome, checked?.weight)))
  // What is wrong with outcome or weight was said with the first model.
  if (rowsB === null) {
    const ofB = named('probabilityB', rowProblems(probabilityB, outcome, checked?.weight))
    problems.push(...(rowsA === null ? ofB.filter(({ parameter }) => parameter === 'probabilityB') : ofB))
  }
  refuse(operation, problems)
  return { ranked: [rankRows(rowsA!), rankRows(rowsB!)], checked: checked! }
}

function named(parameter: string, problems: readonly Problem[]): Problem[] {
  return problems.map((problem) =>
    problem.parameter === 'probability' ? { ...problem, parameter } : problem,
  )
}
