import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type FeatureColumn, numberColumn, textColumn } from '../../src/base/matrix.js'
import { seededRandom } from '../../src/base/random.js'
import { columnWarnings } from '../../src/dataset/columnWarnings.js'
import { fromFlatTable } from '../../src/dataset/fromFlatTable.js'
import { singleFeatureAuc } from '../../src/dataset/singleFeatureAuc.js'
import { rocAuc } from '../../src/evaluate/ranking/rocAuc.js'
import { tableFrom } from '../../src/table/table.js'

const rowCount = 400
const outcome = Uint8Array.from({ length: rowCount }, (_, row) => Number(row % 5 === 0))
const random = seededRandom(3)
const noise = Array.from({ length: rowCount }, () => random.uniform())

function warningsOf(...columns: FeatureColumn[]): string[] {
  return columnWarnings({ rowCount, columns }, outcome)
}

function ofRows<Value>(value: (row: number) => Value): Value[] {
  return Array.from({ length: rowCount }, (_, row) => value(row))
}

test('a column of noise is not named', () => {
  expect(warningsOf(numberColumn('noise', noise))).toEqual([])
})

test('columns without values, with one value, and twins are named', () => {
  const warnings = warningsOf(
    numberColumn('noise', noise),
    numberColumn(
      'empty',
      ofRows(() => null),
    ),
    textColumn(
      'brand',
      ofRows(() => 'one'),
    ),
    numberColumn('copy', noise),
  )
  expect(warnings).toEqual([
    'Column empty has no value in any row.',
    'Column brand has the same value in every row.',
    'Column copy has the values of column noise in every row.',
  ])
})

test('a column that is equal but for one row, or but for one missing value, is no twin', () => {
  const other = numberColumn('other', [...noise.slice(0, -1), 2])
  const missing = numberColumn('missing', [...noise.slice(0, -1), null])
  expect(warningsOf(numberColumn('noise', noise), other, missing)).toEqual([])
})

test('texts are twins whatever the order of their dictionaries', () => {
  const texts = ofRows((row) => ['a', 'b', 'c'][row % 3]!)
  const turned: FeatureColumn = {
    kind: 'text',
    name: 'turned',
    dictionary: ['unused', 'c', 'b', 'a'],
    codes: Int32Array.from(texts, (text) => ['', 'c', 'b', 'a'].indexOf(text)),
    missing: null,
  }
  expect(warningsOf(textColumn('texts', texts), turned)).toEqual([
    'Column turned has the values of column texts in every row.',
  ])
})

test.each<[string, FeatureColumn]>([
  [
    'a number that falls with churn',
    numberColumn(
      'leak',
      ofRows((row) => -outcome[row]! + noise[row]!),
    ),
  ],
  [
    'a day that only leavers have',
    numberColumn(
      'leak',
      ofRows((row) => (outcome[row] === 1 ? row : null)),
    ),
  ],
  [
    'a status',
    textColumn(
      'leak',
      ofRows((row) => (outcome[row] === 1 ? 'closed' : 'open')),
    ),
  ],
])('%s is named as a leak', (_, column) => {
  expect(warningsOf(column)).toEqual([
    'Column leak alone tells who leaves with an AUC of 1.000: was it known at the cutoff, or written when the customer had left?',
  ])
})

test('a text column of a name for every row is not named as a leak', () => {
  expect(warningsOf(textColumn('name', ofRows(String)))).toEqual([])
})

test('with fewer than 20 churners no column is named as a leak', () => {
  const few = Uint8Array.from({ length: 100 }, (_, row) => Number(row < 19))
  expect(columnWarnings({ rowCount: 100, columns: [numberColumn('leak', few)] }, few)).toEqual([])
  const enough = Uint8Array.from({ length: 100 }, (_, row) => Number(row < 20))
  expect(columnWarnings({ rowCount: 100, columns: [numberColumn('leak', enough)] }, enough)).toHaveLength(1)
})

test('the AUC of a number column without missing values is that of rocAuc, or its complement', () => {
  const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.boolean()), { minLength: 4 })
  fc.assert(
    fc.property(rows, (drawn) => {
      const happened = Uint8Array.from(drawn, ([, churned]) => Number(churned))
      fc.pre(new Set(happened).size === 2)
      const values = drawn.map(([value]) => value)
      const auc = rocAuc(
        values.map((value) => value / 5),
        happened,
      )
      const found = singleFeatureAuc(
        numberColumn('value', values),
        happened,
        drawn.map((_, row) => row),
      )
      expect(found).toBeCloseTo(Math.max(auc, 1 - auc), 12)
    }),
  )
})

test('a flat table with a leaking column says so', () => {
  const table = tableFrom({
    reason: ofRows((row) => (outcome[row] === 1 ? 'moved away' : null)),
    usage: noise,
    churn: ofRows((row) => (outcome[row] === 1 ? 'Yes' : 'No')),
  })
  const { warnings } = fromFlatTable(table, { label: 'churn', features: ['reason', 'usage'] })
  expect(warnings.join(' ')).toContain('Column reason')
})
