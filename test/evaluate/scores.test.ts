import { describe, expect, test } from 'vitest'
import { brierScore, logLoss, logLossOf } from '../../src/evaluate/calibration/probabilityScores.js'
import { averagePrecision, rocAuc } from '../../src/evaluate/ranking/ranking.js'
import { liftAt } from '../../src/evaluate/ranking/topOfList.js'
import { rankOutcomes } from '../../src/evaluate/rows/checkedOutcomes.js'

describe('equal probabilities for all', () => {
  const p = [0.25, 0.25, 0.25, 0.25]
  const y = [1, 0, 0, 0]
  test('give AUC 0.5, average precision the base rate and lift 1', () => {
    expect(rocAuc(p, y)).toBe(0.5)
    expect(averagePrecision(p, y)).toBe(0.25)
    expect(liftAt(p, y, 0.25)).toBe(1)
    expect(liftAt(p, y, 0.6)).toBe(1)
  })
  test('at the base rate b cost b·(1 − b) by Brier and the entropy by log loss', () => {
    expect(brierScore(p, y)).toBe(0.1875)
    expect(logLoss(p, y)).toBeCloseTo(-0.25 * Math.log(0.25) - 0.75 * Math.log(0.75), 15)
  })
})

describe('log loss at certainty', () => {
  test('a right certainty costs nothing', () => {
    expect(logLoss([1, 0, 0.5], [1, 0, 1])).toBeCloseTo(Math.LN2 / 3, 15)
  })
  test('a wrong certainty is refused with the count of rows', () => {
    expect(() => logLoss([1, 0, 0.5], [0, 1, 1])).toThrow(/below 1 for every customer who stayed \(2 times\)/)
  })
  test('a clip decides what a wrong certainty costs', () => {
    // both rows at p = 1e-3 of the truth
    expect(logLoss([1, 0], [0, 1], { clip: 1e-3 })).toBeCloseTo(-Math.log(1e-3), 12)
    expect(logLoss([0.05, 0.95, 0.5], [1, 0, 1], { clip: 0.1 })).toBeCloseTo(
      (2 * Math.log(10) + Math.LN2) / 3,
      12,
    )
    // So does the sorted form.
    expect(logLossOf(rankOutcomes([0.05, 0.95, 0.5], [1, 0, 1]), 0.1)).toBeCloseTo(
      (2 * Math.log(10) + Math.LN2) / 3,
      12,
    )
    for (const clip of [0.5, -0.1]) expect(() => logLoss([0.5, 0.5], [1, 0], { clip })).toThrow('clip')
    // Who is certain and wrong but does not count costs nothing.
    expect(logLoss([0, 0.5, 0.5], [1, 1, 0], { weight: [0, 1, 1] })).toBeCloseTo(Math.LN2, 12)
    expect(() => logLoss([0, 1, 0.5], [1, 0, 0], { weight: [2, 1, 1] })).toThrow('(2 times)')
  })
})

describe('lift', () => {
  test('k is share · n rounded up, but not for the last digit of a floating-point product', () => {
    // 0.07 · 100 = 7.000000000000001 means the top 7, all churned: 1 / 0.07
    const p = Array.from({ length: 100 }, (_, row) => 1 - row / 100)
    const y = p.map((_, row) => (row < 7 ? 1 : 0))
    expect(liftAt(p, y, 0.07)).toBeCloseTo(1 / 0.07, 12)
  })
  test('of the whole list is 1', () => {
    expect(liftAt([0.9, 0.1, 0.3], [1, 0, 0], 1)).toBe(1)
  })
  test('with weights that add up to 1 is the lift of the same rows unweighted', () => {
    const p = Array.from({ length: 20 }, (_, row) => row / 20)
    const y = p.map((_, row) => (row % 3 === 0 ? 1 : 0))
    const weight = p.map(() => 1 / 20)
    expect(liftAt(p, y, 0.25, { weight })).toBeCloseTo(liftAt(p, y, 0.25), 12)
  })
})
