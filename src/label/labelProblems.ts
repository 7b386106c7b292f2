import { closestWord, type Problem } from '../base/errors.js'
import { ownValue } from '../base/ownValue.js'
import type { HistoryKinds, InputTableName } from '../table/inputs.js'
import type { ColumnKind } from '../table/table.js'
import type { CancelCause } from './cancelCause.js'
import type { PlanOrder } from './planOrder.js'
import type { OutcomeRule } from './rule.js'

/** A table that a label reads, and a column of it. */
interface Need {
  readonly table: InputTableName
  readonly column?: string
  readonly kind?: ColumnKind
}

/** Returns what a history lacks for a label: tables, columns, columns of another kind. */
export function labelProblems(rule: OutcomeRule, tables: HistoryKinds): Problem[] {
  const problems = needsOf(rule).flatMap((need) => problemsOf(need, tables))
  // Two causes may need one column.
  const seen = new Set<string>()
  return problems.filter((problem) => {
    const key = JSON.stringify(problem)
    return !seen.has(key) && seen.add(key)
  })
}

/**
 * Returns the columns of `customers` that a label reads and that are filled in when the outcome is known: a feature or an
 * exclusion made from them knows the answer.
 */
export function outcomeColumns(rule: OutcomeRule): string[] {
  const causes = rule.kind === 'firstPassage' ? rule.causes : [rule]
  return causes.flatMap((cause) =>
    'cause' in cause && cause.cause?.by.kind === 'reasonIn' ? [cause.cause.by.column] : [],
  )
}

/** Returns the tables whose rows decide a label, besides the cancellations of `customers`. */
export function labelTables(rule: OutcomeRule): InputTableName[] {
  return [...new Set(needsOf(rule).map((need) => need.table))]
}

function needsOf(rule: OutcomeRule): Need[] {
  switch (rule.kind) {
    case 'cancelled':
      return causeNeeds(rule.cause)
    case 'silent':
      return [{ table: rule.table }]
    case 'valueDropped':
      return [{ table: rule.table, column: rule.measure, kind: 'number' }]
    case 'planDowngraded':
      return [orderNeed(rule.order)]
    case 'firstPassage':
      return rule.causes.flatMap((cause) => {
        if (cause.event === 'cancelled') return causeNeeds(cause.cause)
        return [cause.event === 'silent' ? { table: cause.table } : orderNeed(cause.order)]
      })
  }
}

function orderNeed(order: PlanOrder): Need {
  return { table: 'plans', column: order.column, kind: 'tiers' in order ? 'text' : 'number' }
}

function causeNeeds(cause: CancelCause | undefined): Need[] {
  if (cause === undefined) return []
  const { by } = cause
  if (by.kind === 'reasonIn') return [{ table: 'customers', column: by.column, kind: 'text' }]
  const kind: Need = { table: 'payments', column: 'kind', kind: 'text' }
  return [
    by.failed === undefined ? { table: 'payments' } : kind,
    ...(by.balance === undefined ? [] : [{ table: 'bills' as const }]),
  ]
}

function problemsOf({ table, column, kind }: Need, tables: HistoryKinds): Problem[] {
  const columns = tables[table]
  if (columns === undefined) {
    const rule = `to be one of the tables of the history: ${Object.keys(tables).join(', ')}`
    return [{ code: 'table-unknown', parameter: `table ${table}`, rule }]
  }
  if (column === undefined || ownValue(columns, column) === kind) return []
  const parameter = `column ${column}`
  const place = { table }
  const received = ownValue(columns, column)
  if (received !== undefined)
    return [{ code: 'column-type', parameter, rule: `to hold ${kind} values`, received, place }]
  const names = Object.keys(columns)
  const close = closestWord(column, names)
  const wayOut = close === undefined ? {} : { wayOut: `Did you mean ${close}?` }
  return [{ code: 'column-missing', parameter, rule: `to be one of ${names.join(', ')}`, place, ...wayOut }]
}
