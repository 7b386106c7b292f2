import { compileKernels, KernelMemory } from '../../base/kernelMemory.js'
import type { Design } from './design.js'
import { logisticBytes } from './kernels/logisticBytes.js'
import { plainScoreKernels, type ScoreKernels } from './plainScoreKernels.js'

/** Kernels with their memory, of which they use what lies behind `start`. */
export interface ScoreWorkspace {
  readonly kernels: ScoreKernels
  readonly memory: KernelMemory
  readonly start: number
}

/** Scores of a block stay in a processor's cache while they are read three times. */
const blockBytes = 2 ** 17
const mostBlockRows = 256

/** The scores of a design, block by block in the memory of kernels, with sums over them that begin at 0. */
export class ScoreBlocks {
  readonly #kernels: ScoreKernels
  readonly #memory: KernelMemory
  readonly #scores: number
  readonly #coefficients: number
  readonly #ofRows: number
  readonly #sums: number
  readonly #bent: number
  readonly #pairs: number
  /** Rows of a block: a multiple of 4. */
  readonly rows: number

  /** In the place of what was in the memory before. */
  constructor(
    readonly design: Design,
    coefficients: Float64Array,
    withPairs = false,
    { kernels, memory, start }: ScoreWorkspace = workspaceOfProcess(),
  ) {
    const { width, scoreCount } = design
    this.rows = Math.min(mostBlockRows, Math.max(4, Math.floor(blockBytes / 8 / Math.max(width, 1)) & ~3))
    this.#kernels = kernels
    this.#memory = memory
    memory.release(start)
    const floats = (count: number): number => memory.allocate(count * 8)
    this.#scores = floats(this.rows * width)
    this.#coefficients = floats(width)
    this.#ofRows = floats(this.rows)
    this.#sums = floats(width)
    this.#bent = floats(withPairs ? this.rows * width : 0)
    this.#pairs = floats(withPairs ? width * width : 0)
    memory.floats.set(coefficients.subarray(0, scoreCount), this.#coefficients / 8)
  }

  /**
   * Reads the rows [first, end) and returns what their scores add to their margins, in a view that `addPulls` and
   * `addPairs` take their weights from: shape (`rows`), beyond the rows 0.
   */
  margins(first: number, end: number): Float64Array {
    const { width, scores } = this.design
    const { floats } = this.#memory
    floats.set(scores.subarray(first * width, end * width), this.#scores / 8)
    this.#kernels.rowMargins(this.#scores, this.rows, width, this.#coefficients, this.#ofRows)
    return floats.subarray(this.#ofRows / 8, this.#ofRows / 8 + this.rows).fill(0, end - first)
  }

  /** Adds to the sum of each column the weighted scores of the rows that were read last. */
  addPulls(): void {
    this.#kernels.addPulls(this.#scores, this.rows, this.design.width, this.#ofRows, this.#sums)
  }

  /** Adds to the sum of each pair of columns the weighted products of their scores in these rows. */
  addPairs(): void {
    const { width } = this.design
    this.#kernels.addPairs(this.#scores, this.rows, width, this.#ofRows, this.#bent, this.#pairs)
  }

  /** Shape (scoreCount). */
  sums(): Float64Array {
    return this.#memory.floats.subarray(this.#sums / 8, this.#sums / 8 + this.design.scoreCount)
  }

  /** Of a column and those up to it. */
  pairs(column: number): Float64Array {
    const at = this.#pairs / 8 + column * this.design.width
    return this.#memory.floats.subarray(at, at + column + 1)
  }
}

let ofProcess: ScoreWorkspace | undefined

/** One memory is enough: nothing stays in it. It is as large as the largest design needs, columns² × 8 bytes. */
function workspaceOfProcess(): ScoreWorkspace {
  ofProcess ??= webAssemblyWorkspace() ?? plainWorkspace()
  return ofProcess
}

/** Null where the platform has no WebAssembly with vectors. */
export function webAssemblyWorkspace(): ScoreWorkspace | null {
  try {
    const memory = KernelMemory.forWebAssembly('trainLogistic', false)
    const { exports } = new WebAssembly.Instance(compileKernels(logisticBytes), {
      env: { memory: memory.shared! },
    })
    return { kernels: exports as unknown as ScoreKernels, memory, start: memory.size }
  } catch {
    return null
  }
}

/** The same sums to the bit, several times slower. */
export function plainWorkspace(): ScoreWorkspace {
  const memory = KernelMemory.forPlain('trainLogistic')
  return { kernels: plainScoreKernels(memory), memory, start: memory.size }
}
