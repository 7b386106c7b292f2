import { describe, expect, it } from 'vitest'
import { numberColumn } from '../../src/base/matrix.js'
import { evaluate } from '../../src/evaluate/evaluate.js'
import { trainPrior } from '../../src/learn/baseline/train.js'
import { blendModels } from '../../src/learn/blend/blendModels.js'
import { trainBoosting } from '../../src/learn/boosting/train.js'
import { trainBoostingFromChunks } from '../../src/learn/boosting/trainFromChunks.js'
import { calibrate } from '../../src/learn/calibrate/calibrate.js'
import { shiftPrior } from '../../src/learn/calibrate/shiftPrior.js'
import { trainCalibrated } from '../../src/learn/calibrate/trainCalibrated.js'
import { trainForest } from '../../src/learn/forest/train.js'
import { trainLogistic } from '../../src/learn/logistic/train.js'
import { decodeModel, encodeModel } from '../../src/learn/store.js'
import { overlapWith, TrainedChunks, trainedRowsOf } from '../../src/learn/trainedRows.js'
import { createScorer, encodeScorer, loadScorer } from '../../src/score/scorer.js'
import { rowsOf, sampleData } from './sample.js'

const names = ['tenureMonths', 'plan', 'complaints', 'contract', 'noise']
const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, row) => from + row)

describe('fingerprints of training rows', () => {
  const data = sampleData(1000, 1)
  const train = rowsOf(data, numbers(0, 800))

  it('find every training row among others, whatever the order of columns and dictionaries, and no other', () => {
    const rows = trainedRowsOf(train.features, names, 'salt')!
    const mixed = rowsOf(data, [999, 3, 997, 500, 998])
    const features = { ...mixed.features, columns: mixed.features.columns.toReversed() }
    expect(overlapWith(rows, features)).toEqual({ compared: 5, equal: 2, equalByChance: 0, isOverlap: true })
    const others = rowsOf(data, numbers(800, 1000)).features
    expect(overlapWith(rows, others)).toEqual({ compared: 200, equal: 0, equalByChance: 0, isOverlap: false })
  })

  it('tell nothing where a column is not there', () => {
    const rows = trainedRowsOf(train.features, names, 'salt')!
    expect(overlapWith(rows, { rowCount: 800, columns: train.features.columns.slice(1) })).toBeNull()
    expect(trainedRowsOf(train.features, [], 'salt')).toBeNull()
  })

  it('are at most 2,048, a sample of larger data by what the rows hold: a fifth of them is found as a fifth', () => {
    const large = sampleData(20_000, 2)
    const rows = trainedRowsOf(rowsOf(large, numbers(0, 16_000)).features, names, 'salt')!
    // 6 bytes each, 4 characters for 3 of them.
    expect(rows.fingerprints.length).toBe((2048 * 6 * 4) / 3)
    const { compared, equal, isOverlap } = overlapWith(rows, large.features)!
    // 2,048 of 16,000 rows lie below the limit, and as many of the others: 2,560 of 20,000, of which 80 % were trained on.
    expect(Math.abs(compared - 2560)).toBeLessThan(150)
    expect(equal / compared).toBeCloseTo(0.8, 1)
    expect(isOverlap).toBe(true)
    const others = overlapWith(rows, rowsOf(large, numbers(16_000, 20_000)).features)!
    expect(others).toMatchObject({ equal: 0, isOverlap: false })
  })

  it('do not take for training rows what is equal by chance: columns that tell customers hardly apart', () => {
    const plain = (seed: number) => ({
      rowCount: 500,
      columns: [
        numberColumn(
          'calls',
          numbers(0, 500).map((row) => (row * seed) % 7),
        ),
      ],
    })
    const rows = trainedRowsOf(plain(1), ['calls'], 'salt')!
    expect(overlapWith(rows, plain(3))).toEqual({
      compared: 500,
      equal: 500,
      equalByChance: 500,
      isOverlap: false,
    })
  })

  it('differ with the salt, and are the same for the same rows', () => {
    const [one, same, other] = ['a', 'a', 'b'].map((salt) => trainedRowsOf(train.features, names, salt)!)
    expect(same).toEqual(one)
    expect(other!.fingerprints).not.toBe(one!.fingerprints)
  })
})

describe('an evaluation', () => {
  const data = sampleData(400, 1)
  const train = {
    ...rowsOf(data, numbers(0, 300)),
    rules: null,
    label: null,
    population: null,
    fingerprint: '0'.repeat(64),
  }
  const test = rowsOf(data, numbers(300, 400))
  const notesOf = (model: Parameters<typeof evaluate>[0], rows: typeof test): string =>
    evaluate(model, rows, { resamples: 20 }).notes.join(' ')

  it('says which rows the model was trained on: of a scorer, of its file, of a model made of it', () => {
    const scorer = createScorer(trainLogistic(train), train)
    const loaded = loadScorer(encodeScorer(scorer))
    for (const model of [scorer.model, loaded.model, shiftPrior(loaded.model, { baseRate: 0.1 })]) {
      expect(notesOf(model, data)).toContain('300 of the 400 rows that were compared (75.0 %)')
      expect(notesOf(model, test)).not.toContain('TRAINED ON')
    }
    expect(String(evaluate(scorer.model, data, { resamples: 20 }))).toContain('TRAINED ON')
  })

  it.each([
    ['logistic', trainLogistic(train)],
    ['boosting', trainBoosting(train, { rounds: 5 })],
    ['forest', trainForest(train, { trees: 5 })],
    [
      'blend',
      blendModels([
        { model: trainLogistic(train), weight: 1 },
        { model: trainForest(train, { trees: 5 }), weight: 1 },
      ]),
    ],
    ['calibrated', trainCalibrated(train, (rows) => trainLogistic(rows), { folds: 2 })],
  ])('says it of a model that was trained just now, without a scorer: %s', (_, model) => {
    expect(notesOf(model, data)).toContain('300 of the 400 rows')
    expect(notesOf(model, test)).not.toContain('TRAINED ON')
  })

  it('says it of a model that was trained from chunks, as of the same rows in memory', async () => {
    const chunks = [0, 1, 2].map((part) => rowsOf(train, numbers(part * 100, part * 100 + 100)))
    const model = await trainBoostingFromChunks(chunks, { rounds: 5 })
    expect(notesOf(model, data)).toContain('300 of the 400 rows')
    expect(notesOf(model, test)).not.toContain('TRAINED ON')
    const next = await trainBoostingFromChunks([test], { rounds: 2 }, { startFrom: model })
    expect(notesOf(next, train)).toContain('300 of the 300 rows')
    // Above 2,048 rows the same sample as in memory; every tenth row stands there twice.
    const twice = numbers(0, 9000).map((row) => (row % 10 === 0 ? row + 1 : row))
    const large = rowsOf(sampleData(9001, 3), twice)
    const watch = new TrainedChunks()
    for (let start = 0; start < 9000; start += 500)
      watch.add(rowsOf(large, numbers(start, start + 500)).features)
    const [own, whole] = [watch.rows()!, trainedRowsOf(large.features, names, '')!]
    expect({ ...own, twinShare: 0 }).toEqual({ ...whole, twinShare: 0 })
    expect(own.twinShare).toBeCloseTo(whole.twinShare, 1)
  })

  it('counts the rows of the model that a training went on from, and no row of weight 0', () => {
    const [first, second] = [rowsOf(data, numbers(0, 100)), rowsOf(data, numbers(100, 150))]
    const startFrom = trainBoosting(first, { rounds: 2 })
    const model = trainBoosting(second, { rounds: 2 }, { startFrom })
    expect(notesOf(model, data)).toContain('100 of the 400 rows')
    const weight = Float64Array.from(second.outcome, (_, row) => (row < 20 ? 0 : 1))
    expect(notesOf(trainLogistic({ ...second, weight }), data)).toContain('30 of the 400 rows')
  })

  it('is said by calibrate as well: a model is surer on its own rows', () => {
    const model = trainLogistic(train)
    const own = calibrate(model, train, { method: 'platt' })
    expect(own.calibration.notes.join()).toContain('300 of the 300 rows')
    const other = calibrate(model, test, { method: 'platt' })
    expect(other.calibration.notes.join()).not.toContain('trained on')
    expect(notesOf(other, test)).toContain('100 of the 100 rows')
  })

  it('says nothing of models whose training rows are not known', () => {
    const file = decodeModel(encodeModel(trainLogistic(train))).model
    expect(notesOf(file, data)).not.toContain('TRAINED ON')
    expect(notesOf(trainPrior(train), data)).not.toContain('TRAINED ON')
  })
})
