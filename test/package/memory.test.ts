import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'

// 200,000 rows × 28 columns of 64 bits are 45 MB, in a process whose heap may grow to 32 MB.
const program = `
import { seededRandom } from './.cache/modules/base/random.js'
import { trainBoosting } from './dist/index.js'
const random = seededRandom(1)
const rowCount = 200_000
const columns = Array.from({ length: 28 }, (_, column) => ({
  kind: 'number', name: 'c' + column, values: new Float64Array(rowCount).map(() => random.uniform()), missing: null,
}))
const outcome = Uint8Array.from(columns[3].values, (value) => (random.uniform() < value ? 1 : 0))
const options = { rounds: 5, maxDepth: 6, earlyStopping: false, threads: 2 }
console.log(trainBoosting({ features: { rowCount, columns }, outcome }, options).ensemble.roots.length)
`

/** What the program prints in a process whose heap may grow to 32 MB. */
function printed(text: string): string {
  const flags = ['--max-old-space-size=32', '--input-type=module', '--eval', text]
  return execFileSync(process.execPath, flags, { encoding: 'utf8' }).trim()
}

it('trainBoosting takes more data than the JavaScript heap may hold', () => {
  expect(printed(program)).toBe('5')
})

// The same number of rows, 2,000 at a time.
const chunked = `
import { seededRandom } from './.cache/modules/base/random.js'
import { trainBoostingFromChunks } from './dist/index.js'
function* rows() {
  for (let chunk = 0; chunk < 100; chunk++) {
    const random = seededRandom(chunk)
    const columns = Array.from({ length: 28 }, (_, column) => ({
      kind: 'number', name: 'c' + column, values: new Float64Array(2000).map(() => random.uniform()), missing: null,
    }))
    const outcome = Uint8Array.from(columns[3].values, (value) => (random.uniform() < value ? 1 : 0))
    yield { features: { rowCount: 2000, columns }, outcome }
  }
}
const options = { rounds: 5, maxDepth: 6, earlyStopping: false, threads: 2 }
const model = await trainBoostingFromChunks({ [Symbol.iterator]: rows }, options)
console.log(model.ensemble.roots.length)
`

it('trainBoostingFromChunks takes more data than the JavaScript heap may hold', () => {
  expect(printed(chunked)).toBe('5')
})
