import { HoldfastError } from '../../../base/errors.js'
import { compileKernels, KernelMemory } from '../../../base/kernelMemory.js'
import { trainingBytes } from '../kernels/trainingBytes.js'
import { startThreads, type Threads } from '../threads.js'
import { plainKernels } from './plainKernels.js'

/** What the kernels of training can be asked to do; the numbers are those of kernels/training.as.ts. */
export const operations = {
  stop: 0,
  encodeNumbers: 1,
  joinColumns: 2,
  rewriteBundle: 3,
  interleave: 4,
  logLossGradients: 5,
  packGradients: 6,
  sampleRows: 7,
  partitionRows: 8,
  fillHistogram: 9,
  searchSplits: 10,
  searchCounted: 11,
  describeSplit: 12,
  addLeaves: 13,
  countCodes: 14,
  sumGradients: 15,
  sortNumbers: 16,
} as const

/** Name of an operation. */
export type Operation = keyof typeof operations

/** Kernels on a memory: does a thread's share of the job in the control block. */
export type RunShare = (thread: number) => void

const controlAddress = 64
const controlBytes = 512
const jobWord = controlAddress / 4
const doneWord = jobWord + 1
const operationWord = jobWord + 2
const threadsWord = jobWord + 3
const firstArgument = jobWord + 16
const firstNumber = (controlAddress + 192) / 8

/** Looks at the other threads before sleeping until one of them is done; as in kernels/training.as.ts. */
const patience = 400_000

/** What a team runs on, and how long it waits. */
export interface TeamSettings {
  /** Default 'wasm' where the platform has WebAssembly with vectors and shared memory; 'plain' is TypeScript. */
  readonly kernels?: 'wasm' | 'plain'
  /** A job takes a fraction of a second; threads that have not answered after this time will not. Default 20,000. */
  readonly lostAfterMs?: number
}

/**
 * A memory and the threads that work on it together.
 *
 * A job is described in the control block; all threads do a share each and the caller goes on when all are done.
 * The caller is thread 0. Jobs too small to share are done by the caller alone, share by share, with the same result.
 */
export class KernelTeam {
  #threads: Threads | null = null

  private constructor(
    readonly operation: string,
    readonly memory: KernelMemory,
    readonly run: RunShare,
    readonly threadCount: number,
    readonly lostAfterMs: number,
  ) {
    memory.release(controlAddress)
    memory.allocate(controlBytes)
    memory.words[threadsWord] = threadCount
  }

  /** Returns a team; its further threads are starting. Plain kernels have none: the caller does all shares. */
  static start(operation: string, threadCount: number, settings: TeamSettings = {}): KernelTeam {
    const { kernels = 'wasm', lostAfterMs = 20_000 } = settings
    const onWebAssembly = kernels === 'wasm' ? instantiate(operation) : null
    if (onWebAssembly === null) {
      const memory = KernelMemory.forPlain(operation)
      return new KernelTeam(operation, memory, plainKernels(memory), threadCount, lostAfterMs)
    }
    const { memory, run, module } = onWebAssembly
    const team = new KernelTeam(operation, memory, run, threadCount, lostAfterMs)
    if (threadCount > 1) team.#threads = startThreads(module, memory.shared!, threadCount - 1, 0)
    return team
  }

  /** Sets a number of the jobs to come that does not fit into an integer; it stays until it is set again. */
  setNumber(index: number, value: number): void {
    this.memory.floats[firstNumber + index] = value
  }

  /** Sets a number of the jobs to come that is a sum of gradients and hessians. */
  setSum(index: number, gradient: number, hessian: number): void {
    const word = 2 * (firstNumber + index)
    this.memory.words[word] = hessian | 0
    this.memory.words[word + 1] = gradient
  }

  /** Does a job. `together` = on all threads; false where that would cost more than it gives. */
  do(operation: Operation, parameters: readonly number[], together: boolean): void {
    const { words } = this.memory
    words[operationWord] = operations[operation]
    for (let index = 0; index < parameters.length; index++) words[firstArgument + index] = parameters[index]!
    if (together && this.#threads !== null) this.#share()
    else for (let thread = 0; thread < this.threadCount; thread++) this.run(thread)
  }

  /** Waits until the further threads have started. */
  ready(): void {
    if (this.#threads !== null) this.#wait()
  }

  /** Ends the threads. */
  stop(): void {
    if (this.#threads === null) return
    const { words } = this.memory
    words[operationWord] = operations.stop
    Atomics.add(words, jobWord, 1)
    Atomics.notify(words, jobWord)
    this.#threads = null
  }

  #share(): void {
    const { words } = this.memory
    Atomics.store(words, doneWord, 0)
    Atomics.add(words, jobWord, 1)
    Atomics.notify(words, jobWord)
    this.run(0)
    this.#wait()
  }

  #wait(): void {
    const { words } = this.memory
    const others = this.threadCount - 1
    for (let looks = 0; looks < patience; looks++) if (Atomics.load(words, doneWord) === others) return
    for (let done = Atomics.load(words, doneWord); done !== others; done = Atomics.load(words, doneWord)) {
      if (Atomics.wait(words, doneWord, done, this.lostAfterMs) === 'timed-out') this.#lose()
    }
  }

  #lose(): never {
    this.#threads?.terminate()
    this.#threads = null
    throw new HoldfastError(this.operation, [
      {
        code: 'thread-lost',
        parameter: `the ${this.threadCount} threads`,
        rule: `to answer within ${this.lostAfterMs / 1000} s`,
        wayOut: 'Something ended one of them. Call it again, with threads: 1 if it happens again.',
      },
    ])
  }
}

/** Returns the kernels in WebAssembly on a memory of their own; null where the platform cannot have them. */
function instantiate(
  operation: string,
): { memory: KernelMemory; run: RunShare; module: WebAssembly.Module } | null {
  try {
    const memory = KernelMemory.forWebAssembly(operation)
    const module = compileKernels(trainingBytes)
    const { exports } = new WebAssembly.Instance(module, { env: { memory: memory.shared! } })
    return { memory, run: exports['run'] as RunShare, module }
  } catch {
    return null
  }
}
