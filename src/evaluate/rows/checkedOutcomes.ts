import { z } from 'zod'
import { HoldfastError, type Problem, refuse } from '../../base/errors.js'
import { checkOptions, optionRule } from '../../base/options.js'
import { isNumberList } from '../../base/valueProblems.js'
import { type OutcomeRows, readRows } from './outcomeRows.js'
import { type RankedOutcomes, rankRows } from './rankedOutcomes.js'
import { rowProblems } from './rowProblems.js'

/** What every metric accepts. */
export interface WeightOptions {
  /** Shape (n), each 0 or in [1e-100, 1e100]; left out = all 1. Weight 2 = the row twice, weight 0 = the row absent. */
  readonly weight?: ArrayLike<number>
}

/** Rules of {@link WeightOptions}, to be extended by the metrics. */
export const weightOptions = z.strictObject({
  weight: z.custom<ArrayLike<number>>(isNumberList, 'to be a list of numbers').optional(),
})

/** Rule of a share of customers. */
export const shareRule = z.number().gt(0).lte(1)

/** Rule of a probability. */
export const probabilityRule = z.number().gte(0).lte(1)

/**
 * Checks options, parameters and rows of a metric at once and returns the options with defaults and the rows.
 *
 * @param operation the public function the user called
 * @param schema rules of its options, made from `weightOptions`
 * @param parameterProblems what is wrong with its further parameters, from {@link checkParameter}
 * @throws {HoldfastError} every broken rule of options, parameters and rows
 */
export function checkRows<Options extends { weight?: ArrayLike<number> | undefined }>(
  operation: string,
  schema: z.ZodType<Options>,
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  options: unknown,
  parameterProblems: readonly Problem[] = [],
): { readonly rows: OutcomeRows; readonly checked: Options } {
  const problems = [...parameterProblems]
  const checked = optionsOrProblems(operation, schema, options, problems)
  const rows = readRows(probability, outcome, checked?.weight)
  if (rows === null) problems.push(...rowProblems(probability, outcome, checked?.weight))
  refuse(operation, problems)
  return { rows: rows!, checked: checked! }
}

/** Like {@link checkRows}, and sorts: for metrics that need the order of the probabilities. */
export function checkOutcomes<Options extends { weight?: ArrayLike<number> | undefined }>(
  operation: string,
  schema: z.ZodType<Options>,
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  options: unknown,
  parameterProblems: readonly Problem[] = [],
): { readonly ranked: RankedOutcomes; readonly checked: Options } {
  const { rows, checked } = checkRows(operation, schema, probability, outcome, options, parameterProblems)
  return { ranked: rankRows(rows), checked }
}

/** Returns what is wrong with a parameter that is not an option; nothing where it keeps the rule. */
export function checkParameter(parameter: string, schema: z.ZodType, received: unknown): Problem[] {
  if (schema.safeParse(received).success) return []
  const problem: Problem = { code: 'out-of-range', parameter, rule: optionRule(schema), received }
  const isPercentage = typeof received === 'number' && received > 1 && received <= 100
  return [isPercentage ? { ...problem, wayOut: `Did you mean ${received / 100}?` } : problem]
}

/** Returns checked options, or undefined and adds what is wrong with them to the problems. */
export function optionsOrProblems<Options>(
  operation: string,
  schema: z.ZodType<Options>,
  options: unknown,
  problems: Problem[],
): Options | undefined {
  try {
    return checkOptions(operation, schema, options)
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error
    problems.push(...error.problems)
    return undefined
  }
}
