import * as z from 'zod'
import type { Problem } from '../../base/errors.js'
import { meanWithError } from '../measureRows.js'
import { atEqualSteps } from '../ranking/rankingCurves.js'
import { checkOutcomeRows, type WeightOptions, weightOptions } from '../rows/checkedOutcomes.js'
import type { OutcomeRows } from '../rows/outcomeRows.js'
import { groupAt, rankRows } from '../rows/rankedOutcomes.js'
import { ranksOf } from '../rows/ranksOf.js'
import { contactProfitsOf } from './expectedProfit.js'
import {
  type Amount,
  acceptanceMean,
  amountOf,
  type BetaAcceptance,
  type CheckedOffer,
  checkOffer,
  isUniform,
  type RetentionOffer,
  type UniformOffer,
} from './offer.js'

/** Which list a profit curve goes down, and what points it has. */
export interface ProfitCurveOptions extends WeightOptions {
  /**
   * Order of the list. `probability`: the highest risk first. `expectedProfit`: what a contact is expected to earn,
   * which differs where money differs by customer. Default `probability`.
   */
  readonly orderBy?: 'probability' | 'expectedProfit'
  /** Number of equal steps of the contacted share. Integer ≥ 1. Left out: one point per distinct place in the list. */
  readonly points?: number
}

/** What contacting the top of a list earns. Counts are sums of weights. */
export interface ProfitPoint {
  /** Part of the customers that is contacted, in [0, 1]. */
  readonly contactedShare: number
  readonly contacts: number
  /** Churners among the contacted. */
  readonly churners: number
  /** The lowest probability among the contacted; null where nobody is, or where the list has another order. */
  readonly lowestProbability: number | null
  /** Money, total over the given customers. */
  readonly profit: number
}

/** Profit by the share of customers contacted from the top of the list; straight lines between the points. */
export interface ProfitCurve {
  /** The offer behind the curve; amounts that differ by customer as their mean. */
  readonly offer: {
    readonly customerValue: number
    readonly offerCost: number
    readonly contactCost: number
    readonly acceptance: number | BetaAcceptance
    readonly currency: string | null
  }
  /** Shape (points + 1), ascending from 0 to 1. */
  readonly contactedShare: Float64Array
  /** Shape (points + 1): money, total over the given customers, starting with 0. */
  readonly profit: Float64Array
  /** The point of the highest profit, the one of fewest contacts among equals; nobody where no contact pays. */
  readonly best: ProfitPoint
  readonly everybody: ProfitPoint
  readonly customers: number
}

const curveOptions = weightOptions.extend({
  orderBy: z.enum(['probability', 'expectedProfit']).default('probability'),
  points: z.int().gte(1).optional(),
})

/**
 * Returns, for each share of customers contacted from the top of the list, what the campaign earns.
 *
 * Use it to choose how many to contact, and to see how flat the top is. The amounts of each customer count as they are:
 * nothing is averaged. As with `maximumProfit`, the best point is chosen with the outcomes at hand, so on few customers
 * it promises more than the same cut will bring with others. For a list whose outcomes are not known yet see
 * `bestList`.
 *
 * With γ the (mean) acceptance, v = customerValue, d = offerCost, f = contactCost of each contacted customer:
 *
 *     profit = sum over contacted churners of (γ·(v − d) − f)  −  sum over contacted stayers of (d + f)
 *
 * Customers of equal place are one step: a straight line, along which they are contacted in random order. `best` is
 * the best end of a step, whatever `points` says.
 *
 * @param probability predicted churn, shape (n), each in [0, 1]
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed
 * @param offer amounts for all, or by customer, shape (n)
 * @throws {HoldfastError} as every `OutcomeMetric` of `holdfast/metrics`
 *
 * O(n log n) time, O(n) memory.
 *
 * @example
 * const offer = { customerValue: 100, offerCost: 10, contactCost: 1, acceptance: 0.5 }
 * const curve = profitCurve([0.9, 0.8, 0.3, 0.1], [1, 0, 1, 0], offer)   // 44 per churner, −11 per stayer
 * curve.profit
 * // => Float64Array [0, 44, 33, 77, 66]
 * curve.best
 * // => { contactedShare: 0.75, contacts: 3, churners: 2, lowestProbability: 0.3, profit: 77 }
 *
 * @see {@link maximumProfit} for the best point alone, `realisedProfit` for one list with its uncertainty
 */
export function profitCurve(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  offer: RetentionOffer,
  options?: ProfitCurveOptions,
): ProfitCurve {
  const problems: Problem[] = []
  const money = checkOffer(offer, probability?.length ?? 0, problems)
  const { rows, checked } = checkOutcomeRows(
    'profitCurve',
    curveOptions,
    probability,
    outcome,
    options,
    problems,
  )
  const mean = acceptanceMean(money!)
  const byProbability = checked.orderBy === 'probability'
  const steps = byProbability
    ? stepsByProbability(rows, money!, mean)
    : stepsByScore(rows, contactProfitsOf(rows.probability, money!), money!, mean)
  const curve = cornersOf(steps, byProbability)
  const { share, height } =
    checked.points === undefined
      ? { share: curve.contactedShare, height: curve.profit }
      : atEqualSteps(curve.contactedShare, curve.profit, checked.points)
  return { offer: meanOffer(money!, rows), ...curve, contactedShare: share, profit: height }
}

function cornersOf(
  { score, customers, churners, profit }: ContactSteps,
  byProbability: boolean,
): Omit<ProfitCurve, 'offer'> {
  let all = 0
  for (let step = 0; step < score.length; step++) all += customers[step]!
  const contactedShare = new Float64Array(score.length + 1)
  const earned = new Float64Array(score.length + 1)
  let point: ProfitPoint = { contactedShare: 0, contacts: 0, churners: 0, lowestProbability: null, profit: 0 }
  let best = point
  let contacts = 0
  let caught = 0
  for (let step = 0; step < score.length; step++) {
    contacts += customers[step]!
    caught += churners[step]!
    contactedShare[step + 1] = contacts / all
    earned[step + 1] = earned[step]! + profit[step]!
    if (earned[step + 1]! <= best.profit && step < score.length - 1) continue
    point = {
      contactedShare: contacts / all,
      contacts,
      churners: caught,
      lowestProbability: byProbability ? score[step]! : null,
      profit: earned[step + 1]!,
    }
    if (point.profit > best.profit) best = point
  }
  return { contactedShare, profit: earned, best, everybody: point, customers: all }
}

function meanOffer(offer: CheckedOffer, rows: OutcomeRows): ProfitCurve['offer'] {
  const meanOf = (amount: Amount): number =>
    typeof amount === 'number' ? amount : meanWithError(amount, rows.weight)!.value
  return {
    customerValue: meanOf(offer.customerValue),
    offerCost: meanOf(offer.offerCost),
    contactCost: meanOf(offer.contactCost),
    acceptance: offer.acceptance,
    currency: offer.currency ?? null,
  }
}

/** What each step down a list adds. Customers of equal score are one step. */
export interface ContactSteps {
  /** Shape (steps): the distinct scores, the highest first. */
  readonly score: Float64Array
  /** Shape (steps): weight of the customers. */
  readonly customers: Float64Array
  /** Shape (steps): weight of the churners. */
  readonly churners: Float64Array
  /** Shape (steps): money. */
  readonly profit: Float64Array
}

/** Returns what contacting a customer of known outcome earns, on average over the acceptance. */
function contactProfit(offer: CheckedOffer, meanAcceptance: number, row: number, churned: boolean): number {
  const cost = amountOf(offer.offerCost, row)
  const contact = amountOf(offer.contactCost, row)
  return churned ? meanAcceptance * (amountOf(offer.customerValue, row) - cost) - contact : -cost - contact
}

/** Returns the steps of the list by probability. O(n log n); where amounts are the same for all, one sort. */
export function stepsByProbability(
  rows: OutcomeRows,
  offer: CheckedOffer,
  meanAcceptance: number,
): ContactSteps {
  return isUniform(offer)
    ? stepsOfGroups(rows, offer, meanAcceptance)
    : stepsByScore(rows, rows.probability, offer, meanAcceptance)
}

/** Returns the steps of the list by any score, shape (n). O(n log n). */
export function stepsByScore(
  { outcome, weight }: OutcomeRows,
  scoreOfRow: Float64Array,
  offer: CheckedOffer,
  meanAcceptance: number,
): ContactSteps {
  const kept = weight === null ? scoreOfRow : scoreOfRow.filter((_, row) => weight[row]! > 0)
  const score = ranksOf(kept).values.reverse()
  const steps = {
    score,
    customers: new Float64Array(score.length),
    churners: new Float64Array(score.length),
    profit: new Float64Array(score.length),
  }
  for (let row = 0; row < outcome.length; row++) {
    const times = weight === null ? 1 : weight[row]!
    if (times === 0) continue
    const step = groupAt(score, scoreOfRow[row]!)
    const churned = outcome[row] === 1
    steps.customers[step]! += times
    if (churned) steps.churners[step]! += times
    steps.profit[step]! += times * contactProfit(offer, meanAcceptance, row, churned)
  }
  return steps
}

function stepsOfGroups(rows: OutcomeRows, offer: UniformOffer, meanAcceptance: number): ContactSteps {
  const { probability, churned, stayed } = rankRows(rows)
  const ofChurner = contactProfit(offer, meanAcceptance, 0, true)
  const ofStayer = contactProfit(offer, meanAcceptance, 0, false)
  return {
    score: probability,
    customers: churned.map((count, group) => count + stayed[group]!),
    churners: churned,
    profit: churned.map((count, group) => count * ofChurner + stayed[group]! * ofStayer),
  }
}
