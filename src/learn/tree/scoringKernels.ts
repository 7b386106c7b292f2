import type { AlignedColumn } from '../align.js'
import type { ExplainPlan } from './explainPlan.js'
import { KernelMasks } from './kernelMasks.js'
import { compileKernels, KernelMemory } from './kernelMemory.js'
import type { KernelPlan } from './kernelPlan.js'
import { scoringBytes } from './kernels/scoringBytes.js'
import { fillRow, type RowPlan } from './rowPlan.js'
import { groupRows } from './scoringConditions.js'
import type { ScoringExports } from './scoringExports.js'
import type { ScoringPlan } from './scoringPlan.js'
import type { ScoringRun } from './scoringProgram.js'

const groupBytes = groupRows * 8
/** Pieces whose places are found before their values are added. */
const pieceBatch = 4

/** Addresses while the plan of a block kernel is loaded. */
interface Loaded {
  readonly masks: KernelMasks
  readonly plan: number
  readonly places: number
  readonly sums: number
  readonly margins: number
}

/**
 * The scoring kernels with their one memory.
 *
 * One per process: the memory holds the plan that was used last, so thousands of models share it, and it is as large as
 * the largest plan with its work space (masks: 64 bytes per distinct question; ranks: 4 kB per feature).
 */
export class ScoringKernels {
  static #instance: ScoringKernels | null | undefined
  readonly #start: number
  #current: KernelPlan | RowPlan | null = null
  #loaded: Loaded | null = null
  #row: Float64Array = new Float64Array(0)

  private constructor(
    readonly memory: KernelMemory,
    readonly exports: ScoringExports,
  ) {
    this.#start = memory.size
  }

  /** Returns the kernels, or null where the platform has no WebAssembly with vectors and shared memory. */
  static get(): ScoringKernels | null {
    if (ScoringKernels.#instance === undefined) ScoringKernels.#instance = ScoringKernels.#instantiate()
    return ScoringKernels.#instance
  }

  static #instantiate(): ScoringKernels | null {
    try {
      const memory = KernelMemory.forWebAssembly()
      const imports = { env: { memory: memory.shared! } }
      const instance = new WebAssembly.Instance(compileKernels(scoringBytes), imports)
      return new ScoringKernels(memory, instance.exports as unknown as ScoringExports)
    } catch {
      return null
    }
  }

  /** Adds to each margin what the trees of the plan say of its row. */
  addMargins(plan: ScoringPlan, columns: readonly AlignedColumn[], margin: Float64Array): void {
    const loaded = this.#load(plan)
    loaded.masks.forEachGroup(columns, margin.length, (first, count) => {
      const own = margin.subarray(first, first + count)
      const margins = new Float64Array(this.memory.buffer, loaded.margins, groupRows)
      margins.set(own)
      this.exports.spreadMargins(loaded.margins, loaded.sums)
      for (const run of plan.runs) this.#scoreRun(plan, run, loaded)
      this.exports.gatherMargins(loaded.sums, loaded.margins)
      own.set(margins.subarray(0, count))
    })
  }

  /** Adds to `values[output][row]` what the groups of the plan say of it. */
  addOutputs(
    plan: ExplainPlan,
    columns: readonly AlignedColumn[],
    rowCount: number,
    values: readonly Float64Array[],
  ): void {
    const { masks, plan: at, places, sums, margins } = this.#load(plan)
    masks.forEachGroup(columns, rowCount, (first, count) => {
      const { buffer } = this.memory
      new Float64Array(buffer, sums, plan.sumCount * groupRows).fill(0)
      const [words, tables] = [at + plan.words, at + plan.tables]
      this.exports.explainGroups(words, plan.groupCount, masks.slots, tables, places, sums)
      this.exports.explainDeep(words + plan.deepWords, plan.deepCount, masks.slots, tables, places, sums)
      plan.outputs.forEach((output, index) => {
        this.exports.gatherMargins(sums + index * groupBytes, margins)
        values[output]!.set(new Float64Array(buffer, margins, count), first)
      })
    })
  }

  /** Adds to each margin what the trees of the plan say of its row, one row after the other, without allocation. */
  addRowMargins(plan: RowPlan, columns: readonly AlignedColumn[], margin: Float64Array): void {
    if (this.#current !== plan) this.#loadRowPlan(plan)
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
    this.#copy(plan.bytes)
    const row = this.memory.allocate(plan.entries.length * 8)
    this.#row = new Float64Array(this.memory.buffer, row, plan.entries.length)
    this.#current = plan
  }

  #load(plan: KernelPlan): Loaded {
    if (this.#current === plan) return this.#loaded!
    const { memory } = this
    const address = this.#copy(plan.bytes)
    this.#loaded = {
      plan: address,
      masks: new KernelMasks(memory, this.exports, plan, address),
      places: memory.allocate(groupRows * pieceBatch),
      sums: memory.allocate(plan.sumCount * groupBytes),
      margins: memory.allocate(groupBytes),
    }
    this.#current = plan
    return this.#loaded
  }

  /** Puts the bytes of a plan in the place of the last one. */
  #copy(bytes: Uint8Array): number {
    this.#current = null
    this.memory.release(this.#start)
    const address = this.memory.allocate(bytes.length)
    new Uint8Array(this.memory.buffer, address).set(bytes)
    return address
  }

  #scoreRun(plan: ScoringPlan, { kind, start, count }: ScoringRun, loaded: Loaded): void {
    const { masks, plan: at, places, sums } = loaded
    if (kind === 'pieces') {
      this.exports.scorePieces(at + plan.words + start, count, masks.slots, at + plan.tables, places, sums)
    } else {
      const [trees, nodes, values] = [at + plan.walks + start, at + plan.nodes, at + plan.values]
      this.exports.scoreWalks(trees, count, nodes, values, masks.slots, sums)
    }
  }
}
