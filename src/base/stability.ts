/** How far one distribution over bins lies from another. */
export interface Stability {
  /** Population stability index over the bins that both have. 0 = the same; above 0.25 is by custom a large shift. */
  readonly psi: number
  /** Share of the actual rows in bins that the reference does not have. [0, 1]. */
  readonly newShare: number
  /** Share of the reference rows in bins that are now empty. [0, 1]. */
  readonly goneShare: number
}

/**
 * Returns the population stability index of counts in bins that were frozen at the reference.
 *
 *     PSI = Σ (a − e) ln(a / e)     a, e = share of the actual and of the reference rows in the bin
 *
 * A bin that one side does not have would make it infinite, and a floor under the shares would decide the alarm: such
 * bins are left out of the sum, and their mass is given apart.
 *
 * @param reference rows per bin, shape (bins), not all 0
 * @param actual rows per bin, shape (bins), not all 0
 *
 * @example
 * populationStability([50, 50], [40, 60]).psi.toFixed(4)
 * // => '0.0405'
 *
 * @see Siddiqi (2006), Credit Risk Scorecards
 */
export function populationStability(reference: ArrayLike<number>, actual: ArrayLike<number>): Stability {
  const [referenceRows, actualRows] = [totalOf(reference), totalOf(actual)]
  let [psi, newShare, goneShare] = [0, 0, 0]
  for (let bin = 0; bin < reference.length; bin++) {
    const expected = reference[bin]! / referenceRows
    const found = actual[bin]! / actualRows
    if (expected === 0) newShare += found
    else if (found === 0) goneShare += expected
    else psi += (found - expected) * Math.log(found / expected)
  }
  return { psi, newShare, goneShare }
}

function totalOf(counts: ArrayLike<number>): number {
  let total = 0
  for (let bin = 0; bin < counts.length; bin++) total += counts[bin]!
  return total
}
