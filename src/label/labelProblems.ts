import type { Problem } from '../base/errors.js'
import { type Need, needProblems } from '../table/historyProblems.js'
import type { HistoryKinds, InputTableName } from '../table/inputs.js'
import type { CancelCause } from './cancelCause.js'
import type { PlanOrder } from './planOrder.js'
import type { OutcomeRule } from './rule.js'

/** Returns what a history lacks for a label: tables, columns, columns of the right kind. */
export function labelProblems(rule: OutcomeRule, tables: HistoryKinds): Problem[] {
  return needProblems(needsOf(rule), tables)
}

/**
 * Returns the columns of `customers` that a label reads and that are filled in with the outcome: a feature or an
 * exclusion made from them would leak the answer.
 */
export function outcomeColumns(rule: OutcomeRule): string[] {
  const causes = rule.kind === 'firstPassage' ? rule.causes : [rule]
  return causes.flatMap((cause) =>
    'cause' in cause && cause.cause?.by.kind === 'reasonIn' ? [cause.cause.by.column] : [],
  )
}

/** Returns the tables whose rows decide a label, besides `customers`. */
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
      return [{ table: rule.table, column: rule.measure, kinds: ['number'] }]
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
  return { table: 'plans', column: order.column, kinds: ['tiers' in order ? 'text' : 'number'] }
}

function causeNeeds(cause: CancelCause | undefined): Need[] {
  if (cause === undefined) return []
  const { by } = cause
  if (by.kind === 'reasonIn') return [{ table: 'customers', column: by.column, kinds: ['text'] }]
  const kind: Need = { table: 'payments', column: 'kind', kinds: ['text'] }
  return [
    by.failed === undefined ? { table: 'payments' } : kind,
    ...(by.balance === undefined ? [] : [{ table: 'bills' as const }]),
  ]
}
