import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { numberColumn, takeRows, textColumn } from '../../../src/base/matrix.js'
import { seededRandom, shuffledIndices } from '../../../src/base/random.js'
import { trainPrior } from '../../../src/learn/baseline/train.js'
import { trainBoosting } from '../../../src/learn/boosting/train.js'
import {
  accumulatedLocalEffects,
  type FeatureEffect,
} from '../../../src/learn/explain/accumulatedLocalEffects.js'
import { trainLogistic } from '../../../src/learn/logistic/train.js'
import { sampleData } from '../sample.js'
import { formulaModel, type ValueOf } from './formulaModel.js'

const number = (name: string) => ({ kind: 'number', name }) as const
const matrixOf = (columns: Readonly<Record<string, readonly (number | null)[]>>) => ({
  rowCount: Object.values(columns)[0]!.length,
  columns: Object.entries(columns).map(([name, values]) => numberColumn(name, values)),
})

/** The mean of the effects over the customers: of a number the middle of each bin counts. */
function meanEffect({ kind, effect, customers }: FeatureEffect): number {
  const total = customers.reduce((sum, each) => sum + each, 0)
  const at = (index: number): number =>
    kind === 'text' ? effect[index]! : (effect[index]! + effect[index + 1]!) / 2
  return customers.reduce((sum, each, index) => sum + each * at(index), 0) / total
}

describe('accumulatedLocalEffects of numbers', () => {
  it('is a straight line with the coefficient where log odds are linear', () => {
    const model = formulaModel(
      [number('a'), number('b')],
      (of) => 0.7 * Number(of('a')) - 2 * Number(of('b')),
    )
    const random = seededRandom(4)
    const a = Array.from({ length: 500 }, () => random.normal())
    const features = matrixOf({ a, b: a.map((value) => value + random.normal()) })
    const { at, effect } = accumulatedLocalEffects(model, features, 'a', { scale: 'log-odds' })
    expect(at).toHaveLength(21)
    for (let bin = 1; bin < at.length; bin++) {
      const run = Number(at[bin]) - Number(at[bin - 1])
      expect((effect[bin]! - effect[bin - 1]!) / run).toBeCloseTo(0.7, 9)
    }
  })

  it('is exactly 0 of a feature that the model ignores', () => {
    const model = formulaModel([number('a'), number('b')], (of) => Number(of('a')))
    const { effect } = accumulatedLocalEffects(model, matrixOf({ a: [1, 5, 2], b: [3, 1, 2] }), 'b')
    expect(effect).toEqual([0, 0, 0])
  })

  // f = a·b where b = a. Bins (−2, −1] with −2, then one row each: d = mean b = −1.5, 0, 1, 2; g = 0 −1.5 −1.5 −.5 1.5;
  // centre = (2·(−.75) − 1.5 − 1 + .5) / 5 = −.7. The partial dependence is a · mean(b) = 0 everywhere.
  it('follows the other feature where both go together, and the partial dependence does not', () => {
    const model = formulaModel([number('a'), number('b')], (of) => Number(of('a')) * Number(of('b')))
    const values = [-2, -1, 0, 1, 2]
    const given = accumulatedLocalEffects(model, matrixOf({ a: values, b: values }), 'a', {
      bins: 5,
      scale: 'log-odds',
    })
    expect(given.at).toEqual(values)
    expect(given.customers).toEqual([2, 1, 1, 1])
    expect(given.effect.map((value) => Math.round(value * 1e12) / 1e12)).toEqual([0.7, -0.8, -0.8, 0.2, 2.2])
  })

  // Customers with a = b = 0 … 9. Where a and b differ by more than 3 nobody is, and the model says 100 there.
  it('never asks about customers who do not exist, as the partial dependence does', () => {
    const formula = (of: ValueOf): number =>
      Number(of('a')) / 10 + (Math.abs(Number(of('a')) - Number(of('b'))) > 3 ? 100 : 0)
    const values = Array.from({ length: 10 }, (_, value) => value)
    const model = formulaModel([number('a'), number('b')], formula)
    const { effect } = accumulatedLocalEffects(model, matrixOf({ a: values, b: values }), 'a', {
      bins: 10,
      scale: 'log-odds',
    })
    expect(effect[5]! - effect[0]!).toBeCloseTo(0.5, 12)
    const dependence = (a: number): number =>
      values.reduce((sum, b) => sum + formula((name) => (name === 'a' ? a : b)), 0) / 10
    // At 0: b = 4 … 9 are six of ten, 60. At 5: b = 0, 1, 9 are three, 30, and 5/10.
    expect(dependence(5) - dependence(0)).toBeCloseTo(30.5 - 60, 12)
  })

  it('has one edge and no bin where all customers have one value, and none where nobody has one', () => {
    const model = formulaModel([number('a')], (of) => Number(of('a')))
    expect(accumulatedLocalEffects(model, matrixOf({ a: [3, 3] }), 'a')).toMatchObject({
      at: [3],
      effect: [0],
      customers: [],
      missing: null,
    })
    expect(accumulatedLocalEffects(model, matrixOf({ a: [null, null] }), 'a')).toMatchObject({
      at: [],
      effect: [],
      customers: [],
      missing: { effect: 0, customers: 2 },
    })
  })

  // Additive: f(missing) = 5, f(a) = a. Edges 0 1 4, bins [0, 1] with 2 rows and (1, 4] with 1.
  // Centre of f = (2 · .5 + 1 · 2.5) / 3 = 7/6.
  it('says what a missing value does, against the mean of the others', () => {
    const model = formulaModel([number('a')], (of) => (of('a') === null ? 5 : Number(of('a'))))
    const features = matrixOf({ a: [0, 1, 4, null, null] })
    const { effect, missing } = accumulatedLocalEffects(model, features, 'a', { scale: 'log-odds' })
    expect(missing!.customers).toBe(2)
    expect(missing!.effect).toBeCloseTo(5 - 7 / 6, 12)
    expect(effect[0]).toBeCloseTo(0 - 7 / 6, 12)
  })
})

describe('accumulatedLocalEffects of texts', () => {
  const specs = [
    { kind: 'text', name: 'plan', categories: ['gold', 'silver'] },
    { kind: 'number', name: 'a' },
  ] as const
  const model = formulaModel(specs, (of) => (of('plan') === 'gold' ? 2 : of('plan') === null ? 1 : -1))

  // gold 2, silver −1, two of each: centre .5. White space is no part of a category; a blank text is missing.
  it('is the difference of the categories, the lowest prediction first', () => {
    const plans = ['gold', ' gold ', 'silver', 'silver', ' ']
    const features = { rowCount: 5, columns: [textColumn('plan', plans), numberColumn('a', [1, 2, 3, 4, 5])] }
    expect(accumulatedLocalEffects(model, features, 'plan', { scale: 'log-odds' })).toEqual({
      feature: 'plan',
      kind: 'text',
      scale: 'log-odds',
      at: ['silver', 'gold'],
      effect: [-1.5, 1.5],
      customers: [2, 2],
      missing: { effect: 0.5, customers: 1 },
    })
  })

  it('is 0 of the only category, and empty where all are blank', () => {
    const features = {
      rowCount: 2,
      columns: [textColumn('plan', ['gold', 'gold']), numberColumn('a', [1, 2])],
    }
    expect(accumulatedLocalEffects(model, features, 'plan')).toMatchObject({ at: ['gold'], effect: [0] })
    const blank = { ...features, columns: [textColumn('plan', ['', null]), numberColumn('a', [1, 2])] }
    expect(accumulatedLocalEffects(model, blank, 'plan')).toMatchObject({ at: [], customers: [] })
  })
})

interface GoldenCase {
  readonly feature: string
  readonly scale: 'probability' | 'log-odds'
  readonly bins: number
  readonly at: (number | string)[]
  readonly effect: number[]
  readonly customers: number[]
}

// Made by test/golden/learn/explain/effects.py.
const golden = JSON.parse(
  readFileSync(new URL('../../golden/learn/explain/effects.json', import.meta.url), 'utf8'),
) as { tenure: number[]; calls: number[]; plan: string[]; cases: GoldenCase[] }

describe('PyALE agrees to 1e-10', () => {
  const adds: Record<string, number> = { small: 0, medium: 0.4, large: -0.7, staff: -1.5 }
  const specs = [
    number('tenure'),
    number('calls'),
    { kind: 'text', name: 'plan', categories: Object.keys(adds) },
  ] as const
  const model = formulaModel(specs, (of) => {
    const [tenure, calls, plan] = [Number(of('tenure')), Number(of('calls')), adds[String(of('plan'))]!]
    return (
      0.5 - tenure / 20 + 0.3 * calls + plan + 0.02 * calls * tenure * plan - 0.2 * Math.max(calls - 3, 0)
    )
  })
  const columns = [numberColumn('tenure', golden.tenure), numberColumn('calls', golden.calls)]
  const features = { rowCount: golden.plan.length, columns: [...columns, textColumn('plan', golden.plan)] }

  it.each(golden.cases)('$feature, $scale, $bins bins', ({ feature, scale, bins, ...expected }) => {
    const given = accumulatedLocalEffects(model, features, feature, { bins, scale })
    expect(given.at).toEqual(expected.at)
    expect(given.customers).toEqual(expected.customers)
    given.effect.forEach((value, index) => {
      expect(Math.abs(value - expected.effect[index]!)).toBeLessThan(1e-10)
    })
  })
})

describe('accumulatedLocalEffects of trained models', () => {
  const data = sampleData(600, 3)
  const model = trainBoosting(data, { rounds: 30 })

  it('has mean 0 over the customers, for every feature and scale', () => {
    for (const { name } of model.features) {
      for (const scale of ['probability', 'log-odds'] as const) {
        const given = accumulatedLocalEffects(model, data.features, name, { scale })
        expect(Math.abs(meanEffect(given))).toBeLessThan(1e-12)
        const missing = given.missing?.customers ?? 0
        expect(given.customers.reduce((sum, each) => sum + each, missing)).toBe(600)
      }
    }
  })

  it('falls with tenure and rises with complaints, as leaving does', () => {
    const ends = (feature: string): number => {
      const { effect } = accumulatedLocalEffects(model, data.features, feature)
      return effect.at(-1)! - effect[0]!
    }
    expect(ends('tenureMonths')).toBeLessThan(-0.2)
    expect(ends('complaints')).toBeGreaterThan(0.1)
  })

  it('is what the coefficients of a logistic model say, of categories and missing values too', () => {
    const logistic = trainLogistic(data, { skewed: 'raw', minCategoryRows: 1 })
    for (const own of logistic.effects) {
      const given = accumulatedLocalEffects(logistic, data.features, own.name, { scale: 'log-odds' })
      const added = (value: number | string): number =>
        own.kind === 'number'
          ? (own.coefficient * (Number(value) - own.mean)) / own.deviation
          : own.effects[own.categories.indexOf(String(value))]!.coefficient
      const centre = added(given.at[0]!) - given.effect[0]!
      given.at.forEach((value, index) => {
        expect(added(value) - given.effect[index]!).toBeCloseTo(centre, 9)
      })
      expect(given.missing === null).toBe(own.missing === null)
      if (own.missing !== null) expect(own.missing.coefficient - given.missing!.effect).toBeCloseTo(centre, 9)
    }
    expect(logistic.effects.filter(({ missing }) => missing !== null)).toHaveLength(2)
  })

  it('does not depend on the order of rows; weight 2 is the row twice, weight 0 is the row absent', () => {
    const columns = ['tenureMonths', 'plan']
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(...columns), (seed, feature) => {
        const random = seededRandom(seed)
        const some = takeRows(data.features, shuffledIndices(600, random).subarray(0, 40))
        const weight = Array.from({ length: 40 }, () => random.integer(3))
        weight[0] = 1
        const rows = weight.flatMap((times, row) => Array<number>(times).fill(row))
        const order = Array.from(shuffledIndices(rows.length, random), (index) => rows[index]!)
        const weighted = accumulatedLocalEffects(model, some, feature, { bins: 5, weight })
        const repeated = accumulatedLocalEffects(model, takeRows(some, order), feature, { bins: 5 })
        expect(repeated.at).toEqual(weighted.at)
        expect(repeated.customers).toEqual(weighted.customers)
        const all = (given: FeatureEffect): number[] => [...given.effect, given.missing?.effect ?? 0]
        all(repeated).forEach((value, index) => {
          expect(value).toBeCloseTo(all(weighted)[index]!, 9)
        })
      }),
      { numRuns: 30 },
    )
  })

  it('takes a sample of many rows, the same for the same seed', () => {
    const of = (options: object): FeatureEffect =>
      accumulatedLocalEffects(model, data.features, 'noise', { maxRows: 100, ...options })
    expect(of({}).customers.reduce((sum, each) => sum + each, 0)).toBe(100)
    expect(of({ seed: 3 })).toEqual(of({ seed: 3 }))
    expect(of({ seed: 3 })).not.toEqual(of({}))
  })

  it('refuses a feature that the model does not have, with everything else that is wrong', () => {
    const broken = { ...data.features, columns: data.features.columns.slice(1) }
    const options = { bins: 0, weight: [1] }
    expect(() => accumulatedLocalEffects(model, broken, 'tenureMonth', options)).toThrow('3 problems')
    expect(() => accumulatedLocalEffects(model, broken, 'tenureMonth')).toThrow('Did you mean tenureMonths?')
    expect(() => accumulatedLocalEffects(trainPrior(data), data.features, 'plan')).toThrow('reads no feature')
  })
})
