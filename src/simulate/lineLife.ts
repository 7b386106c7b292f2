import { addDays, type EpochDay } from '../base/days.js'
import type { Random } from '../base/random.js'
import { advanceLine, drawChange } from './advance.js'
import { paymentOutcome } from './arrears.js'
import { writeBill, writeBillPayment } from './billing.js'
import { writeContacts, writeLastRequest, writeWinBack } from './contacts.js'
import { writeDevice } from './devices.js'
import { assessMonth, emptyRisk, leaveReasonIndex, type MonthRisk } from './hazards.js'
import type { Holder } from './holder.js'
import type { Line } from './line.js'
import type { LineMonth, Simulation } from './lineMonth.js'
import { writePlan } from './planChanges.js'
import { stageOf } from './stages.js'
import { writeTruth, writeTruthAfterLeaving } from './truth.js'
import { writeUsage } from './usage.js'

/** Earliest and latest day of the month (1 = the first) on which cancellations are carried out. */
export const firstCancelDay = 4
export const lastCancelDay = 28

/** The end of a line. */
export interface Departure {
  /** Index into `leaveReasons`. */
  readonly reason: number
  readonly month: number
  /** Day of cancellation; null where the line fell silent. */
  readonly cancelledAt: EpochDay | null
}

/** A line during the simulation. */
export interface LineLife {
  readonly simulation: Simulation
  readonly id: string
  readonly holderNumber: number
  readonly holder: Holder
  readonly line: Line
  /** Device of the person in each month, as a number. */
  readonly devices: Int32Array
  /** Draws what happens, … */
  readonly latent: Random
  /** … and what is recorded of it, so that records cannot change what happens. */
  readonly recorded: Random
  /** A leaver whom the operator has won back. */
  readonly isWonBack: boolean
}

/** Simulates the months before the first one, unrecorded; true if the line still exists at its start. */
export function survivePast(simulation: Simulation, holder: Holder, line: Line, latent: Random): boolean {
  const risk = emptyRisk()
  const { months, world } = simulation
  for (let month = line.firstWholeMonth; month < 0; month++) {
    assessMonth(risk, line, holder, world, months, month)
    line.stage = stageOf(line, holder, month)
    if (latent.uniform() < risk.leaves) return false
    advanceLine(simulation, holder, line, latent, month, drawChange(simulation, holder, line, latent, month))
  }
  return true
}

/**
 * Simulates and writes the months from `start` to the last one; returns the departure, or null if the line still
 * exists.
 */
export function liveLine(life: LineLife, start: number): Departure | null {
  const { simulation, line } = life
  const risk = emptyRisk()
  if (life.isWonBack) writeWinBack(simulation, monthOf(life, start, null, false))
  let departure: Departure | null = null
  for (let month = start; month < simulation.months.count; month++) {
    if (departure !== null) writeTruthAfterLeaving(simulation, life.id, life.holderNumber, month)
    else if (month < line.firstWholeMonth) liveFirstDays(life, month)
    else departure = liveMonth(life, month, risk)
  }
  writePlan(simulation, life.id, line, departure?.cancelledAt ?? null)
  return departure
}

/** The days between activation and the first whole month: usage and recharges, nothing else. */
function liveFirstDays(life: LineLife, month: number): void {
  const lineMonth = monthOf(life, month, null, false)
  writeBill(life.simulation, lineMonth, writeUsage(life.simulation, lineMonth))
  writeContacts(life.simulation, lineMonth, 0, false)
  writeDevice(life.simulation, lineMonth, life.devices)
}

function liveMonth(life: LineLife, month: number, risk: MonthRisk): Departure | null {
  const { simulation, line, holder, latent } = life
  assessMonth(risk, line, holder, simulation.world, simulation.months, month)
  line.stage = stageOf(line, holder, month)
  const reason = drawReason(latent, risk)
  const cancelDay = firstCancelDay + latent.integer(lastCancelDay - firstCancelDay + 1)
  const isQuiet = latent.uniform() < risk.quiet
  writeTruth(simulation, life.id, life.holderNumber, line, month, risk, reason)
  if (reason === leaveReasonIndex.silent) return { reason, month, cancelledAt: null }
  const cancelledAt =
    reason === leaveReasonIndex.stays ? null : addDays(simulation.months.start(month), cancelDay - 1)
  const lineMonth = monthOf(life, month, cancelledAt, isQuiet)
  if (cancelledAt !== null) {
    liveLastDays(life, lineMonth, reason)
    return { reason, month, cancelledAt }
  }
  liveWholeMonth(life, lineMonth)
  return null
}

function drawReason(latent: Random, risk: MonthRisk): number {
  let rest = latent.uniform()
  for (let reason = 0; reason < risk.byReason.length; reason++) {
    rest -= risk.byReason[reason]!
    if (rest < 0) return reason
  }
  return leaveReasonIndex.stays
}

function liveLastDays(life: LineLife, lineMonth: LineMonth, reason: number): void {
  const { simulation } = life
  writeBill(simulation, lineMonth, writeUsage(simulation, lineMonth))
  if (reason !== leaveReasonIndex.arrears) {
    if (!life.holder.prepaid) writeBillPayment(simulation, lineMonth, paymentOutcome.onTime)
    writeLastRequest(simulation, lineMonth)
  }
  writeDevice(simulation, lineMonth, life.devices)
}

function liveWholeMonth(life: LineLife, lineMonth: LineMonth): void {
  const { simulation, line, holder, latent } = life
  const change = drawChange(simulation, holder, line, latent, lineMonth.month)
  if (change !== null) writePlan(simulation, life.id, line, change.day)
  const events = advanceLine(simulation, holder, line, latent, lineMonth.month, change)
  writeBillPayment(simulation, lineMonth, events.payment)
  writeBill(simulation, lineMonth, writeUsage(simulation, lineMonth))
  writeContacts(simulation, lineMonth, events.complaint, change !== null)
  writeDevice(simulation, lineMonth, life.devices)
}

function monthOf(life: LineLife, month: number, cancelledAt: EpochDay | null, isQuiet: boolean): LineMonth {
  const { id, line, holder, recorded } = life
  const { months } = life.simulation
  const start = months.start(month)
  const from = Math.max(start, line.activatedAt) as EpochDay
  const end = cancelledAt ?? months.start(month + 1)
  const isWhole = from === start && cancelledAt === null
  const isSuspended = line.suspendedMonths > 0
  return { id, line, holder, month, from, end, isWhole, isQuiet, isSuspended, random: recorded }
}
