import { checkArguments } from '../../base/arguments.js'
import { nearName, type Problem, refuse } from '../../base/errors.js'
import { inputTableNames } from '../../table/inputs.js'
import type { ColumnKind } from '../../table/table.js'
import type { FeatureRule } from '../rule.js'

/** The columns of a table with their kinds. */
export type Columns = Readonly<Record<string, ColumnKind>>

/**
 * Returns the number columns of a table that are measures, in order: not those named like ids, whose sums and trends
 * would mean nothing.
 */
export function measuresOf(columns: Columns): string[] {
  return Object.keys(columns).filter((column) => columns[column] === 'number' && !isIdName(column))
}

/** Returns whether a column is named like an id: `user_id`, `accountId`, `session-key`. */
export function isIdName(name: string): boolean {
  return (
    /(^|[_\-. ])(id|ids|uuid|guid|key)$/i.test(name) ||
    /[a-z0-9](Id|ID|Ids|IDs|Uuid|UUID|Guid|GUID|Key)$/.test(name)
  )
}

/**
 * Refuses unknown table names, and no tables at all: the set would be nothing but the tenure. @throws {HoldfastError}
 */
export function checkTables(operation: string, tables: object): void {
  checkArguments(operation, ['tables', tables, 'historyKinds'])
  const names: readonly string[] = inputTableNames
  const unknown = Object.keys(tables).filter((name) => !names.includes(name))
  const problems = unknown.map((name): Problem => {
    const wayOut = nearName(name, names)
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
      wayOut: 'Use those of a history: history.tables.',
    })
  refuse(operation, problems)
}

/** Rules made by a set, as objects: a copy of one counts as the user's own rule. */
const rulesOfSets = new WeakSet<FeatureRule>()

/** Returns the rules of a set after recording them for {@link isOfSet}. */
export function setOf(rules: readonly FeatureRule[]): FeatureRule[] {
  for (const rule of rules) rulesOfSets.add(rule)
  return [...rules]
}

/** Returns whether a rule comes from a set; rules written by a user are always kept. */
export function isOfSet(rule: FeatureRule): boolean {
  return rulesOfSets.has(rule)
}
