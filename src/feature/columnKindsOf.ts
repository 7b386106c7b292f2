import { conditionsOf, kindsOfCondition, type RowFilter } from '../population/rowFilter.js'
import type { EventTableName, InputTableName } from '../table/inputs.js'
import type { ColumnKind } from '../table/table.js'
import type { AggregateRule, FeatureRule, StreakRule } from './rule.js'

/** A column that a rule reads, and what it may hold. */
export interface ReadColumn {
  readonly table: InputTableName
  readonly column: string
  readonly kinds: readonly ColumnKind[]
}

/** Returns the tables a rule reads besides `customers`. */
export function tablesRead(rule: FeatureRule): EventTableName[] {
  switch (rule.kind) {
    case 'tenure':
    case 'attribute':
    case 'isOther':
      return []
    case 'inForce':
      return ['plans']
    case 'daysUntil':
      return rule.of === 'customer' ? [] : ['plans']
    case 'oldestUnpaid':
      return [rule.due.table, rule.paid.table]
    case 'difference':
    case 'ratio':
    case 'countTrue':
    case 'transformed':
    case 'percentile':
      return [...new Set(operandsOf(rule).flatMap(tablesRead))]
    default:
      return [rule.table]
  }
}

/** Returns the columns a rule reads besides `id` and `day`. */
export function columnsRead(rule: FeatureRule): ReadColumn[] {
  switch (rule.kind) {
    case 'tenure':
      return []
    case 'attribute':
      return [{ table: 'customers', column: rule.column, kinds: kindsOfType[rule.type] }]
    case 'isOther':
      return [{ table: 'customers', column: rule.column, kinds: ['text'] }]
    case 'inForce':
      return [{ table: 'plans', column: rule.column, kinds: kindsOfType[rule.type] }]
    case 'daysUntil':
      return [{ table: rule.of === 'customer' ? 'customers' : 'plans', column: rule.column, kinds: ['day'] }]
    case 'oldestUnpaid':
      return [rule.due, rule.paid].flatMap((amounts) => rowColumns(amounts, amounts.measure, ['number']))
    case 'difference':
    case 'ratio':
    case 'countTrue':
    case 'transformed':
    case 'percentile':
      return operandsOf(rule).flatMap(columnsRead)
    case 'valueAt':
      return rowColumns(rule, rule.column, kindsOfType[rule.type])
    case 'openRows':
      return rowColumns(rule, rule.until, ['day'])
    case 'aggregate':
      return rowColumns(rule, rule.measure, kindsOfMeasure(rule.aggregate))
    case 'recency':
      return rowColumns(rule, undefined, [])
    default:
      return rowColumns(rule, (rule as Partial<StreakRule>).measure, ['number'])
  }
}

/** Returns the rules that a rule combines; none if it asks the history itself. */
export function operandsOf(rule: FeatureRule): readonly FeatureRule[] {
  switch (rule.kind) {
    case 'difference':
      return [rule.minuend, rule.subtrahend]
    case 'ratio':
      return [rule.numerator, rule.denominator]
    case 'countTrue':
      return rule.of
    case 'transformed':
      return [rule.of]
    case 'percentile':
      return rule.within === 'everybody' ? [rule.of] : [rule.of, rule.within]
    default:
      return []
  }
}

const kindsOfType = { number: ['number', 'boolean'], text: ['text'] } as const

function kindsOfMeasure(aggregate: AggregateRule['aggregate']): readonly ColumnKind[] {
  if (aggregate === 'distinct' || aggregate === 'entropy') return ['text']
  return aggregate === 'changes' ? ['text', 'number'] : ['number']
}

function rowColumns(
  { table, where }: { readonly table: EventTableName; readonly where?: RowFilter },
  measure: string | undefined,
  kinds: readonly ColumnKind[],
): ReadColumn[] {
  const measured = measure === undefined ? [] : [{ table, column: measure, kinds }]
  const filtered = conditionsOf(where).flatMap((condition): ReadColumn[] =>
    'weekday' in condition ? [] : [{ table, column: condition.column, kinds: kindsOfCondition(condition) }],
  )
  return [...measured, ...filtered]
}

/** Returns the kinds of the columns that the rules read, where the rules allow only one. */
export function columnKindsOf(
  rules: readonly FeatureRule[],
): Partial<Record<InputTableName, Record<string, ColumnKind>>> {
  const tables: Partial<Record<InputTableName, Record<string, ColumnKind>>> = {}
  for (const { table, column, kinds } of rules.flatMap(columnsRead)) {
    const [kind, ...others] = kinds
    if (kind === undefined || others.length > 0) continue
    tables[table] = { ...tables[table], [column]: kind }
  }
  return tables
}
