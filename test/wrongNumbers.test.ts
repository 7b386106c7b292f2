import { describe, expect, it } from 'vitest'
import { contributionImportance } from '../src/entries/explain.js'
import { concordance, logLoss, populationStability, qiniCurve } from '../src/entries/metrics.js'
import { blendWeights, estimateBaseRate, shiftProbabilities } from '../src/entries/models.js'
import { profitCurve } from '../src/entries/profit.js'
import { predictionReport } from '../src/entries/report.js'
import { riskBands } from '../src/entries/score.js'
import { booleanColumn, dayColumn, numberColumn, tableFrom, textColumn } from '../src/entries/tables.js'
import {
  compareModels,
  type EpochDay,
  evaluateProbabilities,
  fromFlatTable,
  HoldfastError,
  realisedProfit,
  segmentTable,
  Table,
  takeDatasetRows,
  trainLogistic,
} from '../src/index.js'

// `null >= 0`, `'1' <= 1` and `true * 0 === 0` hold in JavaScript, so that a rule of numbers alone lets these pass.
const noNumbers: readonly unknown[] = [null, undefined, '1', true, 1n]

const p = [0.9, 0.8, 0.3, 0.7, 0.2, 0.1, 0.6, 0.4]
const y = [1, 1, 0, 1, 0, 0, 0, 1]
const ones = p.map(() => 1)
const offer = { customerValue: 100, offerCost: 1, contactCost: 1, acceptance: 0.3 }
const data = { features: { rowCount: 8, columns: [numberColumn('x', p)] }, outcome: Uint8Array.from(y) }
const model = trainLogistic(data)
const dataset = fromFlatTable(tableFrom({ x: p, churned: y }), { label: 'churned' })
const matrix = (values: never) => ({
  rowCount: 8,
  columns: [{ kind: 'number' as const, name: 'x', values, missing: null }],
})

/** Each takes the list with a wrong value in its third place. */
const takers: Readonly<Record<string, (put: (list: readonly unknown[]) => never) => unknown>> = {
  'shiftProbabilities, probability': (put) => shiftProbabilities(put(p), { from: 0.5, to: 0.1 }),
  'blendWeights, probabilities': (put) => blendWeights({ probabilities: [put(p)], outcome: y }),
  'blendWeights, outcome': (put) => blendWeights({ probabilities: [p], outcome: put(y) }),
  'blendWeights, weight': (put) => blendWeights({ probabilities: [p], outcome: y, weight: put(ones) }),
  'trainLogistic, a column': (put) => trainLogistic({ ...data, features: matrix(put(p)) }),
  'trainLogistic, outcome': (put) => trainLogistic({ ...data, outcome: put(y) }),
  'trainLogistic, weight': (put) => trainLogistic({ ...data, weight: put(ones) }),
  'probability, a column': (put) => model.probability(matrix(put(p))),
  'contributionImportance, weight': (put) =>
    contributionImportance(model, data.features, { weight: put(ones) }),
  'logLoss, probability': (put) => logLoss(put(p), y),
  'logLoss, outcome': (put) => logLoss(p, put(y)),
  'logLoss, weight': (put) => logLoss(p, y, { weight: put(ones) }),
  'evaluateProbabilities, probability': (put) => evaluateProbabilities(put(p), y),
  'compareModels, probability': (put) => compareModels(p, put(p), y),
  'segmentTable, probability': (put) => segmentTable(put(p), y, { plan: p.map(String) }),
  'predictionReport, weight': (put) => predictionReport(p, y, { weight: put(ones) }),
  'estimateBaseRate, a column': (put) => estimateBaseRate(model, matrix(put(p))),
  'profitCurve, customerValue': (put) =>
    profitCurve(p, y, { ...offer, customerValue: put(p.map((one) => 100 * one)) }),
  'realisedProfit, weight': (put) => realisedProfit(p, y, offer, 'paying', { weight: put(ones) }),
  'realisedProfit, rows': (put) => realisedProfit(p, y, offer, { rows: put([0, 1, 2]) }),
  'concordance, duration': (put) => concordance(p, put([1, 2, 3, 4, 5, 6, 7, 8]), y),
  'qiniCurve, treated': (put) => qiniCurve(p, y, put([0, 1, 0, 1, 0, 1, 0, 1])),
  'populationStability, counts': (put) => populationStability(put([3, 4, 5]), [3, 4, 5]),
  'takeDatasetRows, rows': (put) => takeDatasetRows(dataset, put([0, 1, 2])),
  'Table.take, rows': (put) => new Table(data.features.columns).take(put([0, 1, 2])),
  'riskBands, base rate': (put) => riskBands((put([0, 0, 0.2]) as readonly number[])[2]!),
}

describe('what is no number is never read as one', () => {
  it.each(Object.entries(takers))('%s', (_, take) => {
    expect(() => take((list) => list as never)).not.toThrow()
    for (const wrong of noNumbers) {
      const run = () => take((list) => list.map((value, place) => (place === 2 ? wrong : value)) as never)
      expect(run, String(wrong)).toThrow(HoldfastError)
    }
  })
})

describe('a column takes values of its kind alone, and null', () => {
  const makers: Readonly<Record<string, [(values: never) => unknown, right: unknown]>> = {
    numberColumn: [(values) => numberColumn('x', values), 1.5],
    textColumn: [(values) => textColumn('x', values), 'a'],
    booleanColumn: [(values) => booleanColumn('x', values), false],
    dayColumn: [(values) => dayColumn('x', values), 20_000 as EpochDay],
  }
  it.each(Object.entries(makers))('%s', (_, [make, right]) => {
    expect(() => make([right, null, undefined, right] as never)).not.toThrow()
    for (const wrong of [1.5, 'a', false, 3n, {}].filter((value) => typeof value !== typeof right)) {
      expect(() => make([right, null, wrong] as never)).toThrow(HoldfastError)
    }
  })
})

describe('rows that are not there', () => {
  it.each([-1, 8, 1.5, Number.NaN])('row %s is refused', (row) => {
    expect(() => takeDatasetRows(dataset, [0, row])).toThrow('to hold numbers of rows, from 0 to 7')
    expect(() => new Table(data.features.columns).take([0, row])).toThrow('numbers of rows, from 0 to 7')
  })
})

describe('a column that is there twice', () => {
  const twice = { rowCount: 8, columns: [...data.features.columns, ...data.features.columns] }
  it('is refused in training, in scoring, and as an attribute: which one is meant cannot be known', () => {
    for (const run of [
      () => trainLogistic({ ...data, features: twice }),
      () => model.probability(twice),
      () => model.contributions(twice),
      () => segmentTable(p, y, twice, { by: 'x' }),
    ]) {
      expect(run).toThrow(/x to occur once/)
    }
  })
})
