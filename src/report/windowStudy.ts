import * as z from 'zod'
import { checkArguments } from '../base/arguments.js'
import type { Days } from '../base/days.js'
import { HoldfastError, inNameOf } from '../base/errors.js'
import { numberColumn, textColumn } from '../base/matrix.js'
import { checkOptions } from '../base/options.js'
import { callbackRule, levelRule, signalRule } from '../base/sharedRules.js'
import type { buildDataset } from '../dataset/buildDataset.js'
import { type ChurnPlan, churnPlan } from '../dataset/churnPlan.js'
import type { Dataset } from '../dataset/dataset.js'
import { type WindowSetting, type WindowSplit, windowSettings, windowSplit } from '../dataset/windowSplits.js'
import { evaluateProbabilities } from '../evaluate/evaluate.js'
import { trainBoosting } from '../learn/boosting/train.js'
import type { ChurnModel } from '../learn/contract.js'
import { Table } from '../table/table.js'
import { svgOf } from './picture/drawPicture.js'
import { type WindowRow, windowPicture } from './picture/windowPicture.js'

/** Which windows to try, and with what model. */
export interface WindowStudyOptions {
  /** Days between cutoff and outcome window. Integers ≥ 0. Default 0, 7, 14 and 30. */
  readonly gapDays?: readonly Days[]
  /** Lengths of the outcome window. Integers ≥ 1. Default 30, 60 and 90; none for `valueDropped`. */
  readonly horizonDays?: readonly Days[]
  /** Days that features may look back; those with longer windows are left out. Integers ≥ 1. Default 31, 92 and 183. */
  readonly lookbackDays?: readonly Days[]
  /** Trains a model on the given rows. Default `trainBoosting` with its defaults. */
  readonly train?: (data: Dataset) => ChurnModel | Promise<ChurnModel>
  /** Top share of customers; the lead time is that of the churners among them. In (0, 1]. Default 0.1. */
  readonly topShare?: number
  /** Level of the intervals, in (0, 1). Default 0.95. */
  readonly level?: number
  /** Checked before each setting; an abort throws `aborted`. */
  readonly signal?: AbortSignal
  /** Called before each setting, `done` of `total`. */
  readonly onProgress?: (progress: {
    readonly step: string
    readonly done: number
    readonly total: number
  }) => void
}

/** How the figures change with the windows. */
export interface WindowStudy {
  /**
   * Columns `window` (gap, horizon, look-back), `days`, `features`, `rows` and `churners` (of the test), `rocAuc`,
   * `lower`, `upper`, `leadDays`: the median days from the cutoff to the cancellation of the churners caught; one row
   * per length.
   */
  readonly table: Table
  /** Returns its picture as the text of an .svg file. */
  svg(): Promise<string>
}

const days = (least: number) => z.array(z.int().min(least))
const optionsSchema = z.strictObject({
  gapDays: days(0).default([0, 7, 14, 30]),
  horizonDays: days(1).optional(),
  lookbackDays: days(1).default([31, 92, 183]),
  train: callbackRule<NonNullable<WindowStudyOptions['train']>>(),
  topShare: z.number().gt(0).lte(1).default(0.1),
  level: levelRule,
  signal: signalRule,
  onProgress: callbackRule<NonNullable<WindowStudyOptions['onProgress']>>(),
})

/**
 * Returns how ROC AUC and lead time change with gap, horizon and look-back: which question can be answered in time?
 *
 * One window is varied at a time, the others are those of the plan. All settings use the same cutoffs, those whose
 * longest outcome is known; the last one is tested, training uses what was known by then (`splitByTime`). A longer
 * window leaves less to train on: that is part of its price. A look-back leaves out the features with longer windows;
 * those over all time (`recency`, totals) stay.
 *
 * AUCs of different horizons answer different questions: a longer one has more churners and is often harder. Choose the
 * question by what can be done in the lead time, then the features' windows by the AUC; with one test cutoff intervals
 * are wide.
 *
 * @param plan with the same cutoffs for all customers
 * @throws {HoldfastError} `option-invalid`, `option-unknown`; `window-open` if the longest windows leave no cutoff to
 * train on; `aborted`; what `buildDataset` refuses
 *
 * One dataset and one training per length.
 *
 * @see `backtest` for one question over time
 */
export async function windowStudy(
  history: Parameters<typeof buildDataset>[0],
  plan: ChurnPlan,
  options: WindowStudyOptions = {},
): Promise<WindowStudy> {
  checkArguments('windowStudy', ['history', history, 'history'], ['plan', plan, 'object'])
  const checked = checkOptions('windowStudy', optionsSchema, options)
  const whole = inNameOf('windowStudy', () => churnPlan(plan))
  const usualHorizons = whole.label.kind === 'valueDropped' ? [] : [30, 60, 90]
  const { horizonDays = usualHorizons, gapDays, lookbackDays, signal, onProgress } = checked
  const settings = windowSettings('windowStudy', history, whole, { gapDays, horizonDays, lookbackDays })
  const rows: WindowRow[] = []
  for (const [done, setting] of settings.entries()) {
    const step = `${setting.axis} ${setting.days}`
    if (signal?.aborted) throw aborted(step)
    onProgress?.({ step, done, total: settings.length })
    rows.push(
      await rowOf(setting, await inNameOf('windowStudy', () => windowSplit(history, setting)), checked),
    )
  }
  return { table: tableOf(rows), svg: () => svgOf(windowPicture(rows)) }
}

type Checked = z.output<typeof optionsSchema>

async function rowOf(
  { axis, days: length, plan }: WindowSetting,
  { split, leadDays }: WindowSplit,
  { train = (data) => trainBoosting(data), topShare, level }: Checked,
): Promise<WindowRow> {
  const { test } = split
  const model = await train(split.train)
  const probability = model.probability(test.features)
  const churners = test.outcome.reduce((sum, value) => sum + value, 0)
  const known = {
    window: axis,
    days: length,
    features: plan.features.length,
    rows: test.outcome.length,
    churners,
  }
  if (churners === 0 || churners === test.outcome.length) {
    return { ...known, rocAuc: null, lower: null, upper: null, leadDays: null }
  }
  const { rocAuc } = evaluateProbabilities(probability, test.outcome, { level, groups: test.ids })
  const listed = Int32Array.from(probability.keys())
    .sort((a, b) => probability[b]! - probability[a]! || a - b)
    .slice(0, Math.ceil(topShare * probability.length))
  const leads = Array.from(
    listed.filter((row) => test.outcome[row] === 1),
    leadDays,
  ).sort((a, b) => a - b)
  const median = leads.length === 0 ? null : (leads[(leads.length - 1) >> 1]! + leads[leads.length >> 1]!) / 2
  return { ...known, rocAuc: rocAuc.value, lower: rocAuc.lower, upper: rocAuc.upper, leadDays: median }
}

function tableOf(rows: readonly WindowRow[]): Table {
  const names = ['days', 'features', 'rows', 'churners', 'rocAuc', 'lower', 'upper', 'leadDays'] as const
  return new Table([
    textColumn(
      'window',
      rows.map(({ window }) => window),
    ),
    ...names.map((name) =>
      numberColumn(
        name,
        rows.map((row) => row[name]),
      ),
    ),
  ])
}

function aborted(step: string): HoldfastError {
  return new HoldfastError('windowStudy', [
    { code: 'aborted', parameter: 'the study', rule: `to continue with ${step}` },
  ])
}
