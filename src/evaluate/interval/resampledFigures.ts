import { seededRandom } from '../../base/random.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'
import { type DrawUnits, multinomialDraw } from './drawUnits.js'
import type { ResampleUnits } from './resampleUnits.js'

/** A figure read from the sorted forms of the models, one each. */
export type Statistic = (ranked: readonly RankedOutcomes[]) => number

/** How resamples are drawn. */
export interface ResamplePlan {
  readonly resamples: number
  readonly stratified: boolean
  readonly seed: number
}

/**
 * Returns each statistic on each resample: shape (statistics)(resamples).
 *
 * A resample without churners, or without stayers, has no metrics: it is drawn again. O(resamples · n) time, and
 * O(resamples · units) where units occur often; O(n) memory.
 */
export function resampledFigures(
  units: ResampleUnits,
  ranked: readonly RankedOutcomes[],
  statistics: readonly Statistic[],
  plan: ResamplePlan,
): Float64Array[] {
  const random = seededRandom(plan.seed)
  const draws = drawsOf(units, plan.stratified)
  const times = new Int32Array(units.copies.length)
  const resample = ranked.map((form) => ({
    ...form,
    churned: new Float64Array(form.churned.length),
    stayed: new Float64Array(form.stayed.length),
  }))
  const figures = statistics.map(() => new Float64Array(plan.resamples))
  for (let index = 0; index < plan.resamples; index++) {
    do for (const draw of draws) draw(times, random)
    while (!count(units, times, resample))
    statistics.forEach((statistic, place) => {
      figures[place]![index] = statistic(resample)
    })
  }
  return figures
}

function drawsOf({ copies, unitsWithChurner }: ResampleUnits, stratified: boolean): DrawUnits[] {
  const bounds = stratified ? [0, unitsWithChurner, copies.length] : [0, copies.length]
  return bounds.slice(1).map((end, stratum) => multinomialDraw(copies, bounds[stratum]!, end))
}

interface Resample extends RankedOutcomes {
  churners: number
  customers: number
}

/** Fills the sorted forms with the drawn rows; false where one of the classes is empty. */
function count(units: ResampleUnits, times: Int32Array, resample: Resample[]): boolean {
  const { rowStart, churned, weight, groups } = units
  let churners = 0
  let stayers = 0
  for (const form of resample) {
    form.churned.fill(0)
    form.stayed.fill(0)
  }
  for (let unit = 0; unit < times.length; unit++) {
    if (times[unit] === 0) continue
    for (let row = rowStart[unit]!; row < rowStart[unit + 1]!; row++) {
      const drawn = times[unit]! * weight[row]!
      if (churned[row] === 1) churners += drawn
      else stayers += drawn
      for (let model = 0; model < resample.length; model++) {
        const form = resample[model]!
        const side = churned[row] === 1 ? form.churned : form.stayed
        side[groups[model]![row]!]! += drawn
      }
    }
  }
  for (const form of resample) {
    form.churners = churners
    form.customers = churners + stayers
  }
  return churners > 0 && stayers > 0
}
