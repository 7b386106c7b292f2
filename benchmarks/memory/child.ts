// Trains on rows that are never in memory together and prints the peak of the process: tsx child.ts ROWS FEATURES [FILE]
import type { FeatureColumn } from '../../src/base/matrix.js'
import { seededRandom } from '../../src/base/random.js'
import { flatChunks } from '../../src/dataset/flatChunks.js'
import { rocAuc } from '../../src/evaluate/ranking/ranking.js'
import { trainBoostingFromChunks } from '../../src/learn/boosting/trainFromChunks.js'
import type { TrainingData } from '../../src/learn/contract.js'

const chunkRows = 65_536

/** Rows of uniform numbers; the first column says with which probability a customer leaves. */
function rowsOf(rowCount: number, features: number, seed: number): TrainingData {
  const random = seededRandom(seed)
  const columns = Array.from({ length: features }, (_, index): FeatureColumn => {
    const values = new Float64Array(rowCount)
    for (let row = 0; row < rowCount; row++) values[row] = random.uint32() / 2 ** 32
    return { kind: 'number', name: `f${index}`, values, missing: null }
  })
  const risk = columns[0]!.kind === 'number' ? columns[0]!.values : []
  const outcome = Uint8Array.from({ length: rowCount }, (_, row) => (random.uniform() < risk[row]! ? 1 : 0))
  return { features: { rowCount, columns }, outcome }
}

function* generated(rows: number, features: number): Generator<TrainingData, void, void> {
  for (let first = 0; first < rows; first += chunkRows) {
    yield rowsOf(Math.min(chunkRows, rows - first), features, first + 1)
  }
}

const [rows, features] = process.argv.slice(2, 4).map(Number) as [number, number]
const file = process.argv[4]
const chunks =
  file === undefined
    ? { [Symbol.iterator]: () => generated(rows, features) }
    : flatChunks(file, { label: 'churn', rowsEach: chunkRows })
const before = process.memoryUsage().rss
const model = await trainBoostingFromChunks(chunks, { rounds: 10, threads: 1 })
// maxRSS is in KiB.
const bytes = process.resourceUsage().maxRSS * 1024 - before
const test = rowsOf(20_000, features, 2 ** 31)
const auc = rocAuc(model.probability(test.features), test.outcome)
console.log(JSON.stringify({ bytes, auc }))
