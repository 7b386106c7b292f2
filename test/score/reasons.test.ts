import { describe, expect, it } from 'vitest'
import { numberColumn, textColumn } from '../../src/base/matrix.js'
import { columnInWords, languages } from '../../src/feature/name/describeFeature.js'
import type { Contributions } from '../../src/learn/contract.js'
import { trainForest } from '../../src/learn/forest/train.js'
import { trainLogistic } from '../../src/learn/logistic/train.js'
import { type FeatureInWords, reasonsOf, valuesByName } from '../../src/score/reasons.js'
import { sampleData } from '../learn/sample.js'

const english = { language: languages.en, labels: {} }

const inWords = (features: readonly { readonly name: string }[], article = ''): FeatureInWords[] =>
  features.map(({ name }) => ({
    name,
    family: 'other',
    actionability: 'unknown',
    action: null,
    sentence: columnInWords(`${article}${name}`, english).sentence,
  }))

describe('reasonsOf', () => {
  const data = sampleData(400, 1)
  const lookUp = valuesByName(data.features)

  it('says of a forest what a feature does to the risk, in points that add up to the probability', () => {
    const model = trainForest(data, { trees: 50 })
    const contributions = model.contributions(data.features)
    const reasons = reasonsOf(inWords(model.features), contributions, lookUp, 3, 10, languages.en)
    const sum = reasons.reduce((total, { effect }) => total + effect, contributions.base)
    expect(sum).toBeCloseTo(model.probability(data.features)[3]!, 9)
    for (const { text, effect, scale } of reasons) {
      expect(scale).toBe('probability')
      expect(text).toMatch(
        effect < 0 ? /\(risk of leaving -\d+\.\d points\)$/ : /\(risk of leaving \+\d+\.\d points\)$/,
      )
    }
  })

  const reasonsFor = (effects: number[], count: number, scale: Contributions['scale'] = 'log-odds') => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'].slice(0, effects.length)
    const features = inWords(
      names.map((name) => ({ name })),
      'the ',
    )
    const contributions = { base: 0, scale, values: effects.map((effect) => Float64Array.of(9, effect)) }
    const look = (feature: string) => (feature === 'c' ? null : feature === 'e' ? 'north' : 1234567.89)
    return reasonsOf(features, contributions as never, look, 1, count, languages.en)
  }

  it('gives the strongest first, the first of equal ones, and none that does nothing', () => {
    const effects = [0.5, -2, 0, 1, -1, 0.5]
    const of = (count: number) => reasonsFor(effects, count).map(({ feature }) => feature)
    expect([of(10), of(3), of(2), of(1)]).toEqual([
      ['b', 'd', 'e', 'a', 'f'],
      ['b', 'd', 'e'],
      ['b', 'd'],
      ['b'],
    ])
  })

  it.each([
    [0.00001, '0.00001'],
    [123456.78, '123456.78'],
    [123456, '123456'],
    [-0.123456, '-0.1235'],
    [31.694, '31.69'],
    [1058.4375, '1058.44'],
    [0, '0'],
    [1.23456e-9, '1.235e-9'],
    [2.5e20, '250000000000000000000'],
    [2.5e30, '2.5e+30'],
  ])('a value of %d reads %s', (value, text) => {
    expect(columnInWords('fee', english).sentence(value)).toBe(`fee is ${text}`)
  })

  it('says the value with all digits before the point, odds below 10 to hundredths, and points to tenths', () => {
    const texts = (scale: Contributions['scale'], ...effects: number[]) =>
      reasonsFor(effects, 10, scale).map(({ text }) => text)
    expect(texts('log-odds', Math.log(12.34), Math.log(9.994), 0.0001, 0, -Math.log(4))).toEqual([
      'the a is 1234567.89 (odds of leaving ×12)',
      'the b is 1234567.89 (odds of leaving ×9.99)',
      'the e is north (odds of leaving ×0.25)',
      'the c is not known (odds of leaving ×1.00)',
    ])
    expect(texts('probability', 0.0512, -0.0333)).toEqual([
      'the a is 1234567.89 (risk of leaving +5.1 points)',
      'the b is 1234567.89 (risk of leaving -3.3 points)',
    ])
    expect(texts('log-odds', 800, -800, Math.log(123456), -Math.log(250))).toEqual([
      'the a is 1234567.89 (odds of leaving ×1,000,000 and more)',
      'the b is 1234567.89 (odds of leaving ×0.000001 and less)',
      'the c is not known (odds of leaving ×123,456)',
      'the d is 1234567.89 (odds of leaving ×0.004)',
    ])
    expect(reasonsFor([0, -0.5], 3, 'probability')).toEqual([
      {
        feature: 'b',
        value: 1234567.89,
        family: 'other',
        actionability: 'unknown',
        action: null,
        effect: -0.5,
        scale: 'probability',
        text: 'the b is 1234567.89 (risk of leaving -50.0 points)',
      },
    ])
  })

  it('looks values up by name and row', () => {
    const look = valuesByName({
      rowCount: 2,
      columns: [numberColumn('fee', [null, 5]), textColumn('plan', ['a', null])],
    })
    expect([look('fee', 0), look('fee', 1), look('plan', 0), look('plan', 1), look('other', 0)]).toEqual([
      null,
      5,
      'a',
      null,
      null,
    ])
  })

  it('says of other models what it does to the odds', () => {
    const model = trainLogistic(data)
    const reasons = reasonsOf(
      inWords(model.features),
      model.contributions(data.features),
      lookUp,
      3,
      10,
      languages.en,
    )
    expect(reasons.length).toBeGreaterThan(0)
    for (const { text, scale } of reasons) {
      expect(scale).toBe('log-odds')
      expect(text).toContain('(odds of leaving ×')
    }
  })
})
