import { describe, expect, it } from 'vitest'
import { backtest } from '../../../src/evaluate/backtest/backtest.js'
import { compareBacktests } from '../../../src/evaluate/backtest/compareBacktests.js'
import type { TemporalData } from '../../../src/evaluate/backtest/runFolds.js'
import { rocAuc } from '../../../src/evaluate/ranking/ranking.js'
import { trainPrior } from '../../../src/learn/baseline/train.js'
import { trainLogistic } from '../../../src/learn/logistic/train.js'
import { temporalRows } from './temporalRows.js'

const data = temporalRows({ cutoffs: [0, 30, 60, 90, 120], customers: 100 })
const quick = { resamples: 60 }
const run = (rows: TemporalData, testCutoffs?: number) =>
  backtest(rows, (some) => trainLogistic(some), {
    ...quick,
    ...(testCutoffs === undefined ? {} : { testCutoffs }),
  })
const prior = () => backtest(data, (some) => trainPrior(some), quick)

describe('compareBacktests', () => {
  it('a backtest is no better than itself', async () => {
    const one = await run(data)
    const { pooled, foldsABetter, folds } = compareBacktests(one, one, quick)
    expect(pooled.difference).toEqual({ value: 0, lower: 0, upper: 0 })
    expect(foldsABetter).toBe(folds.length / 2)
  })

  it('a model that knows something is better than one that knows nothing, and the other way round', async () => {
    const [model, nothing] = [await run(data), await prior()]
    const forth = compareBacktests(model, nothing, { ...quick, names: ['logistic', 'prior'] })
    expect(forth.pooled.difference.lower).toBeGreaterThan(0)
    expect(forth.foldsABetter).toBe(4)
    expect(forth.sentence).toMatch(/^logistic is better by .* logistic is better at 4 of 4 cutoffs\.$/)
    expect(forth.folds.map(({ valueA }) => valueA)).toEqual(
      model.folds.map(({ figures }) => figures.rocAuc?.value),
    )
    expect(forth.folds.every(({ valueB }) => valueB === 0.5)).toBe(true)
    const back = compareBacktests(nothing, model, { ...quick, metric: 'logLoss' })
    expect(back.pooled.difference.lower).toBeGreaterThan(0)
    expect(back.foldsABetter).toBe(0)
  })

  it('is of the rows that both predicted', async () => {
    const [long, short] = [await run(data), await run(data, 2)]
    const { predictions, pooled, folds } = compareBacktests(long, short, quick)
    expect(predictions).toBe(200)
    expect(folds.map(({ cutoff }) => cutoff)).toEqual([90, 120])
    expect(pooled.valueB).toBe(rocAuc(short.probability, short.outcome))
  })

  it('other data, other metrics and other options are refused', async () => {
    const one = await run(data)
    const changed = await run({
      ...data,
      outcome: data.outcome.map((value, row) => (row === 450 ? 1 - value : value)),
    })
    // Row 450, counted from 0, is the 51st of the fifth cutoff, day 120.
    expect(() => compareBacktests(one, changed)).toThrow(
      'row 451: expected b to be a backtest of the same rows as a, got "another customer or outcome at cutoff 1970-05-01"',
    )
    expect(() => compareBacktests(one, one, { metric: 'calibrationError' as never })).toThrow(
      'calibrationError',
    )
    expect(() => compareBacktests(one, one, { metrics: ['rocAuc'] } as never)).toThrow('metric')
  })
})
