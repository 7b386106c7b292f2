import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EpochDay } from '../../../src/base/days.js'
import { epochDay } from '../../../src/base/days.js'
import { checkOptions } from '../../../src/base/options.js'
import { planFolds, shortOfTraining } from '../../../src/evaluate/backtest/planFolds.js'
import { outcomeEnd, type TemporalData, takeTemporalRows } from '../../../src/evaluate/backtest/runFolds.js'
import { type BacktestOptions, backtestOptions } from '../../../src/evaluate/backtest/validationOptions.js'
import { cancelled } from '../../../src/label/cancelled.js'
import { outcomeWindow } from '../../../src/label/outcomeWindow.js'
import { temporalRows } from './temporalRows.js'

const plan = (data: TemporalData, options: BacktestOptions = {}) =>
  planFolds(data, checkOptions('backtest', backtestOptions, options))

const days = fc.uniqueArray(fc.integer({ min: 0, max: 300 }), { minLength: 2, maxLength: 8 })
const span = fc.record({
  gapDays: fc.integer({ min: 0, max: 40 }),
  horizonDays: fc.integer({ min: 1, max: 70 }),
})

describe('planFolds', () => {
  it('no day of a training outcome, nor of the embargo after it, reaches the test cutoff; every other row is purged', () => {
    fc.assert(
      fc.property(days, span, fc.integer({ min: 0, max: 30 }), (cutoffs, label, embargoDays) => {
        const data = temporalRows({ cutoffs, customers: 3, label })
        for (const fold of plan(data, { embargoDays, testCutoffs: cutoffs as EpochDay[] }).folds) {
          const trained = new Set(fold.trainRows)
          let purged = 0
          data.cutoffs!.forEach((cutoff, row) => {
            // Day by day: gap, outcome window, embargo. One of them at or after the test cutoff is the future.
            let isFuture = false
            for (let day = cutoff; day < cutoff + label.gapDays + label.horizonDays + embargoDays; day++) {
              if (day >= fold.cutoff) isFuture = true
            }
            expect(trained.has(row)).toBe(cutoff < fold.cutoff && !isFuture)
            if (cutoff < fold.cutoff && isFuture) purged++
          })
          expect(fold.purgedRows).toBe(purged)
          expect(Array.from(fold.testRows)).toEqual(
            Array.from(data.cutoffs!.keys()).filter((row) => data.cutoffs![row] === fold.cutoff),
          )
        }
      }),
    )
  })

  it('an outcome is known where the window of its label ends, in days and in calendar months', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 20_000 }),
        fc.integer({ min: 0, max: 40 }),
        fc.integer({ min: 1, max: 12 }),
        fc.boolean(),
        (day, gapDays, length, inMonths) => {
          const rule = cancelled({
            gapDays,
            ...(inMonths ? { horizonMonths: length } : { horizonDays: length }),
          })
          const label = { gapDays, horizonDays: inMonths ? 31 * length : length, rule }
          const cutoff = day as EpochDay
          expect(outcomeEnd(label, cutoff)).toBe(outcomeWindow(rule, cutoff).end)
        },
      ),
    )
  })

  it('without a rule the longest horizon holds for every cutoff', () => {
    // 1 February + 7 + 31 days.
    expect(outcomeEnd({ gapDays: 7, horizonDays: 31 }, epochDay('2025-02-01'))).toBe(epochDay('2025-03-11'))
  })

  const six = temporalRows({ cutoffs: [0, 30, 60, 90, 120, 150], customers: 4 })

  it.each([
    ['expanding', [0, 30, 60, 90, 120]],
    [{ cutoffs: 2 }, [90, 120]],
    [{ days: 60 }, [90, 120]],
    [{ days: 59 }, [120]],
  ] as const)('window %j trains the last fold on the cutoffs %j', (window, expected) => {
    expect(plan(six, { window }).folds.at(-1)?.trainCutoffs).toEqual(expected)
  })

  it('cutoffs before the first with enough training are only trained on', () => {
    const { folds, untested } = plan(six, { minTrainCutoffs: 2 })
    expect(untested).toEqual([0, 30])
    expect(folds.map(({ cutoff }) => cutoff)).toEqual([60, 90, 120, 150])
    expect(plan(six, { minTrainRows: 9 }).untested).toEqual([0, 30, 60])
    expect(plan(six, { testCutoffs: 2 }).folds.map(({ cutoff }) => cutoff)).toEqual([120, 150])
  })

  it('the order of the rows does not say which cutoffs are the last', () => {
    const rows = Array.from(six.cutoffs!.keys()).reverse()
    const [fold] = plan(takeTemporalRows(six, rows), { window: { cutoffs: 2 }, testCutoffs: 1 }).folds
    expect(fold).toMatchObject({ cutoff: 150, trainCutoffs: [90, 120] })
  })

  it('a fold is short of training with fewer cutoffs or rows than the least, not with as many', () => {
    const least = checkOptions('backtest', backtestOptions, { minTrainCutoffs: 2, minTrainRows: 5 })
    const short = (cutoffs: number[], rows: number) =>
      shortOfTraining(
        {
          cutoff: 90 as EpochDay,
          trainCutoffs: cutoffs as EpochDay[],
          trainRows: new Int32Array(rows),
          purgedRows: 0,
          testRows: new Int32Array(0),
        },
        least,
      )
    expect([short([0, 30], 5), short([], 0), short([0], 9), short([0, 30], 4)]).toEqual([
      null,
      'no outcome to train on was known by then',
      'outcomes of only 1 of at least 2 cutoffs to train on were known by then',
      'only 4 of at least 5 rows to train on were known by then',
    ])
  })

  it('a cutoff asked for is planned even where nothing is known by then', () => {
    const [first] = plan(six, { testCutoffs: ['1970-01-01'] }).folds
    expect(first).toMatchObject({ cutoff: 0, trainCutoffs: [], purgedRows: 0 })
  })

  it('without a purge every earlier row is trained on', () => {
    const late = temporalRows({ cutoffs: [0, 30], customers: 4, label: { gapDays: 7, horizonDays: 30 } })
    expect(plan(late).folds).toEqual([])
    expect(plan(late, { purge: false }).folds[0]?.trainRows).toHaveLength(4)
  })

  it('half a customer is a whole one: of four customers 40 % are two', () => {
    for (const { testRows } of plan(six, { testShare: 0.4, seed: 3 }).folds)
      expect(new Set(Array.from(testRows, (row) => six.ids[row])).size).toBe(2)
    expect(plan(six, { testShare: 0.4, seed: 3 }).folds.length).toBeGreaterThan(0)
  })

  it('held-out customers are in every test and in no training, whatever their outcomes', () => {
    const other: TemporalData = { ...six, outcome: six.outcome.map((value) => 1 - value) }
    const held = plan(six, { testShare: 0.5, seed: 3 }).folds
    for (const { trainRows, testRows } of held) {
      const tested = new Set(Array.from(testRows, (row) => six.ids[row]))
      expect(tested.size).toBe(2)
      expect(Array.from(trainRows).some((row) => tested.has(six.ids[row]!))).toBe(false)
    }
    expect(plan(other, { testShare: 0.5, seed: 3 }).folds).toEqual(held)
  })
})
