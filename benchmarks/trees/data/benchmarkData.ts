/** A column as benchmarks make it: numbers or category numbers, NaN where missing. */
export interface BenchmarkColumn {
  readonly name: string
  readonly values: Float64Array
  /** Texts of the category numbers; null for a column of numbers. */
  readonly categories: readonly string[] | null
}

/** Rows to test on, then rows to train on. */
export interface BenchmarkData {
  readonly columns: readonly BenchmarkColumn[]
  /** Shape (rows): 1 or 0. */
  readonly outcome: Uint8Array
  /** The first rows, never trained on. */
  readonly testRows: number
}

/** Returns the data with the first rows to train on only. Does not copy. */
export function withTrainRows(data: BenchmarkData, trainRows: number): BenchmarkData {
  const rows = data.testRows + trainRows
  const columns = data.columns.map((column) => ({ ...column, values: column.values.subarray(0, rows) }))
  return { columns, outcome: data.outcome.subarray(0, rows), testRows: data.testRows }
}

/** What a data file holds: its columns one after the other, then the outcome, all as 64-bit floats. */
export interface DataFileHeader {
  readonly rows: number
  readonly testRows: number
  readonly columns: readonly { readonly name: string; readonly categories: readonly string[] | null }[]
}
