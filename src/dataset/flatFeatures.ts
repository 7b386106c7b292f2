import { isMissing } from '../base/bitmap.js'
import { HoldfastError } from '../base/errors.js'
import type { FeatureColumn } from '../base/matrix.js'
import { type Column, columnLength, type Table } from '../table/table.js'

/** A text column with more values than this, none of them twice, names its rows and says nothing about the next one. */
const mostDistinctTexts = 20

/** Returns the columns a learner can read, and a sentence about each that was left out. */
export function featureColumnsOf(
  table: Table,
  names: readonly string[],
): { columns: FeatureColumn[]; warnings: string[] } {
  const columns: FeatureColumn[] = []
  const warnings: string[] = []
  for (const name of names) {
    const column = table.column(name)
    const reason = reasonToLeaveOut(column)
    if (reason === undefined) columns.push(asFeature(column))
    else warnings.push(`Column ${name} was left out: ${reason}.`)
  }
  if (columns.length > 0) return { columns, warnings }
  throw new HoldfastError('fromFlatTable', [
    {
      code: 'column-missing',
      parameter: 'table',
      rule: 'to have at least one column that can be a feature',
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
  const isName = column.kind === 'text' && distinct.size === present && present > mostDistinctTexts
  return isName ? `none of its ${present} texts occurs twice; it names rows, such as an id` : undefined
}

function asFeature(column: Column): FeatureColumn {
  if (column.kind === 'number' || column.kind === 'text') return column
  return {
    kind: 'number',
    name: column.name,
    values: Float64Array.from(column.values),
    missing: column.missing,
  }
}
