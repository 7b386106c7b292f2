import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import type { SchemaElement } from 'hyparquet'
import { fileWriter, ParquetWriter } from 'hyparquet-writer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EpochDay, epochDay } from '../../src/base/days.js'
import { HoldfastError } from '../../src/base/errors.js'
import { numberColumn, textColumn } from '../../src/base/matrix.js'
import { fromFlatTable } from '../../src/dataset/fromFlatTable.js'
import { openDuckdb } from '../../src/engine/duckdb.js'
import { readTable, readTableWithRejects } from '../../src/table/readTable.node.js'
import { booleanColumn, dayColumn, Table, tableFrom } from '../../src/table/table.js'
import { tableFromRows } from '../../src/table/tableFromRows.js'
import { writeTable } from '../../src/table/writeTable.node.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

async function refused(promise: Promise<unknown>): Promise<HoldfastError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(HoldfastError)
  return error as HoldfastError
}

/** Nanoseconds of the day in 64 bits, then the Julian day in 32, the lowest byte first: 2,440,588 is 1970-01-01. */
function int96(day: number, nanos: bigint): Uint8Array {
  const view = new DataView(new ArrayBuffer(12))
  view.setBigUint64(0, nanos, true)
  view.setUint32(8, day + 2_440_588, true)
  return new Uint8Array(view.buffer)
}

/** Writes a column t of INT96: the writer knows bytes of fixed length, which are stored in the same way. */
async function writeInt96(path: string, data: readonly Uint8Array[]): Promise<void> {
  const element: SchemaElement = {
    name: 't',
    type: 'FIXED_LEN_BYTE_ARRAY',
    type_length: 12,
    repetition_type: 'REQUIRED',
  }
  const writer = new ParquetWriter({
    writer: fileWriter(path),
    schema: [{ name: 'root', num_children: 1 }, element],
    statistics: false,
  })
  await writer.write({ columnData: [{ name: 't', data: [...data], encoding: 'PLAIN' }] })
  element.type = 'INT96'
  for (const { columns } of writer.row_groups) columns[0]!.meta_data!.type = 'INT96'
  await writer.finish()
}

const kinds = (table: Table) => Object.fromEntries(table.columns.map((column) => [column.name, column.kind]))

describe('readTable: CSV', () => {
  test('numbers, days, booleans and texts are told apart, blank is missing', async () => {
    const path = await file(
      'kinds.csv',
      'id,fee,since,paid,note,blank\nA,1.5,2024-02-29,true,"a, ""b""\nc",\nB, ,,,  ,\nC,-2e3,1969-12-31,FALSE,x,\n',
    )
    const table = await readTable(path)
    expect(kinds(table)).toEqual({
      id: 'text',
      fee: 'number',
      since: 'day',
      paid: 'boolean',
      note: 'text',
      blank: 'number',
    })
    expect(table.rows()).toEqual([
      { id: 'A', fee: 1.5, since: '2024-02-29', paid: true, note: 'a, "b"\nc', blank: null },
      { id: 'B', fee: null, since: null, paid: null, note: null, blank: null },
      { id: 'C', fee: -2000, since: '1969-12-31', paid: false, note: 'x', blank: null },
    ])
    expect(table.source).toBe(path)
  })

  test.each([
    ['comma', ','],
    ['semicolon', ';'],
    ['tab', '\t'],
    ['bar', '|'],
  ])(
    'the delimiter %s is found in the header, byte order mark, CRLF and empty lines do not matter',
    async (name, sign) => {
      const text = `\ufeff${['id', '"a,;|\tb"', 'n'].join(sign)}\r\n${['A', 'x', '1'].join(sign)}\r\n\r\n${['B', 'y', '2'].join(sign)}`
      const table = await readTable(await file(`${name}.csv`, text))
      expect(table.rows()).toEqual([
        { id: 'A', 'a,;|\tb': 'x', n: 1 },
        { id: 'B', 'a,;|\tb': 'y', n: 2 },
      ])
    },
  )

  test('.tsv is split at tabs only, .csv.gz is unpacked', async () => {
    expect((await readTable(await file('a.tsv', 'a,b\tc\n1\t2\n'))).columnNames).toEqual(['a,b', 'c'])
    expect((await readTable(await file('a.csv.gz', gzipSync('a,b\n1,2\n')))).rows()).toEqual([{ a: 1, b: 2 }])
  })

  test('ids with leading zeros or more than 15 digits are texts', async () => {
    const table = await readTable(
      await file('ids.csv', 'zip,iccid,n\n00701,8986001234567890123,7\n12345,8986001234567890124,8\n'),
    )
    expect(table.rows()).toEqual([
      { zip: '00701', iccid: '8986001234567890123', n: 7 },
      { zip: '12345', iccid: '8986001234567890124', n: 8 },
    ])
  })

  test('a day that no calendar has makes a column of texts, where days are declared it is refused', async () => {
    const path = await file('days.csv', 'd\n2025-02-28\n2025-02-30\n')
    expect(kinds(await readTable(path))).toEqual({ d: 'text' })
    const error = await refused(readTable(path, { types: { d: 'day' } }))
    expect(error.problems).toMatchObject([
      { code: 'value-type', received: '2025-02-30', place: { file: path, row: 2, column: 'd' } },
    ])
  })

  test('a few texts among numbers are refused, never read as a column of texts', async () => {
    const lines = Array.from({ length: 20 }, (_, row) => (row === 13 ? 'A,none' : `A,${row}`))
    const path = await file('nearly.csv', `id,fee\n${lines.join('\n')}\n`)
    const error = await refused(readTable(path))
    expect(error.message).toBe(
      `readTable: ${path}, row 14, column fee: expected fee to be a number, got "none" (string). ` +
        `Write blank for missing, name the mark in missing: ['?'], or declare types: { "fee": 'text' }. ` +
        'Or set such rows aside, counted and listed, with readTableWithRejects.',
    )
    expect((await readTable(path, { missing: ['none'] })).cell('fee', 13)).toBeNull()
    expect((await readTable(path, { types: { fee: 'text' } })).cell('fee', 12)).toBe('12')
  })

  test.each(['NA', 'N/A', 'n/a', 'NULL', 'null'])(
    '%s is missing among numbers and a text among texts',
    async (mark) => {
      const path = await file('marks.csv', `fee,region\n1.5,EU\n${mark},${mark}\n`)
      expect((await readTable(path)).rows()).toEqual([
        { fee: 1.5, region: 'EU' },
        { fee: null, region: mark },
      ])
    },
  )

  test.each(['NaN', 'Infinity', '-inf', '1e999'])('%s in a column of numbers is refused', async (text) => {
    const path = await file('finite.csv', `fee,n\n1,1\n${text},2\n3,3\n`)
    const error = await refused(readTable(path))
    expect(error.problems).toMatchObject([
      { code: 'value-not-finite', received: text, place: { file: path, row: 2, column: 'fee' }, count: 1 },
    ])
  })

  test('rows of a wrong length and bad cells are reported together, with their rows', async () => {
    const many = Array.from({ length: 20 }, (_, row) => `E${row},${row}\n`).join('')
    const error = await refused(readTable(await file('bad.csv', `id,n\nA,1\nB\nD,4,5\n${many}F,zero\n`)))
    expect(error.problems.map((problem) => [problem.code, problem.place?.row, problem.count])).toEqual([
      ['length-differs', 2, 2],
      ['value-type', 24, 1],
    ])
  })

  test.each(['C,"x"y', 'C,x"y', 'C,"never closed'])(
    'where %s stands the file is refused, also with rejects',
    async (line) => {
      const path = await file('quotes.csv', `id,n\nA,1\nB,2\n${line}\nD,4\n`)
      for (const read of [readTable, readTableWithRejects]) {
        const error = await refused(read(path))
        expect(error.problems).toMatchObject([{ code: 'file-unreadable', place: { file: path, row: 3 } }])
      }
    },
  )

  test('with rejects, the bad rows are taken out and listed', async () => {
    const path = await file(
      'aside.csv',
      `id,n,m\nA,1,\nB\n${Array.from({ length: 20 }, (_, row) => `E${row},${row},1\n`).join('')}F,zero,nan\n`,
    )
    const { table, rejects } = await readTableWithRejects(path)
    expect([table.rowCount, kinds(table)]).toEqual([21, { id: 'text', n: 'number', m: 'number' }])
    expect(rejects.rows()).toEqual([
      {
        table: null,
        file: path,
        row: 2,
        column: null,
        code: 'length-differs',
        rule: 'to have as many fields as the header (3)',
        value: 'B',
      },
      {
        table: null,
        file: path,
        row: 23,
        column: 'n',
        code: 'value-type',
        rule: 'to be a number',
        value: 'zero',
      },
      {
        table: null,
        file: path,
        row: 23,
        column: 'm',
        code: 'value-not-finite',
        rule: 'to be a finite number',
        value: 'nan',
      },
    ])
    const good = await readTableWithRejects(await file('good.csv', 'a\n1\n'))
    expect([good.table.rowCount, good.rejects.rowCount]).toEqual([1, 0])
  })

  test('more bad rows than maxRejectShare are refused all the same', async () => {
    const path = await file('mostly.csv', 'id,n\nA\nB\nC,1\n')
    const error = await refused(readTableWithRejects(path))
    expect(error.problems.map((problem) => [problem.code, problem.received])).toEqual([
      ['out-of-range', 0.6667],
      ['length-differs', 'A'],
    ])
    expect((await readTableWithRejects(path, { maxRejectShare: 0.7 })).table.rowCount).toBe(1)
  })

  test('an empty file, a header alone, doubled and blank names are refused', async () => {
    const codes = async (name: string, text: string) =>
      (await refused(readTable(await file(name, text)))).problems.map((problem) => [
        problem.code,
        problem.parameter,
      ])
    expect(await codes('e1.csv', '')).toEqual([['table-empty', 'the file']])
    expect(await codes('e2.csv', 'a,b\n')).toEqual([['table-empty', 'the file']])
    expect(await codes('e3.csv', 'a,b,a\n1,2,3\n')).toEqual([['column-duplicate', 'column a']])
    expect(await codes('e4.csv', 'a,,b\n1,2,3\n')).toEqual([['column-missing', 'the name of column 2']])
  })

  test('a missing file is named with the nearest in the folder', async () => {
    const path = await file('telco.csv', 'a\n1\n')
    const wrong = path.replace('telco', 'telcos')
    expect((await refused(readTable(wrong))).message).toBe(
      `readTable: ${wrong}: expected the file to exist. Did you mean telco.csv?`,
    )
    const nowhere = await refused(readTable(join(folder, 'none', 'x.csv')))
    expect(nowhere.problems[0]).toMatchObject({
      code: 'file-missing',
      wayOut: `There is no folder ${join(folder, 'none')}.`,
    })
    const directory = await refused(readTable(folder))
    expect(directory.problems[0]).toMatchObject({ code: 'file-unreadable', rule: 'to be a file' })
  })

  test('files that are no tables are refused', async () => {
    const bytes = Uint8Array.from({ length: 3000 }, (_, index) => (index * 7919) % 256)
    for (const name of ['g.csv', 'g.parquet', 'g.csv.gz', 'g.jsonl']) {
      const error = await refused(readTable(await file(name, bytes)))
      expect([name, error.code]).toEqual([name, 'file-unreadable'])
    }
    const other = await refused(readTable(await file('g.xlsx', bytes)))
    expect(other.problems[0]).toMatchObject({ code: 'file-unreadable', parameter: 'the file name' })
  })

  test('another encoding is read where it is named, and refused where it is not', async () => {
    // 保定 in GB 18030
    const path = await file(
      'gb.csv',
      Buffer.from([...Buffer.from('id,city\nA,'), 0xb1, 0xa3, 0xb6, 0xa8, 0x0a]),
    )
    expect((await readTable(path, { encoding: 'gb18030' })).rows()).toEqual([{ id: 'A', city: '保定' }])
    expect((await refused(readTable(path))).code).toBe('file-unreadable')
    expect((await refused(readTable(path, { encoding: 'klingon' }))).problems[0]).toMatchObject({
      code: 'option-invalid',
      parameter: 'encoding',
    })
  })

  test('types of a column that is not there are refused with the nearest name', async () => {
    const path = await file('types.csv', 'fee\n1\n')
    const error = await refused(readTable(path, { types: { fees: 'text' } }))
    expect(error.problems).toMatchObject([
      { code: 'column-missing', parameter: 'column fees', wayOut: 'Did you mean fee?' },
    ])
  })
})

describe('readTable: JSON lines', () => {
  test('integers with more digits than a number holds keep them all, as texts', async () => {
    const lines = [
      '{"id":9007199254740993,"note":"1: 9007199254740993, \\"9007199254740993","n":0.12345678901234567}',
      '{"id":-9007199254740995,"note":"b","n":2.5}',
    ]
    const table = await readTable(await file('long.jsonl', `${lines.join('\n')}\n`))
    expect(table.rows()).toEqual([
      { id: '9007199254740993', note: '1: 9007199254740993, "9007199254740993', n: 0.12345678901234566 },
      { id: '-9007199254740995', note: 'b', n: 2.5 },
    ])
  })

  test('rows may lack columns; malformed lines and lists are named by row', async () => {
    const good = await readTable(await file('a.jsonl', '{"id":"007","n":1.5}\n\n{"id":"008","paid":true}\n'))
    expect(good.rows()).toEqual([
      { id: '007', n: 1.5, paid: null },
      { id: '008', n: null, paid: true },
    ])
    const path = await file('b.ndjson', '{"id":"A"}\nnot json\n[1]\n{"id":"B","o":{"x":[1]}}\n')
    const error = await refused(readTable(path))
    expect(error.problems.map((problem) => [problem.code, problem.place?.row, problem.count])).toEqual([
      ['file-unreadable', 2, 2],
      ['value-type', 4, 1],
    ])
    const { table, rejects } = await readTableWithRejects(path, { maxRejectShare: 1 })
    expect([table.rows(), rejects.rows().map((row) => row['row'])]).toEqual([[{ id: 'A' }], [2, 3, 4]])
  })
})

describe('readTable: Parquet', () => {
  test('files of other writers: integers, decimals, timestamps, compression', async () => {
    const path = join(folder, 'other.parquet')
    const engine = await openDuckdb()
    await engine.run(`COPY (SELECT i::INTEGER AS i, (i * 1000000000)::BIGINT AS big, (i / 10)::DECIMAL(10, 2) AS amount,
      DATE '2025-01-31' AS d, TIMESTAMP '1969-12-31 23:59:59' AS t, i % 2 = 0 AS b, '007' AS id,
      CASE WHEN i > 1 THEN 'x' END AS s FROM range(1, 4) r(i)) TO '${path}' (COMPRESSION zstd)`)
    await engine.close()
    const table = await readTable(path)
    expect(table.row(2)).toEqual({
      i: 3,
      big: 3e9,
      amount: 0.3,
      d: '2025-01-31',
      t: '1969-12-31',
      b: false,
      id: '007',
      s: 'x',
    })
    expect(table.cell('s', 0)).toBeNull()
  })

  test('integers that a number cannot hold are refused, and kept as text where declared', async () => {
    const path = join(folder, 'big.parquet')
    const engine = await openDuckdb()
    await engine.run(`COPY (SELECT 9007199254740993::BIGINT AS card, [1] AS list) TO '${path}'`)
    await engine.run(`COPY (SELECT 9007199254740993::BIGINT AS card) TO '${path}2.parquet'`)
    await engine.close()
    expect((await refused(readTable(path))).problems).toMatchObject([
      { code: 'column-type', parameter: 'column list' },
    ])
    expect((await refused(readTable(`${path}2.parquet`))).problems).toMatchObject([
      { code: 'out-of-range', received: '9007199254740993', place: { row: 1, column: 'card' } },
    ])
    expect((await readTable(`${path}2.parquet`, { types: { card: 'text' } })).rows()).toEqual([
      { card: '9007199254740993' },
    ])
  })
})

describe('readTable: what would be one of two things', () => {
  test('a name twice in an object of JSON lines is a bad line; the same name in two objects is not', async () => {
    const good = '{"a":1,"b":{"a":"x: \\"a\\":"}}\n'
    const lines = await file(
      'twice.jsonl',
      `${good}{"a":1,"a":2}\n{"b":{"a":1,"a":1}}\n{"__proto__":1,"__proto__":2}\n`,
    )
    expect((await refused(readTable(lines))).problems).toMatchObject([
      { code: 'column-duplicate', rule: 'to have each name once per object', place: { row: 2 }, count: 3 },
    ])
    const { table, rejects } = await readTableWithRejects(lines, { maxRejectShare: 1 })
    expect(table.rows()).toEqual([{ a: 1, 'b.a': 'x: "a":' }])
    expect(rejects.numbers('row').values).toEqual(Float64Array.of(2, 3, 4))
  })

  test('bytes of Parquet that are no UTF-8 are refused: as texts they would all be the same', async () => {
    const path = join(folder, 'bytes.parquet')
    const element: SchemaElement = { name: 'id', type: 'BYTE_ARRAY', repetition_type: 'REQUIRED' }
    const schema: SchemaElement[] = [{ name: 'root', num_children: 1 }, element]
    const writer = new ParquetWriter({ writer: fileWriter(path), schema, statistics: false })
    const data = [Uint8Array.of(65), Uint8Array.of(0xaa, 0xbb), Uint8Array.of(0xcc, 0xdd)]
    await writer.write({ columnData: [{ name: 'id', data, encoding: 'PLAIN' }] })
    await writer.finish()
    expect((await refused(readTable(path))).problems).toMatchObject([
      {
        code: 'value-type',
        rule: 'to hold texts in UTF-8, not other bytes',
        place: { row: 2, column: 'id' },
      },
    ])
  })

  test('a packed file that is cut off says so', async () => {
    const cut = await file('cut.csv.gz', gzipSync('a,b\n1,2\n').subarray(0, -8))
    expect((await refused(readTable(cut))).message).toContain('It is cut off or damaged')
  })
})

describe('readTable: days and long integers of Parquet', () => {
  /** Writes a query as Parquet and reads it, under the types given. */
  async function readQuery(query: string, types: Record<string, 'text' | 'number'> = {}): Promise<Table> {
    const path = join(folder, 'query.parquet')
    const engine = await openDuckdb()
    await engine.run(`COPY (${query}) TO '${path}'`)
    await engine.close()
    return readTable(path, { types })
  }

  // The last parts of a day, a day, and the first part of a day, on both sides of 1970 and far from it
  const times = [
    ['2024-01-31 23:59:59.999999999', '2024-01-31'],
    ['1965-02-28 23:59:59.999999001', '1965-02-28'],
    ['1969-12-31 23:59:59.999999999', '1969-12-31'],
    ['1970-01-01 00:00:00', '1970-01-01'],
    ['1965-02-28 00:00:00.000000001', '1965-02-28'],
    ['1800-05-05 12:00:00', '1800-05-05'],
    ['2255-06-05 23:59:59.999999', '2255-06-05'],
  ] as const

  test.each(times)('%s is %s in nanoseconds', async (time, day) => {
    expect((await readQuery(`SELECT TIMESTAMP_NS '${time}' AS t`)).rows()).toEqual([{ t: day }])
  })

  test.each([...times, ['2999-12-31 23:59:59.999999', '2999-12-31'] as const])(
    '%s is %s in microseconds, milliseconds and with UTC adjustment',
    async (time, day) => {
      const short = time.slice(0, 26)
      const table =
        await readQuery(`SELECT TIMESTAMP '${short}' AS t, TIMESTAMP_MS '${time.slice(0, 23)}' AS ms,
        TIMESTAMPTZ '${short}+00' AS z, DATE '${day}' AS d`)
      expect(table.rows()).toEqual([{ t: day, ms: day, z: day, d: day }])
    },
  )

  test('INT96, as older writers have it, is exact', async () => {
    const path = join(folder, 'int96.parquet')
    const last = 86_399_999_999_999n
    const times = [
      [19_753, last],
      [-1_768, last],
      [-1, last],
      [0, 0n],
    ] as const
    await writeInt96(
      path,
      times.map(([day, nanos]) => int96(day, nanos)),
    )
    expect((await readTable(path)).rows().map((row) => row['t'])).toEqual([
      '2024-01-31',
      '1965-02-28',
      '1969-12-31',
      '1970-01-01',
    ])
  })

  const ids = ['1234567890123456789', '1234567890123457789']
  test.each(['DECIMAL(38, 0)', 'DECIMAL(19, 0)', 'BIGINT', 'UBIGINT'])(
    '%s keeps its digits as text, and is refused as number',
    async (type) => {
      const query = `SELECT unnest([${ids.join(', ')}])::${type} AS id`
      expect((await readQuery(query, { id: 'text' })).rows().map((row) => row['id'])).toEqual(ids)
      expect((await refused(readQuery(query))).problems).toMatchObject([
        { code: 'out-of-range', received: ids[0], count: 2, place: { row: 1, column: 'id' } },
      ])
    },
  )

  test('decimals have the digits behind their point, and their sign', async () => {
    const query = `SELECT unnest([-0.05, 12.5, -7, 9007199254740991])::DECIMAL(38, 2) AS a, NULL::DECIMAL(9, 3) AS b`
    const texts = ['-0.05', '12.50', '-7.00', '9007199254740991.00']
    expect((await readQuery(query, { a: 'text' })).rows().map((row) => row['a'])).toEqual(texts)
    expect((await readQuery(query)).rows().map((row) => row['a'])).toEqual([-0.05, 12.5, -7, 2 ** 53 - 1])
  })

  test('the text columns of writers that do not mark them, and floating numbers beyond 2^53, are as ever', async () => {
    expect((await readQuery("SELECT 'ä' AS t, 1e20::DOUBLE AS x, 'ab'::BLOB AS b")).rows()).toEqual([
      { t: 'ä', x: 1e20, b: 'ab' },
    ])
  })
})

describe('numbers and the texts that they were', () => {
  const names = ['12E3', '+7', '007', '1.0', '7', '12000']

  test('a name in digits is the name in the id column, from rows and from CSV', async () => {
    const labelled = names.map((id, row) => ({ id, churn: row % 2, x: row }))
    const path = await file(
      'names.csv',
      `id,churn,x\n${labelled.map((row) => Object.values(row).join(',')).join('\n')}`,
    )
    for (const table of [await readTable(path), tableFromRows(labelled)])
      expect(fromFlatTable(table, { id: 'id', label: 'churn' }).ids).toEqual(names)
    // Without 007 the column is one of numbers
    const numbers = tableFromRows(labelled.filter((row) => row.id !== '007'))
    expect(numbers.numbers('id').values).toEqual(Float64Array.of(12_000, 7, 1, 7, 12_000))
    const ids = names.filter((id) => id !== '007')
    expect(fromFlatTable(numbers, { id: 'id', label: 'churn' }).ids).toEqual(ids)
    expect(fromFlatTable(numbers.take([3, 1]), { id: 'id', label: 'churn' }).ids).toEqual(['7', '+7'])
  })

  test('integers that a number would round are refused where numbers are declared', async () => {
    const path = await file('long.csv', 'a\n-9007199254740993\n1\n')
    expect((await readTable(path)).rows()).toEqual([{ a: '-9007199254740993' }, { a: '1' }])
    expect((await refused(readTable(path, { types: { a: 'number' } }))).problems).toMatchObject([
      { code: 'out-of-range', received: '-9007199254740993', place: { row: 1 } },
    ])
  })

  test('a bigint keeps its digits; a number beyond 2^53 is no id', () => {
    const rows = [
      { id: 1234567890123456789n, churn: 0, x: 1 },
      { id: 1234567890123457789n, churn: 1, x: 2 },
    ]
    const dataset = fromFlatTable(tableFromRows(rows), { id: 'id', label: 'churn' })
    expect(dataset.ids).toEqual(['1234567890123456789', '1234567890123457789'])
    const rounded = tableFrom({ id: [2 ** 53, 2 ** 60], churn: [0, 1], x: [1, 2] })
    expect(() => fromFlatTable(rounded, { id: 'id', label: 'churn' })).toThrow(/2\^53/)
  })
})

describe('writeTable', () => {
  const anyText = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => text.trim() !== '')
  const anyRow = fc.record({
    number: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)),
    text: fc.option(fc.oneof(anyText, fc.constantFrom('a "b"', 'a,b', 'a\nb', 'a\r\nb', '007', '=1+1', "'"))),
    day: fc.option(fc.integer({ min: -25_000, max: 60_000 })),
    boolean: fc.option(fc.boolean()),
  })
  const types = { number: 'number', text: 'text', day: 'day', boolean: 'boolean' } as const

  test.each(['csv', 'tsv', 'csv.gz', 'jsonl', 'parquet'])(
    'any table makes the round trip through .%s',
    async (ending) => {
      const path = join(folder, `round.${ending}`)
      await fc.assert(
        fc.asyncProperty(fc.array(anyRow, { minLength: 1, maxLength: 30 }), async (rows) => {
          const table = new Table([
            numberColumn(
              'number',
              rows.map((row) => row.number),
            ),
            textColumn(
              'text',
              rows.map((row) => row.text),
            ),
            dayColumn(
              'day',
              rows.map((row) => row.day as EpochDay | null),
            ),
            booleanColumn(
              'boolean',
              rows.map((row) => row.boolean),
            ),
          ])
          await writeTable(table, path)
          expect((await readTable(path, { types })).rows()).toEqual(table.rows())
        }),
        { numRuns: 60 },
      )
    },
  )

  test('a table of one column keeps its missing rows', async () => {
    for (const ending of ['csv', 'jsonl', 'parquet']) {
      const path = join(folder, `one.${ending}`)
      await writeTable(tableFrom({ a: [1, null, 3] }), path)
      expect((await readTable(path)).rows(), ending).toEqual([{ a: 1 }, { a: null }, { a: 3 }])
    }
  })

  test('more rows than one batch keep their order', async () => {
    const table = tableFrom({ n: Array.from({ length: 100_001 }, (_, row) => row) })
    for (const ending of ['csv', 'parquet']) {
      const path = join(folder, `many.${ending}`)
      await writeTable(table, path)
      expect((await readTable(path)).numbers('n').values, ending).toEqual(table.numbers('n').values)
    }
  })

  test('Parquet files have the types that other programs expect', async () => {
    const path = join(folder, 'types.parquet')
    const table = tableFrom({ n: [1], t: ['x'], d: dayColumn('d', [epochDay('2025-01-31')]), b: [true] })
    await writeTable(table, path)
    const engine = await openDuckdb()
    const described = await engine.query(`SELECT column_type FROM (DESCRIBE SELECT * FROM '${path}')`)
    await engine.close()
    expect(described.rows().map((row) => row['column_type'])).toEqual([
      'DOUBLE',
      'VARCHAR',
      'DATE',
      'BOOLEAN',
    ])
  })

  test('a spreadsheet-safe file defuses formulas in texts and leaves negative numbers alone', async () => {
    const path = join(folder, 'safe.csv')
    const table = tableFrom({ t: ['=1+1', '@x', 'plain'], n: [-1, 2, 3] })
    await writeTable(table, path, { spreadsheetSafe: true })
    expect((await readTable(path)).rows()).toEqual([
      { t: "'=1+1", n: -1 },
      { t: "'@x", n: 2 },
      { t: 'plain', n: 3 },
    ])
  })

  test('where writing fails nothing is left behind, and the file that was there stays', async () => {
    const path = await file('kept.csv', 'a\n1\n')
    const broken = tableFrom({ a: [1] })
    Object.defineProperty(broken, 'rowCount', {
      get: () => {
        throw new Error('disk on fire')
      },
    })
    const error = await refused(writeTable(broken, path))
    expect(error.message).toContain('disk on fire')
    expect((await readTable(path)).rows()).toEqual([{ a: 1 }])
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([])
    expect((await refused(writeTable(tableFrom({ a: [1] }), join(folder, 'no', 'x.csv')))).code).toBe(
      'file-missing',
    )
    expect((await refused(writeTable(tableFrom({ a: [1] }), 'x.pdf'))).code).toBe('file-unreadable')
  })
})

describe('tableFromRows', () => {
  test('reads row objects as a file is read', () => {
    const rows = Object.freeze([
      Object.freeze({ id: '007', n: 1, d: new Date('2025-01-31T23:00:00Z'), b: true, s: 'x' }),
      Object.freeze({ id: '8', n: '2.5', d: '2025-02-01', b: null, extra: 5 }),
    ])
    const table = tableFromRows(rows)
    expect(kinds(table)).toEqual({
      id: 'text',
      n: 'number',
      d: 'day',
      b: 'boolean',
      s: 'text',
      extra: 'number',
    })
    expect(table.rows()).toEqual([
      { id: '007', n: 1, d: '2025-01-31', b: true, s: 'x', extra: null },
      { id: '8', n: 2.5, d: '2025-02-01', b: null, s: null, extra: 5 },
    ])
  })

  test('wrong rows and cells are refused together', () => {
    const rows = [
      ...Array.from({ length: 10 }, (_, n) => ({ n })),
      { n: Number.NaN },
      { n: { x: 1 } },
      5 as never,
    ]
    try {
      tableFromRows(rows)
      expect.unreachable()
    } catch (error) {
      const { problems } = error as HoldfastError
      expect(problems.map((problem) => [problem.code, problem.place?.row])).toEqual([
        ['value-type', 12],
        ['value-type', 13],
      ])
    }
    expect(() => tableFromRows([{ n: 1 }, { n: Number.NaN }])).toThrow(
      'tableFromRows: row 2, column n: expected n to be a finite number, got "NaN" (string). Write blank for missing.',
    )
    expect(() => tableFromRows([])).toThrow('tableFromRows: expected rows to have at least one row.')
  })
})
