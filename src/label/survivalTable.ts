import { checkArguments } from '../base/arguments.js'
import { inNameOf } from '../base/errors.js'
import { checkOptions } from '../base/options.js'
import type { History } from '../engine/history.js'
import type { Cutoffs } from '../population/ownCutoffs.js'
import { populationTable } from '../population/populationTable.js'
import { activeCustomers, type PopulationRule } from '../population/rule.js'
import type { Table } from '../table/table.js'
import { type LabelTableOptions, labelTable } from './labelTable.js'
import { type FirstPassageRule, firstPassageRuleSchema } from './rule.js'

/** Whom to follow from when, see {@link survivalTable}. */
export interface SurvivalPlan {
  readonly label: FirstPassageRule
  /** First days that are not seen yet: the same for all customers, or their own. */
  readonly cutoffs: Cutoffs
  /** Customers to count. Default: all who are active at the cutoff. */
  readonly population?: PopulationRule
}

/** Times to the first event, in the order of id and cutoff; n rows. */
export interface SurvivalOutcomes {
  /** Customer of each row. */
  readonly ids: readonly string[]
  /** Cutoff of each row, shape (n). */
  readonly cutoffs: Int32Array
  /** Days at risk, shape (n), each ≥ 1: up to and including the day of the event, or until censored. */
  readonly times: Float64Array
  /** Shape (n): 1 = the event happened, 0 = censored. */
  readonly events: Uint8Array
  /** Shape (n): 0 = censored, k = `causeNames[k − 1]` came first. */
  readonly causes: Uint8Array
  readonly causeNames: readonly string[]
  /**
   * Days from activation to the start of the follow-up, shape (n): where the customer enters on the scale of tenure.
   */
  readonly entryDays: Float64Array
  readonly report: {
    /** Columns `cutoff`, `reason`, `customers`: who is counted, and why the others are not. */
    readonly population: Table
    /** Columns `cutoff`, `reason`, `customers`: counted customers without a row here. */
    readonly unlabelled: Table
  }
}

/**
 * Follows each counted customer from each cutoff to the first of several events, or until censored.
 *
 * The input of survival models, Kaplan–Meier curves and competing outcomes. Customers whose horizon is not over are
 * censored, not left out. Those who are not at risk are left out and counted in `report.unlabelled`.
 *
 * @throws {HoldfastError} `option-invalid`, `option-unknown`; `window-open` if the history ends before any follow-up
 * begins; `table-unknown`, `column-missing`, `column-type` if the history lacks what a cause needs
 *
 * O(rows of each cause's table × cutoffs whose windows hold them).
 *
 * @example
 * const history = await openHistory(
 *   {
 *     customers: [
 *       { id: 'A', activatedAt: '2025-01-01', cancelledAt: '2025-04-10' },
 *       { id: 'B', activatedAt: '2025-03-02', cancelledAt: null },
 *     ],
 *     usage: [{ id: 'B', day: '2025-04-01', minutes: 3 }],
 *   },
 *   { completeUntil: '2025-05-01' },
 * )
 * const survival = await survivalTable(history, { label: firstPassage(), cutoffs: [epochDay('2025-04-01')] })
 * await history.close()
 * survival.ids.map((id, row) => `${id}: ${survival.events[row]} after ${survival.times[row]} days`)
 * // => ['A: 1 after 10 days', 'B: 0 after 30 days']
 * Array.from(survival.entryDays)
 * // => [90, 30]
 *
 * @see {@link firstPassage} for the definition of events, times and censoring
 */
export async function survivalTable(
  history: History,
  plan: SurvivalPlan,
  options: LabelTableOptions = {},
): Promise<SurvivalOutcomes> {
  checkArguments('survivalTable', ['history', history, 'history'], ['plan', plan, 'object'])
  const label = checkOptions('survivalTable', firstPassageRuleSchema, plan.label)
  const population = await inNameOf('survivalTable', () =>
    populationTable(history, plan.population ?? activeCustomers(), plan.cutoffs),
  )
  try {
    const labels = await inNameOf('survivalTable', () => labelTable(history, label, population, options))
    try {
      const outcomes = await outcomesOf(history, label, labels.table)
      return { ...outcomes, report: { population: population.report, unlabelled: labels.report } }
    } finally {
      await labels.drop()
    }
  } finally {
    await population.drop()
  }
}

async function outcomesOf(
  { engine }: History,
  { causes }: FirstPassageRule,
  table: string,
): Promise<Omit<SurvivalOutcomes, 'report'>> {
  const names = causes.map(({ name }) => name)
  const codes = names.map((name, index) => `WHEN ${engine.dialect.literal(name)} THEN ${index + 1}`)
  const rows = await engine.query(
    [
      `SELECT id, cutoff, time_days, outcome, CASE cause ${codes.join(' ')} ELSE 0 END AS cause, entry_days`,
      `FROM ${table} WHERE outcome IS NOT NULL ORDER BY id, cutoff`,
    ].join('\n'),
  )
  const values = (name: string) => rows.numbers(name).values
  const ids = rows.texts('id')
  return {
    ids: Array.from(ids.codes, (code) => ids.dictionary[code]!),
    cutoffs: Int32Array.from(values('cutoff')),
    times: Float64Array.from(values('time_days')),
    events: Uint8Array.from(values('outcome')),
    causes: Uint8Array.from(values('cause')),
    causeNames: names,
    entryDays: Float64Array.from(values('entry_days')),
  }
}
