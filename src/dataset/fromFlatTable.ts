import * as z from 'zod'
import { checkArguments } from '../base/arguments.js'
import { Bitmap, isMissing } from '../base/bitmap.js'
import { customersOf } from '../base/customersOf.js'
import { dayRule, withDaysIn } from '../base/dayRule.js'
import type { DayInput } from '../base/days.js'
import { utc } from '../base/days.js'
import { HoldfastError, type Problem, refuse } from '../base/errors.js'
import { repeatedNumbers } from '../base/groupNumbers.js'
import { checkOptions } from '../base/options.js'
import { timeZoneRule, zoneOf } from '../base/timeZone.js'
import { reasonTable } from '../population/reasonTable.js'
import { featureColumn, zoneProblems } from '../table/featureColumn.js'
import { type Column, cellOf, columnMissing, type DayColumn, idColumn, type Table } from '../table/table.js'
import { columnWarnings } from './columnWarnings.js'
import { type Dataset, datasetOf } from './dataset.js'
import { type ColumnUse, flatReading, informativeFeatures, namedFeatures, usesTable } from './flatFeatures.js'
import { type LabelValues, labelValuesSchema, outcomeOf, outcomesOf } from './flatOutcome.js'
import { placeOf } from './placeOf.js'

/** Roles of the columns of a flat table; without `features`, every column not named here is a feature. */
export interface FlatTableOptions {
  /** Column with the customer's id; each value once. Default: the rows are numbered from 1. */
  readonly id?: string
  /** Column that says what happened: two different values, or 0 and 1, or true and false. */
  readonly label: string
  /**
   * The value of the label column that means churned, or several. Default: recognised if the two values are plain words
   * for yes and no or for churned and stayed, or 1 and 0. Case and surrounding space do not matter.
   */
  readonly positive?: LabelValues
  /** The value of the label column that means stayed, or several. Default: the other one. */
  readonly negative?: LabelValues
  /** Columns that are not features: known only after the outcome, or not to be used. Default none. */
  readonly exclude?: readonly string[]
  /**
   * Exactly these columns are the features, even useless ones: to evaluate a model on other customers, give the names
   * of its features. Default: all columns not named elsewhere, except useless ones.
   */
  readonly features?: readonly string[]
  /** Number column with the weight of each row, ≥ 0. Default: all rows weigh 1. */
  readonly weight?: string
  /**
   * `'several'`: a customer may have several rows, for example one per month, and `id` says whose they are; splits and
   * folds then keep the rows of a customer together. Default `'one'`: a repeated id is refused.
   */
  readonly rowsPerCustomer?: 'one' | 'several'
  /**
   * The day of the forecast, as of which the table was true. A column of days becomes the days from each until then
   * (negative if later), in training and in scoring. Default: such columns are left out.
   */
  readonly asOf?: DayInput
  /**
   * Time zone, an IANA name, that gives instants their day: `asOf`, and the columns of days, which were read in it.
   * Models keep it for scoring. Default: that of the columns if they had instants, else `'UTC'`.
   */
  readonly timeZone?: string
}

/** Rules and defaults of {@link FlatTableOptions}. */
export const flatTableSchema = z.strictObject({
  id: z.string().min(1).optional(),
  label: z.string().min(1),
  positive: labelValuesSchema.optional(),
  negative: labelValuesSchema.optional(),
  exclude: z.array(z.string()).default([]),
  features: z.array(z.string()).min(1).optional(),
  weight: z.string().min(1).optional(),
  rowsPerCustomer: z.enum(['one', 'several']).default('one'),
  asOf: dayRule.optional(),
  timeZone: timeZoneRule.unwrap().optional(),
})

type CheckedOptions = z.output<typeof flatTableSchema>

/**
 * Returns a dataset from a table with one row per customer: features and outcome side by side.
 *
 * Use it if the features exist already. Nothing about time can be checked here: a column that was filled in after the
 * customer left makes every figure too good and must be named in `exclude`.
 *
 * Outcome: a label column with the values 0 and 1 or false and true is read as it is. Of two texts, the one that means
 * churned is recognised if both are plain: yes and no, y and n, true and false, churned or left and active or stayed,
 * and the same in other languages (ja, oui, да, 是/否, 流失/未流失, 离网/在网). For everything else, and for yes and no in a
 * column that means the opposite (`active`, `retained`, `not_churned`, `isActive`, `bleibt`, `未流失`), `positive` must be
 * given. Rows without a label are left out and counted in `report.unlabelled`.
 *
 * Features, in the order of the table: numbers as they are, booleans as 0 and 1, texts as categories, days as the days
 * until `asOf`. Left out, each with a sentence in `warnings`: useless columns (one value everywhere, or none at all),
 * days without `asOf`, texts that are days with times, and text columns with more than 20 values that are nearly all
 * unique (names, ids). `report.columns` has the use of every column; `warnings` also names categories that mostly look
 * like numbers or days, and numbers that look like days.
 *
 * @param table one row per customer, or several with `rowsPerCustomer`
 * @returns dataset in the order of the table's rows, without cutoffs
 * @throws {HoldfastError} `column-missing`; `column-type` for a day column among `features` without `asOf`;
 * `value-missing`, `duplicate-id` with the rows concerned; `data-leak` if the label is among the features;
 * `value-unknown` if it is not clear which label means churned; `one-class`; `table-empty`
 *
 * O(rows × columns).
 *
 * @example
 * import { tableFrom } from 'holdfast/tables'
 * const table = tableFrom({
 *   customerID: ['A', 'B', 'C', 'D'],
 *   tenure: [1, 34, 2, 45],
 *   churn: ['Yes', 'No', 'Yes', null],
 * })
 * const dataset = fromFlatTable(table, { id: 'customerID', label: 'churn' })
 * dataset.ids
 * // => ['A', 'B', 'C']
 * Array.from(dataset.outcome)
 * // => [1, 0, 1]
 * dataset.report.unlabelled.rows()
 * // => [{ cutoff: null, reason: 'label missing', customers: 1 }]
 *
 * @see {@link buildDataset} if you have the raw history
 */
export function fromFlatTable(table: Table, options: FlatTableOptions): Dataset {
  checkArguments('fromFlatTable', ['table', table, 'table'])
  const timeZone = options?.timeZone === undefined ? zoneOfColumns(table) : zoneOf(options)
  const given = withDaysIn(options, ['asOf'], timeZone ?? utc)
  const checked = checkOptions('fromFlatTable', flatTableSchema, given)
  refuse('fromFlatTable', [
    ...namedColumnProblems(table, checked),
    ...zoneProblems(table.source, usedDays(table, checked), timeZone ?? utc),
  ])
  const label = table.column(checked.label)
  const labelled = rowsWhere(table.rowCount, (row) => !isMissing(label.missing, row))
  if (labelled.length === 0) throw noRows(table, checked.label)
  const rows = labelled.length === table.rowCount ? table : table.take(labelled)

  const allIds = checked.id === undefined ? null : idTexts(idColumn(table.column(checked.id)))
  const idProblems =
    checked.id === undefined ? [] : problemsOfIds(table, checked.id, allIds!, checked.rowsPerCustomer)
  const weightProblems = checked.weight === undefined ? [] : problemsOfWeights(table, checked.weight)
  refuse('fromFlatTable', [...idProblems, ...weightProblems])
  const { churned, notes } = outcomesOf('fromFlatTable', rows, checked)
  const outcome = outcomeOf(rows, checked.label, churned)
  const { columns, uses, warnings } =
    checked.features === undefined
      ? informativeFeatures(rows, featureNames(table, checked), checked.asOf)
      : namedFeatures(rows, checked.features, checked.asOf)
  const ids = idsOf(allIds, labelled)
  const copies = customersOf({ rowCount: rows.rowCount, columns }, checked.id === undefined ? null : ids).note
  return datasetOf({
    ids,
    cutoffs: null,
    features: { rowCount: rows.rowCount, columns },
    outcome,
    ...(checked.weight === undefined ? {} : { weight: weightsOf(rows, checked.weight) }),
    rules: null,
    population: null,
    label: null,
    ...(timeZone === undefined ? {} : { timeZone }),
    flat: flatReading(
      rows,
      columns.map((column) => column.name),
    ),
    report: {
      columns: usesTable([...uses, ...otherUses(table, checked)]),
      population: reasonTable([]),
      unlabelled: reasonTable([
        { cutoff: null, reason: 'label missing', customers: table.rowCount - rows.rowCount },
      ]),
    },
    warnings: [
      ...notes,
      ...(copies === null ? [] : [copies]),
      ...warnings,
      ...columnWarnings({ rowCount: rows.rowCount, columns }, outcome),
    ],
  })
}

function namedColumnProblems(table: Table, options: CheckedOptions): Problem[] {
  const named = [options.label, options.id, options.weight, ...options.exclude, ...(options.features ?? [])]
  const missing = named
    .filter((name) => name !== undefined && !table.has(name))
    .map((name) => columnMissing(name!, table))
  // Unnamed columns that cannot be features are left out
  const problems = (options.features ?? [])
    .filter((name) => table.has(name))
    .map((name) => featureColumn(table.column(name), table.source, options.asOf))
    .filter((read) => 'code' in read)
  if (options.weight !== undefined && table.has(options.weight)) {
    const kind = table.column(options.weight).kind
    if (kind !== 'number') {
      const parameter = `weight column ${options.weight}`
      problems.push({ code: 'column-type', parameter, rule: 'to hold numbers', received: kind })
    }
  }
  return [...missing, ...problems, ...outcomeAsFeature(options)]
}

/** Returns the columns of days that become features. */
function usedDays(table: Table, options: CheckedOptions): readonly DayColumn[] {
  if (options.asOf === undefined) return []
  const names = featureNames(table, options).filter((name) => table.has(name))
  return names.map((name) => table.column(name)).filter((column) => column.kind === 'day')
}

/** Returns the time zone of the first column that had instants. */
function zoneOfColumns(table: Table): string | undefined {
  for (const column of table.columns)
    if (column.kind === 'day' && column.timeZone !== undefined) return column.timeZone
  return undefined
}

/** Returns the uses of the columns that are not features. */
function otherUses(table: Table, options: CheckedOptions): ColumnUse[] {
  const { label, id, weight, exclude, features } = options
  const named = (name: string): ColumnUse['use'] | undefined => {
    if (name === label) return 'label'
    if (name === id) return 'id'
    if (name === weight) return 'weight'
    if (exclude.includes(name)) return 'excluded'
    return features === undefined || features.includes(name) ? undefined : 'excluded'
  }
  return table.columnNames.flatMap((column) => {
    const use = named(column)
    return use === undefined ? [] : [{ column, use, detail: null }]
  })
}

function outcomeAsFeature(options: CheckedOptions): Problem[] {
  if (!options.features?.includes(options.label)) return []
  return [
    {
      code: 'data-leak',
      parameter: 'features',
      rule: `to leave out the label column ${options.label}, which is the answer`,
      wayOut: 'Remove it from the list.',
    },
  ]
}

function featureNames(table: Table, options: CheckedOptions): readonly string[] {
  if (options.features !== undefined) return options.features
  const others = new Set([options.label, options.id, options.weight, ...options.exclude])
  return table.columnNames.filter((name) => !others.has(name))
}

function problemsOfIds(
  table: Table,
  name: string,
  ids: readonly string[],
  rowsPerCustomer: CheckedOptions['rowsPerCustomer'],
): Problem[] {
  const column = idColumn(table.column(name))
  const problems: Problem[] = []
  const isId = new Uint8Array(table.rowCount)
  for (let row = 0; row < table.rowCount; row++) {
    if (isMissing(column.missing, row)) {
      problems.push({
        code: 'value-missing',
        parameter: `id column ${name}`,
        rule: 'to have a value in every row',
        ...placeOf(table, { row: row + 1 }),
      })
    } else if (column.kind === 'number' && Math.abs(column.values[row]!) > Number.MAX_SAFE_INTEGER) {
      problems.push(roundedId(table, name, row, column.values[row]!))
    } else isId[row] = 1
  }
  if (rowsPerCustomer === 'several') return problems
  for (const { id, rows } of repeatedIds(ids, isId)) {
    problems.push({
      code: 'duplicate-id',
      parameter: `id column ${name}`,
      rule: `to hold each customer once (rows ${rows.slice(0, 5).join(', ')}${rows.length > 5 ? ', …' : ''})`,
      received: id,
      ...placeOf(table, { row: rows[1]! }),
      wayOut:
        "Keep one row per customer, or allow more with rowsPerCustomer: 'several'. For a raw history use buildDataset.",
      count: rows.length,
    })
  }
  return problems
}

/** Returns the repeated ids, in order of first appearance, with their rows from 1. */
function repeatedIds(
  ids: readonly string[],
  isId: Uint8Array,
): { readonly id: string; readonly rows: number[] }[] {
  const numberOf = repeatedNumbers(ids)
  if (numberOf === null) return []
  const firstRows = new Int32Array(numberOf.length)
  const rowsOf = new Map<number, number[]>()
  for (let row = 0; row < numberOf.length; row++) {
    if (isId[row] === 0) continue
    const number = numberOf[row]!
    const own = rowsOf.get(number)
    if (firstRows[number] === 0) firstRows[number] = row + 1
    else if (own === undefined) rowsOf.set(number, [firstRows[number]!, row + 1])
    else own.push(row + 1)
  }
  const repeated = [...rowsOf.values()].sort(([first], [second]) => first! - second!)
  return repeated.map((rows) => ({ id: ids[rows[0]! - 1]!, rows }))
}

function roundedId(table: Table, name: string, row: number, received: number): Problem {
  return {
    code: 'out-of-range',
    parameter: `id column ${name}`,
    rule: 'to lie within ±(2^53 − 1), the integers that a number holds exactly',
    received,
    ...placeOf(table, { row: row + 1 }),
    wayOut: 'Give such ids as texts: as numbers, two of them may have become equal.',
  }
}

function problemsOfWeights(table: Table, name: string): Problem[] {
  const column = table.numbers(name)
  const problems: Problem[] = []
  for (let row = 0; row < table.rowCount; row++) {
    const place = placeOf(table, { row: row + 1, column: name })
    if (isMissing(column.missing, row))
      problems.push({ code: 'value-missing', parameter: 'weight', rule: 'to have a value', ...place })
    else if (!(column.values[row]! >= 0))
      problems.push({
        code: 'out-of-range',
        parameter: 'weight',
        rule: 'to be a number of at least 0',
        received: column.values[row],
        ...place,
      })
  }
  return problems
}

function idsOf(ids: readonly string[] | null, labelled: Int32Array): readonly string[] {
  if (ids === null) return Array.from(labelled, (row) => String(row + 1))
  return labelled.length === ids.length ? ids : Array.from(labelled, (row) => ids[row]!)
}

function idTexts(column: Column): string[] {
  const { length } = column.kind === 'text' ? column.codes : column.values
  const texts = new Array<string>(length)
  for (let row = 0; row < length; row++) texts[row] = String(cellOf(column, row))
  return texts
}

function weightsOf(rows: Table, name: string): Float64Array {
  return Float64Array.from(rows.numbers(name).values)
}

function rowsWhere(rowCount: number, holds: (row: number) => boolean): Int32Array {
  const bits = Bitmap.where(rowCount, holds)
  const rows = new Int32Array(bits?.count() ?? 0)
  for (let row = 0, next = 0; next < rows.length; row++) if (bits!.has(row)) rows[next++] = row
  return rows
}

function noRows(table: Table, label: string): HoldfastError {
  const rule = `to have at least one row with a value in the label column ${label}`
  return new HoldfastError('fromFlatTable', [
    { code: 'table-empty', parameter: 'table', rule, received: table.rowCount, ...placeOf(table) },
  ])
}
