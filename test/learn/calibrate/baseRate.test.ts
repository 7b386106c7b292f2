import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HoldfastError } from '../../../src/base/errors.js'
import { numberColumn } from '../../../src/base/matrix.js'
import { type Random, seededRandom } from '../../../src/base/random.js'
import { logit } from '../../../src/base/statistics.js'
import { calibrationError } from '../../../src/evaluate/calibration/calibrationTable.js'
import { logLoss } from '../../../src/evaluate/calibration/probabilityScores.js'
import { trainPrior } from '../../../src/learn/baseline/train.js'
import { trainBoosting } from '../../../src/learn/boosting/train.js'
import { estimateBaseRate } from '../../../src/learn/calibrate/estimateBaseRate.js'
import { matchBaseRate } from '../../../src/learn/calibrate/matchBaseRate.js'
import { shiftPrior, shiftProbabilities } from '../../../src/learn/calibrate/shiftPrior.js'
import { trainWithClassWeight } from '../../../src/learn/calibrate/trainWithClassWeight.js'
import type { ChurnModel, TrainingData } from '../../../src/learn/contract.js'
import { trainLogistic } from '../../../src/learn/logistic/train.js'
import { decodeModel, encodeModel } from '../../../src/learn/store.js'
import { areaUnderCurve, largestDifference, sampleData } from '../sample.js'

const plainLogistic = (rows: TrainingData): ChurnModel => trainLogistic(rows)
const rate = fc.double({ min: 0.001, max: 0.999, noNaN: true })

/** Shoppers as in CDNOW: who will be silent has bought less often and longer ago, at whatever share of them there is. */
function shoppers(count: number, baseRate: number, seed: number): TrainingData {
  const random: Random = seededRandom(seed)
  const outcome = Uint8Array.from({ length: count }, () => (random.uniform() < baseRate ? 1 : 0))
  const recency = Float64Array.from(outcome, (churned) => (churned === 1 ? 90 : 60) + 40 * random.normal())
  const orders = Float64Array.from(outcome, (churned) => (churned === 1 ? 1 : 1.6) + 0.8 * random.normal())
  const columns = [numberColumn('recencyDays', recency), numberColumn('logOrders', orders)]
  return { features: { rowCount: count, columns }, outcome }
}

describe('shiftProbabilities', () => {
  it('follows the formula of the prior shift', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), rate, rate, (p, from, to) => {
        const expected = (p * (to / from)) / (p * (to / from) + (1 - p) * ((1 - to) / (1 - from)))
        expect(shiftProbabilities([p], { from, to })[0]).toBeCloseTo(expected, 12)
      }),
    )
  })

  it('goes there and back, keeps 0 and 1, and moves the old rate to the new one', () => {
    fc.assert(
      fc.property(rate, rate, rate, (p, from, to) => {
        const there = shiftProbabilities([p, 0, 1, from], { from, to })
        expect(Array.from(there.slice(1, 3))).toEqual([0, 1])
        expect(there[3]).toBeCloseTo(to, 12)
        expect(shiftProbabilities(there, { from: to, to: from })[0]).toBeCloseTo(p, 9)
      }),
    )
  })

  it('refuses what is no probability and no rate', () => {
    const of = (p: number[], options: object) =>
      problemsOf(() => shiftProbabilities(p, options as { from: number; to: number }))
    expect(of([0.5, 1.5, Number.NaN], { from: 0.2, to: 0.3 })).toMatchObject([
      { code: 'value-missing', parameter: 'probability', received: Number.NaN, place: { row: 3 }, count: 1 },
      { code: 'out-of-range', parameter: 'probability', received: 1.5, place: { row: 2 }, count: 1 },
    ])
    expect(of([0.5], { from: 0, to: 1 }).map(({ parameter }) => parameter)).toEqual(['from', 'to'])
    expect(of([0.5], { from: 0.2 })).toMatchObject([{ code: 'option-invalid', parameter: 'to' }])
  })
})

describe('shiftPrior', () => {
  const data = sampleData(300, 1)
  const model = trainLogistic(data)

  it('adds a constant to the log odds, and says the probabilities of shiftProbabilities', () => {
    const shifted = shiftPrior(model, { baseRate: 0.03 })
    const constant = logit(0.03) - logit(model.baseRate)
    expect(
      largestDifference(
        shifted.margin(data.features),
        model.margin(data.features).map((m) => m + constant),
      ),
    ).toBe(0)
    const expected = shiftProbabilities(model.probability(data.features), { from: model.baseRate, to: 0.03 })
    expect(largestDifference(shifted.probability(data.features), expected)).toBeLessThan(1e-12)
    expect(shifted.baseRate).toBe(0.03)
    expect(shifted.calibration).toBeNull()
  })

  it('leaves contributions as they are and moves their base', () => {
    const shifted = shiftPrior(model, { baseRate: 0.03 })
    const [before, after] = [model.contributions(data.features), shifted.contributions(data.features)]
    expect(after.base - before.base).toBeCloseTo(logit(0.03) - logit(model.baseRate), 12)
    for (const [feature, own] of after.values.entries()) {
      expect(largestDifference(own, before.values[feature]!)).toBeLessThan(1e-9)
    }
  })

  it('starts from the original model where it is shifted again, and from the rate it is told', () => {
    const twice = shiftPrior(shiftPrior(model, { baseRate: 0.03, from: 0.2 }), { baseRate: 0.5 })
    expect(twice.model).toBe(model)
    expect(twice.calibrator).toEqual({ method: 'shift', from: 0.2, to: 0.5 })
    expect(decodeModel(encodeModel(twice)).model.probability(data.features)).toEqual(
      twice.probability(data.features),
    )
  })

  it('refuses rates of 0 and 1, and names that it does not know', () => {
    for (const baseRate of [0, 1, Number.NaN]) {
      expect(problemsOf(() => shiftPrior(model, { baseRate }))).toMatchObject([{ code: 'option-invalid' }])
    }
    const [problem] = problemsOf(() =>
      shiftPrior(model, { baseRate: 0.1, form: 0.2 } as { baseRate: number }),
    )
    expect(problem).toMatchObject({ code: 'option-unknown', wayOut: 'Did you mean from?' })
  })
})

describe('a churn rate that goes from 77 to 61 % as in CDNOW', () => {
  const train = shoppers(8000, 0.77, 1)
  const now = shoppers(6000, 0.61, 2)
  const model = trainLogistic(train)

  it('is found from the features alone, within three standard errors', () => {
    const found = estimateBaseRate(model, now.features)
    const known = now.outcome.reduce((sum, one) => sum + one, 0) / now.outcome.length
    expect(found.notes).toEqual([])
    expect(Math.abs(found.baseRate - known)).toBeLessThan(3 * found.standardError!)
    expect(found.standardError!).toBeLessThan(0.03)
  })

  it('makes probabilities right when the model is shifted to it', () => {
    const shifted = shiftPrior(model, { baseRate: estimateBaseRate(model, now.features).baseRate })
    const [before, after] = [model, shifted].map((one) => one.probability(now.features))
    // a shift of logit .77 − logit .61 = .76 in log odds is up to 18 points of probability
    expect(calibrationError(before!, now.outcome)).toBeGreaterThan(0.1)
    expect(calibrationError(after!, now.outcome)).toBeLessThan(0.04)
    expect(logLoss(after!, now.outcome)).toBeLessThan(logLoss(before!, now.outcome) - 0.03)
    expect(areaUnderCurve(after!.slice(0, 500), now.outcome)).toBe(
      areaUnderCurve(before!.slice(0, 500), now.outcome),
    )
  })

  it('covers the truth by two standard errors in about 95 of 100 groups of customers', () => {
    let covered = 0
    for (let seed = 0; seed < 100; seed++) {
      const { baseRate, standardError } = estimateBaseRate(model, shoppers(1000, 0.61, 100 + seed).features)
      if (Math.abs(baseRate - 0.61) < 1.96 * standardError!) covered++
    }
    // 95 ± 2.2 by chance; the coefficients of the model have an error of their own
    expect(covered).toBeGreaterThan(85)
  })
})

describe('estimateBaseRate', () => {
  const train = shoppers(4000, 0.5, 1)
  const model = trainLogistic(train)

  it('is the maximum of the likelihood', () => {
    const now = shoppers(500, 0.3, 3)
    const p = model.probability(now.features)
    const likelihood = (to: number): number =>
      p.reduce(
        (sum, own) =>
          sum + Math.log((to * own) / model.baseRate + ((1 - to) * (1 - own)) / (1 - model.baseRate)),
        0,
      )
    const { baseRate } = estimateBaseRate(model, now.features)
    for (const near of [-0.001, 0.001])
      expect(likelihood(baseRate)).toBeGreaterThan(likelihood(baseRate + near))
  })

  it('is half a customer away from 0 and 1 where those are most likely, and says so', () => {
    const far = (recency: number, orders: number) => ({
      rowCount: 9,
      columns: [
        numberColumn('recencyDays', new Array(9).fill(recency)),
        numberColumn('logOrders', new Array(9).fill(orders)),
      ],
    })
    const [none, all] = [far(-50, 4), far(250, -3)].map((features) => estimateBaseRate(model, features))
    expect([none!.baseRate, all!.baseRate]).toEqual([0.05, 0.95])
    expect(none!.notes[0]).toContain('most likely churn rate is 0')
    expect(all!.notes[0]).toContain('most likely churn rate is 1')
    expect(all!.standardError).toBeNull()
  })

  it('says where the model says the same of all, and where the steps are not enough', () => {
    const prior = estimateBaseRate(trainPrior(train), train.features)
    expect(prior.baseRate).toBe(trainPrior(train).baseRate)
    expect(prior.notes[0]).toContain('cannot be told')
    const short = estimateBaseRate(model, shoppers(500, 0.2, 4).features, { iterations: 2 })
    expect(short.iterations).toBe(2)
    expect(short.notes[0]).toContain('not come to rest after 2 steps')
  })

  it('refuses no rows, and steps that are no count', () => {
    const features = {
      rowCount: 0,
      columns: train.features.columns.map(({ name }) => numberColumn(name, [])),
    }
    expect(problemsOf(() => estimateBaseRate(model, features))).toMatchObject([{ code: 'table-empty' }])
    expect(problemsOf(() => estimateBaseRate(model, train.features, { iterations: 0.5 }))).toMatchObject([
      { code: 'option-invalid', parameter: 'iterations' },
    ])
  })
})

describe('matchBaseRate', () => {
  const model = trainLogistic(shoppers(2000, 0.77, 1))
  const now = shoppers(500, 0.61, 2)

  it('gives the wanted mean by a constant in the log odds', () => {
    fc.assert(
      fc.property(rate, (baseRate) => {
        const matched = matchBaseRate(model, now.features, { baseRate })
        const p = matched.probability(now.features)
        expect(p.reduce((sum, own) => sum + own, 0) / 500).toBeCloseTo(baseRate, 9)
        const differences = matched
          .margin(now.features)
          .map((own, row) => own - model.margin(now.features)[row]!)
        expect(Math.max(...differences) - Math.min(...differences)).toBeLessThan(1e-9)
        expect(matched.baseRate).toBe(baseRate)
      }),
      { numRuns: 20 },
    )
  })

  it('takes features that have moved for what they are, where a shift of the rate counts them once more', () => {
    // fewer are silent because of what the features show: the model says so already, without being told a rate
    const moved = now.features
    const mean = (one: ChurnModel): number => one.probability(moved).reduce((sum, own) => sum + own, 0) / 500
    const known = mean(model)
    expect(Math.abs(mean(matchBaseRate(model, moved, { baseRate: known })) - known)).toBeLessThan(1e-9)
    expect(mean(shiftPrior(model, { baseRate: known }))).toBeLessThan(known - 0.01)
  })

  it('says the rate of all where there is one customer, and refuses none', () => {
    const one = { rowCount: 1, columns: now.features.columns.map(({ name }) => numberColumn(name, [50])) }
    expect(matchBaseRate(model, one, { baseRate: 0.25 }).probability(one)[0]).toBeCloseTo(0.25, 12)
    const none = { rowCount: 0, columns: one.columns.map(({ name }) => numberColumn(name, [])) }
    expect(problemsOf(() => matchBaseRate(model, none, { baseRate: 0.25 }))).toMatchObject([
      { code: 'table-empty' },
    ])
    expect(problemsOf(() => matchBaseRate(model, one, { baseRate: 1 }))).toMatchObject([
      { code: 'option-invalid' },
    ])
  })
})

describe('trainWithClassWeight', () => {
  const data = sampleData(2000, 1)
  const fresh = sampleData(4000, 2)

  it('takes the weight out of the log odds again, exactly', () => {
    const model = trainWithClassWeight(data, plainLogistic, { churnerWeight: 7 })
    const expected = model.model.margin(fresh.features).map((margin) => margin - Math.log(7))
    expect(largestDifference(model.margin(fresh.features), expected)).toBeLessThan(1e-12)
    expect(model.baseRate).toBe(trainLogistic(data).baseRate)
  })

  it('has right probabilities where the weighted model is wrong', () => {
    const model = trainWithClassWeight(data, plainLogistic, { churnerWeight: 10 })
    const known = logLoss(trainLogistic(data).probability(fresh.features), fresh.outcome)
    const [wrong, right] = [model.model, model].map((one) =>
      logLoss(one.probability(fresh.features), fresh.outcome),
    )
    expect(wrong!).toBeGreaterThan(known + 0.1)
    expect(right!).toBeLessThan(known + 0.01)
  })

  it('balances the classes where asked to', () => {
    const model = trainWithClassWeight(data, plainLogistic, { churnerWeight: 'balanced' })
    expect(model.model.baseRate).toBeCloseTo(0.5, 12)
  })

  it('multiplies the weights that rows have already', () => {
    const weight = Float64Array.from({ length: 2000 }, (_, row) => row % 3)
    const seen: TrainingData[] = []
    trainWithClassWeight(
      { ...data, weight },
      (rows) => {
        seen.push(rows)
        return trainLogistic(rows)
      },
      { churnerWeight: 4 },
    )
    expect(seen[0]!.weight).toEqual(weight.map((own, row) => own * (data.outcome[row] === 1 ? 4 : 1)))
  })

  it('refuses a training that ignores the weights, and a weight that is none', () => {
    const ignoring = ({ features, outcome }: TrainingData): ChurnModel => trainLogistic({ features, outcome })
    const moving = (rows: TrainingData): ChurnModel => trainBoosting(rows, { rounds: 1, prior: 0.02 })
    expect(problemsOf(() => trainWithClassWeight(data, moving, { churnerWeight: 2 }))).toMatchObject([
      { parameter: 'train', received: 0.02, wayOut: expect.stringContaining('without `prior`') },
    ])
    const problems = problemsOf(() => trainWithClassWeight(data, ignoring, { churnerWeight: 2 }))
    expect(problems).toMatchObject([{ code: 'option-invalid', parameter: 'train' }])
    for (const churnerWeight of [0, -1, 'even' as 'balanced']) {
      expect(problemsOf(() => trainWithClassWeight(data, plainLogistic, { churnerWeight }))).toMatchObject([
        { code: 'option-invalid', parameter: 'churnerWeight' },
      ])
    }
  })
})

function problemsOf(run: () => unknown): HoldfastError['problems'] {
  try {
    run()
  } catch (error) {
    if (error instanceof HoldfastError) return error.problems
    throw error
  }
  throw new Error('nothing was refused')
}
