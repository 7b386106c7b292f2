import type { AlignedColumn, AlignedTextColumn } from '../align.js'
import { compileKernels, KernelMemory } from './kernelMemory.js'
import { scoringBytes } from './kernels/scoringBytes.js'
import { fillRow, type RowPlan } from './rowPlan.js'
import { groupRows, slotBytes } from './scoringConditions.js'
import type { PlannedFeature, ScoringPlan } from './scoringPlan.js'
import type { ScoringRun } from './scoringProgram.js'

/** Rows whose columns are read in one go: 16 kB of a column stay in the processor's cache until they are ranks. */
const chunkRows = 2048
const pieceBatch = 4

interface Exports {
  numberRanks(
    values: number,
    rows: number,
    thresholds: number,
    grid: number,
    lastCell: number,
    low: number,
    scale: number,
    steps: number,
    ranks: number,
  ): void
  searchedRanks(values: number, rows: number, thresholds: number, width: number, ranks: number): void
  categoryRanks(
    codes: number,
    rows: number,
    categoryOf: number,
    dictionarySize: number,
    unseen: number,
    missing: number,
    ranks: number,
  ): void
  numberMasks(ranks: number, slots: number, count: number, missing: number, directions: number): void
  setMasks(
    ranks: number,
    slots: number,
    count: number,
    missing: number,
    records: number,
    categoryCount: number,
    categorySlots: number,
  ): void
  spreadMargins(margins: number, sums: number): void
  gatherMargins(sums: number, margins: number): void
  scorePieces(
    program: number,
    pieces: number,
    slots: number,
    tables: number,
    places: number,
    sums: number,
  ): void
  scoreRow(roots: number, count: number, nodes: number, values: number, row: number, sum: number): number
  scoreWalks(trees: number, count: number, nodes: number, values: number, slots: number, sums: number): void
}

/** Addresses in the kernels' memory while a plan is loaded. */
interface Layout {
  readonly plan: number
  readonly slots: number
  readonly categorySlots: number
  readonly values: number
  readonly ranks: number
  readonly missing: number
  readonly places: number
  readonly sums: number
  readonly margins: number
  /** The end of what every call needs; tables of categories follow. */
  readonly end: number
}

/**
 * The scoring kernels with their one memory.
 *
 * One per process: the memory holds the plan that was used last, so thousands of models share it, and it is as large as
 * the largest plan with its work space (masks: 64 bytes per distinct question; ranks: 4 kB per feature).
 */
export class ScoringKernels {
  static #instance: ScoringKernels | null | undefined
  #loaded: ScoringPlan | RowPlan | null = null
  #row: Float64Array = new Float64Array(0)
  #layout: Layout | null = null
  readonly #start: number

  private constructor(
    readonly memory: KernelMemory,
    readonly exports: Exports,
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
      return new ScoringKernels(memory, instance.exports as unknown as Exports)
    } catch {
      return null
    }
  }

  /** Adds to each margin what the trees of the plan say of its row. */
  addMargins(plan: ScoringPlan, columns: readonly AlignedColumn[], margin: Float64Array): void {
    const layout = this.#load(plan)
    const categoryTables = this.#categoryTables(plan, columns, layout)
    for (let first = 0; first < margin.length; first += chunkRows) {
      const rows = Math.min(chunkRows, margin.length - first)
      const hasMissing = plan.features.map((feature, index) =>
        this.#rankFeature(feature, index, columns, layout, categoryTables, first, rows),
      )
      for (let row = 0; row < rows; row += groupRows) {
        this.#scoreGroup(plan, layout, hasMissing, row, margin, first)
      }
    }
    this.memory.release(layout.end)
  }

  /** Adds to each margin what the trees of the plan say of its row, one row after the other, without allocation. */
  addRowMargins(plan: RowPlan, columns: readonly AlignedColumn[], margin: Float64Array): void {
    if (this.#loaded !== plan) this.#loadRowPlan(plan)
    const row = this.#row
    const start = this.#start
    for (let index = 0; index < margin.length; index++) {
      fillRow(plan, columns, index, row)
      margin[index] = this.exports.scoreRow(
        start + plan.roots,
        plan.treeCount,
        start + plan.nodes,
        start + plan.values,
        row.byteOffset,
        margin[index]!,
      )
    }
  }

  #loadRowPlan(plan: RowPlan): void {
    this.#loaded = null
    this.memory.release(this.#start)
    const address = this.memory.allocate(plan.bytes.length)
    const row = this.memory.allocate(plan.entries.length * 8)
    new Uint8Array(this.memory.buffer, address).set(plan.bytes)
    this.#row = new Float64Array(this.memory.buffer, row, plan.entries.length)
    this.#loaded = plan
  }

  #load(plan: ScoringPlan): Layout {
    if (this.#loaded === plan) return this.#layout!
    this.#loaded = null
    this.memory.release(this.#start)
    const featureCount = plan.features.length
    const layout = {
      plan: this.memory.allocate(plan.bytes.length),
      slots: this.memory.allocate(plan.slotCount * slotBytes),
      categorySlots: this.memory.allocate((plan.mostCategories + 1) * slotBytes),
      values: this.memory.allocate(chunkRows * 8),
      ranks: this.memory.allocate(featureCount * chunkRows * 2),
      missing: this.memory.allocate((featureCount * chunkRows) / 8),
      places: this.memory.allocate(groupRows * pieceBatch),
      sums: this.memory.allocate(groupRows * 8),
      margins: this.memory.allocate(groupRows * 8),
    }
    const { buffer } = this.memory
    new Uint8Array(buffer, layout.plan).set(plan.bytes)
    new Uint8Array(buffer, layout.slots + slotBytes, slotBytes).fill(255)
    this.#loaded = plan
    this.#layout = { ...layout, end: this.memory.size }
    return this.#layout
  }

  /** Writes for each text feature the model's categories of the input's dictionary; returns their addresses. */
  #categoryTables(plan: ScoringPlan, columns: readonly AlignedColumn[], layout: Layout): number[] {
    this.memory.release(layout.end)
    return plan.features.map(({ conditions }) => {
      const column = columns[conditions.feature]!
      if (column.kind === 'number') return 0
      const address = this.memory.allocate(column.categoryOf.byteLength)
      new Int32Array(this.memory.buffer, address, column.categoryOf.length).set(column.categoryOf)
      return address
    })
  }

  /** Turns a chunk of a column into ranks; true where some of its rows are missing. */
  #rankFeature(
    feature: PlannedFeature,
    index: number,
    columns: readonly AlignedColumn[],
    layout: Layout,
    categoryTables: readonly number[],
    first: number,
    rows: number,
  ): boolean {
    const column = columns[feature.conditions.feature]!
    const missing = layout.missing + (index * chunkRows) / 8
    const hasMissing = this.#copyMissing(column, missing, first, rows)
    const ranks = layout.ranks + index * chunkRows * 2
    // Whole groups: what lies behind the last row is ranked too, whatever it is.
    const ranked = Math.ceil(rows / groupRows) * groupRows
    if (column.kind === 'number') {
      new Float64Array(this.memory.buffer, layout.values, rows).set(
        column.values.subarray(first, first + rows),
      )
      this.#rankNumbers(feature, layout, ranked, ranks)
      return hasMissing
    }
    this.#rankTexts(column, layout, categoryTables[index]!, missing, first, rows, ranked, ranks)
    return true
  }

  #rankNumbers(feature: PlannedFeature, layout: Layout, rows: number, ranks: number): void {
    const { conditions } = feature
    if (conditions.kind === 'text') return
    const { grid, searchWidth } = conditions
    const thresholds = layout.plan + feature.thresholds
    if (grid === null) this.exports.searchedRanks(layout.values, rows, thresholds, searchWidth, ranks)
    else {
      const { ranks: cells, low, scale, steps } = grid
      const address = layout.plan + feature.grid
      this.exports.numberRanks(
        layout.values,
        rows,
        thresholds,
        address,
        cells.length - 1,
        low,
        scale,
        steps,
        ranks,
      )
    }
  }

  #rankTexts(
    { codes, categoryOf, unseen }: AlignedTextColumn,
    layout: Layout,
    table: number,
    missing: number,
    first: number,
    rows: number,
    ranked: number,
    ranks: number,
  ): void {
    const { buffer } = this.memory
    new Int32Array(buffer, layout.values, rows).set(codes.subarray(first, first + rows))
    // Behind the last row: a code that no dictionary has.
    new Int32Array(buffer, layout.values + rows * 4, ranked - rows).fill(-1)
    this.exports.categoryRanks(layout.values, ranked, table, categoryOf.length, unseen, missing, ranks)
  }

  #copyMissing(column: AlignedColumn, address: number, first: number, rows: number): boolean {
    const words = new Uint32Array(this.memory.buffer, address, chunkRows / 32)
    if (column.missing === null) {
      if (column.kind === 'text') words.fill(0)
      return false
    }
    words.set(column.missing.words.subarray(first >>> 5, (first + rows + 31) >>> 5))
    return true
  }

  #scoreGroup(
    plan: ScoringPlan,
    layout: Layout,
    hasMissing: readonly boolean[],
    row: number,
    margin: Float64Array,
    first: number,
  ): void {
    const { exports } = this
    plan.features.forEach(({ conditions, directions, records }, index) => {
      const ranks = layout.ranks + (index * chunkRows + row) * 2
      const missing = layout.missing + (index * chunkRows + row) / 8
      const slots = layout.slots + conditions.slot * slotBytes
      const { count } = conditions
      if (conditions.kind === 'number') {
        const absent = hasMissing[index] ? missing : 0
        exports.numberMasks(ranks, slots, count, absent, layout.plan + directions)
      } else {
        const { categoryCount } = conditions
        const sets = layout.plan + records
        exports.setMasks(ranks, slots, count, missing, sets, categoryCount, layout.categorySlots)
      }
    })
    const rows = Math.min(groupRows, margin.length - first - row)
    const own = margin.subarray(first + row, first + row + rows)
    const margins = new Float64Array(this.memory.buffer, layout.margins, groupRows)
    margins.set(own)
    exports.spreadMargins(layout.margins, layout.sums)
    for (const run of plan.runs) this.#scoreRun(plan, run, layout)
    exports.gatherMargins(layout.sums, layout.margins)
    own.set(rows === groupRows ? margins : margins.subarray(0, rows))
  }

  #scoreRun(plan: ScoringPlan, { kind, start, count }: ScoringRun, layout: Layout): void {
    const at = layout.plan
    if (kind === 'pieces') {
      const [words, tables] = [at + plan.words + start, at + plan.tables]
      this.exports.scorePieces(words, count, layout.slots, tables, layout.places, layout.sums)
    } else {
      const [trees, nodes, values] = [at + plan.walks + start, at + plan.nodes, at + plan.values]
      this.exports.scoreWalks(trees, count, nodes, values, layout.slots, layout.sums)
    }
  }
}
