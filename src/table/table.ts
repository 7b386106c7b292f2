import { argumentProblems, checkArguments } from '../base/arguments.js'
import { Bitmap, isMissing } from '../base/bitmap.js'
import { type EpochDay, formatDay, parseDay } from '../base/days.js'
import { HoldfastError, inNameOf, nearName, type Problem, refuse } from '../base/errors.js'
import {
  type FeatureColumn,
  type NumberColumn,
  numberColumn,
  type TextColumn,
  takeValues,
  textColumn,
  type WrittenNumbers,
  wideColumn,
} from '../base/matrix.js'
import { checkOptions } from '../base/options.js'
import { Printed } from '../base/printed.js'
import * as z from '../base/schema.js'
import { timeZoneRule } from '../base/timeZone.js'
import { kindOfValues, mixedValues, refuseStray } from './mixedValues.js'
import { cellText, tableHtml, tableText, type WrittenTable, wholeTableText } from './tableText.js'

/** A column of calendar days. */
export interface DayColumn {
  readonly kind: 'day'
  readonly name: string
  /** Shape (rows), days since 1970-01-01; 0 behind a missing bit. */
  readonly values: Int32Array
  readonly missing: Bitmap | null
  /** How the source wrote the days, if not as `YYYY-MM-DD`: `DD/MM/YYYY`. */
  readonly dateFormat?: string
  /** Time zone that gave instants of the source their day; left out if it had none. */
  readonly timeZone?: string
}

/** A column of true (1) and false (0). */
export interface BooleanColumn {
  readonly kind: 'boolean'
  readonly name: string
  /** Shape (rows), 0 or 1; 0 behind a missing bit. */
  readonly values: Uint8Array
  readonly missing: Bitmap | null
}

/** One typed column of a table. */
export type Column = NumberColumn | TextColumn | DayColumn | BooleanColumn

/** The kinds of columns. */
export type ColumnKind = Column['kind']

/** One cell: a day is `YYYY-MM-DD`, missing is null. */
export type Cell = number | string | boolean | null

/** One row as an object. */
export type Row = Readonly<Record<string, Cell>>

/**
 * A typed columnar table: columns of equal length with unique names. Immutable.
 *
 * Make one with `tableFrom`, `tableFromRows`, `readTable` or from an engine.
 *
 * @example
 * const plans = tableFromRows([{ id: 'A', fee: 19.99, since: '2024-01-15' }, { id: 'B', fee: null, since: '2024-06-01' }])
 * String(plans).split('\n')
 * // => ['2 rows × 3 columns', 'id    fee  since', '──  ─────  ──────────', 'A   19.99  2024-01-15', 'B       –  2024-06-01']
 */
export class Table extends Printed {
  readonly columns: readonly Column[]
  readonly #byName: ReadonlyMap<string, Column>

  /**
   * @param columns of equal length; 32-bit numbers become 64-bit ones
   * @param rowCount needed only if there may be no columns
   * @param source file or table it came from; named in error messages
   * @throws {HoldfastError} `length-differs`, `column-duplicate`
   */
  constructor(
    columns: readonly (Column | FeatureColumn)[],
    readonly rowCount: number = firstLength(columns),
    readonly source?: string,
  ) {
    super()
    checkArguments('Table', ['columns', columns, 'array'])
    refuse('Table', columns.flatMap(noColumn))
    this.columns = columns.map((column) => (column.kind === 'number' ? wideColumn(column) : column))
    const problems: Problem[] = []
    const byName = new Map<string, Column>()
    for (const column of this.columns) {
      if (byName.has(column.name)) {
        problems.push({
          code: 'column-duplicate',
          parameter: `column ${column.name}`,
          rule: 'to occur once',
          wayOut: 'Rename one of them.',
        })
      }
      const length = columnLength(column)
      if (length !== rowCount) {
        problems.push({
          code: 'length-differs',
          parameter: `column ${column.name}`,
          rule: `to have ${rowCount} values`,
          received: length,
        })
      }
      byName.set(column.name, column)
    }
    refuse('Table', problems)
    this.#byName = byName
  }

  /** Names of the columns, in order. */
  get columnNames(): string[] {
    return this.columns.map((column) => column.name)
  }

  /** True if the table has a column of that name. */
  has(name: string): boolean {
    return this.#byName.has(name)
  }

  /**
   * Returns the column of that name.
   *
   * @throws {HoldfastError} `column-missing`, with the nearest name
   */
  column(name: string): Column {
    return this.#named('Table.column', name)
  }

  /** Like {@link Table.column}, for a number column. @throws {HoldfastError} `column-missing`, `column-type` */
  numbers(name: string): NumberColumn {
    return this.#ofKind('Table.numbers', name, 'number') as NumberColumn
  }

  /** Like {@link Table.column}, for a text column. @throws {HoldfastError} `column-missing`, `column-type` */
  texts(name: string): TextColumn {
    return this.#ofKind('Table.texts', name, 'text') as TextColumn
  }

  /** Like {@link Table.column}, for a day column. @throws {HoldfastError} `column-missing`, `column-type` */
  days(name: string): DayColumn {
    return this.#ofKind('Table.days', name, 'day') as DayColumn
  }

  /** Returns the table with only these columns, in this order. */
  select(names: readonly string[]): Table {
    checkArguments('Table.select', ['names', names, 'list'])
    const columns = names.map((name) => this.#named('Table.select', name))
    return inNameOf('Table.select', () => new Table(columns, this.rowCount, this.source))
  }

  /** Returns the table with this column added, replacing one of the same name. */
  with(column: Column): Table {
    refuse('Table.with', noColumn(column, 0))
    const columns = this.has(column.name)
      ? this.columns.map((old) => (old.name === column.name ? column : old))
      : [...this.columns, column]
    return inNameOf('Table.with', () => new Table(columns, this.rowCount, this.source))
  }

  /** Returns a copy of the table with only the given rows, in their order. */
  take(rows: ArrayLike<number>): Table {
    checkArguments('Table.take', ['rows', rows, 'list'])
    this.#checkRows('Table.take', 'rows', rows)
    return new Table(
      this.columns.map((column) => takeColumnRows(column, rows)),
      rows.length,
      this.source,
    )
  }

  /** Returns one cell. O(1). */
  cell(name: string, row: number): Cell {
    this.#checkRows('Table.cell', 'row', [row])
    return cellOf(this.#named('Table.cell', name), row)
  }

  /** Returns one row as an object. */
  row(index: number): Row {
    this.#checkRows('Table.row', 'index', [index])
    return Object.fromEntries(this.columns.map((column) => [column.name, cellOf(column, index)]))
  }

  /** Returns all rows as objects. For small tables and tests; O(rows × columns) objects. */
  rows(): Row[] {
    return Array.from({ length: this.rowCount }, (_, index) => this.row(index))
  }

  /**
   * Its size, its first ten rows, and the names of columns without room; `console.log(table)` and notebooks show it
   * too.
   */
  override toString(): string {
    return tableText(this.#written())
  }

  /** @internal */
  protected override toHtml(): string {
    return tableHtml(this.#written())
  }

  /** Returns all rows as aligned text; for small tables. */
  toWholeText(): string {
    return wholeTableText(this.#written())
  }

  #written(): WrittenTable {
    const { columns, rowCount, source } = this
    return {
      rowCount,
      columns,
      source,
      cellText: (column, row) => cellText(cellOf(columns[column]!, row)),
    }
  }

  #checkRows(operation: string, parameter: string, rows: ArrayLike<number>): void {
    for (let place = 0; place < rows.length; place++) {
      const row = rows[place]!
      if (Number.isInteger(row) && row >= 0 && row < this.rowCount) continue
      const rule = `to be ${parameter === 'rows' ? 'numbers of rows' : 'the number of a row'}, from 0 to ${this.rowCount - 1}`
      throw new HoldfastError(operation, [{ code: 'out-of-range', parameter, rule, received: row }])
    }
  }

  #named(operation: string, name: string): Column {
    if (typeof name !== 'string') checkArguments(operation, ['name', name, 'text'])
    const column = this.#byName.get(name)
    if (column !== undefined) return column
    throw new HoldfastError(operation, [columnMissing(name, this)])
  }

  #ofKind(operation: string, name: string, kind: ColumnKind): Column {
    const column = this.#named(operation, name)
    if (column.kind === kind) return column
    throw new HoldfastError(operation, [
      {
        code: 'column-type',
        parameter: `column ${name}`,
        rule: `to hold ${kind} values`,
        received: column.kind,
        ...(this.source === undefined ? {} : { place: { file: this.source } }),
      },
    ])
  }
}

/** Returns the problem "no such column", with the nearest name that the table has. */
export function columnMissing(name: string, table: Table): Problem {
  return {
    code: 'column-missing',
    parameter: `column ${name}`,
    rule: `to be one of ${table.columnNames.join(', ')}`,
    ...(table.source === undefined ? {} : { place: { file: table.source } }),
    ...nearName(name, table.columnNames),
  }
}

/** Returns the value of a column at a row as people write it. */
export function cellOf(column: Column | FeatureColumn, row: number): Cell {
  if (isMissing(column.missing, row)) return null
  switch (column.kind) {
    case 'number':
      return column.values[row]!
    case 'text':
      return column.dictionary[column.codes[row]!]!
    case 'day':
      return formatDay(column.values[row]! as EpochDay)
    case 'boolean':
      return column.values[row] === 1
  }
}

/** Returns a column of ids: as texts if its numbers do not reproduce the texts they were read from. */
export function idColumn(column: Column): Column {
  if (column.kind !== 'number' || column.written === undefined) return column
  const { name, missing, written } = column
  return { kind: 'text', name, missing, codes: written.codes, dictionary: written.dictionary }
}

/** Number of rows of a column. */
export function columnLength(column: Column | FeatureColumn): number {
  return column.kind === 'text' ? column.codes.length : column.values.length
}

/** Returns a day column; null and undefined become missing. */
export function dayColumn(name: string, values: ArrayLike<EpochDay | null | undefined>): DayColumn {
  checkArguments('dayColumn', ['name', name, 'text'], ['values', values, 'list'])
  refuseStray('dayColumn', name, values, 'day numbers, as epochDay makes them', Number.isInteger)
  const missing = Bitmap.where(values.length, (row) => values[row] == null)
  return { kind: 'day', name, values: Int32Array.from(values, (value) => value ?? 0), missing }
}

/** Returns a boolean column; null and undefined become missing. */
export function booleanColumn(name: string, values: ArrayLike<boolean | null | undefined>): BooleanColumn {
  checkArguments('booleanColumn', ['name', name, 'text'], ['values', values, 'list'])
  refuseStray('booleanColumn', name, values, 'true and false', (value) => typeof value === 'boolean')
  const missing = Bitmap.where(values.length, (row) => values[row] == null)
  return {
    kind: 'boolean',
    name,
    values: Uint8Array.from(values, (value) => (value === true ? 1 : 0)),
    missing,
  }
}

/**
 * Returns a table from arrays of values, one per column. The kind follows from the first value that is not missing:
 * numbers, texts, booleans, or days for a `Date` (in `timeZone`). Values of type bigint become numbers if numbers hold
 * all their digits, else texts. For other days, give columns made by `dayColumn`. Values of another kind than the first
 * are refused.
 *
 * @param options `timeZone`: gives a `Date` its day, an IANA name. Default `'UTC'`
 * @throws {HoldfastError} all columns at once: `value-type`, with the first row and the number of rows;
 * `value-not-finite`
 *
 * @example
 * tableFrom({ id: ['A', 'B'], minutes: [10, null] }).rows()
 * // => [{ id: 'A', minutes: 10 }, { id: 'B', minutes: null }]
 */
export function tableFrom(
  columns: Readonly<Record<string, readonly (Cell | Date | bigint | undefined)[] | Column>>,
  options?: { readonly timeZone?: string },
): Table {
  checkArguments('tableFrom', ['columns', columns, 'columns'])
  const { timeZone } = checkOptions('tableFrom', tableFromOptions, options)
  refuse(
    'tableFrom',
    Object.entries(columns).flatMap(([name, values]) =>
      typeof values === 'object' && values !== null && 'kind' in values
        ? []
        : argumentProblems(`column ${name}`, values, 'list'),
    ),
  )
  refuse(
    'tableFrom',
    Object.entries(columns).flatMap(([name, values]) => ('kind' in values ? [] : mixedValues(name, values))),
  )
  return inNameOf(
    'tableFrom',
    () =>
      new Table(
        Object.entries(columns).map(([name, values]) =>
          'kind' in values ? { ...values, name } : columnFrom(name, values, timeZone),
        ),
      ),
  )
}

const tableFromOptions = z.strictObject({ timeZone: timeZoneRule })

type Value = Cell | Date | bigint | undefined

function columnFrom(name: string, values: readonly Value[], timeZone: string): Column {
  switch (kindOfValues(values)) {
    case 'day':
      return {
        ...dayColumn(
          name,
          values.map((value) => parseDay(value, timeZone) ?? null),
        ),
        timeZone,
      }
    case 'text':
      return textColumn(name, values as readonly (string | null)[])
    case 'boolean':
      return booleanColumn(name, values as readonly (boolean | null)[])
    default:
      return values.some((value) => typeof value === 'bigint')
        ? bigintColumn(name, values)
        : numberColumn(name, values as readonly (number | null)[])
  }
}

/** Numbers if a number holds all their digits, else texts, as for ids. */
function bigintColumn(name: string, values: readonly unknown[]): Column {
  const isExact = values.every((value) => typeof value !== 'bigint' || Number.isSafeInteger(Number(value)))
  return isExact
    ? numberColumn(
        name,
        values.map((value) => (typeof value === 'bigint' ? Number(value) : (value as number | null))),
      )
    : textColumn(
        name,
        values.map((value) => (value === null || value === undefined ? null : String(value))),
      )
}

function firstLength(columns: readonly (Column | FeatureColumn)[]): number {
  const [first] = Array.isArray(columns) ? columns : []
  return first === undefined || noColumn(first, 0).length > 0 ? 0 : columnLength(first)
}

function noColumn(column: unknown, index: number): Problem[] {
  const { name, kind } = (column ?? {}) as { readonly name?: unknown; readonly kind?: unknown }
  if (typeof name === 'string' && typeof kind === 'string') return []
  const wayOut =
    'numberColumn, textColumn, dayColumn and booleanColumn make one; tableFrom takes lists of values.'
  return [
    { code: 'value-type', parameter: `columns.${index}`, rule: 'to be a column', received: column, wayOut },
  ]
}

function takeColumnRows(column: Column, rows: ArrayLike<number>): Column {
  const missing = column.missing?.take(rows) ?? null
  switch (column.kind) {
    case 'text':
      return { ...column, codes: takeValues(column.codes, rows), missing }
    case 'number': {
      const { written } = column
      const taken = { ...column, values: takeValues(column.values, rows), missing }
      return written === undefined
        ? taken
        : { ...taken, written: takeWritten(written, Int32Array.from(rows)) }
    }
    case 'day':
      return { ...column, values: takeValues(column.values, rows), missing }
    case 'boolean':
      return { ...column, values: takeValues(column.values, rows), missing }
  }
}

function takeWritten(written: WrittenNumbers, rows: Int32Array): WrittenNumbers {
  return written.take?.(rows) ?? { codes: takeValues(written.codes, rows), dictionary: written.dictionary }
}
