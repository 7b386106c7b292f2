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

test('a dataset of one cutoff is refused with the way out', () => {
  const dataset = datasetWith(numberColumn('x', [1, 2]), 2)
  const flat = { ...dataset, cutoffs: null }
  expect(() => driftBetweenCutoffs(flat)).toThrow(/to have at least two cutoffs.*Build it with more cutoffs/)
})
