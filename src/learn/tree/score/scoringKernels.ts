import { compileKernels, KernelMemory } from '../../../base/kernelMemory.js'
import type { AlignedColumn } from '../../align.js'
import type { ExplainPlan } from '../explain/explainPlan.js'
import { scoringBytes } from '../kernels/scoringBytes.js'
import type { KernelPlan, ScoringPlan } from './kernelPlan.js'
import { fillRow, type RowPlan } from './rowPlan.js'
import { groupRows } from './scoringConditions.js'
import type { ScoringExports } from './scoringExports.js'
import { ScoringJob } from './scoringJob.js'

const groupBytes = groupRows * 8

/**
 * The scoring kernels with their memory.
 *
 * One per process is enough for one thread: its memory holds the plan that was used last, so thousands of models share
 * it, and it is as large as the largest plan with its work space (masks: 64 bytes per distinct question; columns: 20 kB
 * per feature, less where there are many). Threads that score together get one of their own.
 */
export class ScoringKernels {
  static #instance: ScoringKernels | null | undefined
  readonly #start: number
  #rowPlan: RowPlan | null = null
  #job: ScoringJob | null = null
  #row: Float64Array = new Float64Array(0)

  private constructor(
    readonly memory: KernelMemory,
    readonly module: WebAssembly.Module,
    readonly exports: ScoringExports,
  ) {
    this.#start = memory.size
  }

  /** Returns the kernels of this process, or null where the platform has no WebAssembly with vectors and shared memory. */
  static get(): ScoringKernels | null {
    if (ScoringKernels.#instance === undefined) ScoringKernels.#instance = ScoringKernels.create()
    return ScoringKernels.#instance
  }

  /** Returns kernels with a memory of their own. */
  static create(): ScoringKernels | null {
    try {
      const memory = KernelMemory.forWebAssembly()
      const module = compileKernels(scoringBytes)
      const { exports } = new WebAssembly.Instance(module, { env: { memory: memory.shared! } })
      return new ScoringKernels(memory, module, exports as unknown as ScoringExports)
    } catch {
      return null
    }
  }

  /** Returns a job for the plan, in the place of what was in the memory before. */
  load(plan: KernelPlan | ScoringPlan, threads = 1): ScoringJob {
    if (this.#job?.plan === plan && this.#job.threads === threads) return this.#job
    this.#clear()
    this.#job = new ScoringJob(this.memory, plan, threads)
    return this.#job
  }

  /** True where no other thread uses the memory. */
  isFree(): boolean {
    return this.#job?.isLeft() ?? true
  }

  /** Adds to `values[output][row]` what the groups of the plan say of it. */
  addOutputs(
    plan: ExplainPlan,
    columns: readonly AlignedColumn[],
    rowCount: number,
    values: readonly Float64Array[],
  ): void {
    const { exports, memory } = this
    const job = this.load(plan)
    job.open(columns)
    const chunk = job.chunkAt(0)
    for (let first = 0; first < rowCount; first += job.chunkRows) {
      const rows = Math.min(job.chunkRows, rowCount - first)
      job.fill(0, columns, first, rows)
      exports.rankChunk(job.address, 0, chunk)
      for (let row = 0; row < rows; row += groupRows) {
        exports.fillMasks(job.address, 0, chunk, row)
        const sums = this.#explainGroup(plan, job)
        const count = Math.min(groupRows, rows - row)
        const margins = job.marginsAt(0)
        plan.outputs.forEach((output, index) => {
          exports.gatherMargins(sums + index * groupBytes, margins * 8)
          values[output]!.set(memory.floats.subarray(margins, margins + count), first + row)
        })
      }
    }
  }

  /** Returns the address of the sums of a group whose masks are filled. */
  #explainGroup(
    { words, tables, groupCount, deepWords, deepCount, sumCount }: ExplainPlan,
    job: ScoringJob,
  ): number {
    const [plan, slots] = [job.at('plan'), job.at('workspaces')]
    const [places, sums] = [slots + job.at('rowPlaces'), slots + job.at('sums')]
    this.memory.bytes.fill(0, sums, sums + sumCount * groupBytes)
    this.exports.explainGroups(plan + words, groupCount, slots, plan + tables, places, sums)
    this.exports.explainDeep(plan + words + deepWords, deepCount, slots, plan + tables, places, sums)
    return sums
  }

  /** Adds to each margin what the trees of the plan say of its row, one row after the other, without allocation. */
  addRowMargins(plan: RowPlan, columns: readonly AlignedColumn[], margin: Float64Array): void {
    if (this.#rowPlan !== plan) this.#loadRowPlan(plan)
    const { roots, treeCount, nodes, values } = plan
    const start = this.#start
    for (let row = 0; row < margin.length; row++) {
      fillRow(plan, columns, row, this.#row)
      const at = this.#row.byteOffset
      margin[row] = this.exports.scoreRow(
        start + roots,
        treeCount,
        start + nodes,
        start + values,
        at,
        margin[row]!,
      )
    }
  }

  #loadRowPlan(plan: RowPlan): void {
    this.#clear()
    const address = this.memory.allocate(plan.bytes.length)
    this.memory.bytes.set(plan.bytes, address)
    const row = this.memory.allocate(plan.entries.length * 8)
    this.#row = new Float64Array(this.memory.buffer, row, plan.entries.length)
    this.#rowPlan = plan
  }

  /** Makes room for another plan; one that does not fit leaves none behind. */
  #clear(): void {
    this.#rowPlan = null
    this.#job = null
    this.memory.release(this.#start)
  }
}
