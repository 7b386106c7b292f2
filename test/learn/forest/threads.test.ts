import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { HoldfastError } from '../../../src/base/errors.js'
import { checkTraining } from '../../../src/learn/check.js'
import { layForest } from '../../../src/learn/forest/forestMemory.js'
import { webAssemblyKernels } from '../../../src/learn/forest/kernels.js'
import type { ForestModel } from '../../../src/learn/forest/model.js'
import { forestOptions } from '../../../src/learn/forest/options.js'
import { trainForest } from '../../../src/learn/forest/train.js'
import { TreeCollector } from '../../../src/learn/forest/treeCollector.js'
import { growTogether, type TeamWork } from '../../../src/learn/forest/treeTeam.js'
import { encodeModel } from '../../../src/learn/store.js'
import { binsOf } from '../../../src/learn/tree/bins.js'
import { type StartThreads, startThreads } from '../../../src/learn/tree/threads.js'
import { sampleData } from '../sample.js'

// Enough work for threads to start before it is done.
const data = sampleData(3000, 1)
const options = { trees: 60, minRowsPerLeaf: 2 } as const

/** A forest of 60 trees for two threads, and the collector that gets its trees. */
function teamWork(): TeamWork {
  const kernels = webAssemblyKernels('test')
  const training = checkTraining('test', forestOptions, options, data)
  const bins = binsOf(training.features, null, 255)
  const layout = layForest(kernels.memory, training, null, training.features, bins, 2)
  const features = Int32Array.from(bins.keys())
  const collector = new TreeCollector({ bins, features }, options.trees, layout.weightUnits)
  return { operation: 'test', kernels, layout, collector, onTree: () => undefined }
}

function problemOf(run: () => void): unknown {
  try {
    run()
  } catch (error) {
    if (error instanceof HoldfastError) return error.problems[0]
    throw error
  }
  throw new Error('nothing was refused')
}

/** Threads of this process, whoever made them. */
function threadCount(): number {
  return readdirSync('/proc/self/task').length
}

function probabilitiesOf(model: ForestModel): number[] {
  return Array.from(model.outOfBag!.probability)
}

function isSame(a: ForestModel, b: ForestModel): boolean {
  return Buffer.compare(encodeModel(a), encodeModel(b)) === 0
}

describe('threads of the forest', () => {
  it.each([2, 8])('grow the same forest on %i threads as on one, out of bag included', (threads) => {
    const one = trainForest(data, { ...options, threads: 1 })
    const many = trainForest(data, { ...options, threads })
    expect(isSame(many, one)).toBe(true)
    expect(probabilitiesOf(many)).toEqual(probabilitiesOf(one))
  })

  it('grow the same forest with weights', () => {
    const weight = Float64Array.from({ length: 3000 }, (_, row) => (row % 7) / 3)
    const one = trainForest({ ...data, weight }, { ...options, threads: 1 })
    const two = trainForest({ ...data, weight }, { ...options, threads: 2 })
    expect(isSame(two, one)).toBe(true)
    expect(probabilitiesOf(two)).toEqual(probabilitiesOf(one))
  })

  it('do a part of the work where there is enough of it', () => {
    const work = teamWork()
    let own = 0
    const grow = work.kernels.growerOf(work.layout)
    const growerOf = () => (tree: number) => {
      own++
      // Slow enough for the other thread to come in.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
      return grow(tree)
    }
    growTogether({ ...work, kernels: { ...work.kernels, growerOf } })
    expect(own).toBeLessThan(60)
    expect(work.collector.build().roots.length).toBe(60)
  })

  it('that end in the middle of a tree are told by name, without waiting for ever', () => {
    const takesOneAndDies: StartThreads = (_module, memory, count, job) => {
      // Word 1 of a job is the next tree.
      Atomics.add(new Int32Array(memory.buffer), job / 4 + 1, 1)
      return { count, terminate: () => undefined }
    }
    expect(problemOf(() => growTogether(teamWork(), takesOneAndDies, 50))).toMatchObject({
      code: 'thread-lost',
    })
  })

  it('that never start hold up nobody', () => {
    const neverStarts: StartThreads = (_module, _memory, count) => ({ count, terminate: () => undefined })
    const work = teamWork()
    growTogether(work, neverStarts, 50)
    expect(work.collector.build().roots.length).toBe(60)
  })

  it('are not needed: a platform without them grows alone', () => {
    const work = teamWork()
    growTogether(work, () => null)
    expect(work.collector.build().roots.length).toBe(60)
  })

  it('are ended when the training is aborted', () => {
    let terminated = 0
    const start: StartThreads = (...job) => {
      const threads = startThreads(...job)!
      const terminate = (): void => {
        terminated++
        threads.terminate()
      }
      return { ...threads, terminate }
    }
    const onTree = (): void => {
      throw new HoldfastError('test', [{ code: 'aborted', parameter: 'the training', rule: 'to run' }])
    }
    expect(problemOf(() => growTogether({ ...teamWork(), onTree }, start))).toMatchObject({ code: 'aborted' })
    expect(terminated).toBe(1)
  })

  it.runIf(process.platform === 'linux')('are gone after trainings, whole and aborted ones', async () => {
    trainForest(data, { ...options, threads: 2 })
    await sleep(300)
    const before = threadCount()
    for (const signal of [new AbortController().signal, AbortSignal.abort()]) {
      const stopLate = {
        get aborted() {
          return signal.aborted && started
        },
      } as AbortSignal
      let started = false
      const onProgress = (): void => {
        started = true
      }
      try {
        trainForest(data, { ...options, threads: 6 }, { signal: stopLate, onProgress })
      } catch (error) {
        expect((error as HoldfastError).problems[0]).toMatchObject({ code: 'aborted' })
      }
    }
    for (let looks = 0; looks < 100 && threadCount() > before; looks++) await sleep(50)
    expect(threadCount()).toBeLessThanOrEqual(before)
  })

  it('tell every tree once, up to the last', () => {
    const done: number[] = []
    trainForest(data, { ...options, threads: 3 }, { onProgress: (progress) => done.push(progress.done) })
    expect(done).toEqual(Array.from({ length: 60 }, (_, tree) => tree + 1))
  })
})
