import type { Random } from '../base/random.js'
import { sigmoid } from '../base/statistics.js'
import type { Holder } from './holder.js'
import type { Line } from './line.js'

/** How the bill of the last month is paid in this one. */
export const paymentOutcome = { onTime: 0, late: 1, failed: 2 } as const

/** Draws how a postpaid bill is paid, depending on the customer's finances, habits and intention to stay. */
export function drawPayment(random: Random, line: Line, holder: Holder): number {
  const draw = random.uniform()
  if (line.suspendedMonths > 0) return draw < 0.4 ? paymentOutcome.late : paymentOutcome.failed
  const unwilling = line.wavering > 0 ? 0.6 : 0
  const owing = line.unpaidBills > 0 ? 2.6 : 0
  const strain = 0.9 * line.stress - 0.8 * holder.discipline + unwilling
  const fails = sigmoid(-4.3 + strain + owing)
  if (draw < fails) return paymentOutcome.failed
  return draw < fails + (1 - fails) * sigmoid(-2.6 + 0.7 * strain)
    ? paymentOutcome.late
    : paymentOutcome.onTime
}

/** Updates the customer's finances: two unpaid bills suspend the line from the next month on, until they are paid. */
export function advanceArrears(random: Random, line: Line, outcome: number): void {
  line.stress = 0.85 * line.stress + 0.5 * random.normal()
  if (outcome !== paymentOutcome.failed) {
    line.unpaidBills = 0
    line.suspendedMonths = 0
    return
  }
  line.unpaidBills++
  if (line.unpaidBills >= 2) line.suspendedMonths++
}
