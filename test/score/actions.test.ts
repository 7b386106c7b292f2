import { describe, expect, it } from 'vitest'
import { HoldfastError } from '../../src/base/errors.js'
import { numberColumn } from '../../src/base/matrix.js'
import type { ChurnModel } from '../../src/learn/contract.js'
import type { ReasonSettings } from '../../src/score/reasonSettings.js'
import { createScorer } from '../../src/score/scorer.js'
import { tableFrom } from '../../src/table/table.js'

// Log odds of leaving: −1 + fee / 10 + complaints − tenure / 10; each feature adds its part.
const names = ['fee', 'complaints', 'tenure'] as const
const weights = [0.1, 1, -0.1]
const base = -1
const model = {
  learner: 'by hand',
  features: names.map((name) => ({ kind: 'number', name })),
  baseRate: 0.25,
  margin: ({ columns, rowCount }) =>
    Float64Array.from({ length: rowCount }, (_, row) =>
      names.reduce(
        (sum, name, index) =>
          sum +
          weights[index]! *
            (columns.find((each) => each.name === name) as { values: Float64Array }).values[row]!,
        base,
      ),
    ),
  probability: (features) => model.margin(features).map((margin) => 1 / (1 + Math.exp(-margin))),
  contributions: ({ columns }) => ({
    scale: 'log-odds',
    base,
    values: names.map((name, index) =>
      (columns.find((each) => each.name === name) as { values: Float64Array }).values.map(
        (value) => value * weights[index]!,
      ),
    ),
  }),
  state: () => null,
} as ChurnModel

const plain = createScorer(model)
const told: ReasonSettings = {
  families: { fee: 'price', complaints: 'service', tenure: 'customer' },
  actionability: { fee: 'changeable', complaints: 'past', tenure: 'fixed' },
}
const withPlaybook = (playbook: ReasonSettings['playbook']) => plain.with({ ...told, playbook: playbook! })
const row = { fee: 20, complaints: 3, tenure: 50 }

describe('a playbook', () => {
  const recommended = (playbook: ReasonSettings['playbook'], own = row, reasons = 3) => {
    const { recommendation } = withPlaybook(playbook).scoreRow(own, { reasons })
    return recommendation === null ? null : [recommendation.action, recommendation.reason.feature]
  }

  it('gives the action of the strongest changeable reason that raises the risk, shown or not', () => {
    const families = { price: 'offer less', service: 'call', customer: 'wait' }
    // Complaints are stronger (3 against 2) but past, tenure is strongest but fixed and lowers the risk
    expect(recommended({ families })).toEqual(['offer less', 'fee'])
    expect(recommended({ families }, row, 1)).toEqual(['offer less', 'fee'])
    expect(recommended({ families }, { ...row, fee: -1 })).toBeNull()
    expect(plain.scoreRow(row).recommendation).toBeNull()
    expect(withPlaybook({ families }).scoreRow(row, { reasons: 0 }).recommendation).toBeNull()
  })

  it('has actions for a family that is past or fixed, and for a feature whatever it is', () => {
    const service = { past: 'apologise', changeable: 'answer' }
    expect(recommended({ families: { price: 'offer less', service } })).toEqual(['apologise', 'complaints'])
    const features = { complaints: 'call back' }
    expect(recommended({ families: { service }, features })).toEqual(['call back', 'complaints'])
    expect(recommended({ families: { customer: { fixed: 'wait' } } })).toBeNull()
    expect(recommended({ families: { customer: { fixed: 'wait' } } }, { ...row, tenure: -5 })).toEqual([
      'wait',
      'tenure',
    ])
  })

  it('stands on the reasons, and in a column of tables', () => {
    const scorer = withPlaybook({ families: { price: 'offer less' } })
    const { reasons } = scorer.scoreRow(row)
    expect(reasons.map(({ feature, action }) => [feature, action])).toEqual([
      ['tenure', null],
      ['complaints', null],
      ['fee', 'offer less'],
    ])
    const table = tableFrom({ fee: [20, -1], complaints: [3, 3], tenure: [50, 50] })
    const scores = scorer.scoreTable(table)
    expect(scores.rows().map(({ action }) => action)).toEqual(['offer less', null])
    expect(plain.scoreTable(table).columnNames).not.toContain('action')
    expect(scorer.scoreTable(table, { reasons: 0 }).columnNames).not.toContain('action')
  })

  it.each<[string, unknown, string]>([
    ['a family that there is not', { families: { prise: 'x' } }, 'Did you mean price?'],
    ['a feature that there is not', { features: { complaint: 'x' } }, 'Did you mean complaints?'],
    ['an actionability that there is not', { families: { price: { changable: 'x' } } }, 'changeable'],
    ['an empty action', { families: { price: '' } }, 'not empty'],
    ['families outside', { price: 'x' }, 'families'],
  ])('with %s is refused', (_, playbook, said) => {
    expect(() => withPlaybook(playbook as never)).toThrow(HoldfastError)
    expect(() => withPlaybook(playbook as never)).toThrow(said)
  })
})

describe('expected value at risk', () => {
  // −1 + 2 + 3 − 5 = −1
  const probability = 1 / (1 + Math.exp(1))

  it('is probability × value with its unit; what is missing stays missing', () => {
    const of = (value: object, own: object = row) =>
      plain.scoreRow(own as typeof row, { value } as never).valueAtRisk
    expect(of({ amount: 40, unit: '€ a month' })).toEqual({
      expected: 40 * probability,
      value: 40,
      unit: '€ a month',
    })
    expect(of({ column: 'fee', unit: '€' })).toEqual({ expected: 20 * probability, value: 20, unit: '€' })
    expect(of({ column: 'worth', unit: '€' }, { ...row, worth: 8 })).toEqual({
      expected: 8 * probability,
      value: 8,
      unit: '€',
    })
    for (const value of [
      { amount: null, unit: '€' },
      { column: 'worth', unit: '€' },
    ])
      expect(of(value, { ...row, worth: null })).toEqual({ expected: null, value: null, unit: '€' })
    expect(plain.scoreRow(row).valueAtRisk).toBeNull()
  })

  it('stands in columns of tables and matrices', () => {
    const table = tableFrom({ fee: [20, 20], complaints: [3, 3], tenure: [50, 50], worth: [8, null] })
    const scores = plain.scoreTable(table, { reasons: 0, value: { column: 'worth', unit: '€' } })
    expect(scores.rows()).toEqual([
      { probability, band: 'middle', value: 8, valueAtRisk: 8 * probability, valueUnit: '€' },
      { probability, band: 'middle', value: null, valueAtRisk: null, valueUnit: '€' },
    ])
    const features = { rowCount: 1, columns: names.map((name) => numberColumn(name, [row[name]])) }
    const { columns } = plain.scoreMatrix(features, { reasons: 0, value: { column: 'fee', unit: '€' } })
    expect(columns.map(({ name }) => name)).toEqual([
      'probability',
      'band',
      'value',
      'valueAtRisk',
      'valueUnit',
    ])
  })

  it.each<[string, unknown, string]>([
    ['without a unit', { amount: 3 }, 'value.unit'],
    ['with neither amount nor column', { unit: '€' }, 'to be given, or amount, and not both'],
    ['with both', { amount: 3, column: 'fee', unit: '€' }, 'to be given, or amount, and not both'],
    ['with an amount that is no number', { amount: Number.NaN, unit: '€' }, 'value.amount'],
    ['with a column that there is not', { column: 'fees', unit: '€' }, 'Did you mean fee?'],
    ['with a column of texts', { column: 'plan', unit: '€' }, 'to hold number values'],
  ])('%s is refused', (_, value, said) => {
    const own = { ...row, plan: 'small' }
    expect(() => plain.scoreRow(own, { value: value as never })).toThrow(said)
    const table = tableFrom({ fee: [1], complaints: [1], tenure: [1], plan: ['small'] })
    if (said !== 'value.amount')
      expect(() => plain.scoreTable(table, { value: value as never })).toThrow(said)
  })

  it('days and true and false, which become numbers as features, are no amounts', () => {
    const value = { column: 'complaints', unit: '€' }
    const own = { ...row, complaints: true }
    expect(() => plain.scoreRow(own, { value })).toThrow('to hold number values')
    const table = tableFrom({ fee: [1], complaints: [true], tenure: [1] })
    expect(() => plain.scoreTable(table, { value })).toThrow('to hold number values')
    // As a matrix of features has them: the days until 2025-01-01
    const [fee, tenure] = [numberColumn('fee', [1]), numberColumn('tenure', [1])]
    const days = { ...numberColumn('complaints', [30]), daysUntil: 20_089 }
    const features = { rowCount: 1, columns: [fee, days, tenure] }
    expect(() => plain.scoreMatrix(features, { value })).toThrow('to hold number values')
    expect(plain.scoreRow(own, { value: { ...value, column: 'fee' } }).valueAtRisk?.value).toBe(20)
  })
})
