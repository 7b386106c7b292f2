import fc from 'fast-check'
import { expect, test } from 'vitest'
import { groupNumbers } from '../../src/base/groupNumbers.js'
import { identicalByKeys, identicalRows, rowKeys } from '../../src/base/identicalRows.js'
import { type FeatureMatrix, numberColumn, takeRows, textColumn } from '../../src/base/matrix.js'
import { sampledRows } from '../../src/base/sampledRows.js'

/** Rows of one to five columns of so many values, some of them missing, some of the rows repeated. */
const tables = fc
  .record({
    rowCount: fc.integer({ min: 0, max: 300 }),
    limits: fc.array(fc.constantFrom(1, 2, 9, 1e9), { minLength: 1, maxLength: 5 }),
    copied: fc.nat(120),
    seed: fc.nat(1e6),
  })
  .map(({ rowCount, limits, copied, seed }): FeatureMatrix => {
    let state = seed
    const below = (limit: number) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
      return Math.floor((state / 2 ** 32) * limit)
    }
    const columns = limits.map((limit, place) => {
      const values = Array.from({ length: rowCount }, () => (below(9) === 0 ? null : below(limit)))
      return place === 1
        ? textColumn(
            'text',
            values.map((value) => (value === null ? null : `t${value}`)),
          )
        : numberColumn(`x${place}`, values)
    })
    const rows = Array.from({ length: rowCount }, (_, row) => (row < copied ? Math.floor(row / 2) : row))
    return takeRows({ rowCount, columns }, rows)
  })

test('rows that a few columns tell apart are found identical as by keys of all columns', () => {
  fc.assert(
    fc.property(tables, fc.boolean(), (features, isOwned) => {
      const ownerOf = isOwned
        ? groupNumbers(Array.from({ length: features.rowCount }, (_, row) => row % 170))
        : null
      const sampleOf = () => takeRows(features, sampledRows(features.rowCount))
      expect(identicalRows(features, ownerOf)).toEqual(identicalByKeys(rowKeys(features), ownerOf, sampleOf))
    }),
    { numRuns: 300 },
  )
})

test('copies are found where the columns that tell most differ in a few rows only', () => {
  // 40 pairs of copies among 3,000 rows that three columns tell apart but for these pairs and as many near misses
  const rowCount = 3000
  const source = Array.from({ length: rowCount }, (_, row) => (row < 160 ? Math.floor(row / 2) : row))
  const near = source.map((row, place) => (place < 80 ? row : place))
  const features: FeatureMatrix = {
    rowCount,
    columns: [7, 11, 13].map((step, index) =>
      numberColumn(
        `x${index}`,
        source.map((row) => row * step),
      ),
    ),
  }
  const differing = { rowCount, columns: [...features.columns, numberColumn('last', near)] }
  const { numberOf, rows } = identicalRows(differing, null)!
  expect(rows).toBe(80)
  expect(numberOf).toEqual(groupNumbers(near))
})
