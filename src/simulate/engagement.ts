import type { Random } from '../base/random.js'
import type { SimulatedMonths } from './calendar.js'
import { heatOf } from './hazards.js'
import type { Holder } from './holder.js'
import { type Line, neverEnds, tenureOf, trendMonths } from './line.js'
import { planCatalogue } from './plans.js'
import type { World } from './world.js'

/** After this many months the thought of leaving has worn off. */
const longestWavering = 8

/** How far engagement is still below its plateau because the line is new (logarithm). */
export function rampLeft(line: Line, holder: Holder, month: number): number {
  return holder.rampDepth * Math.exp(-Math.max(0, tenureOf(line, month)) / holder.rampMonths)
}

/** Draws whether the customer starts or stops to consider leaving, asks to cancel, or has a life event. */
export function advanceIntent(
  random: Random,
  line: Line,
  holder: Holder,
  world: World,
  months: SimulatedMonths,
  month: number,
): void {
  const heat = heatOf(line, holder, world, month)
  line.lifeEvent = random.uniform() < 0.012
  const draw = random.uniform()
  if (line.wavering === 0) {
    line.asked = false
    line.courted = false
    if (draw < 1 - Math.exp(-waveringRate(line, heat, months, month))) line.wavering = 1
    return
  }
  const calm = 0.16 * Math.exp(0.7 * line.satisfaction) + (line.courted ? 0.3 : 0)
  if (line.wavering >= longestWavering || draw < 1 - Math.exp(-calm)) {
    line.wavering = 0
    line.asked = false
    line.courted = false
    return
  }
  line.wavering++
  line.asked = random.uniform() < 0.1
  line.courted = line.asked && !holder.doNotDisturb && random.uniform() < 0.6
}

function waveringRate(line: Line, heat: number, months: SimulatedMonths, month: number): number {
  const sincePromotion = month - line.promotionEndMonth
  const promotion = line.promotionShare > 0 && sincePromotion >= -1 && sincePromotion <= 3 ? 2.4 : 1
  const contractLeft = (line.contractEnd - months.start(month)) / 30.4
  const hasContract = line.contractEnd !== neverEnds
  const contract = !hasContract ? 1 : contractLeft > 4 ? 0.5 : contractLeft > -4 ? 2.6 : 1
  const converged = planCatalogue[line.plan]!.converged ? 0.4 : 1
  const newness = 1 / (1 + tenureOf(line, month) / 60)
  return 0.07 * Math.exp(0.85 * heat) * promotion * contract * converged * newness
}

/** Moves engagement through the month towards its target, and records it. */
export function advanceEngagement(random: Random, line: Line, holder: Holder, month: number): void {
  if (line.wavering > 0)
    line.fall = Math.min(2.6, line.fall + holder.fadeRate * (0.6 + 0.8 * random.uniform()))
  else line.fall *= 0.5
  const sulk = 0.1 * Math.max(0, -line.satisfaction)
  line.rising *= 0.7
  const target = line.plateau - line.rising - rampLeft(line, holder, month + 1) - line.fall - sulk
  line.engagement += 0.65 * (target - line.engagement) + 0.04 * random.normal()
  line.trend.copyWithin(1, 0, trendMonths - 1)
  line.trend[0] = Math.exp(line.engagement) * (line.suspendedMonths > 0 ? 0.1 : 1)
}
