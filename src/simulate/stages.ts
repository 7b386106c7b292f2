import { rampLeft } from './engagement.js'
import type { Holder } from './holder.js'
import { type Line, stageIndex, tenureOf } from './line.js'

/** Fewer complete months than this is acquisition. */
const acquisitionMonths = 3
/** Decline begins when engagement falls to this share of the maximum of the months before … */
const declineBegins = 0.7
/** … and ends when it is back at this share: the gap between the two keeps a single month from flipping the stage. */
const declineEnds = 0.85
/** A line grows while its engagement has yet to rise by more than this (logarithm). */
const growthLeft = 0.1

/**
 * Returns the true stage at the start of a month, from the latent engagement and never from what is in the tables.
 *
 * With E(t) the engagement at the start of month t, P = the highest of E(t−1) … E(t−5), r = E(t) / P:
 *
 *     acquisition   tenure < 3 complete months; a re-entry is a new line and begins here again
 *     decline       r <= 0.7 while E still falls; lasts until r > 0.85
 *     growth        engagement has still more than ln 1.1 to gain (new line, larger plan)
 *     maturity      else
 *     churn         the line has ended: cancelled, or silent for good
 *
 * P is a rolling maximum: a line at a lower level for half a year is mature at that level. Checked in this order, but
 * churn first. A suspended line counts a tenth of its engagement.
 */
export function stageOf(line: Line, holder: Holder, month: number): number {
  if (tenureOf(line, month) < acquisitionMonths) return stageIndex.acquisition
  const { trend } = line
  const now = trend[0]!
  let peak = trend[1]!
  for (let past = 2; past < trend.length; past++) peak = Math.max(peak, trend[past]!)
  const ratio = now / peak
  const fallsIn = ratio <= declineBegins && now < trend[1]!
  const remains = line.stage === stageIndex.decline && ratio <= declineEnds
  if (fallsIn || remains) return stageIndex.decline
  const yetToGain = rampLeft(line, holder, month) + line.rising
  return yetToGain > growthLeft + (line.stage === stageIndex.maturity ? 0.05 : 0)
    ? stageIndex.growth
    : stageIndex.maturity
}
