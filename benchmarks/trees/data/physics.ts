import { type Random, seededRandom } from '../../../src/base/random.js'
import type { BenchmarkColumn, BenchmarkData } from './benchmarkData.js'

/** Columns and the log odds that the outcomes are drawn from. */
export interface Drawn {
  readonly columns: readonly BenchmarkColumn[]
  readonly margin: Float64Array
}

/** Number of columns of {@link drawPhysics}. */
export const physicsColumns = 28

/**
 * Returns 28 number columns in the manner of the HIGGS set: 10 normal, 6 log-normal that share a cause, 6 products and
 * distances of those, 3 angles, 3 that tell almost nothing; log odds with interactions and thresholds, such that a good
 * model reaches AUC .8. A longer draw begins with the rows of a shorter one.
 */
export function drawPhysics(rows: number, seed: number): Drawn {
  const random = seededRandom(seed)
  const values = Array.from({ length: physicsColumns }, () => new Float64Array(rows))
  const margin = new Float64Array(rows)
  const row = new Float64Array(physicsColumns)
  for (let index = 0; index < rows; index++) {
    drawRow(row, random)
    for (let column = 0; column < physicsColumns; column++) values[column]![index] = row[column]!
    margin[index] = marginOf(row)
  }
  return { columns: values.map((column, index) => numbers(`x${index}`, column)), margin }
}

/** Returns a column of numbers. */
export function numbers(name: string, values: Float64Array): BenchmarkColumn {
  return { name, values, categories: null }
}

/** Returns the data with outcomes drawn from the log odds. */
export function withOutcome(drawn: Drawn, testRows: number, seed: number): BenchmarkData {
  const random = seededRandom(seed)
  const outcome = Uint8Array.from(drawn.margin, (margin) =>
    random.uniform() < 1 / (1 + Math.exp(-margin)) ? 1 : 0,
  )
  return { columns: drawn.columns, outcome, testRows }
}

function drawRow(row: Float64Array, { normal, uniform }: Random): void {
  for (let column = 0; column < 10; column++) row[column] = normal()
  const shared = normal()
  for (let column = 10; column < 16; column++) row[column] = Math.exp(0.4 * shared + 0.6 * normal())
  row[16] = row[0]! * row[1]! + 0.5 * normal()
  row[17] = row[10]! * row[11]!
  row[18] = Math.abs(row[2]! - row[3]!)
  row[19] = Math.hypot(row[4]!, row[5]!)
  row[20] = row[12]! / (row[13]! + 0.1)
  row[21] = row[6]! * row[14]! + 0.3 * normal()
  for (let column = 22; column < 25; column++) row[column] = 2 * Math.PI * uniform() - Math.PI
  for (let column = 25; column < 28; column++) row[column] = normal() + (uniform() < 0.5 ? 2 : 0)
}

function marginOf(row: Float64Array): number {
  return (
    0.9 * row[0]! * row[1]! +
    0.7 * Math.sin(2 * row[2]!) +
    (row[10]! > 1.2 ? 0.8 * row[3]! : -0.4) +
    0.6 * Math.log(row[17]!) -
    0.5 * (row[19]! - 1.2) +
    0.5 * Math.cos(row[22]!) * row[4]! +
    (row[18]! > 1.5 ? 0.6 : -0.3) +
    0.3 * row[6]! * row[7]! * (row[8]! > 0 ? 1 : -1) +
    0.1 * row[25]!
  )
}
