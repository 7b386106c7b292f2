import { expect, test } from 'vitest'
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
