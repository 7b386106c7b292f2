import { type FeatureMatrix, takeRows } from '../../../base/matrix.js'
import { encodeColumn, type FeatureBins } from '../bins.js'

/** Features with more bins fill a column of codes well enough by themselves. */
const mostBins = 32
/** Combinations in the sample; the rows beside it may hold as many again. */
const mostCombinations = 128
/** Rows a combination, at least: to take a bundle apart again costs as much as adding up that many rows. */
const rowsPerCombination = 100
const mostSampledRows = 2048
/** Bundles that a feature is tried with, the latest first. */
const mostOpen = 4

interface OpenBundle {
  readonly features: number[]
  /** Combination of each row of the sample. */
  codes: Uint8Array
}

/**
 * Returns which features to store together: those with few values, while the combinations that occur are few.
 *
 * Customer tables are full of columns with two or three values, often tied to each other. A histogram over their
 * combinations costs as much as one over one of them, and holds them all.
 */
export function bundlePlan(matrix: FeatureMatrix, features: readonly FeatureBins[]): number[][] {
  const step = Math.max(1, Math.floor(matrix.rowCount / mostSampledRows))
  const count = Math.min(matrix.rowCount, mostSampledRows)
  const rows = Int32Array.from({ length: count }, (_, index) => index * step)
  const alone: number[][] = []
  const bundles: OpenBundle[] = []
  features.forEach((bins, feature) => {
    if (bins.binCount > mostBins) {
      alone.push([feature])
      return
    }
    const column = takeRows({ rowCount: matrix.rowCount, columns: [matrix.columns[feature]!] }, rows)
      .columns[0]!
    const codes = new Uint8Array(count)
    encodeColumn(column, bins, codes)
    addToBundle(bundles, feature, codes, Math.min(mostCombinations, matrix.rowCount / rowsPerCombination))
  })
  return [...alone, ...bundles.map(({ features }) => features)]
}

function addToBundle(bundles: OpenBundle[], feature: number, codes: Uint8Array, most: number): void {
  for (const bundle of bundles.slice(-mostOpen)) {
    const joined = combine(bundle.codes, codes, most)
    if (joined === null) continue
    bundle.features.push(feature)
    bundle.codes = joined
    return
  }
  bundles.push({ features: [feature], codes })
}

/** Numbers the pairs in the order in which they occur; null where they are too many. */
function combine(first: Uint8Array, second: Uint8Array, most: number): Uint8Array | null {
  const numbers = new Int16Array(65_536).fill(-1)
  const joined = new Uint8Array(first.length)
  let count = 0
  for (let row = 0; row < first.length; row++) {
    const pair = first[row]! * 256 + second[row]!
    if (numbers[pair] === -1) {
      if (count >= most) return null
      numbers[pair] = count++
    }
    joined[row] = numbers[pair]!
  }
  return joined
}
