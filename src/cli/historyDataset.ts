import type { Command } from 'commander'
import { addDays, addMonths, type EpochDay, formatDay, monthStart } from '../base/days.js'
import { HoldfastError, nearName, refuse } from '../base/errors.js'
import { buildDataset } from '../dataset/buildDataset.js'
import { churnPlan } from '../dataset/churnPlan.js'
import type { Dataset } from '../dataset/dataset.js'
import { completeUntilOf } from '../engine/completeUntil.js'
import { firstEventDay } from '../engine/firstEventDay.js'
import type { History } from '../engine/history.js'
import { featureTables } from '../feature/checkFeatureRules.js'
import type { FeatureRule } from '../feature/rule.js'
import { telecomFeatures } from '../feature/sets/telecom/telecomFeatures.js'
import { cancelled } from '../label/cancelled.js'
import { labelTables } from '../label/labelProblems.js'
import { outcomeWindow } from '../label/outcomeWindow.js'
import type { LabelRule } from '../label/rule.js'
import { silent } from '../label/silent.js'
import { valueDropped } from '../label/valueDropped.js'
import { integerOption, listOption, monthsOption } from './optionParsers.js'
import { addOwnCutoffs, type OwnCutoffOptions, readOwnCutoffs } from './ownCutoffs.js'
import type { Terminal } from './terminal.js'

/** Options of commands that build a dataset from a raw history. */
export interface HistoryOptions extends OwnCutoffOptions {
  readonly label?: string
  readonly gapDays: number
  readonly horizonDays?: number
  readonly cutoffs?: readonly EpochDay[]
  readonly attributes?: string[]
  readonly allFeatures?: boolean
}

// Features look back six months; newer customers are still counted, with what they have
const mostCutoffs = 12
const usualHorizonDays = 30
const firstCutoffAfterMonths = 3

/** Adds the options of {@link HistoryOptions} to a command. */
export function addHistoryOptions(command: Command): Command {
  return addOwnCutoffs(command)
    .option(
      '--gap-days <days>',
      'days between cutoff and outcome window, time to act (history only)',
      integerOption,
      0,
    )
    .option(
      '--horizon-days <days>',
      `length of the outcome window in days (history only; default: ${usualHorizonDays}; value-dropped takes a month)`,
      integerOption,
    )
    .option(
      '--attributes <columns>',
      'columns of customers that never change, to use as features (history only)',
      listOption,
    )
    .option('--all-features', 'keep features that no model can use on these tables (history only)')
    .option(
      '--cutoffs <months>',
      `months whose first days are the cutoffs, 2025-01..2025-10 (history only; default: the last ${mostCutoffs} with a known outcome)`,
      monthsOption,
    )
}

/**
 * Builds the dataset of a history with the cutoffs and attributes of the options and telecom features of its tables.
 */
export async function datasetOfHistory(
  history: History,
  label: LabelRule,
  options: HistoryOptions,
  terminal: Terminal,
): Promise<Dataset> {
  const { attributes = [] } = options
  checkAttributes(history, attributes)
  const features = telecomFeatures(history.tables, { attributes })
  const own = await readOwnCutoffs('train', options, { '--cutoffs': options.cutoffs })
  const cutoffs = own ?? options.cutoffs ?? (await usualCutoffs(history, label, features))
  if (own === undefined) checkTestable(label, cutoffs as readonly EpochDay[])
  const optional = options.allFeatures === true ? { optionalFeatures: [] } : {}
  const plan = churnPlan({ label, features, cutoffs, ...optional })
  const dataset = await buildDataset(history, plan)
  terminal.output(`${dataset.report.baseRates.toWholeText()}\n\n`)
  return dataset
}

function checkAttributes(history: History, attributes: readonly string[]): void {
  const known = Object.keys(history.tables.customers ?? {})
  refuse(
    'train',
    attributes
      .filter((name) => !known.includes(name))
      .map((name) => {
        return {
          code: 'column-missing',
          parameter: '--attributes',
          rule: `to name columns of customers, which are ${known.join(', ')}`,
          received: name,
          ...nearName(name, known),
        }
      }),
  )
}

/** Throws if no outcome is known by the last cutoff: there would be nothing to train on before the test. */
function checkTestable(label: LabelRule, cutoffs: readonly EpochDay[]): void {
  const [first, last] = [cutoffs[0]!, cutoffs.at(-1)!]
  const { end } = outcomeWindow(label, first)
  if (end <= last) return
  throw new HoldfastError('train', [
    {
      code: 'window-open',
      parameter: '--cutoffs',
      rule: `to end on or after ${formatDay(end)}, when the outcome of the first cutoff ${formatDay(first)} is known`,
      received: formatDay(last),
      wayOut:
        'The model is tested on the last cutoff: give more months, or shorter --gap-days and --horizon-days.',
    },
  ])
}

/** Returns the label rule that the options name. */
export function labelOf({ label = 'cancelled', gapDays, horizonDays }: HistoryOptions): LabelRule {
  switch (label) {
    case 'cancelled':
      return cancelled({ gapDays, horizonDays: horizonDays ?? usualHorizonDays })
    case 'silent':
      return silent({ gapDays, silentDays: horizonDays ?? usualHorizonDays })
    case 'value-dropped':
      if (horizonDays === undefined) return valueDropped({ gapDays })
      throw labelRefused('--horizon-days', 'to be left out: value-dropped compares months', horizonDays)
    default:
      throw labelRefused('--label', 'to be cancelled, silent or value-dropped for a history', label)
  }
}

function labelRefused(parameter: string, rule: string, received: unknown): HoldfastError {
  return new HoldfastError('train', [{ code: 'option-invalid', parameter, rule, received }])
}

/** Returns the first days of the last months with complete outcome windows, after some months to look back on. */
async function usualCutoffs(
  history: History,
  label: LabelRule,
  features: readonly FeatureRule[],
): Promise<EpochDay[]> {
  const tables = { outcomes: labelTables(label), features: featureTables(features) }
  const outcomesUntil = completeUntilOf(history, tables.outcomes)
  const featuresUntil = completeUntilOf(history, tables.features)
  const begun = await firstEventDay(history, [...tables.outcomes, ...tables.features])
  const first = monthStart(addDays(addMonths(begun ?? history.completeUntil, firstCutoffAfterMonths), 30))
  const cutoffs: EpochDay[] = []
  for (let cutoff = monthStart(featuresUntil); cutoff >= first; cutoff = addMonths(cutoff, -1)) {
    if (outcomeWindow(label, cutoff).end <= outcomesUntil) cutoffs.unshift(cutoff)
    if (cutoffs.length === mostCutoffs) break
  }
  if (cutoffs.length > 1) return cutoffs
  throw new HoldfastError('train', [
    {
      code: 'window-open',
      parameter: 'the history',
      rule: `to hold two cutoffs with ${firstCutoffAfterMonths} months before and a complete outcome window after them`,
      received: `cutoffs from ${formatDay(first)}, outcomes complete until ${formatDay(outcomesUntil)}`,
      wayOut: 'Give a longer history or a shorter --horizon-days, or set --cutoffs yourself.',
    },
  ])
}
