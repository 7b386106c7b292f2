import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { brierScore } from '../../src/evaluate/calibration/brierScore.js'
import { calibrationError } from '../../src/evaluate/calibration/calibrationError.js'
import { calibrationLine } from '../../src/evaluate/calibration/calibrationLine.js'
import { logLoss } from '../../src/evaluate/calibration/logLoss.js'
import { averagePrecision } from '../../src/evaluate/ranking/averagePrecision.js'
import { liftAt } from '../../src/evaluate/ranking/liftAt.js'
import { rocAuc } from '../../src/evaluate/ranking/rocAuc.js'
import { confusionAt } from '../../src/evaluate/threshold/confusionAt.js'

interface GoldenCase {
  readonly name: string
  readonly probability: number[]
  readonly outcome: number[]
  readonly weight: number[] | null
  readonly expected: {
    readonly rocAuc: number
    readonly averagePrecision: number
    readonly logLoss: number
    readonly brierScore: number
    readonly calibrationError10: number
    readonly calibrationError5: number
    readonly calibrationLine: Record<'slope' | 'intercept' | 'interceptAtSlopeOne', number>
    readonly confusion: { readonly threshold: number } & Record<string, number>
    readonly lift: Record<string, number> | null
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
    expectNear(averagePrecision(p, y, options), expected.averagePrecision, 'averagePrecision')
    expectNear(logLoss(p, y, options), expected.logLoss, 'logLoss')
    expectNear(brierScore(p, y, options), expected.brierScore, 'brierScore')
  })

  test('calibration', () => {
    expectNear(calibrationError(p, y, options), expected.calibrationError10, 'ECE10')
    expectNear(calibrationError(p, y, { ...options, bins: 5 }), expected.calibrationError5, 'ECE5')
    const line = calibrationLine(p, y, options)
    for (const [name, value] of Object.entries(expected.calibrationLine)) {
      expectNear(line[name as keyof typeof line], value, name)
    }
  })

  test('confusion', () => {
    const confusion = confusionAt(p, y, expected.confusion.threshold, options)
    for (const [name, value] of Object.entries(expected.confusion)) {
      expectNear(confusion[name as keyof typeof confusion], value, name)
    }
  })
})

// The program repeats rows by their weight, so it has no lift for fractional weights.
test.each(golden.cases.filter(({ expected }) => expected.lift !== null))(
  'lift is that of exact fractions to 1e-10: $name',
  ({ probability, outcome, weight, expected }) => {
    const options = weight === null ? {} : { weight }
    for (const [share, value] of Object.entries(expected.lift!)) {
      expectNear(liftAt(probability, outcome, Number(share), options), value, `lift at ${share}`)
    }
  },
)

test('the cases hold ties, weights and extreme imbalance', () => {
  expect(golden.cases.map(({ name }) => name)).toEqual([
    '200 rows, calibrated',
    'ties: 11 distinct probabilities, most on bin ends',
    'whole weights, some 0',
    'fractional weights and ties',
    'extreme imbalance: 3 churners of 2000',
    'extreme imbalance: 2 of 400 stayed',
    'overconfident',
    'worse than chance',
  ])
})
