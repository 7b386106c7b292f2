import { isMissing } from '../../base/bitmap.js'
import { categoryOf } from '../../base/category.js'
import type { FeatureColumn, FeatureMatrix } from '../../base/matrix.js'
import { populationStability } from '../../base/stability.js'
import type { FeatureFacts } from './reportFacts.js'

const binsOfNumbers = 10
const absent = Symbol('missing')

/**
 * Returns for each feature the missing share in the test rows, and how far they are from the training rows.
 *
 * PSI over bins frozen at the training rows: deciles of a number, each text, missing.
 */
export function featureFacts(
  names: readonly string[],
  test: FeatureMatrix,
  train: FeatureMatrix | undefined,
): FeatureFacts[] {
  return names.flatMap((name) => {
    const column = test.columns.find((each) => each.name === name)
    if (column === undefined) return []
    const reference = train?.columns.find((each) => each.name === name && each.kind === column.kind)
    const stability =
      reference === undefined || test.rowCount === 0 ? undefined : stabilityOf(reference, column)
    return [
      {
        feature: name,
        kind: column.kind,
        missingShare: test.rowCount === 0 ? 0 : (column.missing?.count() ?? 0) / test.rowCount,
        psi: stability?.psi ?? null,
        newShare: stability?.newShare ?? null,
      },
    ]
  })
}

type Bin = string | number | typeof absent

function stabilityOf(reference: FeatureColumn, actual: FeatureColumn) {
  const binOf = binsAt(reference)
  const places = new Map<Bin, number>()
  const [before, after] = [countsOf(reference, binOf, places), countsOf(actual, binOf, places)]
  const aligned = (counts: readonly number[]) =>
    Array.from({ length: places.size }, (_, at) => counts[at] ?? 0)
  return populationStability(aligned(before), aligned(after))
}

function countsOf(
  column: FeatureColumn,
  binOf: (column: FeatureColumn, row: number) => Bin,
  places: Map<Bin, number>,
): number[] {
  const counts: number[] = []
  const rows = column.kind === 'text' ? column.codes.length : column.values.length
  for (let row = 0; row < rows; row++) {
    const bin = isMissing(column.missing, row) ? absent : binOf(column, row)
    const place = places.get(bin) ?? places.size
    places.set(bin, place)
    counts[place] = (counts[place] ?? 0) + 1
  }
  return counts
}

function binsAt(reference: FeatureColumn): (column: FeatureColumn, row: number) => Bin {
  if (reference.kind === 'text') {
    return (column, row) =>
      column.kind === 'text' ? (categoryOf(column.dictionary[column.codes[row]!]!) ?? absent) : absent
  }
  const edges = tenths(reference.values.filter((_, row) => !isMissing(reference.missing, row)))
  return (column, row) => {
    const value = column.kind === 'number' ? column.values[row]! : 0
    let bin = 0
    while (bin < edges.length && value >= edges[bin]!) bin++
    return bin
  }
}

/** The distinct deciles of the sorted rows, without the least. */
function tenths(values: ArrayLike<number>): number[] {
  const sorted = Float64Array.from(values).sort()
  const edges = Array.from(
    { length: binsOfNumbers - 1 },
    (_, bin) => sorted[Math.floor(((bin + 1) * sorted.length) / binsOfNumbers)]!,
  )
  return [...new Set(edges)].filter((edge) => edge > sorted[0]!)
}
