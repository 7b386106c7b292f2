import * as z from 'zod'
import { HoldfastError } from '../../base/errors.js'
import { named } from '../../base/options.js'
import {
  checkOutcomeRows,
  checkParameter,
  type OutcomeMetric,
  rowsMetric,
  shareRule,
  type WeightOptions,
  weightOptions,
} from '../rows/checkedOutcomes.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'
import { customersInTop } from '../rows/rankedOutcomes.js'
import { rankAroundShares } from './rankAroundShares.js'

/**
 * Returns the churners among the `count` highest probabilities. Ties at the boundary are shared: of a group of m
 * equal probabilities, of which j places remain, its churners count j / m.
 */
export function churnersInTop(ranked: RankedOutcomes, count: number): number {
  return topsOfRanking(ranked, [count])[0]!.churners
}

/** Returns the lowest probability among the `count` highest. */
export function lowestInTop(ranked: RankedOutcomes, count: number): number {
  return topsOfRanking(ranked, [count])[0]!.lowestProbability
}

/** What the `count` highest probabilities hold. */
export interface TopOfRanking {
  readonly churners: number
  readonly lowestProbability: number
}

/** Like {@link churnersInTop} and {@link lowestInTop} for ascending counts, in one pass. O(groups + counts). */
export function topsOfRanking(ranked: RankedOutcomes, counts: readonly number[]): TopOfRanking[] {
  const { probability, churned, stayed } = ranked
  const last = probability.length - 1
  const tops: TopOfRanking[] = []
  let group = 0
  let contacted = 0
  let caught = 0
  for (const count of counts) {
    let size = churned[group]! + stayed[group]!
    // Sums of fractional weights may miss the total by their last digits.
    while (group < last && contacted + size < count * (1 - 1e-12)) {
      contacted += size
      caught += churned[group]!
      group++
      size = churned[group]! + stayed[group]!
    }
    const part = size <= count - contacted ? 1 : (count - contacted) / size
    tops.push({ churners: caught + churned[group]! * part, lowestProbability: probability[group]! })
  }
  return tops
}

/** A figure of the top of a list. */
export interface ShareMetric {
  /**
   * O(n) time and memory. Inputs are not changed.
   *
   * @param probability predicted churn, shape (n), each in [0, 1]; only the order counts
   * @param outcome what happened, shape (n), 1 = churned, 0 = stayed
   * @param share top part to look at, 0 < share <= 1
   * @throws {HoldfastError} as every {@link OutcomeMetric}; `out-of-range` for the share
   */
  (probability: ArrayLike<number>, outcome: ArrayLike<number>, share: number, options?: WeightOptions): number
}

function shareMetric(operation: string, of: (ranked: RankedOutcomes, share: number) => number): ShareMetric {
  return named(operation, (probability, outcome, share, options) => {
    const problems = checkParameter('share', shareRule, share)
    const { rows } = checkOutcomeRows(operation, weightOptions, probability, outcome, options, problems)
    return of(rankAroundShares(rows, [share]), share)
  })
}

/**
 * Returns how many times more churners are among the top-scored customers than among all.
 *
 * This is the number behind a contact list: lift 3 at share 0.1 means that calling the top tenth finds three times
 * the churners of calling a random tenth. It says nothing about whether the probabilities are right (see
 * `calibrationError`), nor whether the call pays, and it is bounded by 1 / base rate, so lifts of populations with
 * different churn are not comparable.
 *
 * With n customers, base rate b = mean(outcome), and k = ceil(share * n):
 *
 *     lift = (churners among the k highest probabilities / k) / b
 *
 * Ties at the boundary are shared, not broken: a group of m equal probabilities, of which only j places remain,
 * contributes its churners times j / m. So the order of rows never matters, and equal probabilities for all give 1.
 * With weights, n is their sum; if they are not whole numbers, k = share * n without rounding.
 *
 * @returns lift, in [0, 1 / b]; 1 = no better than chance
 *
 * @example
 * const p = [0.9, 0.8, 0.7, 0.4, 0.3, 0.2, 0.1, 0.05]
 * const y = [1, 1, 0, 0, 1, 0, 0, 0]          // base rate 3/8
 * liftAt(p, y, 0.25)                          // top 2 of 8, both churned: 1 / (3/8)
 * // => 2.6666666666666665
 *
 * @example
 * liftAt([0.5, 0.5, 0.5, 0.5], [1, 0, 0, 0], 0.25)   // all tied: no information
 * // => 1
 *
 * @see Provost and Fawcett, Data Science for Business (2013), chapter 8, lift curves
 * @see {@link gainsCurve} for all shares at once, {@link bootstrapInterval} for its uncertainty
 */
export const liftAt: ShareMetric = shareMetric('liftAt', liftOf)

/** Like {@link liftAt}, from the sorted form. O(groups in the top). */
export function liftOf(ranked: RankedOutcomes, share: number): number {
  const top = customersInTop(ranked, share)
  return churnersInTop(ranked, top) / top / (ranked.churners / ranked.customers)
}

/**
 * Returns the share of churners among the top-scored customers: how often a call of the list meets one.
 *
 * Use it for a list of fixed length. Unlike `liftAt` it is not divided by the base rate, so it says what a call is
 * worth and not what the model adds. For a threshold instead of a share see `confusionAt`.
 *
 * With n customers and k = ceil(share * n):
 *
 *     precision = churners among the k highest probabilities / k
 *
 * Ties at the boundary are shared as in `liftAt`; with weights that are not whole numbers k = share * n.
 *
 * @returns in [0, 1]; the base rate = no better than chance
 *
 * @example
 * precisionAt([0.9, 0.8, 0.7, 0.4], [1, 0, 1, 0], 0.75)   // two of the top three
 * // => 0.6666666666666666
 *
 * @see {@link recallAt}, {@link liftAt}, {@link liftTable} for all deciles
 */
export const precisionAt: ShareMetric = shareMetric('precisionAt', precisionOf)

/** Like {@link precisionAt}, from the sorted form. O(groups in the top). */
export function precisionOf(ranked: RankedOutcomes, share: number): number {
  const top = customersInTop(ranked, share)
  return churnersInTop(ranked, top) / top
}

/**
 * Returns the share of all churners that is among the top-scored customers: one point of the gains curve.
 *
 * Use it for a list of fixed length: how much of the churn it can reach at all. For a threshold instead of a share
 * see `confusionAt`.
 *
 * With n customers and k = ceil(share * n):
 *
 *     recall = churners among the k highest probabilities / all churners
 *
 * Ties at the boundary are shared as in `liftAt`; with weights that are not whole numbers k = share * n.
 *
 * @returns in [0, 1]; k / n = no better than chance
 *
 * @example
 * recallAt([0.9, 0.8, 0.7, 0.4], [1, 0, 1, 0], 0.5)   // one of two churners in the top two
 * // => 0.5
 *
 * @see {@link precisionAt}, {@link gainsCurve} for all shares at once
 */
export const recallAt: ShareMetric = shareMetric('recallAt', recallOf)

/** Like {@link recallAt}, from the sorted form. O(groups in the top). */
export function recallOf(ranked: RankedOutcomes, share: number): number {
  return churnersInTop(ranked, customersInTop(ranked, share)) / ranked.churners
}

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
 * @returns one row per part, the highest probabilities first
 * @throws {HoldfastError} `out-of-range` if there are fewer customers than parts
 *
 * @example
 * const p = [0.9, 0.8, 0.7, 0.4, 0.3, 0.2, 0.1, 0.05]
 * const y = [1, 1, 0, 0, 1, 0, 0, 0]
 * liftTable(p, y, { parts: 2 }).map((row) => row.churners)
 * // => [2, 1]
 *
 * @see {@link liftAt} for one share, {@link gainsCurve} for all
 */
export const liftTable: OutcomeMetric<LiftRow[], LiftTableOptions> = rowsMetric(
  'liftTable',
  liftTableOptions,
  (rows, { parts }) => {
    const ranked = rankAroundShares(rows, sharesOf(parts))
    if (!ranked.wholeWeights || ranked.customers >= parts) return liftTableOf(ranked, parts)
    const rule = `to be at most the number of customers (${ranked.customers})`
    throw new HoldfastError('liftTable', [
      { code: 'out-of-range', parameter: 'parts', rule, received: parts },
    ])
  },
)

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
