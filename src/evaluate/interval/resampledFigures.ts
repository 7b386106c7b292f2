import { type Random, seededRandom } from '../../base/random.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'
import type { ResampleUnits } from './resampleUnits.js'

/** What a resample holds of each group of a sorted form: `counts[churnedAt[group]]` churners, and stayers likewise. */
export interface DrawnCells {
  readonly counts: Int32Array | Float64Array
  readonly churnedAt: Int32Array
  readonly stayedAt: Int32Array
  readonly churners: number
  readonly customers: number
}

/** Figures of a resample. */
export interface ReadFigures {
  readonly count: number
  /** From the sorted forms of the models, one each. */
  readonly read: (ranked: readonly RankedOutcomes[]) => ArrayLike<number>
  /** The same of the first model, where it can be read without a sorted form. */
  readonly readCells?: (drawn: DrawnCells) => ArrayLike<number>
}

/** How resamples are drawn. */
export interface ResamplePlan {
  readonly resamples: number
  readonly stratified: boolean
  readonly seed: number
}

/**
 * Returns each of some figures on each resample: shape (figures)(resamples).
 *
 * A resample without churners, or without stayers, has no metrics: it is drawn again. O(resamples · n) time, and
 * O(resamples · units) where units occur often; O(n) memory.
 */
export function resampledFigures(
  units: ResampleUnits,
  ranked: readonly RankedOutcomes[],
  { count, read, readCells }: ReadFigures,
  plan: ResamplePlan,
): Float64Array[] {
  const random = seededRandom(plan.seed)
  const draws = drawsOf(units, plan.stratified)
  // The last stands for cells that no row is in
  const times = new Int32Array(units.copies.length + 1)
  const resample = new Resample(units, ranked)
  const figures = Array.from({ length: count }, () => new Float64Array(plan.resamples))
  for (let index = 0; index < plan.resamples; index++) {
    do for (const draw of draws) draw(times, random)
    while (!resample.take(times))
    const own = readCells === undefined ? read(resample.forms()) : readCells(resample.cells())
    for (let place = 0; place < count; place++) figures[place]![index] = own[place]!
  }
  return figures
}

function drawsOf({ copies, unitsWithChurner }: ResampleUnits, stratified: boolean): DrawUnits[] {
  const bounds = stratified ? [0, unitsWithChurner, copies.length] : [0, copies.length]
  return bounds.slice(1).map((end, stratum) => multinomialDraw(copies, bounds[stratum]!, end))
}

/** The rows of a resample, in the sorted form of each model. */
class Resample {
  readonly #units: ResampleUnits
  readonly #ranked: readonly RankedOutcomes[]
  /** Per model: the churners of each group, then the stayers. */
  readonly #counts: readonly Float64Array[]
  readonly #places: Pick<DrawnCells, 'churnedAt' | 'stayedAt'>
  #times: Int32Array = new Int32Array(0)
  #churners = 0
  #stayers = 0

  constructor(units: ResampleUnits, ranked: readonly RankedOutcomes[]) {
    this.#units = units
    this.#ranked = ranked
    this.#counts = ranked.map(({ probability }) => new Float64Array(2 * probability.length))
    const groups = ranked[0]!.probability.length
    this.#places = {
      churnedAt: Int32Array.from({ length: groups }, (_, group) => group),
      stayedAt: Int32Array.from({ length: groups }, (_, group) => groups + group),
    }
  }

  /** Takes what was drawn; false where one of the classes is empty. */
  take(times: Int32Array): boolean {
    this.#times = times
    const { cells, copies, unitsWithChurner } = this.#units
    if (cells === null) this.#fill(times)
    else {
      this.#churners = sumOf(times, 0, unitsWithChurner)
      this.#stayers = sumOf(times, unitsWithChurner, copies.length)
    }
    return this.#churners > 0 && this.#stayers > 0
  }

  cells(): DrawnCells {
    const { cells } = this.#units
    const drawn =
      cells === null ? { ...this.#places, counts: this.#counts[0]! } : { ...cells, counts: this.#times }
    return { ...drawn, churners: this.#churners, customers: this.#churners + this.#stayers }
  }

  forms(): RankedOutcomes[] {
    const { cells } = this.#units
    if (cells !== null) this.#fill(this.#times)
    return this.#ranked.map((form, model) => {
      const groups = form.probability.length
      return {
        ...form,
        churned: this.#counts[model]!.subarray(0, groups),
        stayed: this.#counts[model]!.subarray(groups),
        churners: this.#churners,
        customers: this.#churners + this.#stayers,
      }
    })
  }

  #fill(times: Int32Array): void {
    const { rowStart, churned, weight, groups } = this.#units
    for (const counts of this.#counts) counts.fill(0)
    const half = this.#counts.map((counts) => counts.length / 2)
    let [churners, stayers] = [0, 0]
    for (let unit = 0; unit < rowStart.length - 1; unit++) {
      if (times[unit] === 0) continue
      for (let row = rowStart[unit]!; row < rowStart[unit + 1]!; row++) {
        const drawn = times[unit]! * weight[row]!
        if (churned[row] === 1) churners += drawn
        else stayers += drawn
        for (let model = 0; model < this.#counts.length; model++) {
          const place = groups[model]![row]! + (churned[row] === 1 ? 0 : half[model]!)
          this.#counts[model]![place]! += drawn
        }
      }
    }
    this.#churners = churners
    this.#stayers = stayers
  }
}

function sumOf(values: Int32Array, first: number, end: number): number {
  let sum = 0
  for (let index = first; index < end; index++) sum += values[index]!
  return sum
}

/** Fills the counts of a stretch of units with one draw, with replacement, of as many as there are. */
export type DrawUnits = (times: Int32Array, random: Random) => void

// 1000 resamples of 100,000 units: a place each is drawn in 4 to 15 ns, a binomial count takes 250 to 350 ns however
// many it stands for.
const copiesWorthABinomial = 16
const drawnTogether = 4096

/** Returns the multinomial draw of the units from `first` to before `end`. O(the smaller of draws and 16 · units). */
export function multinomialDraw(copies: Float64Array, first: number, end: number): DrawUnits {
  let draws = 0
  for (let unit = first; unit < end; unit++) draws += copies[unit]!
  if (draws > copiesWorthABinomial * (end - first)) return binomialDraw(copies, first, end, draws)
  const isEach = draws === end - first
  const timesOfPlace = new Int32Array(isEach ? 0 : draws)
  const drawn = new Uint32Array(Math.min(draws, drawnTogether))
  // The product favours no place by more than draws / 2^32, less than a resample can show; a remainder, which needs a
  // division, takes three times as long.
  const scale = draws / 4_294_967_296
  return (times, random) => {
    const places = isEach ? times.subarray(first, end) : timesOfPlace
    places.fill(0)
    for (let left = draws; left > 0; left -= drawn.length) {
      const numbers = left < drawn.length ? drawn.subarray(0, left) : drawn
      random.uint32s(numbers)
      for (let index = 0; index < numbers.length; index++) places[Math.floor(numbers[index]! * scale)]! += 1
    }
    if (isEach) return
    for (let unit = first, place = 0; unit < end; unit++) {
      const after = place + copies[unit]!
      let sum = 0
      for (; place < after; place++) sum += places[place]!
      times[unit] = sum
    }
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
