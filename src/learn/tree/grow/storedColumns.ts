import type { FeatureMatrix } from '../../../base/matrix.js'
import { binsOf, type FeatureBins, type SortNumbers } from '../bins.js'
import { bundlePlan } from './bundlePlan.js'
import { ColumnEncoder, partRows } from './columnEncoder.js'
import type { KernelTeam } from './kernelTeam.js'

/** Bytes of a column in a histogram; as in scripts/fillKernel.mjs. */
export const histogramColumnBytes = 2112
const widestBlock = 32
/** Bytes of a feature in the table that kernels read. */
const featureBytes = 32
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
  const { memory } = team
  const { rowCount } = matrix
  const features = withCategories(binsOf(matrix, weight, maxBins, sortWith(team)), categories)
  const encoder = new ColumnEncoder(team, features, rowCount)
  const write = (feature: number, codes: number): number => {
    encoder.encode(matrix.columns[feature]!, feature, codes)
    return codes
  }
  const lent = memory.allocate(rowCount)
  return storeCodes(team, rowCount, features, bundlePlan(matrix, features), {
    own: (feature) => write(feature, memory.allocate(rowCount)),
    lent: (feature) => write(feature, lent),
  })
}

/** Returns the bins with the categories of a model to go on with in the place of the data's own. */
export function withCategories(
  features: readonly FeatureBins[],
  categories: ReadonlyMap<string, readonly string[]>,
): FeatureBins[] {
  return features.map((bins) => {
    const known = bins.kind === 'text' ? categories.get(bins.name) : undefined
    return known === undefined ? bins : { ...bins, categories: known, binCount: known.length }
  })
}

/** Where the codes of features are, shape (rows) each, in the memory of the kernels. */
export interface FeatureCodes {
  /** Returns the address of a feature's codes, which may be written over. */
  own(feature: number): number
  /** Returns the address of a feature's codes; they may be gone at the next call. */
  lent(feature: number): number
}

/** Returns features as stored columns, bundled by the plan. */
export function storeCodes(
  team: KernelTeam,
  rowCount: number,
  features: readonly FeatureBins[],
  plan: readonly (readonly number[])[],
  codes: FeatureCodes,
): StoredColumns {
  const bundler = new ColumnBundler(team, rowCount, features, codes)
  const columns = plan.flatMap((bundle) => bundler.store(bundle))
  return { rowCount, features, columns, ...tablesOf(team, rowCount, features, columns) }
}

/** Sorting by a kernel, ten times as fast as the platform's where there is much to sort. */
export function sortWith(team: KernelTeam): SortNumbers {
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

class ColumnBundler {
  readonly #table: number
  readonly #pairs: number
  readonly #count: number

  constructor(
    readonly team: KernelTeam,
    readonly rowCount: number,
    readonly features: readonly FeatureBins[],
    readonly codes: FeatureCodes,
  ) {
    const { memory } = team
    this.#table = memory.allocate(65_536 * 2)
    this.#pairs = memory.allocate(256 * 2)
    this.#count = memory.allocate(4)
  }

  /** Stores a bundle of features; those that its codes have no room for get columns of their own. */
  store(bundle: readonly number[]): StoredColumn[] {
    const [first, ...others] = bundle as [number, ...number[]]
    const codes = this.codes.own(first)
    let codeCount = this.features[first]!.binCount + 1
    let members: StoredFeature[] = [{ feature: first, decode: null }]
    const alone: number[] = []
    for (const feature of others) {
      const pairs = this.#join(codes, this.codes.lent(feature))
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
  #join(bundle: number, column: number): Uint16Array | null {
    const { team, rowCount } = this
    const table = new Uint16Array(team.memory.buffer, this.#table, 65_536).fill(0)
    const count = new Int32Array(team.memory.buffer, this.#count, 1)
    count[0] = 0
    const parameters = [bundle, column, this.#table, this.#count, rowCount, this.#pairs]
    team.do('joinColumns', parameters, false)
    if (count[0]! > 256) return null
    team.do('rewriteBundle', [bundle, column, table.byteOffset, 0, rowCount], rowCount > partRows)
    return new Uint16Array(team.memory.buffer, this.#pairs, 256).slice(0, count[0])
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
