import { describe, expect, it } from 'vitest'
import { brierScore } from '../../../src/evaluate/calibration/probabilityScores.js'
import { rocAuc } from '../../../src/evaluate/ranking/ranking.js'
import { trainPrior } from '../../../src/learn/baseline/train.js'
import { trainBoosting } from '../../../src/learn/boosting/train.js'
import { permutationImportance } from '../../../src/learn/explain/permutationImportance.js'
import { trainLogistic } from '../../../src/learn/logistic/train.js'
import { rowsOf, sampleData } from '../sample.js'

const train = sampleData(500, 1)
const test = sampleData(400, 2)
const model = trainBoosting(train, { rounds: 40 })

describe('permutationImportance', () => {
  it('is highest for what leaving depends on, and far lower for noise', () => {
    const given = new Map(permutationImportance(model, test).map((each) => [each.feature, each.importance]))
    expect(given.get('tenureMonths')).toBeGreaterThan(0.05)
    expect(given.get('complaints')).toBeGreaterThan(5 * Math.abs(given.get('noise')!))
    expect([...given.values()]).toEqual([...given.values()].toSorted((a, b) => b - a))
  })

  it('takes another metric, of which more may be better', () => {
    const given = permutationImportance(model, test, { metric: rocAuc, better: 'higher' })
    expect(given[0]!.importance).toBeGreaterThan(0.05)
    expect(given[0]!.importance).toBeLessThan(0.5)
  })

  it('is exactly 0 where the model reads no feature, and has no deviation for one permutation', () => {
    const logistic = permutationImportance(trainLogistic(train), test, { repeats: 1 })
    expect(logistic.every(({ deviation }) => deviation === 0)).toBe(true)
    for (const { importance, deviation } of permutationImportance(trainPrior(train), test)) {
      expect([importance, deviation]).toEqual([0, 0])
    }
  })

  it('is the same for the same seed and leaves its inputs as they were', () => {
    const before = structuredClone(test.outcome)
    expect(permutationImportance(model, test, { seed: 3 })).toEqual(
      permutationImportance(model, test, { seed: 3 }),
    )
    expect(permutationImportance(model, test, { seed: 3 })).not.toEqual(permutationImportance(model, test))
    expect(test.outcome).toEqual(before)
  })

  it('reads weight 0 as an absent row', () => {
    const weight = Float64Array.from({ length: 400 }, (_, row) => row % 2)
    const kept = Int32Array.from({ length: 200 }, (_, row) => 2 * row + 1)
    const [weighted, taken] = [{ ...test, weight }, rowsOf(test, kept)].map((data) =>
      permutationImportance(model, data),
    )
    weighted!.forEach(({ importance }, index) => {
      expect(importance).toBeCloseTo(taken![index]!.importance, 12)
    })
  })

  it('refuses a metric without a figure, and one whose direction is left out and seems to be the other', () => {
    expect(() => permutationImportance(model, test, { metric: () => Number.NaN })).toThrow(
      'to be a finite number on the rows as they are and on permuted ones, got NaN',
    )
    // Right predictions have AUC 1, wrong ones 0.
    expect(() => permutationImportance(model, test, { metric: rocAuc })).toThrow(
      "permutationImportance: expected better to say the direction of metric rocAuc. It is 1 for right predictions and 0 for wrong ones: give better: 'higher'.",
    )
    expect(() => permutationImportance(model, test, { metric: brierScore, repeats: 1 })).not.toThrow()
  })

  it('refuses broken options and data at once', () => {
    const wrong = { ...test, outcome: new Uint8Array(3) }
    expect(() => permutationImportance(model, wrong, { repeats: 0, metric: 3 as never })).toThrow(
      '3 problems',
    )
  })
})
