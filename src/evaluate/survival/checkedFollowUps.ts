import { z } from 'zod'
import { type Problem, refuse } from '../../base/errors.js'
import {
  type ColumnRule,
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

interface CheckedOptions {
  readonly weight?: ArrayLike<number> | undefined
  readonly reference?: FollowUpSample | undefined
}

/**
 * Checks options and rows of a metric of time to churn at once and returns the options with defaults and the rows.
 *
 * @param parameterProblems what is wrong with further parameters
 * @throws {HoldfastError} every broken rule of options, parameters and rows
 */
export function checkFollowUps<Options extends CheckedOptions>(
  operation: string,
  schema: z.ZodType<Options>,
  { risk, duration, churned }: Readonly<Record<'risk' | 'duration' | 'churned', ArrayLike<number>>>,
  options: unknown,
  parameterProblems: readonly Problem[] = [],
): { readonly rows: RankedFollowUps; readonly reference: FollowUps; readonly checked: Options } {
  const problems = [...parameterProblems]
  const checked = optionsOrProblems(operation, schema, options, problems)
  const weight = checked?.weight
  const columns = ruleProblems([scoreColumn('risk', risk), ...followUpColumns({ duration, churned }, weight)])
  problems.push(...columns, ...(columns.length > 0 ? [] : churnProblems(churned, weight)))
  if (checked?.reference !== undefined) problems.push(...referenceProblems(checked.reference))
  refuse(operation, problems)
  const followUps = countedRows({ duration, churned }, weight)
  const ownRisk = valuesAt(risk, followUps.rows, new Float64Array(followUps.rows.length))
  const rows = { ...followUps, risk: ownRisk }
  const own = checked!.reference
  return {
    rows,
    reference: own === undefined ? rows : countedRows(own, own.weight),
    checked: checked!,
  }
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
  let counted = 0
  const rows = new Int32Array(duration.length)
  for (let row = 0; row < rows.length; row++) {
    if (weight === undefined || weight[row]! > 0) rows[counted++] = row
  }
  const kept = rows.subarray(0, counted)
  return {
    rows: kept,
    duration: valuesAt(duration, kept, new Float64Array(counted)),
    churned: valuesAt(churned, kept, new Uint8Array(counted)),
    weight:
      weight === undefined
        ? new Float64Array(counted).fill(1)
        : valuesAt(weight, kept, new Float64Array(counted)),
  }
}

function valuesAt<Values extends Float64Array | Uint8Array>(
  list: ArrayLike<number>,
  rows: Int32Array,
  values: Values,
): Values {
  for (let index = 0; index < rows.length; index++) values[index] = list[rows[index]!]!
  return values
}
