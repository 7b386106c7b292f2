import { addMonths, type EpochDay } from '../base/days.js'
import type { Random } from '../base/random.js'
import { sigmoid } from '../base/statistics.js'
import type { SimulatedMonths } from './calendar.js'
import type { Holder } from './holder.js'
import { type Line, neverEnds, tenureOf } from './line.js'
import type { Simulation } from './lineMonth.js'
import { neighbourPlan, planCatalogue } from './plans.js'
import type { World } from './world.js'

/** A change of plan, fee or agreement in a month. */
export interface PlanChange {
  readonly day: EpochDay
  readonly plan: number
  readonly fee: number
  readonly contractEnd: number
}

/** The smallest of the converged plans. */
const smallestConverged = planCatalogue.findIndex((plan) => plan.converged)

/** Rise of the fee at the start of the month; an agreement in force protects against it. */
export function feeRise(line: Line, world: World, months: SimulatedMonths, month: number): number {
  if (line.fee === 0 || line.contractEnd > months.start(month)) return 0
  return world.priceRise(line.plan, month)
}

/** Draws the change of a month, at most one; null = none. */
export function drawPlanChange(
  random: Random,
  line: Line,
  holder: Holder,
  world: World,
  months: SimulatedMonths,
  month: number,
): PlanChange | null {
  const start = months.start(month)
  const draw = random.uniform()
  const day = (start + 1 + random.integer(months.length(month) - 1)) as EpochDay
  const same = { plan: line.plan, fee: line.fee, contractEnd: line.contractEnd }
  const rise = feeRise(line, world, months, month)
  if (rise > 0) return { ...same, day: start, fee: Math.round(line.fee * (1 + rise)) }
  if (line.contractEnd >= start && line.contractEnd < months.start(month + 1)) {
    if (draw >= renewalChance(line)) return null
    const length = holder.prepaid || draw < 0.3 ? 12 : 24
    return { ...same, day: line.contractEnd as EpochDay, contractEnd: addMonths(start, length) }
  }
  const step = drawStep(draw, line, holder)
  if (step === 0) return drawMigration(random, line, holder, months, month, day)
  const plan = neighbourPlan(line.plan, step)
  if (plan === line.plan) return null
  return { day, plan, fee: planCatalogue[plan]!.fee, contractEnd: line.contractEnd }
}

function renewalChance(line: Line): number {
  return sigmoid(0.1 + 0.9 * line.satisfaction - (line.wavering > 0 ? 1.8 : 0))
}

function drawStep(draw: number, line: Line, holder: Holder): 1 | 0 | -1 {
  const allowance = planCatalogue[line.plan]!.dataMb
  const outgrown = holder.dataMb * Math.exp(line.engagement) > 1.2 * allowance
  const up = line.wavering > 0 ? 0 : 0.004 + (outgrown ? 0.02 : 0)
  const down = 0.003 + (line.wavering > 0 ? 0.025 : 0) + 0.02 * line.priceShock
  if (draw < up) return 1
  return draw < up + down ? -1 : 0
}

/** A satisfied postpaid customer may move to a plan with broadband and television, bound for two years. */
function drawMigration(
  random: Random,
  line: Line,
  holder: Holder,
  months: SimulatedMonths,
  month: number,
  day: EpochDay,
): PlanChange | null {
  const isOpen = !holder.prepaid && !holder.hopper && !planCatalogue[line.plan]!.converged
  if (!isOpen || line.satisfaction < 0 || line.wavering > 0 || tenureOf(line, month) < 6) return null
  if (random.uniform() >= 0.002) return null
  const { fee } = planCatalogue[smallestConverged]!
  return { day, plan: smallestConverged, fee, contractEnd: addMonths(months.start(month), 24) }
}

/** Applies the change. */
export function applyPlanChange(line: Line, change: PlanChange): void {
  if (change.plan > line.plan) {
    line.plateau = Math.min(0.6, line.plateau + 0.25)
    line.rising += 0.25
  } else if (change.plan < line.plan) line.plateau = Math.max(-0.4, line.plateau - 0.15)
  line.plan = change.plan
  line.fee = change.fee
  line.contractEnd = change.contractEnd
  line.planFrom = change.day
}

/**
 * Writes the plan that was in force from `line.planFrom` until the day before `to`, or still is. A plan from before the
 * first month is written as beginning with it, because earlier days are in no table.
 */
export function writePlan(simulation: Simulation, id: string, line: Line, to: EpochDay | null): void {
  const from = Math.max(line.planFrom, simulation.months.start(0))
  if (to !== null && to <= from) return
  const { plans } = simulation.rows
  const plan = planCatalogue[line.plan]!
  plans.id.push(plans.id.codeOf(id))
  plans.from.push(from)
  plans.to.pushUnless(to === null, to ?? 0)
  plans.plan.push(plans.plan.codeOf(plan.name))
  plans.fee.push(line.fee)
  plans.contractEnd.pushUnless(line.contractEnd === neverEnds, line.contractEnd)
  plans.converged.push(plan.converged ? 1 : 0)
  plans.bound.push(line.contractEnd > from ? 1 : 0)
}
