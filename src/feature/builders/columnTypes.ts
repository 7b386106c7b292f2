import type { NumberRange, TimeColumn } from '../../population/rowFilter.js'
import type { EventTableName, InputTableName, RequiredColumns } from '../../table/inputs.js'
import type { ColumnKind } from '../../table/table.js'

/** The event tables among the declared ones. */
export type EventTableOf<Tables> = Extract<keyof Tables, EventTableName>

/**
 * The columns of one kind in a declared table: its own, and those that every such table has. Any name if the columns
 * are known only at run time (`history.tables`).
 */
export type ColumnOf<Tables, Table, Kind extends ColumnKind> = Exclude<
  NamesOfKind<ColumnsOf<Tables, Table>, Kind>,
  TimeColumn
>

/** The day columns that are known at the cutoff: the table's own, and `Known`. */
export type KnownDayOf<Tables, Table, Known extends TimeColumn> = ColumnOf<Tables, Table, 'day'> | Known

type ColumnsOf<Tables, Table> = Table extends keyof Tables
  ? Tables[Table] & RequiredColumns[Table & InputTableName]
  : RequiredColumns[Table & InputTableName]

type NamesOfKind<Columns, Kind> = string extends keyof Columns
  ? string
  : { [Name in keyof Columns]: Columns[Name] extends Kind ? Name : never }[keyof Columns] & string

/** Type of a declared table's column as a feature. */
export type ValueTypeOf<Tables, Table, Column> = Column extends keyof ColumnsOf<Tables, Table>
  ? ColumnsOf<Tables, Table>[Column] extends 'text'
    ? 'text'
    : ColumnsOf<Tables, Table>[Column] extends 'number' | 'boolean'
      ? 'number'
      : 'number' | 'text'
  : 'number' | 'text'

/** A condition on the rows of a declared table; see `RowCondition`. */
export type ConditionOn<Tables, Table> =
  | { readonly column: ColumnOf<Tables, Table, 'text'>; readonly in: readonly string[] }
  | { readonly column: ColumnOf<Tables, Table, 'text'>; readonly notIn: readonly string[] }
  | { readonly column: ColumnOf<Tables, Table, 'number'>; readonly between: NumberRange }
  | { readonly column: ColumnOf<Tables, Table, 'number'>; readonly notBetween: NumberRange }
  | { readonly column: ColumnOf<Tables, Table, 'boolean'>; readonly is: boolean }
  | { readonly weekday: readonly number[] }

/** A filter of the rows of a declared table; see `RowFilter`. */
export type FilterOn<Tables, Table> = ConditionOn<Tables, Table> | readonly ConditionOn<Tables, Table>[]

/** A column of amounts of any declared table. */
export type AmountsOn<Tables> = {
  [Table in EventTableOf<Tables>]: {
    readonly table: Table
    readonly measure: ColumnOf<Tables, Table, 'number'>
    readonly where?: FilterOn<Tables, Table>
  }
}[EventTableOf<Tables>]
