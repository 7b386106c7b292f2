import * as z from 'zod'
import { checkArguments } from '../base/arguments.js'
import { dayRule, withDaysIn } from '../base/dayRule.js'
import type { DayInput } from '../base/days.js'
import { type Days, type EpochDay, formatDay, utc } from '../base/days.js'
import { HoldfastError } from '../base/errors.js'
import { checkOptions } from '../base/options.js'
import { seedRule } from '../base/sharedRules.js'
import { outcomeWindow } from '../label/outcomeWindow.js'
import { type Dataset, type Split, takeDatasetRows } from './dataset.js'
import { testedRows } from './testedRows.js'

/** Options of {@link splitByTime}. */
export interface SplitByTimeOptions {
  /**
   * First cutoff of the test part: `YYYY-MM-DD`, `YYYY-MM` for the first of the month, an `EpochDay`, or an instant,
   * whose day is that of the dataset's time zone.
   */
  readonly testFrom: DayInput
  /**
   * Leave out training rows whose outcome was not yet known at `testFrom`. Default true; false only to measure the effect.
   */
  readonly purge?: boolean
  /**
   * Days between the end of the last outcome window of training and `testFrom`, for outcomes that become known late.
   * Integer ≥ 0. Default 0.
   */
  readonly embargoDays?: Days
  /**
   * Also split by customer: this share of the customers is used for testing and never for training. Answers "how good
   * is it for customers it has never seen?". In (0, 1). Default: customers may be in both parts, as in production.
   */
  readonly testShare?: number
  /** Seed of the draw of customers; any 32-bit integer. Default 1. */
  readonly seed?: number
}

/** Rules and defaults of {@link SplitByTimeOptions}. */
export const splitByTimeSchema = z.strictObject({
  testFrom: dayRule,
  purge: z.boolean().default(true),
  embargoDays: z.int().min(0).default(0),
  testShare: z.number().gt(0).lt(1).optional(),
  seed: seedRule,
})

/**
 * Returns the rows before a day for training and the rows from that day on for testing, as in production: the model
 * knows the past and predicts the future.
 *
 * With T = testFrom, c = the row's cutoff, e = end of its outcome window, m = embargoDays:
 *
 *     test     c ≥ T
 *     train    c < T and e + m ≤ T
 *     purged   c < T and e + m > T: on day T nobody could have known this outcome, so nobody could have trained on it
 *
 * With own cutoffs, too, each row is judged by its cutoff.
 *
 * A customer may be in both parts, at different cutoffs, as in production. With `testShare` customers are in one part
 * only: that share of the churners and of the others is drawn for testing, and only the rest is used for training.
 *
 * @returns the parts, with the number of rows in neither in `purgedRows` and `unusedRows`
 * @throws {HoldfastError} `option-invalid` for a flat table, which has no time; `out-of-range` if a part would be
 * empty, with the cutoffs of the dataset
 *
 * O(rows × columns).
 *
 * @example
 * import { tenure } from 'holdfast/features'
 * const history = await openHistory({
 *   customers: [
 *     { id: 'A', activatedAt: '2024-01-15', cancelledAt: '2025-04-20' },
 *     { id: 'B', activatedAt: '2024-06-01', cancelledAt: null },
 *   ],
 *   usage: [
 *     { id: 'A', day: '2025-03-31', minutes: 12 },
 *     { id: 'B', day: '2025-05-31', minutes: 30 },
 *   ],
 * })
 * const plan = churnPlan({
 *   label: cancelled({ gapDays: 0, horizonMonths: 1 }),
 *   features: [tenure()],
 *   cutoffs: ['2025-02-15', '2025-03-15', '2025-04-01'],
 * })
 * const { train, test, purgedRows } = splitByTime(await buildDataset(history, plan), { testFrom: '2025-04-01' })
 * await history.close()
 * // The outcome of 15 March is known on 15 April only.
 * const rows = [train.ids.length, test.ids.length, purgedRows]
 * rows
 * // => [2, 2, 2]
 *
 * @see {@link splitRows} for flat tables
 */
export function splitByTime(dataset: Dataset, options: SplitByTimeOptions): Split {
  checkArguments('splitByTime', ['dataset', dataset, 'dataset'])
  const { testFrom, purge, embargoDays, testShare, seed } = checkOptions(
    'splitByTime',
    splitByTimeSchema,
    withDaysIn(options, ['testFrom'], dataset.timeZone ?? utc),
  )
  const { cutoffs, label } = dataset
  if (cutoffs === null || label === null) {
    throw new HoldfastError('splitByTime', [
      {
        code: 'option-invalid',
        parameter: 'dataset',
        rule: 'to have cutoffs; a flat table has none',
        wayOut: 'Use splitRows.',
      },
    ])
  }
  const known = new Map<number, boolean>()
  for (const cutoff of new Set(cutoffs)) {
    const { end } = outcomeWindow(label.rule, cutoff as EpochDay)
    known.set(cutoff, end + embargoDays <= testFrom)
  }
  const tested = testShare === undefined ? null : testedRows(dataset, testShare, seed, true)
  const trainRows: number[] = []
  const testRows: number[] = []
  let purgedRows = 0
  for (const [row, cutoff] of cutoffs.entries()) {
    const isTested = tested === null ? undefined : tested[row] === 1
    if (cutoff >= testFrom) {
      if (isTested !== false) testRows.push(row)
    } else if (purge && !known.get(cutoff)) purgedRows++
    else if (isTested !== true) trainRows.push(row)
  }
  const noTest = ![...known.keys()].some((cutoff) => cutoff >= testFrom)
  const noTraining = ![...known].some(([cutoff, isKnown]) => cutoff < testFrom && (isKnown || !purge))
  if (noTest || noTraining) throw emptyPart(testFrom, known, noTest)
  if (trainRows.length === 0 || testRows.length === 0) throw tooFewCustomers(testShare)
  return {
    train: takeDatasetRows(dataset, trainRows),
    test: takeDatasetRows(dataset, testRows),
    testFrom,
    purgedRows,
    unusedRows: cutoffs.length - trainRows.length - testRows.length - purgedRows,
  }
}

const cutoffsNamed = 24

function emptyPart(testFrom: EpochDay, known: ReadonlyMap<number, boolean>, noTest: boolean): HoldfastError {
  const cutoffs = [...known.keys()].sort((a, b) => a - b).map((day) => formatDay(day as EpochDay))
  return new HoldfastError('splitByTime', [
    {
      code: 'out-of-range',
      parameter: 'testFrom',
      rule: noTest
        ? 'to be at or before the last cutoff'
        : 'to be at or after the end of the first outcome window',
      received: formatDay(testFrom),
      wayOut:
        cutoffs.length > cutoffsNamed
          ? `The dataset has ${cutoffs.length} cutoffs from ${cutoffs[0]} to ${cutoffs.at(-1)}.`
          : `The dataset has the cutoffs ${cutoffs.join(', ')}.`,
    },
  ])
}

function tooFewCustomers(testShare: number | undefined): HoldfastError {
  return new HoldfastError('splitByTime', [
    {
      code: 'out-of-range',
      parameter: 'testShare',
      rule: 'to leave rows in both parts',
      received: testShare,
      wayOut: 'Use a share nearer to 0.5, or more customers.',
    },
  ])
}
