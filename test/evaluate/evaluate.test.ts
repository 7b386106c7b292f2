import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { numberColumn } from '../../src/base/matrix.js'
import { seededRandom } from '../../src/base/random.js'
import { sigmoid } from '../../src/base/statistics.js'
import { calibrationCurve } from '../../src/evaluate/calibration/calibrationCurve.js'
import { maximumCalibrationError } from '../../src/evaluate/calibration/calibrationTable.js'
import { brierDecomposition } from '../../src/evaluate/calibration/probabilityScores.js'
import { customersWithSeveralRows, evaluate, evaluateProbabilities } from '../../src/evaluate/evaluate.js'
import { bootstrapInterval } from '../../src/evaluate/interval/bootstrapInterval.js'
import { rocAuc } from '../../src/evaluate/ranking/ranking.js'
import { liftAt } from '../../src/evaluate/ranking/topOfList.js'
import { matthewsCorrelation } from '../../src/evaluate/threshold/confusion.js'
import { trainPrior } from '../../src/learn/baseline/train.js'
import type { ChurnModel } from '../../src/learn/contract.js'

function population(customers: number): { p: Float64Array; y: Uint8Array } {
  const random = seededRandom(3)
  const p = Float64Array.from({ length: customers }, () => sigmoid(-1.5 + 1.5 * random.normal()))
  return { p, y: Uint8Array.from(p, (value) => (random.uniform() < value ? 1 : 0)) }
}

/** Answers its only feature: enough of a model to be evaluated. */
const identity: ChurnModel = {
  learner: 'identity',
  features: [{ kind: 'number', name: 'p' }],
  baseRate: 0.5,
  probability: (features) => {
    const column = features.columns[0]!
    if (column.kind !== 'number') throw new Error('expected numbers')
    return Float64Array.from(column.values)
  },
  margin: () => new Float64Array(),
  contributions: () => ({ scale: 'log-odds', base: 0, values: [] }),
  state: () => null,
}

describe('evaluate', () => {
  const { p, y } = population(1400)
  const features = { rowCount: p.length, columns: [numberColumn('p', p)] }

  test('a model is evaluated by its probabilities', () => {
    const ofModel = evaluate(identity, { features, outcome: y }, { resamples: 20 })
    const ofProbabilities = evaluateProbabilities(p, y, { resamples: 20, name: 'identity' })
    const { notes, ...figures } = ofModel.toJSON()
    expect({ ...figures, notes: notes.slice(1) }).toEqual(ofProbabilities.toJSON())
    expect(notes[0]).toContain('It is not known which rows the model was trained on')
  })

  test('console.log shows the figures as their text', () => {
    const figures = evaluateProbabilities(p, y, { resamples: 20, name: 'identity' })
    expect(inspect(figures)).toBe(String(figures))
    expect(inspect({ figures })).toMatch(
      /^\{\s+figures: \[Evaluation: Evaluation of identity: 1,400 customers/,
    )
  })

  test('the weights of the data count', () => {
    const weight = Float64Array.from(y, (outcome) => 1 + outcome)
    const { churners } = evaluate(identity, { features, outcome: y, weight }, { resamples: 20 })
    expect(churners).toBe(2 * y.reduce((a, b) => a + b, 0))
  })

  test('its intervals are those of bootstrapInterval', () => {
    const evaluation = evaluateProbabilities(p, y, { resamples: 40, seed: 9 })
    expect(evaluation.logLoss).toEqual(bootstrapInterval(p, y, 'logLoss', { resamples: 40, seed: 9 }))
    expect(evaluation.lift).toEqual(bootstrapInterval(p, y, 'liftAt', { resamples: 40, seed: 9 }))
    const gini = bootstrapInterval(p, y, 'giniCoefficient', { resamples: 40, seed: 9 })
    expect(evaluation.gini.lower).toBeCloseTo(gini.lower, 12)
    expect(evaluation.gini.upper).toBeCloseTo(gini.upper, 12)
    expect(evaluation.kolmogorovSmirnov).toEqual(
      bootstrapInterval(p, y, 'kolmogorovSmirnov', { resamples: 40, seed: 9 }),
    )
  })

  test('the top share decides lift and threshold', () => {
    const evaluation = evaluateProbabilities(p, y, { resamples: 20, topShare: 0.25 })
    expect(evaluation.lift.value).toBe(liftAt(p, y, 0.25))
    expect(evaluation.confusion.contactedShare).toBe(0.25)
    expect(evaluateProbabilities(p, y, { resamples: 20, threshold: 0.5 }).confusion.threshold).toBe(0.5)
  })

  test('it becomes plain data and back without loss', () => {
    const data = evaluateProbabilities(p, y, { resamples: 20 }).toJSON()
    expect(JSON.parse(JSON.stringify(data))).toEqual(data)
    expect(data.gains.caughtShare).toHaveLength(101)
    expect(data.rocCurve.threshold).toHaveLength(data.rocCurve.truePositiveRate.length - 1)
    expect(data.calibrationCurve.churnRate).toHaveLength(data.calibrationCurve.probability.length)
  })

  test('its further figures are those of the metrics', () => {
    const evaluation = evaluateProbabilities(p, y, { resamples: 20, bins: 7, binning: 'equal-count' })
    const bins = { bins: 7, binning: 'equal-count' } as const
    expect(evaluation.brierDecomposition).toEqual(brierDecomposition(p, y, bins))
    expect(evaluation.maximumCalibrationError).toBe(maximumCalibrationError(p, y, bins))
    expect(evaluation.calibrationCurve).toEqual(calibrationCurve(p, y))
    expect(evaluation.matthewsCorrelation).toBe(matthewsCorrelation(p, y, evaluation.confusion.threshold))
    expect(evaluation.rocCurve.truePositiveRate.length).toBeLessThanOrEqual(102)
    expect(evaluation.precisionRecallCurve.recall.length).toBeLessThanOrEqual(102)
  })

  test('it cannot be changed', () => {
    const evaluation = evaluateProbabilities(p, y, { resamples: 20 })
    expect(() => Object.assign(evaluation, { baseRate: 0 })).toThrow(TypeError)
  })

  test('it prints a table of at most 80 columns', () => {
    const text = String(evaluateProbabilities(p, y, { name: 'identity' }))
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
    expect(text).toMatchSnapshot()
  })
})

describe('evaluate on data that allow little', () => {
  test('few churners are said', () => {
    const { p, y } = population(60)
    const { notes } = evaluateProbabilities(p, y, { resamples: 20 })
    expect(notes).toHaveLength(1)
    expect(notes[0]).toMatch(/^Only 14 churners: too few to tell a good model from a bad one/)
  })

  test('few who stayed are said', () => {
    const { p, y } = population(60)
    const left = y.map((outcome) => 1 - outcome)
    expect(evaluateProbabilities(p, left, { resamples: 20 }).notes.join()).toContain(
      'Only 14 customers who stayed',
    )
  })

  test('rows of weight 0 do not count as churners', () => {
    const { p, y } = population(60)
    const weight = Array.from(y, (outcome, row) => (outcome === 1 && row % 2 === 0 ? 0 : 5))
    const notes = evaluateProbabilities(p, y, { resamples: 20, weight }).notes.join()
    expect(notes).toContain(
      `Only ${y.filter((outcome, row) => outcome === 1 && row % 2 === 1).length} churners`,
    )
  })

  test('hard labels have no log loss and no calibration line, and it says so', () => {
    const evaluation = evaluateProbabilities([1, 0, 1, 0], [1, 0, 0, 0], { resamples: 20 })
    expect(evaluation).toMatchObject({ logLoss: null, calibrationLine: null })
    expect(evaluation.notes.join('\n')).toContain('Log loss is infinite: 1 customers')
    expect(String(evaluation)).toMatch(/log loss +-\n/)
  })

  test('several rows of a customer belong together by its id, not by its place', () => {
    const features = { rowCount: 3, columns: [numberColumn('x', [1, 2, 3])] }
    const ids = ['b', 'a', 'b']
    expect(customersWithSeveralRows('f', { features, ids, outcome: Uint8Array.of(0, 1, 1) }).groups).toEqual({
      groups: ids,
    })
  })

  test('two customers are enough for a table', () => {
    const evaluation = evaluateProbabilities([0.9, 0.1], [1, 0])
    expect(evaluation.liftTable).toHaveLength(2)
    expect(String(evaluation)).toContain('Only 1 churner:')
  })

  test('options are checked by name', () => {
    expect(() => evaluateProbabilities([0.9, 0.1], [1, 0], { topshare: 0.1 } as never)).toThrow(/topShare/)
    expect(() => evaluateProbabilities([0.9, 0.1], [1, 1])).toThrow(/^evaluateProbabilities: /)
  })
})

describe('options of evaluate', () => {
  const features = {
    rowCount: 60,
    columns: [
      numberColumn(
        'fee',
        Array.from({ length: 60 }, (_, row) => row),
      ),
    ],
  }
  const outcome = Uint8Array.from({ length: 60 }, (_, row) => (row % 3 === 0 ? 1 : 0))
  const model = trainPrior({ features, outcome })

  test('a name is that of the table, and a weight is one of the data', () => {
    expect(evaluate(model, { features, outcome }, { name: 'mine', resamples: 20 }).name).toBe('mine')
    expect(evaluate(model, { features, outcome }, { resamples: 20 }).name).toBe('prior')
    expect(() => evaluate(model, { features, outcome }, { weight: [1] } as never)).toThrow(
      'evaluate: expected weight to be one of',
    )
  })

  test('rows of several cutoffs are said', () => {
    const ids = Array.from({ length: 60 }, (_, row) => `C${row % 30}`)
    const cutoffs = Int32Array.from({ length: 60 }, (_, row) => 20_000 + Math.floor(row / 30))
    const data = { features, outcome, ids, cutoffs }
    expect(evaluate(model, data, { resamples: 20 }).notes[0]).toMatch(
      /^The 60 rows are of 2 cutoffs and 30 customers/,
    )
    const one = { ...data, cutoffs: cutoffs.map(() => 20_000) }
    expect(evaluate(model, one, { resamples: 20 }).notes.join()).not.toContain('cutoffs')
  })
})

test('a function of a metric is told that its name is meant', () => {
  expect(() => bootstrapInterval([0.9, 0.1], [1, 0], rocAuc as never)).toThrow("Give its name: 'rocAuc'.")
})
