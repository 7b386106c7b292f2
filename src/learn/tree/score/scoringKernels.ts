import type { AlignedColumn } from '../../align.js'
import type { ExplainPlan } from '../explain/explainPlan.js'
import { compileKernels, KernelMemory } from '../kernelMemory.js'
import { scoringBytes } from '../kernels/scoringBytes.js'
import { chunkRows, KernelMasks } from './kernelMasks.js'
import type { KernelPlan } from './kernelPlan.js'
import { fillRow, type RowPlan } from './rowPlan.js'
import { groupRows, slotBytes } from './scoringConditions.js'
import type { ScoringExports } from './scoringExports.js'
import type { PiecePlan, ScoringPlan } from './scoringPlan.js'
import { columnBytes, type WalkPlan } from './walkPlan.js'

const groupBytes = groupRows * 8
/** Pieces whose places are found before their values are added. */
const pieceBatch = 4

/** Addresses while the plan of a block kernel is loaded. */
interface Loaded {
  readonly masks: KernelMasks
  readonly plan: number
  readonly places: number
  readonly sums: number
  /** Numbers of a chunk's rows, in their order. */
  readonly rows: number
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
    if (plan.kind === 'pieces') this.#addInPieces(plan, loaded, columns, margin)
    else this.#addWalks(plan, loaded, columns, margin)
  }

  #addInPieces(
    plan: PiecePlan,
    { masks, plan: at, places, sums, rows }: Loaded,
    columns: readonly AlignedColumn[],
    margin: Float64Array,
  ): void {
    const [words, tables] = [at + plan.words, at + plan.tables]
    masks.forEachGroup(columns, margin.length, (first, count) => {
      const own = margin.subarray(first, first + count)
      const margins = new Float64Array(this.memory.buffer, rows, count)
      margins.set(own)
      this.exports.spreadMargins(rows, sums)
      this.exports.scorePieces(words, plan.pieceCount, masks.slots, tables, places, sums)
      this.exports.gatherMargins(sums, rows)
      own.set(margins)
    })
  }

  #addWalks(plan: WalkPlan, loaded: Loaded, columns: readonly AlignedColumn[], margin: Float64Array): void {
    const { masks, plan: at, rows, places } = loaded
    const blockBytes = plan.columns.length * columnBytes
    const codes = this.memory.allocate((groupRows / 8) * blockBytes)
    const [words, starts] = [at + plan.words, at + plan.starts]
    const [nodes, values, trees] = [at + plan.nodes, at + plan.values, plan.treeCount]
    masks.forEachGroup(columns, margin.length, (first, count, row, hasMissing) => {
      this.#placeCodes(plan, masks, row, hasMissing, codes)
      const own = margin.subarray(first, first + count)
      const margins = new Float64Array(this.memory.buffer, rows, count)
      margins.set(own)
      const whole = Math.ceil(count / 8) * 8
      this.exports.scoreWalks(
        words,
        trees,
        masks.slots,
        starts,
        nodes,
        values,
        codes,
        blockBytes,
        whole,
        places,
        rows,
      )
      own.set(margins)
    })
    this.memory.release(codes)
  }

  /** Writes the codes of the group that begins at a row of the chunk. */
  #placeCodes(
    { columns }: WalkPlan,
    masks: KernelMasks,
    row: number,
    hasMissing: readonly boolean[],
    codes: number,
  ): void {
    const { exports } = this
    const blockBytes = columns.length * columnBytes
    columns.forEach(({ index, absent, slot }, column) => {
      const at = codes + column * columnBytes
      const missing = hasMissing[index] ? masks.missingOf(index, row) : 0
      if (slot !== 0) exports.placeMask(masks.slots + slot * slotBytes, groupRows, at, blockBytes)
      else exports.placeRanks(masks.ranksOf(index, row), groupRows, missing, absent, at, blockBytes)
    })
  }

  /** Adds to `values[output][row]` what the groups of the plan say of it. */
  addOutputs(
    plan: ExplainPlan,
    columns: readonly AlignedColumn[],
    rowCount: number,
    values: readonly Float64Array[],
  ): void {
    const { masks, plan: at, places, sums, rows } = this.#load(plan)
    masks.forEachGroup(columns, rowCount, (first, count) => {
      const { buffer } = this.memory
      new Float64Array(buffer, sums, plan.sumCount * groupRows).fill(0)
      const [words, tables] = [at + plan.words, at + plan.tables]
      this.exports.explainGroups(words, plan.groupCount, masks.slots, tables, places, sums)
      this.exports.explainDeep(words + plan.deepWords, plan.deepCount, masks.slots, tables, places, sums)
      plan.outputs.forEach((output, index) => {
        this.exports.gatherMargins(sums + index * groupBytes, rows)
        values[output]!.set(new Float64Array(buffer, rows, count), first)
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
      rows: memory.allocate(chunkRows * 8),
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
}
