import { z } from 'zod'
import { HoldfastError } from '../../base/errors.js'
import { checkRows, type WeightOptions, weightOptions } from '../rows/checkedOutcomes.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'
import { rankAroundShares } from './rankAroundShares.js'
import { customersInTop, topsOfRanking } from './topOfRanking.js'

/** How a lift table is cut. */
export interface LiftTableOptions extends WeightOptions {
  /** Number of parts. Integer ≥ 1, at most the number of customers. Default 10: deciles. */
  readonly parts?: number
}

/** One part of the list. */
export interface LiftRow {
  /** Share of customers from the top of the list to the end of this part, in (0, 1]. */
  readonly topShare: number
  /** Lowest probability in this part, in [0, 1]. */
  readonly lowestProbability: number
  /** Rows in this part, or their weight. */
  readonly rows: number
  /** Customers in this part: as many as rows; in an evaluation of customers with several rows, those who have one in it. */
  readonly customers: number
  /** Churners in this part, of its rows; a fraction where ties at its ends are shared. */
  readonly churners: number
  /** Churn rate of this part, in [0, 1]. */
  readonly churnRate: number
  /** Churn rate of this part over the base rate; 1 = as all customers. */
  readonly lift: number
  /** Share of all churners from the top of the list to the end of this part, in [0, 1]. */
  readonly caughtShare: number
  /** Lift from the top of the list to the end of this part: `liftAt(probability, outcome, topShare)`. */
  readonly cumulativeLift: number
}

const liftTableOptions = weightOptions.extend({ parts: z.int().gte(1).default(10) })

/**
 * Returns the customers cut into equal parts from the highest probability to the lowest, with the churn of each.
 *
 * The table that campaign people know: by default deciles. Use it to see where the list stops paying.
 *
 * With n customers, part i of m holds the ranks in `[ceil((i − 1)·n / m), ceil(i·n / m))`, counted from 0 at the
 * top. Ties at the end of a part are shared as in `liftAt`, so the order of rows never matters.
 *
 * @param probability predicted churn, shape (n), each in [0, 1]; only the order is used
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed
 * @returns one row per part, the highest probabilities first
 * @throws {HoldfastError} `out-of-range` if there are fewer customers than parts; `one-class`, `option-invalid`,
 *   `length-differs`, `table-empty`, `value-missing`: all at once
 *
 * O(n + parts) time, O(n) memory.
 *
 * @example
 * const p = [0.9, 0.8, 0.7, 0.4, 0.3, 0.2, 0.1, 0.05]
 * const y = [1, 1, 0, 0, 1, 0, 0, 0]
 * liftTable(p, y, { parts: 2 }).map((row) => row.churners)
 * // => [2, 1]
 *
 * @see {@link liftAt} for one share, {@link gainsCurve} for all
 */
export function liftTable(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  options?: LiftTableOptions,
): LiftRow[] {
  const { rows, checked } = checkRows('liftTable', liftTableOptions, probability, outcome, options)
  const ranked = rankAroundShares(rows, sharesOf(checked.parts))
  if (ranked.wholeWeights && ranked.customers < checked.parts) {
    throw new HoldfastError('liftTable', [
      {
        code: 'out-of-range',
        parameter: 'parts',
        rule: `to be at most the number of customers (${ranked.customers})`,
        received: checked.parts,
      },
    ])
  }
  return liftTableOf(ranked, checked.parts)
}

/** Like {@link liftTable}, from the sorted form. O(groups + parts). */
export function liftTableOf(ranked: RankedOutcomes, parts: number): LiftRow[] {
  const baseRate = ranked.churners / ranked.customers
  const shares = sharesOf(parts)
  const counts = shares.map((share) => customersInTop(ranked, share))
  let contacted = 0
  let caught = 0
  return topsOfRanking(ranked, counts).map((top, part) => {
    const rows = counts[part]! - contacted
    const churners = top.churners - caught
    contacted = counts[part]!
    caught = top.churners
    return {
      topShare: shares[part]!,
      lowestProbability: top.lowestProbability,
      rows,
      customers: rows,
      churners,
      churnRate: churners / rows,
      lift: churners / rows / baseRate,
      caughtShare: caught / ranked.churners,
      cumulativeLift: caught / contacted / baseRate,
    }
  })
}

function sharesOf(parts: number): number[] {
  return Array.from({ length: parts }, (_, part) => (part + 1) / parts)
}
