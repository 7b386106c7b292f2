import { describe, expect, it, test } from 'vitest'
import { checkOptions } from '../../src/base/options.js'
import { backtestOptions, crossValidateOptions } from '../../src/evaluate/backtest/validationOptions.js'
import { calibrationCurve } from '../../src/evaluate/calibration/calibrationCurve.js'
import { calibrationTable } from '../../src/evaluate/calibration/calibrationTable.js'
import { brierDecomposition, logLoss } from '../../src/evaluate/calibration/probabilityScores.js'
import { bootstrapInterval } from '../../src/evaluate/interval/bootstrapInterval.js'
import { compareFolds } from '../../src/evaluate/interval/compareFolds.js'
import { compareModels } from '../../src/evaluate/interval/compareModels.js'
import { delongInterval } from '../../src/evaluate/interval/delongInterval.js'
import { enoughChurners } from '../../src/evaluate/interval/enoughChurners.js'
import { intervalByWeights } from '../../src/evaluate/interval/intervalByWeights.js'
import { bestList } from '../../src/evaluate/profit/bestList.js'
import { maximumProfit } from '../../src/evaluate/profit/maximumProfit.js'
import { profitCurve } from '../../src/evaluate/profit/profitCurve.js'
import { realisedProfit } from '../../src/evaluate/profit/realisedProfit.js'
import { contactSavingsLine, contactsForSameCatch } from '../../src/evaluate/ranking/contactsForSameCatch.js'
import { gainsCurve, rocCurve } from '../../src/evaluate/ranking/rankingCurves.js'
import { liftAt, liftTable } from '../../src/evaluate/ranking/topOfList.js'
import { segmentOptions, segmentTable } from '../../src/evaluate/segment/segmentTable.js'
import { unoConcordance } from '../../src/evaluate/survival/concordance.js'
import { confusionAt, fBeta } from '../../src/evaluate/threshold/confusion.js'
import { qiniCoefficient, upliftAtShare } from '../../src/evaluate/uplift/upliftFigures.js'
import { refusedCodes } from '../support/refusedCodes.js'

const probability = [0.9, 0.8, 0.3, 0.2, 0.1]
const other = [0.7, 0.2, 0.6, 0.3, 0.1]
const outcome = [1, 0, 1, 0, 0]
const offer = { customerValue: 100, offerCost: 10, contactCost: 1, acceptance: 0.3 }
const customers = { size: [1, 2, 3, 4, 5], contract: ['a', 'a', 'b', 'b', 'b'] }
const spared = { churnersCaught: 1, withoutModel: 4, withModel: 2, sparedShare: 0.5 }
const few = { resamples: 20 }

type Call = (value: never) => unknown

const segments =
  (name: string): Call =>
  (value) =>
    segmentTable(probability, outcome, customers, { by: 'size', ...few, [name]: value })
const models =
  (name: string): Call =>
  (value) =>
    compareModels(probability, other, outcome, { ...few, [name]: value })
const folds =
  (name: string): Call =>
  (value) =>
    compareFolds([0.8, 0.7], [0.6, 0.6], { [name]: value })
const interval =
  (name: string): Call =>
  (value) =>
    bootstrapInterval(probability, outcome, 'brierScore', { ...few, [name]: value })
const profit =
  (name: string): Call =>
  (value) =>
    realisedProfit(probability, outcome, offer, 'paying', { ...few, [name]: value })
const weights =
  (name: string): Call =>
  (value) =>
    intervalByWeights(5, (weight) => weight[0]!, { ...few, [name]: value })
const evidence =
  (name: string): Call =>
  (value) =>
    enoughChurners(30, 900, { [name]: value })
const list =
  (name: string): Call =>
  (value) =>
    bestList(probability, offer, { [name]: value })
const acceptance: Call = (beta: object) =>
  profitCurve(probability, outcome, { ...offer, acceptance: { alpha: 2, beta: 3, ...beta } })
const backtests =
  (name: string): Call =>
  (value) =>
    checkOptions('backtest', backtestOptions, { [name]: value })
const validations =
  (name: string): Call =>
  (value) =>
    checkOptions('crossValidate', crossValidateOptions, { [name]: value })

const atLeast = (least: number): [number[], number[]] => [[least], [least - 1, least + 0.5]]
const level: [number[], number[]] = [
  [1e-3, 0.999],
  [0, 1],
]
const share: [number[], number[]] = [
  [1e-9, 1],
  [0, 1.001],
]
const seeds: [number[], number[]] = [
  [-(2 ** 31), 2 ** 32 - 1],
  [-(2 ** 31) - 1, 2 ** 32, 0.5],
]
const twoNames: [unknown[], unknown[]] = [[['x', 'y']], [['', 'y'], ['x', ''], ['x']]]

// The limits that the docs state: values at a limit that are taken, values beyond it that are not.
const limitsOfOptions: [string, Call, readonly unknown[], readonly unknown[]][] = [
  ['bootstrapInterval: resamples', interval('resamples'), ...atLeast(20)],
  ['bootstrapInterval: level', interval('level'), ...level],
  ['bootstrapInterval: seed', interval('seed'), ...seeds],
  ['intervalByWeights: seed', weights('seed'), ...seeds],
  ['compareModels: seed', models('seed'), ...seeds],
  ['realisedProfit: seed', profit('seed'), ...seeds],
  ['segmentTable: seed', segments('seed'), ...seeds],
  ['intervalByWeights: resamples', weights('resamples'), ...atLeast(20)],
  ['intervalByWeights: level', weights('level'), ...level],
  ['delongInterval: level', (value) => delongInterval(probability, outcome, { level: value }), ...level],
  ['compareModels: names', models('names'), ...twoNames],
  ['compareModels: level', models('level'), ...level],
  ['compareFolds: names', folds('names'), ...twoNames],
  ['compareFolds: level', folds('level'), ...level],
  ['compareFolds: testShare', folds('testShare'), ...level],
  ['enoughChurners: auc', evidence('auc'), [0.5, 0.999], [0.499, 1]],
  ['enoughChurners: halfWidth', evidence('halfWidth'), [1e-3, 0.499], [0, 0.5]],
  ['enoughChurners: level', evidence('level'), ...level],
  ['rocCurve: points', (points) => rocCurve(probability, outcome, { points }), ...atLeast(1)],
  ['gainsCurve: points', (points) => gainsCurve(probability, outcome, { points }), ...atLeast(1)],
  ['liftTable: parts', (parts) => liftTable(probability, outcome, { parts }), ...atLeast(1)],
  [
    'contactSavingsLine: contactCost',
    (contactCost) => contactSavingsLine(spared, { contactCost }),
    [0],
    [-1e-9],
  ],
  [
    'contactSavingsLine: currency',
    (currency) => contactSavingsLine(spared, { contactCost: 1, currency }),
    ['€'],
    [''],
  ],
  ['calibrationTable: bins', (bins) => calibrationTable(probability, outcome, { bins }), ...atLeast(1)],
  ['brierDecomposition: bins', (bins) => brierDecomposition(probability, outcome, { bins }), ...atLeast(1)],
  ['calibrationCurve: span', (span) => calibrationCurve(probability, outcome, { span }), ...share],
  ['logLoss: clip', (clip) => logLoss(probability, outcome, { clip }), [0, 0.499], [-1e-9, 0.5]],
  ['fBeta: beta', (beta) => fBeta(probability, outcome, 0.5, { beta }), [1e-9, 1e9], [0]],
  [
    'unoConcordance: untilDay',
    (untilDay) => unoConcordance([0.9, 0.2], [10, 20], [1, 0], { untilDay }),
    [10],
    [0],
  ],
  ['bestList: contacts', list('contacts'), ...atLeast(0)],
  ['bestList: money', list('money'), [0, 0.5], [-1e-9]],
  ['an offer: alpha', (alpha) => acceptance({ alpha } as never), [1e-3], [0]],
  ['an offer: beta', (beta) => acceptance({ beta } as never), [1e-3], [0]],
  [
    'an offer: acceptance',
    (value) => profitCurve(probability, outcome, { ...offer, acceptance: value }),
    [0.2, 1],
    [-1e-9, 1.001],
  ],
  [
    'an offer: currency',
    (currency) => profitCurve(probability, outcome, { ...offer, currency }),
    ['€'],
    [''],
  ],
  ['profitCurve: points', (points) => profitCurve(probability, outcome, offer, { points }), ...atLeast(1)],
  ['realisedProfit: resamples', profit('resamples'), ...atLeast(20)],
  ['realisedProfit: level', profit('level'), ...level],
  ['segmentTable: by', segments('by'), ['size', ['size'], ['size', 'contract']], [[], ['size', 'a', 'b']]],
  ['segmentTable: bands', segments('bands'), ...atLeast(2)],
  [
    'segmentTable: edges',
    segments('edges'),
    [{ size: [2] }, { size: [2, 3] }],
    [{ size: [] }, { size: [2, 2] }, { size: [3, 2] }],
  ],
  ['segmentTable: minChurners', segments('minChurners'), ...atLeast(1)],
  ['segmentTable: minCustomers', segments('minCustomers'), ...atLeast(1)],
  ['segmentTable: level', segments('level'), ...level],
  ['backtest: metrics', backtests('metrics'), [['rocAuc']], [[]]],
  ['backtest: level', backtests('level'), ...level],
  ['backtest: resamples', backtests('resamples'), ...atLeast(20)],
  ['backtest: testCutoffs', backtests('testCutoffs'), [1, ['2025-01']], [0, 1.5, []]],
  ['backtest: window of cutoffs', (cutoffs) => backtests('window')({ cutoffs } as never), ...atLeast(1)],
  ['backtest: window of days', (days) => backtests('window')({ days } as never), ...atLeast(1)],
  ['backtest: refit', (every) => backtests('refit')({ every } as never), ...atLeast(1)],
  ['backtest: embargoDays', backtests('embargoDays'), ...atLeast(0)],
  ['backtest: minTrainCutoffs', backtests('minTrainCutoffs'), ...atLeast(1)],
  ['backtest: minTrainRows', backtests('minTrainRows'), ...atLeast(1)],
  ['backtest: testShare', backtests('testShare'), ...level],
  ['backtest: seed', backtests('seed'), ...seeds],
  ['crossValidate: folds', validations('folds'), ...atLeast(2)],
  ['crossValidate: repeats', validations('repeats'), ...atLeast(1)],
]
const limitsOfParameters: typeof limitsOfOptions = [
  [
    'intervalByWeights: rowCount',
    (count) => intervalByWeights(count, (weight) => weight[0]!, few),
    [2],
    [1, 2.5],
  ],
  ['enoughChurners: churners', (value) => enoughChurners(value, 9), [1], [0, 0.9]],
  ['enoughChurners: stayers', (value) => enoughChurners(9, value), [1], [0, 0.9]],
  ['liftAt: share', (value) => liftAt(probability, outcome, value), ...share],
  [
    'contactsForSameCatch: caughtShare',
    (caughtShare) => contactsForSameCatch(probability, outcome, { caughtShare }),
    ...share,
  ],
  [
    'contactsForSameCatch: contactsWithoutModel',
    (contactsWithoutModel) => contactsForSameCatch(probability, outcome, { contactsWithoutModel }),
    [1e-9, 5],
    [0, 5.001],
  ],
  ['confusionAt: threshold', (value) => confusionAt(probability, outcome, value), [0, 1], [-1e-9, 1.001]],
  [
    'upliftAtShare: share',
    (value) => upliftAtShare([0.5, 0.5, 0.5, 0.5, 0.5], outcome, [1, 1, 0, 0, 1], value),
    ...share,
  ],
  [
    'realisedProfit: threshold',
    (threshold) => realisedProfit(probability, outcome, offer, { threshold }, few),
    [0, 1],
    [-1e-9, 1.001],
  ],
  [
    'realisedProfit: rows',
    (rows) => realisedProfit(probability, outcome, offer, { rows }, few),
    [[0], [4], [0, 4]],
    [[-1], [5], [0.5]],
  ],
]

describe('the limits of options and parameters are those that their docs state', () => {
  const check =
    (code: string) => (_: string, call: Call, taken: readonly unknown[], beyond: readonly unknown[]) => {
      const codesOf = (value: unknown) => refusedCodes(() => call(value as never))
      for (const value of taken) expect(codesOf(value), `${value}`).toEqual([])
      for (const value of beyond) expect(codesOf(value), `${value}`).toContain(code)
    }
  it.each(limitsOfOptions)('%s', check('option-invalid'))
  it.each(limitsOfParameters)('%s', check('out-of-range'))
})

// 240 customers, of whom more churn the higher the first probability is; no two are predicted alike.
const rows = Array.from({ length: 240 }, (_, row) => row)
const p = rows.map((row) => ((row * 101) % 240) / 240 + 0.001)
const q = rows.map((row) => ((row * 77) % 240) / 240 + 0.001)
const y = rows.map((row) => (row % 7 < 7 * (((row * 101) % 240) / 240) ** 2 ? 1 : 0))
const treated = rows.map((row) => row % 2)
const fifty = { resamples: 50 }

// What the docs say is taken for what is left out, and another value, with which something else comes out.
const defaults: [string, (options: never) => unknown, object, object][] = [
  [
    'bootstrapInterval',
    (o: object) => bootstrapInterval(p, y, 'brierScore', { ...fifty, ...o }),
    { level: 0.95, stratified: false, seed: 1, method: 'percentile' },
    { level: 0.9, stratified: true, seed: 2, method: 'bca' },
  ],
  [
    'bootstrapInterval of 240 customers',
    (o) => bootstrapInterval(p, y, 'brierScore', o),
    { resamples: 1000 },
    { resamples: 1001 },
  ],
  [
    'intervalByWeights',
    (o) => intervalByWeights(40, (weight) => weight[0]! + 2 * weight[1]! + 0.1 * weight[2]!, o),
    { resamples: 500, level: 0.95, seed: 1 },
    { level: 0.5, seed: 2 },
  ],
  [
    'delongInterval',
    (o) => delongInterval(p, y, o),
    { level: 0.95, transform: 'logit' },
    { level: 0.9, transform: 'none' },
  ],
  [
    'compareModels',
    (o: object) => compareModels(p, q, y, { ...fifty, ...o }),
    {
      metric: 'rocAuc',
      method: 'bootstrap',
      names: ['A', 'B'],
      level: 0.95,
      seed: 1,
      stratified: false,
    },
    {
      metric: 'brierScore',
      method: 'delong',
      names: ['B', 'A'],
      level: 0.9,
      seed: 2,
      stratified: true,
    },
  ],
  [
    'compareFolds',
    (o) => compareFolds([0.8, 0.7, 0.75, 0.9], [0.6, 0.6, 0.8, 0.7], o),
    { testShare: 1 / 4, level: 0.95, better: 'higher', names: ['A', 'B'] },
    { testShare: 1 / 3, level: 0.9, better: 'lower', names: ['B', 'A'] },
  ],
  [
    'enoughChurners',
    (o) => enoughChurners(20, 980, o),
    { auc: 0.8, halfWidth: 0.1, level: 0.95 },
    { auc: 0.81, halfWidth: 0.11, level: 0.94 },
  ],
  ['liftTable', (o) => liftTable(p, y, o), { parts: 10 }, { parts: 11 }],
  [
    'calibrationTable',
    (o) => calibrationTable(p, y, o),
    { bins: 10, binning: 'equal-width' },
    { bins: 11, binning: 'equal-count' },
  ],
  [
    'brierDecomposition',
    (o) => brierDecomposition(p, y, o),
    { bins: 10, binning: 'equal-width' },
    { bins: 11, binning: 'distinct' },
  ],
  ['calibrationCurve', (o) => calibrationCurve(p, y, o), { span: 0.75 }, { span: 0.7 }],
  ['logLoss', (o) => logLoss(p, y, o), { clip: 0 }, { clip: 0.1 }],
  ['fBeta', (o) => fBeta(p, y, 0.5, o), { beta: 1 }, { beta: 2 }],
  [
    'qiniCoefficient',
    (o) => qiniCoefficient(q, y, treated, o),
    { definition: 'of-perfect' },
    { definition: 'of-total' },
  ],
  ['upliftAtShare', (o) => upliftAtShare(q, y, treated, 0.5, o), { goodOutcome: 0 }, { goodOutcome: 1 }],
  [
    'profitCurve',
    (o: object) =>
      profitCurve(p, y, { customerValue: rows.map((row) => 50 + row), offerCost: 10, contactCost: 1 }, o),
    { orderBy: 'probability' },
    { orderBy: 'expectedProfit' },
  ],
  [
    'an offer',
    (o) => maximumProfit(p, y, { customerValue: 200, offerCost: 10, contactCost: 1, ...(o as object) }),
    { acceptance: { alpha: 6, beta: 14 } },
    { acceptance: { alpha: 6, beta: 15 } },
  ],
  [
    'realisedProfit',
    (o: object) => realisedProfit(p, y, offer, 'paying', { ...fifty, ...o }),
    { level: 0.95, seed: 1 },
    { level: 0.9, seed: 2 },
  ],
  [
    'realisedProfit of 240 customers',
    (o) => realisedProfit(p, y, offer, 'paying', o),
    { resamples: 1000 },
    { resamples: 1001 },
  ],
  [
    'bestList',
    (o: object) => bestList(p, { ...offer, acceptance: 0.3 }, { money: 100, ...o }),
    { reserve: 'highestCost' },
    { reserve: 'expectedCost' },
  ],
]

describe('what is left out is what the docs state', () => {
  it.each(defaults)('%s', (_, call, stated, changed) => {
    const own = call({} as never)
    expect(own).toEqual(call(stated as never))
    for (const [name, value] of Object.entries(changed))
      expect(call({ [name]: value } as never), name).not.toEqual(own)
  })
})

test('what every validation, a backtest and a table of segments do where they are not told otherwise', () => {
  const measured = {
    metrics: ['rocAuc', 'averagePrecision', 'logLoss', 'brierScore', 'liftAt'],
    level: 0.95,
    seed: 1,
  }
  expect(checkOptions('backtest', backtestOptions, {})).toEqual({
    ...measured,
    window: 'expanding',
    refit: 'every',
    purge: true,
    embargoDays: 0,
    minTrainCutoffs: 1,
    minTrainRows: 1,
    newCustomersOnly: false,
  })
  expect(checkOptions('crossValidate', crossValidateOptions, {})).toEqual({
    ...measured,
    folds: 5,
    repeats: 1,
    stratified: true,
  })
  expect(checkOptions('segmentTable', segmentOptions, {})).toEqual({
    metrics: ['rocAuc', 'brierScore'],
    bands: 4,
    edges: {},
    minChurners: 30,
    minCustomers: 100,
    level: 0.95,
    seed: 1,
  })
})
