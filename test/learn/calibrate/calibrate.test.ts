import { describe, expect, it } from 'vitest'
import { HoldfastError } from '../../../src/base/errors.js'
import { groupNumbers } from '../../../src/base/groupNumbers.js'
import { type NumberColumn, numberColumn } from '../../../src/base/matrix.js'
import { seededRandom, shuffledIndices } from '../../../src/base/random.js'
import { logit, sigmoid } from '../../../src/base/statistics.js'
import { calibrationError } from '../../../src/evaluate/calibration/calibrationTable.js'
import { logLoss } from '../../../src/evaluate/calibration/probabilityScores.js'
import { trainBoosting } from '../../../src/learn/boosting/train.js'
import { calibrate } from '../../../src/learn/calibrate/calibrate.js'
import { calibrationFolds } from '../../../src/learn/calibrate/calibrationFolds.js'
import { calibrateOptions } from '../../../src/learn/calibrate/options.js'
import { shiftPrior } from '../../../src/learn/calibrate/shiftPrior.js'
import { trainCalibrated, trainCalibratedAsync } from '../../../src/learn/calibrate/trainCalibrated.js'
import type { ChurnModel, Progress, TrainingData } from '../../../src/learn/contract.js'
import { trainLogistic } from '../../../src/learn/logistic/train.js'
import { badOptions } from '../../support/badOptions.js'
import { largestDifference, rowsOf, sampleData } from '../sample.js'

/** Says exactly the log odds in the column `margin`: what a calibration sees is then known. */
function saying(margins: string): ChurnModel {
  const column = (features: TrainingData['features']): Float64Array =>
    (features.columns.find(({ name }) => name === margins) as NumberColumn).values.slice()
  return {
    learner: 'saying',
    features: [{ kind: 'number', name: margins }],
    baseRate: 0.5,
    margin: column,
    probability: (features) => column(features).map(sigmoid),
    contributions: (features) => ({ scale: 'log-odds', base: 0, values: [column(features)] }),
    state: () => ({}),
  }
}

/** Rows whose true log odds are `truth` of what the model says. */
function rowsOfTruth(count: number, seed: number, truth: (margin: number) => number): TrainingData {
  const random = seededRandom(seed)
  const margin = Float64Array.from({ length: count }, () => 1.5 * random.normal() - 0.5)
  const outcome = Uint8Array.from(margin, (own) => (random.uniform() < sigmoid(truth(own)) ? 1 : 0))
  return { features: { rowCount: count, columns: [numberColumn('margin', margin)] }, outcome }
}

const model = saying('margin')
const data = sampleData(300, 1)
const logistic = trainLogistic(data)
const plainLogistic = (rows: TrainingData): ChurnModel => trainLogistic(rows)

describe('auto', () => {
  it.each([
    ['none', 'is right', (m: number) => m],
    ['platt', 'is too sure', (m: number) => 0.5 * m + 0.3],
    ['beta', 'is too sure of those who leave alone', (m: number) => (m > 0 ? 0.3 * m : 1.3 * m)],
    ['isotonic', 'is off in steps', (m: number) => (m < -1 ? -3 : m < 0 ? 0 : m < 1 ? 0.2 : 4)],
  ] as const)('takes %s for a model that %s', (method, _, truth) => {
    const { calibration } = calibrate(model, rowsOfTruth(8000, 2, truth))
    expect(calibration.method).toBe(method)
    expect(calibration.validation!.candidates.map((one) => one.method)).toEqual([
      'none',
      'platt',
      'beta',
      'isotonic',
    ])
    const { behind, standardError } = calibration.validation!.candidates.find((one) => one.method === method)!
    expect(behind).toBeLessThanOrEqual(standardError)
  })

  it('finds by validation what new rows confirm', () => {
    const truth = (m: number): number => 0.5 * m + 0.3
    const { calibration, ...rest } = calibrate(model, rowsOfTruth(8000, 2, truth))
    const calibrated = calibrate(model, rowsOfTruth(8000, 2, truth))
    const fresh = rowsOfTruth(8000, 3, truth)
    const { logLoss: loss, calibrationError: error } = calibration.validation!
    const after = calibrated.probability(fresh.features)
    // log loss of 8,000 rows has a standard error of about .004, the ECE about .01
    expect(Math.abs(loss.before - logLoss(model.probability(fresh.features), fresh.outcome))).toBeLessThan(
      0.02,
    )
    expect(Math.abs(loss.after - logLoss(after, fresh.outcome))).toBeLessThan(0.02)
    expect(error.before).toBeGreaterThan(0.05)
    expect(error.after).toBeLessThan(0.02)
    expect(calibrationError(after, fresh.outcome)).toBeLessThan(0.025)
    expect(rest.calibrator).toEqual(calibrated.calibrator)
  })

  it('says before as the metrics say it', () => {
    const rows = rowsOfTruth(500, 5, (m) => 0.5 * m)
    const weight = Float64Array.from({ length: 500 }, (_, row) => 1 + (row % 3))
    const { validation } = calibrate(model, { ...rows, weight }).calibration
    const p = model.probability(rows.features)
    expect(validation!.logLoss.before).toBeCloseTo(logLoss(p, rows.outcome, { weight }), 12)
    expect(validation!.calibrationError.before).toBeCloseTo(calibrationError(p, rows.outcome, { weight }), 12)
  })

  it('leaves the model as it is where churners are too few, and says so', () => {
    const rows = rowsOfTruth(60, 5, (m) => m - 1)
    const outcome = new Uint8Array(60)
    outcome[7] = 1
    const { calibration, baseRate } = calibrate(model, { ...rows, outcome })
    expect(calibration).toMatchObject({
      method: 'none',
      asked: 'auto',
      rows: 60,
      churners: 1,
      validation: null,
    })
    expect(calibration.notes[0]).toBe(
      '1 churned of 60 rows are too few to keep some from a fit: nothing was validated; probabilities stay as they are.',
    )
    expect(baseRate).toBe(0.5)
  })
})

describe('calibrate', () => {
  it('says when the rows look like those of the training, and when the model has no order', () => {
    const margin = Float64Array.from({ length: 40 }, (_, row) => row - 20)
    const features = { rowCount: 40, columns: [numberColumn('margin', margin)] }
    const outcome = Uint8Array.from(margin, (own) => (own > 0 ? 1 : 0))
    const notes = calibrate(model, { features, outcome }, { method: 'platt' }).calibration.notes
    expect(notes.join(' ')).toContain('without an exception')
    const reversed = calibrate(
      model,
      { features, outcome: outcome.map((one) => 1 - one) },
      { method: 'beta' },
    )
    expect(reversed.calibration.notes.join(' ')).toContain('everybody gets their churn rate')
    expect(reversed.probability(features)[0]).toBeCloseTo(21 / 40, 6)
  })

  it('has the base rate of the rows, and that of the model where nothing is changed', () => {
    const rows = sampleData(400, 2)
    const rate = rows.outcome.reduce((sum, one) => sum + one, 0) / 400
    expect(calibrate(logistic, rows, { method: 'beta' }).baseRate).toBe(rate)
    expect(calibrate(logistic, rows, { method: 'none' }).baseRate).toBe(logistic.baseRate)
  })

  it('reads weight 0 as an absent row and weight 2 as the row twice, in the calibrator', () => {
    const rows = sampleData(300, 2)
    const weight = Float64Array.from({ length: 300 }, (_, row) => row % 3)
    const repeated = [...weight].flatMap((times, row) => new Array<number>(times).fill(row))
    for (const method of ['platt', 'beta', 'isotonic'] as const) {
      const weighted = calibrate(logistic, { ...rows, weight }, { method })
      const plain = calibrate(logistic, rowsOf(rows, repeated), { method })
      const [p, q] = [weighted.probability(rows.features), plain.probability(rows.features)]
      expect(largestDifference(p, q)).toBeLessThan(1e-8)
      expect(weighted.baseRate).toBeCloseTo(plain.baseRate, 12)
    }
  })

  it('gives the same calibrator whatever the order of rows', () => {
    const rows = sampleData(300, 2)
    const other = rowsOf(rows, shuffledIndices(300, seededRandom(9)))
    for (const method of ['platt', 'beta', 'isotonic'] as const) {
      const [p, q] = [rows, other].map((given) =>
        calibrate(logistic, given, { method }).probability(rows.features),
      )
      expect(largestDifference(p!, q!)).toBeLessThan(1e-9)
    }
  })

  it('leaves its inputs as they were', () => {
    const rows = sampleData(200, 2)
    const groups = Object.freeze(Array.from({ length: 200 }, (_, row) => `C${row % 50}`))
    const before = structuredClone({
      outcome: rows.outcome,
      columns: rows.features.columns.map(({ name }) => name),
    })
    calibrate(
      logistic,
      Object.freeze({ ...rows, features: Object.freeze(rows.features) }),
      Object.freeze({ groups }),
    )
    expect({ outcome: rows.outcome, columns: rows.features.columns.map(({ name }) => name) }).toEqual(before)
  })

  it('counts the rows of one customer together: wider standard errors', () => {
    const single = rowsOfTruth(1000, 4, (m) => 0.5 * m)
    const copies = rowsOf(
      single,
      Array.from({ length: 4000 }, (_, row) => row % 1000),
    )
    const groups = Array.from({ length: 4000 }, (_, row) => row % 1000)
    const errors = [{}, { groups }].map((more) => {
      const { validation } = calibrate(model, copies, { ...more }).calibration
      return validation!.candidates[0]!.standardError
    })
    // 4 copies of each row say no more than one: twice the standard error
    expect(errors[1]! / errors[0]!).toBeGreaterThan(1.8)
    expect(errors[1]! / errors[0]!).toBeLessThan(2.2)
  })

  it.each(badOptions(calibrateOptions))('refuses options: $title', ({ options, code, parameter }) => {
    expect(problemsOf(() => calibrate(logistic, data, options))).toMatchObject([{ code, parameter }])
  })

  it('refuses groups of another length or without a name, one class, and rows without the features', () => {
    const of = (groups: unknown) =>
      problemsOf(() => calibrate(logistic, data, { groups: groups as string[] }))
    expect(of(['A'])).toMatchObject([{ code: 'length-differs', parameter: 'groups', received: 1 }])
    expect(of(new Array(300).fill(null))).toMatchObject([{ code: 'value-missing', parameter: 'groups' }])
    const one = { ...data, outcome: new Uint8Array(300) }
    expect(problemsOf(() => calibrate(logistic, one))).toMatchObject([{ code: 'one-class' }])
    const without = { ...data, features: { ...data.features, columns: data.features.columns.slice(1) } }
    expect(problemsOf(() => calibrate(logistic, without))[0]).toMatchObject({ code: 'feature-missing' })
  })
})

describe('calibrationFolds', () => {
  it('keeps the rows of a customer together, and gives each fold its part of the churners', () => {
    const random = seededRandom(1)
    const customerOf = groupNumbers(Array.from({ length: 900 }, (_, row) => `C${row % 300}`))
    const outcome = Uint8Array.from({ length: 900 }, (_, row) => (row % 300 < 60 && row >= 600 ? 1 : 0))
    const { fold, count } = calibrationFolds({ customerOf, outcome }, 5, random)!
    expect(count).toBe(5)
    for (let row = 0; row < 300; row++)
      expect(new Set([fold[row], fold[row + 300], fold[row + 600]]).size).toBe(1)
    for (let own = 0; own < 5; own++) {
      expect(outcome.filter((one, row) => one === 1 && fold[row] === own)).toHaveLength(12)
      expect(fold.filter((value) => value === own)).toHaveLength(180)
    }
  })

  it('takes fewer folds where a class is small, and none where one row would leave one class', () => {
    const outcome = Uint8Array.of(1, 1, 1, 0, 0, 0, 0, 0, 0, 0)
    expect(calibrationFolds({ customerOf: null, outcome }, 5, seededRandom(1))!.count).toBe(3)
    const one = { customerOf: null, outcome: Uint8Array.of(1, 0, 0, 0) }
    expect(calibrationFolds(one, 5, seededRandom(1))).toBeNull()
  })
})

describe('trainCalibrated', () => {
  const train = (rows: TrainingData): ChurnModel =>
    trainBoosting(rows, { rounds: 60, maxDepth: 6, earlyStopping: false, learningRate: 0.3 })

  it('makes a model right that is far too sure of itself, and keeps it trained on all rows', () => {
    const rows = sampleData(1500, 4)
    const fresh = sampleData(4000, 5)
    const calibrated = trainCalibrated(rows, train)
    const alone = train(rows)
    expect(calibrated.model.probability(fresh.features)).toEqual(alone.probability(fresh.features))
    const losses = [alone, calibrated].map((one) => logLoss(one.probability(fresh.features), fresh.outcome))
    expect(losses[1]!).toBeLessThan(losses[0]! - 0.02)
    const { before, after } = calibrated.calibration.validation!.logLoss
    expect(after).toBeLessThan(before - 0.02)
    expect(Math.abs(after - losses[1]!)).toBeLessThan(0.05)
  })

  it('never shows a row, or another row of its customer, to the model that predicts it for the calibrator', () => {
    const rows = sampleData(300, 4)
    const number = Float64Array.from({ length: 300 }, (_, row) => row)
    const features = { rowCount: 300, columns: [...rows.features.columns, numberColumn('number', number)] }
    const customers = Array.from({ length: 300 }, (_, row) => row % 100)
    const seen: Set<number>[] = []
    const watched = (given: TrainingData): ChurnModel => {
      const column = given.features.columns.find(({ name }) => name === 'number') as { values: Float64Array }
      const own = new Set(Array.from(column.values, (row) => row % 100))
      seen.push(own)
      const trained = trainLogistic(given)
      return {
        ...saying('number'),
        margin: (asked) => {
          const { values } = asked.columns.find(({ name }) => name === 'number') as { values: Float64Array }
          for (const row of values) expect(own.has(row % 100)).toBe(false)
          return trained.margin(asked)
        },
      }
    }
    trainCalibrated({ ...rows, features }, watched, { folds: 4, groups: customers })
    // every customer is in all trainings but that of the fold, and all are in the last
    expect(seen).toHaveLength(5)
    expect(seen.slice(0, 4).reduce((sum, { size }) => sum + size, 0)).toBe(3 * 100)
    expect(seen[4]!.size).toBe(100)
  })

  it('tells its progress, hands the signal on, and stops when asked to', () => {
    const steps: Progress[] = []
    const controller = new AbortController()
    const signals: unknown[] = []
    const options = { folds: 3, repeats: 2, method: 'platt' } as const
    trainCalibrated(
      data,
      (rows, { signal }) => {
        signals.push(signal)
        return trainLogistic(rows)
      },
      options,
      { signal: controller.signal, onProgress: (step) => steps.push(step) },
    )
    expect(steps.map(({ done, total }) => `${done}/${total}`)).toEqual([
      '1/7',
      '2/7',
      '3/7',
      '4/7',
      '5/7',
      '6/7',
      '7/7',
    ])
    expect(signals).toEqual(new Array(7).fill(controller.signal))
    controller.abort()
    const problems = problemsOf(() =>
      trainCalibrated(data, plainLogistic, options, { signal: controller.signal }),
    )
    expect(problems).toMatchObject([{ code: 'aborted' }])
  })

  it('is steadier with repeats: the same rows, dealt anew', () => {
    const slopes = (repeats: number): number[] =>
      [1, 2, 3, 4, 5, 6].map((seed) => {
        const { calibrator } = trainCalibrated(data, plainLogistic, {
          method: 'platt',
          folds: 3,
          repeats,
          seed,
        })
        return calibrator.method === 'platt' ? calibrator.slope : Number.NaN
      })
    const spread = (values: number[]): number => Math.max(...values) - Math.min(...values)
    expect(spread(slopes(8))).toBeLessThan(spread(slopes(1)))
  })

  it('gives the same model when the training answers later', async () => {
    const options = { method: 'beta', folds: 3 } as const
    const later = await trainCalibratedAsync(data, async (rows) => trainLogistic(rows), options)
    expect(later.state()).toEqual(trainCalibrated(data, plainLogistic, options).state())
    const wrong = trainCalibratedAsync(data, () => Promise.reject(new Error('lost')), options)
    await expect(wrong).rejects.toThrow('lost')
  })

  it('says where it brings a model back that was moved by less', () => {
    const data = sampleData(2000, 1)
    const rate = data.outcome.reduce((sum, one) => sum + one, 0) / 2000
    // .4 log odds higher: below the half that is refused
    const prior = 1 / (1 + Math.exp(-(Math.log(rate / (1 - rate)) + 0.4)))
    const moved = (rows: TrainingData) => shiftPrior(trainLogistic(rows), { baseRate: prior })
    const options = { method: 'platt', folds: 2 } as const
    const calibrated = trainCalibrated(
      data,
      (rows) => {
        const share = rows.outcome.reduce((sum, one) => sum + one, 0) / rows.outcome.length
        return share === rate ? moved(rows) : trainLogistic(rows)
      },
      options,
    )
    expect(calibrated.baseRate).toBeCloseTo(rate, 12)
    const both = `stands for a churn rate of ${prior.toPrecision(3)}, the rows for ${rate.toPrecision(3)}`
    expect(calibrated.calibration.notes.join()).toContain(both)
    const plain = trainCalibrated(data, (rows) => trainLogistic(rows), options)
    expect(plain.calibration.notes.join()).not.toContain('stands for')
    expect(trainCalibrated(data, moved, { ...options, method: 'beta' }).calibration.notes.join()).toContain(
      both,
    )
    const other = sampleData(2000, 2)
    expect(calibrate(moved(data), other, { method: 'platt' }).calibration.notes.join()).toContain(
      'The model stood for a churn rate of',
    )
    expect(calibrate(trainLogistic(data), other, { method: 'platt' }).calibration.notes.join()).not.toContain(
      'stood for',
    )
  })

  it('refuses a model that is moved to another churn rate, which the calibrator would bring back', () => {
    const half = sampleData(200, 1)
    const moved = (rows: TrainingData) => shiftPrior(trainLogistic(rows), { baseRate: 0.02 })
    for (const method of ['auto', 'none'] as const)
      expect(() => trainCalibrated(half, moved, { method, folds: 2 })).toThrow(
        /trainCalibrated: expected train to give a model that stands for the churn rate of its rows .* shiftPrior/,
      )
    const { notes } = calibrate(moved(half), sampleData(200, 2), { method: 'platt' }).calibration
    expect(notes.join()).toContain('The model stood for a churn rate of 0.0200')
  })

  it('says where the models of folds knew the rows that were kept from them', () => {
    const data = sampleData(200, 1)
    const onAll = trainLogistic(data)
    expect(trainCalibrated(data, () => onAll, { folds: 4 }).calibration.notes.join()).toContain(
      '4 of 4 models knew rows of the fold',
    )
    const honest = trainCalibrated(data, (rows) => trainLogistic(rows), { folds: 4 })
    expect(honest.calibration.notes.join()).not.toContain('models knew rows')
  })

  it('refuses rows with a single churner, or churners of a single customer', () => {
    const outcome = new Uint8Array(300)
    outcome[3] = 1
    expect(problemsOf(() => trainCalibrated({ ...data, outcome }, plainLogistic))).toMatchObject([
      { code: 'one-class', parameter: 'outcome', received: '1 churned, 299 stayed' },
    ])
    outcome[4] = 1
    const groups = Array.from({ length: 300 }, (_, row) => (row === 4 ? 3 : row))
    expect(problemsOf(() => trainCalibrated({ ...data, outcome }, plainLogistic, { groups }))).toMatchObject([
      { code: 'one-class', parameter: 'groups' },
    ])
  })

  it('is the model itself, and its calibration nothing, where a shift goes there and back', () => {
    const there = shiftPrior(logistic, { baseRate: 0.01 })
    const back = shiftPrior(there, { baseRate: logistic.baseRate })
    expect(back.model).toBe(logistic)
    expect(largestDifference(back.margin(data.features), logistic.margin(data.features))).toBe(0)
    expect(logit(back.baseRate)).toBe(logit(logistic.baseRate))
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
