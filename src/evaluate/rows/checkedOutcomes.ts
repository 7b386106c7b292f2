import * as z from 'zod'
import type { Problem } from '../../base/errors.js'
import { checkTogether, named, optionRule } from '../../base/options.js'
import { weightRule } from '../../base/sharedRules.js'
import { isNumberList, valueProblems } from '../../base/valueProblems.js'
import { isWeight, type OutcomeRows, readRows } from './outcomeRows.js'
import { type RankedOutcomes, rankRows } from './rankedOutcomes.js'

/** What every metric accepts. */
export interface WeightOptions {
  /** Shape (n), each 0 or in [1e-100, 1e100]; left out = all 1. Weight 2 = the row twice, weight 0 = the row absent. */
  readonly weight?: ArrayLike<number>
}

/** Rules of {@link WeightOptions}, to be extended by the metrics. */
export const weightOptions = z.strictObject({ weight: weightRule })

/** Rule of a share of customers. */
export const shareRule = z.number().gt(0).lte(1)

/** Rule of a probability. */
export const probabilityRule = z.number().gte(0).lte(1)

/** A figure of predictions and of what happened to the same customers. */
export interface OutcomeMetric<Result, Options = WeightOptions> {
  /**
   * O(n) time, the rows being sorted by their digits, and O(n) memory. Inputs are not changed.
   *
   * @param probability predicted churn, shape (n), each in [0, 1]; for figures of a ranking only the order counts
   * @param outcome what happened, shape (n), 1 = churned, 0 = stayed
   * @throws {HoldfastError} `one-class` if all outcomes are equal; `length-differs`, `table-empty`, `value-missing`,
   *   `out-of-range`, `option-invalid`, `option-unknown`: all at once
   */
  (probability: ArrayLike<number>, outcome: ArrayLike<number>, options?: Options): Result
}

/** Returns a metric that reads checked rows as they come. */
export function rowsMetric<Result, Checked extends Weighted>(
  operation: string,
  schema: z.ZodType<Checked>,
  of: (rows: OutcomeRows, checked: Checked) => Result,
): (probability: ArrayLike<number>, outcome: ArrayLike<number>, options?: unknown) => Result {
  return named(operation, (probability, outcome, options) => {
    const { rows, checked } = checkOutcomeRows(operation, schema, probability, outcome, options)
    return of(rows, checked)
  })
}

/** Returns a metric that reads the sorted form. */
export function outcomeMetric<Result, Checked extends Weighted>(
  operation: string,
  schema: z.ZodType<Checked>,
  of: (ranked: RankedOutcomes, checked: Checked) => Result,
): ReturnType<typeof rowsMetric<Result, Checked>> {
  return rowsMetric(operation, schema, (rows, checked) => of(rankRows(rows), checked))
}

/** Checked options with weights. */
interface Weighted {
  readonly weight?: ArrayLike<number> | undefined
}

/**
 * Checks options, parameters and rows of a metric at once and returns the options with defaults and the rows.
 *
 * @param operation the public function the user called
 * @param schema rules of its options, made from `weightOptions`
 * @param parameterProblems what is wrong with its further parameters, from {@link checkParameter}
 * @throws {HoldfastError} every broken rule of options, parameters and rows
 */
export function checkOutcomeRows<Checked extends Weighted>(
  operation: string,
  schema: z.ZodType<Checked>,
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  options: unknown,
  parameterProblems: readonly Problem[] = [],
): { readonly rows: OutcomeRows; readonly checked: Checked } {
  let rows: OutcomeRows | null = null
  const checked = checkTogether(operation, schema, options, parameterProblems, (own) => {
    rows = readRows(probability, outcome, own?.weight)
    return rows === null ? scoredRowProblems(probability, outcome, own?.weight) : []
  })
  return { rows: rows!, checked }
}

/** Like {@link checkOutcomeRows}, and sorts: for metrics that need the order of the probabilities. */
export function checkOutcomes<Checked extends Weighted>(
  ...given: Parameters<typeof checkOutcomeRows<Checked>>
): { readonly ranked: RankedOutcomes; readonly checked: Checked } {
  const { rows, checked } = checkOutcomeRows(...given)
  return { ranked: rankRows(rows), checked }
}

/** Returns what is wrong with a parameter that is not an option; nothing where it keeps the rule. */
export function checkParameter(parameter: string, schema: z.ZodType, received: unknown): Problem[] {
  if (schema.safeParse(received).success) return []
  const problem: Problem = { code: 'out-of-range', parameter, rule: optionRule(schema), received }
  const isPercentage = typeof received === 'number' && received > 1 && received <= 100
  return [isPercentage ? { ...problem, wayOut: `Did you mean ${received / 100}?` } : problem]
}

/** A list that a metric takes, one value per customer, and the rule of its values. */
export interface ColumnRule {
  readonly parameter: string
  readonly values: ArrayLike<number>
  /** To be read after "expected <parameter>": "to be a finite number". */
  readonly rule: string
  readonly keeps: (value: number) => boolean
  /** What to do about it, or what to do about a value. */
  readonly wayOut?: string | ((value: number) => string)
}

/** Returns every rule that probabilities, outcomes and weights break, each with its first row and its count. */
export function scoredRowProblems(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  weight: ArrayLike<number> | undefined,
): Problem[] {
  const problems = ruleProblems([
    {
      parameter: 'probability',
      values: probability,
      rule: 'to be a number in [0, 1]',
      keeps: (value) => value >= 0 && value <= 1,
      wayOut: (value) =>
        (value > 1 && value <= 100 ? 'Divide percentages by 100; log' : 'Log') +
        ' odds become probabilities by 1 / (1 + exp(-x)).',
    },
    flagColumn('outcome', outcome, 'to be 1 (churned) or 0 (stayed)'),
    ...weightColumns('weight', weight),
  ])
  return problems.length > 0 ? problems : classProblems(outcome, weight)
}

function classProblems(outcome: ArrayLike<number>, weight: ArrayLike<number> | undefined): Problem[] {
  let churners = 0
  let rows = 0
  for (let row = 0; row < outcome.length; row++) {
    if (weight?.[row] === 0) continue
    rows++
    churners += outcome[row]!
  }
  if (rows === 0) return [noWeight]
  if (churners > 0 && churners < rows) return []
  return [
    {
      code: 'one-class',
      parameter: 'outcome',
      rule: 'to hold both churned (1) and stayed (0) customers',
      received: `${rows} times ${churners === 0 ? 0 : 1}`,
      wayOut: 'Take more customers or a longer outcome window: with one class the metric is not defined.',
    },
  ]
}

/** Returns every rule that the columns break, all at once; the first column says how many rows there are. */
export function ruleProblems(columns: readonly [ColumnRule, ...ColumnRule[]]): Problem[] {
  const noLists = columns.filter(({ values }) => !isNumberList(values))
  if (noLists.length > 0) {
    const rule = 'to be a list of numbers'
    return noLists.map(({ parameter, values }) => ({ code: 'value-type', parameter, rule, received: values }))
  }
  const [first, ...others] = columns
  const rows = first.values.length
  if (rows === 0)
    return [{ code: 'table-empty', parameter: first.parameter, rule: 'to have at least one row' }]
  const lengths = others
    .filter(({ values }) => values.length !== rows)
    .map(({ parameter, values }): Problem => {
      const rule = `to have one value per ${first.parameter} (${rows})`
      return { code: 'length-differs', parameter, rule, received: values.length }
    })
  const values = columns.flatMap(({ parameter, values, rule, keeps, wayOut }) =>
    valueProblems(parameter, values, rule, keeps, typeof wayOut === 'function' ? wayOut : () => wayOut),
  )
  return [...lengths, ...values]
}

/** The rule of a list of 1 and 0. */
export function flagColumn(parameter: string, values: ArrayLike<number>, rule: string): ColumnRule {
  return { parameter, values, rule, keeps: (value) => value === 0 || value === 1 }
}

/** The rule of a list whose order counts. */
export function scoreColumn(parameter: string, values: ArrayLike<number>): ColumnRule {
  return { parameter, values, rule: 'to be a finite number', keeps: Number.isFinite }
}

/** The rule of weights; none where there are no weights. */
export function weightColumns(parameter: string, weight: ArrayLike<number> | undefined): ColumnRule[] {
  if (weight === undefined) return []
  return [{ parameter, values: weight, rule: 'to be 0, or a number from 1e-100 to 1e100', keeps: isWeight }]
}

/** Returns the weight of the rows that are 1 and of those that are 0 in a list of both. */
export function flagWeights(
  flags: ArrayLike<number>,
  weight: ArrayLike<number> | undefined,
): readonly [zero: number, one: number] {
  const weights: [number, number] = [0, 0]
  for (let row = 0; row < flags.length; row++) weights[flags[row] as 0 | 1] += weight?.[row] ?? 1
  return weights
}

/** The problem of weights that are all 0. */
export const noWeight: Problem = {
  code: 'out-of-range',
  parameter: 'weight',
  rule: 'to be above 0 somewhere',
}

/**
 * Returns the sorted form of predictions and outcomes, for several metrics from one sort.
 *
 * Each metric has a form that reads it (`rocAucOf(ranked)` beside `rocAuc(probability, outcome)`).
 * Rows of weight 0 are left out.
 *
 * @param probability predicted churn, shape (n), each in [0, 1]
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed
 * @throws {HoldfastError} `length-differs`, `table-empty`, `value-missing`, `out-of-range`, `one-class`: all at once
 *
 * O(n) time and memory: 10 million rows in about 0.8 s and 0.4 GB. Inputs are not changed.
 *
 * @example
 * rankOutcomes([0.2, 0.9, 0.2], [1, 1, 0]).churned
 * // => Float64Array [1, 1]     0.9 holds one churner; 0.2 holds one of two
 */
export function rankOutcomes(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  options?: WeightOptions,
): RankedOutcomes {
  return checkOutcomes('rankOutcomes', weightOptions, probability, outcome, options).ranked
}
