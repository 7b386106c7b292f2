import type { Interval } from '../../evaluate/interval/bootstrapInterval.js'
import type { RetentionOffer } from '../../evaluate/profit/offer.js'
import { type ProfitCurve, type ProfitPoint, profitCurve } from '../../evaluate/profit/profitCurve.js'
import { realisedProfit } from '../../evaluate/profit/realisedProfit.js'
import type { ProfitFacts, ProfitPointFacts } from './reportFacts.js'

const points = 200
const sharesOfLists = [0.05, 0.1, 0.2, 0.3, 0.5]

/** Predictions with outcomes. */
export interface PredictedOutcomes {
  readonly probability: ArrayLike<number>
  readonly outcome: ArrayLike<number>
  readonly weight?: ArrayLike<number>
  /** The customer of each row, if customers have several. */
  readonly groups?: ArrayLike<string | number>
}

/** Returns the profit of an offer by the length of the list, with the best list. */
export function profitFacts(rows: PredictedOutcomes, offer: RetentionOffer, level: number): ProfitFacts {
  const { probability, outcome, weight } = rows
  const curve = profitCurve(probability, outcome, offer, {
    points,
    ...(weight === undefined ? {} : { weight }),
  })
  const { acceptance } = curve.offer
  const isBeta = typeof acceptance !== 'number'
  const mean = isBeta ? acceptance.alpha / (acceptance.alpha + acceptance.beta) : acceptance
  return {
    currency: curve.offer.currency,
    customerValue: curve.offer.customerValue,
    offerCost: curve.offer.offerCost,
    contactCost: curve.offer.contactCost,
    acceptance: mean,
    acceptanceBeta: isBeta ? acceptance : null,
    customers: curve.customers,
    curve: { x: [...curve.contactedShare], y: [...curve.profit] },
    best: pointFacts(curve.best),
    everybody: pointFacts(curve.everybody),
    bestProfit: bestInterval(rows, offer, curve, level),
    lists: sharesOfLists.map((share) => ({ contactedShare: share, profit: profitAt(curve, share) })),
  }
}

function pointFacts({ contactedShare, contacts, churners, profit }: ProfitPoint): ProfitPointFacts {
  return { contactedShare, contacts, churners, profit }
}

function profitAt({ contactedShare, profit }: ProfitCurve, share: number): number {
  const after = contactedShare.findIndex((each) => each >= share)
  if (after <= 0) return profit[Math.max(after, 0)]!
  const [from, to] = [contactedShare[after - 1]!, contactedShare[after]!]
  return profit[after - 1]! + (profit[after]! - profit[after - 1]!) * ((share - from) / (to - from))
}

/**
 * The interval of the list as given. Having been chosen as the best on these very customers, its profit is a little too
 * good, which the interval does not cover.
 */
function bestInterval(
  { probability, outcome, weight, groups }: PredictedOutcomes,
  offer: RetentionOffer,
  { best }: ProfitCurve,
  level: number,
): Interval {
  if (best.lowestProbability === null) return { value: best.profit, lower: best.profit, upper: best.profit }
  const policy = { threshold: best.lowestProbability }
  const whose = { ...(weight === undefined ? {} : { weight }), ...(groups === undefined ? {} : { groups }) }
  return realisedProfit(probability, outcome, offer, policy, { level, ...whose }).profit
}
