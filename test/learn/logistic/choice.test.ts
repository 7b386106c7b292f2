import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import {
  type NumberColumn,
  type NumberValues,
  numberColumn,
  takeRows,
  textColumn,
} from '../../../src/base/matrix.js'
import { seededRandom } from '../../../src/base/random.js'
import { sigmoid, softplus } from '../../../src/base/statistics.js'
import type { TrainingData } from '../../../src/learn/contract.js'
import { designOf } from '../../../src/learn/logistic/design.js'
import { type LogisticModel, restoreLogistic } from '../../../src/learn/logistic/model.js'
import { scalesBySkewness, shapesOf } from '../../../src/learn/logistic/scales.js'
import { bestStrength } from '../../../src/learn/logistic/strength.js'
import { trainLogistic } from '../../../src/learn/logistic/train.js'
import { total } from '../../../src/learn/pairedLosses.js'

const golden = JSON.parse(readFileSync(new URL('../../golden/learn/logistic.json', import.meta.url), 'utf8'))

it('equals LogisticRegressionCV of scikit-learn on the same grid and folds, in strength and coefficients', () => {
  const outcome = Uint8Array.from(golden.outcome as number[])
  const rowCount = outcome.length
  const columns = [
    numberColumn('fee', golden.fee),
    textColumn('plan', golden.plan),
    textColumn('region', golden.region),
    numberColumn('tenure', golden.tenure),
  ]
  const features = { rowCount, columns }
  const shapes = shapesOf(features, null)
  const asLog = scalesBySkewness(shapes, 'raw')
  const rows = {
    design: designOf(features, null, { minCategoryRows: 10, shapes, asLog }),
    outcome,
    weight: null,
    foldOf: Int32Array.from(outcome, (_, row) => row % 5),
    foldCount: 5,
  }
  const { grid, logLoss, inverseRegularization, intercept, coefficients } = golden.chosen
  for (const [index, strength] of (grid as number[]).entries()) {
    expect(total(bestStrength(rows, [strength]).losses) / rowCount).toBeCloseTo(logLoss[index], 4)
  }
  const chosen = bestStrength(rows)
  expect(chosen.inverseRegularization).toBeCloseTo(inverseRegularization, 12)
  const model = trainLogistic(
    { features, outcome },
    { inverseRegularization: chosen.inverseRegularization, skewed: 'raw', gradientTolerance: 1e-12 },
  )
  expect(Math.abs(model.intercept - intercept)).toBeLessThan(1e-6)
  expect(Math.abs(numberEffect(model, 'tenure').coefficient - coefficients.tenure)).toBeLessThan(1e-6)
  expect(Math.abs(numberEffect(model, 'fee').coefficient - coefficients.fee)).toBeLessThan(1e-6)
})

/** Columns of which the first five tell a little, the others nothing. */
function mostlyNoise(rowCount: number, seed: number): TrainingData {
  const random = seededRandom(seed)
  const columns = Array.from({ length: 60 }, () => Array.from({ length: rowCount }, () => random.normal()))
  const outcome = Uint8Array.from({ length: rowCount }, (_, row) => {
    const margin = -2 + 0.3 * [0, 1, 2, 3, 4].reduce((sum, column) => sum + columns[column]![row]!, 0)
    return random.uniform() < sigmoid(margin) ? 1 : 0
  })
  return {
    features: { rowCount, columns: columns.map((values, index) => numberColumn(`c${index}`, values)) },
    outcome,
  }
}

it('with few churners and many columns the penalty is stronger, and new customers are predicted better', () => {
  const [train, test] = [mostlyNoise(900, 1), mostlyNoise(3000, 2)]
  const [chosen, one] = [trainLogistic(train), trainLogistic(train, { inverseRegularization: 1 })]
  expect(chosen.inverseRegularization).toBeLessThan(0.1)
  // One is chosen of the strengths 0.0001 … 100: half powers of ten.
  expect(Math.log10(chosen.inverseRegularization!) * 2).toBeCloseTo(
    Math.round(Math.log10(chosen.inverseRegularization!) * 2),
    9,
  )
  expect(lossOn(chosen, test)).toBeLessThan(lossOn(one, test) - 0.005)
})

it('counts whose logarithm tells more enter as logarithms, though they are hardly skewed', () => {
  const random = seededRandom(3)
  const counts = Array.from({ length: 3000 }, () => Math.floor(random.uniform() ** 1.5 * 12))
  const outcome = Uint8Array.from(counts, (count) =>
    random.uniform() < sigmoid(1.5 - 1.6 * Math.log1p(count)) ? 1 : 0,
  )
  const data = { features: { rowCount: 3000, columns: [numberColumn('logins', counts)] }, outcome }
  expect(numberEffect(trainLogistic(data), 'logins').logUnit).toBeGreaterThan(0)
  // Skewness below 2: by the rule alone it stays as it is.
  expect(numberEffect(trainLogistic(data, { skewed: 'log' }), 'logins').logUnit).toBeNull()
  const line = Uint8Array.from(counts, (count) => (random.uniform() < sigmoid(0.8 - 0.3 * count) ? 1 : 0))
  expect(numberEffect(trainLogistic({ ...data, outcome: line }), 'logins').logUnit).toBeNull()
})

it('the rows of a customer are kept from the training together', () => {
  const { features, outcome } = mostlyNoise(300, 4)
  const copies = Int32Array.from({ length: 1800 }, (_, row) => row % 300)
  const random = seededRandom(5)
  const taken = takeRows(features, copies)
  // Not quite the same, so that only the ids tell whose the rows are.
  const columns = (taken.columns as NumberColumn<NumberValues>[]).map((column) =>
    numberColumn(
      column.name,
      Array.from(column.values, (value) => value + 0.01 * random.normal()),
    ),
  )
  const data = {
    features: { rowCount: 1800, columns },
    outcome: Uint8Array.from(copies, (row) => outcome[row]!),
  }
  const together = trainLogistic({ ...data, ids: copies }).inverseRegularization!
  expect(together).toBeLessThan(trainLogistic(data).inverseRegularization! / 10)
})

it('below ten customers of a kind nothing is chosen: the strength is 1', () => {
  const { features } = mostlyNoise(60, 6)
  const outcome = Uint8Array.from({ length: 60 }, (_, row) => (row < 9 ? 1 : 0))
  expect(trainLogistic({ features, outcome }).inverseRegularization).toBe(1)
})

it('the optimum of many rows is found from a sample, and is that of all', () => {
  const data = mostlyNoise(11_000, 7)
  const model = trainLogistic(data, { inverseRegularization: 1, gradientTolerance: 1e-10 })
  // Slope of the intercept and of one coefficient at the optimum, computed here.
  const probability = model.probability(data.features)
  const first = data.features.columns[0] as NumberColumn<NumberValues>
  const effect = numberEffect(model, 'c0')
  let [ofIntercept, ofFirst] = [0, effect.coefficient / 11_000]
  for (let row = 0; row < 11_000; row++) {
    const pull = (probability[row]! - data.outcome[row]!) / 11_000
    ofIntercept += pull
    ofFirst += (pull * (first.values[row]! - effect.mean)) / effect.deviation
  }
  expect(Math.abs(ofIntercept)).toBeLessThan(1e-9)
  expect(Math.abs(ofFirst)).toBeLessThan(1e-9)
})

it('the strength is kept in the model; files of earlier versions have none', () => {
  const data = mostlyNoise(400, 8)
  const model = trainLogistic(data)
  const restored = restoreLogistic(model.features, model.baseRate, model.state())
  expect(restored.inverseRegularization).toBe(model.inverseRegularization)
  const { inverseRegularization: _left, ...earlier } = model.state() as Record<string, unknown>
  const old = restoreLogistic(model.features, model.baseRate, earlier)
  expect(old.inverseRegularization).toBeNull()
  expect(Array.from(old.margin(data.features))).toEqual(Array.from(model.margin(data.features)))
})

function numberEffect(model: LogisticModel, name: string) {
  const effect = model.effects.find((feature) => feature.name === name)
  if (effect?.kind !== 'number') throw new Error(name)
  return effect
}

function lossOn(model: LogisticModel, { features, outcome }: TrainingData): number {
  const losses = model.margin(features).map((margin, row) => softplus(outcome[row] === 1 ? -margin : margin))
  return total(losses) / outcome.length
}
