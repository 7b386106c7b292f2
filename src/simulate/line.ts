import { addMonths, type EpochDay } from '../base/days.js'
import type { Random } from '../base/random.js'
import type { SimulatedMonths } from './calendar.js'
import { drawBetween } from './draws.js'
import type { Holder } from './holder.js'
import { drawContractMonths, drawPlan, drawPromotionMonths, planCatalogue } from './plans.js'

/** True stage of a line, see `stages.ts`. */
export const stages = ['acquisition', 'growth', 'maturity', 'decline', 'churn'] as const

/** Index into {@link stages}. */
export const stageIndex = { acquisition: 0, growth: 1, maturity: 2, decline: 3, churn: 4 } as const

/** Months of past engagement that the true stage looks at. */
export const trendMonths = 6

/** A line that will not end. */
export const neverEnds = -1

/**
 * One line of a person with its latent state, which months advance in place. A plain mutable record, because it is in
 * the inner loop of the simulator.
 */
export interface Line {
  /** 0 for the first line of the person, 1, 2, … for second cards and re-entries. */
  readonly number: number
  readonly activatedAt: EpochDay
  /** First month at whose start the line exists; before it there is at most a part of a month. */
  readonly firstWholeMonth: number
  plan: number
  /** Since when the plan is in force. */
  planFrom: EpochDay
  fee: number
  /** End of the agreement, or {@link neverEnds} if there was none. */
  contractEnd: number
  /** Share of the fee that the welcome offer takes off, and the month in which it no longer does. */
  promotionShare: number
  promotionEndMonth: number
  satisfaction: number
  /** Logarithm of the engagement at the start of the month: 0 = full use by this person. */
  engagement: number
  /** Level at which engagement settles, changed by plan changes. */
  plateau: number
  /** The part of the plateau's last rise that is still to come. */
  rising: number
  /** How far engagement has been pulled down by the thought of leaving. */
  fall: number
  /** Months since the customer began to consider leaving; 0 = does not. */
  wavering: number
  /** Asked for a cancellation last month. */
  asked: boolean
  /** Got an offer to stay last month. */
  courted: boolean
  /** Memory of higher bills, fading. */
  priceShock: number
  /** A life event (moving house, new employer) that makes this line unnecessary; unknown to the operator. */
  lifeEvent: boolean
  /** Financial stress; mean 0. */
  stress: number
  /** Number of unpaid bills. */
  unpaidBills: number
  /** Whole months that the line is suspended for arrears; 0 = it is not. */
  suspendedMonths: number
  /** Money on the account; negative = owed. */
  balance: number
  /** Bill of the last whole month. */
  lastBill: number
  stage: number
  /** Engagement at the starts of the last months (not logarithms), the latest at `trend[0]`. */
  readonly trend: Float64Array
}

/** Returns a new line on its first day. */
export function startLine(
  random: Random,
  holder: Holder,
  months: SimulatedMonths,
  number: number,
  activatedAt: EpochDay,
  activationMonth: number,
): Line {
  const plan = drawPlan(random, holder)
  const contractMonths = drawContractMonths(random, plan, holder.hopper)
  const promotionMonths = drawPromotionMonths(random, holder.hopper)
  const firstWholeMonth =
    months.start(activationMonth) === activatedAt ? activationMonth : activationMonth + 1
  const engagement = -holder.rampDepth
  return {
    number,
    activatedAt,
    firstWholeMonth,
    plan,
    planFrom: activatedAt,
    fee: planCatalogue[plan]!.fee,
    contractEnd: contractMonths === 0 ? neverEnds : addMonths(activatedAt, contractMonths),
    promotionShare: promotionMonths === 0 ? 0 : drawBetween(random, 0.2, holder.hopper ? 0.5 : 0.4),
    promotionEndMonth: firstWholeMonth + promotionMonths,
    satisfaction: holder.contentment + 0.2 + 0.3 * random.normal(),
    engagement,
    plateau: 0,
    rising: 0,
    fall: 0,
    wavering: 0,
    asked: false,
    courted: false,
    priceShock: 0,
    lifeEvent: false,
    stress: random.normal(),
    unpaidBills: 0,
    suspendedMonths: 0,
    balance: holder.prepaid ? drawBetween(random, 20, 80) : 0,
    lastBill: planCatalogue[plan]!.fee,
    stage: stageIndex.acquisition,
    trend: new Float64Array(trendMonths).fill(Math.exp(engagement)),
  }
}

/** Complete months since activation at the start of a month. */
export function tenureOf(line: Line, month: number): number {
  return month - line.firstWholeMonth
}
