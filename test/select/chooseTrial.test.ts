import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chooseTrial, pairedLoss } from '../../src/select/chooseTrial.js'
import { bestOfFamilies, rungsFor, survivors } from '../../src/select/rungs.js'
import { type ScoredTrial, trialOf } from '../../src/select/trial.js'

const rung = [1, { rowShare: 1, folds: 5, repeats: 1 }] as const

/** A trial with made-up log losses and AUCs, fold by fold. */
function trial(
  name: string,
  complexity: number,
  logLoss: readonly number[],
  rocAuc: readonly number[] = logLoss.map(() => 0.8),
): ScoredTrial {
  const figures = logLoss.map((own, fold) => ({
    logLoss: { whole: own, parts: [] },
    rocAuc: { whole: rocAuc[fold]!, parts: [] },
  }))
  const about = { name, learner: 'boosting', options: {}, complexity: [complexity], seconds: 0 } as const
  return trialOf(about, rung, ['logLoss', 'rocAuc'], figures)
}

const best = trial('best', 9, [0.4, 0.5, 0.3, 0.4, 0.4])
// Differences 0, .01, 0, .01, 0: mean .004, sd sqrt(.00012 / 4) = .005477, standard error .005477 / sqrt(5) = .002449.
const worse = trial('worse', 1, [0.4, 0.51, 0.3, 0.41, 0.4])
// Differences .01, -.01, .01, -.01, .005: mean .001, sd .010247, standard error .004583.
const equal = trial('equal', 5, [0.41, 0.49, 0.31, 0.39, 0.405])

describe('the paired difference', () => {
  it('is mean and standard error over the folds', () => {
    const own = pairedLoss(worse, best, 'logLoss', 5)
    expect(own.mean).toBeCloseTo(0.004, 12)
    expect(own.standardError).toBeCloseTo(0.0024495, 7)
  })

  it('of repeats counts the customers once', () => {
    const twice = (one: ScoredTrial) =>
      trial('twice', 1, [...one.foldValues['logLoss']!, ...one.foldValues['logLoss']!])
    // Ten differences, twice those above: sum of squares .00024 over 9, but 5 folds of customers.
    expect(pairedLoss(twice(worse), twice(best), 'logLoss', 5).standardError).toBeCloseTo(
      Math.sqrt(0.00024 / 9 / 5),
      12,
    )
  })

  it('is above 0 where it is worse, also in a metric of which more is better', () => {
    const [low, high] = [0.7, 0.8].map((auc) => trial('', 1, [0.4, 0.4, 0.4], [auc, auc, auc]))
    expect(pairedLoss(low!, high!, 'rocAuc', 3).mean).toBeCloseTo(0.1, 12)
  })

  it('of one fold is that of its parts', () => {
    const one = (values: readonly number[]): ScoredTrial => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length
      return { ...trial('', 1, [mean]), figures: [{ logLoss: { whole: mean, parts: values } }] }
    }
    const { mean, standardError } = pairedLoss(
      one([0.4, 0.51, 0.3, 0.41, 0.4]),
      one([0.4, 0.5, 0.3, 0.4, 0.4]),
      'logLoss',
      5,
    )
    expect(mean).toBeCloseTo(0.004, 12)
    expect(standardError).toBeCloseTo(0.0024495, 7)
  })
})

describe('the rule', () => {
  const all = [best, worse, equal]

  it('of one standard error takes the simplest that is within it', () => {
    expect(chooseTrial(all, ['logLoss'], 'one-standard-error', 5).chosen.name).toBe('equal')
    expect(chooseTrial(all, ['logLoss'], 'one-standard-error', 5).equals.map(({ name }) => name)).toEqual([
      'best',
      'equal',
    ])
  })

  it('best takes the best, whatever it is', () => {
    expect(chooseTrial(all, ['logLoss'], 'best', 5).chosen.name).toBe('best')
  })

  it('of one standard error asks for it in every metric', () => {
    const auc = (one: ScoredTrial, value: number) =>
      trial(one.name, one.complexity[0]!, one.foldValues['logLoss']!, [value, value, value, value, value])
    const names = ['logLoss', 'rocAuc'] as const
    // `equal` is within one standard error in log loss, and worse in AUC by .01 on every fold, without any error.
    const left = [auc(best, 0.82), auc(worse, 0.9), auc(equal, 0.81)]
    expect(chooseTrial(left, names, 'one-standard-error', 5).chosen.name).toBe('best')
    const right = [auc(best, 0.82), auc(worse, 0.9), auc(equal, 0.82)]
    expect(chooseTrial(right, names, 'one-standard-error', 5).chosen.name).toBe('equal')
  })

  it('takes the simpler of two that are the same', () => {
    const same = trial('simple', 1, best.foldValues['logLoss']!)
    for (const rule of ['best', 'one-standard-error'] as const) {
      expect(chooseTrial([best, same], ['logLoss', 'rocAuc'], rule, 5).chosen.name).toBe('simple')
    }
  })

  it('never takes one outside of one standard error, nor one more complex than the best where it takes the simplest', () => {
    const losses = fc.array(fc.double({ min: 0.1, max: 0.9, noNaN: true }), { minLength: 5, maxLength: 5 })
    fc.assert(
      fc.property(fc.array(losses, { minLength: 1, maxLength: 6 }), (values) => {
        const trials = values.map((own, index) => trial(String(index), (index * 3) % 7, own))
        const { chosen, best: least } = chooseTrial(trials, ['logLoss'], 'one-standard-error', 5)
        const { mean, standardError } = pairedLoss(chosen, least, 'logLoss', 5)
        expect(mean).toBeLessThanOrEqual(standardError)
        expect(chosen.complexity[0]!).toBeLessThanOrEqual(least.complexity[0]!)
      }),
    )
  })
})

describe('halving', () => {
  const ranked = [
    'boosting',
    'boosting',
    'forest',
    'boosting',
    'logistic',
    'boosting',
    'boosting',
    'boosting',
    'boosting',
  ].map(
    (learner, place) =>
      ({ learner, place }) as { learner: 'boosting' | 'forest' | 'logistic'; place: number },
  )

  it('keeps the best of every family and a third of the others, the best first', () => {
    // Firsts are places 0, 2, 4; of the six others a third: places 1 and 3.
    expect(survivors(ranked).map(({ place }) => place)).toEqual([0, 2, 4, 1, 3])
    expect(bestOfFamilies(ranked).map(({ place }) => place)).toEqual([0, 2, 4, 1, 3, 5, 6, 7, 8])
  })

  it('always keeps the best', () => {
    const families = fc.array(fc.constantFrom('prior' as const, 'forest' as const, 'boosting' as const), {
      minLength: 1,
    })
    fc.assert(
      fc.property(families, (learners) => {
        const entrants = learners.map((learner, place) => ({ learner, place }))
        expect(survivors(entrants)[0]).toBe(entrants[0])
      }),
    )
  })

  it('starts with few rows where there are many, and ends with all rows and folds', () => {
    expect(rungsFor(3000, 5, 1)).toEqual([
      { rowShare: 1, folds: 1, repeats: 1 },
      { rowShare: 1, folds: 5, repeats: 1 },
    ])
    // 100,000 / 3 = 33,333; / 9 = 11,111; / 27 = 3,704 is less than 4,000.
    expect(
      rungsFor(100_000, 5, 2).map(({ rowShare, folds, repeats }) => [
        Math.round(1 / rowShare),
        folds,
        repeats,
      ]),
    ).toEqual([
      [9, 1, 1],
      [3, 1, 1],
      [1, 1, 1],
      [1, 5, 1],
      [1, 5, 2],
    ])
  })
})
