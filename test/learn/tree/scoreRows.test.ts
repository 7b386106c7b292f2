import type { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HoldfastError } from '../../../src/base/errors.js'
import { trainBoosting } from '../../../src/learn/boosting/train.js'
import { trainForest } from '../../../src/learn/forest/train.js'
import { addMargins } from '../../../src/learn/tree/predict.js'
import { scoreTogether } from '../../../src/learn/tree/score/scoreRows.js'
import { scoringPlanOf } from '../../../src/learn/tree/score/scoringPlan.js'
import { TreePredictor } from '../../../src/learn/tree/score/treePredictor.js'
import { processorCount, type StartThreads, startThreads } from '../../../src/learn/tree/threads.js'
import { sampleData } from '../sample.js'
import { alignedRows, type EnsembleShape, randomEnsemble, randomRows } from './randomEnsemble.js'

const inPieces: EnsembleShape = { trees: 12, splits: 30, numbers: 6, texts: 3, categories: 40 }
const asWalks: EnsembleShape = { trees: 3, splits: 4000, numbers: 5, texts: 2, categories: 9 }
const rowCount = 20_001

/** Trees, their plan, rows, and the margins that a plain walk gives them. */
function scoringCase(shape: EnsembleShape) {
  const random = randomEnsemble(shape, 3)
  const columns = alignedRows(random.specs, randomRows(random, rowCount, 4))
  const walked = new Float64Array(rowCount).fill(0.25)
  addMargins(random.ensemble, columns, walked)
  const plan = scoringPlanOf(random.ensemble, random.specs)!
  const scored = (threads: number, start?: StartThreads, patienceMs?: number): Float64Array => {
    const margin = new Float64Array(rowCount).fill(0.25)
    scoreTogether(plan, columns, margin, { operation: 'test', threads }, start, patienceMs)
    return margin
  }
  return { random, columns, walked, scored }
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

/** Workers that have started during a test, and when they end. */
let started: Worker[]
let ended: Promise<unknown>[]

function remember(worker: Worker): void {
  started.push(worker)
  ended.push(new Promise((resolve) => worker.once('exit', resolve)))
}

function tick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve))
}

beforeEach(async () => {
  // Workers of the test before are told with the next tick.
  await tick()
  started = []
  ended = []
  process.on('worker', remember)
})

afterEach(() => {
  process.off('worker', remember)
})

describe('scoreTogether', () => {
  it.each([
    ['pieces', inPieces],
    ['walks', asWalks],
  ])('gives the sums of the plain walk to the bit on any number of threads: trees as %s', (_, shape) => {
    const { walked, scored } = scoringCase(shape)
    for (const threads of [1, 2, 8]) {
      expect(scored(threads).findIndex((value, row) => !Object.is(value, walked[row]))).toBe(-1)
    }
  })

  it('lets other threads do a part of the work', () => {
    const { walked, scored } = scoringCase(asWalks)
    let own = { words: new Int32Array(0), job: 0 }
    const startAndWait: StartThreads = (module, memory, count, job) => {
      own = { words: new Int32Array(memory.buffer), job: job / 4 }
      const threads = startThreads(module, memory, count, job)
      // Word 0 of a job is what an idle thread waits at.
      for (let looks = 0; looks < 1000 && Atomics.notify(own.words, own.job) === 0; looks++) sleep(5)
      return threads
    }
    // On a busy machine a thread may be woken when all is done.
    const isShared = Array.from({ length: 100 }).some(() => {
      expect(scored(2, startAndWait)).toEqual(walked)
      // Words 13 and 14 are the address of the workspaces and the bytes of each; the first two masks are never written.
      const { words, job } = own
      const [first, bytes] = [words[job + 13]! / 4, words[job + 14]! / 4]
      return words.subarray(first + bytes + 32, first + 2 * bytes).some((word) => word !== 0)
    })
    expect(isShared).toBe(true)
  })

  it('names a thread that ends in the middle of a chunk, without waiting for ever, and ends the others', () => {
    const { walked, scored } = scoringCase(inPieces)
    let terminated = 0
    const takesOneAndDies: StartThreads = (_module, memory, count, job) => {
      // Word 2 of a job is the next chunk.
      Atomics.add(new Int32Array(memory.buffer), job / 4 + 2, 1)
      return { count, terminate: () => terminated++ }
    }
    const call = (): Float64Array => scored(2, takesOneAndDies, 50)
    expect(call).toThrow(
      'test: expected one of the 2 threads to score its rows, but none has gone on for 0.05 s. ' +
        'Something ended one of them. Call it again, with threads: 1 if it happens again.',
    )
    expect(terminated).toBe(1)
    expect(scored(2)).toEqual(walked)
  })

  it('goes on without threads that never start, and where the platform has none', () => {
    const { walked, scored } = scoringCase(inPieces)
    expect(scored(3, (_module, _memory, count) => ({ count, terminate: () => undefined }))).toEqual(walked)
    expect(scored(3, () => null)).toEqual(walked)
  })

  it('leaves no worker behind, however many batches there were', async () => {
    const { scored } = scoringCase(inPieces)
    for (let batch = 0; batch < 20; batch++) scored(3)
    await tick()
    expect(started).toHaveLength(40)
    await Promise.all(ended)
  })

  it('uses a memory again when its threads have left it', async () => {
    const { scored } = scoringCase(inPieces)
    const memories = new Set<WebAssembly.Memory>()
    const start: StartThreads = (module, memory, count, job) => {
      memories.add(memory)
      return startThreads(module, memory, count, job)
    }
    for (let batch = 0; batch < 20; batch++) {
      scored(3, start)
      await tick()
      await Promise.all(ended)
    }
    expect(memories.size).toBe(1)
  })

  it('goes on where a worker is ended from outside before it has begun', async () => {
    const { walked, scored } = scoringCase(inPieces)
    const endedAtOnce: StartThreads = (...job) => {
      const threads = startThreads(...job)!
      threads.terminate()
      return threads
    }
    expect(scored(2, endedAtOnce)).toEqual(walked)
  })
})

describe('threads of a model of trees', () => {
  it('change nothing about probabilities and margins', () => {
    const data = sampleData(9000, 1)
    for (const model of [
      trainBoosting(data, { rounds: 20, earlyStopping: false }),
      trainForest(data, { trees: 10 }),
    ]) {
      const one = model.probability(data.features, { threads: 1 })
      expect(model.probability(data.features, { threads: 3 })).toEqual(one)
      expect(model.probability(data.features)).toEqual(one)
      expect(model.margin(data.features, { threads: 3 })).toEqual(model.margin(data.features, { threads: 1 }))
    }
  })

  it('are refused where they are none', () => {
    const data = sampleData(100, 1)
    const model = trainBoosting(data, { rounds: 2, earlyStopping: false })
    const call = (): Float64Array => model.probability(data.features, { threads: 0 })
    expect(call).toThrow(HoldfastError)
    expect(call).toThrow(/BoostingModel.probability: expected threads to be/)
  })

  it('are one for few rows', async () => {
    const { random, columns } = scoringCase(inPieces)
    const predictor = new TreePredictor(random.ensemble, random.specs)
    predictor.addMargins('test', columns, new Float64Array(rowCount))
    await tick()
    expect(started).toHaveLength(0)
  })

  it.runIf(processorCount() > 1)('are several for many rows', async () => {
    const random = randomEnsemble({ trees: 20, splits: 10, numbers: 6, texts: 0, categories: 0 }, 1)
    const rows = 2_000_000
    const values = Float64Array.from({ length: rows }, (_, row) => (row % 1000) / 100)
    const columns = random.specs.map(({ name }) => ({ kind: 'number' as const, name, values, missing: null }))
    const margin = new Float64Array(rows)
    new TreePredictor(random.ensemble, random.specs).addMargins('test', columns, margin)
    await tick()
    expect(started.length).toBeGreaterThan(0)
    await Promise.all(ended)
    expect(margin.subarray(1000, 2000)).toEqual(margin.subarray(0, 1000))
  })
})
