import { describe, expect, it } from 'vitest'
import { decodeModel, encodeModel } from '../../../src/learn/store.js'
import { largestDifference } from '../sample.js'
import { goldenCases, goldenRows, importedGolden } from './goldenCases.js'

const files = goldenCases.flatMap((golden) => golden.files.map((file) => ({ file, golden })))

describe.each(files)('$file', ({ file, golden }) => {
  const model = importedGolden(golden, file)
  const rows = goldenRows(golden)
  // LightGBM sums in double precision. XGBoost sums leaves, and the terms of its contributions, in single precision:
  // about 7 digits of numbers below 3.
  const [sums, shares] = golden.library === 'lightgbm' ? [1e-12, 1e-11] : [1e-6, 2e-6]

  it('gives the margins and probabilities of its library', () => {
    expect(largestDifference(model.margin(rows), Float64Array.from(golden.margin))).toBeLessThan(sums)
    expect(largestDifference(model.probability(rows), Float64Array.from(golden.probability))).toBeLessThan(
      sums,
    )
  })

  it('gives the contributions of its library, 0 for features that no tree asks', () => {
    const { base, values } = model.contributions(rows)
    expect(Math.abs(base - golden.base)).toBeLessThan(shares)
    for (const [name, expected] of Object.entries(golden.contributions)) {
      const feature = model.features.findIndex((spec) => spec.name === name)
      const own = feature < 0 ? new Float64Array(expected.length) : values[feature]!
      expect(largestDifference(own, Float64Array.from(expected)), name).toBeLessThan(shares)
    }
  })

  it('is the same after saving and loading', () => {
    const bytes = encodeModel(model)
    const loaded = decodeModel(bytes).model
    expect(loaded.learner).toBe(golden.library)
    expect(loaded.margin(rows)).toEqual(model.margin(rows))
    expect(loaded.contributions(rows)).toEqual(model.contributions(rows))
    expect(encodeModel(loaded)).toEqual(bytes)
  })
})
