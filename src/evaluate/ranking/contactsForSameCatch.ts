import * as z from 'zod'
import { checkArguments } from '../../base/arguments.js'
import { refuse } from '../../base/errors.js'
import { checkOptions } from '../../base/options.js'
import { amountText } from '../figureTexts.js'
import {
  checkOutcomes,
  checkParameter,
  shareRule,
  type WeightOptions,
  weightOptions,
} from '../rows/checkedOutcomes.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'
import { roundedUp } from '../rows/rankedOutcomes.js'

/** How large the catch is: a share of all churners, or what a number of contacts without a model catches. */
export type CatchGoal = { readonly caughtShare: number } | { readonly contactsWithoutModel: number }

/** Contacts needed for the same catch, without and with the model. */
export interface ContactSavings {
  /** Churners to be caught; a fraction where the goal is one. */
  readonly churnersCaught: number
  /** Contacts needed in random order, on average. */
  readonly withoutModel: number
  /** Contacts needed from the top of the list. */
  readonly withModel: number
  /** Share of contacts spared, `1 − withModel / withoutModel`; negative where the model is worse than chance. */
  readonly sparedShare: number
}

const goalRule = z.union([
  z.strictObject({ caughtShare: shareRule }),
  z.strictObject({ contactsWithoutModel: z.number().gt(0) }),
])

/**
 * Returns how many contacts a random list and the model's list need to reach the same number of churners.
 *
 * The line a call centre understands, for one number of churners to reach; `gainsCurve` shows them all.
 *
 * With n customers, of which c churn, and a catch of s·c churners (from `contactsWithoutModel` = k: s = k / n):
 *
 *     withoutModel = ceil(s · n)
 *     withModel    = ceil(smallest k whose k highest probabilities hold s·c churners)
 *
 * Ties are shared: within a group of equal probabilities churners come at the mean rate. Where weights are not
 * whole numbers nothing is rounded up.
 *
 * @param goal `{ caughtShare }` in (0, 1], or `{ contactsWithoutModel }` in (0, n]
 * @throws {HoldfastError} as every `OutcomeMetric` of `holdfast/metrics`; `out-of-range` for the goal
 *
 * @example
 * const p = [0.9, 0.8, 0.7, 0.4, 0.3, 0.2, 0.1, 0.05]
 * const y = [1, 1, 0, 0, 1, 0, 0, 1]
 * contactsForSameCatch(p, y, { caughtShare: 0.5 })   // both in the top 2; at random half of all 8
 * // => { churnersCaught: 2, withoutModel: 4, withModel: 2, sparedShare: 0.5 }
 *
 * @see {@link contactSavingsLine} for the sentence, `gainsCurve` of `holdfast/metrics`
 */
export function contactsForSameCatch(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  goal: CatchGoal,
  options?: WeightOptions,
): ContactSavings {
  const problems = checkParameter('goal', goalRule, goal)
  const operation = 'contactsForSameCatch'
  const { ranked } = checkOutcomes(operation, weightOptions, probability, outcome, options, problems)
  const received = 'contactsWithoutModel' in goal ? goal.contactsWithoutModel : 0
  const rule = `to be at most the number of customers (${ranked.customers})`
  if (received > ranked.customers)
    refuse(operation, [{ code: 'out-of-range', parameter: 'contactsWithoutModel', rule, received }])
  return contactSavingsOf(ranked, goal)
}

/** Like {@link contactsForSameCatch}, from the sorted form. O(groups). */
export function contactSavingsOf(ranked: RankedOutcomes, goal: CatchGoal): ContactSavings {
  const share = 'caughtShare' in goal ? goal.caughtShare : goal.contactsWithoutModel / ranked.customers
  const churnersCaught = share * ranked.churners
  const withoutModel = roundedUp(share * ranked.customers, ranked)
  const withModel = roundedUp(contactsFor(ranked, churnersCaught), ranked)
  return { churnersCaught, withoutModel, withModel, sparedShare: 1 - withModel / withoutModel }
}

/** What a contact costs, for the line in money. */
export interface ContactPrice {
  /** Money per contact, at least 0. */
  readonly contactCost: number
  /** Name of the currency. */
  readonly currency?: string
}

const priceRule = z.strictObject({ contactCost: z.number().gte(0), currency: z.string().min(1).optional() })

/**
 * Returns the savings as one line: "1,455 contacts without a model, 712 with it, …"; with the cost of a contact also the
 * money that the spared contacts would have cost.
 *
 * @throws {HoldfastError} `option-invalid`, `option-unknown`: a cost below 0, an unknown name
 *
 * @example
 * const savings = { churnersCaught: 50, withoutModel: 500, withModel: 200, sparedShare: 0.6 }
 * contactSavingsLine(savings, { contactCost: 2, currency: 'EUR' })
 * // => '500 contacts without a model, 200 with it, for the same 50 churners: 60 % fewer, 600 EUR saved'
 */
export function contactSavingsLine(savings: ContactSavings, price?: ContactPrice): string {
  checkArguments('contactSavingsLine', ['savings', savings, 'savings'], ['price', price, 'options'])
  const percent = Math.round(Math.abs(savings.sparedShare) * 100)
  const line =
    `${amountText(savings.withoutModel)} contacts without a model, ${amountText(savings.withModel)} with it, ` +
    `for the same ${amountText(savings.churnersCaught)} churners: ` +
    `${percent} % ${savings.sparedShare >= 0 ? 'fewer' : 'more'}`
  if (price === undefined) return line
  const { contactCost, currency } = checkOptions('contactSavingsLine', priceRule, price)
  const money = (savings.withoutModel - savings.withModel) * contactCost
  const unit = currency === undefined ? '' : ` ${currency}`
  return `${line}, ${amountText(Math.abs(money))}${unit} ${money >= 0 ? 'saved' : 'lost'}`
}

function contactsFor({ churned, stayed, customers }: RankedOutcomes, churners: number): number {
  let contacted = 0
  let caught = 0
  for (let group = 0; group < churned.length; group++) {
    const size = churned[group]! + stayed[group]!
    if (churned[group]! > 0 && caught + churned[group]! >= churners * (1 - 1e-12)) {
      return contacted + size * ((churners - caught) / churned[group]!)
    }
    contacted += size
    caught += churned[group]!
  }
  return customers
}
