import type { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { trainBoosting } from '../../../src/learn/boosting/train.js'
import { KernelTeam } from '../../../src/learn/tree/grow/kernelTeam.js'
import { sampleData } from '../sample.js'
import { growTrees, plainLimits, treeCase, withTeam } from './treeCases.js'

/** Workers that have started during a test, and those of them that have ended. */
let started: Worker[]
let ended: Promise<unknown>[]

function remember(worker: Worker): void {
  started.push(worker)
  ended.push(new Promise((resolve) => worker.once('exit', resolve)))
}

beforeEach(() => {
  started = []
  ended = []
  process.on('worker', remember)
})

afterEach(() => {
  process.off('worker', remember)
})

describe('KernelTeam', () => {
  it('leaves no worker behind, however many trainings there were', async () => {
    const data = treeCase(100, 1)
    for (let training = 0; training < 20; training++) {
      growTrees(data, plainLimits, { threads: 3, rounds: 1, together: true })
    }
    await tick()
    expect(started).toHaveLength(40)
    await Promise.all(ended)
    expect(started.map(({ threadId }) => threadId)).toEqual(new Array(40).fill(-1))
  })

  it('ends workers that have not begun when it is stopped', async () => {
    KernelTeam.start('test', 3).stop()
    await tick()
    await Promise.all(ended)
    expect(started).toHaveLength(2)
  })

  it('says which thread is lost where one was ended from outside, and ends the others', async () => {
    // Time for threads to start on a busy machine too.
    const team = KernelTeam.start('test', 3, { lostAfterMs: 2000 })
    team.ready()
    await tick()
    await started[0]!.terminate()
    const numbers = team.memory.allocate(64)
    const job = (): void => team.do('sortNumbers', [numbers, numbers, numbers, 0], true)
    expect(errorOf(job)).toMatchObject({
      code: 'thread-lost',
      message: expect.stringContaining('expected the 3 threads to answer within 2 s'),
    })
    await Promise.all(ended)
  })

  it('says that a thread is lost which failed by itself, and the process goes on', async () => {
    const team = KernelTeam.start('test', 2, { lostAfterMs: 2000 })
    team.ready()
    // Sums of the second thread would lie behind the end of the memory.
    const sums = team.memory.buffer.byteLength - 64
    const job = (): void => team.do('sumGradients', [0, 0, 0, 0, sums], true)
    expect(errorOf(job)).toMatchObject({ code: 'thread-lost' })
    await tick()
    await Promise.all(ended)
    expect(started).toHaveLength(1)
  })

  it('ends its workers when a training is aborted between trees', async () => {
    const controller = new AbortController()
    const onProgress = ({ step }: { step: string }): void => {
      if (step === 'tree') controller.abort()
    }
    const train = (): unknown =>
      trainBoosting(sampleData(200, 1), { threads: 2, rounds: 5 }, { onProgress, signal: controller.signal })
    expect(errorOf(train)).toMatchObject({ code: 'aborted' })
    await tick()
    expect(started.length).toBeGreaterThan(0)
    await Promise.all(ended)
  })

  it('says how many bytes it would need where 4 GiB are not enough, and goes on with what it has', () => {
    for (const kernels of ['wasm', 'plain'] as const) {
      withTeam(1, { kernels }, (team) => {
        const before = team.memory.size
        expect(errorOf(() => team.memory.allocate(2 ** 32))).toMatchObject({
          code: 'memory-exceeded',
          operation: 'test',
          problems: [{ received: 2 ** 32 + before, wayOut: expect.stringContaining('fewer rows') }],
        })
        expect(team.memory.allocate(64)).toBe(before)
      })
    }
  })
})

function errorOf(call: () => unknown): unknown {
  try {
    call()
  } catch (error) {
    return error
  }
  return null
}

/** Events of workers come when nothing else is to be done. */
function tick(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
