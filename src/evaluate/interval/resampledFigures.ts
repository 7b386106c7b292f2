import { seededRandom } from '../../base/random.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'
import { copiesOf, type DrawnTimes, mostWordDraws, multinomialDraw } from './multinomialDraw.js'
import {
  type DrawnCells,
  type FigureSheet,
  type ResamplePlan,
  type ResampleUnits,
  strataOf,
} from './resampleUnits.js'
import { kernelFigures } from './resamplingKernels.js'

/** Figures of a resample. */
export interface ReadFigures {
  readonly count: number
  /** From the sorted forms of the models, one each. */
  readonly read: (ranked: readonly RankedOutcomes[]) => ArrayLike<number>
  /** The same of the first model, where they can be read without a sorted form. */
  readonly sheet?: FigureSheet
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
  figuresOf: ReadFigures,
  plan: ResamplePlan,
): Float64Array[] {
  const next = kernelFigures(units, figuresOf.sheet, plan) ?? plainFigures(units, ranked, figuresOf, plan)
  const figures = Array.from({ length: figuresOf.count }, () => new Float64Array(plan.resamples))
  for (let index = 0; index < plan.resamples; index++) {
    const own = next()
    for (let place = 0; place < figures.length; place++) figures[place]![index] = own[place]!
  }
  return figures
}

function plainFigures(
  units: ResampleUnits,
  ranked: readonly RankedOutcomes[],
  { read, sheet }: ReadFigures,
  { seed, stratified }: ResamplePlan,
): () => ArrayLike<number> {
  const random = seededRandom(seed)
  const draws = strataOf(units, stratified).map(([first, end]) => multinomialDraw(units.copies, first, end))
  // The last stands for cells that no row is in
  const { length } = units.copies
  const times = new (copiesOf(units.copies, 0, length) <= mostWordDraws ? Int32Array : Float64Array)(
    length + 1,
  )
  const resample = new Resample(units, ranked)
  return () => {
    do for (const draw of draws) draw(times, random)
    while (!resample.take(times))
    return sheet === undefined ? read(resample.forms()) : sheet.read(resample.cells())
  }
}

/** The rows of a resample, in the sorted form of each model. */
class Resample {
  readonly #units: ResampleUnits
  readonly #ranked: readonly RankedOutcomes[]
  /** Per model: the churners of each group, then the stayers. */
  readonly #counts: readonly Float64Array[]
  readonly #places: Pick<DrawnCells, 'churnedAt' | 'stayedAt'>
  #times: DrawnTimes = new Int32Array(0)
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
  take(times: DrawnTimes): boolean {
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

  #fill(times: DrawnTimes): void {
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

function sumOf(values: DrawnTimes, first: number, end: number): number {
  let sum = 0
  for (let index = first; index < end; index++) sum += values[index]!
  return sum
}
