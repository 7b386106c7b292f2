import type { FeatureColumn, NumberColumn, NumberValues } from '../../../base/matrix.js'
import { encodeColumn, type FeatureBins } from '../bins.js'
import type { KernelTeam } from './kernelTeam.js'

/** Values that are copied to the kernels' memory at a time: 2 MiB, which stay in the cache. */
export const partRows = 262_144

/** Writes columns as codes to the memory of the kernels, which find the bins of numbers. */
export class ColumnEncoder {
  readonly #values: number
  readonly #edges: number
  readonly #missing: number

  /** @param mostRows the longest column */
  constructor(
    readonly team: KernelTeam,
    readonly features: readonly FeatureBins[],
    mostRows: number,
  ) {
    const { memory } = team
    this.#values = memory.allocate(Math.min(mostRows, partRows) * 8)
    this.#edges = memory.allocate(256 * 8)
    this.#missing = memory.allocate(partRows / 8)
  }

  /** Writes the codes of a feature's column from the address on. */
  encode(column: FeatureColumn, feature: number, codes: number): void {
    const bins = this.features[feature]!
    if (column.kind === 'number' && bins.kind === 'number') this.#encodeNumbers(column, bins.edges, codes)
    else if (column.kind === 'text') {
      encodeColumn(column, bins, new Uint8Array(this.team.memory.buffer, codes, column.codes.length))
    }
  }

  #encodeNumbers(column: NumberColumn<NumberValues>, edges: Float64Array, codes: number): void {
    const { team } = this
    const { buffer } = team.memory
    const steps = edges.length === 0 ? 0 : 32 - Math.clz32(edges.length)
    new Float64Array(buffer, this.#edges, 256).fill(Number.POSITIVE_INFINITY).set(edges)
    for (let first = 0; first < column.values.length; first += partRows) {
      const part = column.values.subarray(first, first + partRows)
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
