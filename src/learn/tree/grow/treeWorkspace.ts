import type { KernelTeam } from './kernelTeam.js'
import { histogramColumnBytes, type StoredColumns } from './storedColumns.js'
import { type TrainingRows, TreeRows } from './treeRows.js'

/** Histograms of one tree at most; beyond, the leaves with no room for theirs are filled anew. */
const mostHistogramBytes = 2 ** 29
const resultBytes = 32
const scratchBytes = 8192
const sidesBytes = 256
/** Counts of the codes of a column, and of the bins of a feature in it. */
const countBytes = 2 * 2048

/** The best split of a feature, as kernels write it. */
interface SearchResult {
  readonly gain: number
  readonly gradient: number
  readonly hessian: number
  readonly cut: number
  readonly missingLeft: boolean
}

/** The rows and the histograms of growing trees, in the memory of the kernels, and the jobs on them. */
export class TreeWorkspace extends TreeRows {
  /** Address of packed gradients and hessians, 8 bytes a row. */
  readonly statistics: number
  readonly #slots: number
  readonly #freeSlots: number[]
  readonly #partials: number
  readonly #results: number
  readonly #inUse: number
  readonly #kernelScratch: number
  readonly #counts: number
  readonly #description: number
  readonly #directions: readonly number[] | null
  readonly #placeCount: number
  /** Views for as long as the memory is not moved: to make one takes longer than to read it. */
  #inUseViews: readonly Uint8Array[] = []
  #bytes: Uint8Array | null = null
  /** Histograms beside the wanted one that the last fill has left to be added to it. */
  #partialCount = 0

  constructor(
    team: KernelTeam,
    stored: StoredColumns,
    rowsSeen: TrainingRows,
    maxLeaves: number,
    /** What a weight is worth at most per hessian: 4 for log loss, whose hessian is w p (1 - p). */
    readonly weightPerHessian: number,
    directions: readonly number[] | null,
  ) {
    super(team, stored, rowsSeen, maxLeaves)
    const { memory, threadCount } = team
    const { rowCount, histogramBytes } = stored
    this.#placeCount = stored.places.length
    this.#directions = directions
    this.statistics = memory.allocate(rowCount * 8)
    const slotCount = Math.max(4, Math.min(maxLeaves + 2, Math.floor(mostHistogramBytes / histogramBytes)))
    this.#slots = memory.allocate(slotCount * histogramBytes)
    this.#freeSlots = Array.from({ length: slotCount }, (_, index) => slotCount - 1 - index)
    this.#partials = memory.allocate((threadCount - 1) * histogramBytes)
    this.#results = memory.allocate(2 * this.#placeCount * resultBytes)
    this.#inUse = memory.allocate(2 * this.#placeCount)
    this.#kernelScratch = memory.allocate(threadCount * scratchBytes)
    this.#counts = memory.allocate(countBytes)
    this.#description = memory.allocate(sidesBytes)
  }

  /** True where the open leaves may keep another histogram: one is needed free to go on. */
  get hasRoom(): boolean {
    return this.#freeSlots.length >= 2
  }

  takeSlot(): number {
    return this.#freeSlots.pop()!
  }

  giveSlot(slot: number): void {
    if (slot >= 0) this.#freeSlots.push(slot)
  }

  fill(node: number, slot: number, rows: number, together: boolean): void {
    const { stored } = this
    const { rowCount } = stored
    // Rows apart from each other in more memory than the caches hold are read ahead: at a tenth of 1,000,000 rows that
    // takes .8 instead of 3 ns a value. In a cache it costs more than it gives, but for the sparsest.
    const bytes = rowCount * stored.columns.length
    const isScattered = bytes > 2 ** 20 && rows * (bytes > 2 ** 23 ? 2 : 6) < rowCount
    this.#partialCount = together ? this.team.threadCount - 1 : 0
    this.team.do(
      'fillHistogram',
      [
        this.rows,
        this.ranges,
        this.statistics,
        stored.blocks,
        stored.blockCount,
        node,
        this.#addressOf(slot),
        this.#partials,
        together ? 1 : 0,
        stored.histogramBytes,
        isScattered ? 1 : 0,
      ],
      together,
    )
  }

  /** Adds up the partial histograms of the node's fill, makes the parent's the sibling's, and searches either. */
  search(
    slot: number,
    parentSlot: number,
    ofNode: boolean,
    ofSibling: boolean,
    leastHessian: number,
    isBounded: boolean,
    leastSharedBins: number,
  ): void {
    const { stored } = this
    const results = this.#results
    const columnCount = stored.columns.length
    this.team.do(
      'searchSplits',
      [
        this.#addressOf(slot),
        parentSlot < 0 ? 0 : this.#addressOf(parentSlot),
        this.#partials,
        this.#partialCount,
        stored.histogramBytes,
        stored.columnTable,
        columnCount,
        stored.featureTable,
        ofNode ? results : 0,
        ofSibling ? results + this.#placeCount * resultBytes : 0,
        this.#inUse,
        this.#inUse + this.#placeCount,
        this.#kernelScratch,
        leastHessian,
        isBounded ? 1 : 0,
      ],
      columnCount * 256 >= leastSharedBins,
    )
    this.#partialCount = 0
  }

  /** The features that the node (0) or the sibling (1) may ask: 1 or 0 per place. */
  inUse(which: number): Uint8Array {
    const { bytes } = this.team.memory
    if (bytes !== this.#bytes) {
      this.#bytes = bytes
      this.#inUseViews = [0, 1].map((each) => {
        const first = this.#inUse + each * this.#placeCount
        return bytes.subarray(first, first + this.#placeCount)
      })
    }
    return this.#inUseViews[which]!
  }

  /** The place with the largest gain, of equal ones that of the first feature; -1 where there is none. */
  bestPlace(which: number): number {
    const { places } = this.stored
    const { floats } = this.team.memory
    const first = this.#resultAt(which, 0) / 8
    const inUse = this.inUse(which)
    let best = -1
    let bestGain = 0
    for (let place = 0; place < inUse.length; place++) {
      const gain = floats[first + place * 4]!
      if (inUse[place] === 0 || gain < bestGain || gain === 0) continue
      if (gain === bestGain && places[place]! > places[best]!) continue
      best = place
      bestGain = gain
    }
    return best
  }

  resultOf(which: number, place: number): SearchResult {
    const { words, floats } = this.team.memory
    const word = this.#resultAt(which, place) / 4
    return {
      gain: floats[word / 2]!,
      hessian: words[word + 2]! >>> 0,
      gradient: words[word + 3]!,
      cut: words[word + 4]!,
      missingLeft: words[word + 5] === 1,
    }
  }

  /** Searches one feature of the node (0) or the sibling (1) again, with the weight of rows counted. */
  searchCounted(
    node: number,
    sums: { readonly gradient: number; readonly hessian: number },
    slot: number,
    place: number,
    which: number,
  ): void {
    const { stored, rowsSeen, team } = this
    const column = this.#columnAt(place)
    const { codes, codeCount } = stored.columns[column]!
    team.do('countCodes', [this.rows, this.ranges, node, codes, rowsSeen.weights, this.#counts], false)
    team.setSum(0, sums.gradient, sums.hessian)
    team.do(
      'searchCounted',
      [
        this.#addressOf(slot) + column * histogramColumnBytes,
        codeCount,
        stored.featureTable + place * 32,
        this.#resultAt(which, place),
        this.#counts,
        this.#kernelScratch,
        which === 0 ? 7 : 9,
      ],
      false,
    )
  }

  /** Which bins of the feature at a place go left; see `GrownSplit.sides`. */
  describe(slot: number, place: number, cut: number, missingLeft: boolean): Uint8Array {
    const { stored, team } = this
    const column = this.#columnAt(place)
    team.do(
      'describeSplit',
      [
        this.#addressOf(slot) + column * histogramColumnBytes,
        stored.columns[column]!.codeCount,
        stored.featureTable + place * 32,
        cut,
        missingLeft ? 1 : 0,
        this.#kernelScratch,
        this.#description,
      ],
      false,
    )
    const { binCount } = stored.features[stored.places[place]!]!
    return team.memory.bytes.slice(this.#description, this.#description + binCount + 1)
  }

  directionOf(feature: number): number {
    return this.#directions?.[feature] ?? 0
  }

  /** Words of a column of a histogram: hessian and gradient of each code. */
  cellsOf(slot: number, column: number): Int32Array {
    const { codeCount } = this.stored.columns[column]!
    return this.#words(this.#addressOf(slot) + column * histogramColumnBytes, codeCount * 2)
  }

  #columnAt(place: number): number {
    return this.stored.columnOf[this.stored.places[place]!]!
  }

  #addressOf(slot: number): number {
    return this.#slots + slot * this.stored.histogramBytes
  }

  #words(address: number, count: number): Int32Array {
    return this.team.memory.words.subarray(address / 4, address / 4 + count)
  }

  #resultAt(which: number, place: number): number {
    return this.#results + (which * this.#placeCount + place) * resultBytes
  }
}
