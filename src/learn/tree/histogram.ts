import type { BinnedMatrix } from './bins.js'
import { statisticCount } from './statistics.js'

/** Where the bins of the features that a tree may use lie in a histogram. */
export interface HistogramLayout {
  /** The features in use, ascending; a place in this list is a slot. */
  readonly features: Int32Array
  /** First cell of each slot. A bin has three cells: sums of gradient, hessian and weight. */
  readonly starts: Int32Array
  /** Number of cells of all slots. */
  readonly cellCount: number
}

/** Returns the layout of histograms over these features; the missing values of each have a bin of their own. */
export function histogramLayout(binned: BinnedMatrix, features: Int32Array): HistogramLayout {
  const starts = new Int32Array(features.length)
  let cellCount = 0
  for (let slot = 0; slot < features.length; slot++) {
    starts[slot] = cellCount
    cellCount += (binned.features[features[slot]!]!.binCount + 1) * statisticCount
  }
  return { features, starts, cellCount }
}

/**
 * Fills a histogram with the sums over `rows[begin, end)`. The hot loop of training: half its time and more.
 *
 * Four slots at a time, the additions written out: 1.5 times faster than the plain loop (100,000 rows × 40 slots).
 *
 * O((end - begin) × slots) time.
 */
export function fillHistogram(
  histogram: Float64Array,
  layout: HistogramLayout,
  binned: BinnedMatrix,
  statistics: Float64Array,
  rows: Int32Array,
  begin: number,
  end: number,
): void {
  const { features, starts } = layout
  const { codes, featureCount } = binned
  const slotCount = features.length
  const fourfold = slotCount & ~3
  histogram.fill(0, 0, layout.cellCount)
  for (let index = begin; index < end; index++) {
    const row = rows[index]!
    const at = row * 3
    const gradient = statistics[at]!
    const hessian = statistics[at + 1]!
    const weight = statistics[at + 2]!
    const first = row * featureCount
    let slot = 0
    for (; slot < fourfold; slot += 4) {
      const a = (starts[slot]! + codes[first + features[slot]!]! * 3) | 0
      const b = (starts[slot + 1]! + codes[first + features[slot + 1]!]! * 3) | 0
      const c = (starts[slot + 2]! + codes[first + features[slot + 2]!]! * 3) | 0
      const d = (starts[slot + 3]! + codes[first + features[slot + 3]!]! * 3) | 0
      histogram[a]! += gradient
      histogram[a + 1]! += hessian
      histogram[a + 2]! += weight
      histogram[b]! += gradient
      histogram[b + 1]! += hessian
      histogram[b + 2]! += weight
      histogram[c]! += gradient
      histogram[c + 1]! += hessian
      histogram[c + 2]! += weight
      histogram[d]! += gradient
      histogram[d + 1]! += hessian
      histogram[d + 2]! += weight
    }
    for (; slot < slotCount; slot++) {
      const cell = (starts[slot]! + codes[first + features[slot]!]! * 3) | 0
      histogram[cell]! += gradient
      histogram[cell + 1]! += hessian
      histogram[cell + 2]! += weight
    }
  }
}

/** Turns the histogram of a parent into that of one child, by taking the other child away. Exact. */
export function subtractHistogram(parent: Float64Array, child: Float64Array, cellCount: number): void {
  for (let cell = 0; cell < cellCount; cell++) parent[cell]! -= child[cell]!
}

/** Histograms to use again: a tree needs one per open leaf, and allocating them anew costs more than filling. */
export class HistogramPool {
  readonly #free: Float64Array[] = []

  /** @param cellCount of the largest layout */
  constructor(readonly cellCount: number) {}

  take(): Float64Array {
    return this.#free.pop() ?? new Float64Array(this.cellCount)
  }

  give(histogram: Float64Array): void {
    this.#free.push(histogram)
  }
}
