import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HoldfastError } from '../../src/base/errors.js'
import { takeRows } from '../../src/base/matrix.js'
import { countOf, maxOf, meanOf, sumOf } from '../../src/feature/builders/aggregateBuilders.js'
import {
  band,
  countTrue,
  difference,
  percentile,
  ratio,
} from '../../src/feature/builders/arithmeticBuilders.js'
import {
  attribute,
  daysUntil,
  inForce,
  isOther,
  tenure,
} from '../../src/feature/builders/customerBuilders.js'
import {
  drop,
  firstValue,
  lastValue,
  oldestUnpaid,
  openRows,
  recency,
  slope,
  streak,
  variability,
} from '../../src/feature/builders/rowBuilders.js'
import {
  type Actionability,
  actionabilities,
  type FeatureFamily,
  featureFamilies,
  featureNature,
} from '../../src/feature/family.js'
import type { FeatureRule } from '../../src/feature/rule.js'
import { createScorer } from '../../src/score/scorer.js'
import { featureRules } from '../feature/arbitraryRules.js'
import { modelKinds } from './modelKinds.js'

const month = { months: 1 }
const before = { months: 3, lag: 1 }
const bills = sumOf('bills', 'amount', 'all')
const payments = sumOf('payments', 'amount', 'all')
const amount = (table: 'bills' | 'payments') => ({ table, measure: 'amount' })

// Each by the definition of `Actionability`: does the operator write what it reads, and is that of the time up to now?
it.each<[FeatureRule, FeatureFamily, Actionability]>([
  [sumOf('usage', 'minutes', month), 'usage', 'past'],
  [drop('usage', 'minutes', 3), 'usage', 'past'],
  [countOf('devices', month), 'usage', 'past'],
  [countOf('contacts', month), 'service', 'past'],
  [recency('contacts'), 'service', 'past'],
  [openRows('contacts', 'answeredAt', 'count'), 'service', 'changeable'],
  [sumOf('bills', 'amount', month), 'price', 'changeable'],
  [sumOf('bills', 'amount', before), 'price', 'past'],
  [bills, 'price', 'past'],
  [countOf('bills', month), 'price', 'past'],
  [drop('bills', 'amount', 3), 'price', 'changeable'],
  [slope('bills', 'amount', 3), 'price', 'changeable'],
  [variability('bills', 'amount', 3), 'price', 'changeable'],
  [streak('bills', 'amount', 'rising', 3), 'price', 'changeable'],
  [streak('payments', 'silent', 3), 'payment', 'past'],
  [meanOf('payments', 'amount', month), 'payment', 'past'],
  [oldestUnpaid(amount('bills'), amount('payments')), 'payment', 'changeable'],
  [maxOf('plans', 'fee', month), 'price', 'changeable'],
  [lastValue('plans', 'fee', 'number', 'all'), 'price', 'changeable'],
  [firstValue('plans', 'fee', 'number', 'all'), 'price', 'past'],
  [countOf('plans', month), 'contract', 'past'],
  [lastValue('plans', 'plan', 'text', 'all'), 'contract', 'changeable'],
  [inForce('fee', 'number'), 'price', 'changeable'],
  [inForce('fee', 'number', { months: 3 }), 'price', 'past'],
  [inForce('plan', 'text'), 'contract', 'changeable'],
  [daysUntil('contractEnd'), 'contract', 'changeable'],
  [daysUntil('from'), 'contract', 'past'],
  [daysUntil('activatedAt', 'customer'), 'customer', 'fixed'],
  [tenure(), 'customer', 'fixed'],
  [attribute('region'), 'customer', 'fixed'],
  [isOther('payerId'), 'customer', 'fixed'],
  [difference(bills, payments), 'payment', 'past'],
  [ratio(sumOf('bills', 'amount', month), sumOf('usage', 'minutes', month)), 'price', 'changeable'],
  [countTrue([tenure(), daysUntil('contractEnd')]), 'customer', 'changeable'],
  [band(tenure(), [6]), 'customer', 'fixed'],
  [percentile(sumOf('usage', 'minutes', month)), 'usage', 'past'],
])('%o is about %s and %s', (rule, family, actionability) => {
  expect(featureNature(rule)).toEqual({ family, actionability })
})

it('every rule has a family and is changeable, past or fixed', () => {
  fc.assert(
    fc.property(featureRules, (rule) => {
      const { family, actionability } = featureNature(rule)
      expect(featureFamilies.filter((each) => each !== 'other')).toContain(family)
      expect(actionabilities.filter((each) => each !== 'unknown')).toContain(actionability)
    }),
    { numRuns: 500 },
  )
})

describe.each(modelKinds)('%s', (_, model, rows) => {
  it('has families that add up to the margin or the probability, however features are gathered', () => {
    const nature = fc.record({
      family: fc.constantFrom(...featureFamilies),
      actionability: fc.constantFrom(...actionabilities),
    })
    const names = model.features.map(({ name }) => name)
    const natures = fc.array(nature, { minLength: names.length, maxLength: names.length })
    fc.assert(
      fc.property(natures, fc.nat(rows.rowCount - 1), (given, row) => {
        const by = <Key extends 'family' | 'actionability'>(key: Key) =>
          Object.fromEntries(names.map((name, index) => [name, given[index]![key]]))
        const scorer = createScorer(model).with({
          families: by('family'),
          actionability: by('actionability'),
        })
        const one = takeRows(rows, [row])
        const cells = Object.fromEntries(
          one.columns.map((column) => [
            column.name,
            column.missing?.has(0)
              ? null
              : column.kind === 'number'
                ? column.values[0]!
                : column.dictionary[column.codes[0]!]!,
          ]),
        )
        const { effects } = scorer.scoreRow(cells, { reasons: 1 })
        const { scale, base, families } = effects!
        const sum = families.reduce((total, { effect }) => total + effect, base)
        const expected = (scale === 'probability' ? model.probability(one) : model.margin(one))[0]!
        expect(Math.abs(sum - expected)).toBeLessThan(1e-9)
        const changeable = model
          .contributions(one)
          .values.filter((_, index) => given[index]!.actionability === 'changeable')
          .reduce((total, [effect]) => total + effect!, 0)
        expect(families.reduce((total, each) => total + each.changeable, 0)).toBeCloseTo(changeable, 9)
        expect(families.map(({ family }) => family)).toEqual(
          featureFamilies.filter((family) => given.some((each) => each.family === family)),
        )
      }),
      { numRuns: 15 },
    )
  })
})

describe('settings of reasons', () => {
  const [, model] = modelKinds[0]!
  const scorer = createScorer(model)

  it('say of a column of a flat table what it is about; without them that is not known', () => {
    const row = { tenureMonths: 3, plan: 'small', complaints: 4, contract: 'monthly', noise: 0 }
    const natures = (of: typeof scorer) =>
      of.scoreRow(row, { reasons: 20 }).reasons.map(({ family, actionability }) => [family, actionability])
    expect(new Set(natures(scorer).flat())).toEqual(new Set(['other', 'unknown']))
    const told = scorer.with({
      families: { contract: 'contract' },
      actionability: { contract: 'changeable' },
    })
    expect(natures(told)).toContainEqual(['contract', 'changeable'])
    expect(scorer.scoreRow(row, { reasons: 0 }).effects).toBeNull()
  })

  it.each<[string, unknown, string]>([
    ['a name near one', { families: { Contrakt: 'contract' } }, 'Did you mean contract?'],
    ['a family that there is not', { families: { contract: 'contracts' } }, "'contract'"],
    ['an actionability that there is not', { actionability: { contract: 'yes' } }, '"changeable"'],
    ['another option', { familie: {} }, 'families'],
    ['a name far from all', { actionability: { zzz: 'fixed' } }, 'scorer.model.features'],
  ])('%s is refused', (_, given, said) => {
    expect(() => scorer.with(given as never)).toThrow(HoldfastError)
    expect(() => scorer.with(given as never)).toThrow(said)
  })
})

describe('languages', () => {
  const [, model] = modelKinds[0]!
  const row = { tenureMonths: 3, plan: 'small', complaints: 4, contract: 'monthly', noise: 0 }
  const scorer = createScorer(model)
  const texts = (of: typeof scorer, language?: 'en' | 'zh') =>
    of
      .scoreRow(row, { reasons: 20, ...(language === undefined ? {} : { language }) })
      .reasons.map(({ text }) => text)

  it('are those of the scorer or of the call; effects and order are the same in both', () => {
    expect(texts(scorer).join()).toMatch(/complaints is 4 \(odds of leaving ×\d+\.\d\d\)/)
    const chinese = texts(scorer, 'zh')
    expect(chinese.join()).toMatch(/complaints 为 4（流失发生比 ×\d+\.\d\d）/)
    expect(chinese.join()).toContain('contract 为“monthly”（')
    const speaks = scorer.with({ language: 'zh' })
    expect(texts(speaks)).toEqual(chinese)
    expect(texts(speaks, 'en')).toEqual(texts(scorer))
    expect(chinese.map((text) => /×[\d.]+/.exec(text)![0])).toEqual(
      texts(scorer).map((text) => /×[\d.]+/.exec(text)![0]),
    )
    expect(() => scorer.scoreRow(row, { language: 'fr' as never })).toThrow('"en", "zh"')
  })

  it('take labels and units for columns of a flat table', () => {
    const labelled = scorer.with({
      language: 'zh',
      featureLabels: { complaints: { label: '投诉', unit: '次' }, tenureMonths: '在网月数' },
    })
    expect(texts(labelled).join()).toMatch(/投诉为 4 次（流失发生比/)
    expect(texts(labelled).join()).toMatch(/在网月数为 3（/)
    expect(() => scorer.with({ featureLabels: { complaint: 'x' } })).toThrow('Did you mean complaints?')
  })
})
