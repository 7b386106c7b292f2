import { customersOfKeys, type RowCustomers } from '../../base/customersOf.js'
import { idKeys, rowKeys } from '../../base/identicalRows.js'
import type { FeatureMatrix } from '../../base/matrix.js'
import type { CheckedChunk } from './checkedChunks.js'
import type { TextNumbers } from './rowsDigest.js'

/** Remembers of rows that come in chunks what tells whose they are: 8 bytes a row, and 8 for its id. */
export class ChunkCustomers {
  readonly #rows: Float64Array[] = []
  readonly #ids: Float64Array[] = []

  add({ features, ids }: CheckedChunk, texts: TextNumbers): void {
    const columns = features.columns.map((column) =>
      column.kind === 'text' ? { ...column, codes: texts.get(column.name)! } : column,
    )
    this.#rows.push(rowKeys({ rowCount: features.rowCount, columns }))
    if (ids !== null) this.#ids.push(idKeys(ids))
  }

  /** Returns whose all the rows are: as `customersOf` would say of them. */
  customers(sample: FeatureMatrix): RowCustomers {
    return customersOfKeys(
      joined(this.#rows),
      this.#ids.length === 0 ? null : joined(this.#ids),
      () => sample,
    )
  }
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0))
  let start = 0
  for (const part of parts) {
    all.set(part, start)
    start += part.length
  }
  return all
}
