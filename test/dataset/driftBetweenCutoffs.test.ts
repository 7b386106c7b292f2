import { expect, test } from 'vitest'
import { epochDay } from '../../src/base/days.js'
import { type FeatureColumn, numberColumn, textColumn } from '../../src/base/matrix.js'
import { populationStability } from '../../src/base/stability.js'
import { type Dataset, datasetOf } from '../../src/dataset/dataset.js'
import { driftBetweenCutoffs } from '../../src/dataset/driftBetweenCutoffs.js'
import { reasonTable } from '../../src/population/reasonTable.js'

const [march, april] = [epochDay('2025-03-01'), epochDay('2025-04-01')]

/** Half of the rows are of March, the other half of April. */
function datasetWith(column: FeatureColumn, rowCount: number): Dataset {
  return datasetOf({
    ids: Array.from({ length: rowCount }, (_, row) => String(row % (rowCount / 2))),
    cutoffs: Int32Array.from({ length: rowCount }, (_, row) => (row < rowCount / 2 ? march : april)),
    features: { rowCount, columns: [column] },
    outcome: new Uint8Array(rowCount),
    rules: null,
    population: null,
    label: null,
    report: { population: reasonTable([]), unlabelled: reasonTable([]) },
    warnings: [],
  })
}

test('the stability index of the ten printed shares is the printed one', () => {
  // reference.md: e .1 × 10, a .08 .09 .1 .1 .11 .1 .1 .12 .1 .1 → .0101160
  const actual = [8, 9, 10, 10, 11, 10, 10, 12, 10, 10]
  expect(populationStability(Array(10).fill(10), actual).psi).toBeCloseTo(0.010116, 7)
})

test('what is new and what is gone is apart from the index', () => {
  expect(populationStability([5, 5, 0], [5, 0, 5])).toEqual({ psi: 0, newShare: 0.5, goneShare: 0.5 })
})

test('without a bin in common there is no index, and all is new', () => {
  expect(populationStability([5, 0], [0, 3])).toEqual({ psi: null, newShare: 1, goneShare: 1 })
  const values = Array.from({ length: 100 }, (_, row) => (row < 50 ? 'month' : 'monthly'))
  const [line] = driftBetweenCutoffs(datasetWith(textColumn('contract', values), 100)).rows()
  expect(line).toMatchObject({ psi: null, newShare: 1, goneShare: 1 })
})

test.each<[string, unknown, unknown, string]>([
  ['fewer bins', [1, 2, 3], [1, 2], 'expected actual to have 3 bins, those of reference, got 2'],
  ['more bins', [1, 2], [1, 2, 3], 'expected actual to have 2 bins, those of reference, got 3'],
  ['no rows', [0, 0], [1, 2], 'expected reference to hold at least one row'],
  ['no bins', [], [], 'expected reference to hold at least one row'],
  ['no actual rows', [1, 2], [0, 0], 'expected actual to hold at least one row'],
  ['a negative count', [1, -1], [1, 2], 'expected reference[1] to be a number of at least 0, got -1'],
  ['NaN', [1, 2], [Number.NaN, 2], 'expected actual[0] to be a number of at least 0, got NaN'],
  [
    'infinity',
    [1, 2],
    Float64Array.of(1, Number.POSITIVE_INFINITY),
    'expected actual[1] to be a number of at least 0, got Infinity',
  ],
  ['a text', '12', [1, 2], 'expected reference to be a list of counts, got "12"'],
  ['nothing', [1, 2], undefined, 'expected actual to be a list of counts, got undefined'],
])('counts that are none are refused: %s', (_, reference, actual, message) => {
  expect(() => populationStability(reference as number[], actual as number[])).toThrow(message)
})

test('a bin begins at its edge, and the first holds what lies below all that was seen', () => {
  // March: 0 thirty times, then 1 … 20. Sorted, the tenths begin at rows 5, 10 … 45: 0 six times, then 1, 6, 11, 16.
  const march = Array.from({ length: 50 }, (_, row) => Math.max(0, row - 29))
  // April: below all, on an edge, and just below it; the rest as in March.
  const april = march.map((value, row) => (row === 0 ? -3 : value))
  const [below] = driftBetweenCutoffs(datasetWith(numberColumn('x', [...march, ...april]), 100)).rows()
  // −3 lies in the bin of 0: nothing moved.
  expect(below).toMatchObject({ psi: 0, newShare: 0, goneShare: 0 })
  // The bins are below 1, [1, 6), [6, 11), [11, 16) and from 16 on: 30, 5, 5, 5, 5. All of 0 now lie on the edge 1.
  const onEdge = march.map((value) => Math.max(1, value))
  const [moved] = driftBetweenCutoffs(datasetWith(numberColumn('x', [...march, ...onEdge]), 100)).rows()
  // Bin [1, 6) has 35 of 50 where it had 5; the first one is gone.
  expect(moved!['goneShare']).toBe(0.6)
  expect(moved!['psi']).toBeCloseTo((0.7 - 0.1) * Math.log(7), 12)
})

test('a feature that stays has an index of 0, one that doubles moves by its deciles', () => {
  const stays = Array.from({ length: 200 }, (_, row) => row % 100)
  const [line] = driftBetweenCutoffs(datasetWith(numberColumn('stays', stays), 200)).rows()
  expect(line).toEqual({
    feature: 'stays',
    cutoff: '2025-04-01',
    psi: 0,
    newShare: 0,
    goneShare: 0,
    missingShare: 0,
  })
  // Of 0, 2, … 198 five rows lie in each of the first nine tenths of 0 … 99, and 55 from 90 on.
  const doubled = Array.from({ length: 200 }, (_, row) => (row < 100 ? row : 2 * (row - 100)))
  const [moved] = driftBetweenCutoffs(datasetWith(numberColumn('doubled', doubled), 200)).rows()
  const expected = 9 * (0.05 - 0.1) * Math.log(0.05 / 0.1) + (0.55 - 0.1) * Math.log(0.55 / 0.1)
  expect(moved!['psi']).toBeCloseTo(expected, 12)
})

test('missing values are a bin of their own, a new text is new', () => {
  const values = Array.from({ length: 100 }, (_, row) => (row < 60 ? 'a' : row < 90 ? null : 'b'))
  const [line] = driftBetweenCutoffs(datasetWith(textColumn('text', values), 100)).rows()
  // March: 50 a. April: 10 a, 30 missing, 10 b.
  expect(line).toMatchObject({ newShare: 0.8, goneShare: 0, missingShare: 0.6 })
  expect(line!['psi']).toBeCloseTo((0.2 - 1) * Math.log(0.2), 12)
})

test('a constant feature and one without any value do not break it', () => {
  const constant = numberColumn('constant', Array(10).fill(7))
  const empty = numberColumn('empty', Array(10).fill(null))
  for (const column of [constant, empty]) {
    expect(driftBetweenCutoffs(datasetWith(column, 10)).rows()[0]).toMatchObject({ psi: 0, newShare: 0 })
  }
})

test('cutoffs are compared with the first in time, whatever the order of rows', () => {
  const values = Array.from({ length: 20 }, (_, row) => (row < 10 ? 'later' : row < 15 ? 'first' : null))
  const dataset = datasetWith(textColumn('text', values), 20)
  const cutoffs = dataset.cutoffs!.map((cutoff) => (cutoff === march ? april : march))
  const [line] = driftBetweenCutoffs({ ...dataset, cutoffs }).rows()
  // March: five times first, five missing. April: all later.
  expect(line).toMatchObject({ cutoff: '2025-04-01', newShare: 1, goneShare: 1, missingShare: 0 })
  expect(() => driftBetweenCutoffs({ ...dataset, cutoffs: cutoffs.fill(march) })).toThrow('got 1 (number)')
})

test('a dataset of one cutoff is refused with the way out', () => {
  const dataset = datasetWith(numberColumn('x', [1, 2]), 2)
  const flat = { ...dataset, cutoffs: null }
  expect(() => driftBetweenCutoffs(flat)).toThrow(/to have at least two cutoffs.*Build it with more cutoffs/)
})
