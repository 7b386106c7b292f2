import { type Bitmap, isMissing } from '../../base/bitmap.js'
import {
  type FeatureColumn,
  type FeatureMatrix,
  type FeatureSpec,
  type NumberColumn,
  type NumberValues,
  takeValues,
} from '../../base/matrix.js'
import { sampledRows } from '../../base/sampledRows.js'
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
 * Of more than 131,072 rows the edges are taken from at least half as many, spread evenly: each of 255 bins then holds
 * its share to within 6 %, and no split needs it finer.
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
  const rows = sampledRows(matrix.rowCount)
  return matrix.columns.map((column) =>
    column.kind === 'text'
      ? textBins(column.name, categoryWeights(column, weight), maxBins)
      : numberBins(column, rows, weight, maxBins, sort),
  )
}

/** Returns how numbers are cut, as far as these rows show. */
export function numberBins(
  column: NumberColumn<NumberValues>,
  rows: Int32Array,
  weight: Float64Array | null,
  maxBins: number,
  sort: SortNumbers,
): FeatureBins {
  const edges = binEdges(column, rows, weight, maxBins, sort)
  return { kind: 'number', name: column.name, edges, binCount: edges.length + 1 }
}

/** Returns the bins of categories of these weights. */
export function textBins(name: string, weights: ReadonlyMap<string, number>, maxBins: number): FeatureBins {
  const byWeight = [...weights].sort(([a, weightA], [b, weightB]) => weightB - weightA || (a < b ? -1 : 1))
  const categories = byWeight
    .slice(0, maxBins)
    .map(([text]) => text)
    .sort()
  return { kind: 'text', name, categories, binCount: categories.length }
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
  const known = missing === null ? rows : rowsWithout(missing, rows)
  if (weight === null) {
    const values = sort(numbersAt(column.values, known))
    return mergeEqual(values, new Float64Array(values.length).fill(1))
  }
  // A sort with a comparator is some ten times slower than one of plain numbers: only where rows differ in weight.
  const order = known.slice().sort((a, b) => column.values[a]! - column.values[b]!)
  return mergeEqual(numbersAt(column.values, order), takeValues(weight, order))
}

/** The rows that are not missing; `filter` takes eight times as long. */
function rowsWithout(missing: Bitmap, rows: Int32Array): Int32Array {
  const known = new Int32Array(rows.length)
  let count = 0
  for (const row of rows) {
    known[count] = row
    if (!missing.has(row)) count++
  }
  return known.subarray(0, count)
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
