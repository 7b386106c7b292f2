// `holdfast/profit`: what offers, contacts and lists are worth.

export type { BestList, ContactBudget } from '../evaluate/profit/bestList.js'
export {
  type CostMatrix,
  contactsByCost,
  costThreshold,
  offerCosts,
  savings,
  totalCost,
  type UniformCosts,
} from '../evaluate/profit/costs.js'
export {
  type ContactPolicy,
  type ExpectedProfit,
  expectedContactProfit,
  expectedProfit,
} from '../evaluate/profit/expectedProfit.js'
export {
  type ExpectedMaximumProfit,
  expectedMaximumProfit,
  expectedMaximumProfitMetric,
  type MaximumProfit,
  maximumProfit,
  maximumProfitMetric,
  type OfferMetric,
} from '../evaluate/profit/maximumProfit.js'
export type { BetaAcceptance, RetentionOffer } from '../evaluate/profit/offer.js'
export {
  type ProfitCurve,
  type ProfitCurveOptions,
  type ProfitPoint,
  profitCurve,
} from '../evaluate/profit/profitCurve.js'
export type { RealisedProfit, RealisedProfitOptions } from '../evaluate/profit/realisedProfit.js'
export {
  type CatchGoal,
  type ContactPrice,
  type ContactSavings,
  contactSavingsLine,
  contactsForSameCatch,
} from '../evaluate/ranking/contactsForSameCatch.js'
