import { type Problem, refuse } from './errors.js'

/** Difference between two distributions over bins. */
export interface Stability {
  /**
   * Population stability index over the bins that both have. 0 = the same; above 0.25 is by convention a large shift.
   * Null if they have no bin in common: then everything is new.
   */
  readonly psi: number | null
  /** Share of the actual rows in bins that the reference does not have. [0, 1]. */
  readonly newShare: number
  /** Share of the reference rows in bins that are now empty. [0, 1]. */
  readonly goneShare: number
}

/**
 * Returns the population stability index of counts in bins fixed by the reference.
 *
 *     PSI = Σ (a − e) ln(a / e)     a, e = share of the actual and of the reference rows in the bin
 *
 * A bin that one side lacks would make it infinite, and a floor under the shares would decide the result: such bins are
 * left out of the sum, and their mass is given separately.
 *
 * @param reference rows per bin, shape (bins), each finite and at least 0, not all 0
 * @param actual rows per bin, shape (bins), each finite and at least 0, not all 0
 * @throws {HoldfastError} all problems at once: `value-type`, `length-differs`, `out-of-range`
 *
 * @example
 * populationStability([50, 50], [40, 60]).psi.toFixed(4)
 * // => '0.0405'
 *
 * @see Siddiqi (2006), Credit Risk Scorecards
 */
export function populationStability(reference: ArrayLike<number>, actual: ArrayLike<number>): Stability {
  refuse('populationStability', problemsOf(reference, actual))
  const [referenceRows, actualRows] = [totalOf(reference), totalOf(actual)]
  let [psi, newRows, goneRows] = [0, 0, 0]
  let isShared = false
  for (let bin = 0; bin < reference.length; bin++) {
    const expected = reference[bin]! / referenceRows
    const found = actual[bin]! / actualRows
    if (expected === 0) newRows += actual[bin]!
    else if (found === 0) goneRows += reference[bin]!
    else {
      psi += (found - expected) * Math.log(found / expected)
      isShared = true
    }
  }
  return { psi: isShared ? psi : null, newShare: newRows / actualRows, goneShare: goneRows / referenceRows }
}

function problemsOf(reference: unknown, actual: unknown): Problem[] {
  const problems = [...countProblems('reference', reference), ...countProblems('actual', actual)]
  if (problems.length > 0) return problems
  const [before, after] = [reference as ArrayLike<number>, actual as ArrayLike<number>]
  if (before.length === after.length) return []
  const rule = `to have ${before.length} bins, those of reference`
  return [{ code: 'length-differs', parameter: 'actual', rule, received: after.length }]
}

function countProblems(parameter: string, counts: unknown): Problem[] {
  const isList = Array.isArray(counts) || (ArrayBuffer.isView(counts) && 'length' in counts)
  if (!isList) return [{ code: 'value-type', parameter, rule: 'to be a list of counts', received: counts }]
  const list = counts as ArrayLike<unknown>
  let sum = 0
  for (let bin = 0; bin < list.length; bin++) {
    const count = list[bin]
    if (typeof count !== 'number' || !Number.isFinite(count) || count < 0) {
      const rule = 'to be a number of at least 0'
      return [{ code: 'out-of-range', parameter: `${parameter}[${bin}]`, rule, received: count }]
    }
    sum += count
  }
  if (sum > 0) return []
  return [{ code: 'out-of-range', parameter, rule: 'to hold at least one row', received: counts }]
}

function totalOf(counts: ArrayLike<number>): number {
  let total = 0
  for (let bin = 0; bin < counts.length; bin++) total += counts[bin]!
  return total
}
