import { seededRandom } from '../../../src/base/random.js'
import type { BenchmarkColumn, BenchmarkData } from './benchmarkData.js'
import { type Drawn, drawPhysics, numbers, physicsColumns, withOutcome } from './physics.js'

/** Returns the 28 number columns. */
export function physicsData(trainRows: number, testRows: number): BenchmarkData {
  return withOutcome(drawPhysics(trainRows + testRows, 1), testRows, 2)
}

/** Returns 28 columns, the last 11 of them (40 %) categories: 3 to 200 values, common and rare ones, each with its effect. */
export function categoricalData(trainRows: number, testRows: number): BenchmarkData {
  const drawn = drawPhysics(trainRows + testRows, 1)
  const margin = drawn.margin.slice()
  const first = physicsColumns - 11
  const columns = drawn.columns.map((column, index) =>
    index < first
      ? column
      : categoryColumn(column.name, Math.round(3 * (200 / 3) ** ((index - first) / 10)), margin),
  )
  return withOutcome({ columns, margin }, testRows, 2)
}

/** Returns the 28 number columns with 30 % of the values missing: most by chance, some because they are high. */
export function missingData(trainRows: number, testRows: number): BenchmarkData {
  const drawn = drawPhysics(trainRows + testRows, 1)
  const random = seededRandom(3)
  const columns = drawn.columns.map(({ name, values }, index) => {
    const high = index % 4 === 0 ? 1 : Number.POSITIVE_INFINITY
    return numbers(
      name,
      values.map((value) => (random.uniform() < (value > high ? 0.6 : 0.28) ? Number.NaN : value)),
    )
  })
  return withOutcome({ columns, margin: drawn.margin }, testRows, 2)
}

/** Returns 500 number columns: the 28, and noisy echoes of them. */
export function wideData(trainRows: number, testRows: number): BenchmarkData {
  const drawn = drawPhysics(trainRows + testRows, 1)
  const random = seededRandom(4)
  const echoes = Array.from({ length: 500 - physicsColumns }, (_, index) => {
    const source = drawn.columns[index % physicsColumns]!.values
    return numbers(
      `echo${index}`,
      source.map((value) => 0.3 * value + random.normal()),
    )
  })
  const wide: Drawn = { columns: [...drawn.columns, ...echoes], margin: drawn.margin }
  return withOutcome(wide, testRows, 2)
}

/** Returns a column of categories, low numbers common and high ones rare; moves the log odds by the category's effect. */
function categoryColumn(name: string, cardinality: number, margin: Float64Array): BenchmarkColumn {
  const random = seededRandom(100 + cardinality)
  const effects = Float64Array.from({ length: cardinality }, () => 0.4 * random.normal())
  const values = margin.map(() => Math.floor(random.uniform() ** 2 * cardinality))
  values.forEach((category, row) => {
    margin[row]! += effects[category]!
  })
  return { name, values, categories: Array.from({ length: cardinality }, (_, code) => `c${code}`) }
}
