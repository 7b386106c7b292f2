import { addDays, type EpochDay } from '../base/days.js'
import { dayWithin, type LineMonth, type Simulation } from './lineMonth.js'
import { complaintOutcome } from './satisfaction.js'

/** Kinds of contacts; `offer` and `win-back` come from the operator, the others from the customer. */
export const contactKinds = [
  'query',
  'complaint',
  'cancel-request',
  'offer',
  'plan-change',
  'win-back',
] as const

/** Share of contacts that are not recorded. */
const unrecorded = 0.04

/** Writes the contacts of a month. */
export function writeContacts(
  simulation: Simulation,
  lineMonth: LineMonth,
  complaint: number,
  hasNewPlan: boolean,
): void {
  const { line, month, random } = lineMonth
  const isNew = month <= line.firstWholeMonth
  if (random.uniform() < (isNew ? 0.14 : 0.045))
    write(simulation, lineMonth, dayWithin(lineMonth, 0, 1), 'query')
  if (complaint !== complaintOutcome.none) {
    write(simulation, lineMonth, dayWithin(lineMonth, 0, 0.8), 'complaint')
    const calledAgain = random.uniform() < (complaint === complaintOutcome.handledBadly ? 0.45 : 0.1)
    if (calledAgain) write(simulation, lineMonth, dayWithin(lineMonth, 0.8, 1), 'complaint')
  }
  if (line.asked) write(simulation, lineMonth, dayWithin(lineMonth, 0, 0.85), 'cancel-request')
  if (line.courted) write(simulation, lineMonth, dayWithin(lineMonth, 0.85, 1), 'offer')
  if (hasNewPlan && random.uniform() < 0.6) write(simulation, lineMonth, line.planFrom, 'plan-change')
}

/** Writes the request that comes before some cancellations, one to ten days ahead within the month. */
export function writeLastRequest(simulation: Simulation, lineMonth: LineMonth): void {
  const { from, end, random } = lineMonth
  if (random.uniform() >= 0.4) return
  const day = addDays(end, -1 - random.integer(10))
  if (day >= from) write(simulation, lineMonth, day, 'cancel-request')
}

/** Writes the contact with which the operator wins a leaver back, on the first day of the new line. */
export function writeWinBack(simulation: Simulation, lineMonth: LineMonth): void {
  write(simulation, lineMonth, lineMonth.from, 'win-back')
}

function write(
  simulation: Simulation,
  { id, random }: LineMonth,
  day: EpochDay,
  kind: (typeof contactKinds)[number],
): void {
  if (random.uniform() < unrecorded) return
  const { contacts } = simulation.rows
  contacts.id.push(contacts.id.codeOf(id))
  contacts.day.push(day)
  contacts.kind.push(contacts.kind.codeOf(kind))
}
