import type {
  DuckDBConnection,
  DuckDBDataChunk,
  DuckDBDecimalType,
  DuckDBEnumType,
  DuckDBMaterializedResult,
  DuckDBResult,
  DuckDBType,
  DuckDBVector,
} from '@duckdb/node-api'
import { Bitmap, isMissing } from '../base/bitmap.js'
import { utc } from '../base/days.js'
import { HoldfastError, type Problem, refuse } from '../base/errors.js'
import type { TextColumn } from '../base/matrix.js'
import { type Column, Table } from '../table/table.js'

/** The native module, loaded on demand. */
export type DuckdbApi = typeof import('@duckdb/node-api')

/**
 * The storage behind a vector of @duckdb/node-api. Its own `getItem` creates a BigInt or an object per value; reading
 * the storage takes a tenth of the time. The version is pinned and round-trip tests cover every type.
 */
interface VectorStorage {
  readonly items?: ArrayLike<number> & ArrayBufferView
  readonly dataView?: DataView
  readonly validity: { readonly data: BigUint64Array | null }
}

/** Collects one column from the chunks of a result. */
interface ColumnReader {
  /** Reads the values of a chunk that are not missing, into the places from `start` on. */
  read(vector: DuckDBVector, start: number, isNull: Uint8Array): void
  finish(missing: Bitmap | null): Column
}

const largestInteger = Number.MAX_SAFE_INTEGER

/** Where the rows of a table are in the result of a query. */
interface ReadPart {
  readonly operation: string
  readonly rowCount: number
  /** Rows of the result before the first of the table. */
  readonly rowsBefore: number
}

/** Returns the rows of a finished query as a table. */
export function readResult(api: DuckdbApi, result: DuckDBMaterializedResult): Table {
  const part = { operation: 'engine.query', rowCount: result.rowCount, rowsBefore: 0 }
  return readChunks(api, result, chunksOf(result), part)
}

function* chunksOf(result: DuckDBMaterializedResult): Generator<DuckDBDataChunk, void, void> {
  for (let index = 0; index < result.chunkCount; index++) yield result.getChunk(index)
}

/** Yields the rows of a running query in tables that end with the chunk that fills them. */
export async function* streamResult(
  api: DuckdbApi,
  result: DuckDBResult,
  rowsEach: number,
): AsyncGenerator<Table, void, void> {
  const operation = 'engine.stream'
  let chunks: DuckDBDataChunk[] = []
  let part = { operation, rowCount: 0, rowsBefore: 0 }
  for await (const chunk of result) {
    chunks.push(chunk)
    part.rowCount += chunk.rowCount
    if (part.rowCount < rowsEach) continue
    yield readChunks(api, result, chunks, part)
    chunks = []
    part = { operation, rowCount: 0, rowsBefore: part.rowsBefore + part.rowCount }
  }
  if (chunks.length > 0) yield readChunks(api, result, chunks, part)
}

function readChunks(
  api: DuckdbApi,
  result: DuckDBResult,
  chunks: Iterable<DuckDBDataChunk>,
  part: ReadPart,
): Table {
  const { rowCount } = part
  const names = result.columnNames()
  const problems: Problem[] = []
  const readers = names.map((name, index) => {
    const type = result.columnType(index)
    const reader = readerOf(api, { ...part, name }, type)
    if (reader === undefined) problems.push(typeRefused(name, type))
    return reader
  })
  refuse(part.operation, problems)
  const nulls = names.map(() => new Uint8Array(rowCount))
  let start = 0
  for (const chunk of chunks) {
    for (let index = 0; index < names.length; index++) {
      const vector = chunk.getColumnVector(index)
      const isNull = nulls[index]!.subarray(start, start + chunk.rowCount)
      markNulls(vector, isNull)
      readers[index]!.read(vector, start, isNull)
    }
    start += chunk.rowCount
  }
  const columns = readers.map((reader, index) => {
    const isNull = nulls[index]!
    return reader!.finish(Bitmap.where(rowCount, (row) => isNull[row] === 1))
  })
  return new Table(columns, rowCount)
}

function typeRefused(name: string, type: DuckDBType): Problem {
  return {
    code: 'column-type',
    parameter: `column ${name}`,
    rule: 'to be of a type that a table can hold (numbers, VARCHAR, ENUM, DATE, TIMESTAMP, BOOLEAN)',
    received: String(type),
    wayOut: 'Cast it in the query, for instance to VARCHAR.',
  }
}

function storageOf(vector: DuckDBVector): VectorStorage {
  return vector as unknown as VectorStorage
}

function markNulls(vector: DuckDBVector, isNull: Uint8Array): void {
  const words = storageOf(vector).validity.data
  if (words === null) return
  // A 64-bit word of validity bits is two 32-bit words, the lower first
  const halves = new Uint32Array(words.buffer, words.byteOffset, words.length * 2)
  for (let row = 0; row < isNull.length; row++) {
    isNull[row] = ((halves[row >>> 5]! >>> (row & 31)) & 1) ^ 1
  }
}

/** A column of a part of a result. */
interface ReadColumn extends ReadPart {
  readonly name: string
}

function readerOf(api: DuckdbApi, column: ReadColumn, type: DuckDBType): ColumnReader | undefined {
  const id = api.DuckDBTypeId
  switch (type.typeId) {
    case id.DOUBLE:
    case id.FLOAT:
      return numberReader(column, readFloats)
    case id.TINYINT:
    case id.SMALLINT:
    case id.INTEGER:
    case id.UTINYINT:
    case id.USMALLINT:
    case id.UINTEGER:
      return numberReader(column, copyItems)
    case id.BIGINT:
      return numberReader(column, readBigints(2, true))
    case id.UBIGINT:
      return numberReader(column, readBigints(2, false))
    case id.HUGEINT:
      return numberReader(column, readBigints(4, true))
    case id.UHUGEINT:
      return numberReader(column, readBigints(4, false))
    case id.DECIMAL:
      return numberReader(column, readDecimals((type as DuckDBDecimalType).scale))
    case id.VARCHAR:
      return textReader(column)
    case id.ENUM:
      return enumReader(column, (type as DuckDBEnumType).values)
    case id.BOOLEAN:
      return booleanReader(column)
    case id.DATE:
      return dayReader(column, 1)
    case id.TIMESTAMP_S:
      return dayReader(column, 86_400)
    case id.TIMESTAMP_MS:
      return dayReader(column, 86_400_000)
    case id.TIMESTAMP:
      return dayReader(column, 86_400_000_000)
    case id.TIMESTAMP_TZ:
      return dayReader(column, 86_400_000_000, { timeZone: utc })
    case id.TIMESTAMP_NS:
      return dayReader(column, 86_400_000_000_000)
    default:
      return undefined
  }
}

type ReadNumbers = (
  vector: DuckDBVector,
  values: Float64Array,
  start: number,
  isNull: Uint8Array,
  column: ReadColumn,
) => void

function numberReader(column: ReadColumn, readNumbers: ReadNumbers): ColumnReader {
  const { name, rowCount } = column
  const values = new Float64Array(rowCount)
  return {
    read: (vector, start, isNull) => readNumbers(vector, values, start, isNull, column),
    finish: (missing) => ({ kind: 'number', name, values, missing }),
  }
}

const copyItems: ReadNumbers = (vector, values, start, isNull) => {
  const items = storageOf(vector).items!
  for (let row = 0; row < isNull.length; row++) {
    if (isNull[row] === 0) values[start + row] = items[row]!
  }
}

const readFloats: ReadNumbers = (vector, values, start, isNull, column) => {
  const items = storageOf(vector).items!
  for (let row = 0; row < isNull.length; row++) {
    if (isNull[row] === 1) continue
    const value = items[row]!
    if (!Number.isFinite(value)) throw notFinite(column, start + row, value)
    values[start + row] = value
  }
}

/** Reads integers of two or four 32-bit words without a BigInt for each. */
function readBigints(wordsEach: 2 | 4, signed: boolean): ReadNumbers {
  return (vector, values, start, isNull, column) => {
    const words = wordsOf(vector)
    for (let row = 0; row < isNull.length; row++) {
      if (isNull[row] === 1) continue
      const at = row * wordsEach
      const high = words[at + 1]!
      const sign = signed ? high >> 31 : 0
      const value = (signed ? high : high >>> 0) * 4_294_967_296 + (words[at]! >>> 0)
      const fits = wordsEach === 2 || (words[at + 2] === sign && words[at + 3] === sign)
      if (!fits || Math.abs(value) > largestInteger) {
        throw tooLarge(column, start + row, vector.getItem(row))
      }
      values[start + row] = value
    }
  }
}

function wordsOf(vector: DuckDBVector): Int32Array {
  const view = storageOf(vector).items ?? storageOf(vector).dataView!
  return new Int32Array(view.buffer, view.byteOffset, view.byteLength / 4)
}

/** Reads decimals as the nearest number; beyond 2^53 the whole part would change. */
function readDecimals(scale: number): ReadNumbers {
  const divisor = 10 ** scale
  const limit = BigInt(largestInteger) * 10n ** BigInt(scale)
  return (vector, values, start, isNull, column) => {
    for (let row = 0; row < isNull.length; row++) {
      if (isNull[row] === 1) continue
      const item = vector.getItem(row) as { readonly value: bigint }
      if (item.value > limit || item.value < -limit) throw tooLarge(column, start + row, String(item))
      const scaled = Number(item.value)
      // Past 2^53 the division would round twice; the text is rounded once
      values[start + row] =
        Math.abs(scaled) <= largestInteger && scale <= 22 ? scaled / divisor : Number(String(item))
    }
  }
}

function textReader({ name, rowCount }: ReadColumn): ColumnReader {
  const codes = new Int32Array(rowCount)
  const codeOf = new Map<string, number>()
  return {
    read(vector, start, isNull) {
      const view = storageOf(vector).dataView!
      for (let row = 0; row < isNull.length; row++) {
        if (isNull[row] === 1) continue
        const text = shortText(view, row * 16) ?? (vector.getItem(row) as string)
        const known = codeOf.get(text)
        codes[start + row] = known ?? codeOf.size
        if (known === undefined) codeOf.set(text, codeOf.size)
      }
    },
    finish: (missing) => ({ kind: 'text', name, codes, dictionary: [...codeOf.keys()], missing }),
  }
}

/** Returns an ASCII text of at most 12 bytes, which DuckDB stores in the vector itself; undefined for others. */
function shortText(view: DataView, offset: number): string | undefined {
  const length = view.getUint32(offset, true)
  if (length > 12) return undefined
  let text = ''
  for (let index = 0; index < length; index++) {
    const byte = view.getUint8(offset + 4 + index)
    if (byte > 127) return undefined
    text += String.fromCharCode(byte)
  }
  return text
}

function enumReader({ name, rowCount }: ReadColumn, dictionary: readonly string[]): ColumnReader {
  const codes = new Int32Array(rowCount)
  return {
    read(vector, start, isNull) {
      const items = storageOf(vector).items!
      for (let row = 0; row < isNull.length; row++) {
        if (isNull[row] === 0) codes[start + row] = items[row]!
      }
    },
    finish: (missing): TextColumn => ({ kind: 'text', name, codes, dictionary, missing }),
  }
}

function booleanReader({ name, rowCount }: ReadColumn): ColumnReader {
  const values = new Uint8Array(rowCount)
  return {
    read(vector, start, isNull) {
      for (let row = 0; row < isNull.length; row++) {
        if (isNull[row] === 0 && vector.getItem(row) === true) values[start + row] = 1
      }
    },
    finish: (missing) => ({ kind: 'boolean', name, values, missing }),
  }
}

function dayReader(
  column: ReadColumn,
  unitsPerDay: number,
  zone: { readonly timeZone?: string } = {},
): ColumnReader {
  const { name, rowCount } = column
  const values = new Int32Array(rowCount)
  return {
    read(vector, start, isNull) {
      const items = storageOf(vector).items as unknown as Int32Array | BigInt64Array
      for (let row = 0; row < isNull.length; row++) {
        if (isNull[row] === 1) continue
        // Exact: counts of micro- or nanoseconds are divided as BigInt
        const day = items instanceof Int32Array ? items[row]! : floorDays(items[row]!, BigInt(unitsPerDay))
        if (Math.abs(day) >= 100_000_000)
          throw notFinite(column, start + row, day > 0 ? 'infinity' : '-infinity')
        values[start + row] = day
      }
    },
    finish: (missing) => ({ kind: 'day', name, values, missing, ...zone }),
  }
}

function floorDays(units: bigint, unitsPerDay: bigint): number {
  const whole = units / unitsPerDay
  return Number(units < 0n && whole * unitsPerDay !== units ? whole - 1n : whole)
}

function notFinite(
  { operation, name, rowsBefore }: ReadColumn,
  row: number,
  received: unknown,
): HoldfastError {
  return new HoldfastError(operation, [
    {
      code: 'value-not-finite',
      parameter: `column ${name}`,
      rule: 'to be finite or NULL in every row of the result',
      received,
      place: { row: rowsBefore + row + 1, column: name },
      wayOut: 'Write NULL for missing, for instance with nullif or a CASE.',
    },
  ])
}

function tooLarge(
  { operation, name, rowsBefore }: ReadColumn,
  row: number,
  received: unknown,
): HoldfastError {
  return new HoldfastError(operation, [
    {
      code: 'out-of-range',
      parameter: `column ${name}`,
      rule: 'to lie within ±(2^53 − 1), the integers that a number holds exactly',
      received,
      place: { row: rowsBefore + row + 1, column: name },
      wayOut: 'Cast it in the query: to VARCHAR for an id, to DOUBLE for a quantity.',
    },
  ])
}

/** Appends all rows of a table to an existing table of the engine, chunk by chunk. */
export async function writeRows(
  api: DuckdbApi,
  connection: DuckDBConnection,
  name: string,
  table: Table,
): Promise<void> {
  const appender = await connection.createAppender(name)
  const types = table.columns.map(
    (column) =>
      ({ number: api.DOUBLE, text: api.VARCHAR, day: api.INTEGER, boolean: api.BOOLEAN })[column.kind],
  )
  const rowsEach = api.DuckDBVector.standardSize()
  try {
    for (let start = 0; start < table.rowCount; start += rowsEach) {
      const rowCount = Math.min(rowsEach, table.rowCount - start)
      const chunk = api.DuckDBDataChunk.create(types, rowCount)
      for (const [index, column] of table.columns.entries()) {
        writeVector(chunk.getColumnVector(index), column, start, rowCount)
      }
      appender.appendDataChunk(chunk)
    }
    appender.flushSync()
  } finally {
    appender.closeSync()
  }
}

function writeVector(vector: DuckDBVector, column: Column, start: number, rowCount: number): void {
  const target = vector as DuckDBVector & { setItem(row: number, value: unknown): void; flush(): void }
  for (let row = 0; row < rowCount; row++) {
    const at = start + row
    target.setItem(row, isMissing(column.missing, at) ? null : engineValue(column, at))
  }
  target.flush()
}

function engineValue(column: Column, row: number): number | string | boolean {
  if (column.kind === 'text') return column.dictionary[column.codes[row]!]!
  return column.kind === 'boolean' ? column.values[row] === 1 : column.values[row]!
}
