import { checkArguments } from '../../base/arguments.js'
import { closestWord, type Problem, refuse } from '../../base/errors.js'
import { inputTableNames } from '../../table/inputs.js'
import type { ColumnKind } from '../../table/table.js'

/** The columns of a table with their kinds. */
export type Columns = Readonly<Record<string, ColumnKind>>

/** Returns the number columns of a table, in its order. */
export function measuresOf(columns: Columns): string[] {
  return Object.keys(columns).filter((column) => columns[column] === 'number')
}

/** Refuses what names no table of a history: a set would be nothing but the tenure. @throws {HoldfastError} */
export function checkTables(operation: string, tables: object): void {
  checkArguments(operation, ['tables', tables, 'historyKinds'])
  const names: readonly string[] = inputTableNames
  const unknown = Object.keys(tables).filter((name) => !names.includes(name))
  const problems = unknown.map((name): Problem => {
    const close = closestWord(name, names)
    const wayOut = close === undefined ? {} : { wayOut: `Did you mean ${close}?` }
    return {
      code: 'table-unknown',
      parameter: `table ${name}`,
      rule: `to be one of ${names.join(', ')}`,
      ...wayOut,
    }
  })
  if (Object.keys(tables).length === 0)
    problems.push({
      code: 'option-invalid',
      parameter: 'tables',
      rule: 'to name at least one table',
      received: tables,
      wayOut: 'Take those of a history: history.tables.',
    })
  refuse(operation, problems)
}
