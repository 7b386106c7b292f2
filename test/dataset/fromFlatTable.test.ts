import { expect, test } from 'vitest'
import { epochDay } from '../../src/base/days.js'
import { HoldfastError, type ProblemCode } from '../../src/base/errors.js'
import { numberColumn } from '../../src/base/matrix.js'
import { fromFlatTable } from '../../src/dataset/fromFlatTable.js'
import { type Cell, dayColumn, type Table, tableFrom } from '../../src/table/table.js'

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
  const error = errorOf(() => fromFlatTable(flat(['gone', 'here']), { label: 'churn', positive: 'Gone' }))
  expect(error.problems[0]).toMatchObject({ code: 'value-unknown', parameter: 'positive', received: 'Gone' })
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

test('a column of days is refused with two ways out, unless it is excluded', () => {
  const table = flat([1, 0]).with(dayColumn('joined', [epochDay('2024-01-01'), epochDay('2024-02-01')]))
  const error = errorOf(() => fromFlatTable(table, { label: 'churn' }))
  expect(error.problems[0]).toMatchObject({
    code: 'column-type',
    parameter: 'column joined',
    received: 'day',
  })
  expect(error.message).toContain('Name it in exclude')
  expect(fromFlatTable(table, { label: 'churn', exclude: ['joined'] }).features.columns).toHaveLength(1)
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
    'Column joinedAt was left out: its texts are times; replace it by the days between it and the day of the forecast.',
  ])
})
