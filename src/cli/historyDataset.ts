import type { Command } from 'commander'
import { addDays, addMonths, type EpochDay, formatDay, monthly, monthStart } from '../base/days.js'
import { HoldfastError } from '../base/errors.js'
import { buildDataset } from '../dataset/buildDataset.js'
import { churnPlan } from '../dataset/churnPlan.js'
import type { Dataset } from '../dataset/dataset.js'
import type { History } from '../engine/history.js'
import { telecomFeatures } from '../feature/telecomFeatures.js'
import { cancelled } from '../label/cancelled.js'
import { outcomeWindow } from '../label/outcomeWindow.js'
import type { LabelRule } from '../label/rule.js'
import { silent } from '../label/silent.js'
import { valueDropped } from '../label/valueDropped.js'
import { formatTable } from './formatTable.js'
import { integerOption, listOption } from './optionParsers.js'
import type { Terminal } from './terminal.js'

/** Options of commands that make a dataset of a raw history. */
export interface HistoryOptions {
  readonly label?: string
  readonly gapDays: number
  readonly horizonDays: number
  readonly cutoffs?: string
  readonly attributes?: string[]
}

// Features look back six months; customers younger than that are still counted, with what they have.
const mostCutoffs = 12
const firstCutoffAfterMonths = 3

/** Adds the options of {@link HistoryOptions} to a command. */
export function addHistoryOptions(command: Command): Command {
  return command
    .option(
      '--gap-days <days>',
      'days between cutoff and outcome window, time to act (history only)',
      integerOption,
      0,
    )
    .option(
      '--horizon-days <days>',
      'days in which the outcome is looked for (history only)',
      integerOption,
      30,
    )
    .option(
      '--attributes <columns>',
      'columns of customers that never change, to use as features (history only)',
      listOption,
    )
    .option(
      '--cutoffs <months>',
      `first days of months, 2025-01..2025-10 (history only; default: the last ${mostCutoffs} whose outcome is known)`,
    )
}

/** Builds the dataset of a history: label and cutoffs of the options, the telecom features of the tables there are. */
export async function datasetOfHistory(
  history: History,
  options: HistoryOptions,
  terminal: Terminal,
): Promise<Dataset> {
  const label = labelOf(options)
  const cutoffs =
    options.cutoffs === undefined ? await usualCutoffs(history, label) : cutoffsOf(options.cutoffs)
  const { attributes = [] } = options
  const plan = churnPlan({ label, features: telecomFeatures(history.tables, { attributes }), cutoffs })
  const dataset = await buildDataset(history, plan)
  terminal.output(`${formatTable(dataset.report.baseRates)}\n\n`)
  return dataset
}

/** Returns the label rule that the options name. */
export function labelOf({ label = 'cancelled', gapDays, horizonDays }: HistoryOptions): LabelRule {
  switch (label) {
    case 'cancelled':
      return cancelled({ gapDays, horizonDays })
    case 'silent':
      return silent({ gapDays, silentDays: horizonDays })
    case 'value-dropped':
      return valueDropped({ gapDays })
    default:
      throw new HoldfastError('train', [
        {
          code: 'option-invalid',
          parameter: '--label',
          rule: 'to be cancelled, silent or value-dropped for a history',
          received: label,
        },
      ])
  }
}

function cutoffsOf(text: string): EpochDay[] {
  const [first, last, ...more] = text.split('..')
  if (first !== undefined && last !== undefined && more.length === 0) return monthly(first, last)
  throw new HoldfastError('train', [
    {
      code: 'option-invalid',
      parameter: '--cutoffs',
      rule: 'to be two months with .. between them',
      received: text,
      wayOut: 'Write 2025-01..2025-10.',
    },
  ])
}

/** Returns the first days of the last months whose outcome windows are complete, after some months to look back on. */
async function usualCutoffs(history: History, label: LabelRule): Promise<EpochDay[]> {
  const first = monthStart(addDays(addMonths(await firstEventDay(history), firstCutoffAfterMonths), 30))
  const cutoffs: EpochDay[] = []
  for (let cutoff = monthStart(history.completeUntil); cutoff >= first; cutoff = addMonths(cutoff, -1)) {
    if (outcomeWindow(label, cutoff).end <= history.completeUntil) cutoffs.unshift(cutoff)
    if (cutoffs.length === mostCutoffs) break
  }
  if (cutoffs.length > 1) return cutoffs
  throw new HoldfastError('train', [
    {
      code: 'window-open',
      parameter: 'the history',
      rule: `to hold two cutoffs with ${firstCutoffAfterMonths} months before and a complete outcome window after them`,
      received: `${formatDay(first)} to ${formatDay(history.completeUntil)}`,
      wayOut: 'Give a longer history, a shorter --horizon-days, or name --cutoffs yourself.',
    },
  ])
}

async function firstEventDay(history: History): Promise<EpochDay> {
  const { identifier } = history.engine.dialect
  const names = Object.keys(history.tables).filter((name) => name !== 'customers')
  const days = names.map((name) => `SELECT min(day) AS day FROM ${identifier(name)}`).join(' UNION ALL ')
  const found = await history.engine.query(`SELECT min(day) AS day FROM (${days})`)
  return found.cell('day', 0) as EpochDay
}
