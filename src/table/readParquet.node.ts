import type { FileMetaData, ParquetParsers, SchemaElement } from 'hyparquet'
import { type Problem, refuse } from '../base/errors.js'
import { ColumnTexts } from './columnTexts.js'
import type { ColumnKind } from './table.js'
import type { TextSource } from './tableFromRows.js'
import { cellText } from './textsOfRows.js'

const millisPerDay = 86_400_000

// Days and times as the number of their day; texts as they are, also where they begin with a byte order mark
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const parsers: Partial<ParquetParsers> = {
  dateFromDays: (days) => new Date(days * millisPerDay),
  timestampFromMilliseconds: (millis) => new Date(Number(millis)),
  timestampFromMicroseconds: (micros) => new Date(Math.floor(Number(micros) / 1000)),
  timestampFromNanoseconds: (nanos) => new Date(Math.floor(Number(nanos) / 1_000_000)),
  stringFromBytes: (bytes) => bytes && decoder.decode(bytes),
}

/**
 * Reads a Parquet file as texts, a row group at a time, with the kinds that its schema declares.
 *
 * @param types declared kinds: a 64-bit integer declared as text keeps all its digits
 */
export async function readParquet(
  operation: string,
  path: string,
  missing: ReadonlySet<string>,
  types: Readonly<Record<string, ColumnKind>>,
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
  const columns = elements.map((element) => new ColumnTexts(element.name, missing))
  try {
    const scan = await parquetScan({ file, metadata, compressors, parsers })
    for (const { rowStart, rowEnd } of scan.ranges) {
      for (const [index, { name, scale, converted_type }] of elements.entries()) {
        const values = await scan.readColumn({ column: name, rowStart, rowEnd })
        const digits = converted_type === 'DECIMAL' ? (scale ?? 0) : undefined
        for (let row = 0; row < rowEnd - rowStart; row++)
          columns[index]!.add(parquetText(values[row], digits))
      }
    }
  } catch (error) {
    throw refuseFile(operation, path, error)
  }
  refuse(
    operation,
    columns.flatMap((texts, index) => tooLarge(path, elements[index]!, texts, types)),
  )
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
  if (converted === 'DECIMAL' || logical?.type === 'FLOAT16') return 'number'
  if (converted?.startsWith('TIME') || logical?.type === 'TIME') return undefined
  if (type === 'BOOLEAN') return 'boolean'
  if (type === 'INT32' || type === 'INT64' || type === 'FLOAT' || type === 'DOUBLE') return 'number'
  // Older writers do not mark texts
  return type === 'BYTE_ARRAY' && converted === undefined && logical === undefined ? 'text' : undefined
}

function parquetText(value: unknown, digits: number | undefined): string | null {
  if (digits !== undefined && typeof value === 'number') return value.toFixed(Math.min(digits, 100))
  return cellText(value)
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

function tooLarge(
  file: string,
  element: SchemaElement,
  texts: ColumnTexts,
  types: Readonly<Record<string, ColumnKind>>,
): Problem[] {
  const { name } = texts
  const isInteger = element.type === 'INT64' && kindOf(element) === 'number'
  if (!isInteger || (types[name] ?? 'number') !== 'number') return []
  const code = texts.dictionary.findIndex(
    (text) => /^-?\d{16,}$/.test(text) && !Number.isSafeInteger(Number(text)),
  )
  if (code < 0) return []
  return [
    {
      code: 'out-of-range',
      parameter: name,
      rule: 'to lie within ±(2^53 − 1), the integers that a number holds exactly',
      received: texts.dictionary[code],
      place: { file, row: texts.codes.indexOf(code) + 1, column: name },
      wayOut: `Declare types: { ${JSON.stringify(name)}: 'text' } for an id.`,
    },
  ]
}

function refuseFile(operation: string, path: string, error: unknown): unknown {
  refuse(operation, [
    {
      code: 'file-unreadable',
      parameter: 'the file',
      rule: 'to be a readable Parquet file',
      place: { file: path },
      wayOut: `${error instanceof Error ? error.message : String(error)}. Write it anew, or check its ending.`,
    },
  ])
  return error
}
