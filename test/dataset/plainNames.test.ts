import fc from 'fast-check'
import { expect, test } from 'vitest'
import { datasetToTable, PlainTable } from '../../src/dataset/datasetToTable.js'
import { fromFlatTable } from '../../src/dataset/fromFlatTable.js'
import { plainNames } from '../../src/dataset/plainNames.js'
import { featureName } from '../../src/feature/name/featureName.js'
import { cellOf, Table, tableFrom } from '../../src/table/table.js'
import { featureRules } from '../feature/arbitraryRules.js'

test.each([
  ['usage_dataMb_sum_1m', 'usage_data_mb_sum_1m'],
  ['contacts[kind=late|failed]_count_3m', 'contacts_kind_late_or_failed_count_3m'],
  ['payments[kind!=failed]_amount_sum_all', 'payments_kind_not_failed_amount_sum_all'],
  ['usage[!roaming]_count_1m', 'usage_not_roaming_count_1m'],
  ['band(tenure_months,3,6)', 'band_tenure_months_3_6'],
  ['customer_套餐', 'customer_u5957_u9910'],
  ['order', 'f_order'],
  ['2nd fee', 'f_2nd_fee'],
  ['!!', 'column'],
])('%s is called %s', (name, plain) => {
  expect(plainNames([name])).toEqual([plain])
})

test('names of any rules are plain, of at most 63 letters, and no two alike', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(featureRules.map(featureName), fc.string({ unit: 'binary' })), { maxLength: 30 }),
      (names) => {
        const plain = plainNames(names, ['id', 'outcome'])
        expect(new Set([...plain, 'id', 'outcome']).size).toBe(names.length + 2)
        for (const name of plain) expect(name).toMatch(/^[a-z_][a-z0-9_]{0,62}$/)
      },
    ),
  )
})

test('a table with plain names has the same values, and the way back', () => {
  const given = {
    'monthly fee [EUR]': [10, 20, 30, 40],
    'monthly_fee{EUR}': [1, 2, 3, 4],
    outcome: [5, 6, 7, 8],
    churn: ['Yes', 'No', 'Yes', 'No'],
  }
  const dataset = fromFlatTable(tableFrom(given), { label: 'churn' })
  expect(() => datasetToTable(dataset)).toThrow(/outcome/)
  const plain = datasetToTable(dataset, { names: 'plain' })
  expect(plain).toBeInstanceOf(PlainTable)
  expect(plain.columnNames).toEqual(['id', 'monthly_fee_eur', 'monthly_fee_eur_2', 'outcome_2', 'outcome'])
  expect(plain.originalNames).toEqual({
    id: 'id',
    monthly_fee_eur: 'monthly fee [EUR]',
    monthly_fee_eur_2: 'monthly_fee{EUR}',
    outcome_2: 'outcome',
    outcome: 'outcome',
  })
  for (const column of dataset.features.columns) {
    const name = Object.keys(plain.originalNames).find(
      (key) => plain.originalNames[key] === column.name && key !== 'outcome',
    )!
    expect(cellOf(plain.column(name), 2)).toBe(cellOf(new Table([column]).columns[0]!, 2))
  }
})

test('another kind of names is refused', () => {
  const dataset = fromFlatTable(tableFrom({ a: [1, 2], churn: ['Yes', 'No'] }), { label: 'churn' })
  expect(() => datasetToTable(dataset, { names: 'short' } as never)).toThrow(/names/)
  expect(
    datasetToTable({ ...dataset, weight: Float64Array.of(1, 2) }, { names: 'plain' }).columnNames,
  ).toEqual(['id', 'a', 'outcome', 'weight'])
})
