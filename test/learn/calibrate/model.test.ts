import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HoldfastError } from '../../../src/base/errors.js'
import { takeRows } from '../../../src/base/matrix.js'
import { seededRandom, shuffledIndices } from '../../../src/base/random.js'
import { trainBoosting } from '../../../src/learn/boosting/train.js'
import { calibrate } from '../../../src/learn/calibrate/calibrate.js'
import { calibrationMethods } from '../../../src/learn/calibrate/calibrator.js'
import type { CalibratedModel } from '../../../src/learn/calibrate/model.js'
import { type TrainCalibratedOptions, trainCalibratedOptions } from '../../../src/learn/calibrate/options.js'
import { shiftPrior } from '../../../src/learn/calibrate/shiftPrior.js'
import { trainCalibrated } from '../../../src/learn/calibrate/trainCalibrated.js'
import type { ChurnModel, Learner } from '../../../src/learn/contract.js'
import { trainForest } from '../../../src/learn/forest/train.js'
import { trainLogistic } from '../../../src/learn/logistic/train.js'
import { restorers } from '../../../src/learn/restorers.js'
import { decodeModel, encodeModel } from '../../../src/learn/store.js'
import { createScorer, encodeScorer, loadScorer } from '../../../src/score/scorer.js'
import { Table } from '../../../src/table/table.js'
import { conformance } from '../conformance.js'
import { largestDifference, sampleData } from '../sample.js'

const calibratedLearner: Learner<TrainCalibratedOptions> = {
  name: 'calibrated',
  capabilities: { features: true, missing: false, categories: false, weights: true, seeded: true },
  options: trainCalibratedOptions,
  train: (data, options, control) => trainCalibrated(data, (rows) => trainLogistic(rows), options, control),
  restore: restorers['calibrated']!,
}
// A line keeps the mean of margins the margin of the mean, as the suite wants of a base; other curves are tested below.
conformance(calibratedLearner, {
  quick: { method: 'platt', folds: 3 },
  withoutChance: { method: 'none' },
})

const data = sampleData(300, 1)
const heldOut = sampleData(300, 2)
const test = sampleData(60, 3).features
const inner: Readonly<Record<string, ChurnModel>> = {
  logistic: trainLogistic(data),
  forest: trainForest(data, { trees: 20 }),
  boosting: trainBoosting(data, { rounds: 20, earlyStopping: false }),
}
const models = Object.entries(inner).flatMap(([name, model]) => [
  ...calibrationMethods.map((method): [string, CalibratedModel] => [
    `${method} of ${name}`,
    calibrate(model, heldOut, { method }),
  ]),
  [`shift of ${name}`, shiftPrior(model, { baseRate: 0.05 })] as [string, CalibratedModel],
  [
    `shift of beta of ${name}`,
    shiftPrior(calibrate(model, heldOut, { method: 'beta' }), { baseRate: 0.9 }),
  ] as [string, CalibratedModel],
])

describe.each(models)('%s', (_, model) => {
  it('predicts one row as it predicts many, in any order, on any number of threads', () => {
    const expected = model.probability(test)
    const rows = Array.from({ length: test.rowCount }, (_, row) => takeRows(test, [row]))
    expect(Float64Array.from(rows, (row) => model.probability(row)[0]!)).toEqual(expected)
    const order = shuffledIndices(test.rowCount, seededRandom(6))
    const shuffled = model.probability(takeRows(test, order), { threads: 2 })
    expect(shuffled).toEqual(Float64Array.from(order, (row) => expected[row]!))
  })

  it('is equal after saving and loading, with all that is known of it', () => {
    const loaded = decodeModel(encodeModel(model)).model as CalibratedModel
    expect(loaded.probability(test)).toEqual(model.probability(test))
    expect(loaded.contributions(test)).toEqual(model.contributions(test))
    expect(loaded.calibrator).toEqual(model.calibrator)
    expect(loaded.calibration).toEqual(model.calibration)
    expect(loaded.baseRate).toBe(model.baseRate)
    expect(encodeModel(loaded)).toEqual(encodeModel(model))
  })

  it('has contributions that add up to its margin or probability, and probabilities of its margins', () => {
    const { scale, base, values } = model.contributions(test)
    const sums = Float64Array.from({ length: test.rowCount }, (_, row) =>
      values.reduce((sum, own) => sum + own[row]!, base),
    )
    const explained = scale === 'log-odds' ? model.margin(test) : model.probability(test)
    expect(largestDifference(sums, explained)).toBeLessThan(1e-9)
    const expected = model.margin(test).map((margin) => 1 / (1 + Math.exp(-margin)))
    expect(largestDifference(model.probability(test), expected)).toBeLessThan(1e-12)
  })

  it('keeps the order of customers', () => {
    const [before, after] = [model.model.margin(test), model.margin(test)]
    const swapped: [number, number][] = []
    for (let a = 0; a < before.length; a++) {
      for (let b = 0; b < before.length; b++) {
        if (before[a]! < before[b]! && !(after[a]! <= after[b]! + 1e-12)) swapped.push([a, b])
      }
    }
    expect(swapped).toEqual([])
  })

  it('works in a scorer, with reasons, and after writing it', () => {
    const scorer = loadScorer(encodeScorer(createScorer(model)))
    const table = new Table(
      test.columns.map((column) =>
        column.kind === 'number' ? { ...column, values: Float64Array.from(column.values) } : column,
      ),
      test.rowCount,
    )
    const scores = scorer.scoreTable(table, { reasons: 2 })
    expect(scores.numbers('probability').values).toEqual(model.probability(test))
    expect(scores.columnNames).toContain('reason2')
  })

  it('refuses or stays finite where a value of its state is changed', () => {
    const state = JSON.parse(JSON.stringify({ ...(model.state() as object), model: null }))
    const strange = fc.constantFrom<unknown>(null, -1, 0, 1, 7, 0.5, 1e9, -1e300, 1e300, 'text', [], {}, true)
    fc.assert(
      fc.property(fc.nat(), strange, (place, value) => {
        const changed = withLeaf(state, place, value) as object
        try {
          const restored = restorers['calibrated']!(model.features, model.baseRate, {
            ...changed,
            model: (model.state() as { model: unknown }).model,
          })
          expect(restored.probability(test).every((p) => p > 0 && p < 1)).toBe(true)
          expect(restored.contributions(test).values.every((own) => own.every(Number.isFinite))).toBe(true)
        } catch (error) {
          expect(error).toBeInstanceOf(HoldfastError)
          expect((error as HoldfastError).code).toBe('model-invalid')
        }
      }),
      { numRuns: 25 },
    )
  })
})

/** The data with one of its leaves changed. */
function withLeaf(given: unknown, place: number, value: unknown): unknown {
  const paths: (string | number)[][] = []
  const walk = (part: unknown, path: (string | number)[]): void => {
    if (typeof part === 'object' && part !== null && Object.keys(part).length > 0) {
      for (const [name, member] of Object.entries(part)) walk(member, [...path, name])
    } else paths.push(path)
  }
  walk(given, [])
  const path = paths[place % paths.length]!
  const copy = structuredClone(given)
  let at = copy as Record<string | number, unknown>
  for (const step of path.slice(0, -1)) at = at[step] as Record<string | number, unknown>
  at[path.at(-1)!] = value
  return copy
}

describe('models in models', () => {
  it('are stored to a depth of 4 and refused beyond, when they are made', () => {
    let model: ChurnModel = trainLogistic(data)
    for (let depth = 1; depth <= 4; depth++) model = calibrate(model, heldOut, { method: 'platt' })
    expect(decodeModel(encodeModel(model)).model.probability(test)).toEqual(model.probability(test))
    expect(() => calibrate(model, heldOut)).toThrow('4 deep at most')
  })

  it('nested more deeply in a file are refused', () => {
    let content: unknown = { learner: 'prior', baseRate: 0.5, features: [], state: {} }
    for (let depth = 0; depth < 6; depth++) {
      const state = { calibrator: { method: 'none' }, calibration: null, model: content }
      content = { learner: 'calibrated', baseRate: 0.5, features: [], state }
    }
    const { state } = content as { state: unknown }
    expect(() => restorers['calibrated']!([], 0.5, state)).toThrow(HoldfastError)
  })

  it('must have the features that the file says', () => {
    const model = shiftPrior(trainLogistic(data), { baseRate: 0.1 })
    expect(() => restorers['calibrated']!(model.features.slice(1), 0.1, model.state())).toThrow(
      'to be those of',
    )
  })

  it('change nothing more when they are calibrated on the same rows again', () => {
    for (const method of ['platt', 'isotonic'] as const) {
      const once = calibrate(inner['boosting']!, heldOut, { method })
      const twice = calibrate(once, heldOut, { method })
      expect(largestDifference(once.probability(test), twice.probability(test))).toBeLessThan(1e-6)
    }
  })
})

describe('an isotonic model file', () => {
  const state = (probability: number[], calibrated: number[]) => ({
    calibrator: { method: 'isotonic', probability, calibrated },
    calibration: null,
    model: { learner: 'prior', baseRate: 0.5, features: [], state: {} },
  })
  it.each([
    ['probabilities that do not grow', [0.2, 0.2], [0.1, 0.2]],
    ['calibrated values that fall', [0.2, 0.3], [0.2, 0.1]],
    ['lists of different lengths', [0.2, 0.3], [0.2]],
    ['no corner', [], []],
    ['a value above 1', [0.5], [1.5]],
  ])('is refused with %s', (_, probability, calibrated) => {
    expect(() => restorers['calibrated']!([], 0.5, state(probability, calibrated))).toThrow(HoldfastError)
  })
})
