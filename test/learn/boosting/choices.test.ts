import { describe, expect, it } from 'vitest'
import {
  type FeatureMatrix,
  numberColumn,
  takeRows,
  takeValues,
  textColumn,
} from '../../../src/base/matrix.js'
import { seededRandom } from '../../../src/base/random.js'
import { logit } from '../../../src/base/statistics.js'
import type { BoostingModel } from '../../../src/learn/boosting/model.js'
import { trainBoosting, trainBoostingAsync } from '../../../src/learn/boosting/train.js'
import { estimateBaseRate } from '../../../src/learn/calibrate/estimateBaseRate.js'
import { shiftPrior } from '../../../src/learn/calibrate/shiftPrior.js'
import type { ChurnModel, TrainingData } from '../../../src/learn/contract.js'
import { decodeModel, encodeModel } from '../../../src/learn/store.js'
import { createScorer } from '../../../src/score/scorer.js'
import { largestDifference, sampleData } from '../sample.js'

/** Two columns whose product decides, one that raises the risk alone, one of noise. */
function crossedData(rowCount: number, seed: number): TrainingData {
  const random = seededRandom(seed)
  const column = (): number[] => Array.from({ length: rowCount }, () => random.normal())
  const [a, b, c, d] = [column(), column(), column(), column()] as const
  const outcome = Uint8Array.from(a, (value, row) => {
    const margin = 2 * value * b[row]! + c[row]! + 0.3 * Math.sin(4 * c[row]!)
    return random.uniform() < 1 / (1 + Math.exp(-margin)) ? 1 : 0
  })
  const names = ['a', 'b', 'c', 'd']
  const columns = [a, b, c, d].map((values, index) => numberColumn(names[index]!, values))
  return { features: { rowCount, columns }, outcome }
}

const fixed = { rounds: 30, maxDepth: 4, earlyStopping: false } as const

describe('monotone', () => {
  it('never lets the risk fall where a column rises, whatever the others are', () => {
    const data = crossedData(1500, 1)
    for (const direction of ['increasing', 'decreasing'] as const) {
      const model = trainBoosting(data, { ...fixed, monotone: { c: direction, a: direction } })
      for (const name of ['c', 'a']) {
        const steps = probe(model, name, 40, 200)
        const against = direction === 'increasing' ? Math.min(...steps) : -Math.max(...steps)
        expect(against).toBeGreaterThanOrEqual(-1e-12)
      }
    }
  })

  it('changes what is learned: without it the risk also falls', () => {
    const model = trainBoosting(crossedData(1500, 1), fixed)
    expect(Math.min(...probe(model, 'c', 40, 200))).toBeLessThan(0)
  })

  it('is refused for texts and for columns that are not there, all at once', () => {
    const data = sampleData(100, 1)
    const text = data.features.columns.find(({ kind }) => kind === 'text')!.name
    expect(() =>
      trainBoosting(data, { monotone: { [text]: 'increasing', tenureMonth: 'increasing' } }),
    ).toThrow(/2 problems[\s\S]*tenureMonth[\s\S]*Did you mean tenureMonths[\s\S]*texts have no order/)
  })
})

describe('interactions', () => {
  it('lets only columns of one group meet on a path', () => {
    const model = trainBoosting(crossedData(1500, 2), {
      ...fixed,
      interactions: [
        ['a', 'c'],
        ['b', 'c'],
      ],
    })
    const paths = askedTogether(model)
    expect(paths.some((path) => path.has('a') && path.has('c'))).toBe(true)
    for (const path of paths) {
      expect(path.has('a') && path.has('b')).toBe(false)
      // A column in no group acts alone.
      expect(path.has('d') && path.size > 1).toBe(false)
    }
  })

  it('are what the crossed columns need', () => {
    const test = crossedData(1500, 3)
    const free = logLoss(trainBoosting(crossedData(1500, 2), fixed), test)
    const apart = logLoss(
      trainBoosting(crossedData(1500, 2), { ...fixed, interactions: [['a'], ['b']] }),
      test,
    )
    expect(apart - free).toBeGreaterThan(0.05)
  })
})

describe('columnWeights', () => {
  it('of 0 leaves a column out, and more than 1 asks it more often', () => {
    const data = crossedData(800, 1)
    const asked = (columnWeights: Record<string, number>): number[] => {
      const { ensemble, features } = trainBoosting(data, {
        ...fixed,
        columnSharePerNode: 0.25,
        columnWeights,
      })
      const counts = new Array<number>(features.length).fill(0)
      ensemble.right.forEach((right, node) => {
        if (right !== 0) counts[ensemble.feature[node]!]!++
      })
      return counts
    }
    expect(asked({ c: 0 })[2]).toBe(0)
    expect(asked({ d: 20 })[3]! / asked({})[3]!).toBeGreaterThan(2)
  })
})

describe('early stopping', () => {
  it('on a validation set stops by any metric, and keeps the trees up to the best look', () => {
    const data = crossedData(1000, 1)
    const validation = crossedData(1000, 2)
    const seen: number[] = []
    const metric = {
      better: 'higher' as const,
      value: (probability: Float64Array): number => {
        seen.push(probability.length)
        // Best at the third look: 15 trees.
        return seen.length === 3 ? 1 : 0
      },
    }
    const model = trainBoosting(data, { maxDepth: 3, rounds: 200 }, { validation, metric })
    expect(model.ensemble.roots.length).toBe(15)
    expect(new Set(seen)).toEqual(new Set([1000]))
  })

  it('gives the trees that were grown until then: the same as that number of rounds', () => {
    const data = crossedData(1000, 1)
    const options = { maxDepth: 3, rounds: 200 }
    const stopped = trainBoosting(data, options, { validation: crossedData(1000, 2) })
    const rounds = stopped.ensemble.roots.length
    expect(rounds).toBeLessThan(200)
    const exact = trainBoosting(data, { ...options, rounds, earlyStopping: false })
    expect(encodeModel(exact)).toEqual(encodeModel(stopped))
  })

  it('without a validation set finds fewer trees for noise than for signal', () => {
    const data = crossedData(1500, 1)
    const noise = {
      ...data,
      outcome: Uint8Array.from({ length: 1500 }, (_, row) => ((row * 7919) % 13 < 4 ? 1 : 0)),
    }
    const options = { maxDepth: 3, repeats: 1 }
    const trees = trainBoosting(data, options).ensemble.roots.length
    expect(trainBoosting(noise, options).ensemble.roots.length).toBeLessThan(trees / 3)
  })

  it('takes 60 rounds where a class has too few rows to keep some', () => {
    const data = crossedData(60, 1)
    const outcome = Uint8Array.from({ length: 60 }, (_, row) => (row < 5 ? 1 : 0))
    const model = trainBoosting({ ...data, outcome }, { maxDepth: 3, repeats: 1 })
    expect(model.ensemble.roots.length).toBe(60)
  })
})

describe('startFrom', () => {
  it('keeps the trees of a model and corrects it', () => {
    const data = crossedData(1000, 1)
    const options = { ...fixed, rounds: 10, rowShare: 1, columnSharePerNode: 1 }
    const first = trainBoosting(data, options)
    const more = trainBoosting(data, options, { startFrom: first })
    const all = trainBoosting(data, { ...options, rounds: 20 })
    expect(encodeModel(more)).toEqual(encodeModel(all))
  })

  it('does not make a model surer that knows the rows which would tell how sure to be: no worse than before', () => {
    const [data, others] = [crossedData(600, 1), crossedData(600, 2)]
    const sure = trainBoosting(data, { ...fixed, rounds: 60, learningRate: 0.3 })
    const unknown = decodeModel(encodeModel(sure)).model as BoostingModel
    const lossOf = (model: BoostingModel) => logLoss(model, others)
    const options = { maxDepth: 3, rounds: 30, repeats: 1 }
    for (const [startFrom, words] of [
      [sure, '600 of 600 rows are equal to rows that the model to go on from was trained on'],
      [unknown, 'It is not known which rows the model to go on from was trained on'],
    ] as const) {
      const further = trainBoosting(data, options, { startFrom })
      // By the best line through the rows that it knows .57 would become 1.08.
      expect(lossOf(further)).toBeLessThan(lossOf(sure) * 1.02)
      expect(further.notes.join()).toContain(words)
    }
    const news = trainBoosting(others, options, { startFrom: sure })
    expect(news.notes).toEqual([])
    // Rows that it has not seen tell that it is far too sure: the slope of its old trees falls.
    const spread = (model: BoostingModel) => Math.max(...model.margin(data.features).map(Math.abs))
    expect(spread(news)).toBeLessThan(spread(sure))
  })

  it('reads categories as the model knows them; new ones are missing', () => {
    const features = (plans: (string | null)[]): FeatureMatrix => ({
      rowCount: plans.length,
      columns: [textColumn('plan', plans)],
    })
    const before = { features: features(['b', 'b', 'c', 'c']), outcome: Uint8Array.of(0, 1, 1, 1) }
    const options = { ...fixed, minHessianPerLeaf: 0, rounds: 5 }
    const first = trainBoosting(before, options)
    const after = { features: features(['a', 'b', 'c', 'c']), outcome: Uint8Array.of(1, 0, 0, 1) }
    const more = trainBoosting(after, options, { startFrom: first })
    expect(more.features).toEqual(first.features)
    const [fresh, missing] = more.margin(features(['a', null]))
    expect(fresh).toBe(missing)
  })

  it('is refused with columns that the model has not seen', () => {
    const first = trainBoosting(crossedData(100, 1), fixed)
    expect(() => trainBoosting(sampleData(100, 1), fixed, { startFrom: first })).toThrow(
      /to be those of the model to go on from/,
    )
  })
})

describe('prior', () => {
  it('moves every margin by the difference in log odds', () => {
    const data = crossedData(500, 1)
    const plain = trainBoosting(data, fixed)
    const shifted = trainBoosting(data, { ...fixed, prior: 0.02 })
    const shift = logit(0.02) - logit(plain.baseRate)
    const [before, after] = [plain.margin(data.features), shifted.margin(data.features)]
    before.forEach((margin, row) => {
      expect(after[row]! - margin).toBeCloseTo(shift, 10)
    })
  })

  const data = crossedData(1000, 2)
  const plain = trainBoosting(data, fixed)
  const moved = trainBoosting(data, { ...fixed, prior: 0.02 })
  const meanOf = (model: ChurnModel): number =>
    model.probability(data.features).reduce((sum, value) => sum + value, 0) / data.outcome.length

  it('is the base rate of the model: of its bands, and of what shifts it again, also from a file', () => {
    for (const model of [moved, decodeModel(encodeModel(moved)).model]) {
      expect(model.baseRate).toBe(0.02)
      // Odds of .02 are 1/49: three times them 3/52 = .0577.
      const [high, middle] = createScorer(model).about.bands
      expect([high!.from, middle!.from]).toEqual([expect.closeTo(3 / 52, 9), 0.02])
      const again = shiftPrior(model, { baseRate: 0.03 }).margin(data.features)
      const once = shiftPrior(plain, { baseRate: 0.03 }).margin(data.features)
      expect(largestDifference(again, once)).toBeLessThan(1e-9)
      expect(estimateBaseRate(model, data.features).baseRate).toBeCloseTo(
        estimateBaseRate(plain, data.features).baseRate,
        6,
      )
    }
  })

  it.each([
    ['moved there already', moved],
    ['of the rows as they are', plain],
  ])('shifts once where a training goes on from a model %s', (_, startFrom) => {
    const once = { ...fixed, rounds: 1 }
    const further = trainBoosting(data, { ...once, prior: 0.02 }, { startFrom })
    const expected = shiftPrior(trainBoosting(data, once, { startFrom: plain }), { baseRate: 0.02 })
    const difference = largestDifference(further.margin(data.features), expected.margin(data.features))
    expect(difference).toBeLessThan(1e-6)
    expect(further.baseRate).toBe(0.02)
  })

  it('left out in going on from a moved model brings it back to the churn rate of the rows', () => {
    const further = trainBoosting(data, { ...fixed, rounds: 1 }, { startFrom: moved })
    expect(further.baseRate).toBe(plain.baseRate)
    expect(meanOf(further)).toBeCloseTo(plain.baseRate, 2)
  })

  it('goes on from a model of customers of whom few leave without learning their number anew', () => {
    const weight = Float64Array.from(data.outcome, (churned, row) => (churned === 1 && row % 10 > 0 ? 0 : 1))
    const rare = trainBoosting({ ...data, weight }, fixed)
    const further = trainBoosting(data, { ...fixed, rounds: 1, prior: 0.02 }, { startFrom: rare })
    // Moved twice it would stand for some .002; the mean over these rows is above .02 as half of them leave.
    expect(meanOf(further)).toBeGreaterThan(0.02)
    expect(meanOf(further)).toBeLessThan(0.12)
  })

  it('is left out where rows are predicted that say when to stop: those at their own churn rate', () => {
    const kept = Array.from(data.outcome.keys()).filter((row) => data.outcome[row] === 0 || row % 20 === 0)
    const validation = { features: takeRows(data.features, kept), outcome: takeValues(data.outcome, kept) }
    const rate = validation.outcome.reduce((sum, one) => sum + one, 0) / kept.length
    const looks: number[] = []
    const metric = {
      better: 'lower',
      value: (probability: Float64Array) => {
        looks.push(probability.reduce((sum, value) => sum + value, 0) / probability.length)
        return 0
      },
    } as const
    trainBoosting(data, { maxDepth: 2, rounds: 20, prior: 0.5 }, { validation, metric })
    expect(looks[0]!).toBeCloseTo(rate, 1)
    expect(rate).toBeLessThan(0.1)
  })
})

describe('abort', () => {
  it('keeps the trees so far where asked to', () => {
    const stop = new AbortController()
    const model = trainBoosting(crossedData(500, 1), fixed, {
      signal: stop.signal,
      onAbort: 'keep',
      onProgress: ({ step, done }) => {
        if (step === 'tree' && done === 7) stop.abort()
      },
    })
    expect(model.ensemble.roots.length).toBe(7)
  })

  it('of a timer stops the asynchronous training, and other work goes on meanwhile', async () => {
    const controller = new AbortController()
    let turns = 0
    const turn = setInterval(() => {
      if (++turns === 4) controller.abort()
    }, 1)
    const training = trainBoostingAsync(
      crossedData(20_000, 1),
      { ...fixed, rounds: 10_000 },
      { signal: controller.signal },
    )
    await expect(training).rejects.toThrow(/to run to its end, but its signal was aborted/)
    clearInterval(turn)
  })

  it('or none: the asynchronous training gives the same model', async () => {
    const data = crossedData(200, 1)
    expect(encodeModel(await trainBoostingAsync(data))).toEqual(encodeModel(trainBoosting(data)))
  })
})

/** Steps of the margin as a column rises in many small steps, the others drawn at random. */
function probe(model: BoostingModel, name: string, probes: number, steps: number): number[] {
  const random = seededRandom(9)
  return Array.from({ length: probes }, () => {
    const columns = model.features.map((feature) => {
      const value = random.normal()
      const values = Array.from({ length: steps }, (_, step) =>
        feature.name === name ? -3 + (6 * step) / steps : value,
      )
      return numberColumn(feature.name, values)
    })
    const margin = model.margin({ rowCount: steps, columns })
    return Array.from(margin.subarray(1), (value, step) => value - margin[step]!)
  }).flat()
}

/** The columns asked on the way to each leaf. */
function askedTogether({ ensemble, features }: BoostingModel): Set<string>[] {
  const paths: Set<string>[] = []
  const visit = (node: number, asked: ReadonlySet<string>): void => {
    const right = ensemble.right[node]!
    if (right === 0) {
      paths.push(new Set(asked))
      return
    }
    const more = new Set([...asked, features[ensemble.feature[node]!]!.name])
    visit(node + 1, more)
    visit(right, more)
  }
  for (const root of ensemble.roots) visit(root, new Set())
  return paths
}

function logLoss(model: BoostingModel, { features, outcome }: TrainingData): number {
  const probability = model.probability(features)
  return outcome.reduce(
    (sum, value, row) =>
      sum - Math.log(value === 1 ? probability[row]! : 1 - probability[row]!) / outcome.length,
    0,
  )
}
