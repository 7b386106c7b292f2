import { describe, expect, test } from 'vitest'
import { calibrationError } from '../../src/evaluate/calibration/calibrationTable.js'
import { brierScore, logLoss } from '../../src/evaluate/calibration/probabilityScores.js'
import { contactSavingsLine, contactsForSameCatch } from '../../src/evaluate/ranking/contactsForSameCatch.js'
import { liftAt } from '../../src/evaluate/ranking/topOfList.js'

describe('top-share lift: printed fixtures', () => {
  test('two tie groups of five give lift 1 at 20 %', () => {
    // top 2 of the tied 5 hold 2 · 1/5 = 0.4 churners: (0.4 / 2) / (2 / 10) = 1
    const p = [0.5, 0.5, 0.5, 0.5, 0.5, 0.2, 0.2, 0.2, 0.2, 0.2]
    expect(liftAt(p, [1, 0, 0, 0, 0, 1, 0, 0, 0, 0], 0.2)).toBeCloseTo(1, 14)
  })

  test('half of a tie group that holds two of four churners gives lift 2.5 at 10 %', () => {
    // top 10 of 20 tied rows with 2 churners: (1 / 10) / (4 / 100) = 2.5
    const p = Array.from({ length: 100 }, (_, row) => (row < 20 ? 0.9 : (row - 20) / 100))
    const churners = [0, 1, 30, 50]
    const y = p.map((_, row) => (churners.includes(row) ? 1 : 0))
    expect(liftAt(p, y, 0.1)).toBeCloseTo(2.5, 14)
  })
})

describe('calibration: printed fixture of ten rows', () => {
  const p = [0.05, 0.15, 0.15, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95]
  const y = [0, 0, 1, 0, 0, 1, 1, 1, 1, 1]

  test('ECE is .28 with 10 bins and .18 with 5', () => {
    expect(calibrationError(p, y)).toBeCloseTo(0.28, 14)
    expect(calibrationError(p, y, { bins: 5 })).toBeCloseTo(0.18, 14)
  })

  test('Brier score is .1485 and log loss .46696663388', () => {
    expect(brierScore(p, y)).toBeCloseTo(0.1485, 14)
    expect(logLoss(p, y)).toBeCloseTo(0.46696663388, 11)
  })
})

test('contact list: 1,455 contacts without a model, 712 with it', () => {
  // 23,735 customers, 190 leavers: 1,455 random contacts reach 1455 · 190 / 23735 = 11.65 of them. A model that puts
  // all leavers into its first 11,614 customers, no further order, reaches them with 11.65 · 11614 / 190 = 711.95.
  const customers = 23_735
  const p = Array.from({ length: customers }, (_, row) => (row < 11_614 ? 0.02 : 0.001))
  const y = p.map((_, row) => (row < 190 ? 1 : 0))
  const savings = contactsForSameCatch(p, y, { contactsWithoutModel: 1455 })
  expect(savings).toMatchObject({ withoutModel: 1455, withModel: 712 })
  expect(contactSavingsLine(savings)).toBe(
    '1,455 contacts without a model, 712 with it, for the same 11.6 churners: 51 % fewer',
  )
})
