import type * as z from 'zod'
import { checkTogether } from '../../base/options.js'
import { seededRandom } from '../../base/random.js'
import { groupsRule } from '../../base/sharedRules.js'
import type { Interval } from '../interval/bootstrapInterval.js'
import {
  type GroupOptions,
  groupProblems,
  type ResampleOptions,
  resampleCount,
  resampleOptions,
} from '../interval/bootstrapOptions.js'
import { percentileLimits } from '../interval/intervalLimits.js'
import { drawBinomial } from '../interval/multinomialDraw.js'
import { type WeightOptions, weightOptions } from '../rows/checkedOutcomes.js'
import { type ContactPolicy, contactedBy, contactProfitsOf, policyProblems } from './expectedProfit.js'
import {
  type AcceptanceLaw,
  acceptanceLaw,
  amountOf,
  type CheckedOffer,
  checkOffer,
  listProblems,
  type RetentionOffer,
} from './offer.js'

/** How the uncertainty of a profit is found. */
export interface RealisedProfitOptions extends WeightOptions, GroupOptions, ResampleOptions {
  /** Number of resamples. Integer ≥ 20. Default 1000, fewer for more than 100,000 contacts, at least 100. */
  readonly resamples?: number
}

/** What a list earned on customers whose outcome is known. Counts are sums of weights, money is a total. */
export interface RealisedProfit {
  readonly contacts: number
  /** Part of the customers that is contacted, in [0, 1]. */
  readonly contactedShare: number
  /** Churners among the contacted. */
  readonly churners: number
  /** Money, with the interval over customers and, for a Beta, over the acceptance. */
  readonly profit: Interval
  /** What the probabilities promised for the same list. Far from `profit`: they are not calibrated. */
  readonly predictedProfit: number
}

const realisedOptions = weightOptions.extend({ ...resampleOptions.shape, groups: groupsRule })

type Checked = z.output<typeof realisedOptions>

/**
 * Returns what contacting a list would have earned on customers whose outcome is known, and how sure that is.
 *
 * Use it for the list that was chosen beforehand: by a threshold, by where it pays, or by `bestList`. The outcomes must
 * be those of customers who were not contacted: otherwise customers who were saved count as stayers. Who would have
 * accepted is not observed and enters as its mean. Unlike `maximumProfit` nothing is chosen by the outcome.
 *
 *     profit = sum over contacted churners of (γ·(v − d) − f)  −  sum over contacted stayers of (d + f)
 *
 * with γ the (mean) acceptance, v = customerValue, d = offerCost, f = contactCost. The interval is the percentile
 * bootstrap over customers (or groups), not stratified: how many churn is uncertain too. Each resample draws its
 * acceptance from the Beta, one for the whole campaign; of a number it is taken as known. A row stays with its weight.
 *
 * @param probability predicted churn, shape (n), each in [0, 1]
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed; all equal is an answer too
 * @param offer amounts for all, or by customer, shape (n)
 * @param policy whom to contact; default `paying`, everybody whose contact is expected to earn more than 0
 * @returns money, total over the given customers; same seed, same interval, in any order of rows
 * @throws {HoldfastError} `option-invalid`, `length-differs`, `table-empty`, `value-missing`, `out-of-range`,
 *   `duplicate-id` for a row that is listed twice: all at once. Groups of one customer are `out-of-range`: there is nothing
 *   to draw from
 *
 * O(n + resamples · contacts) time, O(n) memory.
 *
 * @example
 * const offer = { customerValue: 100, offerCost: 10, contactCost: 1, acceptance: 0.5 }
 * const list = realisedProfit([0.9, 0.8, 0.3, 0.1], [1, 0, 1, 0], offer, { threshold: 0.8 })
 * list.profit.value   // one churner, 0.5 · 90 − 1, and one stayer, −11
 * // => 33
 * list.predictedProfit.toFixed(2)
 * // => '71.50'
 *
 * @see `expectedProfit` of `holdfast/profit` where no outcome is known, `profitCurve` of `holdfast/profit` for all cuts of the list
 */
export function realisedProfit(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  offer: RetentionOffer,
  policy: ContactPolicy = 'paying',
  options?: RealisedProfitOptions,
): RealisedProfit {
  const { money, checked } = checkAll(probability, outcome, offer, policy, options)
  const expected = contactProfitsOf(probability, money)
  const contacted = contactedBy(policy, probability, expected)
  const { weight } = checked
  const sums = { customers: 0, contacts: 0, churners: 0, predicted: 0 }
  for (let row = 0; row < contacted.length; row++) {
    const times = weight === undefined ? 1 : weight[row]!
    sums.customers += times
    if (contacted[row] === 0 || times === 0) continue
    sums.contacts += times
    sums.churners += times * outcome[row]!
    sums.predicted += times * expected[row]!
  }
  const law = acceptanceLaw(money.acceptance)
  const units = contactedUnits(contacted, outcome, money, checked)
  const value = units.kept.reduce((sum, kept, unit) => sum + law.mean * kept - units.paid[unit]!, 0)
  const [lower, upper] = profitLimits(units, law, { ...checked, resamples: checked.resamples })
  return {
    contacts: sums.contacts,
    contactedShare: sums.contacts / sums.customers,
    churners: sums.churners,
    profit: { value, lower, upper },
    predictedProfit: sums.predicted,
  }
}

function checkAll(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  offer: RetentionOffer,
  policy: ContactPolicy,
  options: unknown,
): { readonly money: CheckedOffer; readonly checked: Checked } {
  const operation = 'realisedProfit'
  const customers = probability?.length ?? 0
  let money: CheckedOffer | undefined
  const checked = checkTogether(operation, realisedOptions, options, [], (own) => {
    const problems = [
      ...listProblems(probability, outcome, own?.weight),
      ...policyProblems(policy, customers),
      ...groupProblems(own?.groups, { length: customers }, own?.weight),
    ]
    money = checkOffer(offer, customers, problems)
    return problems
  })
  return { money: money!, checked }
}

/** What the contacted units bring: `kept` times the acceptance, minus `paid`. A unit is a row, or a group of rows. */
export interface ContactedUnits {
  /** Shape (contacted units): money kept if every churner stayed, the offer paid. */
  readonly kept: Float64Array
  /** Shape (contacted units): money paid for contacts, and for offers to those who stay anyway. */
  readonly paid: Float64Array
  /** Number of units, contacted or not. */
  readonly units: number
}

/** How often rows count, and which belong together. */
export interface UnitOptions {
  readonly weight?: ArrayLike<number> | undefined
  readonly groups?: ArrayLike<string | number> | undefined
}

/** Returns the units of a list of checked rows: each group, or each row where there are no groups. O(n). */
export function contactedUnits(
  contacted: Uint8Array,
  outcome: ArrayLike<number>,
  offer: CheckedOffer,
  { weight, groups }: UnitOptions,
): ContactedUnits {
  const unitOf = new Map<string | number, number>()
  const kept: number[] = []
  const paid: number[] = []
  for (let row = 0; row < contacted.length; row++) {
    const times = weight === undefined ? 1 : weight[row]!
    if (times === 0 || contacted[row] === 0) continue
    let unit = groups === undefined ? undefined : unitOf.get(groups[row]!)
    if (unit === undefined) {
      unit = kept.push(0) - 1
      paid.push(0)
      if (groups !== undefined) unitOf.set(groups[row]!, unit)
    }
    const cost = amountOf(offer.offerCost, row)
    const churned = outcome[row] === 1
    if (churned) kept[unit]! += times * (amountOf(offer.customerValue, row) - cost)
    paid[unit]! += times * (amountOf(offer.contactCost, row) + (churned ? 0 : cost))
  }
  const rows = Array.from(contacted.keys()).filter((row) => weight?.[row] !== 0)
  const units = groups === undefined ? rows.length : new Set(rows.map((row) => groups[row])).size
  return { kept: Float64Array.from(kept), paid: Float64Array.from(paid), units }
}

/** How the profit is resampled. */
export interface ProfitResampling {
  readonly resamples: number | undefined
  readonly level: number
  readonly seed: number
}

/**
 * Returns the limits of the profit by the percentile bootstrap over units, each resample with an acceptance of its own.
 *
 * Of n units that are drawn with replacement, those that are contacted are a binomial number, and only these are
 * looked at. O(resamples · contacted units).
 */
export function profitLimits(
  contacted: ContactedUnits,
  law: AcceptanceLaw,
  { resamples, level, seed }: ProfitResampling,
): readonly [lower: number, upper: number] {
  const { kept, paid, units } = inOrder(contacted)
  const random = seededRandom(seed)
  const totals = new Float64Array(resampleCount({ resamples }, { customers: kept.length }))
  for (let index = 0; index < totals.length; index++) {
    const acceptance = law.quantile(random.uniform())
    const draws = drawBinomial(units, kept.length / units, random)
    let total = 0
    for (let draw = 0; draw < draws; draw++) {
      const unit = random.integer(kept.length)
      total += acceptance * kept[unit]! - paid[unit]!
    }
    totals[index] = total
  }
  return percentileLimits(totals.sort(), level)
}

/** Units in an order that does not depend on that of the rows, nor do the resamples then. */
function inOrder({ kept, paid, units }: ContactedUnits): ContactedUnits {
  const order = Int32Array.from({ length: kept.length }, (_, unit) => unit)
  order.sort((a, b) => kept[a]! - kept[b]! || paid[a]! - paid[b]!)
  return {
    kept: Float64Array.from(order, (unit) => kept[unit]!),
    paid: Float64Array.from(order, (unit) => paid[unit]!),
    units,
  }
}
