import fc from 'fast-check'
import { expect, test } from 'vitest'
import { numberColumn } from '../../src/base/matrix.js'
import { type Dataset, datasetOf } from '../../src/dataset/dataset.js'
import { splitRows } from '../../src/dataset/splitRows.js'
import { reasonTable } from '../../src/population/reasonTable.js'

function datasetOfRows(ids: readonly string[], outcome: readonly number[]): Dataset {
  return datasetOf({
    ids,
    cutoffs: null,
    features: {
      rowCount: ids.length,
      columns: [
        numberColumn(
          'row',
          ids.map((_, row) => row),
        ),
      ],
    },
    outcome: Uint8Array.from(outcome),
    rules: null,
    population: null,
    label: null,
    report: { population: reasonTable([]), unlabelled: reasonTable([]) },
    warnings: [],
  })
}

function rowNumbers(dataset: Dataset): number[] {
  const column = dataset.features.columns[0]
  return column?.kind === 'number' ? [...column.values] : []
}

const datasets = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 1 })), {
    minLength: 40,
    maxLength: 120,
  })
  .map((rows) =>
    datasetOfRows(
      rows.map(([id]) => `C${id}`),
      rows.map(([, outcome]) => outcome),
    ),
  )

test('the parts hold every row once, in its order, and share no customer', () => {
  fc.assert(
    fc.property(
      datasets,
      fc.double({ min: 0.2, max: 0.8, noNaN: true }),
      fc.integer(),
      (dataset, testShare, seed) => {
        fc.pre(new Set(dataset.ids).size > 8)
        const { train, test: tested } = splitRows(dataset, { testShare, seed })
        const sorted = [...rowNumbers(train), ...rowNumbers(tested)].sort((a, b) => a - b)
        expect(sorted).toEqual(rowNumbers(dataset))
        expect(rowNumbers(train)).toEqual(rowNumbers(train).toSorted((a, b) => a - b))
        expect(train.ids.filter((id) => new Set(tested.ids).has(id))).toEqual([])
      },
    ),
  )
})

test('both parts have the base rate of the whole where the shares come out even', () => {
  // 100 customers, 20 churned: 20 % of 20 = 4 and 20 % of 80 = 16 are drawn.
  const outcome = Array.from({ length: 100 }, (_, row) => (row % 5 === 0 ? 1 : 0))
  const dataset = datasetOfRows(
    outcome.map((_, row) => `C${row}`),
    outcome,
  )
  const { train, test: tested } = splitRows(dataset, { testShare: 0.2, seed: 3 })
  expect(tested.report.baseRates.rows()).toEqual([{ cutoff: null, rows: 20, churned: 4, baseRate: 0.2 }])
  expect(train.report.baseRates.rows()).toEqual([{ cutoff: null, rows: 80, churned: 16, baseRate: 0.2 }])
})

test('same seed, same split; another seed, another split', () => {
  const ids = Array.from({ length: 60 }, (_, row) => `C${row}`)
  const dataset = datasetOfRows(
    ids,
    ids.map((_, row) => row % 2),
  )
  const tested = (seed: number) => splitRows(dataset, { seed }).test.ids
  expect(tested(5)).toEqual(tested(5))
  expect(tested(5)).not.toEqual(tested(6))
})

test('left out, a fifth is drawn, of churners and of stayers alike, by seed 1', () => {
  const ids = Array.from({ length: 50 }, (_, row) => `C${row}`)
  const dataset = datasetOfRows(
    ids,
    ids.map((_, row) => Number(row < 10)),
  )
  const split = splitRows(dataset)
  expect(split).toMatchObject({ testFrom: null, purgedRows: 0, unusedRows: 0 })
  expect(split.test.ids).toEqual(splitRows(dataset, { testShare: 0.2, seed: 1, stratified: true }).test.ids)
  // 2 of 10 and 8 of 40. Drawn from all as one the churners among ten vary.
  const churned = (stratified: boolean, seed: number) => {
    const { outcome } = splitRows(dataset, { stratified, seed }).test
    return [outcome.length, outcome.reduce((sum, one) => sum + one, 0)]
  }
  const seeds = Array.from({ length: 10 }, (_, seed) => seed)
  expect(seeds.map((seed) => churned(true, seed))).toEqual(seeds.map(() => [10, 2]))
  expect(new Set(seeds.map((seed) => churned(false, seed)[1])).size).toBeGreaterThan(1)
})

test('a split that leaves one part empty is refused', () => {
  expect(() => splitRows(datasetOfRows(['A', 'B'], [0, 1]), { testShare: 0.01 })).toThrow(
    'splitRows: expected testShare to leave customers in both parts, of 2, got 0.01 (number). Use a share nearer to 0.5, or more rows.',
  )
})

test.each([0, 1, 20, -0.1])('testShare %d is refused', (testShare) => {
  expect(() => splitRows(datasetOfRows(['A', 'B'], [0, 1]), { testShare })).toThrow(
    'expected testShare to be',
  )
})

test('half a customer is a whole one: round(0.25 × 6) is 2', () => {
  const ids = Array.from({ length: 12 }, (_, row) => `C${row}`)
  const dataset = datasetOfRows(
    ids,
    ids.map((_, row) => row % 2),
  )
  // 6 churned and 6 stayed: 1.5 of each.
  const { test: tested } = splitRows(dataset, { testShare: 0.25 })
  expect([tested.ids.length, tested.outcome.reduce((sum, one) => sum + one, 0)]).toEqual([4, 2])
})

test('rows of several cutoffs are split with a warning, those of one without', () => {
  const ids = Array.from({ length: 40 }, (_, row) => `C${row % 20}`)
  const rows = datasetOfRows(
    ids,
    ids.map((_, row) => row % 2),
  )
  const at = (cutoffs: number) =>
    splitRows(datasetOf({ ...rows, cutoffs: Int32Array.from(ids, (_, row) => 20_000 + (row % cutoffs)) }))
  for (const part of [at(2).train, at(2).test])
    expect(part.warnings).toEqual([
      expect.stringMatching(/^Rows of 2 cutoffs were split at random.*Use splitByTime\.$/),
    ])
  expect(at(1).test.warnings).toEqual([])
})
