import type { EpochDay } from '../base/days.js'
import type { Dialect } from '../engine/engine.js'
import type { HistoryKinds } from '../table/inputs.js'

/** Input of a label statement. */
export interface LabelSqlOptions {
  readonly dialect: Dialect
  /** The tables of the history. */
  readonly tables: HistoryKinds
  /** Table of the engine with the columns `id` and `cutoff`. */
  readonly population: string
  readonly cutoffs: readonly EpochDay[]
  readonly completeUntil: EpochDay
  readonly falseChurn?: ResolvedChurn
}

/** False cancellations: the customer continues under another id, or was closed and reopened. */
export interface ResolvedChurn {
  /** Table of the engine with the columns `id` and `reason`. */
  readonly table: string
  /** Their outcome: unknown, with the reason in the table, or stayed. */
  readonly as: 'null' | 'stayed'
}

/** Why an outcome is NULL, and the condition for it; the first that holds counts. */
export type NullCase = readonly [reason: string, condition: string]

/**
 * The parts that one kind of label adds to a statement over p (population: `id`, `cutoff`), w (windows: `cutoff`,
 * `lookback_start`, `outcome_start`, `outcome_end`, `is_open`) and c (customers).
 */
export interface LabelParts {
  /** Tables of the WITH clause. */
  readonly tables: readonly string[]
  readonly joins: readonly string[]
  readonly nulls: readonly NullCase[]
}

/** Population, windows and customers: the beginning of every statement. */
export function populationJoin({ dialect, population }: LabelSqlOptions): string {
  const customers = `JOIN ${dialect.identifier('customers')} c ON c.id = p.id`
  return `FROM ${dialect.identifier(population)} p JOIN windows w ON w.cutoff = p.cutoff ${customers}`
}

/** Joins, as `f`, the reason why the cancellation in the outcome window was false. */
export function falseChurnJoin({ table }: ResolvedChurn, { identifier }: Dialect): string {
  const cancelledAt = `c.${identifier('cancelledAt')}`
  return [
    `LEFT JOIN (SELECT id, min(reason) AS reason FROM ${identifier(table)} GROUP BY id) f ON f.id = p.id`,
    `  AND ${cancelledAt} >= w.outcome_start AND ${cancelledAt} < w.outcome_end`,
  ].join('\n')
}
