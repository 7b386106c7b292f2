import {
  beyondAnyRow,
  dayHint,
  type EpochDay,
  formatDay,
  monthEnd,
  monthStart,
  parseDay,
  spreadsheetDay,
  utc,
} from '../base/days.js'
import { nearName, type Place, type Problem } from '../base/errors.js'
import { setOwnValue } from '../base/ownValue.js'
import { type EventTableName, inputTables } from './inputs.js'
import { cellProblems, flatCells, isRecord } from './nestedCells.js'
import type { ColumnKind } from './table.js'

/** A checked cell: days are numbers (days since 1970-01-01), missing is null. */
export type CheckedCell = number | string | boolean | null

/** Columns with the end of something, which may not be before its beginning. */
const endColumns: Readonly<Partial<Record<EventTableName | 'customers', string>>> = {
  customers: 'cancelledAt',
  plans: 'to',
}

/** What a column says about the time of a row. */
type Role = 'happened' | 'known' | 'end'

/**
 * Checks the rows of one input table of one customer, one by one, and holds the cells of the last one.
 *
 * Rows of a service mostly have the same columns in the same order: a column is looked up once and then only compared.
 */
export class RowReader {
  /** Names of the columns so far. */
  readonly columns: string[] = []
  /** The last row: indices of its columns in `columns`, and their cells; `size` of each. */
  readonly places: number[] = []
  readonly cells: CheckedCell[] = []
  size = 0
  /** The day on which the last row happened. */
  day = 0 as EpochDay
  /** The day on which the last row became known, null if not given. */
  knownAt: EpochDay | null = null
  /** True if the last row has different columns from the one before it, or a different order. */
  isOfNewShape = false

  readonly #places = new Map<string, number>()
  readonly #kinds: (ColumnKind | undefined)[] = []
  readonly #isRequired: boolean[] = []
  readonly #roles: (Role | null)[] = []
  readonly #required: readonly string[]
  readonly #happenedAt: string

  /**
   * @param kinds kinds of the further columns; cells of another kind are refused
   * @param owner the customer: rows before the activation, and rows of others, are refused
   * @param timeZone gives instants their day
   */
  constructor(
    readonly table: EventTableName | 'customers',
    readonly kinds: Readonly<Record<string, ColumnKind>> | undefined,
    readonly owner?: { readonly id: CheckedCell; readonly activatedAt: CheckedCell },
    readonly timeZone: string = utc,
  ) {
    this.#required = Object.keys(inputTables[table].required).filter(
      (name) => name !== 'id' || table === 'customers',
    )
    this.#happenedAt = inputTables[table].happenedAt
  }

  /** Reads a row, and adds what is wrong with it to the problems. */
  read(row: unknown, rowNumber: number, problems: Problem[]): void {
    const sizeBefore = this.size
    this.isOfNewShape = false
    this.size = 0
    this.day = 0 as EpochDay
    this.knownAt = null
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      problems.push({
        code: 'value-type',
        parameter: this.table === 'customers' ? 'customer' : `row ${rowNumber} of ${this.table}`,
        rule: 'to be an object with a value for each column',
        received: row,
      })
      return
    }
    let [names, values] = [Object.keys(row), Object.values(row)]
    if (values.some(isRecord)) {
      const cells = flatCells(row as Readonly<Record<string, unknown>>)
      for (const problem of cellProblems(cells).filter(({ code }) => code === 'column-duplicate'))
        problems.push({ ...problem, place: this.#place(rowNumber, problem.place!.column!) })
      names = cells.map(([name]) => name)
      values = cells.map(([, value]) => value)
    }
    const isEvent = this.table !== 'customers'
    let required = 0
    let end: CheckedCell = null
    for (let index = 0; index < names.length; index++) {
      const name = names[index]!
      if (isEvent && name === 'id') {
        this.#checkOwner(values[index], rowNumber, problems)
        continue
      }
      const place = this.#placeOf(name)
      const cell = this.#cell(values[index], place, rowNumber, problems)
      this.cells[this.size++] = cell
      if (this.#isRequired[place]) required++
      const role = this.#roles[place]
      if (role === null || typeof cell !== 'number') continue
      if (role === 'end') end = cell
      else if (role === 'known') this.knownAt = cell as EpochDay
      else this.#happen(name, cell as EpochDay, rowNumber, problems)
    }
    if (this.size !== sizeBefore) this.isOfNewShape = true
    if (required < this.#required.length) this.#addMissing(row, rowNumber, problems)
    if (typeof end === 'number' && end < this.day) problems.push(this.#endsBefore(end as EpochDay, rowNumber))
  }

  /** Returns the names of the columns of the last row, without the `id` of an event. */
  names(): string[] {
    return this.places.slice(0, this.size).map((place) => this.columns[place]!)
  }

  /** Returns the last row as an object, with `day` if it is an event. */
  row(): Record<string, CheckedCell> {
    const row: Record<string, CheckedCell> = this.table === 'customers' ? { cancelledAt: null } : {}
    for (let index = 0; index < this.size; index++)
      setOwnValue(row, this.columns[this.places[index]!]!, this.cells[index]!)
    if (this.table !== 'customers') row['day'] = this.day
    return row
  }

  #placeOf(name: string): number {
    const usual = this.places[this.size]
    if (usual !== undefined && this.columns[usual] === name) return usual
    this.isOfNewShape = true
    const place = this.#places.get(name) ?? this.#addColumn(name)
    this.places[this.size] = place
    return place
  }

  #addColumn(name: string): number {
    const { required, optional } = inputTables[this.table]
    const kindIn = (columns: Readonly<Record<string, ColumnKind>> | undefined): ColumnKind | undefined =>
      columns !== undefined && Object.hasOwn(columns, name) ? columns[name] : undefined
    this.#kinds.push(kindIn(required) ?? kindIn(optional) ?? kindIn(this.kinds))
    this.#isRequired.push(this.#required.includes(name))
    this.#roles.push(this.#roleOf(name))
    this.#places.set(name, this.columns.length)
    return this.columns.push(name) - 1
  }

  #roleOf(name: string): Role | null {
    if (name === this.#happenedAt) return 'happened'
    if (name === 'knownAt') return 'known'
    return name === endColumns[this.table] ? 'end' : null
  }

  /** Returns the checked value, null if it is missing or refused (with a problem). */
  #cell(value: unknown, place: number, rowNumber: number, problems: Problem[]): CheckedCell {
    const kind = this.#kinds[place]
    if (typeof value === 'number' && kind === 'number' && Number.isFinite(value)) return value
    const name = this.columns[place]!
    if (isBlank(value)) {
      if (this.#isRequired[place]) problems.push(requiredMissing(name, this.#place(rowNumber, name)))
      return null
    }
    const cell = readCell(value, kind, name, this.timeZone)
    if (cell !== undefined) return cell
    problems.push(refusedCell(value, kind, this.#place(rowNumber, name)))
    return null
  }

  #addMissing(row: object, rowNumber: number, problems: Problem[]): void {
    for (const name of this.#required) {
      if (Object.hasOwn(row, name)) continue
      const problem = requiredMissing(name, this.#place(rowNumber, name))
      problems.push({ ...problem, ...nearName(name, Object.keys(row)) })
    }
  }

  #checkOwner(value: unknown, rowNumber: number, problems: Problem[]): void {
    const id = this.owner?.id
    if (id === undefined || id === null || value === id || isBlank(value) || String(value) === id) return
    problems.push({
      code: 'id-unknown',
      parameter: 'id',
      rule: `to be that of the customer (${JSON.stringify(id)})`,
      received: value,
      place: this.#place(rowNumber, 'id'),
      wayOut: 'Give only the rows of one customer.',
    })
  }

  #happen(name: string, date: EpochDay, rowNumber: number, problems: Problem[]): void {
    this.day = name === 'period' ? monthEnd(date) : date
    if (name === 'period') this.cells[this.size - 1] = monthStart(date)
    if (this.day >= beyondAnyRow) problems.push(this.#beyondAnyRow(rowNumber))
    const activatedAt = this.owner?.activatedAt
    if (typeof activatedAt === 'number' && this.day < activatedAt)
      problems.push(this.#beforeActivation(activatedAt as EpochDay, rowNumber))
  }

  #beyondAnyRow(rowNumber: number): Problem {
    return {
      code: 'date-in-future',
      parameter: this.#happenedAt,
      rule: `to be before ${formatDay(beyondAnyRow)}`,
      received: formatDay(this.day),
      place: this.#place(rowNumber, this.#happenedAt),
      wayOut: 'A number is read as days since 1970-01-01: write the day as YYYY-MM-DD.',
    }
  }

  #beforeActivation(activatedAt: EpochDay, rowNumber: number): Problem {
    return {
      code: 'event-before-activation',
      parameter: this.#happenedAt,
      rule: `to be on or after the activation of the customer (${formatDay(activatedAt)})`,
      received: formatDay(this.day),
      place: this.#place(rowNumber, this.#happenedAt),
      wayOut: 'Correct activatedAt, or leave out what happened before it.',
    }
  }

  #endsBefore(end: EpochDay, rowNumber: number): Problem {
    const endName = endColumns[this.table]!
    return {
      code: 'out-of-range',
      parameter: endName,
      rule: `to be on or after ${this.#happenedAt} (${formatDay(this.day)})`,
      received: formatDay(end),
      place: this.#place(rowNumber, endName),
    }
  }

  #place(row: number, column: string): Place {
    return { table: this.table, row, column }
  }
}

// Most texts begin with a visible character, which can be seen without trimming.
function isBlank(value: unknown): boolean {
  if (typeof value !== 'string') return value === null || value === undefined
  return !(value.charCodeAt(0) > 32 && value.charCodeAt(0) < 127) && value.trim() === ''
}

function requiredMissing(name: string, place: Place): Problem {
  return {
    code: 'value-missing',
    parameter: name,
    rule: 'to have a value in every row',
    place,
    wayOut: 'Fill it in, or leave the row out.',
  }
}

const kindRules: Readonly<Record<ColumnKind, string>> = {
  number: 'to be a number',
  text: 'to be a text',
  day: 'to be a date written YYYY-MM-DD, a Date, or a whole number of days since 1970-01-01',
  boolean: 'to be true or false',
}

function refusedCell(value: unknown, kind: ColumnKind | undefined, place: Place): Problem {
  const parameter = place.column!
  if (typeof value === 'number' && !Number.isFinite(value) && kind !== 'day') {
    return {
      code: 'value-not-finite',
      parameter,
      rule: 'to be finite',
      received: value,
      place,
      wayOut: 'Write null for missing.',
    }
  }
  const rule = kind === undefined ? 'to be a number, a text, a boolean, a Date or null' : kindRules[kind]
  const hint = kind === 'day' ? dayHint(value) : {}
  return { code: 'value-type', parameter, rule, received: value, place, ...hint }
}

/** Returns undefined if the value is not of the kind. */
function readCell(
  value: unknown,
  kind: ColumnKind | undefined,
  name: string,
  timeZone: string,
): CheckedCell | undefined {
  switch (kind) {
    case 'number':
      return numberOf(value)
    case 'text':
      if (typeof value === 'string') return value
      if (typeof value === 'bigint') return String(value)
      return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : undefined
    case 'boolean':
      if (value === 1 || value === 0) return value === 1
      return typeof value === 'boolean' ? value : undefined
    case 'day':
      // 45507 is 2024-08-03 in a spreadsheet, and 2094-08-05 in days since 1970
      if (spreadsheetDay(value) !== undefined) return undefined
      return parseDay(name === 'period' && isMonth(value) ? `${value.trim()}-01` : value, timeZone)
    default:
      return readFurther(value, timeZone)
  }
}

function isMonth(value: unknown): value is string {
  return typeof value === 'string' && /^\s*\d{4}-\d{2}\s*$/.test(value)
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : undefined
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

// As when the engine reads files, a text that looks like a day is a day
function readFurther(value: unknown, timeZone: string): CheckedCell | undefined {
  if (typeof value === 'string') {
    return (value.length === 10 && value[4] === '-' ? parseDay(value) : undefined) ?? value
  }
  if (value instanceof Date) return parseDay(value, timeZone)
  return typeof value === 'boolean' ? value : numberOf(value)
}
