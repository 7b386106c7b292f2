import { describe, expect, it } from 'vitest'
import type { EpochDay } from '../../../src/base/days.js'
import { backtest } from '../../../src/evaluate/backtest/backtest.js'
import type { BacktestFold } from '../../../src/evaluate/backtest/foldPredictions.js'
import type { TemporalData, Train } from '../../../src/evaluate/backtest/runFolds.js'
import { evaluateProbabilities } from '../../../src/evaluate/evaluate.js'
import { bootstrapInterval } from '../../../src/evaluate/interval/bootstrapInterval.js'
import { trainPrior } from '../../../src/learn/baseline/train.js'
import type { Progress } from '../../../src/learn/contract.js'
import { trainLogistic } from '../../../src/learn/logistic/train.js'
import { rowsWithin, temporalRows } from './temporalRows.js'

const cutoffs = [0, 30, 60, 90, 120, 150]
const data = temporalRows({ cutoffs, customers: 80 })
const logistic: Train = (rows) => trainLogistic(rows)
const quick = { resamples: 50 }

function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'resolved',
    (error) => error.code,
  )
}

describe('training', () => {
  it('is given every row whose outcome was known and nothing else: a search inside it cannot see the test rows', async () => {
    const seen: number[][] = []
    const result = await backtest(
      data,
      (rows) => {
        seen.push(rowsWithin(data, rows))
        return trainPrior(rows)
      },
      { ...quick, embargoDays: 5 },
    )
    expect(result.folds.map(({ cutoff }) => cutoff)).toEqual([60, 90, 120, 150])
    result.folds.forEach((fold, place) => {
      const known = Array.from(data.cutoffs!.keys()).filter((row) => data.cutoffs![row]! + 35 <= fold.cutoff)
      expect(seen[place]).toEqual(known)
      expect(fold.trainRows).toBe(known.length)
      expect(fold.purgedRows).toBe(80)
      expect(fold.trainCutoffs.at(-1)).toBe(fold.cutoff - 60)
    })
  })

  it('takes weights along', async () => {
    const weight = Float64Array.from(data.outcome, (_, row) => (row % 3) + 0.5)
    const sums: number[] = []
    const train: Train = (rows) => {
      sums.push(rows.weight!.reduce((sum, value) => sum + value, 0))
      return trainPrior(rows)
    }
    const { folds } = await backtest({ ...data, weight }, train, { ...quick, testCutoffs: 1 })
    expect(sums[0]).toBeCloseTo(
      weight.reduce((sum, value, row) => sum + (data.cutoffs![row]! < 150 ? value : 0), 0),
      9,
    )
    let churners = 0
    data.cutoffs!.forEach((cutoff, row) => {
      if (cutoff === 150) churners += weight[row]! * data.outcome[row]!
    })
    expect(folds[0]?.churners).toBeCloseTo(churners, 9)
  })

  it.each([
    ['every', [0, 1, 2, 3, 4]],
    [{ every: 2 }, [0, 0, 2, 2, 4]],
    ['once', [0, 0, 0, 0, 0]],
  ] as const)('refit %j: the folds use the models of the folds %j', async (refit, expected) => {
    const result = await backtest(data, logistic, { ...quick, refit })
    const models = result.folds.map((fold) => fold.trainCutoffs.length - 1)
    expect(models).toEqual(expected)
    expect(result.folds.map(({ refitted }) => refitted)).toEqual(
      expected.map((model, place) => model === place),
    )
  })

  it('may be asynchronous and gives the same', async () => {
    const slow: Train = async (rows) => {
      await new Promise((resolve) => setTimeout(resolve))
      return trainLogistic(rows)
    }
    expect(JSON.stringify(await backtest(data, slow, quick))).toBe(
      JSON.stringify(await backtest(data, logistic, quick)),
    )
  })
})

describe('leakage', () => {
  it('outcomes of later cutoffs, and those not yet known, change nothing in a fold but its own test outcomes', async () => {
    const day = 90
    const changed: TemporalData = {
      ...data,
      outcome: data.outcome.map((value, row) => (data.cutoffs![row]! > day ? 1 - value : value)),
    }
    const [before, after] = await Promise.all([data, changed].map((rows) => backtest(rows, logistic, quick)))
    const until = (folds: readonly BacktestFold[]) => folds.filter(({ cutoff }) => cutoff <= day)
    expect(until(after!.folds)).toEqual(until(before!.folds))
    expect(after!.folds.at(-1)!.figures).not.toEqual(before!.folds.at(-1)!.figures)
  })

  it('an outcome in the purged weeks does not reach the model', async () => {
    const late = { ...data, label: { gapDays: 7, horizonDays: 30 } }
    const changed = {
      ...late,
      outcome: data.outcome.map((value, row) => (data.cutoffs![row] === 120 ? 1 - value : value)),
    }
    const options = { ...quick, testCutoffs: [150 as EpochDay] }
    const [before, after] = await Promise.all(
      [late, changed].map((rows) => backtest(rows, logistic, options)),
    )
    expect(after!.folds).toEqual(before!.folds)
    const unpurged = await backtest(changed, logistic, { ...options, purge: false })
    expect(unpurged.folds[0]!.figures).not.toEqual(before!.folds[0]!.figures)
    expect(unpurged.notes[0]).toContain('purge: false')
  })
})

describe('figures', () => {
  it('of a fold are those of its predictions by themselves', async () => {
    const result = await backtest(data, logistic, { metrics: ['rocAuc', 'logLoss'] })
    const place = 2
    const mine = Array.from(result.rows.keys()).filter((index) => result.foldOf[index] === place)
    const probability = mine.map((index) => result.probability[index]!)
    const outcome = mine.map((index) => result.outcome[index]!)
    expect(mine.every((index) => data.cutoffs![result.rows[index]!] === result.folds[place]!.cutoff)).toBe(
      true,
    )
    expect(outcome).toEqual(mine.map((index) => data.outcome[result.rows[index]!]))
    const figure = result.folds[place]!.figures.rocAuc!
    expect(figure).toEqual(bootstrapInterval(probability, outcome, 'rocAuc'))
    expect(result.folds[place]!.figures.logLoss?.value).toBe(
      evaluateProbabilities(probability, outcome).logLoss?.value,
    )
    expect(Object.keys(result.folds[place]!.figures)).toEqual(['rocAuc', 'logLoss'])
  })

  it('pooled have wider intervals where the rows are the same customers again', async () => {
    // Every customer has one value and one fate at all cutoffs: six times as many rows tell nothing new.
    const first = temporalRows({ cutoffs: [0], customers: 200 })
    const column = first.features.columns[0]!
    const values = column.kind === 'number' ? Array.from(column.values) : []
    const again: TemporalData = {
      ...first,
      ids: cutoffs.flatMap(() => first.ids),
      cutoffs: Int32Array.from(cutoffs.flatMap((cutoff) => first.ids.map(() => cutoff))),
      outcome: Uint8Array.from(cutoffs.flatMap(() => [...first.outcome])),
      features: {
        rowCount: 1200,
        columns: [
          {
            kind: 'number',
            name: 'value',
            values: Float64Array.from(cutoffs.flatMap(() => values)),
            missing: null,
          },
        ],
      },
    }
    const others = { ...again, ids: again.ids.map((id, row) => `${id} ${row}`) }
    const [same, distinct] = await Promise.all(
      [again, others].map((rows) => backtest(rows, logistic, { metrics: ['rocAuc'], refit: 'once' })),
    )
    const width = ({ lower, upper }: { lower: number; upper: number }) => upper - lower
    expect(same!.pooled.rocAuc?.value).toBe(distinct!.pooled.rocAuc?.value)
    // Five tested cutoffs: the interval of five copies taken for customers is √5 = 2.2 times too narrow.
    const ratio = width(same!.pooled.rocAuc!) / width(distinct!.pooled.rocAuc!)
    expect(ratio).toBeGreaterThan(1.8)
    expect(ratio).toBeLessThan(2.7)
  })

  it('show a planted drift, and none where there is none', async () => {
    const years = Array.from({ length: 10 }, (_, place) => place * 30)
    const label = { gapDays: 0, horizonDays: 30 }
    const fading = temporalRows({
      cutoffs: years,
      customers: 800,
      label,
      slope: (place) => 2.5 - place * 0.25,
    })
    const steady = temporalRows({ cutoffs: years, customers: 800, label })
    const options = { ...quick, metrics: ['rocAuc'] as const, refit: 'once' as const }
    const [drifting, still] = await Promise.all(
      [fading, steady].map((rows) => backtest(rows, logistic, options)),
    )
    const drift = drifting!.drift.find(({ metric }) => metric === 'rocAuc')!
    expect(drift.cutoffs).toBe(9)
    expect(drift.perMonth.upper).toBeLessThan(0)
    expect(drift.sentence).toMatch(/^ROC AUC falls by 0\.0\d+ a month/)
    expect(still!.drift.find(({ metric }) => metric === 'rocAuc')!.shown).toBe(false)
    expect(still!.drift.map(({ metric }) => metric)).toEqual(['rocAuc', 'baseRate', 'meanProbability'])
  })
})

describe('folds that cannot be measured', () => {
  it('stay, with null figures and the reason', async () => {
    const outcome = data.outcome.map((value, row) => {
      if (data.cutoffs![row] === 0) return 0
      return data.cutoffs![row] === 120 ? 1 : value
    })
    const result = await backtest({ ...data, outcome }, logistic, {
      ...quick,
      testCutoffs: ['1970-01-01', 30, 120, 150, 999].map((day) => day as EpochDay),
    })
    expect(result.folds.map(({ note }) => note)).toEqual([
      'no outcome to train on was known by then',
      'all 80 rows to train on stayed',
      'no figure is defined: all 80 tested customers churned',
      null,
      'no figure is defined: there is no customer to test',
    ])
    expect(result.folds.map(({ figures }) => figures.rocAuc === null)).toEqual([
      true,
      true,
      true,
      false,
      true,
    ])
    expect(result.folds.map(({ baseRate }) => baseRate === null)).toEqual([false, false, false, false, true])
    expect(result.folds[1]?.refitted).toBe(false)
    expect(String(result)).toContain('all 80 rows to train on stayed')
  })

  it('few churners are said', async () => {
    const small = temporalRows({ cutoffs: [0, 30], customers: 20 })
    const { folds } = await backtest(small, logistic, quick)
    expect(folds[0]?.note).toContain('fewer than 30 churners')
  })
})

describe('customers', () => {
  it('newCustomersOnly tests nobody who was trained on', async () => {
    const ids = data.ids.map((id, row) => (data.cutoffs![row]! >= 120 && row % 2 === 0 ? `${id} new` : id))
    const { folds, rows, notes } = await backtest({ ...data, ids }, logistic, {
      ...quick,
      newCustomersOnly: true,
    })
    // The first cutoff has nothing before it; only one of the others has somebody to test.
    expect(notes).toEqual([
      'Only customers are tested of whom no row was trained on.',
      'Not tested, only trained on: 1970-01-01.',
      'Drift is not looked for: that takes figures at three cutoffs or more.',
    ])
    // New at 120: 40 customers, who are trained on before 150.
    expect(folds.map(({ testRows }) => testRows)).toEqual([0, 0, 0, 40, 0])
    expect(Array.from(rows).every((row) => ids[row]!.endsWith('new'))).toBe(true)
  })

  it('testShare tests customers of whom no model has seen a row', async () => {
    const trained = new Set<string>()
    const result = await backtest(
      data,
      (rows) => {
        for (const id of rows.ids) trained.add(id)
        return trainLogistic(rows)
      },
      { ...quick, testShare: 0.25, seed: 2 },
    )
    expect(result.folds.map(({ testRows }) => testRows)).toEqual([20, 20, 20, 20, 20])
    expect(result.ids.some((id) => trained.has(id))).toBe(false)
    expect(result.notes).toEqual([
      'Only customers are tested, 25 % of all, who are held out of every training.',
      'Not tested, only trained on: 1970-01-01.',
    ])
  })
})

describe('watching and stopping', () => {
  it('tells of every fold once, in time', async () => {
    const progress: Progress[] = []
    const told: BacktestFold[] = []
    const result = await backtest(data, logistic, {
      ...quick,
      onProgress: (step) => progress.push(step),
      onFold: (fold) => told.push(fold),
    })
    expect(told).toEqual(result.folds)
    expect(progress.map(({ done, total }) => [done, total])).toEqual([1, 2, 3, 4, 5].map((done) => [done, 5]))
    expect(progress[0]?.step).toBe('1970-01-31')
  })

  it('an abort ends it before the next fold, with the reason as cause', async () => {
    const controller = new AbortController()
    const told: BacktestFold[] = []
    const run = backtest(data, logistic, {
      ...quick,
      signal: controller.signal,
      onFold: (fold) => {
        told.push(fold)
        if (told.length === 2) controller.abort('enough')
      },
    })
    await expect(run).rejects.toMatchObject({ code: 'aborted', cause: 'enough' })
    expect(told).toHaveLength(2)
  })

  it('a timer can abort between folds though training never waits', async () => {
    const controller = new AbortController()
    setTimeout(() => controller.abort())
    expect(await codeOf(backtest(data, logistic, { ...quick, signal: controller.signal }))).toBe('aborted')
  })

  it('hands the signal to training', async () => {
    const { signal } = new AbortController()
    const seen: unknown[] = []
    const train: Train = (rows, control) => {
      seen.push(control.signal)
      return trainPrior(rows)
    }
    await backtest(data, train, { ...quick, signal })
    expect(seen).toHaveLength(5)
    expect(seen.every((one) => one === signal)).toBe(true)
  })

  it('an error of training is not swallowed', async () => {
    const broken: Train = () => {
      throw new RangeError('out of luck')
    }
    await expect(backtest(data, broken)).rejects.toThrow('out of luck')
  })
})

describe('refusals', () => {
  it('a flat table is sent to crossValidate', async () => {
    await expect(backtest({ ...data, cutoffs: null, label: null }, logistic)).rejects.toThrow(
      'Use crossValidate.',
    )
  })

  it('all that is wrong with the data is said at once', async () => {
    const wrong = {
      ...data,
      ids: data.ids.slice(1),
      outcome: data.outcome.map((_, row) => (row === 3 ? 2 : 0)),
    }
    const error = await backtest(wrong, undefined as never).catch((caught) => caught)
    expect(error.problems.map(({ parameter }: { parameter: string }) => parameter)).toEqual([
      'train',
      'data.ids',
      'data.outcome',
    ])
    expect(error.problems[2].place).toEqual({ row: 4 })
  })

  it('nothing known by any cutoff is refused with the cutoffs', async () => {
    const late = { ...data, label: { gapDays: 0, horizonDays: 400 } }
    const error = await backtest(late, logistic).catch((caught) => caught)
    expect(error.code).toBe('option-invalid')
    expect(error.message).toContain('1970-01-01, 1970-01-31')
  })

  it.each([
    [{ metrics: ['auc'] }, 'option-invalid'],
    [{ metrics: ['calibrationError'] }, 'out-of-range'],
    [{ refit: { every: 0 } }, 'option-invalid'],
    [{ testShare: 25 }, 'option-invalid'],
    [{ window: { cutoffs: 1, days: 3 } }, 'option-invalid'],
    [{ testCutoffs: ['2025-13-01'] }, 'option-invalid'],
    [{ embargo: 3 }, 'option-unknown'],
  ])('%j is refused as %s', async (options, code) => {
    expect(await codeOf(backtest(data, logistic, options as never))).toBe(code)
  })

  it('a model whose answers are no probabilities is refused', async () => {
    const margins: Train = (rows) => {
      const model = trainLogistic(rows)
      return new Proxy(model, {
        get: (target, name) =>
          name === 'probability' ? target.margin.bind(target) : Reflect.get(target, name, target),
      })
    }
    expect(await codeOf(backtest(data, margins, quick))).toBe('value-type')
  })
})

it('its text has no line of more than 80 columns, and its JSON is plain', async () => {
  const result = await backtest(data, logistic, quick)
  expect(
    Math.max(
      ...String(result)
        .split('\n')
        .map((line) => line.length),
    ),
  ).toBeLessThanOrEqual(80)
  const plain = JSON.parse(JSON.stringify(result))
  expect(plain.probability).toEqual(Array.from(result.probability))
  expect(plain.folds).toEqual(result.folds)
})
