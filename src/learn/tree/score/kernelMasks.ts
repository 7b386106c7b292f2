import type { AlignedColumn, AlignedTextColumn } from '../../align.js'
import type { KernelMemory } from '../kernelMemory.js'
import type { KernelPlan, PlannedFeature } from './kernelPlan.js'
import { groupRows, slotBytes } from './scoringConditions.js'
import type { ScoringExports } from './scoringExports.js'

/** Rows whose columns are read in one go: 16 kB of a column stay in the processor's cache until they are ranks. */
export const chunkRows = 2048

/** Turns columns into masks of a plan's conditions, group by group; holds addresses only, all in the kernels' memory. */
export class KernelMasks {
  /** Address of the first mask. */
  readonly slots: number
  readonly #categorySlots: number
  readonly #values: number
  readonly #ranks: number
  readonly #missing: number

  constructor(
    readonly memory: KernelMemory,
    readonly exports: ScoringExports,
    readonly plan: KernelPlan,
    /** Address of the plan's bytes. */
    readonly address: number,
  ) {
    const featureCount = plan.features.length
    this.slots = memory.allocate(plan.slotCount * slotBytes)
    this.#categorySlots = memory.allocate((plan.mostCategories + 1) * slotBytes)
    this.#values = memory.allocate(chunkRows * 8)
    this.#ranks = memory.allocate(featureCount * chunkRows * 2)
    this.#missing = memory.allocate((featureCount * chunkRows) / 8)
    new Uint8Array(memory.buffer, this.slots + slotBytes, slotBytes).fill(255)
  }

  /**
   * Calls `visit` for each group of at most 512 rows while its masks are in place. `row` is its first row in the chunk
   * whose ranks are in place; `hasMissing` tells for each of the plan's features whether rows of the chunk are missing.
   */
  forEachGroup(
    columns: readonly AlignedColumn[],
    rowCount: number,
    visit: (first: number, count: number, row: number, hasMissing: readonly boolean[]) => void,
  ): void {
    const end = this.memory.size
    const categoryTables = this.#categoryTables(columns)
    for (let first = 0; first < rowCount; first += chunkRows) {
      const rows = Math.min(chunkRows, rowCount - first)
      const hasMissing = this.plan.features.map((feature, index) =>
        this.#rankFeature(feature, index, columns, categoryTables[index]!, first, rows),
      )
      for (let row = 0; row < rows; row += groupRows) {
        for (let index = 0; index < hasMissing.length; index++)
          this.#fillMasks(index, hasMissing[index]!, row)
        visit(first + row, Math.min(groupRows, rows - row), row, hasMissing)
      }
    }
    this.memory.release(end)
  }

  /** Address of a feature's ranks, from a row of the chunk on. */
  ranksOf(index: number, row: number): number {
    return this.#ranks + (index * chunkRows + row) * 2
  }

  /** Address of the mask of a feature's missing rows, from a row of the chunk on. */
  missingOf(index: number, row: number): number {
    return this.#missing + (index * chunkRows + row) / 8
  }

  /** Fills the masks of a feature's conditions for the group that begins at a row of the chunk. */
  #fillMasks(index: number, hasMissing: boolean, row: number): void {
    const { conditions, directions, records } = this.plan.features[index]!
    const [ranks, missing] = [this.ranksOf(index, row), this.missingOf(index, row)]
    const slots = this.slots + conditions.slot * slotBytes
    const { count } = conditions
    if (conditions.kind === 'number') {
      this.exports.numberMasks(ranks, slots, count, hasMissing ? missing : 0, this.address + directions)
    } else {
      const { categoryCount } = conditions
      const sets = this.address + records
      this.exports.setMasks(ranks, slots, count, missing, sets, categoryCount, this.#categorySlots)
    }
  }

  /** Writes for each text feature the model's categories of the input's dictionary; returns their addresses. */
  #categoryTables(columns: readonly AlignedColumn[]): number[] {
    return this.plan.features.map(({ conditions }) => {
      const column = columns[conditions.feature]!
      if (column.kind === 'number') return 0
      const address = this.memory.allocate(column.categoryOf.byteLength)
      new Int32Array(this.memory.buffer, address, column.categoryOf.length).set(column.categoryOf)
      return address
    })
  }

  /** Turns a chunk of a column into ranks; true where some of its rows may be missing. */
  #rankFeature(
    feature: PlannedFeature,
    index: number,
    columns: readonly AlignedColumn[],
    categoryTable: number,
    first: number,
    rows: number,
  ): boolean {
    const column = columns[feature.conditions.feature]!
    const missing = this.missingOf(index, 0)
    const hasMissing = this.#copyMissing(column, missing, first, rows)
    const ranks = this.ranksOf(index, 0)
    // Whole groups: what lies behind the last row is ranked too, whatever it is.
    const ranked = Math.ceil(rows / groupRows) * groupRows
    if (column.kind === 'text') {
      this.#copyCodes(column, first, rows, ranked)
      const { categoryOf, unseen } = column
      this.exports.categoryRanks(
        this.#values,
        ranked,
        categoryTable,
        categoryOf.length,
        unseen,
        missing,
        ranks,
      )
      return true
    }
    const values = new Float64Array(this.memory.buffer, this.#values, rows)
    values.set(column.values.subarray(first, first + rows))
    this.#rankNumbers(feature, ranked, ranks)
    return hasMissing
  }

  #rankNumbers({ conditions, thresholds, grid: cells }: PlannedFeature, rows: number, ranks: number): void {
    if (conditions.kind === 'text') return
    const { grid, searchWidth } = conditions
    const from = this.address + thresholds
    if (grid === null) this.exports.searchedRanks(this.#values, rows, from, searchWidth, ranks)
    else {
      const { low, scale, steps } = grid
      const [at, last] = [this.address + cells, grid.ranks.length - 1]
      this.exports.numberRanks(this.#values, rows, from, at, last, low, scale, steps, ranks)
    }
  }

  #copyCodes({ codes }: AlignedTextColumn, first: number, rows: number, ranked: number): void {
    const { buffer } = this.memory
    new Int32Array(buffer, this.#values, rows).set(codes.subarray(first, first + rows))
    // Behind the last row: a code that no dictionary has.
    new Int32Array(buffer, this.#values + rows * 4, ranked - rows).fill(-1)
  }

  #copyMissing(column: AlignedColumn, address: number, first: number, rows: number): boolean {
    const words = new Uint32Array(this.memory.buffer, address, chunkRows / 32)
    if (column.missing === null) {
      // Unseen categories are added to it.
      if (column.kind === 'text') words.fill(0)
      return false
    }
    words.set(column.missing.words.subarray(first >>> 5, (first + rows + 31) >>> 5))
    return true
  }
}
