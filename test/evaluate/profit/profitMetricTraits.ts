import { expectedMaximumProfit, maximumProfit } from '../../../src/evaluate/profit/maximumProfit.js'
import type { RetentionOffer } from '../../../src/evaluate/profit/offer.js'
import { type ProfitPoint, profitCurve } from '../../../src/evaluate/profit/profitCurve.js'
import { realisedProfit } from '../../../src/evaluate/profit/realisedProfit.js'
import type { WeightOptions } from '../../../src/evaluate/rows/checkedOutcomes.js'

/** A metric in money and the properties it keeps. */
export interface ProfitMetricTraits {
  /** Returns the figures of the metric in a fixed order: sums of money first to last, then counts and shares. */
  readonly figures: (
    probability: ArrayLike<number>,
    outcome: ArrayLike<number>,
    offer: RetentionOffer,
    options?: WeightOptions,
  ) => { readonly money: readonly number[]; readonly others: readonly number[] }
  /** True where only the order of the probabilities enters. */
  readonly rankOnly: boolean
  /** True where amounts by customer are taken. */
  readonly amountsByCustomer: boolean
}

/** Every metric in money by name. All money times k is every figure of money times k. */
export const profitMetricTraits = {
  maximumProfit: {
    figures: (p, y, offer, options) => {
      const { profit, targetShare } = maximumProfit(p, y, offer, options)
      return { money: [profit], others: [targetShare] }
    },
    rankOnly: true,
    amountsByCustomer: false,
  },
  expectedMaximumProfit: {
    figures: (p, y, offer, options) => {
      const { profit, targetShare } = expectedMaximumProfit(p, y, offer, options)
      return { money: [profit], others: [targetShare] }
    },
    rankOnly: true,
    amountsByCustomer: false,
  },
  profitCurve: {
    figures: (p, y, offer, options) => {
      const { contactedShare, profit, best, everybody } = profitCurve(p, y, offer, options)
      return {
        money: [...profit, best.profit],
        others: [...contactedShare, ...counts(best), ...counts(everybody)],
      }
    },
    rankOnly: true,
    amountsByCustomer: true,
  },
  /** Of the contacts that pay. */
  realisedProfit: {
    figures: (p, y, offer, options) => {
      const list = realisedProfit(p, y, offer, 'paying', { ...options, resamples: 20 })
      return { money: [list.profit.value, list.predictedProfit], others: [list.contacts, list.churners] }
    },
    rankOnly: false,
    amountsByCustomer: true,
  },
} satisfies Record<string, ProfitMetricTraits>

function counts({ contactedShare, contacts, churners }: ProfitPoint): number[] {
  return [contactedShare, contacts, churners]
}
