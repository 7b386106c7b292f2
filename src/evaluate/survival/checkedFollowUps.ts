import * as z from 'zod'
import type { Problem } from '../../base/errors.js'
import { checkTogether, named } from '../../base/options.js'
import {
  type ColumnRule,
  flagColumn,
  flagWeights,
  noWeight,
  ruleProblems,
  scoreColumn,
  type WeightOptions,
  weightColumns,
  weightOptions,
} from '../rows/checkedOutcomes.js'

/** How long customers were followed, and whether they churned. `times` and `events` of `survivalTable` are such. */
export interface FollowUpSample extends WeightOptions {
  /** Days at risk, shape (n), each above 0: up to and including the day of the churn, or until censored. */
  readonly duration: ArrayLike<number>
  /** Shape (n): 1 = churned on the last of these days, 0 = censored: still a customer at its end. */
  readonly churned: ArrayLike<number>
}

/** What metrics that weigh by the probability of being followed accept. */
export interface CensoringOptions extends WeightOptions {
  /**
   * The customers that the censoring is estimated from; give the training data where these here are few. Must be
   * followed at least as long as the last churn that counts. Default: the customers of the metric themselves.
   */
  readonly reference?: FollowUpSample
}

/** Rules of {@link CensoringOptions}. */
export const censoringOptions = weightOptions.extend({
  reference: z
    .custom<FollowUpSample>(
      (value) => typeof value === 'object' && value !== null && 'duration' in value && 'churned' in value,
      'to be an object of duration and churned',
    )
    .optional(),
})

/** Checked follow-ups of customers with a weight above 0. */
export interface FollowUps {
  readonly duration: Float64Array
  readonly churned: Uint8Array
  readonly weight: Float64Array
}

/** Checked follow-ups with the predicted risk. */
export interface RankedFollowUps extends FollowUps {
  readonly risk: Float64Array
}

/** A figure of a risk and of how long customers were followed. */
export interface FollowUpMetric<Options> {
  /**
   * O(n log n) time, O(n) memory.
   *
   * @param risk predicted risk, shape (n), any finite number, the higher the earlier; a predicted time is its negative
   * @param duration days at risk, shape (n), each above 0
   * @param churned shape (n), 1 = churned on the last of these days, 0 = censored: still a customer at its end
   * @throws {HoldfastError} `one-class` if nobody churned; `length-differs`, `table-empty`, `value-missing`,
   *   `out-of-range`, `option-invalid`, `option-unknown`: all at once
   */
  (
    risk: ArrayLike<number>,
    duration: ArrayLike<number>,
    churned: ArrayLike<number>,
    options?: Options,
  ): number
}

interface CheckedOptions {
  readonly weight?: ArrayLike<number> | undefined
  readonly reference?: FollowUpSample | undefined
}

/** Follow-ups that are checked, those that the censoring is estimated from, and the options with defaults. */
export interface CheckedFollowUps<Checked> {
  readonly rows: RankedFollowUps
  readonly reference: FollowUps
  readonly checked: Checked
}

/** Returns a metric that reads checked follow-ups. */
export function followUpMetric<Checked extends CheckedOptions>(
  operation: string,
  schema: z.ZodType<Checked>,
  of: (found: CheckedFollowUps<Checked>) => number,
): FollowUpMetric<unknown> {
  return named(operation, (risk, duration, churned, options) =>
    of(checkFollowUps(operation, schema, { risk, duration, churned }, options)),
  )
}

/**
 * Checks options and rows of a metric of time to churn at once.
 *
 * @param problems what is wrong with further parameters
 */
export function checkFollowUps<Checked extends CheckedOptions>(
  operation: string,
  schema: z.ZodType<Checked>,
  { risk, duration, churned }: Readonly<Record<'risk' | 'duration' | 'churned', ArrayLike<number>>>,
  options: unknown,
  problems: readonly Problem[] = [],
): CheckedFollowUps<Checked> {
  const checked = checkTogether(operation, schema, options, problems, (given) => {
    const weight = given?.weight
    const columns = ruleProblems([
      scoreColumn('risk', risk),
      ...followUpColumns({ duration, churned }, weight),
    ])
    return [
      ...(columns.length > 0 ? columns : churnProblems(churned, weight)),
      ...(given?.reference === undefined ? [] : referenceProblems(given.reference)),
    ]
  })
  const { rows: counted, ...followUps } = countedRows({ duration, churned }, checked.weight)
  const rows = { ...followUps, risk: Float64Array.from(counted, (row) => risk[row]!) }
  const own = checked.reference
  return { rows, reference: own === undefined ? rows : countedRows(own, own.weight), checked }
}

function followUpColumns(
  { duration, churned }: Pick<FollowUpSample, 'duration' | 'churned'>,
  weight: ArrayLike<number> | undefined,
  of = '',
): [ColumnRule, ...ColumnRule[]] {
  return [
    {
      parameter: `${of}duration`,
      values: duration,
      rule: 'to be a finite number of days above 0',
      keeps: (days) => days > 0 && days < Number.POSITIVE_INFINITY,
      wayOut:
        'Count the first day as day 1: a churn on it has duration 1. Who was not followed at all is left out.',
    },
    flagColumn(`${of}churned`, churned, 'to be 1 (churned) or 0 (censored)'),
    ...weightColumns(`${of}weight`, weight),
  ]
}

function referenceProblems({ duration, churned, weight }: FollowUpSample): Problem[] {
  const problems = ruleProblems(followUpColumns({ duration, churned }, weight, 'reference.'))
  if (problems.length > 0) return problems
  const [censored, left] = flagWeights(churned, weight)
  return censored + left > 0 ? [] : [{ ...noWeight, parameter: 'reference.weight' }]
}

function churnProblems(churned: ArrayLike<number>, weight: ArrayLike<number> | undefined): Problem[] {
  const [censored, left] = flagWeights(churned, weight)
  if (censored + left === 0) return [noWeight]
  if (left > 0) return []
  const rule = 'to hold somebody who churned (1)'
  const wayOut = 'Follow the customers for longer: without a churn there is nothing to rank.'
  return [{ code: 'one-class', parameter: 'churned', rule, received: 'censored customers only', wayOut }]
}

/** Returns the rows of weight above 0, and which they are. */
function countedRows(
  { duration, churned }: Pick<FollowUpSample, 'duration' | 'churned'>,
  weight: ArrayLike<number> | undefined,
): FollowUps & { readonly rows: Int32Array } {
  const all = Int32Array.from({ length: duration.length }, (_, row) => row)
  const rows = weight === undefined ? all : all.filter((row) => weight[row]! > 0)
  return {
    rows,
    duration: Float64Array.from(rows, (row) => duration[row]!),
    churned: Uint8Array.from(rows, (row) => churned[row]!),
    weight: Float64Array.from(rows, (row) => weight?.[row] ?? 1),
  }
}
