import { addDays, type EpochDay } from '../base/days.js'
import { paymentOutcome } from './arrears.js'
import { cents, drawBetween } from './draws.js'
import { dayWithin, type LineMonth, type Simulation } from './lineMonth.js'
import { overageOf } from './plans.js'
import type { MonthUsage } from './usage.js'

/** Kinds of payments: a bill paid on time, paid late, or not collected; a top-up of a prepaid line. */
export const paymentKinds = ['payment', 'late', 'failed', 'recharge'] as const

/** Charge of a month, billed at its end. */
interface Charge {
  readonly amount: number
  readonly overage: number
  readonly discount: number
}

/**
 * Writes the bill of a month and the recharges that cover it.
 *
 * Only whole months are billed: not the month of activation (unless on its first day) or of cancellation, nor suspended
 * months, nor months that cost nothing, such as those of a silent line.
 */
export function writeBill(simulation: Simulation, lineMonth: LineMonth, used: MonthUsage): void {
  const { line, holder, month } = lineMonth
  const charge = chargeOf(simulation, lineMonth, used)
  if (holder.prepaid) writeRecharges(simulation, lineMonth, charge.amount)
  if (!lineMonth.isWhole || lineMonth.isSuspended || charge.amount <= 0) return
  const { bills } = simulation.rows
  bills.id.push(bills.id.codeOf(lineMonth.id))
  bills.period.push(simulation.months.start(month))
  bills.amount.push(charge.amount)
  bills.overage.push(charge.overage)
  bills.discount.push(charge.discount)
  line.lastBill = charge.amount
  if (!holder.prepaid) line.balance -= charge.amount
}

function chargeOf(simulation: Simulation, lineMonth: LineMonth, used: MonthUsage): Charge {
  const { line, holder, month, from, end } = lineMonth
  if (holder.officialFree || lineMonth.isSuspended) return { amount: 0, overage: 0, discount: 0 }
  const inMonth = (end - from) / simulation.months.length(month)
  const hasOffer = line.promotionShare > 0 && month < line.promotionEndMonth
  const fee = line.fee * inMonth
  const discount = hasOffer ? cents(fee * line.promotionShare) : 0
  const overage = cents(overageOf(line.plan, used.minutes, used.dataMb))
  return { amount: cents(fee - discount + overage), overage, discount }
}

const rechargeSizes = [10, 20, 30, 50, 100, 200]

function writeRecharges(simulation: Simulation, lineMonth: LineMonth, charge: number): void {
  const { line, random, from, end } = lineMonth
  // Customers who consider leaving let the balance run down.
  const reserve = line.wavering > 0 ? 0.05 * charge : Math.max(5, drawBetween(random, 0.2, 0.8) * charge)
  const wished = charge * drawBetween(random, 0.3, 1.1)
  const size = rechargeSizes.find((amount) => amount >= wished) ?? 200
  const count = Math.min(4, Math.max(0, Math.ceil((charge + reserve - line.balance) / size)))
  let spent = 0
  for (let index = 0; index < count; index++) {
    const day = dayWithin(lineMonth, index / count, (index + 1) / count)
    const spentUntil = (charge * (day - from)) / (end - from)
    line.balance = cents(Math.max(0, line.balance - (spentUntil - spent)) + size)
    spent = spentUntil
    writePayment(simulation, lineMonth, day, size, 'recharge')
  }
  line.balance = cents(Math.max(0, line.balance - (charge - spent)))
}

/** Writes the payment of a postpaid line's last bill in this month, by {@link paymentOutcome}. */
export function writeBillPayment(simulation: Simulation, lineMonth: LineMonth, outcome: number): void {
  const { line, month, end, random } = lineMonth
  const owed = cents(-line.balance)
  if (owed <= 0) return
  const offset = outcome === paymentOutcome.late ? 20 + random.integer(8) : 8 + random.integer(11)
  const day = addDays(simulation.months.start(month), offset)
  if (day >= end) return
  if (outcome === paymentOutcome.failed) {
    writePayment(simulation, lineMonth, day, Math.min(owed, line.lastBill), 'failed')
    return
  }
  line.balance = 0
  writePayment(simulation, lineMonth, day, owed, outcome === paymentOutcome.late ? 'late' : 'payment')
}

function writePayment(
  simulation: Simulation,
  { id, line, random }: LineMonth,
  day: EpochDay,
  amount: number,
  kind: (typeof paymentKinds)[number],
): void {
  const { payments } = simulation.rows
  payments.id.push(payments.id.codeOf(id))
  payments.day.push(day)
  payments.amount.push(amount)
  payments.kind.push(payments.kind.codeOf(kind))
  payments.balance.pushUnless(random.uniform() < 0.03, line.balance)
}
