import type { Problem } from '../../base/errors.js'
import { isNumberList, valueProblems } from '../../base/valueProblems.js'

/** A list that a metric takes, one value per customer, and the rule of its values. */
export interface ColumnRule {
  readonly parameter: string
  readonly values: ArrayLike<number>
  /** To be read after "expected <parameter>": "to be a finite number". */
  readonly rule: string
  readonly keeps: (value: number) => boolean
  readonly wayOut?: string
}

/** Returns every rule that the columns break, all at once; the first column says how many rows there are. */
export function columnProblems(columns: readonly [ColumnRule, ...ColumnRule[]]): Problem[] {
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
    valueProblems(parameter, values, rule, keeps, () => wayOut),
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
  const keeps = (value: number): boolean => value >= 0 && value < Number.POSITIVE_INFINITY
  return [{ parameter, values: weight, rule: 'to be a finite number of at least 0', keeps }]
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
