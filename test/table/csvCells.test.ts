import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { HoldfastError } from '../../src/base/errors.js'
import { readCsvCells } from '../../src/table/csvCells.node.js'
import type { ReadingOptions } from '../../src/table/readingOptions.js'
import { readTable } from '../../src/table/readTable.node.js'
import { type Column, idColumn, type Table } from '../../src/table/table.js'
import { tableFromRows } from '../../src/table/tableFromRows.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-'))
})
afterAll(() => rm(folder, { recursive: true }))

let files = 0
async function file(content: string | Uint8Array): Promise<string> {
  const path = join(folder, `${files++}.csv`)
  await writeFile(path, content)
  return path
}

const header = { names: ['a', 'b'], delimiter: ',' }

/** The fields of the rows that have two, by the bytes; null where the file leaves a question. */
async function fieldsOf(path: string): Promise<unknown> {
  const cells = await readCsvCells(path, 'utf-8', header, new Set())
  if (cells === null) return null
  const columns = cells.columns.map(({ codes, dictionary }) =>
    Array.from(codes, (code) => (code < 0 ? '' : dictionary[code])),
  )
  return {
    rows: columns[0]!.map((first, row) => [first, columns[1]![row]]),
    bad: cells.badLines.map(({ row, problem }) => [row, problem.received]),
  }
}

/** The same by the general parser; null where it refuses the file. */
function parsedFields(content: string): unknown {
  let records: string[][]
  try {
    records = parse(content, { bom: true, from: 2, relax_column_count: true, skip_empty_lines: true })
  } catch {
    return null
  }
  const numbered = records.map((fields, index) => ({ fields, row: index + 1 }))
  const isRow = ({ fields }: (typeof numbered)[number]) => fields.length === 2
  const blank = (text: string) => (text.trim() === '' ? '' : text)
  return {
    rows: numbered.filter(isRow).map(({ fields }) => fields.map(blank)),
    bad: numbered.filter((each) => !isRow(each)).map(({ fields, row }) => [row, fields.join(' | ')]),
  }
}

const pieces = fc.constantFrom(
  'a',
  '12',
  ' ',
  '"',
  '""',
  ',',
  ',',
  '\n',
  '\n',
  'é',
  '\r',
  '"x,y"',
  '"1\n2"',
  '\0',
)
const contents = fc
  .tuple(fc.constantFrom('\n', '\r\n'), fc.array(pieces, { maxLength: 25 }))
  .map(([end, parts]) => `a,b${end}${parts.map((part) => (part === '\n' ? end : part)).join('')}`)

test('the bytes of any file hold the fields that the general parser finds, or leave a question', async () => {
  let answered = 0
  await fc.assert(
    fc.asyncProperty(contents, async (content) => {
      const fields = await fieldsOf(await file(content))
      if (fields === null) return
      answered++
      expect(fields).toEqual(parsedFields(content))
    }),
    { numRuns: 400 },
  )
  expect(answered).toBeGreaterThan(100)
})

test('what is written plainly, quotes and lines in quotes too, leaves no question', async () => {
  const path = await file('a,b\r\n1,"x ""y"""\r\n\r\n"","1\n2"\r\n3\r\n4,"5"')
  expect(await fieldsOf(path)).toEqual({
    rows: [
      ['1', 'x "y"'],
      ['', '1\n2'],
      ['4', '5'],
    ],
    bad: [[3, '3']],
  })
})

test('lines of both ends, quotes inside of fields and bytes that are no UTF-8 leave one', async () => {
  const odd = ['a,b\n1,2\r\n3,4', 'a,b\n1,2"', 'a,b\n1,"2" ', 'a,b\n1,"2', 'a,b\r1,2', 'a,b\r\n1,2\n']
  for (const content of odd) expect(await fieldsOf(await file(content)), content).toBeNull()
  expect(await fieldsOf(await file(Uint8Array.of(97, 44, 98, 10, 49, 44, 0xff, 10)))).toBeNull()
})

/** Bytes that come in pieces are cut anywhere: in a record, a character, a pair of quotes, a line end. */
test('a file of many pieces has the rows that were written', async () => {
  const cell = (row: number) => (row % 7 === 0 ? `"é""${row}"` : `x${'y'.repeat(row % 50)}`)
  const rows = Array.from({ length: 40_000 }, (_, row) => `${row}.50,${cell(row)}`)
  const table = await readTable(await file(`\ufeffa,b\r\n${rows.join('\r\n')}\r\n`))
  expect(table.rowCount).toBe(40_000)
  expect(table.numbers('a').values.every((value, row) => value === row + 0.5)).toBe(true)
  const read = Array.from(table.texts('b').codes, (code) => table.texts('b').dictionary[code])
  expect(read.every((text, row) => text === (row % 7 === 0 ? `é"${row}` : `x${'y'.repeat(row % 50)}`))).toBe(
    true,
  )
})

test('a field longer than a piece is read whole', async () => {
  const long = 'z'.repeat(1_500_000)
  const table = await readTable(await file(`a,b\n1,${long}\n2,"${long},"\n`))
  expect(table.rows().map((row) => (row['b'] as string).length)).toEqual([1_500_000, 1_500_001])
})

const plainCells = fc.oneof(
  fc.integer({ min: -2000, max: 2000 }).map(String),
  fc.integer({ min: -99_999, max: 99_999 }).map((cents) => (cents / 100).toFixed(2)),
  fc.integer({ min: 0, max: 99_999 }).map((mille) => (mille / 1000).toFixed(3)),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
)
const oddCells = fc.constantFrom(
  ...[
    '',
    ' ',
    'NA',
    'null',
    '?',
    '-1',
    '007',
    '0',
    '-0',
    '0.0',
    '-0.00',
    '+7',
    '1e5',
    '1E-7',
    '1e999',
    '.5',
    '5.',
  ],
  ...[
    ' 12',
    '12 ',
    '1.022',
    '1.020',
    '-1.022',
    '10.022',
    '1.022.000',
    '1,5',
    '12,-',
    '$4',
    '(4)',
    '4-',
    '12%',
    'inf',
  ],
  ...[
    'nan',
    'x',
    'é',
    'true',
    'false',
    '2024-01-31',
    '20240131',
    '31/12/2024',
    '01/02/2024',
    '0.0000001',
    '1.0',
  ],
  ...['1234567890123456', '9007199254740993', '123456789012345', '0.1234567890123456', '12345678901234.50'],
  ...['9007199254740993.0', '0.000001', '0.0000010', '1000000000000000000000', '\u00a012', '1 022'],
)
const columns = fc
  .tuple(
    fc.oneof(
      fc.constant(plainCells),
      fc.constant(fc.integer({ min: 0, max: 300 }).map(String)),
      fc.constant(oddCells),
    ),
    fc.integer({ min: 0, max: 3 }),
  )
  .chain(([most, odd]) =>
    fc.tuple(
      fc.array(most, { minLength: 1, maxLength: 40 }),
      fc.array(oddCells, { minLength: odd, maxLength: odd }),
      fc.nat(),
    ),
  )
  .map(([most, odd, at]) => most.toSpliced(at % most.length, 0, ...odd))
const options: fc.Arbitrary<ReadingOptions> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  fc.constantFrom<ReadingOptions>(
    ...([{ missing: ['?', '-1', '12'] }, { types: { a: 'number' } }, { types: { a: 'text' } }] as const),
    ...([{ decimal: ',' }, { decimal: { a: '.' } }, { thousands: '.' }, { thousands: { a: ',' } }] as const),
    ...([{ dateFormat: 'YYYYMMDD' }, { types: { a: 'day' } }, { types: { a: 'boolean' } }] as const),
    { notations: { a: { decimal: ',' } } },
  ),
)

/** A column and what its numbers were read from. */
function told(table: Table): unknown {
  return table.columns.map((column: Column) => ({
    ...column,
    written: undefined,
    ids: table.rows().map((_, row) => cellText(idColumn(column), row)),
  }))
}

function cellText(column: Column, row: number): unknown {
  if (column.missing?.has(row) === true) return null
  return column.kind === 'text' ? column.dictionary[column.codes[row]!] : column.values[row]
}

/** What reading gives: the columns, or all that is refused, but for the file that only one of both has. */
async function outcome(read: () => Table | Promise<Table>): Promise<unknown> {
  try {
    return told(await read())
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error
    return error.problems.map(({ place, wayOut, ...problem }) => ({
      ...problem,
      place: { ...place, file: undefined },
      wayOut: wayOut?.replace(/ Or set such rows aside.*$/, ''),
    }))
  }
}

test('a column read from bytes is the one that is read from the same cells as texts', async () => {
  let numbers = 0
  await fc.assert(
    fc.asyncProperty(columns, options, async (cells, reading) => {
      const path = await file(
        `a,b\n${cells.map((cell) => `"${cell}",${cell.replace(',', ';')}`).join('\n')}\n`,
      )
      const rows = cells.map((cell) => ({ a: cell, b: cell.replace(',', ';') }))
      const fromTexts = await outcome(() => tableFromRows(rows, reading))
      expect(await outcome(() => readTable(path, reading))).toEqual(fromTexts)
      numbers += Number(JSON.stringify(fromTexts).includes('"kind":"number"'))
    }),
    { numRuns: 500 },
  )
  expect(numbers).toBeGreaterThan(60)
})

test('many numbers that are each written in their own way keep their texts', async () => {
  const cells = Array.from({ length: 3000 }, (_, row) => (row % 3 === 0 ? 'NA' : `${row}e1`))
  const path = await file(`a,b\n${cells.map((cell) => `${cell},1`).join('\n')}\n`)
  const table = await readTable(path)
  expect(told(table)).toEqual(told(tableFromRows(cells.map((a) => ({ a, b: '1' })))))
  expect(table.numbers('a').values[2999]).toBe(29_990)
  expect(cellText(idColumn(table.column('a')), 2999)).toBe('2999e1')
})
