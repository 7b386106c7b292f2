import { Bitmap } from '../base/bitmap.js'
import { HoldfastError, type Problem, refuse } from '../base/errors.js'
import {
  type FeatureColumn,
  type FeatureMatrix,
  type FeatureSpec,
  numberColumn,
  textColumn,
} from '../base/matrix.js'
import { featureColumn } from '../table/featureColumn.js'
import { booleanColumn, type Column, columnLength, Table } from '../table/table.js'

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

/**
 * Returns a row of cells by name as a model reads it; cells of columns that it does not need are not looked at.
 *
 * @throws {HoldfastError} `value-type`, `value-not-finite`, `column-type`: all cells that cannot be read
 */
export function rowInput(row: unknown, specs: readonly FeatureSpec[], isOfHistory: boolean): FeatureMatrix {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) throw notARow(row)
  if (isOfHistory && typeof (row as { customer?: unknown }).customer === 'object') throw isHistory()
  const needed = new Set(specs.map((spec) => spec.name))
  const problems: Problem[] = []
  const columns = Object.entries(row).map(([name, cell]): Column => {
    if (!needed.has(name) || cell === undefined || cell === null || cell === '') {
      return numberColumn(name, [null])
    }
    if (typeof cell === 'string') return textColumn(name, [cell])
    if (typeof cell === 'boolean') return booleanColumn(name, [cell])
    if (typeof cell === 'number' && Number.isFinite(cell)) return numberColumn(name, [cell])
    problems.push(wrongCell(name, cell))
    return numberColumn(name, [null])
  })
  refuse('scoreRow', problems)
  return modelInput('scoreRow', specs, new Table(columns, 1))
}

function wrongCell(name: string, received: unknown): Problem {
  const [parameter, place] = [`column ${name}`, { column: name }]
  const wayOut = 'Write null for missing.'
  return typeof received === 'number'
    ? { code: 'value-not-finite', parameter, rule: 'to hold finite numbers', received, place, wayOut }
    : {
        code: 'value-type',
        parameter,
        rule: 'to hold a number, a text, true, false or null',
        received,
        place,
        wayOut,
      }
}

function notARow(received: unknown): HoldfastError {
  const rule = 'to be an object with a value for each feature of the model'
  const wayOut = 'Many rows are scored with scoreTable.'
  return new HoldfastError('scoreRow', [{ code: 'value-type', parameter: 'row', rule, received, wayOut }])
}

function isHistory(): HoldfastError {
  return new HoldfastError('scoreRow', [
    {
      code: 'value-type',
      parameter: 'row',
      rule: 'to hold features by name, and not the history that they are made from',
      wayOut: 'Use scoreOne(history, { asOf }).',
    },
  ])
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
