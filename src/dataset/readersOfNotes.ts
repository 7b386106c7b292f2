import { columnsRead, tablesRead } from '../feature/columnKindsOf.js'
import { featureName } from '../feature/name/featureName.js'
import type { FeatureRule } from '../feature/rule.js'
import { isIdName } from '../feature/sets/tables.js'
import { labelTables } from '../label/labelProblems.js'
import type { LabelRule } from '../label/rule.js'
import type { HistoryKinds } from '../table/inputs.js'

const featuresShown = 5

/**
 * Returns a sentence for each table that has notes in a history, such as an interruption: what of the plan reads it.
 */
export function readersOfNotes(
  notes: readonly string[],
  { features, label }: { readonly features: readonly FeatureRule[]; readonly label: LabelRule },
): string[] {
  // Notes on a table begin with its name; every row of a dataset reads customers
  const tables = new Set(notes.flatMap((note) => /^Table (?!customers\b)(\w+)/.exec(note)?.[1] ?? []))
  return [...tables].map((table) => {
    const names = features.filter((rule) => tablesRead(rule).some((read) => read === table)).map(featureName)
    const isOfLabel = labelTables(label).some((read) => read === table)
    const more = names.length > featuresShown ? ` and ${names.length - featuresShown} more` : ''
    const of = names.length === 0 ? '' : `: ${names.slice(0, featuresShown).join(', ')}${more}`
    const count =
      names.length === 0 ? 'no feature' : `${names.length} ${names.length === 1 ? 'feature' : 'features'}`
    return `Table ${table}, mentioned above, is read by ${count}${of}${isOfLabel ? '; and by the label' : ''}.`
  })
}

/**
 * Returns a sentence for each number column that is named like an id and that no feature reads, in tables of which
 * other numbers are read: the feature sets leave it out because of its name.
 */
export function unreadIds(tables: HistoryKinds, features: readonly FeatureRule[]): string[] {
  const read = features.flatMap(columnsRead)
  return Object.entries(tables).flatMap(([table, columns]) => {
    const ids = Object.keys(columns).filter((column) => columns[column] === 'number' && isIdName(column))
    const isRead = (column: string) => read.some((each) => each.table === table && each.column === column)
    if (!read.some((each) => each.table === table && columns[each.column] === 'number')) return []
    return ids
      .filter((column) => !isRead(column))
      .map(
        (column) =>
          `Column ${column} of ${table} is named like an id, and no feature reads it. If it is a measure, use it in a rule, such as sumOf('${table}', '${column}', { months: 1 }).`,
      )
  })
}
