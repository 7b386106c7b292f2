import type { SchemaElement } from 'hyparquet'
import { isMissing } from '../base/bitmap.js'
import type { Column, ColumnKind, Table } from '../table/table.js'
import type { ColumnSpec } from './columnBuilder.js'

/** A column for the Parquet writer. */
export interface ParquetColumn {
  readonly name: string
  // biome-ignore lint/suspicious/noExplicitAny: the writer's own type of a column's values
  readonly data: any[] | Int32Array | Float64Array
  readonly encoding?: 'PLAIN'
}

const physicalTypes: Readonly<Record<ColumnKind, Omit<SchemaElement, 'name'>>> = {
  number: { type: 'DOUBLE' },
  day: { type: 'INT32', converted_type: 'DATE' },
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  boolean: { type: 'BOOLEAN' },
}

/** Returns the Parquet schema of a table: days as DATE, texts as UTF8, numbers as DOUBLE. */
export function parquetSchema(specs: readonly ColumnSpec[]): SchemaElement[] {
  const columns = specs.map(({ name, kind, nullable }) => ({
    name,
    ...physicalTypes[kind],
    repetition_type: nullable ? ('OPTIONAL' as const) : ('REQUIRED' as const),
  }))
  return [{ name: 'root', num_children: specs.length }, ...columns]
}

/** Returns the columns of a table for the Parquet writer. */
export function parquetColumns(table: Table): ParquetColumn[] {
  return table.columns.map((column) => {
    const data = valuesOf(column)
    // Volumes and probabilities hardly repeat: trying a dictionary costs more than it saves.
    return column.kind === 'number'
      ? { name: column.name, data, encoding: 'PLAIN' }
      : { name: column.name, data }
  })
}

function valuesOf(column: Column): ParquetColumn['data'] {
  const { missing } = column
  switch (column.kind) {
    case 'text':
      return Array.from(column.codes, (code, row) =>
        isMissing(missing, row) ? null : column.dictionary[code],
      )
    case 'boolean':
      return Array.from(column.values, (value, row) => (isMissing(missing, row) ? null : value === 1))
    default:
      if (missing === null) return column.values
      return Array.from(column.values, (value, row) => (missing.has(row) ? null : value))
  }
}
