import type { Random } from '../base/random.js'
import { advanceArrears, drawPayment, paymentOutcome } from './arrears.js'
import { advanceEngagement, advanceIntent } from './engagement.js'
import type { Holder } from './holder.js'
import type { Line } from './line.js'
import type { Simulation } from './lineMonth.js'
import { applyPlanChange, drawPlanChange, feeRise, type PlanChange } from './planChanges.js'
import { advanceSatisfaction, drawComplaint } from './satisfaction.js'

/** What happened in a month and leaves a record. */
export interface MonthEvents {
  /** See `complaintOutcome`. */
  readonly complaint: number
  /** See `paymentOutcome`. */
  readonly payment: number
}

/** Draws the change of plan of a month for a line that stays; null = none. */
export function drawChange(
  { world, months }: Simulation,
  holder: Holder,
  line: Line,
  random: Random,
  month: number,
): PlanChange | null {
  return line.suspendedMonths > 0 ? null : drawPlanChange(random, line, holder, world, months, month)
}

/**
 * Moves the latent state of a line that stays from the start of a month to the start of the next. Events in the month
 * affect leaving only from the next month on, so that the probability assessed at the month's start is exact.
 */
export function advanceLine(
  { world, months }: Simulation,
  holder: Holder,
  line: Line,
  random: Random,
  month: number,
  change: PlanChange | null,
): MonthEvents {
  const rise = feeRise(line, world, months, month)
  if (change !== null) applyPlanChange(line, change)
  const complaint = drawComplaint(random, line, holder, world, month)
  const isBilled = !holder.prepaid && !holder.officialFree && month > line.firstWholeMonth
  const payment = isBilled ? drawPayment(random, line, holder) : paymentOutcome.onTime
  advanceIntent(random, line, holder, world, months, month)
  advanceSatisfaction(random, line, holder, world, month, complaint, rise)
  advanceEngagement(random, line, holder, month)
  advanceArrears(random, line, payment)
  return { complaint, payment }
}
