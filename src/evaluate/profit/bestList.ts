import * as z from 'zod'
import { checkArguments } from '../../base/arguments.js'
import type { Problem } from '../../base/errors.js'
import { optionsOrProblems } from '../../base/options.js'
import { amountText } from '../figureTexts.js'
import { type ChosenContacts, chooseContacts, rowsByValue } from './chooseContacts.js'
import { contactProfitsOf, expectedCostOf, highestCostOf, sumsOfList } from './expectedProfit.js'
import { type CheckedOffer, checkOfferOf, type RetentionOffer } from './offer.js'

/** What a campaign may use. Left out = no limit. */
export interface ContactBudget {
  /** Number of contacts that can be made. Integer ≥ 0. */
  readonly contacts?: number
  /** Money that can be spent. At least 0. */
  readonly money?: number
  /**
   * What a contact takes from the money. `highestCost`: the contact and the offer, as if everybody took it: never
   * overspent. `expectedCost`: the contact and the offer times the chance that it is taken, `p·γ + 1 − p`: the money is
   * used up on average, and every other campaign spends more. Default `highestCost`.
   */
  readonly reserve?: 'highestCost' | 'expectedCost'
}

/** Whom to contact, and what that is expected to bring. Money is a total. */
export interface BestList {
  /** Shape (contacts): rows counted from 0, the highest expected profit first, equal ones in the order of the rows. */
  readonly rows: Int32Array
  /** Number of customers that could have been chosen from. */
  readonly customers: number
  /** Sum of the probabilities of the listed. */
  readonly expectedChurners: number
  readonly expectedProfit: number
  /** Money to be paid on average. */
  readonly expectedCost: number
  /** Money to be paid if everybody took the offer. */
  readonly highestCost: number
  /** What ended the list; `profit`: nobody else is worth a contact. */
  readonly limitedBy: 'contacts' | 'money' | 'contacts and money' | 'profit'
  /** The most profitable of those who would be worth a contact and are not listed; null where there are none. */
  readonly next: { readonly row: number; readonly expectedProfit: number } | null
  /** At most so much expected profit more than this list could another one have. 0 = this is the best there is. */
  readonly gap: number
  /** Name of the currency, as the offer has it. */
  readonly currency: string | null
}

const budgetSchema = z.strictObject({
  contacts: z.int().gte(0).optional(),
  money: z.number().gte(0).optional(),
  reserve: z.enum(['highestCost', 'expectedCost']).default('highestCost'),
})

type CheckedBudget = z.output<typeof budgetSchema>

/**
 * Returns whom to contact now, outcomes not known yet: the list of highest expected profit under a budget.
 *
 * Use it for tonight's list. It trusts the probabilities, so calibrate them; `realisedProfit` says what such a list
 * earned on known outcomes, and how sure that is. Nobody is listed whose contact is expected to lose money, however
 * large the budget.
 *
 * With the expected profit of a contact as in `expectedContactProfit`, its cost as `reserve` says, x = 1 for the listed:
 *
 *     maximise Σ x·profit   subject to   Σ x ≤ contacts,   Σ x·cost ≤ money,   x = 0 where profit ≤ 0
 *
 * Without a limit of money, or where all contacts cost the same, the list is exact. Where costs differ contacts are taken
 * by what they bring for their money, skipping those who do not fit any more; `gap` is what is lost by that at most,
 * against the best list in fractions of contacts: less than one or two contacts bring.
 *
 * @param probability predicted churn, shape (n), each in [0, 1]; calibrated
 * @param offer amounts for all, or by customer, shape (n)
 * @param budget limits of contacts and of money; left out = none
 * @returns the same list for the same rows; of equal customers those of the earlier rows
 * @throws {HoldfastError} `option-invalid`, `option-unknown`, `length-differs`, `table-empty`, `value-missing`,
 *   `out-of-range`: all at once
 *
 * O(n log n) time, O(n) memory: 5 million customers take 1 to 3 s.
 *
 * @example
 * const offer = { customerValue: [200, 200, 200, 2000], offerCost: 10, contactCost: 1, acceptance: 0.3 }
 * const list = bestList([0.9, 0.5, 0.1, 0.2], offer, { contacts: 2 })
 * list.rows   // expected profits 49.3, 22.5, −4.3 and 110.4
 * // => Int32Array [3, 0]
 * list.next
 * // => { row: 1, expectedProfit: 22.5 }
 *
 * @see {@link bestListLine} for the sentence, `expectedProfit` of `holdfast/profit` for a list of your own
 */
export function bestList(
  probability: ArrayLike<number>,
  offer: RetentionOffer,
  budget?: ContactBudget,
): BestList {
  const problems: Problem[] = []
  const checked = optionsOrProblems(budgetSchema, budget, problems)
  const money = checkOfferOf('bestList', probability, offer, problems)
  const limits = checked!
  const profit = contactProfitsOf(probability, money)
  const paying = new Int32Array(profit.length)
  let count = 0
  for (let row = 0; row < profit.length; row++) if (profit[row]! > 0) paying[count++] = row
  const candidates = paying.slice(0, count)
  const chosen = chooseContacts({
    candidates,
    profit,
    cost: reservedCosts(probability, money, limits.reserve),
    contacts: limits.contacts ?? Number.POSITIVE_INFINITY,
    money: limits.money ?? Number.POSITIVE_INFINITY,
  })
  return describeList(probability, money, profit, candidates, chosen)
}

/**
 * Returns a list as one sentence: whom it reaches, what it brings and costs, what ended it.
 *
 * @example
 * const offer = { customerValue: 200, offerCost: 10, contactCost: 1, acceptance: 0.3, currency: 'EUR' }
 * bestListLine(bestList([0.9, 0.5, 0.1], offer, { contacts: 1 }))
 * // => '1 of 3 customers to contact, 0.9 churners expected among them: 49.3 EUR expected profit, 4.7 EUR expected cost, 11 EUR at most. Limited by contacts: the next would bring 22.5 EUR.'
 */
export function bestListLine(list: BestList): string {
  checkArguments('bestListLine', ['list', list, 'bestList'])
  const amount = (value: number): string =>
    amountText(value) + (list.currency === null ? '' : ` ${list.currency}`)
  const end =
    list.next === null
      ? 'Nobody else is worth a contact.'
      : `Limited by ${list.limitedBy}: the next would bring ${amount(list.next.expectedProfit)}.`
  return (
    `${amountText(list.rows.length)} of ${amountText(list.customers)} customers to contact, ` +
    `${amountText(list.expectedChurners)} churners expected among them: ${amount(list.expectedProfit)} expected profit, ` +
    `${amount(list.expectedCost)} expected cost, ${amount(list.highestCost)} at most. ${end}`
  )
}

function reservedCosts(
  probability: ArrayLike<number>,
  offer: CheckedOffer,
  reserve: CheckedBudget['reserve'],
): Float64Array {
  const costOf = reserve === 'highestCost' ? highestCostOf : expectedCostOf
  return Float64Array.from(probability, (p, row) => costOf(offer, row, p))
}

function describeList(
  probability: ArrayLike<number>,
  offer: CheckedOffer,
  profit: Float64Array,
  candidates: Int32Array,
  chosen: ChosenContacts,
): BestList {
  const rows = rowsByValue(chosen.rows, profit)
  const listed = new Uint8Array(profit.length)
  for (const row of rows) listed[row] = 1
  let next = -1
  for (const row of candidates) {
    if (listed[row] === 0 && (next === -1 || profit[row]! > profit[next]!)) next = row
  }
  const sums = sumsOfList(rows, probability, offer, profit)
  return {
    rows,
    customers: profit.length,
    ...sums,
    limitedBy: chosen.limitedBy ?? 'profit',
    next: next === -1 ? null : { row: next, expectedProfit: profit[next]! },
    gap: Math.max(0, chosen.bound - sums.expectedProfit),
    currency: offer.currency ?? null,
  }
}
