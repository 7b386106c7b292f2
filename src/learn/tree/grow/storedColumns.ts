import type { FeatureMatrix, NumberColumn, NumberValues } from '../../../base/matrix.js'
import { binsOf, encodeColumn, type FeatureBins, type SortNumbers } from '../bins.js'
import { bundlePlan } from './bundlePlan.js'
import type { KernelTeam } from './kernelTeam.js'

/** Bytes of a column in a histogram; as in scripts/fillKernel.mjs. */
export const histogramColumnBytes = 2112
const widestBlock = 32
/** Bytes of a feature in the table that kernels read. */
const featureBytes = 32
/** Values that are copied to the kernels' memory at a time: 2 MiB, which stay in the cache. */
const chunkRows = 262_144
/** Fewer numbers are sorted as fast without a kernel. */
const leastSorted = 1000

/** One column of codes: a feature, or several with few values whose combinations are the codes. */
export interface StoredColumn {
  /** Address of the codes, shape (rows). */
  readonly codes: number
  readonly codeCount: number
  readonly members: readonly StoredFeature[]
}

/** Where a feature is stored. */
export interface StoredFeature {
  readonly feature: number
  /** Bin of the feature per code of its column; null where the codes are the bins. */
  readonly decode: Uint8Array | null
}

/** Training rows as codes of one byte in the memory of the kernels: column by column, and row by row for histograms. */
export interface StoredColumns {
  readonly rowCount: number
  readonly features: readonly FeatureBins[]
  readonly columns: readonly StoredColumn[]
  /** Features in the order of their columns: a place in it is what kernels know a feature by. */
  readonly places: Int32Array
  /** Shape (features): the column of each. */
  readonly columnOf: Int32Array
  readonly decodeOf: readonly (Uint8Array | null)[]
  readonly histogramBytes: number
  /** Addresses of the tables that kernels read. */
  readonly blocks: number
  readonly blockCount: number
  readonly columnTable: number
  readonly featureTable: number
}

/**
 * Returns the rows as codes in the memory of the team.
 *
 * `categories` names those of text columns where they are not the data's own but those of a model to go on with.
 *
 * 2 bytes a row and stored column; columns with few values share one where their combinations fit into its codes.
 */
export function storeColumns(
  team: KernelTeam,
  matrix: FeatureMatrix,
  weight: Float64Array | null,
  maxBins: number,
  categories: ReadonlyMap<string, readonly string[]> = new Map(),
): StoredColumns {
  const features = binsOf(matrix, weight, maxBins, sortWith(team)).map((bins) => {
    const known = bins.kind === 'text' ? categories.get(bins.name) : undefined
    return known === undefined ? bins : { ...bins, categories: known, binCount: known.length }
  })
  const encoder = new ColumnEncoder(team, matrix, features)
  const columns = bundlePlan(matrix, features).flatMap((bundle) => encoder.store(bundle))
  return {
    rowCount: matrix.rowCount,
    features,
    columns,
    ...tablesOf(team, matrix.rowCount, features, columns),
  }
}

/** Sorting by a kernel, ten times as fast as the platform's where there is much to sort. */
function sortWith(team: KernelTeam): SortNumbers {
  const { memory } = team
  const start = memory.size
  return (numbers) => {
    if (numbers.length < leastSorted) return numbers.sort()
    const bytes = numbers.length * 8
    const from = memory.allocate(bytes)
    const parameters = [from, memory.allocate(bytes), memory.allocate(6 * 2048 * 4), numbers.length]
    new Float64Array(memory.buffer, from, numbers.length).set(numbers)
    team.do('sortNumbers', parameters, false)
    numbers.set(new Float64Array(memory.buffer, from, numbers.length))
    memory.release(start)
    return numbers
  }
}

class ColumnEncoder {
  readonly #values: number
  readonly #edges: number
  readonly #missing: number
  readonly #codes: number
  readonly #table: number
  readonly #pairs: number
  readonly #count: number

  constructor(
    readonly team: KernelTeam,
    readonly matrix: FeatureMatrix,
    readonly features: readonly FeatureBins[],
  ) {
    const { memory } = team
    this.#values = memory.allocate(Math.min(matrix.rowCount, chunkRows) * 8)
    this.#edges = memory.allocate(256 * 8)
    this.#missing = memory.allocate(chunkRows / 8)
    this.#codes = memory.allocate(matrix.rowCount)
    this.#table = memory.allocate(65_536 * 2)
    this.#pairs = memory.allocate(256 * 2)
    this.#count = memory.allocate(4)
  }

  /** Stores a bundle of features; those that its codes have no room for get columns of their own. */
  store(bundle: readonly number[]): StoredColumn[] {
    const { memory } = this.team
    const { rowCount } = this.matrix
    const codes = memory.allocate(rowCount)
    const [first, ...others] = bundle as [number, ...number[]]
    this.#encode(first, codes)
    let codeCount = this.features[first]!.binCount + 1
    let members: StoredFeature[] = [{ feature: first, decode: null }]
    const alone: number[] = []
    for (const feature of others) {
      this.#encode(feature, this.#codes)
      const pairs = this.#join(codes)
      if (pairs === null) {
        alone.push(feature)
        continue
      }
      codeCount = pairs.length
      members = members.map(({ feature, decode }) => ({
        feature,
        decode: Uint8Array.from(pairs, (pair) => (decode === null ? pair >> 8 : decode[pair >> 8]!)),
      }))
      members.push({ feature, decode: Uint8Array.from(pairs, (pair) => pair & 255) })
    }
    return [{ codes, codeCount, members }, ...alone.flatMap((feature) => this.store([feature]))]
  }

  /** The pairs of codes that occur, each of which is a code now; null where they are more than 256. */
  #join(bundle: number): Uint16Array | null {
    const { team } = this
    const { rowCount } = this.matrix
    const table = new Uint16Array(team.memory.buffer, this.#table, 65_536).fill(0)
    const count = new Int32Array(team.memory.buffer, this.#count, 1)
    count[0] = 0
    const parameters = [bundle, this.#codes, this.#table, this.#count, rowCount, this.#pairs]
    team.do('joinColumns', parameters, false)
    if (count[0]! > 256) return null
    team.do('rewriteBundle', [bundle, this.#codes, table.byteOffset, 0, rowCount], rowCount > chunkRows)
    return new Uint16Array(team.memory.buffer, this.#pairs, 256).slice(0, count[0])
  }

  #encode(feature: number, codes: number): void {
    const column = this.matrix.columns[feature]!
    const bins = this.features[feature]!
    if (column.kind === 'number' && bins.kind === 'number') this.#encodeNumbers(column, bins.edges, codes)
    else encodeColumn(column, bins, new Uint8Array(this.team.memory.buffer, codes, this.matrix.rowCount))
  }

  #encodeNumbers(column: NumberColumn<NumberValues>, edges: Float64Array, codes: number): void {
    const { team } = this
    const { buffer } = team.memory
    const steps = edges.length === 0 ? 0 : 32 - Math.clz32(edges.length)
    new Float64Array(buffer, this.#edges, 256).fill(Number.POSITIVE_INFINITY).set(edges)
    for (let first = 0; first < column.values.length; first += chunkRows) {
      const part = column.values.subarray(first, first + chunkRows)
      new Float64Array(buffer, this.#values, part.length).set(part)
      const words = column.missing?.words.subarray(first >>> 5, (first + part.length + 31) >>> 5)
      if (words !== undefined) new Uint32Array(buffer, this.#missing, words.length).set(words)
      const missing = words === undefined ? 0 : this.#missing
      const code = edges.length + 1
      const parameters = [this.#values, missing, this.#edges, steps, code, codes + first, part.length]
      team.do('encodeNumbers', parameters, part.length > 32_768)
    }
  }
}

function tablesOf(
  team: KernelTeam,
  rowCount: number,
  features: readonly FeatureBins[],
  columns: readonly StoredColumn[],
): Omit<StoredColumns, 'rowCount' | 'features' | 'columns'> {
  const places = Int32Array.from(columns.flatMap(({ members }) => members.map(({ feature }) => feature)))
  const columnOf = new Int32Array(features.length)
  const decodeOf: (Uint8Array | null)[] = features.map(() => null)
  columns.forEach(({ members }, column) => {
    for (const { feature, decode } of members) {
      columnOf[feature] = column
      decodeOf[feature] = decode
    }
  })
  const blockCount = Math.ceil(columns.length / widestBlock)
  const blocks = writeBlocks(team, rowCount, columns, blockCount)
  return {
    places,
    columnOf,
    decodeOf,
    histogramBytes: columns.length * histogramColumnBytes,
    blocks,
    blockCount,
    columnTable: writeColumnTable(team, columns),
    featureTable: writeFeatureTable(team, features, places, decodeOf),
  }
}

/** Writes the codes row by row, in blocks of about equally many columns. */
function writeBlocks(
  team: KernelTeam,
  rowCount: number,
  columns: readonly StoredColumn[],
  blockCount: number,
): number {
  const { memory } = team
  const blocks = memory.allocate(blockCount * 8)
  const addresses = memory.allocate(columns.length * 4)
  for (let block = 0; block < blockCount; block++) {
    const first = Math.floor((block * columns.length) / blockCount)
    const width = Math.floor(((block + 1) * columns.length) / blockCount) - first
    // Kernels read codes four at a time: three bytes more than there are.
    const codes = memory.allocate(rowCount * width + 3)
    new Int32Array(memory.buffer, blocks + block * 8, 2).set([codes, width])
  }
  new Int32Array(memory.buffer, addresses, columns.length).set(columns.map(({ codes }) => codes))
  team.do('interleave', [addresses, blocks, blockCount, rowCount], rowCount * columns.length > 100_000)
  return blocks
}

function writeColumnTable(team: KernelTeam, columns: readonly StoredColumn[]): number {
  const { memory } = team
  const table = memory.allocate((columns.length + 1) * 8)
  const words = new Int32Array(memory.buffer, table, (columns.length + 1) * 2)
  let place = 0
  columns.forEach(({ codeCount, members }, column) => {
    words[2 * column] = codeCount
    words[2 * column + 1] = place
    place += members.length
  })
  words[2 * columns.length + 1] = place
  return table
}

function writeFeatureTable(
  team: KernelTeam,
  features: readonly FeatureBins[],
  places: Int32Array,
  decodeOf: readonly (Uint8Array | null)[],
): number {
  const { memory } = team
  const table = memory.allocate(features.length * featureBytes)
  const decodes = memory.allocate(features.length * 256)
  const words = new Int32Array(memory.buffer, table, (features.length * featureBytes) / 4)
  places.forEach((feature, place) => {
    const bins = features[feature]!
    const decode = decodeOf[feature]!
    const at = place * (featureBytes / 4)
    words[at] = bins.binCount
    words[at + 1] = bins.kind === 'number' ? 0 : 1
    if (decode === null) return
    words[at + 2] = decodes + place * 256
    new Uint8Array(memory.buffer, decodes + place * 256, 256).set(decode)
  })
  return table
}

/** Says for each feature in which direction it may move the answer: 1 up, -1 down, 0 either. */
export function setMonotone(team: KernelTeam, stored: StoredColumns, directions: readonly number[]): void {
  const words = new Int32Array(team.memory.buffer, stored.featureTable, stored.places.length * 8)
  stored.places.forEach((feature, place) => {
    words[place * 8 + 3] = directions[feature]!
  })
}
