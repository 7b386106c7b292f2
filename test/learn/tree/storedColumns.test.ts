import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FeatureMatrix, numberColumn, textColumn } from '../../../src/base/matrix.js'
import { encodeColumn } from '../../../src/learn/tree/bins.js'
import { type StoredColumns, storeColumns } from '../../../src/learn/tree/grow/storedColumns.js'
import { treeCase, withTeam } from './treeCases.js'

describe('storeColumns', () => {
  it('holds the code of every value, in bundles too', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 3000 }),
        fc.constantFrom(2, 20, 255),
        (seed, rows, maxBins) => {
          const { features } = treeCase(rows, seed)
          withStored(features, maxBins, (stored, codesOf) => {
            expect([...stored.places].sort((a, b) => a - b)).toEqual(
              features.columns.map((_, index) => index),
            )
            features.columns.forEach((column, feature) => {
              const bins = stored.features[feature]!
              const codes = new Uint8Array(rows)
              encodeColumn(column, bins, codes)
              expect(decoded(stored, codesOf, feature)).toEqual([...codes])
            })
          })
        },
      ),
      { numRuns: 30 },
    )
  })

  it('adds a bundle up to the sums of each of its features', () => {
    const { features, outcome } = treeCase(3000, 3)
    withStored(features, 255, (stored, codesOf) => {
      const bundle = stored.columns.findIndex(({ members }) => members.length > 1)
      const { members, codeCount } = stored.columns[bundle]!
      const cells = sumsBy(codesOf(bundle), outcome, codeCount)
      for (const { feature, decode } of members) {
        const { binCount } = stored.features[feature]!
        const marginal = new Array<number>(binCount + 1).fill(0)
        cells.forEach((sum, code) => {
          marginal[decode![code]!]! += sum
        })
        const direct = new Uint8Array(3000)
        encodeColumn(features.columns[feature]!, stored.features[feature]!, direct)
        expect(marginal).toEqual(sumsBy(direct, outcome, binCount + 1))
      }
    })
  })

  it('gives a column of its own to what the rows beside the sample keep out of a bundle', () => {
    // Every other row is in the sample: there the two columns are equal, beside it all 32 × 32 pairs occur.
    const first = Array.from({ length: 8192 }, (_, row) => (row >> 1) % 32)
    const second = first.map((value, row) => (row % 2 === 0 ? value : (row >> 6) % 32))
    const features = {
      rowCount: 8192,
      columns: [
        textColumn('first', first.map(String)),
        textColumn('second', second.map(String)),
        numberColumn(
          'third',
          first.map((value) => value % 3),
        ),
      ],
    }
    withStored(features, 255, (stored, codesOf) => {
      expect(stored.columns.map(({ members }) => members.map(({ feature }) => feature))).toEqual([
        [0, 2],
        [1],
      ])
      features.columns.forEach((column, feature) => {
        const codes = new Uint8Array(8192)
        encodeColumn(column, stored.features[feature]!, codes)
        expect(decoded(stored, codesOf, feature)).toEqual([...codes])
      })
    })
  })
})

type CodesOf = (column: number) => Uint8Array

function withStored(
  features: FeatureMatrix,
  maxBins: number,
  use: (stored: StoredColumns, codesOf: CodesOf) => void,
): void {
  withTeam(1, {}, (team) => {
    const stored = storeColumns(team, features, null, maxBins)
    use(stored, (column) => {
      const { codes } = stored.columns[column]!
      return new Uint8Array(team.memory.buffer, codes, features.rowCount)
    })
  })
}

function decoded(stored: StoredColumns, codesOf: CodesOf, feature: number): number[] {
  const decode = stored.decodeOf[feature]!
  return Array.from(codesOf(stored.columnOf[feature]!), (code) => (decode === null ? code : decode[code]!))
}

function sumsBy(codes: Uint8Array, values: Uint8Array, codeCount: number): number[] {
  const sums = new Array<number>(codeCount).fill(0)
  codes.forEach((code, row) => {
    sums[code]! += 1 + 1000 * values[row]!
  })
  return sums
}
