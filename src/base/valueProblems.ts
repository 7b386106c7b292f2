import type { Problem } from './errors.js'

/** True for an array, a typed array, or anything else with a length. */
export function isNumberList(value: unknown): value is ArrayLike<number> {
  return (
    typeof value === 'object' && value !== null && typeof (value as { length?: unknown }).length === 'number'
  )
}

/** Returns what is wrong with a list of row numbers from 0; repeats are allowed. */
export function rowNumberProblems(parameter: string, rows: ArrayLike<number>, rowCount: number): Problem[] {
  const rule = `to hold numbers of rows, from 0 to ${rowCount - 1}`
  return valueProblems(parameter, rows, rule, (row) => Number.isInteger(row) && row >= 0 && row < rowCount)
}

/**
 * Returns what is wrong with the values of a list: the number of missing values and of those that break the rule, with
 * the first of each. Anything but a number breaks every rule, because `null >= 0` and `'1' <= 1` hold in JavaScript.
 */
export function valueProblems(
  parameter: string,
  values: ArrayLike<number>,
  rule: string,
  keeps: (value: number) => boolean,
  hint: (value: number) => string | undefined = () => undefined,
): Problem[] {
  const missing: Problem = { code: 'value-missing', parameter, rule }
  const broken: Problem = { code: 'out-of-range', parameter, rule }
  const found = { missing: 0, broken: 0, missingAt: -1, brokenAt: -1 }
  for (let row = 0; row < values.length; row++) {
    const value = values[row]
    if (typeof value === 'number' && keeps(value)) continue
    if (value === undefined || value === null || Number.isNaN(value)) {
      if (found.missing++ === 0) found.missingAt = row
    } else if (found.broken++ === 0) found.brokenAt = row
  }
  const at = (problem: Problem, row: number, count: number): Problem => {
    const wayOut = problem === missing ? 'Leave such rows out, and report how many.' : hint(values[row]!)
    const facts = { ...problem, received: values[row], place: { row: row + 1 }, count }
    return wayOut === undefined ? facts : { ...facts, wayOut }
  }
  return [
    ...(found.missing > 0 ? [at(missing, found.missingAt, found.missing)] : []),
    ...(found.broken > 0 ? [at(broken, found.brokenAt, found.broken)] : []),
  ]
}
