import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HoldfastError } from '../../src/base/errors.js'
import { bandOf, riskBands, riskBandsSchema } from '../../src/score/bands.js'

describe('riskBands', () => {
  it('cuts at three times and at once the usual odds', () => {
    // base rate 0.1: odds 1/9; three times: 3/9, probability (3/9) / (12/9) = 0.25
    expect(riskBands(0.1)).toEqual([
      { name: 'high', from: 0.25 },
      { name: 'middle', from: 0.1 },
      { name: 'low', from: 0 },
    ])
  })

  it('stays below 1 and falls from band to band whatever the base rate', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }), (baseRate) => {
        expect(riskBandsSchema.safeParse(riskBands(baseRate)).success).toBe(true)
      }),
    )
  })

  it('refuses a high cut at or below the middle one', () => {
    expect(() => riskBands(0.1, { high: 1, middle: 2 })).toThrow(
      'riskBands: expected high to be above middle, got 1 (number).',
    )
    expect(() => riskBands(0.1, { high: 2, middle: 2 })).toThrow('high to be above middle')
    expect(() => riskBands(0.1, { high: 0 })).toThrow(HoldfastError)
    expect(() => riskBands(0.1, { middle: 0 })).toThrow(HoldfastError)
    // Half the odds of 1/9 are a probability of 1/19, nine tenths of them 1/11: to twelve digits.
    expect(riskBands(0.1, { high: 0.9, middle: 0.5 }).map(({ from }) => from)).toEqual([
      0.0909090909091, 0.0526315789474, 0,
    ])
  })
})

describe('a base rate that is none', () => {
  it.each([1.5, 1, 0, -0.1, Number.NaN, '0.2', undefined])('%s is refused', (baseRate) => {
    expect(() => riskBands(baseRate as number)).toThrow(
      /^riskBands: expected baseRate to be a share of churners, above 0 and below 1, got /,
    )
  })

  it('as a percentage is refused with the share', () => {
    expect(() => riskBands(26.5)).toThrow('got 26.5 (number). Did you mean 0.265?')
    expect(() => riskBands(1)).toThrow('Did you mean 0.01?')
    expect(() => riskBands(100)).not.toThrow('Did you mean')
  })
})

describe('bandOf', () => {
  it.each([Number.NaN, -0.001, 1.001, Number.POSITIVE_INFINITY, null, '0.5'])('refuses %s', (probability) => {
    expect(() => bandOf(probability as number, riskBands(0.1))).toThrow(
      /^bandOf: expected probability to be a probability, in \[0, 1\], got /,
    )
  })

  it('refuses bands that do not go down to 0, and none at all', () => {
    expect(() => bandOf(0.5, [{ name: 'high', from: 0.4 }])).toThrow(
      /^bandOf: expected bands to end with a band from 0/,
    )
    for (const bands of [
      [
        { name: 'high', from: 1 },
        { name: 'low', from: 0 },
      ],
      [{ name: 'high', from: -0.1 }],
      [{ name: '', from: 0 }],
      [
        { name: 'high', from: 0 },
        { name: 'low', from: 0 },
      ],
      [
        { name: 'low', from: 0 },
        { name: 'high', from: 0.4 },
        { name: 'lower', from: 0 },
      ],
    ])
      expect(() => bandOf(0.5, bands)).toThrow(/^bandOf: /)
    expect(bandOf(0, [{ name: 'A', from: 0 }])).toBe('A')
    for (const bands of [[], undefined, null]) {
      expect(() => bandOf(0.5, bands as never)).toThrow(HoldfastError)
    }
  })

  it('gives a probability on the bound to the band above it', () => {
    const bands = riskBands(0.1)
    expect(['low', 'middle', 'middle', 'high', 'high']).toEqual(
      [0.0999, 0.1, 0.2499, 0.25, 1].map((probability) => bandOf(probability, bands)),
    )
  })
})
