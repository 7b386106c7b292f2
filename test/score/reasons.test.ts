import { describe, expect, it } from 'vitest'
import { trainForest } from '../../src/learn/forest/train.js'
import { trainLogistic } from '../../src/learn/logistic/train.js'
import { reasonsOf, valuesByName } from '../../src/score/reasons.js'
import { sampleData } from '../learn/sample.js'

describe('reasonsOf', () => {
  const data = sampleData(400, 1)
  const lookUp = valuesByName(data.features)

  it('says of a forest what a feature does to the risk, in points that add up to the probability', () => {
    const model = trainForest(data, { trees: 50 })
    const contributions = model.contributions(data.features)
    const reasons = reasonsOf(model, contributions, lookUp, 3, 10, (name) => name)
    const sum = reasons.reduce((total, { effect }) => total + effect, contributions.base)
    expect(sum).toBeCloseTo(model.probability(data.features)[3]!, 9)
    for (const { text, effect, scale } of reasons) {
      expect(scale).toBe('probability')
      expect(text).toMatch(
        effect < 0 ? /\(risk of leaving -\d+\.\d points\)$/ : /\(risk of leaving \+\d+\.\d points\)$/,
      )
    }
  })

  it('says of other models what it does to the odds', () => {
    const model = trainLogistic(data)
    const reasons = reasonsOf(model, model.contributions(data.features), lookUp, 3, 10, (name) => name)
    expect(reasons.length).toBeGreaterThan(0)
    for (const { text, scale } of reasons) {
      expect(scale).toBe('log-odds')
      expect(text).toContain('(odds of leaving ×')
    }
  })
})
