import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { logit, sigmoid } from '../../src/base/statistics.js'
import type { Contributions } from '../../src/learn/contract.js'
import {
  contributionsInScale,
  rescaledContributions,
  type ScoreCurve,
} from '../../src/learn/rescaledContributions.js'

const logOdds = fc.double({ min: -6, max: 6, noNaN: true })
const rows = fc
  .tuple(logOdds, fc.array(fc.array(logOdds, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 5 }))
  .map(
    ([base, features]): Contributions => ({
      scale: 'log-odds',
      base,
      values: features.map((own) => Float64Array.from(own)),
    }),
  )

const square: ScoreCurve = { scale: 'log-odds', value: (s) => s * s, slope: (s) => 2 * s }
const line: ScoreCurve = { scale: 'log-odds', value: (s) => 3 + 2 * s, slope: () => 2 }

const sumAt = ({ base, values }: Contributions, row: number): number =>
  values.reduce((sum, own) => sum + own[row]!, base)

describe('rescaledContributions', () => {
  it('add up to the curve at the score', () => {
    fc.assert(
      fc.property(rows, fc.constantFrom(square, line), (given, curve) => {
        const rescaled = rescaledContributions(given, curve)
        for (let row = 0; row < 3; row++) {
          const expected = curve.value(sumAt(given, row))
          // relative to the largest of what is added: terms of opposite signs round on the way
          const size = Math.max(1, Math.abs(expected), ...rescaled.values.map((own) => Math.abs(own[row]!)))
          expect(Math.abs(sumAt(rescaled, row) - expected) / size).toBeLessThan(1e-12)
        }
      }),
    )
  })

  it('are those of a line times its slope', () => {
    const given: Contributions = {
      scale: 'log-odds',
      base: 1,
      values: [Float64Array.of(2, -1), Float64Array.of(-0.5, 1)],
    }
    // row 0: s = 2.5, 3 + 2 · 2.5 = 8 = 5 + 4 − 1; row 1: s = base
    expect(rescaledContributions(given, line)).toEqual({
      scale: 'log-odds',
      base: 5,
      values: [Float64Array.of(4, -2), Float64Array.of(-1, 2)],
    })
  })

  it('take the slope at the base where the features cancel out, exactly or but for rounding', () => {
    // 0.1 + 0.2 − 0.3 is 5.6e-17 and not 0; the square has slope 2 at 1
    const values = [Float64Array.of(0.1), Float64Array.of(0.2), Float64Array.of(-0.3)]
    const rescaled = rescaledContributions({ scale: 'log-odds', base: 1, values }, square)
    expect(rescaled.values.map((own) => own[0])).toEqual([0.2, 0.4, -0.6])
  })

  it('are the mean of the slope on the straight way, times the contribution', () => {
    const given: Contributions = {
      scale: 'log-odds',
      base: -1,
      values: [Float64Array.of(2), Float64Array.of(1)],
    }
    const steps = 100_000
    let mean = 0
    for (let step = 0; step < steps; step++) mean += (2 * (-1 + (3 * (step + 0.5)) / steps)) / steps
    const { values } = rescaledContributions(given, square)
    expect(values[0]![0]).toBeCloseTo(2 * mean, 9)
    expect(values[1]![0]).toBeCloseTo(mean, 9)
  })

  it('leave what they were given as it was, and know models without features', () => {
    const values = [Float64Array.of(1, 2)]
    rescaledContributions(
      Object.freeze({ scale: 'log-odds', base: 0, values: Object.freeze(values) }),
      square,
    )
    expect(values[0]).toEqual(Float64Array.of(1, 2))
    expect(rescaledContributions({ scale: 'log-odds', base: 3, values: [] }, square)).toMatchObject({
      base: 9,
      values: [],
    })
  })
})

describe('contributionsInScale', () => {
  it('gives contributions to the probability that add up, and back again the log odds', () => {
    fc.assert(
      fc.property(rows, (given) => {
        const probability = contributionsInScale(given, 'probability')
        const back = contributionsInScale(probability, 'log-odds')
        for (let row = 0; row < 3; row++) {
          const expected = sigmoid(sumAt(given, row))
          expect(Math.abs(sumAt(probability, row) - expected)).toBeLessThan(1e-12)
          // a probability within rounding of 1 has no digits of its log odds left: 6 · 6 log odds at most, so kept apart
          if (expected > 1e-6 && expected < 1 - 1e-6) {
            expect(Math.abs(sumAt(back, row) - logit(expected))).toBeLessThan(1e-7)
          }
        }
      }),
    )
  })

  it('changes nothing where they are in that scale', () => {
    const given: Contributions = { scale: 'probability', base: 0.5, values: [] }
    expect(contributionsInScale(given, 'probability')).toBe(given)
  })

  it('stays finite where a mean of probabilities is 0 or 1', () => {
    const values = [Float64Array.of(-0.5, 0.5, 0.6)]
    const { base, values: own } = contributionsInScale(
      { scale: 'probability', base: 0.5, values },
      'log-odds',
    )
    expect(base).toBe(0)
    expect(own[0]![0]).toBeCloseTo(logit(1e-15), 9)
    expect(own[0]!.every(Number.isFinite)).toBe(true)
  })
})
