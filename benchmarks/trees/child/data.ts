import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import type { BenchmarkColumn, BenchmarkData, DataFileHeader } from '../data/benchmarkData.js'

/** The data of a file, and how many rows there are to train on. */
export interface LoadedData extends BenchmarkData {
  readonly trainRows: number
}

/** Reads what `writeDataFile` wrote. */
export function loadData(file: string): LoadedData {
  const header = JSON.parse(readFileSync(`${file}.json`, 'utf8')) as DataFileHeader
  const handle = openSync(file, 'r')
  try {
    const columns = header.columns.map(
      ({ name, categories }): BenchmarkColumn => ({
        name,
        values: readWhole(handle, header.rows),
        categories,
      }),
    )
    const outcome = Uint8Array.from(readWhole(handle, header.rows))
    return { columns, outcome, testRows: header.testRows, trainRows: header.rows - header.testRows }
  } finally {
    closeSync(handle)
  }
}

function readWhole(handle: number, length: number): Float64Array {
  const values = new Float64Array(length)
  const bytes = new Uint8Array(values.buffer)
  for (let done = 0; done < bytes.length; ) {
    const read = readSync(handle, bytes, done, bytes.length - done, null)
    if (read === 0) throw new Error('The data file is shorter than its header says.')
    done += read
  }
  return values
}
