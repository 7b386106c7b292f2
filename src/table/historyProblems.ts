import { nearName, type Problem } from '../base/errors.js'
import { ownValue } from '../base/ownValue.js'
import type { HistoryKinds, InputTableName } from './inputs.js'
import type { ColumnKind } from './table.js'

/** A table of a history that something reads, or a column of it. */
export interface Need {
  readonly table: InputTableName
  readonly column?: string
  /** Kinds that the column may have. Left out: any. */
  readonly kinds?: readonly ColumnKind[]
  /** What reads it, such as `feature tenure`. Left out if that is clear. */
  readonly reader?: string
}

/**
 * Returns what a history lacks of the needs: tables, columns, columns of the right kind; each problem once.
 *
 * @param withoutTable what to do if a table is missing
 */
export function needProblems(
  needs: readonly Need[],
  tables: HistoryKinds,
  withoutTable?: (table: InputTableName) => string,
): Problem[] {
  const problems = needs.flatMap((need) => [
    ...tableProblems(tables, need.table, withoutTable?.(need.table)),
    ...kindProblems(need, tables),
  ])
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()]
}

function kindProblems({ table, column, kinds, reader }: Need, tables: HistoryKinds): Problem[] {
  if (column === undefined) return []
  const kind = ownValue(tables[table] ?? {}, column)
  if (kind === undefined)
    return columnProblems(
      tables,
      table,
      column,
      reader === undefined ? undefined : `Leave out the ${reader}.`,
    )
  if (kinds === undefined || kinds.includes(kind)) return []
  const rule = `to hold ${kinds.join(' or ')} values${reader === undefined ? '' : ` for the ${reader}`}`
  return [{ code: 'column-type', parameter: `column ${column}`, rule, received: kind, place: { table } }]
}

/** Returns the problem that a history lacks a table, or nothing. */
export function tableProblems(tables: HistoryKinds, table: InputTableName, wayOut?: string): Problem[] {
  if (tables[table] !== undefined) return []
  const rule = `to be one of the tables of the history: ${Object.keys(tables).join(', ')}`
  const parameter = `table ${table}`
  return [{ code: 'table-unknown', parameter, rule, ...(wayOut === undefined ? {} : { wayOut }) }]
}

/**
 * Returns the problem that a table of a history lacks a column, or nothing; also nothing if the table is missing, which
 * is a problem of its own.
 */
export function columnProblems(
  tables: HistoryKinds,
  table: InputTableName,
  column: string,
  otherwise?: string,
): Problem[] {
  const columns = tables[table]
  if (columns === undefined || ownValue(columns, column) !== undefined) return []
  const names = Object.keys(columns)
  const rule = `to be one of ${names.join(', ')}`
  const facts = { rule, place: { table }, ...nearName(column, names, otherwise) }
  return [{ code: 'column-missing', parameter: `column ${column}`, ...facts }]
}

const kindOf: Readonly<Record<string, ColumnKind>> = { string: 'text', number: 'number', boolean: 'boolean' }

/** Returns the problems of comparing an attribute of the customers with these values. */
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
