import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HoldfastError } from '../../../src/base/errors.js'
import { numberColumn, takeRows, textColumn } from '../../../src/base/matrix.js'
import { logit, sigmoid } from '../../../src/base/statistics.js'
import { blendModels } from '../../../src/learn/blend/blendModels.js'
import { blendWeights } from '../../../src/learn/blend/blendWeights.js'
import { shiftPrior } from '../../../src/learn/calibrate/shiftPrior.js'
import type { ChurnModel } from '../../../src/learn/contract.js'
import { learners } from '../../../src/learn/learners.js'
import { restorers } from '../../../src/learn/restorers.js'
import { decodeModel, encodeModel } from '../../../src/learn/store.js'
import { createScorer } from '../../../src/score/scorer.js'
import { largestDifference, sampleData } from '../sample.js'

const data = sampleData(300, 1)
const test = sampleData(50, 2).features
const members = {
  logistic: learners.logistic.train(data),
  forest: learners.forest.train(data, { trees: 30, minRowsPerLeaf: 3 }),
  boosting: learners.boosting.train(data, { rounds: 20 }),
}
const parts = [
  { model: members.logistic, weight: 1 },
  { model: members.forest, weight: 2 },
  { model: members.boosting, weight: 1 },
]
const blend = blendModels(parts, { intercept: 0.1, slope: 1.2 })

function problemsOf(run: () => unknown): readonly { readonly code: string; readonly parameter: string }[] {
  try {
    run()
  } catch (error) {
    if (error instanceof HoldfastError) return error.problems
    throw error
  }
  throw new Error('nothing was refused')
}

describe('a blend', () => {
  it('is the line through the weighted mean of log odds', () => {
    const [a, b, c] = parts.map(({ model }) => model.margin(test))
    const expected = a!.map((own, row) => 0.1 + 1.2 * (0.25 * own + 0.5 * b![row]! + 0.25 * c![row]!))
    expect(largestDifference(blend.margin(test), expected)).toBeLessThan(1e-12)
    expect(largestDifference(blend.probability(test), expected.map(sigmoid))).toBeLessThan(1e-12)
  })

  it('has contributions that add up to its log odds, those of a forest among them', () => {
    const { scale, base, values } = blend.contributions(test)
    expect(scale).toBe('log-odds')
    expect(values).toHaveLength(blend.features.length)
    const sums = Float64Array.from({ length: test.rowCount }, (_, row) =>
      values.reduce((sum, own) => sum + own[row]!, base),
    )
    expect(largestDifference(sums, blend.margin(test))).toBeLessThan(1e-9)
  })

  it('stands for the churn rate of its models, each by its share; or for that of the rows it was fitted to', () => {
    const plain = blendModels(parts)
    expect(plain.baseRate).toBe(members.logistic.baseRate)
    // An intercept moves the blend as it moves each customer, a slope stretches the log odds: as the line says.
    expect(blend.baseRate).toBeCloseTo(sigmoid(0.1 + 1.2 * logit(plain.baseRate)), 12)
    const moved02 = blendModels(parts, { intercept: logit(0.02) - logit(plain.baseRate) })
    expect(moved02.baseRate).toBeCloseTo(0.02, 12)
    const [there, back] = [moved02, shiftPrior(moved02, { baseRate: plain.baseRate })]
    expect(largestDifference(back.margin(test), plain.margin(test))).toBeLessThan(1e-9)
    expect(there.probability(test).every((p, row) => p < plain.probability(test)[row]!)).toBe(true)
    const moved = shiftPrior(members.boosting, { baseRate: 0.02 })
    const mixed = [
      { model: moved, weight: 3 },
      { model: members.logistic, weight: 1 },
    ]
    const logOdds = 0.75 * logit(0.02) + 0.25 * logit(members.logistic.baseRate)
    for (const given of [mixed, mixed.toReversed()]) {
      expect(blendModels(given).baseRate).toBeCloseTo(sigmoid(logOdds), 12)
    }
    const probabilities = mixed.map(({ model }) => Array.from(model.probability(data.features)))
    const fit = blendWeights({ probabilities, outcome: data.outcome })
    expect(fit.baseRate).toBe(members.logistic.baseRate)
    expect(blendModels(mixed, fit).baseRate).toBe(members.logistic.baseRate)
    expect(problemsOf(() => blendModels(mixed, { baseRate: 1 }))).toMatchObject([
      { code: 'out-of-range', parameter: 'baseRate' },
    ])
  })

  it('of one model is the model', () => {
    const alone = blendModels([{ model: members.boosting }])
    expect(alone.margin(test)).toEqual(members.boosting.margin(test))
    expect(alone.contributions(test).values).toEqual(
      alone.features.map(({ name }) => {
        const place = members.boosting.features.findIndex((own) => own.name === name)
        return members.boosting.contributions(test).values[place]
      }),
    )
  })

  it('leaves a model of weight 0 out', () => {
    const { members: kept } = blendModels([
      { model: members.logistic, weight: 0 },
      { model: members.boosting },
    ])
    expect(kept.map(({ model, weight }) => [model.learner, weight])).toEqual([['boosting', 1]])
  })

  it('is equal after saving and loading, to the byte', () => {
    const loaded = decodeModel(encodeModel(blend)).model
    expect(loaded.learner).toBe('blend')
    expect(loaded.features).toEqual(blend.features)
    expect(loaded.baseRate).toBe(blend.baseRate)
    expect(loaded.probability(test)).toEqual(blend.probability(test))
    expect(loaded.contributions(test)).toEqual(blend.contributions(test))
    expect(encodeModel(loaded)).toEqual(encodeModel(blend))
  })

  it('needs the features of all its models, each once', () => {
    const few = { ...data, features: { ...data.features, columns: data.features.columns.slice(0, 1) } }
    const others = { ...data, features: { ...data.features, columns: data.features.columns.slice(1) } }
    const mixed = blendModels(
      [learners.logistic.train(few), learners.logistic.train(others)].map((model) => ({ model })),
    )
    const names = data.features.columns.map(({ name }) => name)
    expect(mixed.features.map(({ name }) => name)).toEqual([...names].sort())
    expect(problemsOf(() => mixed.margin({ rowCount: 1, columns: [] })).map(({ code }) => code)).toContain(
      'feature-missing',
    )
  })

  it('predicts one row as many, and no row', () => {
    const one = Float64Array.from({ length: 50 }, (_, row) => blend.probability(takeRows(test, [row]))[0]!)
    expect(one).toEqual(blend.probability(test))
    expect(blend.contributions(takeRows(test, [])).values.every(({ length }) => length === 0)).toBe(true)
  })

  it('is scored with reasons as any model', () => {
    const scorer = createScorer(blend)
    const row = { tenureMonths: 2, complaints: 4, contract: 'monthly', plan: 'large', noise: 0 }
    expect(scorer.scoreRow(row).reasons.length).toBeGreaterThan(0)
  })
})

describe('blendModels refuses', () => {
  it.each([
    ['no model', () => blendModels([]), 'out-of-range'],
    ['a weight below 0', () => blendModels([{ model: members.logistic, weight: -1 }]), 'out-of-range'],
    ['weights that are all 0', () => blendModels([{ model: members.logistic, weight: 0 }]), 'out-of-range'],
    ['a slope of 0', () => blendModels([{ model: members.logistic }], { slope: 0 }), 'out-of-range'],
    [
      'an intercept of NaN',
      () => blendModels([{ model: members.logistic }], { intercept: Number.NaN }),
      'out-of-range',
    ],
    [
      'more than 64 models',
      () => blendModels(new Array(65).fill({ model: members.logistic })),
      'out-of-range',
    ],
  ])('%s', (_, run, code) => {
    expect(problemsOf(run).map((problem) => problem.code)).toEqual([code])
  })

  it('a feature that is a number to one model and a text to another', () => {
    const column = (texts: boolean) =>
      texts ? textColumn('x', ['a', 'b', 'a', 'b']) : numberColumn('x', [1, 2, 3, 4])
    const models = [true, false].map((texts) =>
      learners.logistic.train({
        features: { rowCount: 4, columns: [column(texts)] },
        outcome: Uint8Array.of(0, 1, 1, 0),
      }),
    )
    expect(problemsOf(() => blendModels(models.map((model) => ({ model }))))).toMatchObject([
      { code: 'column-type', parameter: 'feature x' },
    ])
  })

  it('blends in blends more than four deep', () => {
    let nested: ChurnModel = members.logistic
    for (let depth = 0; depth < 4; depth++) nested = blendModels([{ model: nested }])
    expect(decodeModel(encodeModel(nested)).model.margin(test)).toEqual(members.logistic.margin(test))
    expect(problemsOf(() => blendModels([{ model: nested }]))[0]!.code).toBe('option-invalid')
  })

  it('a broken state: weights that do not add up, other features, no member', () => {
    const restore = (change: object): unknown => {
      const text = JSON.parse(JSON.stringify(blend.state())) as object
      return restorers['blend']!(blend.features, 0.3, { ...text, ...change })
    }
    const { members: given } = blend.state() as { members: { weight: number }[] }
    expect(problemsOf(() => restore({ members: [] }))[0]!.code).toBe('model-invalid')
    expect(problemsOf(() => restore({ slope: -1 }))[0]!.code).toBe('model-invalid')
    expect(problemsOf(() => restore({ members: given.slice(1) }))).toMatchObject([{ parameter: 'weights' }])
    expect(restore({})).toBeDefined()
  })
})

describe('blendWeights', () => {
  it('gives hardly any weight to a model that says the opposite', () => {
    const outcome = Array.from({ length: 40 }, (_, row) => (row % 3 === 0 ? 1 : 0))
    // Right for nine rows in ten: log odds of ±log 9 fit, and only the penalty of a row speaks for the other model.
    const good = outcome.map((value, row) => ((row % 10 === 0 ? 1 - value : value) === 1 ? 0.9 : 0.1))
    const { weights } = blendWeights({ probabilities: [good, good.map((p) => 1 - p)], outcome })
    expect(weights[0]).toBeGreaterThan(0.9)
  })

  it('shares the weight between models that say the same', () => {
    const outcome = Array.from({ length: 60 }, (_, row) => (row % 3 === 0 ? 1 : 0))
    const same = outcome.map((value, row) => (row % 5 === 0 ? 0.5 : value === 1 ? 0.6 : 0.2))
    const { weights } = blendWeights({ probabilities: [same, same], outcome })
    expect(weights[0]).toBeCloseTo(0.5, 9)
  })

  it('never gives a weight below 0, adds up to 1, and is never worse than the plain mean', () => {
    const row = fc.record({
      y: fc.constantFrom(0, 1),
      a: fc.double({ min: 0.02, max: 0.98, noNaN: true }),
      b: fc.double({ min: 0.02, max: 0.98, noNaN: true }),
    })
    fc.assert(
      fc.property(fc.array(row, { minLength: 20, maxLength: 60 }), (rows) => {
        fc.pre(rows.some(({ y }) => y === 1) && rows.some(({ y }) => y === 0))
        const outcome = rows.map(({ y }) => y)
        const [a, b] = [rows.map((own) => own.a), rows.map((own) => own.b)]
        const fit = blendWeights({ probabilities: [a, b], outcome })
        expect(fit.weights.every((weight) => weight >= 0)).toBe(true)
        expect(fit.weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9)
        // The search starts at the plain mean, where the penalty is 0, and only goes down.
        const plain = rows.reduce((sum, own) => {
          const p = sigmoid((logit(own.a) + logit(own.b)) / 2)
          return sum - Math.log(own.y === 1 ? p : 1 - p)
        }, 0)
        expect(fit.logLoss * rows.length).toBeLessThanOrEqual(plain + 1e-6)
      }),
      { numRuns: 50 },
    )
  })

  it('reads weight 2 as the row twice', () => {
    const p = [0.9, 0.4, 0.3, 0.6, 0.2, 0.7]
    const q = [0.6, 0.5, 0.2, 0.3, 0.4, 0.8]
    const y = [1, 0, 0, 1, 0, 1]
    const twice = (values: number[]) => [...values, ...values.slice(0, 2)]
    const weighted = blendWeights({ probabilities: [p, q], outcome: y, weight: [2, 2, 1, 1, 1, 1] })
    const repeated = blendWeights({ probabilities: [twice(p), twice(q)], outcome: twice(y) })
    expect(weighted.slope).toBeCloseTo(repeated.slope, 8)
    expect(weighted.weights[0]).toBeCloseTo(repeated.weights[0]!, 8)
  })

  it('refuses probabilities outside of [0, 1], lengths that differ, one class', () => {
    expect(
      problemsOf(() => blendWeights({ probabilities: [[0.1, 1.2], [0.1]], outcome: [1, 1] })),
    ).toMatchObject([
      { code: 'out-of-range', parameter: 'probabilities of model 1' },
      { code: 'length-differs', parameter: 'probabilities of model 2' },
      { code: 'one-class' },
    ])
    expect(problemsOf(() => blendWeights({ probabilities: [], outcome: [1] }))[0]!.code).toBe('table-empty')
  })
})
