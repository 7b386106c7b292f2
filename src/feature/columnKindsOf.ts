import type { EventTableName, InputTableName } from '../table/inputs.js'
import type { ColumnKind } from '../table/table.js'
import type { AggregateRule, FeatureRule, RowFilter } from './rule.js'

/** A column that a rule reads, and what it may hold. */
export interface ReadColumn {
  readonly table: InputTableName
  readonly column: string
  readonly kinds: readonly ColumnKind[]
}

/** Returns the tables a rule reads. */
export function tablesRead(rule: FeatureRule): EventTableName[] {
  switch (rule.kind) {
    case 'tenure':
    case 'attribute':
      return []
    case 'inForce':
    case 'daysUntil':
      return ['plans']
    case 'difference':
      return [rule.minuend.table, rule.subtrahend.table]
    case 'ratio':
      return [rule.numerator.table, rule.denominator.table]
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
      return [{ table: 'customers', column: rule.column, kinds: kindsOf[rule.type] }]
    case 'inForce':
      return [{ table: 'plans', column: rule.column, kinds: kindsOf[rule.type] }]
    case 'daysUntil':
      return [{ table: 'plans', column: rule.column, kinds: ['day'] }]
    case 'difference':
      return [...rowColumns(rule.minuend), ...rowColumns(rule.subtrahend)]
    case 'ratio':
      return [...rowColumns(rule.numerator), ...rowColumns(rule.denominator)]
    default:
      return rowColumns(rule)
  }
}

const kindsOf = { number: ['number', 'boolean'], text: ['text'] } as const

function rowColumns(
  rule: AggregateRule | { table: EventTableName; measure?: string; where?: RowFilter },
): ReadColumn[] {
  const columns: ReadColumn[] = []
  if (rule.measure !== undefined) columns.push({ table: rule.table, column: rule.measure, kinds: ['number'] })
  if (rule.where !== undefined)
    columns.push({ table: rule.table, column: rule.where.column, kinds: ['text'] })
  return columns
}

/** Returns what the columns are that the rules read, where the rules leave no choice. */
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
