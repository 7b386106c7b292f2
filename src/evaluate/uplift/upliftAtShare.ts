import { HoldfastError } from '../../base/errors.js'
import { roundedUp } from '../ranking/topOfRanking.js'
import { checkParameter, shareRule } from '../rows/checkedOutcomes.js'
import { checkTreatment, type TreatmentOptions, treatmentOptions } from './checkedTreatment.js'

/**
 * Returns the effect of the treatment among the top of the list: by how much more treated than control customers stayed.
 *
 * Use it for a campaign of known size: uplift 0.04 at share 0.2 means that treating the top fifth keeps 4 of 100 of
 * them who would have left. The effect over everybody is that of share 1.
 *
 * With k = ceil(share · n) customers of the highest scores, N_t treated and N_c control among them, and Y_t, Y_c of those
 * with the good outcome (stayed, unless `goodOutcome` is 1):
 *
 *     uplift = Y_t / N_t − Y_c / N_c
 *
 * scikit-uplift's `uplift_at_k` with strategy `overall`, which rounds k down. Ties at the boundary are shared: of a
 * group of m equal scores, of which j places remain, everything counts j / m. Where weights are not whole numbers,
 * k = share · n without rounding.
 *
 * @param score predicted effect of the treatment, shape (n), any finite number, the highest first
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed; see `goodOutcome`
 * @param treated shape (n), 1 = treated, 0 = control
 * @param share top part to look at, 0 < share <= 1
 * @returns difference of shares, in [−1, 1]; below 0 = the treatment drives customers away
 * @throws {HoldfastError} `one-class` if nobody or everybody in the top, or at all, was treated, or all outcomes are
 *   equal; `length-differs`, `table-empty`, `value-missing`, `out-of-range`, `option-invalid`, `option-unknown`: all at
 *   once
 *
 * O(n log n) time, O(n) memory.
 *
 * @example
 * const churned = [0, 1, 0, 1, 1, 0]
 * const treated = [1, 0, 1, 0, 1, 0]
 * upliftAtShare([6, 5, 4, 3, 2, 1], churned, treated, 0.5)   // both treated of the top three stayed, the other left
 * // => 1
 *
 * @see {@link upliftCurve} for every share at once
 */
export function upliftAtShare(
  score: ArrayLike<number>,
  outcome: ArrayLike<number>,
  treated: ArrayLike<number>,
  share: number,
  options?: TreatmentOptions,
): number {
  const operation = 'upliftAtShare'
  const rows = { score, outcome, treated }
  const problems = checkParameter('share', shareRule, share)
  const { groups } = checkTreatment(operation, treatmentOptions, rows, options, problems)
  let left = roundedUp(share * groups.customers, groups)
  const top = { treated: 0, control: 0, treatedGood: 0, controlGood: 0 }
  groups.treated.forEach((treatedHere, group) => {
    const size = treatedHere + groups.control[group]!
    const part = size <= left ? 1 : left / size
    top.treated += part * treatedHere
    top.control += part * groups.control[group]!
    top.treatedGood += part * groups.treatedGood[group]!
    top.controlGood += part * groups.controlGood[group]!
    left = Math.max(0, left - size)
  })
  if (top.treated > 0 && top.control > 0) return top.treatedGood / top.treated - top.controlGood / top.control
  const problem = {
    code: 'one-class',
    parameter: 'share',
    rule: 'to reach down to both treated and control customers',
    received: share,
    wayOut: 'Take a larger share: in a top without either group there is nothing to compare.',
  } as const
  throw new HoldfastError(operation, [problem])
}
