import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HoldfastError } from '../../src/base/errors.js'
import type { FeatureMatrix, TextColumn } from '../../src/base/matrix.js'
import { type FlatChunk, type FlatChunksOptions, flatChunks } from '../../src/dataset/flatChunks.js'
import { fromFlatTable } from '../../src/dataset/fromFlatTable.js'
import { openDuckdb } from '../../src/engine/duckdb.js'
import type { Engine } from '../../src/engine/engine.js'
import { trainBoosting } from '../../src/learn/boosting/train.js'
import { trainBoostingFromChunks } from '../../src/learn/boosting/trainFromChunks.js'
import { readTable } from '../../src/table/readTable.node.js'
import { Table } from '../../src/table/table.js'

const rowCount = 20_000
const few = { rounds: 3, maxDepth: 3, earlyStopping: false, threads: 1 }
let engine: Engine
let folder: string

beforeAll(async () => {
  engine = await openDuckdb({ threads: 2 })
  folder = await mkdtemp(join(tmpdir(), 'holdfast-'))
  // Only late rows have the plan "late" and amounts with a fraction, beyond what a sniff of the first rows sees
  await engine.run(`CREATE TABLE customers AS SELECT range AS id,
    CASE WHEN range % 11 = 0 THEN NULL ELSE (range * 7919) % 101 END AS calls,
    CASE WHEN range >= 19000 THEN 'late' ELSE chr(97 + (range % 3)::INTEGER) END AS plan,
    CASE WHEN range >= 19500 THEN range / 7 ELSE range % 5 END AS amount,
    range % 2 = 0 AS paper, 1 + range % 3 AS weight,
    CASE WHEN (range * 7919) % 101 > 60 THEN 'Yes' ELSE 'No' END AS churn
    FROM range(${rowCount})`)
  for (const [name, form] of [
    ['parquet', 'FORMAT parquet'],
    ['csv', 'HEADER'],
    ['tsv', "HEADER, DELIMITER '\t'"],
    ['jsonl', 'FORMAT json'],
  ]) {
    await engine.run(`COPY customers TO '${path(name!)}' (${form})`)
  }
})
afterAll(async () => {
  await engine.close()
  await rm(folder, { recursive: true })
})

function path(ending: string): string {
  return join(folder, `customers.${ending}`)
}

async function chunksOf(chunks: AsyncIterable<FlatChunk>): Promise<FlatChunk[]> {
  const all: FlatChunk[] = []
  for await (const chunk of chunks) all.push(chunk)
  return all
}

async function refused(query: string, options: FlatChunksOptions): Promise<HoldfastError> {
  return refusal(chunksOf(flatChunks({ engine, query }, options)))
}

async function refusal(promise: Promise<unknown>): Promise<HoldfastError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(HoldfastError)
  return error as HoldfastError
}

describe('flatChunks', () => {
  test.each(['parquet', 'csv', 'tsv', 'jsonl'])(
    'a %s file trains to the model of its table in memory',
    async (ending) => {
      const options = { label: 'churn', exclude: ['id'] }
      const table = fromFlatTable(await readTable(path(ending)), options)
      const chunks = flatChunks(path(ending), { ...options, rowsEach: 5000 })
      const model = await trainBoostingFromChunks(chunks, few)
      expect(model.features).toEqual(trainBoosting(table, few).features)
      expect(model.state()).toEqual(trainBoosting(table, few).state())
    },
  )

  test('a query gives the same, with weights', async () => {
    const query = 'SELECT * FROM customers WHERE id % 3 <> 1'
    const options = { label: 'churn', features: ['plan', 'calls', 'paper'], weight: 'weight' }
    const table = fromFlatTable(await engine.query(query), options)
    const model = await trainBoostingFromChunks(flatChunks({ engine, query }, options), few)
    expect(model.state()).toEqual(trainBoosting(table, few).state())
  })

  test('chunks hold about as many rows as asked for, in order, each row once', async () => {
    const query = 'SELECT * FROM customers'
    const chunks = await chunksOf(flatChunks({ engine, query }, { label: 'churn', rowsEach: 5000 }))
    // DuckDB gives rows in vectors of at most 2,048
    for (const { outcome } of chunks.slice(0, -1)) {
      expect(outcome.length).toBeGreaterThanOrEqual(5000)
      expect(outcome.length).toBeLessThan(5000 + 2048)
    }
    const ids = chunks.flatMap(({ features }) => {
      const id = features.columns.find(({ name }) => name === 'id')!
      return id.kind === 'number' ? [...id.values] : []
    })
    expect(ids).toEqual(Array.from({ length: rowCount }, (_, row) => row))
  })

  test('somebody who leaves off early leaves the engine as it was', async () => {
    for await (const { outcome } of flatChunks(
      { engine, query: 'SELECT * FROM customers' },
      { label: 'churn', rowsEach: 1 },
    )) {
      expect(outcome.length).toBeGreaterThan(0)
      break
    }
    expect((await engine.query('SELECT 1 AS one')).rows()).toEqual([{ one: 1 }])
  })
})

describe('flatChunks refuses', () => {
  const query = 'SELECT * FROM customers'

  test('options at once', () => {
    const wrong = { label: 'churn', rowsEach: 0, lable: 'x' } as FlatChunksOptions
    expect(() => flatChunks('customers.csv', wrong)).toThrow(/rowsEach[\s\S]*Did you mean label/)
  })

  test('files that are not there or of no known kind', async () => {
    const missing = flatChunks(join(folder, 'customer.csv'), { label: 'churn' })
    expect((await refusal(chunksOf(missing))).message).toContain('Did you mean customers.csv?')
    const unknown = flatChunks(join(folder, 'customers.xlsx'), { label: 'churn' })
    expect((await refusal(chunksOf(unknown))).code).toBe('file-unreadable')
  })

  test('columns that are not there, all at once, and the label as a feature', async () => {
    const error = await refused(query, { label: 'churned', weight: 'wait', features: ['calls', 'churned'] })
    expect(error.problems.map(({ code, parameter }) => [code, parameter])).toEqual([
      ['column-missing', 'column churned'],
      ['column-missing', 'column wait'],
      ['column-missing', 'column churned'],
      ['data-leak', 'features'],
    ])
    expect(error.message).toContain('Did you mean churn?')
  })

  test('rows without label, with their number and the way out', async () => {
    const some = `SELECT calls, CASE WHEN id < 19998 THEN churn END AS churn FROM customers`
    expect((await refused(some, { label: 'churn' })).message).toBe(
      'flatChunks: expected label column churn to have a value in each of the 20000 rows, got null (2 times). Leave such rows out with a query: WHERE "churn" IS NOT NULL.',
    )
  })

  test('labels of one, three or very many values, and labels of which it is not clear what they mean', async () => {
    expect((await refused("SELECT calls, 'Yes' AS churn FROM customers", { label: 'churn' })).code).toBe(
      'one-class',
    )
    expect((await refused(query, { label: 'weight' })).message).toContain('not 3 (1, 2, 3)')
    expect((await refused(query, { label: 'id' })).message).toContain('not over 10 (0, 1, 2,')
    const stage = "SELECT calls, CASE churn WHEN 'Yes' THEN 'gone' ELSE 'here' END AS stage FROM customers"
    expect((await refused(stage, { label: 'stage' })).message).toContain(
      'Name it: { label: "stage", positive: … }.',
    )
    const [first] = await chunksOf(flatChunks({ engine, query: stage }, { label: 'stage', positive: 'gone' }))
    expect([...first!.outcome.slice(0, 3)]).toEqual([0, 0, 1]) // 0, 7919 % 101 = 41, 15838 % 101 = 82
  })

  test('no rows', async () => {
    expect((await refused(`${query} WHERE id < 0`, { label: 'churn' })).code).toBe('table-empty')
  })

  test('days, and weights that are texts or missing, with the row', async () => {
    const days = `SELECT DATE '2025-01-01' AS since, churn FROM customers`
    expect((await refused(days, { label: 'churn' })).problems).toMatchObject([
      { code: 'column-type', parameter: 'column since', received: 'day' },
    ])
    expect((await refused(query, { label: 'churn', weight: 'plan' })).code).toBe('column-type')
    const late = 'SELECT calls, churn, CASE WHEN id <> 15000 THEN 1 END AS weight FROM customers'
    const error = await refused(late, { label: 'churn', weight: 'weight', rowsEach: 2048 })
    expect(error.problems).toMatchObject([
      { code: 'value-missing', place: { row: 15_001, column: 'weight' } },
    ])
  })

  test('values that are not finite, with the row of the result', async () => {
    const late = "SELECT CASE WHEN id <> 15000 THEN 1 ELSE 'NaN'::DOUBLE END AS x, churn FROM customers"
    const error = await refused(late, { label: 'churn', rowsEach: 2048 })
    expect(error.problems).toMatchObject([{ code: 'value-not-finite', place: { row: 15_001, column: 'x' } }])
  })

  test('a negative weight in a late chunk, when it trains', async () => {
    const late = 'SELECT calls, churn, CASE WHEN id <> 15000 THEN 1 ELSE -1 END AS weight FROM customers'
    const chunks = flatChunks({ engine, query: late }, { label: 'churn', weight: 'weight', rowsEach: 2048 })
    const error = await refusal(trainBoostingFromChunks(chunks, few))
    expect(error.problems).toMatchObject([
      { code: 'out-of-range', parameter: 'weight', place: { row: 15_001 } },
    ])
  })

  test('a query whose rows come in another order each time, when it trains', async () => {
    const chunks = flatChunks({ engine, query: `${query} ORDER BY random()` }, { label: 'churn' })
    const error = await refusal(trainBoostingFromChunks(chunks, few))
    expect(error.code).toBe('data-changed')
    expect(error.message).toContain('ORDER BY')
  })

  test('a late field of a CSV file that is no number', async () => {
    const file = join(folder, 'mixed.csv')
    const lines = Array.from({ length: 30_000 }, (_, row) => `${row === 29_990 ? 'many' : row},${row % 2}`)
    await writeFile(file, `calls,churn\n${lines.join('\n')}\n`)
    expect((await refusal(chunksOf(flatChunks(file, { label: 'churn' })))).problems).toMatchObject([
      { code: 'value-type', parameter: 'calls', rule: 'to be a number', received: 'many', count: 1 },
    ])
  })
})

describe('files as people write them', () => {
  test('numbers and days are those of readTable', async () => {
    const file = join(folder, 'written.csv')
    const lines = Array.from(
      { length: 40 },
      (_, row) =>
        `"1.${100 + row},5 €",${row % 7 === 0 ? 'NA' : row},${1 + (row % 28)}/${1 + (row % 12)}/2024,2024-01-${10 + (row % 20)} 08:15,"plan ${row % 3}",${row % 2 === 0 ? 'ja' : 'nein'}`,
    )
    await writeFile(file, `fee,calls,since,seen,plan,churn\n${lines.join('\n')}\n`)
    const options = { label: 'churn', asOf: '2025-01-01' }
    const [chunk] = await chunksOf(flatChunks(file, options))
    const dataset = fromFlatTable(await readTable(file), options)
    expect(chunk!.features.columns.map(({ name, kind }) => [name, kind])).toEqual(
      dataset.features.columns.map(({ name, kind }) => [name, kind]),
    )
    const cells = (matrix: FeatureMatrix) => new Table([...matrix.columns], matrix.rowCount).rows()
    expect(cells(chunk!.features)).toEqual(cells(dataset.features))
    expect(chunk!.outcome).toEqual(dataset.outcome)
  })

  test('what reads in two ways is asked, and read where it is said', async () => {
    const file = join(folder, 'asked.csv')
    await writeFile(file, 'fee,since,churn\n"1,234",01/02/2024,1\n"2,500",03/04/2024,0\n')
    expect((await refusal(chunksOf(flatChunks(file, { label: 'churn' })))).problems).toMatchObject([
      { code: 'column-type', parameter: 'fee', received: '1,234' },
      { code: 'column-type', parameter: 'since', received: '01/02/2024' },
    ])
    const said = {
      label: 'churn',
      asOf: '2024-02-02',
      decimal: ',',
      dateFormat: { since: 'DD/MM/YYYY' },
    } as const
    const [chunk] = await chunksOf(flatChunks(file, said))
    // 3 April 2024 is 61 days after 2 February
    expect(chunk!.features.columns.map((column) => column.kind === 'number' && [...column.values])).toEqual([
      [1.234, 2.5],
      [1, -61],
    ])
  })
})

describe('a file gives the names, kinds, values and ids of its table in memory', () => {
  const asOf = '2025-01-01'
  const longIds = ['12345678901234567890', '12345678901234567891']
  const column = (...cells: readonly string[]) =>
    `id,y,v\n${cells.map((cell, row) => `${row},${row % 2},${cell}`).join('\n')}\n`
  const ids = (...cells: readonly string[]) =>
    `id,y,v\n${[...cells, ...cells].map((cell, row) => `${cell},${row % 2},${row}`).join('\n')}\n`
  const files: Readonly<Record<string, string>> = {
    'padded names.csv': 'id,y,fee,fee \n1,1,1,10\n2,0,2,20\n',
    'names with quotes.csv': 'id,y,"a ""b"""\n1,1,1\n2,0,2\n',
    'apostrophes.csv': column("'1'", "'2'"),
    'signs before a comment.csv': column('#1', '#2', '1'),
    'letters for booleans.csv': column('T', 'F', 'T'),
    'yes and no.csv': column('yes', 'no', 'YES'),
    'words for booleans.csv': column('true', 'FALSE', 'true'),
    'marks of missing.csv': column('1', 'NA', '', '2'),
    'numbers of many forms.csv': column('1.0', '+1', '1e0', '.5', '5.'),
    'hexadecimal numbers.csv': column('0x10', '16'),
    'leading zeros.csv': column('007', '7'),
    'long integers.csv': column(...longIds),
    'decimal commas.csv': column('"1,5"', '"2,25"'),
    'semicolons.csv': 'id;y;v\n1;1;1,5\n2;0;2\n',
    'instants with offsets.csv': column(
      '2024-12-04T23:59:00-05:00',
      '2024-12-05T00:01:00+09:00',
      '2024-12-05T01:00:00Z',
    ),
    'days.csv': column('31/12/2024', '01/12/2024'),
    'days with times.csv': column('2024-12-31 23:59:59', '2024-12-01 00:00:00'),
    'lines in quotes.csv': column('"a\nb"', '"a""b"'),
    'blank lines.csv': `${column('1', '2')}\n\n`,
    'a mark of UTF-8.csv': `\ufeff${column('ä', 'ö')}`,
    'carriage returns.csv': column('1', 'x').replaceAll('\n', '\r\n'),
    'tabs.tsv': column('1,5', '2').replaceAll(/(\w+),(\w+),/g, '$1\t$2\t'),
    'ids of exponents.csv': ids('12E3', '12000'),
    'ids of signs.csv': ids('+7', '7', '7.0'),
    'ids of blanks.csv': ids(' a', 'a'),
    'ids of days.csv': ids('2024-01-31', '2024-02-29'),
    'ids of booleans.csv': ids('true', 'false'),
    'long ids.csv': ids(...longIds),
    'kinds that differ.jsonl': '{"id":1,"y":1,"v":1}\n{"id":2,"y":0,"v":"x"}\n',
    'numbers beside texts of numbers.jsonl': '{"id":1,"y":1,"v":1.020}\n{"id":2,"y":0,"v":"2.030"}\n',
    'booleans and nulls.jsonl': '{"id":1,"y":true,"v":null}\n{"id":2,"y":false,"v":3}\n',
    'objects.jsonl': '{"id":1,"y":1,"use":{"calls":3}}\n{"id":2,"y":0,"use":{"calls":4}}\n',
    // A JSON reader gives the number 1 for 1.0
    'whole numbers.jsonl': '{"id":1.0,"y":1,"v":1.0}\n{"id":1e3,"y":0,"v":2.0}\n{"id":-0.0,"y":0,"v":3}\n',
    'texts like whole numbers.jsonl': '{"id":"1.0","y":1,"v":1}\n{"id":"2","y":0,"v":2}\n',
    'long numbers.jsonl': `{"id":${longIds[0]},"y":1,"v":1}\n{"id":${longIds[1]},"y":0,"v":2}\n`,
  }

  test.each(Object.entries(files))('%s', async (name, text) => {
    const file = join(folder, name)
    await writeFile(file, text)
    const options = { label: 'y', id: 'id', asOf }
    const [chunk] = await chunksOf(flatChunks(file, options))
    const names = chunk!.features.columns.map((each) => each.name)
    const whole = fromFlatTable(await readTable(file), {
      ...options,
      features: names,
      rowsPerCustomer: 'several',
    })
    expect(chunk!.features.columns.map(({ kind }) => kind)).toEqual(
      whole.features.columns.map(({ kind }) => kind),
    )
    const cells = (matrix: FeatureMatrix) => new Table([...matrix.columns], matrix.rowCount).rows()
    expect(cells(chunk!.features)).toEqual(cells(whole.features))
    expect(chunk!.ids).toEqual(whole.ids)
    expect(chunk!.outcome).toEqual(whole.outcome)
    expect(new Set(names)).toEqual(
      new Set((await readTable(file)).columnNames.filter((each) => each !== 'y' && each !== 'id')),
    )
  })

  test.each([
    ['names that are there twice', 'y,fee,fee\n1,1,10\n0,2,20\n', 'column-duplicate'],
    ['blank names', 'y,,fee\n1,1,10\n0,2,20\n', 'column-missing'],
    ['a line before the header', 'export of today\ny,v\n1,1\n0,2\n', 'length-differs'],
    ['lines of other lengths', 'y,v\n1,1\n0\n1,2,3\n', 'length-differs'],
    ['a cell that is no number', `y,v\n${'1,1\n0,2\n'.repeat(10)}1,x\n`, 'value-type'],
    ['infinity', 'y,v\n1,1\n0,inf\n', 'value-not-finite'],
    ['commas between semicolons or points that group', 'y;v\n1;1.022\n0;2.033\n', 'column-type'],
  ])('refuses as it does: %s', async (name, text, code) => {
    const file = join(folder, `${name}.csv`)
    await writeFile(file, text)
    const [ours, theirs] = [
      await refusal(chunksOf(flatChunks(file, { label: 'y' }))),
      await refusal(readTable(file)),
    ]
    expect([ours.operation, ours.code]).toEqual(['flatChunks', code])
    expect(theirs.code).toBe(code)
    expect(ours.problems[0]!.place?.row).toBe(theirs.problems[0]!.place?.row)
  })

  test('refuses names that the engine cannot tell apart', async () => {
    for (const [name, text] of [
      ['case.csv', 'y,v,V\n1,1,10\n0,2,20\n'],
      ['case.jsonl', '{"y":1,"v":1,"V":10}\n'],
    ] as const) {
      await writeFile(join(folder, name), text)
      expect((await refusal(chunksOf(flatChunks(join(folder, name), { label: 'y' })))).code).toBe(
        'column-duplicate',
      )
    }
  })

  test('what the engine says of a query is said in its name', async () => {
    expect((await refused('SELECT nothing', { label: 'y' })).message).toMatch(/^flatChunks: /)
    expect(
      (await refused("SELECT 1 AS y, 'NaN'::DOUBLE AS v UNION ALL SELECT 0, 1", { label: 'y' })).operation,
    ).toBe('flatChunks')
  })
})

test.each([
  ['cut off', '{"id": "B", "x": 3'],
  ['a list', '[1,2]'],
  ['a number', '3'],
  ['null', 'null'],
  ['two objects', '{"id":"B"} {"id":"C"}'],
  ['followed by more', '{"id":"B","x":3,"y":"no"} x'],
  ['of single quotes', "{'id':'B'}"],
])('a line of JSON lines that is %s is refused with file and line, as by readTable', async (name, line) => {
  const file = join(folder, `${name}.jsonl`)
  const rows = ['{"id":"A","x":1,"y":"no"}', '', line, '{"id":"C","x":2,"y":"yes"}', line]
  await writeFile(file, `${rows.join('\n')}\n`)
  const [own] = (await refusal(chunksOf(flatChunks(file, { label: 'y', id: 'id' })))).problems
  const [ofTable] = (await refusal(readTable(file))).problems
  // Blank lines are no rows
  expect(own).toMatchObject({ code: 'file-unreadable', place: { file, row: 2 }, received: line, count: 2 })
  const { wayOut: _, ...facts } = own!
  expect(ofTable).toMatchObject(facts)
})

test('whose the rows are comes with each chunk, and is no feature', async () => {
  const file = join(folder, 'customers.csv')
  await writeFile(file, 'id,calls,churn\nA,1,0\nB,2,1\nA,3,0\n')
  const options = { id: 'id', label: 'churn' }
  const [chunk] = await chunksOf(flatChunks(file, options))
  expect(chunk!.ids).toEqual(['A', 'B', 'A'])
  expect(chunk!.features.columns.map(({ name }) => name)).toEqual(['calls'])
  await writeFile(file, 'id,calls,churn\nA,1,0\n,2,1\n')
  await expect(chunksOf(flatChunks(file, options))).rejects.toThrow(
    'expected id column id to have a value in every row',
  )
})

test('files of other encodings are read where that is said, and asked by name where it is not', async () => {
  const lines = Array.from(
    { length: 40 },
    (_, row) => `${row},${row % 2 === 0 ? 'größer' : 'älter'},${row % 3 === 0 ? 1 : 0}`,
  )
  const text = `calls,stufe,churn\n${lines.join('\n')}\n`
  const path = join(folder, 'latin.csv')
  await writeFile(path, Buffer.from(text, 'latin1'))
  await writeFile(join(folder, 'utf16.csv'), Buffer.from(`\ufeff${text}`, 'utf16le'))
  const before = (await readdir(tmpdir())).filter((name) => /^holdfast-\w{6}$/.test(name))
  for (const [file, encoding] of [
    [path, 'windows-1252'],
    [join(folder, 'utf16.csv'), 'utf-16le'],
  ] as const) {
    for await (const { features, outcome } of flatChunks(file, { label: 'churn', encoding })) {
      expect(outcome.length).toBe(40)
      const stufe = features.columns.find(({ name }) => name === 'stufe') as TextColumn
      expect([...stufe.dictionary].sort()).toEqual(['größer', 'älter'])
    }
  }
  // The copies are gone
  expect((await readdir(tmpdir())).filter((name) => /^holdfast-\w{6}$/.test(name))).toEqual(before)
  const unsaid = flatChunks(path, { label: 'churn' })[Symbol.asyncIterator]()
  await expect(unsaid.next()).rejects.toThrow("read it with encoding: 'windows-1252'")
  const json = join(folder, 'latin.jsonl')
  const objects = Array.from(
    { length: 40 },
    (_, row) => `{"calls":${row},"stufe":"älter","churn":${row % 2}}`,
  )
  await writeFile(json, Buffer.from(`${objects.join('\n')}\n`, 'latin1'))
  const unsaidJson = flatChunks(json, { label: 'churn' })[Symbol.asyncIterator]()
  await expect(unsaidJson.next()).rejects.toThrow("read it with encoding: 'windows-1252'")
  const marked = flatChunks(join(folder, 'utf16.csv'), { label: 'churn', encoding: 'gb18030' })
  await expect(marked[Symbol.asyncIterator]().next()).rejects.toThrow('it begins with the mark of utf-16le')
  expect(() => flatChunks(path, { label: 'churn', encoding: 'latin-9-or-so' })).toThrow(
    'the name of an encoding',
  )
})
