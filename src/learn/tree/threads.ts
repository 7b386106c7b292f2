import { HoldfastError } from '../../base/errors.js'

/** What is used of Node's worker threads; imported from nowhere, because the learners run in browsers too. */
interface WorkerThreads {
  readonly Worker: new (code: string, options: object) => Worker
}

interface Worker {
  unref(): void
  on(event: 'error', listener: () => void): void
  terminate(): Promise<number>
}

/** Further threads that run the `work` function of a module of kernels on a shared memory. */
export interface Threads {
  readonly count: number
  /** Ends them at once, wherever they are. */
  terminate(): void
}

// A string, so that nothing has to be found beside the package: not by bundlers, not by loaders.
const workerCode = `
const { workerData } = require('node:worker_threads')
const { module, memory, thread, job } = workerData
new WebAssembly.Instance(module, { env: { memory } }).exports.work(thread, job)
`

/**
 * Starts threads 1 to `count`; each calls the module's `work(thread, job)` and ends when that returns.
 *
 * They do not keep the process alive. Returns null where the platform has no such threads.
 */
export function startThreads(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  count: number,
  job: number,
): Threads | null {
  const workers = nodeModule<WorkerThreads>('node:worker_threads')
  if (workers === undefined) return null
  const started = Array.from({ length: count }, (_, index) => {
    const workerData = { module, memory, thread: index + 1, job }
    // No copy of the environment and no standard streams of its own: starting is twice as fast. None of the flags of the
    // process: a loader of sources has nothing to load, and with --input-type=module there would be no `require`.
    const worker = new workers.Worker(workerCode, {
      eval: true,
      workerData,
      env: {},
      execArgv: [],
      stdin: false,
    })
    worker.unref()
    // Whoever waits for it says that it is lost; without a listener the process would end.
    worker.on('error', () => {})
    return worker
  })
  return {
    count,
    terminate: () => {
      for (const worker of started) void worker.terminate()
    },
  }
}

/** Starts further threads on a job; null where the platform has none. */
export type StartThreads = typeof startThreads

/** Returns the error that tells that one of `count` threads does not go on: what it was expected `to` do. */
export function threadLost(operation: string, count: number, rule: string): HoldfastError {
  return new HoldfastError(operation, [
    {
      code: 'thread-lost',
      parameter: `one of the ${count} threads`,
      rule,
      wayOut: 'Something ended one of them. Call it again, with threads: 1 if it happens again.',
    },
  ])
}

/** Number of processors that this process may use; 1 where the platform does not say. */
export function processorCount(): number {
  const os = nodeModule<{ availableParallelism(): number }>('node:os')
  return os?.availableParallelism() ?? 1
}

/** A module of Node without importing it: the learners run in browsers too. */
function nodeModule<Module>(name: string): Module | undefined {
  const { process } = globalThis as {
    process?: { getBuiltinModule?: (name: string) => Module | undefined }
  }
  return process?.getBuiltinModule?.(name)
}
