import { Bitmap } from '../../base/bitmap.js'
import type { FeatureColumn, FeatureMatrix } from '../../base/matrix.js'
import { mostSampledRows, RowSampler, type SampleStore } from '../../base/sampledRows.js'
import type { CheckedChunk } from './checkedChunks.js'
import type { TextNumbers } from './rowsDigest.js'

const firstPlaces = 1024

/** The rows that bin edges are taken from, sampled as they come; see `sampledRows`. 9 bytes a row and column. */
export class RowSample implements SampleStore {
  readonly #columns: SampledColumn[] = []
  readonly #weight = new SampledColumn()
  readonly #sampler = new RowSampler(this)
  #chunk: CheckedChunk | undefined
  #read: readonly ReadValue[] = []
  #row = 0

  /** Takes rows of the chunk into the sample. */
  add(chunk: CheckedChunk, texts: TextNumbers): void {
    this.#chunk = chunk
    this.#read = chunk.features.columns.map((column) => valueReader(column, texts))
    while (this.#columns.length < this.#read.length) this.#columns.push(new SampledColumn())
    for (this.#row = 0; this.#row < chunk.outcome.length; this.#row++) this.#sampler.add()
  }

  put(place: number): void {
    this.#columns.forEach((column, index) => {
      column.put(place, this.#read[index]!(this.#row))
    })
    this.#weight.put(place, this.#chunk!.weight?.[this.#row] ?? 1)
  }

  move(from: number, to: number): void {
    for (const column of [...this.#columns, this.#weight]) column.move(from, to)
  }

  /** Shape (rows of the sample); null where all rows weigh 1. */
  get weight(): Float64Array | null {
    return this.#chunk!.weight === null ? null : this.#weight.values.subarray(0, this.#sampler.size)
  }

  /** The rows of the sample; `textsOf` says the texts of a column by their numbers. */
  matrix(textsOf: (name: string) => readonly string[]): FeatureMatrix {
    const rowCount = this.#sampler.size
    const columns = this.#chunk!.features.columns.map(({ kind, name }, index): FeatureColumn => {
      const sampled = this.#columns[index]!
      const missing = Bitmap.where(rowCount, (row) => sampled.missing[row] === 1)
      const values = sampled.values.subarray(0, rowCount)
      return kind === 'number'
        ? { kind, name, values, missing }
        : { kind, name, codes: Int32Array.from(values), dictionary: textsOf(name), missing }
    })
    return { rowCount, columns }
  }
}

/** Reads the value of a row; null where it is missing. */
type ReadValue = (row: number) => number | null

function valueReader(column: FeatureColumn, texts: TextNumbers): ReadValue {
  const { missing } = column
  const values = column.kind === 'number' ? column.values : texts.get(column.name)!
  return (row) => (missing?.has(row) ? null : values[row]!)
}

class SampledColumn {
  values = new Float64Array(firstPlaces)
  missing = new Uint8Array(firstPlaces)

  put(place: number, value: number | null): void {
    if (place === this.values.length) this.#grow()
    this.values[place] = value ?? 0
    this.missing[place] = value === null ? 1 : 0
  }

  move(from: number, to: number): void {
    this.values[to] = this.values[from]!
    this.missing[to] = this.missing[from]!
  }

  #grow(): void {
    const { values, missing } = this
    const places = Math.min(2 * values.length, mostSampledRows)
    this.values = new Float64Array(places)
    this.values.set(values)
    this.missing = new Uint8Array(places)
    this.missing.set(missing)
  }
}
