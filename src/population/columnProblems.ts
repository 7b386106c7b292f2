import { closestWord, type Problem } from '../base/errors.js'
import { ownValue } from '../base/ownValue.js'
import type { HistoryKinds, InputTableName } from '../table/inputs.js'
import type { ColumnKind } from '../table/table.js'

/** Returns the problem that a history does not have a table, or nothing. */
export function tableProblems(tables: HistoryKinds, table: InputTableName, wayOut?: string): Problem[] {
  if (tables[table] !== undefined) return []
  const rule = `to be one of the tables of the history: ${Object.keys(tables).join(', ')}`
  const parameter = `table ${table}`
  return [{ code: 'table-unknown', parameter, rule, ...(wayOut === undefined ? {} : { wayOut }) }]
}

/**
 * Returns the problem that a table of a history does not have a column, or nothing. Nothing, too, where the table is not
 * there: that is a problem of its own.
 */
export function columnProblems(tables: HistoryKinds, table: InputTableName, column: string): Problem[] {
  const columns = tables[table]
  if (columns === undefined || ownValue(columns, column) !== undefined) return []
  const names = Object.keys(columns)
  const close = closestWord(column, names)
  const wayOut = close === undefined ? {} : { wayOut: `Did you mean ${close}?` }
  const rule = `to be one of ${names.join(', ')}`
  return [{ code: 'column-missing', parameter: `column ${column}`, rule, place: { table }, ...wayOut }]
}

const kindOf: Readonly<Record<string, ColumnKind>> = { string: 'text', number: 'number', boolean: 'boolean' }

/** Returns the problems of asking an attribute of the customers for one of these values. */
export function attributeProblems(
  tables: HistoryKinds,
  column: string,
  values: readonly (string | number | boolean)[],
): Problem[] {
  const kind = ownValue(tables.customers, column)
  if (kind === undefined) return columnProblems(tables, 'customers', column)
  return values
    .filter((value) => kindOf[typeof value] !== kind)
    .map((value) => ({
      code: 'column-type',
      parameter: `column ${column}`,
      rule: `to be compared with ${kind} values`,
      received: value,
      place: { table: 'customers' },
    }))
}
