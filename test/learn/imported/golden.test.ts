import { describe, expect, it } from 'vitest'
import { takeRows } from '../../../src/base/matrix.js'
import { ImportedModel } from '../../../src/learn/imported/model.js'
import { decodeModel, encodeModel } from '../../../src/learn/store.js'
import { largestDifference } from '../sample.js'
import { goldenCases, goldenRows, importedGolden } from './goldenCases.js'

const files = goldenCases.flatMap((golden) => golden.files.map((file) => ({ file, golden })))

describe.each(files)('$file', ({ file, golden }) => {
  const model = importedGolden(golden, file)
  const rows = goldenRows(golden)
  // LightGBM sums in double precision; what differs is the order. XGBoost sums leaves, and the terms of its
  // contributions, in single precision: about 7 digits of numbers below 3.
  const [sums, shares] = golden.library === 'lightgbm' ? [1e-14, 1e-14] : [1e-6, 2e-6]

  it('gives the margins and probabilities of its library', () => {
    expect(largestDifference(model.margin(rows), Float64Array.from(golden.margin))).toBeLessThan(sums)
    expect(largestDifference(model.probability(rows), Float64Array.from(golden.probability))).toBeLessThan(
      sums,
    )
  })

  it('scores many rows at once, and one by one, as a few', () => {
    const many = takeRows(
      rows,
      Int32Array.from({ length: 40 * rows.rowCount }, (_, row) => row % rows.rowCount),
    )
    const [few, all] = [model.margin(rows), model.margin(many)]
    expect(all.every((margin, row) => margin === few[row % rows.rowCount])).toBe(true)
    const one = few.map((_, row) => model.margin(takeRows(rows, [row]))[0]!)
    expect(one).toEqual(few)
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

describe.each(files.filter(({ golden }) => golden.library === 'xgboost'))('$file', ({ file, golden }) => {
  it('comes to the same leaves: summed in single precision they are the margins of XGBoost, bit for bit', () => {
    const model = importedGolden(golden, file)
    const rows = goldenRows(golden)
    const margin = new Float32Array(rows.rowCount).fill(model.baseMargin)
    model.ensemble.roots.forEach((_, tree) => {
      const leaves = withTreeOnly(model, tree).margin(rows)
      leaves.forEach((leaf, row) => {
        margin[row]! += leaf
      })
    })
    expect(Float64Array.from(margin)).toEqual(Float64Array.from(golden.margin))
  })
})

function withTreeOnly(model: ImportedModel, tree: number): ImportedModel {
  const { roots, leftCategories, ...perNode } = model.ensemble
  const [start, end] = [roots[tree]!, roots[tree + 1]]
  const nodes = {
    feature: perNode.feature.slice(start, end),
    right: perNode.right.slice(start, end).map((right) => Math.max(0, right - start)),
    threshold: perNode.threshold.slice(start, end),
    missingLeft: perNode.missingLeft.slice(start, end),
    categoryStart: perNode.categoryStart.slice(start, end),
    value: perNode.value.slice(start, end),
    cover: perNode.cover.slice(start, end),
    gain: perNode.gain.slice(start, end),
  }
  const ensemble = { roots: Int32Array.of(0), leftCategories, ...nodes }
  return new ImportedModel(model.learner, model.features, model.baseRate, 0, ensemble, model.reading)
}
