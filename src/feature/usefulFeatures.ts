import { z } from 'zod'
import { checkArguments } from '../base/arguments.js'
import { isMissing } from '../base/bitmap.js'
import { type EpochDay, formatDay } from '../base/days.js'
import { closestWord, inNameOf, refuse } from '../base/errors.js'
import { type FeatureColumn, type FeatureMatrix, type NumberColumn, textColumn } from '../base/matrix.js'
import { argumentOption, checkOptions } from '../base/options.js'
import { beginningOfTime, windowBefore } from '../base/windows.js'
import type { History } from '../engine/history.js'
import type { Cutoffs } from '../population/ownCutoffs.js'
import type { PopulationRule } from '../population/rule.js'
import type { EventTableName } from '../table/inputs.js'
import { Table } from '../table/table.js'
import { columnsRead } from './columnKindsOf.js'
import { formulaOf, type PartialAggregate, partialsOf } from './formula.js'
import { featureName } from './name/featureName.js'
import type { FeatureRule } from './rule.js'
import { featureMatrix } from './sql/featureMatrix.js'

/** Options of {@link usefulFeatures}. */
export interface UsefulFeaturesOptions {
  /** Days as of which the features are computed: the cutoffs of the training, not those of the test. */
  readonly cutoffs: Cutoffs
  /** Customers to look at. Default: all who are active at the cutoff. */
  readonly population?: PopulationRule
  /** Names of features to keep in any case. Default none. */
  readonly keep?: readonly string[]
}

/** Rules that can tell customers apart, and why the others were left out. */
export interface UsefulFeatures {
  /** In the order given. */
  readonly rules: FeatureRule[]
  /** Columns `feature`, `why`, `detail`; one row for each rule left out. */
  readonly leftOut: Table
}

type Why = 'id' | 'window before the beginning' | 'nearly constant' | 'twin'

interface LeftOut {
  readonly feature: string
  readonly why: Why
  readonly detail: string
}

const optionsSchema = z.strictObject({
  cutoffs: z.custom<Cutoffs>((value) => typeof value === 'object' && value !== null, 'to be days, or a rule'),
  population: argumentOption<PopulationRule>('object').optional(),
  keep: z.array(z.string()).default([]),
})

/** Most rows to look at: with 20,000, the standard error of a correlation of .99 is below .0002. */
const rowsJudged = 20_000
/** From this correlation on, each of two numbers explains 98 % of the other. */
const leastOfTwins = 0.99
/** If fewer rows than this differ from the most frequent value, there are too few customers to learn from. */
const fewestOthers = 10
const leastOthersShare = 0.001
/** Not everything happens every day: a table's first row may come this much later than its true beginning. */
const graceDays = 31
/** From this many distinct numbers on, numbers that are all different look like ids. */
const fewestOfIds = 50

/**
 * Returns the rules of a set without those that cannot help a model and may mislead it. No outcome is used.
 *
 *     id                            reads a number column that looks like an id: 50 or more whole numbers, one for each customer
 *                                   and no two alike, or consecutive numbers, one for each row
 *     window before the beginning   at half of the cutoffs or more, a window begins over 31 days before the first row
 *                                   of its table
 *     nearly constant               fewer than 10 rows, or than .1 % of them, differ from the most frequent value (missing
 *                                   counts as a value); needs at least 20 rows
 *     twin                          of two numbers with a correlation of at least ±.99 and the same rows missing, the one
 *                                   that comes later in the list
 *
 * A set asks what may matter anywhere; on your tables part of it may be empty or redundant. With few churners, each
 * such column is one more chance to fit noise.
 *
 * @param rules a set, with or without rules of your own
 * @throws {HoldfastError} like `featureMatrix`; `feature-missing` if `keep` has a name that no rule has
 *
 * Computes the features once; then O(rules² × rows) for at most 20,000 rows.
 *
 * @example
 * const history = await openHistory({
 *   customers: Array.from({ length: 60 }, (_, index) => ({ id: `C${index}`, activatedAt: '2024-01-15' })),
 *   usage: Array.from({ length: 60 }, (_, index) => ({ id: `C${index}`, day: '2025-03-01', seat: 1000 + index, minutes: index % 7 })),
 * })
 * const asked = [sumOf('usage', 'seat', { months: 1 }), sumOf('usage', 'minutes', { months: 1 }), countOf('usage', { months: 1 })]
 * const { rules, leftOut } = await usefulFeatures(history, asked, { cutoffs: [epochDay('2025-04-01')] })
 * await history.close()
 * rules.map(featureName)
 * // => ['usage_minutes_sum_1m']
 * leftOut.rows().map(({ feature, why }) => `${feature}: ${why}`)
 * // => ['usage_seat_sum_1m: id', 'usage_count_1m: nearly constant']
 *
 * @see `subscriptionFeatures`, `telecomFeatures`, `transactionFeatures` of `holdfast`
 */
export async function usefulFeatures(
  history: History,
  rules: readonly FeatureRule[],
  options: UsefulFeaturesOptions,
): Promise<UsefulFeatures> {
  checkArguments('usefulFeatures', ['history', history, 'history'], ['rules', rules, 'array'])
  const { keep, ...asked } = checkOptions('usefulFeatures', optionsSchema, options)
  const given = { ...asked, ...(options.population === undefined ? {} : { population: options.population }) }
  const { features, cutoffs } = await inNameOf('usefulFeatures', () =>
    featureMatrix(history, rules, given as Pick<UsefulFeaturesOptions, 'cutoffs'>),
  )
  const names = rules.map(featureName)
  refuseUnknown(keep, names)
  const said = new Map<string, LeftOut>()
  const judged = rules.filter((rule) => !keep.includes(featureName(rule)))
  for (const found of await idFeatures(history, judged)) said.set(found.feature, found)
  for (const found of await earlyWindows(history, judged, cutoffs))
    said.set(found.feature, said.get(found.feature) ?? found)
  const rows = spreadRows(features.rowCount)
  for (const found of constants(features, rows)) said.set(found.feature, said.get(found.feature) ?? found)
  for (const name of keep) said.delete(name)
  for (const found of twins(features, rows, new Set(said.keys()), new Set(keep)))
    said.set(found.feature, found)
  return {
    rules: rules.filter((rule) => !said.has(featureName(rule))),
    leftOut: tableOf(names.flatMap((name) => said.get(name) ?? [])),
  }
}

function refuseUnknown(keep: readonly string[], names: readonly string[]): void {
  refuse(
    'usefulFeatures',
    keep
      .filter((name) => !names.includes(name))
      .map((name) => {
        const close = closestWord(name, names)
        const wayOut = close === undefined ? {} : { wayOut: `Did you mean ${close}?` }
        const rule = 'to name features of the rules'
        return { code: 'feature-missing', parameter: 'keep', rule, received: name, ...wayOut } as const
      }),
  )
}

async function idFeatures(history: History, rules: readonly FeatureRule[]): Promise<LeftOut[]> {
  const verdicts = new Map<string, string | null>()
  const found: LeftOut[] = []
  for (const rule of rules) {
    for (const { table, column, kinds } of columnsRead(rule)) {
      if (table === 'customers' || !kinds.includes('number') || history.tables[table]?.[column] !== 'number')
        continue
      const key = `${table}.${column}`
      if (!verdicts.has(key)) verdicts.set(key, await idDetail(history, table, column))
      const detail = verdicts.get(key)
      if (detail == null) continue
      found.push({ feature: featureName(rule), why: 'id', detail })
      break
    }
  }
  return found
}

/** Returns why a number column looks like an id, or null if it is a measure. */
async function idDetail({ engine }: History, table: string, column: string): Promise<string | null> {
  const { identifier } = engine.dialect
  const value = identifier(column)
  const found = await engine.query(
    [
      `SELECT count(*) AS row_count, count(DISTINCT id) AS customers, count(DISTINCT value) AS distinct_values,`,
      '  max(value) - min(value) + 1 AS range, count(DISTINCT concat(id, chr(0), value)) AS pairs,',
      '  count(CASE WHEN value <> floor(value) THEN 1 END) AS fractions',
      `FROM (SELECT id, ${value} AS value FROM ${identifier(table)} WHERE ${value} IS NOT NULL) measured`,
    ].join('\n'),
  )
  const [rows, customers, distinct, range, pairs, fractions] = [
    'row_count',
    'customers',
    'distinct_values',
    'range',
    'pairs',
    'fractions',
  ].map((name) => Number(found.cell(name, 0)))
  if (fractions! > 0 || distinct! < fewestOfIds) return null
  if (pairs === customers && distinct === customers) {
    return `${table}.${column} is one whole number for each customer, and no two are alike`
  }
  if (distinct === rows && distinct! >= range! / 2)
    return `${table}.${column} is a running number, another in each row`
  return null
}

async function earlyWindows(
  { engine }: History,
  rules: readonly FeatureRule[],
  cutoffs: Int32Array,
): Promise<LeftOut[]> {
  const days = [...new Set(cutoffs)] as EpochDay[]
  const begins = new Map<EventTableName, EpochDay>()
  const found: LeftOut[] = []
  for (const rule of rules) {
    for (const { table, window } of partialsOf(formulaOf(rule)) as PartialAggregate[]) {
      if (!begins.has(table)) {
        const first = await engine.query(`SELECT min(day) AS day FROM ${engine.dialect.identifier(table)}`)
        begins.set(table, first.numbers('day').values[0] as EpochDay)
      }
      const begin = begins.get(table)!
      const early = days.filter((day) => {
        const { start } = windowBefore(day, window)
        return start > beginningOfTime && start + graceDays < begin
      })
      if (early.length === 0 || 2 * early.length < days.length) continue
      const detail = `${table} begins on ${formatDay(begin)}: too late for ${early.length} of ${days.length} cutoffs`
      found.push({ feature: featureName(rule), why: 'window before the beginning', detail })
      break
    }
  }
  return found
}

function spreadRows(rowCount: number): Int32Array {
  const count = Math.min(rowCount, rowsJudged)
  return Int32Array.from({ length: count }, (_, index) => Math.floor((index * rowCount) / count))
}

function constants({ columns }: FeatureMatrix, rows: Int32Array): LeftOut[] {
  const fewest = Math.max(fewestOthers, leastOthersShare * rows.length)
  // With so few rows every column would look constant.
  if (rows.length < 2 * fewestOthers) return []
  return columns.flatMap((column): LeftOut[] => {
    const counts = new Map<number | null, number>()
    for (const row of rows) {
      const value = isMissing(column.missing, row) ? null : valueAt(column, row)
      counts.set(value, (counts.get(value) ?? 0) + 1)
    }
    const others = rows.length - Math.max(...counts.values())
    if (others >= fewest) return []
    const detail = `${others} of ${rows.length} rows have another value than the others`
    return [{ feature: column.name, why: 'nearly constant', detail }]
  })
}

function valueAt(column: FeatureColumn, row: number): number {
  return column.kind === 'text' ? column.codes[row]! : column.values[row]!
}

/** Numbers that repeat an earlier one. A column to keep is never left out, but others can be its twins. */
function twins(
  { columns }: FeatureMatrix,
  rows: Int32Array,
  gone: ReadonlySet<string>,
  keep: ReadonlySet<string>,
): LeftOut[] {
  const numbers = columns.filter(
    (column): column is NumberColumn => column.kind === 'number' && !gone.has(column.name),
  )
  const first: Standard[] = []
  const found: LeftOut[] = []
  for (const column of [...numbers].sort((a, b) => Number(keep.has(b.name)) - Number(keep.has(a.name)))) {
    const own = standard(column, rows)
    const twin = keep.has(column.name)
      ? undefined
      : first.find((other) => Math.abs(correlation(own, other)) >= leastOfTwins)
    if (twin === undefined) {
      first.push(own)
      continue
    }
    const detail = `correlation ${correlation(own, twin).toFixed(3)} with ${twin.name}`
    found.push({ feature: column.name, why: 'twin', detail })
  }
  return found
}

/** A column minus its mean, scaled to length 1; 0 where it is missing. */
interface Standard {
  readonly name: string
  readonly values: Float64Array
  /** The rows that are missing, as a key. */
  readonly missing: string
}

function standard(column: NumberColumn, rows: Int32Array): Standard {
  const present = rows.filter((row) => !isMissing(column.missing, row))
  const mean = present.reduce((sum, row) => sum + column.values[row]!, 0) / Math.max(present.length, 1)
  const values = Float64Array.from(rows, (row) =>
    isMissing(column.missing, row) ? 0 : column.values[row]! - mean,
  )
  const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))
  const missing = rows.filter((row) => isMissing(column.missing, row)).join(' ')
  return { name: column.name, values: length > 0 ? values.map((value) => value / length) : values, missing }
}

function correlation(left: Standard, right: Standard): number {
  if (left.missing !== right.missing) return 0
  let sum = 0
  for (let row = 0; row < left.values.length; row++) sum += left.values[row]! * right.values[row]!
  return sum
}

function tableOf(leftOut: readonly LeftOut[]): Table {
  const column = (name: keyof LeftOut) =>
    textColumn(
      name,
      leftOut.map((each) => each[name]),
    )
  return new Table([column('feature'), column('why'), column('detail')])
}
