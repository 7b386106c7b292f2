import { describe, expect, test } from 'vitest'
import { isMissing } from '../../src/base/bitmap.js'
import { epochDay } from '../../src/base/days.js'
import { HoldfastError, type ProblemCode } from '../../src/base/errors.js'
import { numberColumn } from '../../src/base/matrix.js'
import { fromFlatTable } from '../../src/dataset/fromFlatTable.js'
import { type Cell, dayColumn, type Table, tableFrom } from '../../src/table/table.js'
import { tableFromRows } from '../../src/table/tableFromRows.js'

const flat = (churn: readonly Cell[], others: Record<string, readonly Cell[]> = {}): Table =>
  tableFrom({ tenure: churn.map((_, row) => row), ...others, churn })

function errorOf(run: () => unknown): HoldfastError {
  try {
    run()
  } catch (error) {
    if (error instanceof HoldfastError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

const codes = (error: HoldfastError): ProblemCode[] => error.problems.map((problem) => problem.code)

test('every column but id and label is a feature, in the order of the table', () => {
  const table = tableFrom({
    a: [1, 2],
    id: ['x', 'y'],
    b: ['p', 'q'],
    churn: ['Yes', 'No'],
    c: [true, false],
  })
  const dataset = fromFlatTable(table, { id: 'id', label: 'churn' })
  expect(dataset.features.columns.map(({ name, kind }) => [name, kind])).toEqual([
    ['a', 'number'],
    ['b', 'text'],
    ['c', 'number'],
  ])
  expect(dataset.ids).toEqual(['x', 'y'])
  expect(dataset.cutoffs).toBeNull()
})

test('true and false become 1 and 0, a missing one stays missing', () => {
  const dataset = fromFlatTable(flat([1, 0, 0], { paperless: [true, false, null] }), { label: 'churn' })
  const column = dataset.features.columns[1]!
  expect(column).toMatchObject({ kind: 'number', name: 'paperless', values: Float64Array.of(1, 0, 0) })
  expect(column.missing?.has(2)).toBe(true)
})

test.each<[string, Cell[], number[]]>([
  ['0 and 1', [1, 0, 1], [1, 0, 1]],
  ['true and false', [false, true, true], [0, 1, 1]],
  ['Yes and No', ['Yes', 'No', 'No'], [1, 0, 0]],
  ['True. and False.', [' False.', ' True.', ' False.'], [0, 1, 0]],
  ['Churned and Stayed', ['Stayed', 'Churned', 'Stayed'], [0, 1, 0]],
  ['texts 1 and 0', ['0', '1', '1'], [0, 1, 1]],
])('%s need no positive', (_, churn, outcome) => {
  expect([...fromFlatTable(flat(churn), { label: 'churn' }).outcome]).toEqual(outcome)
})

test('the named positive value is the one that counts as churned, even against the words', () => {
  const dataset = fromFlatTable(flat(['yes', 'no', 'no']), { label: 'churn', positive: 'no' })
  expect([...dataset.outcome]).toEqual([0, 1, 1])
})

test('two texts that do not say which one means churned are refused with both listed', () => {
  const error = errorOf(() => fromFlatTable(flat(['gone', 'here', 'gone']), { label: 'churn' }))
  expect(error.message).toBe(
    'fromFlatTable: expected positive to be the value of label column churn that means churned, one of "gone", "here". Name it: { label: "churn", positive: … }.',
  )
})

test('a positive that no row has is refused with the values that rows have', () => {
  const error = errorOf(() => fromFlatTable(flat(['gone', 'here']), { label: 'churn', positive: 'went' }))
  expect(error.problems[0]).toMatchObject({ code: 'value-unknown', parameter: 'positive', received: 'went' })
  expect(error.message).toContain('one of "gone", "here"')
})

test('a label of three values is refused, not made into two', () => {
  const error = errorOf(() =>
    fromFlatTable(flat(['Stayed', 'Churned', 'Joined']), { label: 'churn', positive: 'Churned' }),
  )
  expect(codes(error)).toEqual(['value-unknown'])
  expect(error.message).toContain('"Stayed", "Churned", "Joined"')
})

test('a label of one value is refused as one class', () => {
  expect(codes(errorOf(() => fromFlatTable(flat([1, 1, null]), { label: 'churn' })))).toEqual(['one-class'])
})

test('rows without label are set aside and counted, and keep their row number as id', () => {
  const dataset = fromFlatTable(flat([null, 1, null, 0]), { label: 'churn' })
  expect(dataset.ids).toEqual(['2', '4'])
  expect(dataset.report.unlabelled.rows()).toEqual([{ cutoff: null, reason: 'label missing', customers: 2 }])
  // 1 of the 2 rows left churned.
  expect(dataset.report.baseRates.rows()).toEqual([{ cutoff: null, rows: 2, churned: 1, baseRate: 0.5 }])
})

test('a table where every label is missing is refused', () => {
  const table = tableFrom({ tenure: [1, 2], churn: [null, null] })
  expect(codes(errorOf(() => fromFlatTable(table, { label: 'churn' })))).toEqual(['table-empty'])
})

test('all missing and repeated ids are listed at once', () => {
  const table = flat([1, 0, 1, 0, 1], { id: ['A', 'B', 'A', null, 'B'] })
  const error = errorOf(() => fromFlatTable(table, { id: 'id', label: 'churn' }))
  expect(error.problems.map(({ code, received, place }) => [code, received, place?.row])).toEqual([
    ['value-missing', undefined, 4],
    ['duplicate-id', 'A', 3],
    ['duplicate-id', 'B', 5],
  ])
  expect(error.message).toContain('(rows 1, 3)')
})

test('ids that are numbers become texts', () => {
  const dataset = fromFlatTable(flat([1, 0], { id: [1001, 1002] }), { id: 'id', label: 'churn' })
  expect(dataset.ids).toEqual(['1001', '1002'])
})

test('a column of days is left out and said so without asOf, and the days until asOf with it', () => {
  const joined = dayColumn('joined', [epochDay('2024-01-01'), null, epochDay('2024-03-01')])
  const table = flat([1, 0, 1]).with(joined)
  const without = fromFlatTable(table, { label: 'churn' })
  expect(without.features.columns.map((column) => column.name)).toEqual(['tenure'])
  expect(without.warnings).toEqual([
    'Column joined was left out: it holds days, and asOf, the day of the forecast, is not given.',
  ])
  const dataset = fromFlatTable(table, { label: 'churn', asOf: '2024-02-01' })
  // January has 31 days; 1 March 2024 is 29 days after the day of the forecast
  expect(dataset.features.columns[1]).toMatchObject({ kind: 'number', values: Float64Array.of(31, 0, -29) })
  expect(dataset.features.columns[1]!.missing?.has(1)).toBe(true)
  expect(dataset.flat).toEqual({ days: ['joined'], notations: {} })
  const error = errorOf(() => fromFlatTable(table, { label: 'churn', features: ['joined'] }))
  expect(error.problems[0]).toMatchObject({
    code: 'column-type',
    parameter: 'column joined',
    received: 'day',
  })
  expect(error.message).toContain('Name it in exclude, or give asOf')
})

test('the report says what became of every column', () => {
  const rows = Array.from({ length: 40 }, (_, row) => ({
    id: `C${row}`,
    name: row < 4 ? 'Ann' : `Name ${row}`,
    fee: `${row},5 €`,
    plan: row % 2 === 0 ? 'gold' : 'basic',
    since: '31/12/2024',
    note: 'x',
    happy: 'true',
    churn: row % 3 === 0 ? 'ja' : 'nein',
  }))
  const dataset = fromFlatTable(tableFromRows(rows), { id: 'id', label: 'churn', exclude: ['note'] })
  expect(dataset.report.columns?.rows()).toEqual([
    {
      column: 'name',
      use: 'left out',
      // 36 names and Ann
      detail: 'it has 37 different texts in 40 rows; it names rows, such as an id',
    },
    { column: 'fee', use: 'number', detail: 'written with decimal commas; in €: 12€ is 12' },
    { column: 'plan', use: 'category', detail: '2 categories' },
    { column: 'since', use: 'left out', detail: 'it has the same value in every row' },
    { column: 'happy', use: 'left out', detail: 'it has the same value in every row' },
    { column: 'id', use: 'id', detail: null },
    { column: 'note', use: 'excluded', detail: null },
    { column: 'churn', use: 'label', detail: null },
  ])
  expect(dataset.flat?.notations).toEqual({ fee: { decimal: ',', unit: '€' } })
})

test('categories that mostly look like numbers or days, and numbers that look like days, are named', () => {
  const churn = Array.from({ length: 30 }, (_, row) => row % 2)
  const texts = (usual: string, other: string) => churn.map((_, row) => (row % 3 === 0 ? other : usual))
  const { warnings } = fromFlatTable(
    flat(churn, {
      fee: texts('12,5', 'unknown'),
      since: texts('31/12/2024', 'never'),
      plan: texts('gold', '3'),
      day: churn.map((_, row) => (row % 2 === 0 ? 20240131 : 20240229)),
      amount: churn.map((_, row) => 20240131 + row),
    }),
    { label: 'churn' },
  )
  // 20 of the 30 rows hold the usual text; 20240132 is no day, so the amounts are none
  expect(warnings.filter((each) => each.includes('look'))).toEqual([
    'Column fee is read as categories, but 67 % of its cells look like numbers ("12,5"): correct the others, list them in missing, or declare its kind in types when reading.',
    'Column since is read as categories, but 67 % of its cells look like days ("31/12/2024"): correct the others, list them in missing, or declare its kind in types when reading.',
    'Column day is read as numbers that look like days, such as 20240131: read it with dateFormat: { "day": \'YYYYMMDD\' }, or name it in exclude.',
  ])
})

test.each<[string, readonly number[], string]>([
  ['started_on', [45_292, 45_657], 'days of a spreadsheet'],
  ['month', [202_401, 202_412], 'months, such as 202401'],
  ['seen', [1_704_067_200, 1_735_689_600], 'times, in seconds since 1970'],
  ['seen', [1_704_067_200_000, 1_735_689_600_123], 'times, in milliseconds since 1970'],
])('numbers of column %s that look like %s are said to', (name, values, words) => {
  const table = tableFrom({ [name]: values, churn: [1, 0] })
  expect(fromFlatTable(table, { label: 'churn' }).warnings).toContain(
    `Column ${name} is read as numbers that look like ${words}: write them as YYYY-MM-DD, or name it in exclude.`,
  )
})

test('amounts in the range of days of a spreadsheet are none', () => {
  const { warnings } = fromFlatTable(tableFrom({ income: [45_292, 45_657], churn: [1, 0] }), {
    label: 'churn',
  })
  expect(warnings.filter((each) => each.includes('look like'))).toEqual([])
})

test('from 21 texts on, of which 90 % are different, a column names its rows', () => {
  const useOf = (texts: readonly (string | null)[]) => {
    const churn = texts.map((_, row) => row % 2)
    const table = tableFrom({ row: churn.map((_, row) => row), texts, churn })
    return fromFlatTable(table, { label: 'churn' }).report.columns!.row(1)['detail']
  }
  const texts = (rows: number, different: number) =>
    Array.from({ length: rows }, (_, row) => `t${Math.min(row, different - 1)}`)
  expect(useOf(texts(20, 20))).toBe('20 categories')
  expect(useOf(texts(21, 21))).toBe('none of its 21 texts occurs twice; it names rows, such as an id')
  expect(useOf(texts(30, 27))).toBe('it has 27 different texts in 30 rows; it names rows, such as an id')
  expect(useOf(texts(30, 26))).toBe('26 categories')
  // What is missing is no text.
  expect(useOf([...texts(20, 20), null])).toBe('20 categories')
  expect(useOf([...texts(21, 21), null, null])).toContain('none of its 21 texts occurs twice')
  expect(useOf(['a', null, 'a', null])).toBe('1 category')
})

test('half of the cells is enough to say what they look like, of the cells that are there', () => {
  const looks = (texts: readonly (string | null)[]) => {
    const table = tableFrom({ row: texts.map((_, row) => row), texts, churn: texts.map((_, row) => row % 2) })
    return fromFlatTable(table, { label: 'churn' }).warnings.filter((each) => each.includes('look like'))
  }
  const cells = (fees: number, others: number, missing: number) =>
    [fees, others, missing].flatMap((count, kind) => Array(count).fill(['12,5', 'free', null][kind]))
  expect(looks(cells(15, 15, 0))[0]).toContain('50 % of its cells look like numbers ("12,5")')
  expect(looks(cells(10, 10, 10))[0]).toContain('50 % of its cells')
  expect(looks(cells(14, 16, 0))).toEqual([])
  // Sizes with a unit are categories while there are no more than 20.
  const sizes = (different: number) => Array.from({ length: 42 }, (_, row) => `${row % different} GB`)
  expect(looks(sizes(20))).toEqual([])
  expect(looks(sizes(21))[0]).toContain('100 % of its cells look like numbers with a unit ("0 GB")')
})

const days = 'days, such as 20240131'
const months = 'months, such as 202401'
const seconds = 'times, in seconds since 1970'
const milliseconds = 'times, in milliseconds since 1970'
const spreadsheet = 'days of a spreadsheet'
test.each<[string, readonly (number | null)[], string | null]>([
  ['x', [19_000_101, 20_991_231], days],
  ['x', [20_240_131, null, 20_240_229], days],
  ['x', [18_991_231, 20_240_131], null],
  ['x', [21_000_101, 20_240_131], null],
  ['x', [20_240_230, 20_240_131], null],
  ['x', [190_001, 209_912], months],
  ['x', [202_413, 202_401], null],
  ['x', [946_684_800, 2_524_607_999], seconds],
  ['x', [946_684_800.5, 946_684_801], seconds],
  ['x', [946_684_800.0005, 946_684_801], null],
  ['x', [946_684_799, 946_684_800], null],
  ['x', [2_524_608_000, 946_684_800], null],
  ['x', [946_684_800_000, 2_524_607_999_999], milliseconds],
  ['x', [946_684_800_000.5, 946_684_800_001], null],
  ['x', [946_684_799_999, 946_684_800_000], null],
  ['x', [2_524_608_000_000, 946_684_800_000], null],
  ['birthday', [36_526, 54_788], spreadsheet],
  ['birthday', [36_525, 40_000], null],
  ['birthday', [54_789, 40_000], null],
  ['birthday', [40_000.5, 40_000], null],
])('of column %s the numbers %j look like %s', (name, values, looks) => {
  const table = tableFrom({ [name]: values, churn: values.map((_, row) => Number(row === 0)) })
  const said = fromFlatTable(table, { label: 'churn' }).warnings.filter((each) => each.includes('look like'))
  expect(said).toEqual(said.slice(0, 1))
  expect(said[0] ?? null).toEqual(looks === null ? null : expect.stringContaining(`look like ${looks}: `))
})

test('a column without any number looks like nothing', () => {
  const table = tableFrom({ row: [1, 2], birthday: numberColumn('birthday', [null, null]), churn: [1, 0] })
  const { warnings } = fromFlatTable(table, { label: 'churn', features: ['row', 'birthday'] })
  expect(warnings).toEqual(['Column birthday has no value in any row.'])
})

test('how a column was written is told in the report, and kept for scoring', () => {
  const rows = Array.from({ length: 12 }, (_, row) => ({
    fee: `1,${100 + row}.5`,
    share: `${row} %`,
    since: `${13 + row}/12/2024`,
    seen: `2024-12-${10 + row}`,
    plain: row,
    churn: row % 2,
  }))
  const paid = tableFromRows(rows).with(
    tableFrom({ paid: rows.map((_, row) => row % 3 === 0) }).column('paid'),
  )
  const { report, flat: reading } = fromFlatTable(paid, { label: 'churn', asOf: '2025-01-01' })
  expect(
    Object.fromEntries(report.columns!.rows().map(({ column, use, detail }) => [column, [use, detail]])),
  ).toEqual({
    fee: ['number', 'written with decimal points'],
    share: ['number', 'in %: 12% is 12'],
    since: ['day', 'written DD/MM/YYYY; days until 2025-01-01'],
    seen: ['day', 'days until 2025-01-01'],
    plain: ['number', null],
    paid: ['number', 'true is 1, false is 0'],
    churn: ['label', null],
  })
  expect(reading!.days).toEqual(['since', 'seen'])
  expect(Object.keys(reading!.notations)).toEqual(['fee', 'share', 'since'])
})

test('with named features the report says that the others are excluded, and what id and weight are', () => {
  const table = flat([1, 0], { id: ['A', 'B'], w: [0, 2], other: [1, 2], name: ['a', 'b'] })
  const { report, weight } = fromFlatTable(table, {
    label: 'churn',
    id: 'id',
    weight: 'w',
    features: ['tenure', 'name'],
    exclude: ['other'],
  })
  expect(report.columns!.rows().map(({ column, use }) => [column, use])).toEqual([
    ['tenure', 'number'],
    ['name', 'category'],
    ['id', 'id'],
    ['w', 'weight'],
    ['other', 'excluded'],
    ['churn', 'label'],
  ])
  // A row may weigh nothing.
  expect(weight).toEqual(Float64Array.of(0, 2))
  const rest = fromFlatTable(table, { label: 'churn', features: ['tenure'] }).report.columns!.rows()
  expect(rest.filter(({ use }) => use === 'excluded').map(({ column }) => column)).toEqual([
    'id',
    'w',
    'other',
    'name',
  ])
  const texts = errorOf(() => fromFlatTable(table, { label: 'churn', weight: 'name' }))
  expect(texts.problems).toMatchObject([
    { code: 'column-type', parameter: 'weight column name', received: 'text' },
  ])
})

test('ids are whole numbers that a number holds exactly, or texts of any digits', () => {
  const idsOf = (id: readonly Cell[]) => fromFlatTable(flat([1, 0], { id }), { id: 'id', label: 'churn' }).ids
  const last = Number.MAX_SAFE_INTEGER
  expect(idsOf([last, -last])).toEqual(['9007199254740991', '-9007199254740991'])
  expect(idsOf(['9007199254740993', '9007199254740992'])).toHaveLength(2)
  for (const beyond of [last + 1, -last - 1]) {
    expect(errorOf(() => idsOf([1, beyond])).problems).toMatchObject([
      { code: 'out-of-range', received: beyond, place: { row: 2 } },
    ])
  }
})

test('the rows of an id that is there often are listed up to the fifth', () => {
  const said = (times: number) =>
    errorOf(() =>
      fromFlatTable(
        flat(
          Array.from({ length: times }, (_, row) => row % 2),
          { id: Array(times).fill('A') },
        ),
        {
          id: 'id',
          label: 'churn',
        },
      ),
    )
  expect(said(5).problems).toMatchObject([{ count: 5, place: { row: 2 } }])
  expect(said(5).message).toContain('(rows 1, 2, 3, 4, 5)')
  expect(said(6).message).toContain('(rows 1, 2, 3, 4, 5, …)')
})

test.each<[string, Cell[], object, number[]]>([
  ['the other one of two where only stayed is named', ['here', 'gone'], { negative: 'here' }, [0, 1]],
  ['both named, churned first', ['gone', 'here'], { positive: 'gone', negative: 'here' }, [1, 0]],
  ['a word for churned beside a plain no', ['churned', 'no'], {}, [1, 0]],
  ['a plain yes beside a word for stayed', ['active', 'yes'], {}, [0, 1]],
  ['words that need no case, space or full stop', ['Not_Churned.', ' CHURNED '], {}, [0, 1]],
  ['numbers that are named', [2, 1, 1], { positive: 2 }, [1, 0, 0]],
  ['several churned, all others plainly no', ['a', 'no', 'b', 'n'], { positive: ['a', 'b'] }, [1, 0, 1, 0]],
])('outcomes: %s', (_, churn, said, outcome) => {
  expect([...fromFlatTable(flat(churn), { label: 'churn', ...said }).outcome]).toEqual(outcome)
})

test.each<[string, Cell[], object, ProblemCode, string]>([
  ['all values churned', ['a', 'b'], { positive: ['a', 'b'] }, 'one-class', 'not "a", "b" alone'],
  ['two others beside stayed', ['a', 'b', 'c'], { negative: 'c' }, 'value-unknown', 'not 3 ("a", "b", "c")'],
  [
    'one left beside both',
    ['a', 'b', 'c'],
    { positive: 'a', negative: 'b' },
    'value-unknown',
    'two different values, not 3',
  ],
  ['no list at all', ['a', 'b'], { positive: [] }, 'option-invalid', 'positive'],
  [
    'a stayed that is not there',
    ['a', 'b'],
    { negative: 'd' },
    'value-unknown',
    'that means stayed, one of "a", "b"',
  ],
  [
    'ten values',
    [...'abcdefghij'],
    {},
    'value-unknown',
    'not 10 ("a", "b", "c", "d", "e", "f", "g", "h", "i", "j")',
  ],
  [
    'eleven values',
    [...'abcdefghijk'],
    {},
    'value-unknown',
    'not over 10 ("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", …)',
  ],
])('labels are refused: %s', (_, churn, said, code, sentence) => {
  const error = errorOf(() => fromFlatTable(flat(churn), { label: 'churn', ...said }))
  expect(codes(error)).toEqual([code])
  expect(error.message).toContain(sentence)
})

test('churned and stayed in a column called the opposite are as plain as ever', () => {
  const table = tableFrom({ tenure: [1, 2], retained: ['stayed', 'churned'] })
  expect([...fromFlatTable(table, { label: 'retained' }).outcome]).toEqual([0, 1])
})

test('what is left out as names says so where it looks like numbers', () => {
  const churn = Array.from({ length: 30 }, (_, row) => row % 2)
  const { warnings } = fromFlatTable(
    flat(churn, {
      data: churn.map((_, row) => `${row} GB`),
      fee: churn.map((_, row) => (row % 5 === 0 ? `free ${row}` : `${row},5`)),
      term: churn.map((_, row) => `${12 * (1 + (row % 2))} months`),
      first: churn.map((_, row) => `${1 + (row % 9)}. Mai 2024`),
    }),
    { label: 'churn' },
  )
  const wayOut = 'correct the others, list them in missing, or declare its kind in types when reading.'
  // Two terms are categories; of 30 fees every fifth is none
  expect(warnings.filter((each) => each.includes('look'))).toEqual([
    `Column data was left out: none of its 30 texts occurs twice, and 100 % of its cells look like numbers with a unit ("0 GB"): to use it, ${wayOut}`,
    `Column fee was left out: none of its 30 texts occurs twice, and 80 % of its cells look like numbers ("1,5"): to use it, ${wayOut}`,
    `Column first is read as categories, but 100 % of its cells look like days ("1. Mai 2024"): ${wayOut}`,
  ])
})

test.each<[string, Cell[], number[]]>([
  ['ja and nein', ['ja', 'nein', 'nein'], [1, 0, 0]],
  ['是 and 否', ['否', '是', '否'], [0, 1, 0]],
  ['离网 and 在网', ['离网', '在网', '在网'], [1, 0, 0]],
  ['流失 and 未流失', ['未流失', '流失', '流失'], [0, 1, 1]],
  ['t and f', ['f', 't', 'f'], [0, 1, 0]],
  ['churned and active', ['active', 'churned', 'active'], [0, 1, 0]],
  ['left and stayed', ['left', 'stayed', 'left'], [1, 0, 1]],
  ['Attrited Customer and Existing Customer', ['Existing Customer', 'Attrited Customer'], [0, 1]],
  ['sí and no', ['no', 'sí'], [0, 1]],
  ['да and нет', ['да', 'нет'], [1, 0]],
])('%s are as plain as yes and no', (_, churn, outcome) => {
  expect([...fromFlatTable(flat(churn), { label: 'churn' }).outcome]).toEqual(outcome)
})

test.each<[string, Cell[]]>([
  ['1 and 2, as factors of R are written', [1, 2, 1]],
  ['1 and 2 as texts', ['1', '2', '1']],
  ['-1 and 1', [-1, 1, 1]],
  ['yes and perhaps', ['yes', 'perhaps', 'yes']],
  ['active and inactive', ['active', 'inactive', 'active']],
])('%s are asked, never guessed', (_, churn) => {
  const error = errorOf(() => fromFlatTable(flat(churn), { label: 'churn' }))
  expect(error.problems[0]).toMatchObject({ code: 'value-unknown', parameter: 'positive' })
})

test('yes in a column called the opposite of churn is asked', () => {
  const table = tableFrom({ tenure: [1, 2], retained: ['yes', 'no'] })
  const error = errorOf(() => fromFlatTable(table, { label: 'retained' }))
  expect(error.code).toBe('value-unknown')
  expect(error.message).toContain('column retained may mean the opposite')
  expect([...fromFlatTable(table, { label: 'retained', positive: 'no' }).outcome]).toEqual([0, 1])
})

describe('what a label column is called', () => {
  const isAsked = (label: string, yes: string | number, no: string | number) => {
    try {
      return [...fromFlatTable(tableFrom({ tenure: [1, 2], [label]: [yes, no] }), { label }).outcome].join()
    } catch (error) {
      return (error as HoldfastError).code
    }
  }
  const opposite = [
    ...['not_churned', 'no_churn', 'nonchurn', 'Non-Churner', 'churn_free', 'churnless', 'notChurned'],
    ...[
      'NOT_CHURNED',
      'has not churned',
      "didn't_cancel",
      'not_inactive',
      'isnotchurned',
      'no longer inactive',
    ],
    ...[
      'active',
      'isActive',
      'ActiveMember',
      'activeflag',
      'is_customer',
      'subscribed',
      'still_here',
      'continued',
    ],
    ...[
      'aktiv',
      'bleibt',
      'noch_kunde',
      'nicht_gekündigt',
      'kündigt_nicht',
      'actif',
      'non_résilié',
      'fidèle',
    ],
    ...['activo', 'renovado', 'ativo', 'attivo', 'blijft', 'aktywny', 'остался', 'не_ушел', 'aktif'],
    ...[
      '未流失',
      '未离网',
      '没有流失',
      '非流失客户',
      '是否未流失',
      '留存',
      '是否在网',
      '継続',
      '未解約',
      '미이탈',
      '유지',
    ],
  ]
  test.each(opposite)('yes in %s is asked', (label) => {
    expect(isAsked(label, 'yes', 'no')).toBe('value-unknown')
    expect(isAsked(label, 1, 0)).toBe('value-unknown')
  })

  const plain = [
    ...[
      'churn',
      'Churned',
      'current churn',
      'retention_churn',
      'active_churn',
      'isChurned',
      'has_left',
      'y',
      'target',
    ],
    ...[
      'inactive',
      'isInactive',
      'not_active',
      'no longer active',
      'unsubscribed',
      'nonrenewed',
      'not_retained',
    ],
    ...['nicht_aktiv', 'gekündigt', 'résilié', 'customer_left', 'customer_id_flag', 'churn_next_month'],
    ...['流失', '是否流失', '未来流失', '离网', '不活跃', '未续约', '이탈', '해지', '解約'],
  ]
  test.each(plain)('yes in %s is churned', (label) => {
    expect(isAsked(label, 'yes', 'no')).toBe('1,0')
  })
})

test('days from 2200 on are missing and said, days before 1901 are said', () => {
  const table = tableFromRows(
    ['2024-12-31', '9999-12-31', '1900-01-01'].map((end, row) => ({ end, churn: row % 2, other: row })),
  )
  const { features, warnings } = fromFlatTable(table, { label: 'churn', asOf: '2025-01-01' })
  const [end] = features.columns
  // From 1900-01-01 to 2025-01-01 are 125 years with 31 leap days: 45,656
  expect([...(end!.kind === 'number' ? end!.values : [])]).toEqual([1, 0, 45_656])
  expect([0, 1, 2].map((row) => isMissing(end!.missing, row))).toEqual([false, true, false])
  expect(warnings).toEqual([
    'Column end has 1 day from 2200 on (9999-12-31): they mean no end, and are missing.',
    'Column end has 1 day before 1901 (1900-01-01): if they mean none, list them in missing.',
  ])
})

test('spellings of one label are one value, with a note', () => {
  const dataset = fromFlatTable(flat(['ja', 'Ja', 'JA ', 'nein']), { label: 'churn' })
  expect([...dataset.outcome]).toEqual([1, 1, 1, 0])
  expect(dataset.warnings[0]).toBe('Label column churn: "ja", "Ja", "JA " are read as one value.')
})

test('several values mean churned where they are named, the others stayed where that is plain or named too', () => {
  const table = flat(['moved', 'died', 'active', 'new'])
  const positive = ['moved', 'DIED']
  expect(codes(errorOf(() => fromFlatTable(table, { label: 'churn', positive })))).toEqual(['value-unknown'])
  expect([
    ...fromFlatTable(table, { label: 'churn', positive, negative: ['active', 'new'] }).outcome,
  ]).toEqual([1, 1, 0, 0])
  const plain = flat(['moved', 'died', 'active', 'active'])
  expect([...fromFlatTable(plain, { label: 'churn', positive }).outcome]).toEqual([1, 1, 0, 0])
  const both = errorOf(() => fromFlatTable(plain, { label: 'churn', positive, negative: 'moved' }))
  expect(both.problems[0]).toMatchObject({ parameter: 'negative', received: 'moved' })
})

test('unknown columns are refused all at once, each with the nearest name', () => {
  const error = errorOf(() =>
    fromFlatTable(flat([1, 0]), { label: 'Churn', id: 'customerID', exclude: ['tenur'] }),
  )
  expect(error.problems.map(({ code, parameter, wayOut }) => [code, parameter, wayOut])).toEqual([
    ['column-missing', 'column Churn', 'Did you mean churn?'],
    ['column-missing', 'column customerID', undefined],
    ['column-missing', 'column tenur', 'Did you mean tenure?'],
  ])
})

test('columns that say nothing are left out, each with a sentence', () => {
  const churn = Array.from({ length: 30 }, (_, row) => row % 2)
  const table = flat(churn, {
    customerID: churn.map((_, row) => `C-${row}`),
    country: churn.map(() => 'CN'),
    empty: churn.map(() => null),
    // One value, but missing in some rows: missing is an answer too.
    callback: churn.map((_, row) => (row % 3 === 0 ? 'asked' : null)),
  })
  const dataset = fromFlatTable(table, { label: 'churn' })
  expect(dataset.features.columns.map((column) => column.name)).toEqual(['tenure', 'callback'])
  expect(dataset.warnings).toEqual([
    'Column customerID was left out: none of its 30 texts occurs twice; it names rows, such as an id.',
    'Column country was left out: it has the same value in every row.',
    'Column empty was left out: it has no value in any row.',
  ])
})

test('a table without any column that can be a feature is refused', () => {
  const table = tableFrom({ churn: [1, 0], one: [1, 1] })
  expect(codes(errorOf(() => fromFlatTable(table, { label: 'churn' })))).toEqual(['column-missing'])
})

test('the weight column becomes the weight and no feature', () => {
  const dataset = fromFlatTable(flat([1, 0], { w: [2, 0.5] }), { label: 'churn', weight: 'w' })
  expect(dataset.weight).toEqual(Float64Array.of(2, 0.5))
  expect(dataset.features.columns.map((column) => column.name)).toEqual(['tenure'])
})

test('missing and negative weights are refused all at once', () => {
  const error = errorOf(() =>
    fromFlatTable(flat([1, 0, 1], { w: [null, -1, 1] }), { label: 'churn', weight: 'w' }),
  )
  expect(error.problems.map(({ code, place }) => [code, place?.row])).toEqual([
    ['value-missing', 1],
    ['out-of-range', 2],
  ])
})

test('a misspelt option is refused with the nearest name', () => {
  const error = errorOf(() => fromFlatTable(flat([1, 0]), { label: 'churn', exlude: [] } as never))
  expect(error.message).toContain('Did you mean exclude?')
})

test('features that are named are taken in their order, and named where they say nothing', () => {
  const table = flat([1, 0]).with(numberColumn('constant', [5, 5]))
  expect(fromFlatTable(table, { label: 'churn' }).features.columns.map(({ name }) => name)).not.toContain(
    'constant',
  )
  const { features, warnings } = fromFlatTable(table, { label: 'churn', features: ['constant', 'tenure'] })
  expect(features.columns.map(({ name }) => name)).toEqual(['constant', 'tenure'])
  expect(warnings).toEqual(['Column constant has the same value in every row.'])
})

test('the label among the features is refused as a leak', () => {
  const error = errorOf(() => fromFlatTable(flat([1, 0]), { label: 'churn', features: ['tenure', 'churn'] }))
  expect(codes(error)).toEqual(['data-leak'])
})

test('a column of times is left out and said so: a moment has no meaning for the next customer', () => {
  const times = ['2024-01-01 10:00:00', '2024-01-01 10:00:00', '2024-02-03 09:30:00', '2024-02-03 09:30:00']
  const table = tableFrom({ churn: [1, 0, 1, 0], tenure: [1, 2, 3, 4], joinedAt: times })
  const { features, warnings } = fromFlatTable(table, { label: 'churn' })
  expect(features.columns.map(({ name }) => name)).toEqual(['tenure'])
  expect(warnings).toEqual([
    'Column joinedAt was left out: its texts are times; replace them by the days until the day of the forecast.',
  ])
})

const monthly = tableFrom({
  customer: ['A', 'A', 'B', 'C'],
  month: [1, 2, 1, 1],
  calls: [1, 5, 2, 8],
  churn: ['no', 'yes', 'no', 'yes'],
})

test('several rows of a customer are refused unless they are said to be there', () => {
  expect(() => fromFlatTable(monthly, { id: 'customer', label: 'churn' })).toThrow(
    "rowsPerCustomer: 'several'",
  )
  const dataset = fromFlatTable(monthly, { id: 'customer', label: 'churn', rowsPerCustomer: 'several' })
  expect(dataset.ids).toEqual(['A', 'A', 'B', 'C'])
  expect(Array.from(dataset.outcome)).toEqual([0, 1, 0, 1])
})

test('rows that are copies are said', () => {
  const rows = Array.from({ length: 60 }, (_, row) => row % 30)
  const copied = tableFrom({
    a: rows.map((row) => row * 1.37),
    b: rows.map((row) => (row * row) % 17),
    churn: rows.map((row) => row % 2),
  })
  expect(fromFlatTable(copied, { label: 'churn' }).warnings.join()).toContain(
    '60 of 60 rows have the values of another row',
  )
})
