import { isMissing } from '../../base/bitmap.js'
import {
  type FeatureColumn,
  type FeatureMatrix,
  type FeatureSpec,
  type NumberColumn,
  type NumberValues,
  type TextColumn,
  takeValues,
} from '../../base/matrix.js'
import { seededRandom } from '../../base/random.js'
import { categoryWeights } from '../categoryWeights.js'

/** How the values of one feature are cut into bins. The bin after the last is the one of missing values. */
export type FeatureBins =
  | {
      readonly kind: 'number'
      readonly name: string
      /** Bin b holds `edges[b - 1] < value <= edges[b]`; the last bin has no upper edge. */
      readonly edges: Float64Array
      readonly binCount: number
    }
  | {
      readonly kind: 'text'
      readonly name: string
      /** Bin b holds `categories[b]`. */
      readonly categories: readonly string[]
      readonly binCount: number
    }

/** Returns the numbers in ascending order; may write to them. */
export type SortNumbers = (numbers: Float64Array) => Float64Array

/**
 * Returns how each column is cut into at most `maxBins` bins.
 *
 * Numbers: one bin a distinct value where there are no more than `maxBins`, edges halfway between; else bins of
 * about equal weight, a value never in two bins. Texts: one bin a category in the order of their texts; of more than
 * `maxBins` the heaviest are kept and the others are read as missing, as an unseen category is.
 *
 * Of more than 100,000 rows the edges are taken from that many, spread evenly: each of 255 bins then holds its share
 * to within 5 %, and no split needs it finer.
 *
 * @param maxBins integer in [2, 255]
 *
 * O(rows × features) time.
 */
export function binsOf(
  matrix: FeatureMatrix,
  weight: Float64Array | null,
  maxBins: number,
  sort: SortNumbers = (numbers) => numbers.sort(),
): FeatureBins[] {
  const rows = spreadRows(matrix.rowCount)
  return matrix.columns.map((column) => {
    if (column.kind === 'text') {
      const categories = heaviestCategories(column, weight, maxBins)
      return { kind: 'text', name: column.name, categories, binCount: categories.length }
    }
    const edges = binEdges(column, rows, weight, maxBins, sort)
    return { kind: 'number', name: column.name, edges, binCount: edges.length + 1 }
  })
}

/** Writes the bin of each value of a column to `codes`, shape (rows): `binCount` where it is missing or unknown. */
export function encodeColumn(column: FeatureColumn, bins: FeatureBins, codes: Uint8Array): void {
  if (column.kind === 'number' && bins.kind === 'number') {
    const { values, missing } = column
    for (let row = 0; row < values.length; row++) {
      codes[row] = isMissing(missing, row) ? bins.binCount : binOf(bins.edges, values[row]!)
    }
  } else if (column.kind === 'text' && bins.kind === 'text') {
    const index = new Map(bins.categories.map((text, bin) => [text, bin]))
    const binOfCode = Uint8Array.from(column.dictionary, (text) => index.get(text) ?? bins.binCount)
    for (let row = 0; row < column.codes.length; row++) {
      codes[row] = isMissing(column.missing, row) ? bins.binCount : binOfCode[column.codes[row]!]!
    }
  }
}

/** Returns name, kind and categories of the binned features. */
export function specsOf(features: readonly FeatureBins[]): FeatureSpec[] {
  return features.map((bins) =>
    bins.kind === 'number'
      ? { kind: 'number', name: bins.name }
      : { kind: 'text', name: bins.name, categories: bins.categories },
  )
}

const mostSampledRows = 100_000

/** All rows, or as many as edges need: one of each of as many stretches of equal length. */
function spreadRows(rowCount: number): Int32Array {
  const count = Math.min(rowCount, mostSampledRows)
  const rows = new Int32Array(count)
  const random = seededRandom(rowCount)
  for (let index = 0; index < count; index++) {
    const first = Math.floor((index * rowCount) / count)
    const last = Math.floor(((index + 1) * rowCount) / count)
    rows[index] = first + (last > first + 1 ? random.integer(last - first) : 0)
  }
  return rows
}

/** The number of edges below the value: the smallest b with `value <= edges[b]`. */
function binOf(edges: Float64Array, value: number): number {
  let low = 0
  let high = edges.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (value <= edges[middle]!) high = middle
    else low = middle + 1
  }
  return low
}

function binEdges(
  column: NumberColumn<NumberValues>,
  rows: Int32Array,
  weight: Float64Array | null,
  maxBins: number,
  sort: SortNumbers,
): Float64Array {
  const { values, weights } = distinctValues(column, rows, weight, sort)
  if (values.length <= maxBins) {
    return Float64Array.from({ length: Math.max(values.length - 1, 0) }, (_, index) =>
      between(values[index]!, values[index + 1]!),
    )
  }
  return equalWeightEdges(values, weights, maxBins)
}

/** Cuts after the value at which a bin has its fair share of what is left: a heavy value gets a bin of its own. */
function equalWeightEdges(values: Float64Array, weights: Float64Array, maxBins: number): Float64Array {
  const edges: number[] = []
  let left = 0
  for (const value of weights) left += value
  let inBin = 0
  let fair = left / maxBins
  for (let index = 0; index < values.length - 1 && edges.length < maxBins - 1; index++) {
    inBin += weights[index]!
    // Cut here where stopping short misses the fair share by less than taking the next value would exceed it.
    if (inBin + weights[index + 1]! / 2 < fair) continue
    edges.push(between(values[index]!, values[index + 1]!))
    left -= inBin
    inBin = 0
    fair = left / (maxBins - edges.length)
  }
  return Float64Array.from(edges)
}

/** A number with `low <= result < high`, halfway where floating point has one. */
function between(low: number, high: number): number {
  const middle = low / 2 + high / 2
  return middle >= low && middle < high ? middle : low
}

interface DistinctValues {
  readonly values: Float64Array
  readonly weights: Float64Array
}

function distinctValues(
  column: NumberColumn<NumberValues>,
  rows: Int32Array,
  weight: Float64Array | null,
  sort: SortNumbers,
): DistinctValues {
  const { missing } = column
  const known = missing === null ? rows : rows.filter((row) => !isMissing(missing, row))
  if (weight === null) {
    const values = sort(numbersAt(column.values, known))
    return mergeEqual(values, new Float64Array(values.length).fill(1))
  }
  // A sort with a comparator is some ten times slower than one of plain numbers: only where rows differ in weight.
  const order = known.slice().sort((a, b) => column.values[a]! - column.values[b]!)
  return mergeEqual(numbersAt(column.values, order), takeValues(weight, order))
}

function numbersAt(values: NumberValues, rows: Int32Array): Float64Array {
  const numbers = new Float64Array(rows.length)
  for (let index = 0; index < rows.length; index++) numbers[index] = values[rows[index]!]!
  return numbers
}

/** Adds up the weights of equal values that follow each other; in place. */
function mergeEqual(values: Float64Array, weights: Float64Array): DistinctValues {
  let count = 0
  for (let index = 0; index < values.length; index++) {
    if (count > 0 && values[index] === values[count - 1]) weights[count - 1]! += weights[index]!
    else {
      values[count] = values[index]!
      weights[count] = weights[index]!
      count++
    }
  }
  return { values: values.subarray(0, count), weights: weights.subarray(0, count) }
}

function heaviestCategories(column: TextColumn, weight: Float64Array | null, maxBins: number): string[] {
  const weights = categoryWeights(column, weight)
  const byWeight = [...weights].sort(([a, weightA], [b, weightB]) => weightB - weightA || (a < b ? -1 : 1))
  return byWeight
    .slice(0, maxBins)
    .map(([text]) => text)
    .sort()
}
