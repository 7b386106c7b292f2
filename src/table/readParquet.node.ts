import type { FileMetaData, ParquetParsers, SchemaElement } from 'hyparquet'
import { formatDay, parseDay, utc } from '../base/days.js'
import { HoldfastError, type Problem, refuse } from '../base/errors.js'
import { ColumnTexts } from './columnTexts.js'
import type { ColumnKind } from './table.js'
import type { TextSource } from './tableFromRows.js'
import { cellText } from './textsOfRows.js'

const decoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true })

// INT96 is a day and its nanoseconds; all else comes as stored, and is converted by textsOf
const parsers: Partial<ParquetParsers> = {
  timestampFromNanoseconds: (nanos) => nanos,
  dateFromDays: (days) => BigInt(days),
}

/**
 * Reads a Parquet file as texts, a row group at a time, with the kinds that its schema declares.
 */
export async function readParquet(
  operation: string,
  path: string,
  missing: ReadonlySet<string>,
  timeZone: string,
): Promise<TextSource> {
  const { asyncBufferFromFile, parquetMetadataAsync, parquetScan, parquetSchema } = await import('hyparquet')
  const { compressors } = await import('hyparquet-compressors')
  let metadata: FileMetaData
  const file = await asyncBufferFromFile(path)
  try {
    metadata = await parquetMetadataAsync(file)
  } catch (error) {
    throw refuseFile(operation, path, error)
  }
  const elements = parquetSchema(metadata).children.map((child) => child.element)
  const kinds = new Map<string, ColumnKind>()
  const problems: Problem[] = []
  for (const element of elements) {
    const kind = kindOf(element)
    if (kind === undefined) problems.push(typeUnreadable(path, element))
    else kinds.set(element.name, kind)
  }
  refuse(operation, problems)
  const columns = elements.map((element) => {
    const texts = new ColumnTexts(element.name, missing)
    texts.hasInstants = areInstants(element)
    return texts
  })
  try {
    const asStored = { ...metadata, schema: metadata.schema.map(storedElement) }
    const scan = await parquetScan({ file, metadata: asStored, compressors, parsers, utf8: false })
    for (const { rowStart, rowEnd } of scan.ranges) {
      for (const [index, element] of elements.entries()) {
        const textOf = textsOf(element, timeZone)
        const values = await scan.readColumn({ column: element.name, rowStart, rowEnd })
        for (let row = 0; row < rowEnd - rowStart; row++) {
          const text = textOf(values[row])
          if (text === undefined) refuse(operation, [noText(path, element.name, rowStart + row + 1)])
          columns[index]!.add(text!)
        }
      }
    }
  } catch (error) {
    throw error instanceof HoldfastError ? error : refuseFile(operation, path, error)
  }
  return {
    file: path,
    columns,
    rowCount: Number(metadata.num_rows),
    rowNumber: (row) => row + 1,
    kinds,
    badLines: [],
  }
}

function kindOf(element: SchemaElement): ColumnKind | undefined {
  const { type, converted_type: converted, logical_type: logical, num_children, repetition_type } = element
  if (num_children !== undefined || repetition_type === 'REPEATED') return undefined
  if (converted === 'DATE' || logical?.type === 'DATE' || type === 'INT96') return 'day'
  if (converted?.startsWith('TIMESTAMP') || logical?.type === 'TIMESTAMP') return 'day'
  if (converted === 'UTF8' || converted === 'ENUM' || logical?.type === 'STRING' || logical?.type === 'ENUM')
    return 'text'
  if (logical?.type === 'UUID') return 'text'
  if (decimalScale(element) !== undefined || logical?.type === 'FLOAT16') return 'number'
  if (converted?.startsWith('TIME') || logical?.type === 'TIME') return undefined
  if (type === 'BOOLEAN') return 'boolean'
  if (type === 'INT32' || type === 'INT64' || type === 'FLOAT' || type === 'DOUBLE') return 'number'
  // Older writers do not mark texts as such
  return type === 'BYTE_ARRAY' && converted === undefined && logical === undefined ? 'text' : undefined
}

// The library converts decimals and microseconds to doubles before it divides: both are read as stored instead
function storedElement(element: SchemaElement): SchemaElement {
  if (decimalScale(element) === undefined && unitsPerDay(element) === undefined) return element
  const { converted_type: _converted, logical_type: _logical, ...stored } = element
  return stored
}

/** Returns how many digits of a column's integers are after the point; undefined if they are not decimals. */
function decimalScale({ converted_type, logical_type, scale }: SchemaElement): number | undefined {
  if (logical_type?.type === 'DECIMAL') return logical_type.scale
  return converted_type === 'DECIMAL' ? (scale ?? 0) : undefined
}

/** Returns how many units of a column's timestamps make a day; undefined if it has none. */
function unitsPerDay({ type, converted_type, logical_type }: SchemaElement): bigint | undefined {
  const unit = logical_type?.type === 'TIMESTAMP' ? logical_type.unit : undefined
  if (converted_type === 'TIMESTAMP_MILLIS' || unit === 'MILLIS') return 86_400_000n
  if (converted_type === 'TIMESTAMP_MICROS' || unit === 'MICROS') return 86_400_000_000n
  return type === 'INT96' || unit === 'NANOS' ? 86_400_000_000_000n : undefined
}

/**
 * Returns the function that converts a value to a text, as in a CSV file; its result is undefined for bytes that are
 * not text.
 */
function textsOf(element: SchemaElement, timeZone: string): (value: unknown) => string | null | undefined {
  const { converted_type, logical_type } = element
  const scale = decimalScale(element)
  if (scale !== undefined) return orMissing((value) => decimalText(integerOf(value), scale))
  const perDay = converted_type === 'DATE' || logical_type?.type === 'DATE' ? 1n : unitsPerDay(element)
  if (perDay !== undefined && areInstants(element) && timeZone !== utc)
    return orMissing((value) => instantText(BigInt(value as bigint), perDay, timeZone))
  if (perDay !== undefined) return orMissing((value) => dayText(BigInt(value as bigint), perDay))
  return (value) => (value instanceof Uint8Array ? utf8Text(value) : cellText(value))
}

// With a replacement character for invalid bytes, different ids would become equal
function utf8Text(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

function noText(file: string, column: string, row: number): Problem {
  return {
    code: 'value-type',
    parameter: column,
    rule: 'to hold texts in UTF-8, not other bytes',
    place: { file, row, column },
    wayOut: 'Write it as text, for instance in hexadecimal digits, or leave the column out of the file.',
  }
}

function orMissing(textOf: (value: unknown) => string): (value: unknown) => string | null {
  return (value) => (value === null || value === undefined ? null : textOf(value))
}

/** Times adjusted to UTC are instants, others are local wall-clock times. */
function areInstants({ logical_type }: SchemaElement): boolean {
  return logical_type?.type === 'TIMESTAMP' && logical_type.isAdjustedToUTC
}

function instantText(units: bigint, perDay: bigint, timeZone: string): string {
  const scaled = units * 86_400_000n
  const millis = scaled / perDay - (units < 0n && scaled % perDay !== 0n ? 1n : 0n)
  const day = parseDay(new Date(Number(millis)), timeZone)
  return day === undefined ? 'infinity' : formatDay(day)
}

// Whole days first: a double cannot hold a count of nanoseconds, nor of microseconds after 2255
function dayText(units: bigint, perDay: bigint): string {
  const whole = units / perDay
  const day = parseDay(Number(units < 0n && whole * perDay !== units ? whole - 1n : whole))
  return day === undefined ? 'infinity' : formatDay(day)
}

/** Returns the integer stored in big-endian bytes or in a number. */
function integerOf(value: unknown): bigint {
  if (!(value instanceof Uint8Array)) return BigInt(value as bigint)
  const unsigned = value.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n)
  return BigInt.asIntN(value.length * 8, unsigned)
}

function decimalText(unscaled: bigint, scale: number): string {
  if (scale === 0) return String(unscaled)
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

function typeUnreadable(file: string, element: SchemaElement): Problem {
  const received = element.logical_type?.type ?? element.converted_type ?? element.type ?? 'a nested column'
  return {
    code: 'column-type',
    parameter: `column ${element.name}`,
    rule: 'to hold numbers, texts, days or booleans',
    received,
    place: { file, column: element.name },
    wayOut: 'Leave the column out of the file, or write it as one of these.',
  }
}

function refuseFile(operation: string, path: string, error: unknown): unknown {
  refuse(operation, [
    {
      code: 'file-unreadable',
      parameter: 'the file',
      rule: 'to be a readable Parquet file',
      place: { file: path },
      wayOut: `${error instanceof Error ? error.message : String(error)}. Write it again, or check its ending.`,
    },
  ])
  return error
}
