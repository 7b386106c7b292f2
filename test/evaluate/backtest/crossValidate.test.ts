import { describe, expect, it } from 'vitest'
import { numberColumn } from '../../../src/base/matrix.js'
import { crossValidate } from '../../../src/evaluate/backtest/crossValidate.js'
import type { Train } from '../../../src/evaluate/backtest/runFolds.js'
import { rocAuc } from '../../../src/evaluate/ranking/ranking.js'
import { trainPrior } from '../../../src/learn/baseline/train.js'
import type { Progress } from '../../../src/learn/contract.js'
import { trainLogistic } from '../../../src/learn/logistic/train.js'
import { rowsWithin, temporalRows } from './temporalRows.js'

const flat = { ...temporalRows({ cutoffs: [0], customers: 200 }), cutoffs: null, label: null }
const logistic: Train = (rows) => trainLogistic(rows)
const quick = { resamples: 50 }

describe('crossValidate', () => {
  it('predicts every row once, by a model of all other folds', async () => {
    const seen: number[][] = []
    const result = await crossValidate(
      flat,
      (rows) => {
        seen.push(rowsWithin(flat, rows))
        return trainLogistic(rows)
      },
      quick,
    )
    expect(Array.from(result.rows).sort((a, b) => a - b)).toEqual(Array.from(flat.outcome.keys()))
    seen.forEach((trained, fold) => {
      const tested = Array.from(result.rows).filter((_, index) => result.foldOf[index] === fold)
      expect([...trained, ...tested].sort((a, b) => a - b)).toEqual(Array.from(flat.outcome.keys()))
    })
  })

  it('says where the models knew the rows that they were tested on', async () => {
    const onAll = trainLogistic(flat)
    const { notes } = await crossValidate(flat, () => onAll, quick)
    expect(notes.join()).toContain('In 5 of 5 folds the model was trained on rows that it was tested on')
    expect((await crossValidate(flat, logistic, quick)).notes.join()).not.toContain('tested on')
  })

  it('with own folds is the protocol row number % 5, its mean and sample standard deviation', async () => {
    const foldOf = Int32Array.from(flat.outcome, (_, row) => row % 5)
    const result = await crossValidate(flat, logistic, { foldOf, metrics: ['rocAuc'], ...quick })
    const values = [0, 1, 2, 3, 4].map((fold) => {
      const of = Array.from(result.rows.keys()).filter((index) => result.rows[index]! % 5 === fold)
      return rocAuc(
        of.map((index) => result.probability[index]!),
        of.map((index) => result.outcome[index]!),
      )
    })
    const mean = values.reduce((sum, value) => sum + value, 0) / 5
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    expect(result.overFolds.rocAuc?.mean).toBeCloseTo(mean, 12)
    expect(result.overFolds.rocAuc?.standardDeviation).toBeCloseTo(Math.sqrt(squares / 4), 12)
    expect(result.folds.map(({ figures }) => figures.rocAuc?.value)).toEqual(values)
    expect(result.pooled.rocAuc?.value).toBe(rocAuc(result.probability, result.outcome))
  })

  it('same seed, same folds; repeats are other draws of every row', async () => {
    const run = (seed: number) => crossValidate(flat, logistic, { ...quick, repeats: 2, seed })
    const [one, again, other] = await Promise.all([run(1), run(1), run(2)])
    expect(again).toEqual(one)
    expect(other!.rows).not.toEqual(one!.rows)
    expect(one!.folds).toHaveLength(10)
    expect(one!.rows.slice(0, 200)).not.toEqual(one!.rows.slice(200))
    expect(one!.overFolds.rocAuc?.folds).toBe(10)
  })

  it('keeps the rows of a customer in one fold, of a group where groups are given', async () => {
    const ids = Array.from(flat.outcome, (_, row) => `c${row % 50}`)
    for (const options of [{}, { groups: Array.from(flat.outcome, (_, row) => row % 10) }]) {
      const result = await crossValidate({ ...flat, ids }, logistic, { ...quick, ...options })
      const keyOf = (row: number) => ('groups' in options ? String(row % 10) : ids[row]!)
      const folds = new Map<string, Set<number>>()
      result.rows.forEach((row, index) => {
        folds.set(keyOf(row), (folds.get(keyOf(row)) ?? new Set()).add(result.foldOf[index]!))
      })
      expect([...folds.values()].every((some) => some.size === 1)).toBe(true)
      expect(result.notes).toEqual([])
    }
  })

  it('own folds that split customers, and rows with cutoffs, are said', async () => {
    const ids = Array.from(flat.outcome, (_, row) => `c${row >> 1}`)
    const foldOf = Array.from(flat.outcome, (_, row) => row % 2)
    const timed = temporalRows({ cutoffs: [0, 30], customers: 100 })
    const result = await crossValidate({ ...timed, ids }, logistic, { ...quick, foldOf })
    expect(result.notes).toEqual([
      'The rows have cutoffs and the folds mix them: the figures are too good. Use backtest.',
      '100 customers have rows in several folds: models were tested on customers they were trained on.',
    ])
  })

  it('takes plain training data, and tells of progress', async () => {
    const calls = numberColumn('calls', [0, 1, 0, 2, 6, 7, 5, 8])
    const data = {
      features: { rowCount: 8, columns: [calls] },
      outcome: Uint8Array.of(0, 0, 0, 1, 1, 1, 1, 0),
    }
    const progress: Progress[] = []
    await crossValidate(data, (rows) => trainPrior(rows), {
      ...quick,
      folds: 2,
      repeats: 2,
      onProgress: (step) => progress.push(step),
    })
    expect(progress.map(({ done, total }) => [done, total])).toEqual([
      [1, 4],
      [2, 4],
      [3, 4],
      [4, 4],
    ])
  })

  it('a fold without churners stays, with null figures and the reason', async () => {
    const foldOf = Array.from(flat.outcome, (value, row) => (value === 1 ? 0 : row % 2))
    const result = await crossValidate(flat, logistic, { ...quick, foldOf })
    expect(result.folds.map(({ note }) => note)).toEqual([
      expect.stringMatching(/^all \d+ rows to train on stayed$/),
      expect.stringMatching(/^no figure is defined: all \d+ tested customers stayed$/),
    ])
    expect(result.overFolds.rocAuc).toBeNull()
    const churners = flat.outcome.reduce((sum, value) => sum + value, 0)
    const other = await crossValidate(flat, logistic, {
      ...quick,
      foldOf: foldOf.map((_, row) => 1 - flat.outcome[row]!),
    })
    expect(other.folds.map(({ note }) => note)).toEqual([
      `all ${flat.outcome.length - churners} rows to train on stayed`,
      `all ${churners} rows to train on churned`,
    ])
  })

  it('stops when its signal is aborted', async () => {
    const controller = new AbortController()
    let trainings = 0
    const train: Train = (rows) => {
      if (++trainings === 2) controller.abort()
      return trainPrior(rows)
    }
    await expect(crossValidate(flat, train, { ...quick, signal: controller.signal })).rejects.toMatchObject({
      code: 'aborted',
    })
    expect(trainings).toBe(2)
  })

  it.each([
    [{ folds: 201 }, 'out-of-range', 'folds'],
    [{ folds: 1 }, 'option-invalid', 'folds'],
    [{ groups: [1, 2] }, 'length-differs', 'groups'],
    [{ foldOf: [1, 2] }, 'length-differs', 'foldOf'],
    [{ foldOf: Array(200).fill(0) }, 'option-invalid', 'foldOf'],
    [{ foldOf: Array.from({ length: 200 }, (_, row) => row / 2) }, 'out-of-range', 'foldOf'],
    [{ foldOf: Array.from({ length: 200 }, (_, row) => row % 2), repeats: 2 }, 'option-invalid', 'repeats'],
    [{ fold: 5 }, 'option-unknown', 'fold'],
  ])('%j is refused', async (options, code, parameter) => {
    const error = await crossValidate(flat, logistic, options as never).catch((caught) => caught)
    expect(error.problems[0]).toMatchObject({ code, parameter })
  })

  it('its text has no line of more than 80 columns', async () => {
    const text = String(await crossValidate(flat, logistic, quick))
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  })
})
