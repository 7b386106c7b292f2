import type { RankedMetric } from '../metrics.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'
import type { ResampleUnits } from './resampleUnits.js'

/** What a metric loses with a churner, or a stayer, of each probability: shape (groups) each, per unit of weight. */
export interface Influence {
  readonly churned: Float64Array
  readonly stayed: Float64Array
}

const blocksPerClass = 100

/**
 * Returns how much each row holds a metric up: the metric on all rows less the metric without the row.
 *
 * Rows of the same class and probability have the same value. Where a class has more than 100 distinct probabilities,
 * neighbours in the ranking form 100 blocks of about equal weight, and one row's worth is taken out of the whole
 * block at once: their values are close, and n evaluations of O(n) become 200.
 */
export function influenceOf(metric: RankedMetric, ranked: RankedOutcomes): Influence {
  const whole = metric({ ...ranked, wholeWeights: false })
  return {
    churned: classInfluence(metric, ranked, whole, 'churned'),
    stayed: classInfluence(metric, ranked, whole, 'stayed'),
  }
}

function classInfluence(
  metric: RankedMetric,
  ranked: RankedOutcomes,
  whole: number,
  side: 'churned' | 'stayed',
): Float64Array {
  const counts = ranked[side]
  const inClass = side === 'churned' ? ranked.churners : ranked.customers - ranked.churners
  const values = new Float64Array(counts.length)
  const without = counts.slice()
  const oneRow = ranked.wholeWeights ? 1 : inClass / 1000
  for (const { first, end, weight } of blocksOf(counts, inClass)) {
    // Never all of the class, without which the metric is not defined.
    const taken = Math.min(oneRow, weight, inClass / 2)
    for (let group = first; group < end; group++) without[group] = counts[group]! * (1 - taken / weight)
    const figure = metric({
      ...ranked,
      [side]: without,
      churners: ranked.churners - (side === 'churned' ? taken : 0),
      customers: ranked.customers - taken,
      // A rounded number of contacts would jump between one row more and one less.
      wholeWeights: false,
    })
    values.fill((whole - figure) / taken, first, end)
    for (let group = first; group < end; group++) without[group] = counts[group]!
  }
  return values
}

interface Block {
  readonly first: number
  readonly end: number
  readonly weight: number
}

function blocksOf(counts: Float64Array, inClass: number): Block[] {
  const cells = counts.filter((count) => count > 0).length
  const fullWeight = cells <= blocksPerClass ? 0 : inClass / blocksPerClass
  const blocks: Block[] = []
  let first = 0
  let weight = 0
  counts.forEach((count, group) => {
    weight += count
    if (weight === 0 || (weight < fullWeight && group < counts.length - 1)) return
    blocks.push({ first, end: group + 1, weight })
    first = group + 1
    weight = 0
  })
  return blocks
}

/** What the jackknife over the drawn units says of a figure. */
export interface Jackknife {
  /** √( (n − 1)/n · Σ d² ) */
  readonly standardError: number
  /** Σ d³ / (6 · (Σ d²)^(3/2)), how fast the standard error changes with the figure; 0 where nothing varies. */
  readonly acceleration: number
}

/**
 * Returns standard error and acceleration by the jackknife over the n units that are drawn.
 *
 *     d = influence of a unit, the sum of those of its rows, less their mean within the stratum
 *
 * @param influences one per model; those of the second are subtracted from those of the first
 */
export function jackknife(
  units: ResampleUnits,
  influences: readonly Influence[],
  stratified: boolean,
): Jackknife {
  const values = unitInfluences(units, influences)
  const { copies, unitsWithChurner } = units
  const bounds = stratified ? [0, unitsWithChurner, copies.length] : [0, copies.length]
  let squares = 0
  let cubes = 0
  let count = 0
  bounds.slice(1).forEach((end, stratum) => {
    const first = bounds[stratum]!
    const mean = meanOf(values, copies, first, end)
    for (let unit = first; unit < end; unit++) {
      const off = values[unit]! - mean
      squares += copies[unit]! * off ** 2
      cubes += copies[unit]! * off ** 3
      count += copies[unit]!
    }
  })
  return {
    standardError: Math.sqrt(((count - 1) / count) * squares),
    acceleration: squares === 0 ? 0 : cubes / (6 * squares ** 1.5),
  }
}

function unitInfluences(
  { rowStart, churned, weight, groups }: ResampleUnits,
  influences: readonly Influence[],
): Float64Array {
  return Float64Array.from({ length: rowStart.length - 1 }, (_, unit) => {
    let sum = 0
    for (let row = rowStart[unit]!; row < rowStart[unit + 1]!; row++) {
      influences.forEach(({ churned: ofChurned, stayed }, model) => {
        const value = (churned[row] === 1 ? ofChurned : stayed)[groups[model]![row]!]!
        sum += (model === 0 ? 1 : -1) * weight[row]! * value
      })
    }
    return sum
  })
}

function meanOf(values: Float64Array, copies: Float64Array, first: number, end: number): number {
  let sum = 0
  let count = 0
  for (let unit = first; unit < end; unit++) {
    sum += copies[unit]! * values[unit]!
    count += copies[unit]!
  }
  return sum / count
}
