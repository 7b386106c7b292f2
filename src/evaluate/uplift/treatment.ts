import { z } from 'zod'
import { type Problem, refuse } from '../../base/errors.js'
import {
  flagColumn,
  flagWeights,
  noWeight,
  optionsOrProblems,
  ruleProblems,
  scoreColumn,
  type WeightOptions,
  weightColumns,
  weightOptions,
} from '../rows/checkedOutcomes.js'
import { ranksOf } from '../rows/ranksOf.js'

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
  const columns = ruleProblems([
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

/** Treated and control customers by score: rows of equal score are one group, so that no metric can break ties. */
export interface TreatmentGroups {
  /** Shape (groups), the highest score first: weight of the treated. */
  readonly treated: Float64Array
  /** Shape (groups): weight of the others. */
  readonly control: Float64Array
  /** Shape (groups): weight of the treated with the good outcome. */
  readonly treatedGood: Float64Array
  /** Shape (groups): weight of the others with the good outcome. */
  readonly controlGood: Float64Array
  /** Weight of all customers. */
  readonly customers: number
  /** True where every weight is a whole number, so that a weight counts rows. */
  readonly wholeWeights: boolean
}

/** Returns the groups of rows that are already checked. O(n log n). */
export function treatmentGroups(
  score: ArrayLike<number>,
  outcome: ArrayLike<number>,
  treated: ArrayLike<number>,
  weight: ArrayLike<number> | undefined,
  goodOutcome: 0 | 1,
): TreatmentGroups {
  const { rank, values } = ranksOf(score)
  const groups = emptyGroups(values.length)
  let wholeWeights = true
  rank.forEach((place, row) => {
    const own = weight?.[row] ?? 1
    if (!Number.isInteger(own)) wholeWeights = false
    const group = values.length - 1 - place
    const isGood = outcome[row] === goodOutcome
    if (treated[row] === 1) {
      groups.treated[group]! += own
      if (isGood) groups.treatedGood[group]! += own
    } else {
      groups.control[group]! += own
      if (isGood) groups.controlGood[group]! += own
    }
  })
  return { ...groups, customers: sum(groups.treated) + sum(groups.control), wholeWeights }
}

/** Returns the groups that the same customers would make if their score were a level by treatment and outcome. */
export function groupsByLevel(
  groups: TreatmentGroups,
  levelOf: (isTreated: boolean, isGood: boolean) => number,
): TreatmentGroups {
  const cells = [true, false].flatMap((isTreated) =>
    [true, false].map((isGood) => ({ isTreated, isGood, level: levelOf(isTreated, isGood) })),
  )
  const levels = [...new Set(cells.map(({ level }) => level))].sort((a, b) => b - a)
  const byLevel = emptyGroups(levels.length)
  const totals = {
    treated: sum(groups.treated),
    control: sum(groups.control),
    treatedGood: sum(groups.treatedGood),
    controlGood: sum(groups.controlGood),
  }
  for (const { isTreated, isGood, level } of cells) {
    const [all, good] = isTreated
      ? (['treated', 'treatedGood'] as const)
      : (['control', 'controlGood'] as const)
    const group = levels.indexOf(level)
    const own = isGood ? totals[good] : totals[all] - totals[good]
    byLevel[all][group]! += own
    if (isGood) byLevel[good][group]! += own
  }
  return { ...groups, ...byLevel }
}

/** Returns the sum of weights. */
export function sum(weights: Float64Array): number {
  return weights.reduce((total, each) => total + each, 0)
}

function emptyGroups(
  count: number,
): Record<'treated' | 'control' | 'treatedGood' | 'controlGood', Float64Array> {
  return {
    treated: new Float64Array(count),
    control: new Float64Array(count),
    treatedGood: new Float64Array(count),
    controlGood: new Float64Array(count),
  }
}
