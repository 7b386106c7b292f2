import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type FeatureMatrix, numberColumn, textColumn } from '../../../src/base/matrix.js'
import type { TrainingData } from '../../../src/learn/contract.js'
import type { FeatureEffects, LogisticModel } from '../../../src/learn/logistic/model.js'
import { trainLogistic } from '../../../src/learn/logistic/train.js'
import { largestDifference, sampleData } from '../sample.js'

interface Golden {
  readonly tenure: number[]
  readonly fee: (number | null)[]
  readonly plan: (string | null)[]
  readonly region: string[]
  readonly outcome: number[]
  readonly weight: number[]
  readonly cases: {
    readonly inverseRegularization: number
    readonly minCategoryRows: number
    readonly weighted: boolean
    readonly intercept: number
    readonly coefficients: Record<string, number>
    readonly probability: number[]
  }[]
  readonly chosen: {
    readonly grid: number[]
    readonly logLoss: number[]
    readonly inverseRegularization: number
    readonly intercept: number
    readonly coefficients: Record<string, number>
  }
}

const golden: Golden = JSON.parse(
  readFileSync(new URL('../../golden/learn/logistic.json', import.meta.url), 'utf8'),
)
const goldenFeatures: FeatureMatrix = {
  rowCount: golden.outcome.length,
  columns: [
    numberColumn('tenure', golden.tenure),
    numberColumn('fee', golden.fee),
    textColumn('plan', golden.plan),
    textColumn('region', golden.region),
  ],
}

describe('trainLogistic', () => {
  it.each(golden.cases)(
    'equals scikit-learn: C $inverseRegularization, rare below $minCategoryRows, weighted $weighted',
    (expected) => {
      const data: TrainingData = {
        features: goldenFeatures,
        outcome: Uint8Array.from(golden.outcome),
        ...(expected.weighted ? { weight: Float64Array.from(golden.weight) } : {}),
      }
      const { inverseRegularization, minCategoryRows } = expected
      const model = trainLogistic(data, {
        inverseRegularization,
        minCategoryRows,
        skewed: 'raw',
        gradientTolerance: 1e-12,
      })
      const coefficients = coefficientsOf(model)
      expect(Object.keys(coefficients)).toEqual(Object.keys(expected.coefficients))
      // Both solvers stop at a slope of 1e-12 and less; with C = 1000 the optimum is flat, hence 1e-6.
      for (const [name, value] of Object.entries(expected.coefficients)) {
        expect(Math.abs(coefficients[name]! - value), name).toBeLessThan(1e-6)
      }
      expect(Math.abs(model.intercept - expected.intercept)).toBeLessThan(1e-6)
      const probability = Float64Array.from(expected.probability)
      expect(largestDifference(model.probability(goldenFeatures), probability)).toBeLessThan(1e-7)
    },
  )

  it('gives a constant column coefficient 0, also one whose mean is not exact in floating point', () => {
    const data = oneColumn(new Array(30).fill(0.1), (row) => row % 3 === 0)
    const model = trainLogistic(data)
    expect(model.effects[0]).toMatchObject({ mean: 0.1, deviation: 1, coefficient: 0 })
    expect(model.probability(data.features)[0]).toBeCloseTo(1 / 3, 9)
  })

  it('stays finite where one column separates the classes', () => {
    const data = oneColumn(
      Array.from({ length: 40 }, (_, row) => row),
      (row) => row >= 20,
    )
    for (const inverseRegularization of [1, 1e6]) {
      const margin = trainLogistic(data, { inverseRegularization }).margin(data.features)
      expect(margin.every(Number.isFinite)).toBe(true)
      expect(margin[0]).toBeLessThan(-2)
      expect(margin[39]).toBeGreaterThan(2)
    }
  })

  it('reads huge values as it reads them divided by a power of two', () => {
    const values = Array.from({ length: 40 }, (_, row) => ((row * 7) % 40) - 20)
    const churned = (row: number): boolean => (row * 7) % 40 > 15 + (row % 9)
    const small = oneColumn(values, churned)
    const huge = oneColumn(
      values.map((value) => value * 2 ** 1018),
      churned,
    )
    const expected = trainLogistic(small).probability(small.features)
    expect(largestDifference(trainLogistic(huge).probability(huge.features), expected)).toBeLessThan(1e-12)
  })

  it('reads a column of which nothing is known as nothing', () => {
    const { features, outcome } = oneColumn(
      Array.from({ length: 40 }, (_, row) => row % 7),
      (row) => row % 4 === 0,
    )
    const columns = [...features.columns, numberColumn('unknown', new Array(40).fill(null))]
    const model = trainLogistic({ features: { rowCount: 40, columns }, outcome })
    const expected = trainLogistic({ features, outcome }).probability(features)
    expect(largestDifference(model.probability({ rowCount: 40, columns }), expected)).toBeLessThan(1e-6)
  })

  it('refuses with the way out where the steps do not suffice', () => {
    expect(() => trainLogistic(sampleData(200, 1), { maxIterations: 1 })).toThrow(
      /after 1 steps.*Raise maxIterations, or lower inverseRegularization/,
    )
  })

  it('reads an unseen category as rare, and where training had no rare one, as none', () => {
    const texts = ['a', 'b', 'c'].flatMap((text) => new Array<string>(text === 'c' ? 3 : 20).fill(text))
    const outcome = Uint8Array.from(texts, (text, row) => (text === 'c' || row % 5 === 0 ? 1 : 0))
    const data = { features: { rowCount: 43, columns: [textColumn('plan', texts)] }, outcome }
    const asked = { rowCount: 2, columns: [textColumn('plan', ['c', 'new'])] }
    const [rare, unseen] = trainLogistic(data, { minCategoryRows: 10 }).margin(asked)
    expect(unseen).toBe(rare)
    const allKept = trainLogistic(data, { minCategoryRows: 0 })
    expect(allKept.margin(asked)[1]).toBe(allKept.intercept)
  })

  it('reads a number that is missing for the first time as the mean', () => {
    const data = oneColumn([1, 2, 3, 4, 5, 9], (row) => row > 2)
    const [missing, mean] = trainLogistic(data).margin({
      rowCount: 2,
      columns: [numberColumn('value', [null, 4])],
    })
    expect(missing).toBe(mean)
  })
})

function oneColumn(values: readonly number[], churned: (row: number) => boolean): TrainingData {
  return {
    features: { rowCount: values.length, columns: [numberColumn('value', values)] },
    outcome: Uint8Array.from(values, (_, row) => (churned(row) ? 1 : 0)),
  }
}

/** Coefficients by the names of the program that made the golden file. */
function coefficientsOf(model: LogisticModel): Record<string, number> {
  return Object.fromEntries(model.effects.flatMap(namedCoefficients))
}

function namedCoefficients(feature: FeatureEffects): [string, number][] {
  const { name, missing } = feature
  const own: [string, number][] =
    feature.kind === 'number'
      ? [[name, feature.coefficient]]
      : feature.categories.map((text, index) => [`${name} ${text}`, feature.effects[index]!.coefficient])
  if (feature.kind === 'text' && feature.rare !== null) own.push([`${name} rare`, feature.rare.coefficient])
  if (missing !== null) own.push([`${name} missing`, missing.coefficient])
  return own
}
