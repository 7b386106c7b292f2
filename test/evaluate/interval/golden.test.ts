import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { compareFolds } from '../../../src/evaluate/interval/compareFolds.js'
import { compareModels } from '../../../src/evaluate/interval/compareModels.js'
import { delongInterval } from '../../../src/evaluate/interval/delongInterval.js'
import { enoughChurners } from '../../../src/evaluate/interval/enoughChurners.js'
import { influenceOf, jackknife } from '../../../src/evaluate/interval/influence.js'
import { bcaShare, medianBias } from '../../../src/evaluate/interval/intervalLimits.js'
import { resampleUnits } from '../../../src/evaluate/interval/resampleUnits.js'
import { metrics } from '../../../src/evaluate/metrics.js'
import { rankOutcomes } from '../../../src/evaluate/rows/checkedOutcomes.js'

interface GoldenBca {
  readonly resampled: number[]
  readonly acceleration: number
  readonly lowerShare: number
  readonly upperShare: number
}

interface GoldenCase {
  readonly name: string
  readonly probabilityA: number[]
  readonly probabilityB: number[]
  readonly outcome: number[]
  readonly groups: number[]
  readonly auc: number
  readonly variance: number
  readonly difference: number
  readonly differenceVariance: number
  readonly pValue: number
  readonly clusteredVariance: number
  readonly clusteredDifferenceVariance: number
  readonly bca: Record<'rocAuc' | 'brierScore' | 'averagePrecision', GoldenBca>
}

interface GoldenFolds {
  readonly a: number[]
  readonly b: number[]
  readonly testShare: number
  readonly lower90: number
  readonly upper90: number
  readonly pValue: number
}

// Made by test/golden/evaluate/intervals.py.
const golden = JSON.parse(
  readFileSync(new URL('../../golden/evaluate/intervals.json', import.meta.url), 'utf8'),
) as { readonly cases: GoldenCase[]; readonly folds: GoldenFolds[] }

describe.each(golden.cases)('references agree: $name', (one) => {
  const { probabilityA: a, probabilityB: b, outcome: y, groups } = one

  test('DeLong, pair by pair', () => {
    const interval = delongInterval(a, y)
    expect(interval.value).toBeCloseTo(one.auc, 12)
    expect(interval.standardError ** 2).toBeCloseTo(one.variance, 12)
    const { difference, standardError, pValue } = compareModels(a, b, y, { method: 'delong' })
    expect(difference.value).toBeCloseTo(one.difference, 12)
    expect(standardError ** 2).toBeCloseTo(one.differenceVariance, 12)
    expect(pValue).toBeCloseTo(one.pValue, 10)
  })

  test('Obuchowski for customers with several rows', () => {
    expect(delongInterval(a, y, { groups }).standardError ** 2).toBeCloseTo(one.clusteredVariance, 12)
    const comparison = compareModels(a, b, y, { method: 'delong', groups })
    expect(comparison.standardError ** 2).toBeCloseTo(one.clusteredDifferenceVariance, 12)
  })

  test.each(Object.entries(one.bca) as [keyof GoldenCase['bca'], GoldenBca][])(
    'scipy in bias and acceleration of %s',
    (metric, expected) => {
      const ranked = rankOutcomes(a, y)
      const scorings = [{ probability: a, ranked }]
      const units = resampleUnits({ outcome: y, weight: undefined, customers: undefined, scorings })
      const { acceleration } = jackknife(units, [influenceOf(metrics[metric].ofRanked, ranked)], false)
      expect(acceleration).toBeCloseTo(expected.acceleration, 10)
      const sorted = Float64Array.from(expected.resampled).sort()
      const bias = medianBias(sorted, metrics[metric].ofRanked(ranked))
      // scipy was asked for a level of 90 %.
      expect(bcaShare(0.05, { bias, acceleration })).toBeCloseTo(expected.lowerShare, 9)
      expect(bcaShare(0.95, { bias, acceleration })).toBeCloseTo(expected.upperShare, 9)
    },
  )
})

test.each(golden.folds)('corrected resampled t agrees with its formula in scipy', (one) => {
  const { difference, pValue } = compareFolds(one.a, one.b, { testShare: one.testShare, level: 0.9 })
  expect(difference.lower).toBeCloseTo(one.lower90, 12)
  expect(difference.upper).toBeCloseTo(one.upper90, 12)
  expect(pValue).toBeCloseTo(one.pValue, 12)
})

test('Hanley and McNeil (1982), their example: AUC .893, 51 and 58 cases, standard error .032', () => {
  const { expectedHalfWidth } = enoughChurners(51, 58, { auc: 0.893 })
  expect((expectedHalfWidth / 1.959963984540054).toFixed(3)).toMatch(/^0\.03[23]$/)
})
