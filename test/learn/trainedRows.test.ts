import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { numberColumn, takeRows, textColumn } from '../../src/base/matrix.js'
import { seededRandom } from '../../src/base/random.js'
import { evaluate } from '../../src/evaluate/evaluate.js'
import { trainPrior } from '../../src/learn/baseline/train.js'
import { blendModels } from '../../src/learn/blend/blendModels.js'
import type { BoostingModel } from '../../src/learn/boosting/model.js'
import { trainBoosting } from '../../src/learn/boosting/train.js'
import { trainBoostingFromChunks } from '../../src/learn/boosting/trainFromChunks.js'
import { calibrate } from '../../src/learn/calibrate/calibrate.js'
import { shiftPrior } from '../../src/learn/calibrate/shiftPrior.js'
import { trainCalibrated } from '../../src/learn/calibrate/trainCalibrated.js'
import { trainForest } from '../../src/learn/forest/train.js'
import { trainLogistic } from '../../src/learn/logistic/train.js'
import { decodeModel, encodeModel } from '../../src/learn/store.js'
import { loadModel, saveModel } from '../../src/learn/store.node.js'
import {
  overlapOf,
  overlapWith,
  TrainedChunks,
  trainedRowsOf,
  untoldOverlap,
} from '../../src/learn/trainedRows.js'
import { createScorer, encodeScorer, loadScorer } from '../../src/score/scorer.js'
import { readScorer, saveScorer } from '../../src/score/scorer.node.js'
import { rowsOf, sampleData } from './sample.js'

const names = ['tenureMonths', 'plan', 'complaints', 'contract', 'noise']
const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, row) => from + row)

describe('fingerprints of training rows', () => {
  const data = sampleData(1000, 1)
  const train = rowsOf(data, numbers(0, 800))

  it('find every training row among others, whatever the order of columns and dictionaries, and no other', () => {
    const rows = trainedRowsOf(train, names, 'salt')!
    const mixed = rowsOf(data, [999, 3, 997, 500, 998])
    const features = { ...mixed.features, columns: mixed.features.columns.toReversed() }
    expect(overlapWith(rows, features)).toEqual({
      compared: 5,
      equal: 2,
      equalByChance: 0,
      isOverlap: true,
      canBeTold: true,
    })
    const others = rowsOf(data, numbers(800, 1000)).features
    expect(overlapWith(rows, others)).toEqual({
      compared: 200,
      equal: 0,
      equalByChance: 0,
      isOverlap: false,
      canBeTold: true,
    })
  })

  it('tell nothing where a column is not there', () => {
    const rows = trainedRowsOf(train, names, 'salt')!
    expect(overlapWith(rows, { rowCount: 800, columns: train.features.columns.slice(1) })).toBeNull()
    expect(trainedRowsOf(train, [], 'salt')).toBeNull()
  })

  it('are at most 2,048, a sample of larger data by what the rows hold: a fifth of them is found as a fifth', () => {
    const large = sampleData(20_000, 2)
    const rows = trainedRowsOf(rowsOf(large, numbers(0, 16_000)), names, 'salt')!
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
    const rows = trainedRowsOf({ features: plain(1) }, ['calls'], 'salt')!
    expect(overlapWith(rows, plain(3))).toEqual({
      compared: 500,
      equal: 500,
      equalByChance: 500,
      isOverlap: false,
      canBeTold: false,
    })
  })

  it('find the training file itself, where every row of it has a copy, with ids or without', () => {
    const twice = rowsOf(data, [...numbers(0, 400), ...numbers(0, 400)])
    for (const ids of [undefined, numbers(0, 800).map((row) => `r${row}`)]) {
      const rows = trainedRowsOf({ ...twice, ids }, names, 'salt')!
      expect(overlapWith(rows, twice.features)).toMatchObject({ equal: 800, isOverlap: true })
      expect(overlapWith(rows, rowsOf(data, numbers(0, 400)).features)!.isOverlap).toBe(true)
      expect(overlapWith(rows, rowsOf(data, numbers(400, 1000)).features)!.isOverlap).toBe(false)
    }
  })

  it('cannot tell rows that stay the same under an id from those of the same customers at another time', () => {
    const ids = numbers(0, 300).map((row) => row % 100)
    const thrice = rowsOf(data, ids)
    const rows = trainedRowsOf({ ...thrice, ids }, names, 'salt')!
    const overlap = overlapWith(rows, thrice.features)!
    expect(overlap).toMatchObject({ equal: 300, equalByChance: 300, isOverlap: false, canBeTold: false })
    expect(untoldOverlap(overlap)).toContain('it cannot be told')
    expect(overlapWith(rows, rowsOf(data, numbers(300, 600)).features)!.canBeTold).toBe(true)
  })

  /** Rows of one column, whole numbers from 0 to `kinds`: of 2 million as good as different. */
  const drawn = (rowCount: number, kinds: number, seed: number) => {
    const random = seededRandom(seed)
    return {
      rowCount,
      columns: [
        numberColumn(
          'calls',
          numbers(0, rowCount).map(() => random.integer(kinds)),
        ),
      ],
    }
  }

  it.each([
    // Pairs of equal rows among 300 and among 1,500 customers: none, one. Chance leaves 300 · 1,500 / 2,000,000 = .2.
    ['one equal row of 1,500', 300, 1500, 1],
    // Nothing is known of 300 customers but that no two are equal; 1,500 tell that pairs are rare: six are no chance.
    ['six of 1,500', 300, 1500, 6],
    ['thirty of 100', 1000, 100, 30],
  ])('by chance or not: %s', (_, trained, asked, equal) => {
    const training = drawn(trained, 2 ** 30, 1)
    const others = drawn(asked, 2 ** 30, 2)
    const values = others.columns[0]!.values.slice()
    values.set(training.columns[0]!.values.subarray(0, equal))
    const features = { rowCount: asked, columns: [numberColumn('calls', values)] }
    const rows = trainedRowsOf({ features: training }, ['calls'], '')!
    expect(overlapWith(rows, features)).toMatchObject({ equal, isOverlap: equal > 1, canBeTold: true })
  })

  it('tell the training rows from others where nine of ten rows have a like, and not where all have', () => {
    const [own, other] = [drawn(1000, 450, 1), drawn(1000, 450, 2)]
    const rows = trainedRowsOf({ features: own }, ['calls'], '')!
    // (449/450)^999 = .11 of the rows are without a like.
    expect(rows.twinShare).toBeCloseTo(0.89, 1)
    expect(overlapWith(rows, own)).toMatchObject({ equal: 1000, isOverlap: true })
    expect(overlapWith(rows, other)).toMatchObject({ isOverlap: false, canBeTold: false })
  })

  it('are those of what the rows mean: white space, Unicode form, days until another day', () => {
    const plan = (texts: string[]) => ({ rowCount: 40, columns: [textColumn('plan', texts)] })
    const texts = numbers(0, 40).map((row) => `caf\u00e9 ${row}`)
    const rows = trainedRowsOf({ features: plan(texts) }, ['plan'], '')!
    for (const write of [(text: string) => ` ${text} `, (text: string) => text.normalize('NFD')])
      expect(overlapWith(rows, plan(texts.map(write)))!.equal).toBe(40)
    const since = (asOf: number) => ({
      rowCount: 40,
      columns: [
        {
          ...numberColumn(
            'since',
            numbers(0, 40).map((day) => asOf - day * 7),
          ),
          daysUntil: asOf,
        },
      ],
    })
    const days = trainedRowsOf({ features: since(19_000) }, ['since'], '')!
    expect(overlapWith(days, since(19_031))!.equal).toBe(40)
    expect(overlapWith(days, takeRows(since(19_031), [5, 6]))!.equal).toBe(2)
  })

  it('differ with the salt, and are the same for the same rows', () => {
    const [one, same, other] = ['a', 'a', 'b'].map((salt) => trainedRowsOf(train, names, salt)!)
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
    const [own, whole] = [watch.rows()!, trainedRowsOf(large, names, '')!]
    const { sampled, twinShare, ...same } = own
    expect(whole).toMatchObject(same)
    // In memory copies are taken for one customer's; of chunks nobody knows whose they are.
    expect(sampled!.rows).toBe(whole.sampled!.rows)
    expect(twinShare).toBeCloseTo(0.2, 1)
    expect(whole.twinShare).toBeLessThan(0.01)
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

  it('counts the rows that chose the number of trees', () => {
    const model = trainBoosting(train, { rounds: 5 }, { validation: test })
    expect(notesOf(model, test)).toContain('100 of the 100 rows')
    expect(model.notes).toEqual([])
    const again = trainBoosting(train, { rounds: 5 }, { validation: rowsOf(data, numbers(200, 400)) })
    expect(again.notes.join()).toContain('100 of the 200 rows to validate on')
  })

  it('does not know of a model with one inside of which nothing is known: calibrated, blended, gone on from, in a file', () => {
    const inner = decodeModel(encodeModel(trainBoosting(train, { rounds: 5 }))).model as BoostingModel
    const other = rowsOf(data, numbers(300, 400))
    const calibrated = calibrate(inner, other)
    const further = trainBoosting(other, { rounds: 1, earlyStopping: false }, { startFrom: inner })
    const blend = blendModels([{ model: inner }, { model: trainLogistic(other) }])
    for (const model of [calibrated, blend, further]) {
      expect(overlapOf(model, train.features)).toBeNull()
      expect(overlapOf(model, other.features)).toMatchObject({ equal: 100, isOverlap: true })
    }
    const own = { ...train, ...other }
    for (const model of [calibrated, further])
      expect(overlapOf(loadScorer(encodeScorer(createScorer(model, own))).model, train.features)).toBeNull()
    // Whoever says what it was trained on is believed.
    expect(overlapOf(createScorer(calibrate(inner, other), train).model, train.features)!.equal).toBe(300)
  })

  it('keeps in a file the rows of all that the model is made of, and the prior knows none', () => {
    const calibrated = calibrate(trainLogistic(train), test, { method: 'platt' })
    const { model } = loadScorer(encodeScorer(createScorer(calibrated, train)))
    expect(overlapOf(model, test.features)).toMatchObject({ equal: 100, isOverlap: true })
    expect(overlapOf(model, train.features)).toMatchObject({ equal: 300, isOverlap: true })
    const blend = blendModels([{ model: trainLogistic(train) }, { model: trainPrior(train) }])
    expect(overlapOf(blend, test.features)).toMatchObject({ equal: 0, isOverlap: false })
  })

  it('takes rows that are identical for one customer: intervals as with ids, and a note', () => {
    const model = trainLogistic(train)
    const times = numbers(0, 400).map((row) => row % 100)
    const copies = rowsOf(test, times)
    const [plain, owned] = [copies, { ...copies, ids: times }].map((rows) =>
      evaluate(model, rows, { resamples: 50 }),
    )
    expect(plain!.rocAuc).toEqual(owned!.rocAuc)
    expect(plain!.notes.join()).toContain('400 of 400 rows have the values of another row')
    expect(owned!.notes.join()).not.toContain('values of another row')
  })

  it('says that it is not known of a file without them, and nothing of a model that reads nothing', () => {
    const file = decodeModel(encodeModel(trainLogistic(train))).model
    expect(notesOf(file, data)).toContain('It is not known which rows the model was trained on.')
    expect(calibrate(file, test).notes.join()).toContain(
      'It is not known which rows the model was trained on.',
    )
    expect(notesOf(trainPrior(train), data)).not.toMatch(/TRAINED ON|not known/)
  })

  it('is in files of saveModel, with the rows that calibrated', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'holdfast-rows-')), 'model')
    await saveModel(calibrate(trainBoosting(train, { rounds: 5 }), test), path)
    const { model } = await loadModel(path)
    expect(notesOf(model, train)).toContain('300 of the 300 rows')
    expect(notesOf(model, test)).toContain('100 of the 100 rows')
    expect(notesOf(model, sampleData(200, 99))).not.toMatch(/TRAINED ON|not known/)
    await saveModel(model, path)
    expect(notesOf((await loadModel(path)).model, train)).toContain('300 of the 300 rows')
    // Who leaves the rows out of a scorer leaves them out of its file.
    await saveScorer(createScorer(trainLogistic(train)), path)
    expect(notesOf((await readScorer(path)).model, train)).toContain('It is not known')
    await rm(dirname(path), { recursive: true })
  })

  it('a calibration on training rows says so where notes are read', () => {
    const calibrated = calibrate(trainLogistic(train), train)
    expect(calibrated.notes.join()).toContain(
      '300 of the 300 rows that were compared are equal to rows that the model was',
    )
    expect(blendModels([{ model: calibrated }, { model: trainPrior(train) }]).notes).toEqual(calibrated.notes)
  })
})
