import { expect, test } from 'vitest'
import { digitsFor, figureText, percentText } from '../../../src/evaluate/figureTexts.js'
import { compareFolds } from '../../../src/evaluate/interval/compareFolds.js'
import { compareModels } from '../../../src/evaluate/interval/compareModels.js'

const good = [0.85, 0.83, 0.86, 0.84, 0.85]
const poor = [0.84, 0.83, 0.84, 0.83, 0.83]

test('which of two is named first changes no sentence of folds', () => {
  const { sentence } = compareFolds(good, poor, { names: ['new', 'old'] })
  expect(sentence).toMatch(/^No difference can be shown: new is better by \.012 over 5 folds/)
  expect(compareFolds(poor, good, { names: ['old', 'new'] }).sentence).toBe(sentence)
  // Where lower is better the same distance is one in favour of the lower ones.
  expect(compareFolds(poor, good, { names: ['new', 'old'], better: 'lower' }).sentence).toBe(sentence)
})

test('which of two is named first changes no sentence of models', () => {
  const churned = Array.from({ length: 400 }, (_, row) => (row % 5 === 0 ? 1 : 0))
  const a = churned.map((outcome, row) => 0.2 + 0.3 * outcome + ((row * 37) % 100) / 200)
  const b = churned.map((outcome, row) => 0.2 + 0.2 * outcome + ((row * 61) % 100) / 200)
  const { sentence } = compareModels(a, b, churned, { names: ['new', 'old'], method: 'delong' })
  expect(sentence).toMatch(/^new is better by \.\d+ \(ROC AUC\), 95 % interval \.0\d+ to \.1\d+: /)
  expect(compareModels(b, a, churned, { names: ['old', 'new'], method: 'delong' }).sentence).toBe(sentence)
  // The Brier score is better where it is lower.
  const byBrier = compareModels(a, a, churned, { names: ['new', 'old'], metric: 'brierScore', resamples: 20 })
  expect(byBrier.sentence).toBe(
    'No difference: new and old have the same Brier score in every sample of these customers.',
  )
})

test('figures have the digits that their uncertainty bears', () => {
  expect([0.0083, 0.01, 0.83, 8.3, 83, 830].map(digitsFor)).toEqual([4, 3, 2, 1, 0, 0])
  expect([1e-12, 0, Number.NaN].map(digitsFor)).toEqual([8, 4, 4])
  expect([figureText(0.0123, 4), figureText(-0.004, 4), figureText(1.25, 2)]).toEqual([
    '.0123',
    '−.0040',
    '1.25',
  ])
  expect([figureText(-0.00001, 3), figureText(-12, 1)]).toEqual(['.000', '−12.0'])
  expect([percentText(0.95), percentText(0.999), percentText(2 / 3)]).toEqual(['95 %', '99.9 %', '66.67 %'])
})

// √(1/5 + (1/5)/(4/5)) = .6708 of the standard deviation of the five differences, .0100; Student's t of 4 degrees at
// .975 is 2.7764.
test('folds: the standard error counts the training rows that folds share', () => {
  const { difference, standardError, shareABetter, folds } = compareFolds(
    [0.85, 0.83, 0.86, 0.84, 0.82],
    [0.84, 0.83, 0.84, 0.84, 0.83],
  )
  const deviation = Math.sqrt((0.006 ** 2 + 2 * 0.004 ** 2 + 0.016 ** 2 + 0.014 ** 2) / 4)
  expect(folds).toBe(5)
  expect(difference.value).toBeCloseTo(0.004, 12)
  expect(standardError).toBeCloseTo(deviation * Math.sqrt(1 / 5 + 1 / 4), 12)
  expect(difference.upper - difference.value).toBeCloseTo(2.776445 * standardError, 6)
  // Two folds up, two equal, one down.
  expect(shareABetter).toBeCloseTo((2 + 1) / 5, 12)
})

test('folds that do not differ are the same, those that always differ by the same tell nothing of others', () => {
  const same = compareFolds([0.8, 0.7], [0.8, 0.7])
  expect(same).toMatchObject({ pValue: 1, shareABetter: 0.5, standardError: 0 })
  expect(same.sentence).toBe('A and B have the same value in each of 2 folds.')
  const sure = compareFolds([2, 3], [1, 2])
  // Two folds speak for the same side in half of the cases.
  expect(sure.pValue).toBe(0.5)
  expect(sure.sentence).toBe(
    'No difference can be shown: A is better by 1.0000 in each of 2 folds, which do not tell how much other rows would differ.',
  )
  // Student's t of one degree: 2 · (1/2 − atan(.5 / .5) / π), the difference being one standard error away from 0.
  const unsure = compareFolds([1, 0], [0, 0], { testShare: 1 / 3 })
  expect(unsure.standardError).toBeCloseTo(Math.SQRT1_2, 12)
  expect(unsure.pValue).toBeCloseTo(1 - (2 / Math.PI) * Math.atan(Math.SQRT1_2), 9)
})
