import { HoldfastError, type Problem } from '../../base/errors.js'
import { type Ranks, ranksOf } from '../rows/ranksOf.js'
import {
  type CensoringOptions,
  censoringOptions,
  checkFollowUps,
  type RankedFollowUps,
} from './checkedFollowUps.js'
import {
  type DaysOfFollowUp,
  daysOfFollowUp,
  followedShares,
  probabilityAfter,
  stayingCurve,
} from './followUpDays.js'

/** AUC by horizon. */
export interface TimeDependentAuc {
  /** Shape (days): the horizons asked for. */
  readonly days: readonly number[]
  /** Shape (days), each in [0, 1]. */
  readonly auc: readonly number[]
  /** Weight of those who churned up to each day. */
  readonly churners: readonly number[]
  /** Weight of those known to have stayed beyond it. */
  readonly stayers: readonly number[]
  /** Mean over the days, in [0, 1]; a day weighs as much as churn happens between the day before and it. */
  readonly mean: number
}

/**
 * Returns for each of several days how likely who churned by then has a higher risk than who stayed beyond it: the
 * cumulative/dynamic AUC.
 *
 * Use it to see up to which horizon a ranking is good: a model of near churn is strong at 30 days and fades. Customers
 * who were not followed up to a day are neither, and are made up for by weights. With everybody followed it is the
 * `rocAuc` of "churned up to day d".
 *
 * With G(d−) the probability of Kaplan and Meier that a customer is followed up to day d at least:
 *
 *     churner at d   churned(i) = 1 and duration(i) ≤ d, with ω(i) = 1 / G(duration(i)−)
 *     stayer at d    duration(j) > d, or duration(j) = d and churned(j) = 0
 *     AUC(d) = Σ over churners and stayers of ω(i) · [risk(i) > risk(j), one half where equal] / (Σ ω(i) · stayers)
 *     mean   = Σ_k AUC(d_k) · [S(d_{k−1}) − S(d_k)] / [1 − S(d_K)],   S of Kaplan and Meier, S(d_0) = 1
 *
 * The censoring must not depend on the risk. Who is censored on a day stayed to its end: this is scikit-survival's
 * `cumulative_dynamic_auc` with durations of censored customers a moment longer.
 *
 * @param days horizons, ascending, each above 0
 * @throws {HoldfastError} as every {@link FollowUpMetric}; `out-of-range` if at one of the days there is no churner or no
 *   stayer, or the reference is not followed so far
 *
 * O(n log n + n · days) time, O(n) memory.
 *
 * @example
 * const risk = [0.9, 0.2, 0.8, 0.4, 0.1]
 * const { auc, churners } = timeDependentAuc(risk, [10, 25, 40, 90, 90], [1, 1, 1, 0, 0], [30, 60])
 * auc          // by day 30 only the second churner is below others; by day 60 the third is above both stayers
 * // => [0.6666666666666666, 0.8333333333333334]
 * churners
 * // => [2, 3]
 *
 * @see Uno, Cai, Tian and Wei (2007), JASA 102; Hung and Chiang (2010), Canadian Journal of Statistics 38
 * @see {@link concordance}, {@link unoConcordance} for one figure over all days
 */
export function timeDependentAuc(
  risk: ArrayLike<number>,
  duration: ArrayLike<number>,
  churned: ArrayLike<number>,
  days: readonly number[],
  options?: CensoringOptions,
): TimeDependentAuc {
  const operation = 'timeDependentAuc'
  const input = { risk, duration, churned }
  const { rows, reference } = checkFollowUps(operation, censoringOptions, input, options, dayProblems(days))
  const byDay = daysOfFollowUp(rows)
  const followed = followedShares(operation, byDay, reference, days.at(-1)!, 'days')
  const risks = ranksOf(rows.risk)
  const found = days.map((day) => aucAt(day, { rows, byDay, risks, followed }))
  const undefinedDay = found.findIndex(({ churners, stayers }) => churners === 0 || stayers === 0)
  if (undefinedDay >= 0) throw noPairs(operation, days[undefinedDay]!, byDay)
  const auc = found.map((each) => each.auc)
  return {
    days: [...days],
    auc,
    churners: found.map(({ churners }) => churners),
    stayers: found.map(({ stayers }) => stayers),
    mean: meanByChurn(days, auc, byDay),
  }
}

interface AucAtDay {
  readonly auc: number
  readonly churners: number
  readonly stayers: number
}

interface RowsByDay {
  readonly rows: RankedFollowUps
  readonly byDay: DaysOfFollowUp
  readonly risks: Ranks
  /** Shape (days of `byDay`): probability of being followed up to the day at least. */
  readonly followed: Float64Array
}

/** Adds up within each day first: whole numbers where weights are, so that the order of rows does not show. */
function aucAt(horizon: number, { rows, byDay, risks, followed }: RowsByDay): AucAtDay {
  const { below, total } = stayersBelow(horizon, rows, byDay, risks)
  let [churners, weightOfChurners, inOrder] = [0, 0, 0]
  for (let day = 0; day < byDay.day.length && byDay.day[day]! <= horizon; day++) {
    if (byDay.churned[day] === 0) continue
    let right = 0
    for (const row of byDay.rows.subarray(byDay.start[day], byDay.start[day + 1])) {
      const rank = risks.rank[row]!
      if (rows.churned[row] === 1) right += rows.weight[row]! * (below[rank]! + below[rank + 1]!)
    }
    churners += byDay.churned[day]!
    weightOfChurners += byDay.churned[day]! / followed[day]!
    inOrder += right / 2 / followed[day]!
  }
  return { auc: inOrder / (weightOfChurners * total), churners, stayers: total }
}

/** Returns the weight of the stayers below each rank of risk, and of all: below[r + 1] − below[r] have rank r. */
function stayersBelow(
  horizon: number,
  { duration, churned, weight }: RankedFollowUps,
  { rows }: DaysOfFollowUp,
  { values, rank }: Ranks,
): { readonly below: Float64Array; readonly total: number } {
  const below = new Float64Array(values.length + 1)
  for (let place = rows.length - 1; place >= 0; place--) {
    const row = rows[place]!
    if (duration[row]! < horizon) break
    if (duration[row]! > horizon || churned[row] === 0) below[rank[row]! + 1]! += weight[row]!
  }
  for (let each = 0; each < values.length; each++) below[each + 1]! += below[each]!
  return { below, total: below[values.length]! }
}

function meanByChurn(days: readonly number[], auc: readonly number[], byDay: DaysOfFollowUp): number {
  if (days.length === 1) return auc[0]!
  const curve = stayingCurve(byDay)
  const staying = [1, ...days.map((day) => probabilityAfter(curve, day))]
  const sum = auc.reduce((total, each, index) => total + each * (staying[index]! - staying[index + 1]!), 0)
  return sum / (1 - staying.at(-1)!)
}

function dayProblems(days: readonly number[]): Problem[] {
  const isRising =
    Array.isArray(days) &&
    days.length > 0 &&
    days.every((day, index) => Number.isFinite(day) && day > (index === 0 ? 0 : days[index - 1]!))
  if (isRising) return []
  const rule = 'to be a list of days, each above 0 and above the one before'
  return [{ code: 'out-of-range', parameter: 'days', rule, received: days }]
}

function noPairs(
  operation: string,
  day: number,
  { day: days, churned, censored }: DaysOfFollowUp,
): HoldfastError {
  const first = days[churned.findIndex((weight) => weight > 0)]!
  const longest = days.at(-1)!
  const last = censored.at(-1)! > 0 ? `up to ${longest}` : `before ${longest}`
  const problem = {
    code: 'out-of-range',
    parameter: 'days',
    rule: 'to have somebody who churned by then and somebody known to have stayed longer',
    received: day,
    wayOut: `The first churn is on day ${first}: take days from there, ${last}.`,
  } as const
  return new HoldfastError(operation, [problem])
}
