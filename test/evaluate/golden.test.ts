import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { calibrationLine } from '../../src/evaluate/calibration/calibrationLine.js'
import {
  type Binning,
  calibrationError,
  maximumCalibrationError,
} from '../../src/evaluate/calibration/calibrationTable.js'
import {
  type BrierDecomposition,
  brierDecomposition,
  brierScore,
  brierScoreOf,
  logLoss,
  logLossOf,
} from '../../src/evaluate/calibration/probabilityScores.js'
import {
  averagePrecision,
  giniCoefficient,
  kolmogorovSmirnov,
  rocAuc,
} from '../../src/evaluate/ranking/ranking.js'
import {
  type PrecisionRecallCurve,
  precisionRecallCurve,
  type RocCurve,
  rocCurve,
} from '../../src/evaluate/ranking/rankingCurves.js'
import { liftAt, precisionAt, recallAt } from '../../src/evaluate/ranking/topOfList.js'
import { rankOutcomes } from '../../src/evaluate/rows/checkedOutcomes.js'
import {
  confusionAt,
  fBeta,
  fBetaOf,
  matthewsCorrelation,
  matthewsCorrelationOf,
} from '../../src/evaluate/threshold/confusion.js'

interface GoldenCase {
  readonly name: string
  readonly probability: number[]
  readonly outcome: number[]
  readonly weight: number[] | null
  readonly expected: {
    readonly rocAuc: number
    readonly giniCoefficient: number
    readonly kolmogorovSmirnov: number
    readonly averagePrecision: number
    readonly logLoss: number
    readonly brierScore: number
    readonly calibration: Record<string, { readonly expected: number; readonly maximum: number }>
    readonly brierParts: Record<string, Record<string, number>>
    readonly calibrationLine: Record<'slope' | 'intercept' | 'interceptAtSlopeOne', number> | null
    readonly confusion: { readonly threshold: number } & Record<string, number>
    readonly matthewsCorrelation: number
    readonly fBeta: Record<string, number>
    readonly top: Record<string, Record<'lift' | 'precision' | 'recall', number>> | null
    readonly curves: {
      readonly roc: Record<keyof RocCurve, number[]>
      readonly precisionRecall: Record<keyof PrecisionRecallCurve, number[]>
    } | null
  }
}

// Made by test/golden/evaluate/metrics.py.
const golden = JSON.parse(
  readFileSync(new URL('../golden/evaluate/metrics.json', import.meta.url), 'utf8'),
) as { readonly cases: GoldenCase[] }

/** Relative where figures are large. Sums run in another order than in numpy, hence the last digits differ. */
function expectNear(actual: number | null, expected: number, what: string): void {
  expect(actual, what).not.toBeNull()
  expect(Math.abs(actual! - expected), `${what}: ${actual} and ${expected}`).toBeLessThan(
    1e-10 * Math.max(1, Math.abs(expected)),
  )
}

describe.each(golden.cases)('scikit-learn agrees to 1e-10: $name', (golden) => {
  const { probability: p, outcome: y, expected } = golden
  const options = golden.weight === null ? {} : { weight: golden.weight }

  test('scores', () => {
    expectNear(rocAuc(p, y, options), expected.rocAuc, 'rocAuc')
    expectNear(giniCoefficient(p, y, options), expected.giniCoefficient, 'giniCoefficient')
    expectNear(kolmogorovSmirnov(p, y, options), expected.kolmogorovSmirnov, 'kolmogorovSmirnov')
    expectNear(averagePrecision(p, y, options), expected.averagePrecision, 'averagePrecision')
    expectNear(logLoss(p, y, options), expected.logLoss, 'logLoss')
    expectNear(brierScore(p, y, options), expected.brierScore, 'brierScore')
  })

  test('the same from the sorted form', () => {
    const ranked = rankOutcomes(p, y, options)
    expectNear(logLossOf(ranked), expected.logLoss, 'logLoss')
    expectNear(brierScoreOf(ranked), expected.brierScore, 'brierScore')
    const { threshold } = expected.confusion
    expectNear(matthewsCorrelationOf(ranked, threshold), expected.matthewsCorrelation, 'MCC')
    expectNear(fBetaOf(ranked, threshold, 2), expected.fBeta['2']!, 'F2')
  })

  test.each(Object.keys(expected.calibration))('calibration errors in bins: %s', (key) => {
    const cut = { ...options, ...binningOf(key) }
    const { expected: mean, maximum } = expected.calibration[key]!
    expectNear(calibrationError(p, y, cut), mean, 'mean')
    expectNear(maximumCalibrationError(p, y, cut), maximum, 'maximum')
  })

  test.each(Object.keys(expected.brierParts))('parts of the Brier score: %s', (key) => {
    const parts = brierDecomposition(p, y, { ...options, ...binningOf(key) })
    for (const [name, value] of Object.entries(expected.brierParts[key]!)) {
      expectNear(parts[name as keyof BrierDecomposition], value, name)
    }
  })

  test.runIf(expected.calibrationLine !== null)('calibration line', () => {
    const line = calibrationLine(p, y, options)
    for (const [name, value] of Object.entries(expected.calibrationLine!)) {
      expectNear(line[name as keyof typeof line], value, name)
    }
  })

  test('figures of a threshold', () => {
    const { threshold } = expected.confusion
    const confusion = confusionAt(p, y, threshold, options)
    for (const [name, value] of Object.entries(expected.confusion)) {
      expectNear(confusion[name as keyof typeof confusion], value, name)
    }
    expectNear(matthewsCorrelation(p, y, threshold, options), expected.matthewsCorrelation, 'MCC')
    for (const [beta, value] of Object.entries(expected.fBeta)) {
      expectNear(fBeta(p, y, threshold, { ...options, beta: Number(beta) }), value, `F ${beta}`)
    }
  })

  test.runIf(expected.curves !== null)('curves', () => {
    const { roc, precisionRecall } = expected.curves!
    expectAllNear(rocCurve(p, y, options), roc)
    expectAllNear(precisionRecallCurve(p, y, options), precisionRecall)
  })
})

// The program repeats rows by their weight, so it has no top share for fractional weights.
test.each(golden.cases.filter(({ expected }) => expected.top !== null))(
  'lift, precision and recall of a top share are those of exact fractions to 1e-10: $name',
  ({ probability, outcome, weight, expected }) => {
    const options = weight === null ? {} : { weight }
    for (const [share, { lift, precision, recall }] of Object.entries(expected.top!)) {
      expectNear(liftAt(probability, outcome, Number(share), options), lift, `lift at ${share}`)
      expectNear(precisionAt(probability, outcome, Number(share), options), precision, `at ${share}`)
      expectNear(recallAt(probability, outcome, Number(share), options), recall, `recall at ${share}`)
    }
  },
)

test('the cases hold ties, weights, extreme imbalance, few rows and many', () => {
  expect(golden.cases.map(({ name }) => name)).toEqual([
    '200 rows, calibrated',
    'ties: 11 distinct probabilities, most on bin ends',
    'whole weights, some 0',
    'fractional weights and ties',
    'extreme imbalance: 3 churners of 2000',
    'extreme imbalance: 2 of 400 stayed',
    'overconfident',
    'worse than chance',
    'extreme imbalance: 1 churner of 10,000',
    'extreme imbalance: 9,999 churners of 10,000',
    '8,000 rows, 999 distinct probabilities, whole weights',
    '2 rows',
    '3 rows, two tied',
    'probabilities within 1e-15 of 0 and 1e-12 of 1',
  ])
})

/** `width10` and `count7` in the program. */
function binningOf(key: string): { readonly bins: number; readonly binning: Binning } {
  return {
    bins: Number(key.slice(5)),
    binning: key.startsWith('width') ? 'equal-width' : 'equal-count',
  }
}

function expectAllNear(actual: object, expected: Readonly<Record<string, readonly number[]>>): void {
  for (const [name, values] of Object.entries(expected)) {
    const ours = actual[name as keyof typeof actual] as Float64Array
    expect(ours, name).toHaveLength(values.length)
    values.forEach((value, point) => {
      expectNear(ours[point]!, value, `${name} ${point}`)
    })
  }
}
