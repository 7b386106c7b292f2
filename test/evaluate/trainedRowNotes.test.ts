import { expect, it } from 'vitest'
import { type FeatureMatrix, numberColumn, takeRows } from '../../src/base/matrix.js'
import { seededRandom } from '../../src/base/random.js'
import { evaluate } from '../../src/evaluate/evaluate.js'
import { compareModels } from '../../src/evaluate/interval/compareModels.js'
import { segmentTable } from '../../src/evaluate/segment/segmentTable.js'
import { trainLogistic } from '../../src/learn/logistic/train.js'

/** Rows of which `distinct` values of one column tell nearly all apart. */
function rowsOf(count: number, distinct: number, seed: number) {
  const random = seededRandom(seed)
  const x = Array.from({ length: count }, () => random.integer(distinct))
  return {
    features: { rowCount: count, columns: [numberColumn('x', x)] },
    outcome: Uint8Array.from(x, (value) => Number(random.uniform() < 0.2 + (0.6 * value) / distinct)),
  }
}

const whole = rowsOf(600, 1e9, 1)
const part = (from: number, to: number) => {
  const rows = Array.from({ length: to - from }, (_, row) => from + row)
  return {
    features: takeRows(whole.features, rows),
    outcome: Uint8Array.from(rows, (row) => whole.outcome[row]!),
  }
}
const [seen, fresh] = [part(0, 300), part(300, 600)]
const model = trainLogistic(seen)
const other = trainLogistic(fresh)
const quick = { resamples: 20 }
const trainedOn = 'THE MODEL WAS TRAINED ON'

it('tables by segment and comparisons say where a model was trained on their rows, when they are told what predicted', () => {
  const predictedBy = { models: [model], features: seen.features }
  const p = model.probability(seen.features)
  const attributes = { half: Array.from(p, (_, row) => (row < 150 ? 'first' : 'second')) }
  expect(segmentTable(p, seen.outcome, attributes, { ...quick, predictedBy }).notes.join()).toContain(
    trainedOn,
  )
  expect(segmentTable(p, seen.outcome, attributes, quick).notes).toEqual([])
  const both = { models: [model, other], features: seen.features }
  const options = { ...quick, names: ['old', 'new'] as const, predictedBy: both }
  const compared = compareModels(p, other.probability(seen.features), seen.outcome, options)
  expect(compared.notes).toEqual([expect.stringMatching(/^old: 300 of the 300 rows/)])
  expect(compareModels(p, p, seen.outcome, quick).notes).toEqual([])
})

it.each([
  [{ models: model, features: seen.features }, 'predictedBy.models to be a list'],
  [{ models: [model], features: seen.features }, 'predictedBy.models to have 2 models'],
  [{ models: [model, 'x'], features: seen.features }, 'predictedBy.models[1] to be a model'],
  [{ models: [model, other], features: part(0, 10).features }, 'predictedBy.features to have 300 rows'],
  [[model], 'predictedBy to be models and the features that they predicted'],
])('what predicted is refused where it does not fit', (predictedBy, message) => {
  const p = model.probability(seen.features)
  expect(() => compareModels(p, p, seen.outcome, { ...quick, predictedBy: predictedBy as never })).toThrow(
    message,
  )
})

it('a few training rows among many are said not to be told, where chance makes some rows equal', () => {
  // Of 60,000 values 1,000 others have some 2,000 · 1,000 / 60,000 = 33 of the 2,000 in the training.
  const [training, others] = [rowsOf(2000, 60_000, 2), rowsOf(1000, 60_000, 3)]
  const trained = trainLogistic(training)
  const among = (rows: number) => {
    const places = Array.from({ length: rows }, (_, row) => row)
    const features = takeRows(training.features, places)
    const x = [...numbersOf(others), ...numbersOf({ features })]
    const columns = [numberColumn('x', x)]
    const outcome = Uint8Array.from([...others.outcome, ...training.outcome.slice(0, rows)])
    return evaluate(trained, { features: { rowCount: x.length, columns }, outcome }, quick).notes
  }
  expect(among(0)).toEqual([])
  expect(among(40).join()).toContain(
    'it cannot be told whether the model was trained on some of these customers',
  )
})

function numbersOf({ features }: { readonly features: FeatureMatrix }): number[] {
  const [column] = features.columns
  return Array.from(column!.kind === 'number' ? column!.values : [])
}
