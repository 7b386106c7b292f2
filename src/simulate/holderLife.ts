import { addDays, type EpochDay } from '../base/days.js'
import type { Random } from '../base/random.js'
import { pastMonths } from './calendar.js'
import { writeCustomer } from './customers.js'
import { drawDevices } from './devices.js'
import { leaveReasonIndex } from './hazards.js'
import { drawHolder, type Holder } from './holder.js'
import { type Line, startLine } from './line.js'
import { type Departure, liveLine, survivePast } from './lineLife.js'
import type { Simulation } from './lineMonth.js'

/** Most lines of one person. */
export const linesPerHolder = 4
/** Arrivals in a month as a share of the customers, which keeps the base level. */
const arrivalRate = 0.046
const secondCardChance = 0.06
const winBackChance = 0.1
const transferReturns = 0.9

/** A person during the simulation, with their lines. */
interface HolderLife {
  readonly simulation: Simulation
  readonly number: number
  readonly holder: Holder
  readonly random: Random
  readonly devices: Int32Array
  lines: number
}

/** Simulates and writes all lines of a person, in the order in which they begin. */
export function liveHolder(simulation: Simulation, number: number, random: Random): void {
  const { months } = simulation
  const isPresent = random.uniform() < 1 / (1 + arrivalRate * months.count)
  const devices = drawDevices(random.fork(0), number, months.count)
  const lineRandom = random.fork(1)
  const arrival = isPresent
    ? drawPresent(simulation, random, lineRandom)
    : drawArrival(simulation, random, lineRandom)
  const life: HolderLife = { simulation, number, holder: arrival.holder, random, devices, lines: 0 }
  const departure = live(life, arrival.line, arrival.month, lineRandom, false)
  if (random.uniform() < secondCardChance) addSecondCard(life, Math.max(0, arrival.month), departure)
  followUp(life, departure)
}

interface Arrival {
  readonly holder: Holder
  readonly line: Line
  readonly month: number
}

/**
 * Draws a person who was activated before the first month and is still a customer: arrivals of all past months are
 * simulated until one survives, so that tenure, character and state have the mix that leaving itself produces.
 */
function drawPresent(simulation: Simulation, random: Random, lineRandom: Random): Arrival {
  for (;;) {
    const holder = drawHolder(random)
    const month = -1 - random.integer(pastMonths - 1)
    const line = startLine(
      lineRandom,
      holder,
      simulation.months,
      0,
      drawDay(simulation, random, month),
      month,
    )
    if (!survivePast(simulation, holder, line, lineRandom)) continue
    // The bill of the month before the first is in no table, but its payment is.
    if (!holder.prepaid && !holder.officialFree) line.balance = -line.fee
    return { holder, line, month: 0 }
  }
}

function drawArrival(simulation: Simulation, random: Random, lineRandom: Random): Arrival {
  const holder = drawHolder(random)
  const month = random.integer(simulation.months.count)
  const day = drawDay(simulation, random, month)
  return { holder, line: startLine(lineRandom, holder, simulation.months, 0, day, month), month }
}

function drawDay({ months }: Simulation, random: Random, month: number): EpochDay {
  return addDays(months.start(month), random.integer(months.length(month)))
}

function live(
  life: HolderLife,
  line: Line,
  month: number,
  latent: Random,
  isWonBack: boolean,
): Departure | null {
  const { simulation, number, holder, devices } = life
  const id = `C${String(number * linesPerHolder + life.lines).padStart(8, '0')}`
  const recorded = life.random.fork(100 + life.lines)
  life.lines++
  const departure = liveLine(
    { simulation, id, holderNumber: number, holder, line, devices, latent, recorded, isWonBack },
    month,
  )
  writeCustomer(simulation, id, holder, line, departure?.cancelledAt ?? null)
  return departure
}

/** A second card in the same device, while the first line exists. */
function addSecondCard(life: HolderLife, from: number, departure: Departure | null): void {
  const { simulation, random } = life
  const month = from + 1 + random.integer(simulation.months.count)
  if (month >= (departure?.month ?? simulation.months.count)) return
  addLine(life, drawDay(simulation, random, month), month, false)
}

/**
 * What follows a departure: an immediate return under a new number (transfer), a win-back after some months, or
 * nothing.
 */
function followUp(life: HolderLife, first: Departure | null): void {
  const { months } = life.simulation
  let departure = first
  while (departure !== null && life.lines < linesPerHolder) {
    const isTransfer = departure.reason === leaveReasonIndex.transfer
    const returns =
      departure.reason === leaveReasonIndex.arrears ? 0 : isTransfer ? transferReturns : winBackChance
    if (life.random.uniform() >= returns) return
    const delay = isTransfer ? 0 : 2 + life.random.integer(5)
    const month = departure.month + delay
    if (month >= months.count) return
    const day = isTransfer
      ? dayAfterTransfer(life, departure.cancelledAt!, month)
      : drawDay(life.simulation, life.random, month)
    departure = addLine(life, day, month, !isTransfer)
  }
}

/** Within two days, in the same month. */
function dayAfterTransfer(
  { simulation, random }: HolderLife,
  cancelledAt: EpochDay,
  month: number,
): EpochDay {
  const lastOfMonth = addDays(simulation.months.start(month + 1), -1)
  return Math.min(addDays(cancelledAt, random.integer(3)), lastOfMonth) as EpochDay
}

function addLine(life: HolderLife, day: EpochDay, month: number, isWonBack: boolean): Departure | null {
  const latent = life.random.fork(10 + life.lines)
  const line = startLine(latent, life.holder, life.simulation.months, life.lines, day, month)
  return live(life, line, month, latent, isWonBack)
}
