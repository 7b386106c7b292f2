import { Bitmap, isMissing } from '../base/bitmap.js'
import { type EpochDay, parseDay, utc } from '../base/days.js'
import { HoldfastError, type Problem, refuse } from '../base/errors.js'
import type {
  FeatureColumn,
  FeatureMatrix,
  FeatureSpec,
  NumberColumn,
  NumberValues,
  TextColumn,
} from '../base/matrix.js'
import { ownValue } from '../base/ownValue.js'
import { dayReader, isoFormat } from '../base/writtenDays.js'
import { numberIn } from '../base/writtenNumbers.js'
import { numberText } from '../table/columnReading.js'
import { featureColumn, zoneProblems } from '../table/featureColumn.js'
import { type Column, columnLength, type DayColumn, type Table } from '../table/table.js'
import type { AboutModel } from './aboutModel.js'

/** What a model knows of the table that it was trained on: how columns became features, and where instants have their day. */
type FlatModel = Pick<AboutModel, 'flat' | 'timeZone'>

/**
 * Returns the columns of a table as a model reads them; days that it does not need are left out.
 *
 * A column without a single value has no kind of its own and takes the one the model expects. If the model was trained
 * on numbers or days, texts are read as written in training, or refused.
 *
 * @param about how the columns of the training table became features
 * @param asOf the day of the forecast
 * @throws {HoldfastError} `column-type`, `option-invalid`: all columns that cannot be read
 */
export function modelInput(
  operation: string,
  specs: readonly FeatureSpec[],
  table: Pick<Table, 'columns' | 'rowCount' | 'source'>,
  { flat, timeZone }: FlatModel = { flat: null, timeZone: utc },
  asOf?: EpochDay,
): FeatureMatrix {
  const days = new Set(flat?.days)
  const dayColumns = table.columns.filter((column) => column.kind === 'day' && days.has(column.name))
  const problems: Problem[] = zoneProblems(table.source, dayColumns as DayColumn[], timeZone)
  const columns: FeatureColumn[] = []
  const specOf = new Map(specs.map((spec) => [spec.name, spec]))
  for (const column of table.columns) {
    const spec = specOf.get(column.name)
    const read =
      spec === undefined
        ? featureColumn(column, table.source)
        : wantedColumn(
            column,
            spec,
            table.source,
            { flat, timeZone },
            days.has(column.name) ? asOf : undefined,
          )
    if (!('code' in read)) columns.push(read)
    else if (spec !== undefined) problems.push(read)
  }
  const asked = specs.filter((spec) => days.has(spec.name)).map((spec) => spec.name)
  if (asked.length > 0 && asOf === undefined) refuse(operation, [asOfMissing(asked)])
  refuse(operation, problems)
  return { rowCount: table.rowCount, columns }
}

/**
 * Returns a row of cells by name as a model reads it; cells of columns that it does not need are not looked at.
 *
 * @throws {HoldfastError} `value-type`, `value-not-finite`, `column-type`: all cells that cannot be read
 */
export function rowInput(
  row: unknown,
  specs: readonly FeatureSpec[],
  about: FlatModel & Pick<AboutModel, 'rules'>,
  asOf?: EpochDay,
): FeatureMatrix {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) throw notARow(row)
  const { rules, timeZone } = about
  if (rules !== null && typeof (row as { customer?: unknown }).customer === 'object') throw isHistory()
  const needed = new Set(specs.map((spec) => spec.name))
  const problems: Problem[] = []
  const columns = Object.entries(row).map(([name, cell]): Column => {
    const column = needed.has(name) ? cellColumn(name, cell, timeZone) : absentCell(name)
    if (!('code' in column)) return column
    problems.push(column)
    return absentCell(name)
  })
  refuse('scoreRow', problems)
  return modelInput('scoreRow', specs, { columns, rowCount: 1, source: undefined }, about, asOf)
}

const absent = Bitmap.where(1, () => true)

function absentCell(name: string): Column {
  return { kind: 'number', name, values: new Float64Array(1), missing: absent }
}

// Plain objects: the makers of columns check a list, which takes half the time that the score of a row does
function cellColumn(name: string, cell: unknown, timeZone: string): Column | Problem {
  if (cell === undefined || cell === null || cell === '') return absentCell(name)
  const shape = { name, missing: null }
  if (typeof cell === 'string') {
    return { kind: 'text', ...shape, codes: new Int32Array(1), dictionary: [cell] }
  }
  if (typeof cell === 'boolean') return { kind: 'boolean', ...shape, values: Uint8Array.of(cell ? 1 : 0) }
  const day = cell instanceof Date ? parseDay(cell, timeZone) : undefined
  if (day !== undefined) return { kind: 'day', ...shape, values: Int32Array.of(day) }
  const number = typeof cell === 'bigint' ? Number(cell) : cell
  const isNumber = typeof cell === 'bigint' ? Number.isSafeInteger(number) : Number.isFinite(number)
  if (!isNumber) return wrongCell(name, cell)
  return { kind: 'number', ...shape, values: Float64Array.of(number as number) }
}

function wrongCell(name: string, received: unknown): Problem {
  const [parameter, place] = [`column ${name}`, { column: name }]
  const wayOut = 'Write null for missing.'
  return typeof received === 'number'
    ? { code: 'value-not-finite', parameter, rule: 'to hold finite numbers', received, place, wayOut }
    : {
        code: 'value-type',
        parameter,
        rule: 'to hold a number, a text, true, false, a Date or null',
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

function wantedColumn(
  column: Column,
  spec: FeatureSpec,
  file: string | undefined,
  { flat, timeZone }: FlatModel,
  asOf: EpochDay | undefined,
): FeatureColumn | Problem {
  if (isAllMissing(column)) return emptyColumn(spec, columnLength(column))
  const isDay = flat?.days.includes(spec.name) === true
  if (isDay && (column.kind === 'number' || column.kind === 'boolean')) return noDays(column, file)
  const otherwise = column.kind === 'number' ? writtenOtherwise(column, flat, file) : undefined
  if (otherwise !== undefined) return otherwise
  if (spec.kind === 'text' || column.kind !== 'text') return featureColumn(column, file, asOf)
  const read = isDay ? dayColumnOf(column, { flat, timeZone }, file) : numberColumnOf(column, flat, file)
  return 'code' in read ? read : featureColumn(read, file, asOf)
}

function notationOf(flat: AboutModel['flat'], name: string) {
  return ownValue(flat?.notations, name)
}

/** Returns the problem that numbers are written in a way that makes them others than training had. */
function writtenOtherwise(
  { name, notation, mayBeGrouped }: NumberColumn<NumberValues>,
  flat: AboutModel['flat'],
  file: string | undefined,
): Problem | undefined {
  if (flat === null) return undefined
  const trained = notationOf(flat, name)
  const { decimal, unit } = trained === undefined || 'dateFormat' in trained ? {} : trained
  const facts = {
    code: 'column-type' as const,
    parameter: `column ${name}`,
    place: { ...(file === undefined ? {} : { file }), column: name },
  }
  if (notation?.unit !== undefined && notation.unit !== unit) {
    const inTraining = unit === undefined ? 'no sign of a unit' : unit
    return {
      ...facts,
      rule: `to be in the unit of training (${inTraining})`,
      received: notation.unit,
      wayOut: 'Convert the values, and write them as in training.',
    }
  }
  if (mayBeGrouped !== true || decimal !== ',') return undefined
  const quoted = JSON.stringify(name)
  return {
    ...facts,
    rule: 'to be written so that its numbers can be read in one way only: in training the comma was the decimal sign',
    wayOut: `Read it with notations: scorer.about.flat.notations where it is written as in training, else with decimal: { ${quoted}: '.' }.`,
  }
}

function numberColumnOf(
  column: TextColumn,
  flat: AboutModel['flat'],
  file: string | undefined,
): Column | Problem {
  const notation = notationOf(flat, column.name)
  const plain = (text: string) => (numberText.test(text.trim()) ? Number(text) : undefined)
  const read =
    notation === undefined || 'dateFormat' in notation ? plain : (text: string) => numberIn(notation, text)
  const values = column.dictionary.map(read)
  const bad = firstUnread(column, values)
  if (bad !== undefined) return unread(column, bad, 'to hold numbers, written as in training', file)
  return {
    kind: 'number',
    name: column.name,
    values: Float64Array.from(column.codes, (code) => values[code] ?? 0),
    missing: column.missing,
  }
}

function dayColumnOf(
  column: TextColumn,
  { flat, timeZone }: FlatModel,
  file: string | undefined,
): DayColumn | Problem {
  const notation = notationOf(flat, column.name)
  const format = notation !== undefined && 'dateFormat' in notation ? notation.dateFormat : isoFormat
  const values = column.dictionary.map(
    (text) => dayReader(format, timeZone)(text) ?? dayReader(isoFormat, timeZone)(text),
  )
  const bad = firstUnread(column, values)
  if (bad !== undefined) return unread(column, bad, `to hold days written ${format}, as in training`, file)
  return {
    kind: 'day',
    name: column.name,
    values: Int32Array.from(column.codes, (code) => values[code] ?? 0),
    missing: column.missing,
  }
}

function firstUnread(
  { codes, missing }: TextColumn,
  values: readonly (number | undefined)[],
): number | undefined {
  for (let row = 0; row < codes.length; row++) {
    if (!isMissing(missing, row) && values[codes[row]!] === undefined) return row
  }
  return undefined
}

function unread(column: TextColumn, row: number, rule: string, file: string | undefined): Problem {
  const { name, codes, dictionary } = column
  return {
    code: 'column-type',
    parameter: `column ${name}`,
    rule,
    received: dictionary[codes[row]!],
    place: { ...(file === undefined ? {} : { file }), row: row + 1, column: name },
    wayOut: 'Write it as a number or a day, or as the column was written in the training table.',
  }
}

function noDays({ name, kind }: Column, file: string | undefined): Problem {
  return {
    code: 'column-type',
    parameter: `column ${name}`,
    rule: 'to hold days, as in training',
    received: kind,
    ...(file === undefined ? {} : { place: { file } }),
    wayOut: 'Write them as YYYY-MM-DD.',
  }
}

function asOfMissing(names: readonly string[]): Problem {
  return {
    code: 'option-invalid',
    parameter: 'asOf',
    rule: `to be the day of the forecast, because the model reads the days since ${names.join(', ')}`,
    received: undefined,
    wayOut: "Give it: { asOf: '2025-01-31' }.",
  }
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
