import type { KernelTeam } from './kernelTeam.js'
import type { StoredColumns } from './storedColumns.js'

const sidesBytes = 256
/** Rows of a node below which one thread divides them: what waking another costs. */
const leastSharedRows = 20_000

/** Which rows a training sees, in the memory of the kernels. */
export interface TrainingRows {
  /** Address of 0 = trains, 1 = is held out, 2 = is not there, per row; 0 where all train. */
  readonly role: number
  /** Address of whole-number weights (uint32); 0 where all weigh 1. */
  readonly weights: number
  /** Whether those are the weights themselves, not rounded multiples of them. */
  readonly weightsAreWhole: boolean
}

/** The rows of a growing tree by its nodes, in the memory of the kernels, and the jobs on them. */
export class TreeRows {
  /** Address of the rows, node by node within the part of each thread. */
  protected readonly rows: number
  /** Address of where the rows of each node begin and end, per thread. */
  protected readonly ranges: number
  readonly #scratch: number
  readonly #segments: number
  /** Address of where those of the rows that the tree is not grown on begin and end. */
  readonly #outside: number
  readonly #sides: number
  readonly #values: number
  readonly #leaves: number
  readonly #totals: number
  readonly #nodeCount: number

  constructor(
    readonly team: KernelTeam,
    readonly stored: StoredColumns,
    readonly rowsSeen: TrainingRows,
    maxLeaves: number,
  ) {
    const { memory, threadCount } = team
    const { rowCount } = stored
    this.#nodeCount = 2 * maxLeaves - 1
    this.rows = memory.allocate(rowCount * 4)
    this.#scratch = memory.allocate(rowCount * 4)
    this.#segments = memory.allocate((threadCount + 1) * 4)
    this.ranges = memory.allocate(this.#nodeCount * threadCount * 8)
    this.#outside = memory.allocate(this.#nodeCount * threadCount * 8)
    this.#sides = memory.allocate(sidesBytes)
    this.#values = memory.allocate(this.#nodeCount * 8)
    this.#leaves = memory.allocate(maxLeaves * 4)
    this.#totals = memory.allocate(this.#nodeCount * threadCount * 8)
    this.#writeSegments(rowCount)
  }

  /** Chooses the rows that the next tree is grown on: those whose hash with the seed lies below `share`. */
  sample(seed: number, share: number): void {
    const all = share >= 1 ? 1 : 0
    const limit = all === 1 ? 0 : Math.floor(share * 2 ** 32)
    const { rowCount } = this.stored
    this.team.do(
      'sampleRows',
      [
        this.rows,
        this.ranges,
        this.rowsSeen.role,
        rowCount,
        seed | 0,
        limit | 0,
        all,
        this.#segments,
        this.#outside,
      ],
      rowCount > 50_000,
    )
  }

  /** Number of rows of a node. */
  rowsOf(node: number, ranges = this.ranges): number {
    const { words } = this.team.memory
    const first = ranges / 4 + node * this.team.threadCount * 2
    let count = 0
    for (let word = first; word < first + 2 * this.team.threadCount; word += 2) {
      count += words[word + 1]! - words[word]!
    }
    return count
  }

  /** Divides the rows of a node between two others: those whose bin of the feature has side 1 go left. */
  partition(node: number, left: number, right: number, feature: number, sides: Uint8Array): void {
    this.#partition(this.ranges, node, left, right, feature, sides)
  }

  /** Does the same for the rows that the tree is not grown on. */
  partitionOutside(node: number, left: number, right: number, feature: number, sides: Uint8Array): void {
    this.#partition(this.#outside, node, left, right, feature, sides)
  }

  /** Adds to the margins of the tree's rows the values of their leaves; returns the weight of rows of each leaf. */
  addLeaves(leaves: readonly number[], values: readonly number[], margin: number): Float64Array {
    const { memory } = this.team
    memory.words.set(leaves, this.#leaves / 4)
    memory.floats.set(values, this.#values / 8)
    this.#totalsView().fill(0)
    return this.#addValues(this.ranges, leaves.length, margin, 0)
  }

  /** Does the same for the rows that the tree was not grown on; returns the weight of all training rows of each leaf. */
  addOutside(leafCount: number, margin: number): Float64Array {
    return this.#addValues(this.#outside, leafCount, margin, this.rowsSeen.role)
  }

  /** True where some rows were not chosen for the tree. */
  get hasOutside(): boolean {
    return this.rowsOf(0, this.#outside) > 0
  }

  #partition(
    ranges: number,
    node: number,
    left: number,
    right: number,
    feature: number,
    sides: Uint8Array,
  ): void {
    const { team, stored } = this
    const codes = stored.decodeOf[feature]?.map((bin) => sides[bin]!) ?? sides
    // A side that is neither 0 nor 1 is of a code that no row here has, and is not read.
    team.memory.bytes.set(codes, this.#sides)
    team.do(
      'partitionRows',
      [
        this.rows,
        ranges,
        this.#scratch,
        node,
        left,
        right,
        stored.columns[stored.columnOf[feature]!]!.codes,
        this.#sides,
      ],
      this.rowsOf(node, ranges) >= leastSharedRows,
    )
  }

  #addValues(ranges: number, leafCount: number, margin: number, role: number): Float64Array {
    const { rowCount } = this.stored
    this.team.do(
      'addLeaves',
      [
        this.rows,
        ranges,
        this.#leaves,
        leafCount,
        this.#values,
        margin,
        this.rowsSeen.weights,
        this.#totals,
        this.#nodeCount,
        role,
      ],
      rowCount > 50_000,
    )
    return this.#sumTotals()
  }

  #totalsView(): Float64Array {
    const first = this.#totals / 8
    return this.team.memory.floats.subarray(first, first + this.#nodeCount * this.team.threadCount)
  }

  #sumTotals(): Float64Array {
    const totals = this.#totalsView()
    const sums = totals.slice(0, this.#nodeCount)
    for (let index = this.#nodeCount; index < totals.length; index++) {
      sums[index % this.#nodeCount]! += totals[index]!
    }
    return sums
  }

  #words(address: number, count: number): Int32Array {
    return this.team.memory.words.subarray(address / 4, address / 4 + count)
  }

  /** The part of the list of rows that each thread writes: as long as the stripes that it owns. */
  #writeSegments(rowCount: number): void {
    const { threadCount } = this.team
    const stripe = 4096
    const segments = this.#words(this.#segments, threadCount + 1)
    for (let thread = 0; thread < threadCount; thread++) {
      let owned = 0
      for (let first = thread * stripe; first < rowCount; first += stripe * threadCount) {
        owned += Math.min(stripe, rowCount - first)
      }
      segments[thread + 1] = segments[thread]! + owned
    }
  }
}
