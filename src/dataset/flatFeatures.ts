import { isMissing } from '../base/bitmap.js'
import { parseDay } from '../base/days.js'
import { HoldfastError } from '../base/errors.js'
import type { FeatureColumn } from '../base/matrix.js'
import { featureColumn } from '../table/featureColumn.js'
import { type Column, columnLength, type Table } from '../table/table.js'
import { placeOf } from './placeOf.js'

/** A text column with more values than this, none of them twice, names its rows and says nothing about the next one. */
const mostDistinctTexts = 20

/** Returns the named columns as learners read them. Columns of days are refused before. */
export function featureColumns(table: Table, names: readonly string[]): FeatureColumn[] {
  return names.map((name) => featureColumn(table.column(name))).filter((read) => 'kind' in read)
}

/** Returns the columns that say something, and a sentence about each that was left out. */
export function usefulColumns(
  table: Table,
  names: readonly string[],
): { columns: FeatureColumn[]; warnings: string[] } {
  const useful: string[] = []
  const warnings: string[] = []
  for (const name of names) {
    const reason = reasonToLeaveOut(table.column(name))
    if (reason === undefined) useful.push(name)
    else warnings.push(`Column ${name} was left out: ${reason}.`)
  }
  if (useful.length > 0) return { columns: featureColumns(table, useful), warnings }
  throw new HoldfastError('fromFlatTable', [
    {
      code: 'column-missing',
      parameter: 'table',
      rule: 'to have at least one column that can be a feature',
      ...placeOf(table),
      wayOut: warnings.join(' '),
    },
  ])
}

function reasonToLeaveOut(column: Column): string | undefined {
  const rowCount = columnLength(column)
  const read = column.kind === 'text' ? column.codes : column.values
  const distinct = new Set<number>()
  let present = 0
  for (let row = 0; row < rowCount; row++) {
    if (isMissing(column.missing, row)) continue
    present++
    distinct.add(read[row]!)
  }
  if (present === 0) return 'it has no value in any row'
  if (distinct.size === 1 && present === rowCount) return 'it has the same value in every row'
  if (column.kind === 'text' && column.dictionary.every((text) => parseDay(text) !== undefined)) {
    return 'its texts are times; replace it by the days between it and the day of the forecast'
  }
  const isName = column.kind === 'text' && distinct.size === present && present > mostDistinctTexts
  return isName ? `none of its ${present} texts occurs twice; it names rows, such as an id` : undefined
}
