import { type Random, seededRandom } from '../../base/random.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'
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

/** Fills the counts of a stretch of units with one draw, with replacement, of as many as there are. */
export type DrawUnits = (times: Int32Array, random: Random) => void

// 1000 resamples of 100,000 units: a place each is drawn in 13 to 45 ns, a binomial count takes 250 to 350 ns however
// many it stands for.
const copiesWorthABinomial = 16

/** Returns the multinomial draw of the units from `first` to before `end`. O(the smaller of draws and 16 · units). */
export function multinomialDraw(copies: Float64Array, first: number, end: number): DrawUnits {
  let draws = 0
  for (let unit = first; unit < end; unit++) draws += copies[unit]!
  if (draws > copiesWorthABinomial * (end - first)) return binomialDraw(copies, first, end, draws)
  const unitAt = new Int32Array(draws)
  for (let unit = first, place = 0; unit < end; unit++) {
    unitAt.fill(unit, place, place + copies[unit]!)
    place += copies[unit]!
  }
  // The product favours no place by more than draws / 2^32, less than a resample can show; a remainder, which needs a
  // division, takes three times as long.
  const scale = draws / 4_294_967_296
  return (times, random) => {
    times.fill(0, first, end)
    for (let drawn = 0; drawn < draws; drawn++) times[unitAt[Math.floor(random.uint32() * scale)]!]! += 1
  }
}

/** The count of each unit given those before it is binomial. */
function binomialDraw(copies: Float64Array, first: number, end: number, draws: number): DrawUnits {
  return (times, random) => {
    let left = draws
    let copiesLeft = draws
    for (let unit = first; unit < end; unit++) {
      const isLast = unit === end - 1
      times[unit] = isLast ? left : drawBinomial(left, copies[unit]! / copiesLeft, random)
      left -= times[unit]!
      copiesLeft -= copies[unit]!
    }
  }
}

/**
 * Returns the number of successes in `trials` independent trials of probability `share`, share in [0, 1].
 *
 * Exact in distribution: inversion where few successes are expected, else the transformed rejection BTRS of Hörmann
 * (1993), The generation of binomial random variates. Constant expected time.
 */
export function drawBinomial(trials: number, share: number, random: Random): number {
  if (share > 0.5) return trials - drawBinomial(trials, 1 - share, random)
  if (trials === 0 || share <= 0) return 0
  return trials * share < 10 ? byInversion(trials, share, random) : byRejection(trials, share, random)
}

function byInversion(trials: number, share: number, random: Random): number {
  const odds = share / (1 - share)
  const none = Math.exp(trials * Math.log1p(-share))
  for (;;) {
    let left = random.uniform()
    let mass = none
    for (let count = 0; count <= trials; count++) {
      if (left < mass) return count
      left -= mass
      mass *= (odds * (trials - count)) / (count + 1)
    }
    // The masses add up to 1 but for rounding: a uniform number beyond their sum is drawn again.
  }
}

function byRejection(trials: number, share: number, random: Random): number {
  const deviation = Math.sqrt(trials * share * (1 - share))
  const b = 1.15 + 2.53 * deviation
  const a = -0.0873 + 0.0248 * b + 0.01 * share
  const center = trials * share + 0.5
  const squeeze = 0.92 - 4.2 / b
  const alpha = (2.83 + 5.1 / b) * deviation
  const mode = Math.floor((trials + 1) * share)
  const logOdds = Math.log(share / (1 - share))
  const atMode = logFactorial(mode) + logFactorial(trials - mode)
  for (;;) {
    const u = random.uniform() - 0.5
    const v = 1 - random.uniform()
    const us = 0.5 - Math.abs(u)
    const count = Math.floor(((2 * a) / us + b) * u + center)
    if (us >= 0.07 && v <= squeeze) return count
    if (count < 0 || count > trials) continue
    const accept = Math.log((v * alpha) / (a / (us * us) + b))
    const mass = atMode - logFactorial(count) - logFactorial(trials - count) + (count - mode) * logOdds
    if (accept <= mass) return count
  }
}

const smallFactorials = new Float64Array(16)
for (let n = 2; n < 16; n++) smallFactorials[n] = smallFactorials[n - 1]! + Math.log(n)

/** Stirling's series, right to 1e-13 from 16 on. */
function logFactorial(n: number): number {
  if (n < 16) return smallFactorials[n]!
  const x = n + 1
  const correction = (1 / 12 - (1 / 360 - 1 / (1260 * x * x)) / (x * x)) / x
  return (x - 0.5) * Math.log(x) - x + 0.9189385332046727 + correction
}
