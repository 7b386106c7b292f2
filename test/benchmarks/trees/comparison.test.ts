import { expect, test } from 'vitest'
import { barsOf } from '../../../benchmarks/trees/bars.js'
import {
  type Comparison,
  measurementsOf,
  ratiosOf,
  spinSpread,
} from '../../../benchmarks/trees/comparison.js'
import { barsText, comparisonText } from '../../../benchmarks/trees/comparisonText.js'

const comparison: Comparison = {
  id: 'training.4k.1thread',
  about: '4000 rows',
  unit: 's',
  series: [
    { name: 'holdfast', rounds: [1, 2, 6], rocAuc: 0.8 },
    { name: 'lightgbm', peer: 'lightgbm', rounds: [4, 4, 4], rocAuc: 0.8005 },
    { name: 'sklearn-hgb', peer: 'scikit-learn', rounds: [2, 8, 8], rocAuc: 0.83 },
  ],
  targets: [
    { than: 'lightgbm', ratio: 0.5 },
    { than: 'sklearn-hgb', ratio: 0.2 },
  ],
  aucTolerance: 0.001,
  spins: [0.05, 0.055, 0.05],
}

test('a ratio is of the same round, and the figure is the median of ratios, not the ratio of medians', () => {
  expect(ratiosOf([1, 2, 6], [2, 8, 8])).toEqual([0.5, 0.25, 0.75])
  const hgb = measurementsOf(comparison).find(({ id }) => id === 'training.4k.1thread.sklearn-hgb')
  // Medians alone: 2 / 8 = .25.
  expect(hgb).toEqual({
    id: 'training.4k.1thread.sklearn-hgb',
    value: 8,
    unit: 's',
    peer: 'scikit-learn',
    ratio: 0.5,
  })
})

test('every figure has its id: time, ends of the ratios, AUC, spin', () => {
  expect(
    measurementsOf(comparison).map(({ id, value }) => [id.replace('training.4k.1thread.', ''), value]),
  ).toEqual([
    ['holdfast', 2],
    ['rocAuc.holdfast', 0.8],
    ['lightgbm', 4],
    ['ratioMin.lightgbm', 0.25],
    ['ratioMax.lightgbm', 1.5],
    ['rocAuc.lightgbm', 0.8005],
    ['sklearn-hgb', 8],
    ['ratioMin.sklearn-hgb', 0.25],
    ['ratioMax.sklearn-hgb', 0.75],
    ['rocAuc.sklearn-hgb', 0.83],
    ['spinSpread', expect.closeTo(1.1)],
  ])
})

test('without holdfast there are times and no ratios', () => {
  const peers = { ...comparison, series: comparison.series.slice(1), spins: [] }
  expect(measurementsOf(peers).every(({ ratio }) => ratio === undefined)).toBe(true)
  expect(barsOf(peers)).toEqual([])
  expect(comparisonText(peers)).toContain('lightgbm')
})

test('a target on times is reached at the limit, AUC within its tolerance', () => {
  expect(barsOf(comparison).map(({ reached }) => reached)).toEqual([true, true, false, false])
  expect(barsOf(comparison)[0]!.text).toBe('training.4k.1thread: ≤ 0.50 × lightgbm: 0.50 (0.25–1.50)')
  expect(barsOf(comparison)[3]!.text).toBe('training.4k.1thread: AUC ≥ sklearn-hgb − 0.001: −0.03000')
})

test('a target on rates is reached from the limit up', () => {
  const rates: Comparison = { ...comparison, unit: 'rows/s', targets: [{ than: 'lightgbm', ratio: 0.5 }] }
  expect(barsOf(rates)[0]).toEqual({
    text: 'training.4k.1thread: ≥ 0.50 × lightgbm: 0.50 (0.25–1.50)',
    reached: true,
  })
})

test('the fastest is the best peer of each round: least time, greatest rate', () => {
  const targets = [{ than: 'fastest', ratio: 0.5 }]
  // Least times 2, 4, 4: ratios .5, .5, 1.5. Greatest rates 4, 8, 8: ratios .25, .25, .75.
  expect(barsOf({ ...comparison, targets })[0]!.text).toContain('0.50 (0.50–1.50)')
  expect(barsOf({ ...comparison, targets, unit: 'rows/s' })[0]!.text).toContain('0.25 (0.25–0.75)')
})

test('a target on a peer that did not take part is no target', () => {
  expect(barsOf({ ...comparison, targets: [{ than: 'ranger', ratio: 0.5 }] })).toEqual([])
  expect(barsText([{ ...comparison, targets: [] }])).toBe('No target was measured.')
})

test('a quiet machine spins equally long', () => {
  expect(spinSpread([0.05, 0.05, 0.05])).toBe(1)
  expect(spinSpread([0.05, 0.1])).toBe(2)
})
