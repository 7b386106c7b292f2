import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HoldfastError } from '../../src/base/errors.js'
import type { FeatureMatrix } from '../../src/base/matrix.js'
import { logit } from '../../src/base/statistics.js'
import { sumOf } from '../../src/feature/builders/aggregateBuilders.js'
import { daysUntil } from '../../src/feature/builders/customerBuilders.js'
import { featureName } from '../../src/feature/name/featureName.js'
import { trainBoosting } from '../../src/learn/boosting/train.js'
import { shiftPrior } from '../../src/learn/calibrate/shiftPrior.js'
import type { ChurnModel } from '../../src/learn/contract.js'
import { trainLogistic } from '../../src/learn/logistic/train.js'
import { explainChange, type ScoreChange } from '../../src/score/explainChange.js'
import { valuesByName } from '../../src/score/reasons.js'
import { createScorer, type Scorer } from '../../src/score/scorer.js'
import type { CustomerHistory } from '../../src/table/customerHistory.js'
import { sampleData } from '../learn/sample.js'
import { modelKinds, trainedKinds } from './modelKinds.js'

type Row = Record<string, number | string | null>

function rowAt(features: FeatureMatrix, row: number): Row {
  const look = valuesByName(features)
  return Object.fromEntries(features.columns.map(({ name }) => [name, look(name, row)]))
}

function withoutFeature(features: FeatureMatrix, name: string): FeatureMatrix {
  return { ...features, columns: features.columns.filter((column) => column.name !== name) }
}

/** What must hold of any change: its parts add up, and those of the parts. */
function expectSums({ before, after, change, customer, model, baseRate }: ScoreChange): void {
  const add = (list: readonly { readonly effect: number }[], start = 0): number =>
    list.reduce((sum, { effect }) => sum + effect, start)
  expect(after.margin - before.margin).toBe(change)
  expect(Math.abs(customer.effect + model.effect + baseRate.effect - change)).toBeLessThan(1e-9)
  expect(Math.abs(add(customer.features) - customer.effect)).toBeLessThan(1e-12)
  expect(Math.abs(add(customer.families) - customer.effect)).toBeLessThan(1e-12)
  expect(Math.abs(add(model.features, model.level) - model.effect)).toBeLessThan(1e-12)
  expect(baseRate.effect).toBe(logit(baseRate.after) - logit(baseRate.before))
}

const sampled = modelKinds.filter(([name]) => !name.startsWith('imported'))
const { features: rows } = sampleData(40, 3)

// A model of the same customers without a feature: the feature sets differ
const fewer = sampleData(300, 5)
const small = trainBoosting(
  { ...fewer, features: withoutFeature(fewer.features, 'plan') },
  { rounds: 10, earlyStopping: false },
)
const models: readonly (readonly [string, ChurnModel])[] = [
  ...sampled.map(([name, model]) => [name, model] as const),
  ['with fewer features', small],
]

describe('explainChange', () => {
  it('splits the change of any model to any other exactly, and gives what did not change no part', () => {
    const place = fc.nat(rows.rowCount - 1)
    fc.assert(
      fc.property(
        fc.constantFrom(...models),
        fc.constantFrom(...models),
        place,
        place,
        (from, to, then, now) => {
          const [before, after] = [rowAt(rows, then), rowAt(rows, now)]
          const [earlier, later] = [createScorer(from[1]), createScorer(to[1])]
          const change = explainChange({ scorer: earlier, row: before }, { scorer: later, row: after })
          expectSums(change)
          expect(change.before.probability).toBe(earlier.scoreRow(before).probability)
          expect(change.after.probability).toBe(later.scoreRow(after).probability)
          for (const { feature, before: old, after: own } of change.customer.features) {
            expect(old).toBe(before[feature])
            expect(own).toBe(after[feature])
            expect(own).not.toBe(old)
          }
          // The other way round it is the same with the other sign: no order counts
          const back = explainChange({ scorer: later, row: after }, { scorer: earlier, row: before })
          expect(Math.abs(back.customer.effect + change.customer.effect)).toBeLessThan(1e-12)
          expect(Math.abs(back.model.effect + change.model.effect)).toBeLessThan(1e-12)
        },
      ),
      { numRuns: 60 },
    )
  })

  it.each(modelKinds)('with the same model (%s) it is all the customer', (_, model, own) => {
    const scorer = createScorer(model)
    const change = explainChange({ scorer, row: rowAt(own, 0) }, { scorer, row: rowAt(own, 1) })
    expectSums(change)
    expect([change.model.effect, change.baseRate.effect]).toEqual([0, 0])
    expect(change.text).toMatch(
      /^odds of leaving ×[\d.,]+ since the score before: what the customer did ×[\d.,]+$/,
    )
    const same = explainChange({ scorer, row: rowAt(own, 0) }, { scorer, row: rowAt(own, 0) })
    expect([same.change, same.customer.effect, same.customer.features]).toEqual([0, 0, []])
  })

  it.each(modelKinds)('with the same customer (%s) it is all the models', (_, model, own) => {
    const moved = shiftPrior(model, { baseRate: model.baseRate / 3 })
    const row = rowAt(own, 2)
    const change = explainChange({ scorer: createScorer(model), row }, { scorer: createScorer(moved), row })
    expectSums(change)
    expect(change.customer.features).toEqual([])
    expect(change.baseRate.before).toBe(model.baseRate)
    // Moved to another base rate and nothing else: log odds move by that of the base rates
    if (change.before.probability > 1e-6 && change.before.probability < 1 - 1e-6)
      expect(change.model.effect).toBeCloseTo(0, 9)
  })

  it('of a logistic model is the coefficient times the change', () => {
    const model = trainedKinds.logistic
    const scorer = createScorer(model)
    const [row, next] = [rowAt(rows, 3), { ...rowAt(rows, 3), complaints: 4 }]
    row['complaints'] = 1
    const { customer, change } = explainChange({ scorer, row }, { scorer, row: next })
    expect(customer.features).toHaveLength(1)
    expect(customer.features[0]).toMatchObject({ feature: 'complaints', before: 1, after: 4 })
    expect(customer.features[0]!.effect).toBeCloseTo(change, 12)
  })

  it('says what only one of the rows has, and leaves that to the model', () => {
    const { plan, ...without } = rowAt(rows, 0)
    const earlier = createScorer(small)
    const later = createScorer(trainedKinds.boosting)
    const change = explainChange(
      { scorer: earlier, row: without },
      { scorer: later, row: { ...without, plan: plan! } },
    )
    expectSums(change)
    expect(change.takenAsUnchanged).toEqual(['plan'])
    expect(change.customer.features).toEqual([])
    // Neither row has it
    expect(() => explainChange({ scorer: earlier, row: without }, { scorer: later, row: without })).toThrow(
      /^explainChange: .*plan/,
    )
  })

  it('speaks both languages, with families and actions of the later scorer', () => {
    const scorer = createScorer(trainedKinds.boosting).with({
      families: { complaints: 'service' },
      actionability: { complaints: 'changeable' },
      playbook: { families: { service: 'call' } },
    })
    const row = { ...rowAt(rows, 3), complaints: 0 }
    const change = (language?: 'zh') =>
      explainChange(
        { scorer, row },
        {
          scorer: language === undefined ? scorer : scorer.with({ language }),
          row: { ...row, complaints: 4 },
        },
      )
    const [complaints] = change().customer.features
    expect(complaints).toMatchObject({ family: 'service', actionability: 'changeable', action: 'call' })
    expect(complaints!.text).toMatch(
      /^complaints is 4; before: complaints is 0 \(odds of leaving ×\d+\.\d\d\)$/,
    )
    expect(change('zh').customer.features[0]!.text).toMatch(
      /^complaints 为 4；此前：complaints 为 0（流失发生比 ×\d+\.\d\d）$/,
    )
    const other = createScorer(trainedKinds.logistic)
    const options = { language: 'zh' } as const
    expect(explainChange({ scorer, row }, { scorer: other, row }, options).text).toMatch(
      /^与上次评分相比，流失发生比 ×[\d.]+：客户自身变化 ×1\.00，模型更新 ×[\d.]+，基准流失率 ×[\d.]+$/,
    )
  })

  const rules = [sumOf('usage', 'minutes', { months: 1 }), daysUntil('contractEnd')]
  const trained = (ruleCount: number): Scorer => {
    const own = rules.slice(0, ruleCount)
    const source = sampleData(200, 9)
    const [minutes, , days] = source.features.columns
    const columns = [
      { ...minutes!, name: featureName(rules[0]!) },
      { ...days!, name: featureName(rules[1]!) },
    ].slice(0, ruleCount)
    const data = { ...source, features: { rowCount: 200, columns } }
    return createScorer(trainLogistic(data), {
      ...data,
      rules: own,
      population: null,
      label: null,
      fingerprint: '0'.repeat(64),
    })
  }

  it('reads histories as of both days by the rules of both models', () => {
    const customer: CustomerHistory = {
      customer: { id: 'A', activatedAt: '2024-01-15' },
      usage: [
        { day: '2025-01-20', minutes: 30 },
        { day: '2025-02-20', minutes: 5 },
      ],
      plans: [{ from: '2024-01-15', plan: 'S', contractEnd: '2025-03-22' }],
    }
    const change = explainChange(
      { scorer: trained(1), customer, asOf: '2025-02-01' },
      { scorer: trained(2), customer, asOf: '2025-03-01' },
    )
    expectSums(change)
    // 22 March − 1 February = 49 days, − 1 March = 21
    expect(change.customer.features.map(({ feature, before, after }) => [feature, before, after])).toEqual(
      expect.arrayContaining([
        ['usage_minutes_sum_1m', 30, 5],
        ['days_until_plan_contractEnd', 49, 21],
      ]),
    )
    const texts = change.customer.features.map(({ text }) => text).join()
    expect(texts).toContain('contract ends in 21 days; before: contract ends in 49 days')
    expect(change.customer.families.map(({ family }) => family)).toEqual(['usage', 'contract'])
    expect(change.takenAsUnchanged).toEqual([])
  })

  const scorer = createScorer(trainedKinds.boosting)
  const row = rowAt(rows, 0)
  it.each<[string, unknown, unknown, string]>([
    ['no scorer', { row }, { scorer, row }, 'before.scorer'],
    ['a model for a scorer', { scorer: scorer.model, row }, { scorer, row }, 'createScorer(model)'],
    ['neither row nor history', { scorer }, { scorer, row }, 'to be given, or customer, and not both'],
    ['a history without a day', { scorer, row }, { scorer, customer: {} }, 'after.asOf'],
    ['an unknown option', { scorer, row, asof: 1 }, { scorer, row }, 'Did you mean asOf?'],
    [
      'a history for a model without rules',
      { scorer, row },
      { scorer, customer: {}, asOf: '2025-01-01' },
      'rules',
    ],
  ])('%s is refused in its own name', (_, before, after, said) => {
    let error: unknown
    try {
      explainChange(before as never, after as never)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(HoldfastError)
    expect((error as HoldfastError).operation).toBe('explainChange')
    expect((error as HoldfastError).message).toContain(said)
  })
})
