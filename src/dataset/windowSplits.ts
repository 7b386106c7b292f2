import { type Days, type EpochDay, formatDay } from '../base/days.js'
import { HoldfastError } from '../base/errors.js'
import { beginningOfTime, windowBefore } from '../base/windows.js'
import { completeUntilOf } from '../engine/completeUntil.js'
import type { History } from '../engine/history.js'
import { formulaOf, partialsOf } from '../feature/formula.js'
import { featureName } from '../feature/name/featureName.js'
import type { FeatureRule } from '../feature/rule.js'
import { labelTables } from '../label/labelProblems.js'
import { outcomeWindow } from '../label/outcomeWindow.js'
import type { LabelRule } from '../label/rule.js'
import { isOwn } from '../population/ownCutoffs.js'
import { buildDataset } from './buildDataset.js'
import type { ChurnPlan } from './churnPlan.js'
import type { Split } from './dataset.js'
import { splitByTime } from './splitByTime.js'

/** Which window of a plan is varied. */
export type WindowAxis = 'gap' | 'horizon' | 'look-back'

/** A plan with one window of another length. */
export interface WindowSetting {
  readonly axis: WindowAxis
  /** Length of the varied window. */
  readonly days: Days
  readonly plan: ChurnPlan
}

/** Lengths to try, in days. */
export interface WindowLengths {
  readonly gapDays: readonly Days[]
  readonly horizonDays: readonly Days[]
  readonly lookbackDays: readonly Days[]
}

/** A plan with a varied window, split at one day, with the lead times of its churners. */
export interface WindowSplit extends WindowSetting {
  readonly split: Split
  /**
   * Days from the cutoff to the cancellation, for each churned row of the test part; the gap if the label has no day.
   */
  readonly leadDays: (row: number) => Days
}

/**
 * Returns a setting for each length: one window is varied, the others are those of the plan. All use the same cutoffs,
 * those for which every outcome is known, and are tested on the last, so that they differ only in the window.
 *
 * @throws {HoldfastError} `option-invalid` for a plan with own cutoffs, or if no feature is left; `window-open` if the
 * longest windows leave no cutoff to train on
 */
export function windowSettings(
  operation: string,
  history: History,
  plan: ChurnPlan,
  { gapDays, horizonDays, lookbackDays }: WindowLengths,
): WindowSetting[] {
  const { label, cutoffs } = plan
  if (isOwn(cutoffs))
    throw refusal(operation, 'option-invalid', 'plan.cutoffs', 'to be days that all customers share')
  const labels: readonly (readonly [WindowAxis, Days, LabelRule])[] = [
    ...gapDays.map((days) => ['gap', days, { ...label, gapDays: days }] as const),
    ...horizonDays.map((days) => ['horizon', days, withHorizon(operation, label, days)] as const),
    ...lookbackDays.map((days) => ['look-back', days, label] as const),
  ]
  const shared = sharedCutoffs(
    operation,
    history,
    cutoffs as readonly EpochDay[],
    labels.map(([, , rule]) => rule),
  )
  return labels.map(([axis, days, rule]) => {
    const features =
      axis === 'look-back' ? plan.features.filter((each) => reach(each, shared) <= days) : plan.features
    if (features.length === 0) {
      throw refusal(
        operation,
        'option-invalid',
        'lookbackDays',
        'to leave a feature: all those of the plan look further back',
        days,
      )
    }
    const names = features.map(featureName)
    const optional =
      plan.optionalFeatures === undefined
        ? {}
        : { optionalFeatures: plan.optionalFeatures.filter((name) => names.includes(name)) }
    return { axis, days, plan: { ...plan, ...optional, label: rule, features, cutoffs: shared } }
  })
}

/** Returns the dataset of a setting, split at its last cutoff. */
export async function windowSplit(history: History, setting: WindowSetting): Promise<WindowSplit> {
  const dataset = await buildDataset(history, setting.plan)
  const testFrom = (setting.plan.cutoffs as readonly EpochDay[]).at(-1)!
  const split = splitByTime(dataset, { testFrom })
  return { ...setting, split, leadDays: await leadsOf(history, setting.plan.label, split) }
}

function withHorizon(operation: string, label: LabelRule, days: Days): LabelRule {
  if (label.kind === 'valueDropped') {
    throw refusal(
      operation,
      'option-invalid',
      'horizonDays',
      'to be left out: valueDropped compares months',
      days,
    )
  }
  return { ...label, horizon: { days } }
}

function sharedCutoffs(
  operation: string,
  history: History,
  cutoffs: readonly EpochDay[],
  rules: readonly LabelRule[],
): EpochDay[] {
  const ends = (cutoff: EpochDay) => Math.max(...rules.map((rule) => outcomeWindow(rule, cutoff).end))
  const until = completeUntilOf(history, rules.flatMap(labelTables))
  const shared = cutoffs.filter((cutoff) => ends(cutoff) <= until)
  const [first, last] = [shared[0], shared.at(-1)]
  if (first !== undefined && ends(first) <= last!) return shared
  throw refusal(
    operation,
    'window-open',
    'plan.cutoffs',
    `to hold one whose longest outcome is known by the last that is complete until ${formatDay(until)}`,
    cutoffs.map(formatDay).join(', '),
  )
}

/** Most days that a rule looks back; 0 if all its windows are over all time. */
function reach(rule: FeatureRule, cutoffs: readonly EpochDay[]): Days {
  const last = cutoffs.at(-1)!
  const starts = partialsOf(formulaOf(rule)).map(({ window }) => windowBefore(last, window).start)
  return Math.max(0, ...starts.filter((start) => start > beginningOfTime).map((start) => last - start))
}

async function leadsOf(
  { engine }: History,
  label: LabelRule,
  { test }: Split,
): Promise<(row: number) => Days> {
  if (label.kind !== 'cancelled') return () => label.gapDays
  const { identifier } = engine.dialect
  const cancelledAt = identifier('cancelledAt')
  const found = await engine.query(
    `SELECT id, ${cancelledAt} AS day FROM ${identifier('customers')} WHERE ${cancelledAt} IS NOT NULL`,
  )
  const days = new Map<unknown, number>()
  const { values } = found.numbers('day')
  for (let row = 0; row < found.rowCount; row++) days.set(found.cell('id', row), values[row]!)
  return (row) => days.get(test.ids[row]!)! - test.cutoffs![row]!
}

function refusal(
  operation: string,
  code: 'option-invalid' | 'window-open',
  parameter: string,
  rule: string,
  received?: unknown,
): HoldfastError {
  return new HoldfastError(operation, [
    { code, parameter, rule, ...(received === undefined ? {} : { received }) },
  ])
}
