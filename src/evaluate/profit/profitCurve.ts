import type { BetaAcceptance } from './retentionOffer.js'

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
