import type { AlignedColumn } from '../../align.js'
import { type StartThreads, startThreads, threadLost } from '../threads.js'
import type { ScoringPlan } from './kernelPlan.js'
import type { ScoringJob } from './scoringJob.js'
import { ScoringKernels } from './scoringKernels.js'

/** Threads that score together. */
export interface ScoringTeam {
  /** Named by errors. */
  readonly operation: string
  /** The caller is one of them. */
  readonly threads: number
}

/** A chunk takes milliseconds: threads of which none has finished one for so long will not. */
const lostAfterMs = 20_000

/** Adds to each margin what the trees of the plan say of its row, on this thread. */
export function scoreRows(
  kernels: ScoringKernels,
  plan: ScoringPlan,
  columns: readonly AlignedColumn[],
  margin: Float64Array,
): void {
  const job = kernels.load(plan)
  job.open(columns)
  new ChunkRun(kernels, job, columns, margin, 0).run()
}

/**
 * Adds to each margin what the trees of the plan say of its row, on several threads; the same sums to the bit.
 *
 * The caller copies rows to where all threads see them, chunk by chunk, and scores chunks itself while there is no room
 * for more: a thread that starts late, or never, holds up nobody. The threads end with the call.
 *
 * @throws {HoldfastError} `thread-lost` where a thread ends in the middle of a chunk; `memory-exceeded`
 */
export function scoreTogether(
  plan: ScoringPlan,
  columns: readonly AlignedColumn[],
  margin: Float64Array,
  { operation, threads: count }: ScoringTeam,
  start: StartThreads = startThreads,
  patienceMs: number = lostAfterMs,
): void {
  const kernels = takeKernels()
  if (kernels === null) {
    scoreRows(ScoringKernels.get()!, plan, columns, margin)
    return
  }
  const job = kernels.load(plan, count)
  job.open(columns)
  const threads = start(kernels.module, kernels.memory.shared!, count - 1, job.address)
  const run = new ChunkRun(kernels, job, columns, margin, patienceMs)
  const isWhole = run.run()
  run.end()
  if (!isWhole) {
    threads?.terminate()
    throw threadLost(operation, count, `to score its rows, but none has gone on for ${patienceMs / 1000} s`)
  }
  if (threads !== null) used.unshift(new WeakRef(kernels))
}

/** Kernels of earlier batches, the last ones first: a memory is used again rather than left to the garbage collector, which takes its time. */
let used: WeakRef<ScoringKernels>[] = []

/** Returns kernels that no thread uses any more, or new ones; null where there is no memory for them. */
function takeKernels(): ScoringKernels | null {
  used = used.filter((kernels) => kernels.deref() !== undefined)
  const free = used.findIndex((kernels) => kernels.deref()?.isFree() === true)
  const taken = free < 0 ? undefined : used.splice(free, 1)[0]?.deref()
  return taken ?? ScoringKernels.create()
}

/** Rows on their way through the chunks of a job. */
class ChunkRun {
  readonly #words: Int32Array
  readonly #floats: Float64Array

  constructor(
    readonly kernels: ScoringKernels,
    readonly job: ScoringJob,
    readonly columns: readonly AlignedColumn[],
    readonly margin: Float64Array,
    readonly patienceMs: number,
  ) {
    this.#words = kernels.memory.words
    this.#floats = kernels.memory.floats
  }

  /** Returns false where others have taken a chunk and do not finish it. */
  run(): boolean {
    const places = this.job.at('places')
    const count = Math.ceil(this.margin.length / this.job.chunkRows)
    for (let chunk = 0; chunk < count + places; chunk++) {
      if (chunk >= places && !this.#collect(chunk - places)) return false
      if (chunk < count) this.#fill(chunk)
    }
    return true
  }

  /** Tells further threads that there will be no more. */
  end(): void {
    Atomics.store(this.#words, this.job.placeOf('ended'), 1)
    this.#signal(Number.POSITIVE_INFINITY)
  }

  #fill(chunk: number): void {
    const [first, end] = this.#rowsOf(chunk)
    this.job.fill(chunk, this.columns, first, end - first)
    this.#floats.set(this.margin.subarray(first, end), this.job.marginsAt(chunk))
    Atomics.store(this.#words, this.job.placeOf('filled'), chunk + 1)
    this.#signal(1)
  }

  #collect(chunk: number): boolean {
    const [first, end] = this.#rowsOf(chunk)
    if (first >= end) return true
    if (!this.#scored(this.job.doneAt(chunk))) return false
    const at = this.job.marginsAt(chunk)
    this.margin.set(this.#floats.subarray(at, at + end - first), first)
    return true
  }

  /** Scores chunks, or waits where all are taken, until the one is done. */
  #scored(done: number): boolean {
    const finished = this.job.placeOf('finished')
    for (;;) {
      const before = Atomics.load(this.#words, finished)
      if (Atomics.load(this.#words, done) === 1) return true
      if (this.kernels.exports.scoreNext(0, this.job.address) === 1) continue
      if (Atomics.wait(this.#words, finished, before, this.patienceMs) === 'timed-out') return false
    }
  }

  #rowsOf(chunk: number): [number, number] {
    const { chunkRows } = this.job
    return [chunk * chunkRows, Math.min((chunk + 1) * chunkRows, this.margin.length)]
  }

  #signal(threads: number): void {
    const signal = this.job.placeOf('signal')
    Atomics.add(this.#words, signal, 1)
    Atomics.notify(this.#words, signal, threads)
  }
}
