import * as z from 'zod'
import { HoldfastError, type Problem, refuse } from '../base/errors.js'
import { type Need, needProblems } from '../table/historyProblems.js'
import type { EventTableName, HistoryKinds } from '../table/inputs.js'
import type { ColumnKind } from '../table/table.js'

/** A monthly figure of a customer that may rise and fall: plain data, computed in SQL and in memory. */
export interface SignalRule {
  /** Name of the signal in the evidence; unique. */
  readonly name: string
  readonly table: EventTableName
  /** Sum of `measure`, or number of distinct days with a row. */
  readonly aggregate: 'sum' | 'activeDays'
  /** Number column to sum; needed for `sum`. */
  readonly measure?: string
  /** Meaning of a month without a row: nothing used (0), or unknown. */
  readonly withoutRow: 'zero' | 'missing'
}

/** The sources of a customer's monthly series. */
export interface SignalOptions {
  /**
   * The signals to follow. Default, by the tables present: `bills.amount` and `usage.minutes` (without such a column
   * every measure of usage, without measures the days of usage); without both tables `payments.amount`.
   */
  readonly signals?: readonly SignalRule[]
  /**
   * Table whose rows are signs of life, except rows whose measures are all 0. Default: the first present of `usage`,
   * `payments`, `bills`. Plans, contacts and devices are not signs of life.
   */
  readonly activityTable?: EventTableName
}

/** {@link SignalOptions} with defaults, and the measures that identify a row of zeros. */
export interface CheckedSignals {
  readonly signals: readonly SignalRule[]
  readonly activityTable: EventTableName
  readonly activityMeasures: readonly string[]
}

const tableName = z.enum(['usage', 'bills', 'payments', 'plans', 'contacts', 'devices'])

/** Schemas of the members of {@link SignalOptions}. */
export const signalOptionsShape = {
  signals: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        table: tableName,
        aggregate: z.enum(['sum', 'activeDays']),
        measure: z.string().min(1).optional(),
        withoutRow: z.enum(['zero', 'missing']),
      }),
    )
    .optional(),
  activityTable: tableName.optional(),
}

/** Returns the signals and the activity of a history: those given, checked, or the defaults for its tables. */
export function signalsOf(operation: string, tables: HistoryKinds, options: SignalOptions): CheckedSignals {
  const activityTable = options.activityTable ?? defaultActivity.find((name) => tables[name] !== undefined)
  const signals = options.signals ?? defaultSignals(tables)
  if (activityTable === undefined) {
    throw new HoldfastError(operation, [
      {
        code: 'table-unknown',
        parameter: 'the history',
        rule: `to have one of the tables ${defaultActivity.join(', ')}`,
        received: Object.keys(tables),
        wayOut: 'Give one of them, or name signals and activityTable.',
      },
    ])
  }
  checkSignals(operation, tables, signals, activityTable)
  return { signals, activityTable, activityMeasures: measuresOf(tables[activityTable] ?? {}) }
}

const defaultActivity: readonly EventTableName[] = ['usage', 'payments', 'bills']

const arpu: SignalRule = {
  name: 'bill amount',
  table: 'bills',
  aggregate: 'sum',
  measure: 'amount',
  withoutRow: 'missing',
}
const paid: SignalRule = {
  name: 'paid amount',
  table: 'payments',
  aggregate: 'sum',
  measure: 'amount',
  withoutRow: 'zero',
}

function defaultSignals(tables: HistoryKinds): SignalRule[] {
  const signals = tables.bills === undefined ? [] : [arpu]
  if (tables.usage !== undefined) signals.push(...usageSignals(measuresOf(tables.usage)))
  return signals.length === 0 && tables.payments !== undefined ? [paid] : signals
}

function usageSignals(measures: readonly string[]): SignalRule[] {
  const shared = { table: 'usage', withoutRow: 'zero' } as const
  if (measures.length === 0) return [{ name: 'days of usage', aggregate: 'activeDays', ...shared }]
  const chosen = measures.includes('minutes') ? ['minutes'] : measures
  return chosen.map((measure) => ({ name: measure, aggregate: 'sum', measure, ...shared }))
}

function measuresOf(kinds: Readonly<Record<string, ColumnKind>>): string[] {
  return Object.keys(kinds).filter((name) => kinds[name] === 'number' && name !== 'balance')
}

function checkSignals(
  operation: string,
  tables: HistoryKinds,
  signals: readonly SignalRule[],
  activityTable: EventTableName,
): void {
  const needs = signals.map(
    ({ table, measure }): Need =>
      measure === undefined ? { table } : { table, column: measure, kinds: ['number'] },
  )
  const ofSignals = signals.flatMap(({ name, aggregate, measure }, index): Problem[] => {
    const parameter = `signals.${index}`
    const isTwice = signals.findIndex((other) => other.name === name) < index
    const rule = 'to name the column that is summed'
    return [
      ...(isTwice
        ? [
            {
              code: 'column-duplicate',
              parameter: `${parameter}.name`,
              rule: 'to be unique',
              received: name,
            } as const,
          ]
        : []),
      ...(aggregate === 'sum' && measure === undefined
        ? [{ code: 'column-missing', parameter: `${parameter}.measure`, rule } as const]
        : []),
    ]
  })
  refuse(operation, [...needProblems([{ table: activityTable }, ...needs], tables), ...ofSignals])
}
