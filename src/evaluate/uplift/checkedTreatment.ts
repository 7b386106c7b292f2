import { z } from 'zod'
import { type Problem, refuse } from '../../base/errors.js'
import { optionsOrProblems, type WeightOptions, weightOptions } from '../rows/checkedOutcomes.js'
import {
  columnProblems,
  flagColumn,
  flagWeights,
  noWeight,
  scoreColumn,
  weightColumns,
} from '../rows/columnProblems.js'
import { type TreatmentGroups, treatmentGroups } from './treatmentGroups.js'

/** What metrics of treatment data accept. */
export interface TreatmentOptions extends WeightOptions {
  /**
   * The outcome that the treatment is to bring about: 0 = stayed, as in all churn data; 1 where outcome 1 is the good
   * event (accepted, renewed, bought). Default 0.
   */
  readonly goodOutcome?: 0 | 1
}

/** Rules of {@link TreatmentOptions}, to be extended by the metrics. */
export const treatmentOptions = weightOptions.extend({
  goodOutcome: z.union([z.literal(0), z.literal(1)]).default(0),
})

/**
 * Checks options, parameters and rows of a metric of treatment data at once and returns the options with defaults and
 * the groups of equal score.
 *
 * @param parameterProblems what is wrong with further parameters
 * @throws {HoldfastError} every broken rule of options, parameters and rows
 */
export function checkTreatment<
  Options extends { readonly weight?: ArrayLike<number> | undefined; readonly goodOutcome: 0 | 1 },
>(
  operation: string,
  schema: z.ZodType<Options>,
  { score, outcome, treated }: Readonly<Record<'score' | 'outcome' | 'treated', ArrayLike<number>>>,
  options: unknown,
  parameterProblems: readonly Problem[] = [],
): { readonly groups: TreatmentGroups; readonly checked: Options } {
  const problems = [...parameterProblems]
  const checked = optionsOrProblems(operation, schema, options, problems)
  const weight = checked?.weight
  const columns = columnProblems([
    scoreColumn('score', score),
    flagColumn('outcome', outcome, 'to be 1 (churned) or 0 (stayed)'),
    flagColumn('treated', treated, 'to be 1 (treated) or 0 (control)'),
    ...weightColumns('weight', weight),
  ])
  problems.push(...columns, ...(columns.length > 0 ? [] : groupProblems(outcome, treated, weight)))
  refuse(operation, problems)
  return {
    groups: treatmentGroups(score, outcome, treated, weight, checked!.goodOutcome),
    checked: checked!,
  }
}

function groupProblems(
  outcome: ArrayLike<number>,
  treated: ArrayLike<number>,
  weight: ArrayLike<number> | undefined,
): Problem[] {
  const treatments = flagWeights(treated, weight)
  if (treatments[0] + treatments[1] === 0) return [noWeight]
  const oneClass = (
    parameter: string,
    rule: string,
    wayOut: string,
    [none, some]: readonly number[],
  ): Problem[] => {
    if (none! > 0 && some! > 0) return []
    return [{ code: 'one-class', parameter, rule, received: `only ${none === 0 ? 1 : 0}`, wayOut }]
  }
  return [
    ...oneClass(
      'treated',
      'to hold both treated (1) and control (0) customers',
      'Without a control group nobody knows what the treatment did: keep some customers, at random, out of the next campaign.',
      treatments,
    ),
    ...oneClass(
      'outcome',
      'to hold both churned (1) and stayed (0) customers',
      'Take more customers or a longer outcome window: with one outcome there is no effect to rank.',
      flagWeights(outcome, weight),
    ),
  ]
}
