import * as z from 'zod'
import type { Problem } from '../../base/errors.js'
import { checkTogether, named } from '../../base/options.js'
import {
  flagColumn,
  flagWeights,
  noWeight,
  ruleProblems,
  scoreColumn,
  type WeightOptions,
  weightColumns,
  weightOptions,
} from '../rows/checkedOutcomes.js'
import { total } from '../rows/rankedOutcomes.js'
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

/** A figure of a score on a campaign with a control group. */
export interface TreatmentMetric<Result, Options> {
  /**
   * O(n log n) time, O(n) memory. Customers of equal score enter together.
   *
   * @param score predicted effect of the treatment, shape (n), any finite number, the highest first
   * @param outcome what happened, shape (n), 1 = churned, 0 = stayed; see `goodOutcome`
   * @param treated shape (n), 1 = treated, 0 = control
   * @throws {HoldfastError} `one-class` if nobody or everybody was treated, or all outcomes are equal; `length-differs`,
   *   `table-empty`, `value-missing`, `out-of-range`, `option-invalid`, `option-unknown`: all at once
   */
  (
    score: ArrayLike<number>,
    outcome: ArrayLike<number>,
    treated: ArrayLike<number>,
    options?: Options,
  ): Result
}

interface CheckedTreatment {
  readonly weight?: ArrayLike<number> | undefined
  readonly goodOutcome: 0 | 1
}

/** Returns a metric that reads the groups of equal score. */
export function treatmentMetric<Result, Checked extends CheckedTreatment>(
  operation: string,
  schema: z.ZodType<Checked>,
  of: (groups: TreatmentGroups, checked: Checked) => Result,
): TreatmentMetric<Result, unknown> {
  return named(operation, (score, outcome, treated, options) => {
    const { groups, checked } = checkTreatment(operation, schema, { score, outcome, treated }, options)
    return of(groups, checked)
  })
}

/**
 * Checks options, parameters and rows of a metric of treatment data at once and returns the options with defaults and
 * the groups of equal score.
 *
 * @param problems what is wrong with further parameters
 */
export function checkTreatment<Checked extends CheckedTreatment>(
  operation: string,
  schema: z.ZodType<Checked>,
  { score, outcome, treated }: Readonly<Record<'score' | 'outcome' | 'treated', ArrayLike<number>>>,
  options: unknown,
  problems: readonly Problem[] = [],
): { readonly groups: TreatmentGroups; readonly checked: Checked } {
  const checked = checkTogether(operation, schema, options, problems, (own) => {
    const columns = ruleProblems([
      scoreColumn('score', score),
      flagColumn('outcome', outcome, 'to be 1 (churned) or 0 (stayed)'),
      flagColumn('treated', treated, 'to be 1 (treated) or 0 (control)'),
      ...weightColumns('weight', own?.weight),
    ])
    return columns.length > 0 ? columns : armProblems(outcome, treated, own?.weight)
  })
  return { groups: treatmentGroups(score, outcome, treated, checked.weight, checked.goodOutcome), checked }
}

function armProblems(
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
  const arms = armsOf(groups)
  let wholeWeights = true
  rank.forEach((place, row) => {
    const own = weight?.[row] ?? 1
    if (!Number.isInteger(own)) wholeWeights = false
    const { all, good } = arms[treated[row] as 0 | 1]
    const group = values.length - 1 - place
    all[group]! += own
    if (outcome[row] === goodOutcome) good[group]! += own
  })
  return { ...groups, customers: total(groups.treated) + total(groups.control), wholeWeights }
}

/** Returns the groups that the same customers would make if their score were a level by treatment and outcome. */
export function groupsByLevel(
  groups: TreatmentGroups,
  levelOf: (isTreated: boolean, isGood: boolean) => number,
): TreatmentGroups {
  const cells = armsOf(groups).flatMap(({ all, good }, arm) => [
    { arm, isGood: true, level: levelOf(arm === 1, true), weight: total(good) },
    { arm, isGood: false, level: levelOf(arm === 1, false), weight: total(all) - total(good) },
  ])
  const levels = [...new Set(cells.map(({ level }) => level))].sort((a, b) => b - a)
  const byLevel = emptyGroups(levels.length)
  for (const { arm, isGood, level, weight } of cells) {
    const { all, good } = armsOf(byLevel)[arm as 0 | 1]
    all[levels.indexOf(level)]! += weight
    if (isGood) good[levels.indexOf(level)]! += weight
  }
  return { ...groups, ...byLevel }
}

type Sums = Pick<TreatmentGroups, 'treated' | 'control' | 'treatedGood' | 'controlGood'>

function emptyGroups(count: number): Sums {
  const [treated, control] = [new Float64Array(count), new Float64Array(count)]
  return { treated, control, treatedGood: treated.slice(), controlGood: control.slice() }
}

/** The control customers, then the treated. */
function armsOf({ treated, control, treatedGood, controlGood }: Sums) {
  return [
    { all: control, good: controlGood },
    { all: treated, good: treatedGood },
  ] as const
}
