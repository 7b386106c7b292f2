import type { Random } from '../base/random.js'
import type { Holder } from './holder.js'
import type { Line } from './line.js'
import type { World } from './world.js'

/** Outcome of the complaints of a month. */
export const complaintOutcome = { none: 0, handled: 1, handledBadly: 2 } as const

/** Draws whether the customer complains in the month, and with what outcome. */
export function drawComplaint(
  random: Random,
  line: Line,
  holder: Holder,
  world: World,
  month: number,
): number {
  const trouble =
    Math.max(0, -world.network(holder.region, month)) +
    0.8 * line.priceShock +
    0.35 * Math.max(0, -line.satisfaction)
  const chance = Math.min(0.6, (0.012 + 0.075 * trouble) * holder.outspoken)
  if (random.uniform() >= chance) return complaintOutcome.none
  return random.uniform() < world.badHandling(holder.region)
    ? complaintOutcome.handledBadly
    : complaintOutcome.handled
}

/** Moves satisfaction through the month: back towards its usual level, pushed by what happened. */
export function advanceSatisfaction(
  random: Random,
  line: Line,
  holder: Holder,
  world: World,
  month: number,
  complaint: number,
  rise: number,
): void {
  const home =
    holder.contentment +
    0.7 * world.network(holder.region, month) -
    0.7 * line.priceShock * holder.priceSensitivity
  line.satisfaction += 0.22 * (home - line.satisfaction) + 0.16 * random.normal()
  if (complaint === complaintOutcome.handledBadly) line.satisfaction -= 0.9
  if (complaint === complaintOutcome.handled) line.satisfaction += 0.1
  if (line.courted) line.satisfaction += 0.25
  line.satisfaction = Math.max(-3, Math.min(3, line.satisfaction))
  advancePriceShock(line, month, rise)
}

/** The end of a welcome offer and a higher fee are felt with the first higher bill. */
function advancePriceShock(line: Line, month: number, rise: number): void {
  line.priceShock *= 0.68
  if (line.promotionShare > 0 && month + 1 === line.promotionEndMonth)
    line.priceShock += 1.6 * line.promotionShare
  line.priceShock += 5 * rise
}
