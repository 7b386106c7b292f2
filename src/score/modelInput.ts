import { Bitmap } from '../base/bitmap.js'
import { type Problem, refuse } from '../base/errors.js'
import type { FeatureColumn, FeatureMatrix, FeatureSpec } from '../base/matrix.js'
import { featureColumn } from '../table/featureColumn.js'
import { type Column, columnLength, type Table } from '../table/table.js'

/**
 * Returns the columns of a table as a model reads them; days that it does not need are left out.
 *
 * A column without a single value has no kind of its own and takes the one the model expects.
 *
 * @throws {HoldfastError} `column-type`: all columns that cannot be read
 */
export function modelInput(operation: string, specs: readonly FeatureSpec[], table: Table): FeatureMatrix {
  const problems: Problem[] = []
  const columns: FeatureColumn[] = []
  const specOf = new Map(specs.map((spec) => [spec.name, spec]))
  for (const column of table.columns) {
    const spec = specOf.get(column.name)
    const read =
      spec !== undefined && isAllMissing(column)
        ? emptyColumn(spec, columnLength(column))
        : featureColumn(column, table.source)
    if (!('code' in read)) columns.push(read)
    else if (spec !== undefined) problems.push(read)
  }
  refuse(operation, problems)
  return { rowCount: table.rowCount, columns }
}

function isAllMissing(column: Column): boolean {
  const rows = columnLength(column)
  return rows > 0 && column.missing?.count() === rows
}

function emptyColumn(spec: FeatureSpec, rows: number): FeatureColumn {
  const missing = Bitmap.where(rows, () => true)
  return spec.kind === 'number'
    ? { kind: 'number', name: spec.name, values: new Float64Array(rows), missing }
    : { kind: 'text', name: spec.name, codes: new Int32Array(rows), dictionary: [''], missing }
}
