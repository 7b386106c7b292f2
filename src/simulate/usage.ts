import type { EpochDay } from '../base/days.js'
import type { Random } from '../base/random.js'
import { dataSeason, holidayChance, messagesSeason, minutesSeason } from './calendar.js'
import type { ColumnBuilder } from './columnBuilder.js'
import { cents, drawBetween } from './draws.js'
import type { LineMonth, Simulation } from './lineMonth.js'

/** What was used in a month, recorded or not. */
export interface MonthUsage {
  minutes: number
  dataMb: number
}

/** Rows of an ordinary month at full engagement. */
const rowsOfMonth = 8.9

/**
 * Writes the usage rows of a month and returns its totals. A row sums the usage since the previous row; a month that is
 * not quiet has at least one row.
 */
export function writeUsage(simulation: Simulation, lineMonth: LineMonth): MonthUsage {
  const { month, from, end, random } = lineMonth
  const total: MonthUsage = { minutes: 0, dataMb: 0 }
  if (lineMonth.isQuiet) return total
  const level = monthLevel(simulation, lineMonth)
  const span = end - from
  const wanted = rowsOfMonth * Math.min(1, Math.sqrt(level)) + random.normal()
  const inMonth = span / simulation.months.length(month)
  const count = Math.max(1, Math.min(span, Math.round(wanted * inMonth)))
  const volumes = monthVolumes(simulation, lineMonth, level * inMonth)
  const { usage } = simulation.rows
  const id = usage.id.codeOf(lineMonth.id)
  const dataLost = simulation.world.dataLost(lineMonth.holder.region, month)
  let next = from as number
  for (let row = 0; row < count && next < end; row++) {
    const day = Math.max(next, from + Math.floor(((row + random.uniform()) * span) / count))
    next = day + 1
    const share = drawBetween(random, 0.4, 1.6) / count
    usage.id.push(id)
    usage.day.push(day as EpochDay)
    total.minutes += pushVolume(usage.minutes, volumes.minutes * share, false)
    total.dataMb += pushVolume(usage.dataMb, volumes.dataMb * share, dataLost || random.uniform() < 0.004)
    const messages = Math.round(volumes.messages * share * drawBetween(random, 0.6, 1.4))
    usage.messages.pushUnless(random.uniform() < 0.015, messages)
  }
  return total
}

function monthLevel(simulation: Simulation, { line, month, random }: LineMonth): number {
  const onHoliday = random.uniform() < holidayChance[simulation.months.ofYear(month)]!
  const holiday = onHoliday ? drawBetween(random, 0.25, 0.75) : 1
  return Math.exp(line.engagement + 0.17 * random.normal()) * holiday
}

function monthVolumes(simulation: Simulation, { holder, month, random }: LineMonth, level: number) {
  const ofYear = simulation.months.ofYear(month)
  return {
    minutes: holder.minutes * level * minutesSeason[ofYear]! * noise(random),
    dataMb: holder.dataMb * level * dataSeason[ofYear]! * noise(random),
    messages: holder.messages * level * messagesSeason[ofYear]! * noise(random),
  }
}

function noise(random: Random): number {
  return Math.exp(0.14 * random.normal())
}

function pushVolume(column: ColumnBuilder, volume: number, isLost: boolean): number {
  const recorded = cents(volume)
  if (isLost) column.pushMissing()
  else column.push(recorded)
  return recorded
}
