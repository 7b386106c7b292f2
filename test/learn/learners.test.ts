import { describe, expect, it } from 'vitest'
import { type LearnerName, learnerNamed, learnerNames, learners } from '../../src/learn/learners.js'
import { type ConformanceSettings, conformance } from './conformance.js'

// A learner that is not named here does not compile: none escapes the suite.
const settings: Record<LearnerName, ConformanceSettings<object>> = {
  prior: {},
  logistic: {},
  forest: {
    quick: { trees: 30, minRowsPerLeaf: 3 },
    withoutChance: { bootstrap: false, columnsPerSplit: 100 },
  },
  boosting: {
    quick: { rounds: 30, learningRate: 0.2 },
    withoutChance: { rowShare: 1, columnSharePerNode: 1, earlyStopping: false },
  },
}

for (const name of learnerNames) conformance(learners[name], settings[name])

describe('learners', () => {
  it('are registered under their own names', () => {
    expect(learnerNames.map((name) => learners[name].name)).toEqual(learnerNames)
  })

  it('are found by name, and a misspelt name gets the nearest one', () => {
    expect(learnerNamed('boosting')).toBe(learners.boosting)
    expect(() => learnerNamed('bosting')).toThrow('Did you mean boosting?')
    expect(() => learnerNamed('toString')).toThrow('to be one of prior, logistic, forest, boosting')
  })
})
