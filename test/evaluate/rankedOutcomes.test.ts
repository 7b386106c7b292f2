import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rankOutcomes } from '../../src/evaluate/rows/checkedOutcomes.js'
import { readRows } from '../../src/evaluate/rows/outcomeRows.js'
import { groupAt } from '../../src/evaluate/rows/rankedOutcomes.js'
import { countBelow, ranksOf, rowsByRank } from '../../src/evaluate/rows/ranksOf.js'

test('rows of equal probability are one group, the highest first', () => {
  expect(rankOutcomes([0.2, 0.9, 0.2, 0, 1, 1], [1, 1, 0, 0, 0, 1])).toEqual({
    probability: Float64Array.of(1, 0.9, 0.2, 0),
    churned: Float64Array.of(1, 1, 1, 0),
    stayed: Float64Array.of(1, 0, 1, 1),
    churners: 3,
    customers: 6,
    wholeWeights: true,
  })
})

test('rows of weight 0 are absent, other weights are added up', () => {
  const ranked = rankOutcomes([0.2, 0.9, 0.2, 0.4], [1, 1, 1, 0], { weight: [0.5, 0, 1, 2] })
  expect(ranked).toMatchObject({ churners: 1.5, customers: 3.5, wholeWeights: false })
  expect(ranked.probability).toEqual(Float64Array.of(0.4, 0.2))
})

test('single precision, subnormal and extreme probabilities keep their order', () => {
  const p = Float64Array.of(5e-324, 0, 1, 1 - 2 ** -53, 1e-300)
  expect(rankOutcomes(p, [0, 1, 0, 1, 0]).probability).toEqual(
    Float64Array.of(1, 1 - 2 ** -53, 1e-300, 5e-324, 0),
  )
  expect(rankOutcomes(Float32Array.of(0.1, 0.2), Uint8Array.of(1, 0)).probability[0]).toBe(Math.fround(0.2))
})

test('groupAt finds the group of every probability', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }), (values) => {
      // −0 and 0 are the same probability
      const groups = Float64Array.from(new Set(values.map((value) => value + 0)))
        .sort()
        .reverse()
      groups.forEach((value, group) => {
        expect(groupAt(groups, value)).toBe(group)
      })
    }),
  )
})

test('a rank is how many distinct values are below', () => {
  const ranks = ranksOf([3, 1, 1, 2, 3])
  expect(ranks).toEqual({ values: Float64Array.of(1, 2, 3), rank: Int32Array.of(2, 0, 0, 1, 2) })
  expect([0, 1, 1.5, 3, 4].map((value) => countBelow(ranks.values, value))).toEqual([0, 0, 1, 2, 3])
  expect(rowsByRank(ranks)).toEqual({ rows: Int32Array.of(1, 2, 3, 0, 4), start: Int32Array.of(0, 2, 3, 5) })
})

test('rows are read where probabilities, outcomes of both kinds and weights are', () => {
  const read = (probability: unknown[], outcome: unknown[] | Uint8Array, weight?: unknown[]) =>
    readRows(probability as number[], outcome as number[], weight as number[] | undefined)
  expect(read([0, 1], [1, 0])).toEqual({
    probability: Float64Array.of(0, 1),
    outcome: Uint8Array.of(1, 0),
    weight: null,
  })
  expect(read([0, 1, 0.5], [1, 0, 1], [1e-100, 1e100, 0])?.weight).toEqual(Float64Array.of(1e-100, 1e100, 0))
  for (const refused of [
    read([0.5, 1.000001], [1, 0]),
    read([-0.000001, 0.5], [1, 0]),
    read([0.5, '0.5'], [1, 0]),
    read([0.5, 0.5], [1, 1]),
    read([0.5, 0.5], [0, 0]),
    read([0.5, 0.5, 0.5], [1, 0, 2]),
    read([0.5, 0.5, 0.5], Uint8Array.of(1, 0, 2)),
    read([0.5, 0.5, 0.5], Uint8Array.of(1, 0, 2), [1, 1, 1]),
    read([0.5, 0.5], [1, 0, 0]),
    read([0.5, 0.5], [1, 0], [1, 1, 1]),
    read([0.5, 0.5], [1, 0], [0, 1]),
    read([0.5, 0.5], [1, 0], [1, 0]),
    read([0.5, 0.5], [1, 0], [1, 1e-101]),
    read([0.5, 0.5], [1, 0], [1e101, 1]),
    read([0.5, 0.5], [1, 0], [1, Number.NaN]),
  ])
    expect(refused).toBeNull()
})
