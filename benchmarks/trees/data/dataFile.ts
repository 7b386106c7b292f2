import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs'
import type { BenchmarkData, DataFileHeader } from './benchmarkData.js'

/** Writes the data as `FILE` and its header as `FILE.json`, for processes of any language to read. */
export function writeDataFile(file: string, data: BenchmarkData): void {
  const header: DataFileHeader = {
    rows: data.outcome.length,
    testRows: data.testRows,
    columns: data.columns.map(({ name, categories }) => ({ name, categories })),
  }
  writeFileSync(`${file}.json`, JSON.stringify(header))
  const handle = openSync(file, 'w')
  try {
    for (const { values } of data.columns) writeWhole(handle, values)
    writeWhole(handle, Float64Array.from(data.outcome))
  } finally {
    closeSync(handle)
  }
}

function writeWhole(handle: number, values: Float64Array): void {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  for (let done = 0; done < bytes.length; ) done += writeSync(handle, bytes, done)
}
