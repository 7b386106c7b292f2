import { expect, test } from 'vitest'
import { numberColumn, textColumn } from '../../src/base/matrix.js'
import { fromFlatTable } from '../../src/dataset/fromFlatTable.js'
import { withFeatures } from '../../src/dataset/withFeatures.js'
import { joinFeatures } from '../../src/feature/joinFeatures.js'
import type { CustomerFeatures } from '../../src/feature/sql/featureMatrix.js'
import { Table, tableFrom } from '../../src/table/table.js'

function featuresOf(
  ids: string[],
  cutoffs: number[],
  name: string,
  values: (number | null)[],
): CustomerFeatures {
  const features = { rowCount: ids.length, columns: [numberColumn(name, values)] }
  return { ids, cutoffs: Int32Array.from(cutoffs), features }
}

test('columns are joined by id and cutoff, whatever the order; what is not there is missing', () => {
  const base = featuresOf(['A', 'A', 'B', 'C'], [1, 2, 1, 1], 'x', [1, 2, 3, 4])
  const added = featuresOf(['B', 'A', 'D', 'C'], [1, 2, 1, 1], 'y', [30, 20, 40, null])
  expect(new Table(joinFeatures(base, added).features.columns).rows()).toEqual([
    { x: 1, y: null },
    { x: 2, y: 20 },
    { x: 3, y: 30 },
    { x: 4, y: null },
  ])
})

test('texts are joined as texts', () => {
  const base = featuresOf(['A', 'B'], [1, 1], 'x', [1, 2])
  const columns = [textColumn('community', ['west'])]
  const added = { ids: ['B'], cutoffs: Int32Array.of(1), features: { rowCount: 1, columns } }
  const joined = joinFeatures(base, added)
  expect(new Table(joined.features.columns).rows()).toEqual([
    { x: 1, community: null },
    { x: 2, community: 'west' },
  ])
})

test('the same name twice, a row twice and a flat table are refused', () => {
  const base = featuresOf(['A'], [1], 'x', [1])
  expect(() => joinFeatures(base, base)).toThrow('column x to be joined once')
  expect(() => joinFeatures(base, featuresOf(['B', 'A', 'A'], [1, 1, 1], 'y', [1, 2, 3]))).toThrow(
    'to occur once per cutoff among the further columns, got "A"',
  )
  const flat = fromFlatTable(tableFrom({ x: [1, 2, 3, 4], churn: ['yes', 'no', 'yes', 'no'] }), {
    label: 'churn',
  })
  expect(() => withFeatures(flat, base)).toThrow('a flat table cannot be joined')
})
