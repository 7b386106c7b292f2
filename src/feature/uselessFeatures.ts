import { isMissing } from '../base/bitmap.js'
import { type EpochDay, formatDay } from '../base/days.js'
import { nearName, refuse } from '../base/errors.js'
import {
  type FeatureColumn,
  type FeatureMatrix,
  type NumberColumn,
  spreadRows,
  textColumn,
} from '../base/matrix.js'
import { beginningOfTime, windowBefore } from '../base/windows.js'
import type { History } from '../engine/history.js'
import type { EventTableName } from '../table/inputs.js'
import { Table } from '../table/table.js'
import { columnsRead } from './columnKindsOf.js'
import { formulaOf, type PartialAggregate, partialsOf } from './formula.js'
import { featureName } from './name/featureName.js'
import type { FeatureRule } from './rule.js'

/** A feature that cannot help a model, and why. */
export interface UselessFeature {
  readonly feature: string
  readonly why: 'id' | 'window before the beginning' | 'nearly constant' | 'twin'
  readonly detail: string
}

/** Features as of cutoffs. */
interface Computed {
  readonly features: FeatureMatrix
  readonly cutoffs: Int32Array
}

/** Most rows to look at: with 20,000, the standard error of a correlation of .99 is below .0002. */
const rowsJudged = 20_000
/** Only numbers with this correlation in so few rows are compared in all examined rows. */
const rowsOfLikelyTwins = 1_000
const leastOfLikelyTwins = 0.9
/** From this correlation on, each of two numbers explains 98 % of the other. */
const leastOfTwins = 0.99
/** If fewer rows differ from the most frequent value, there are too few customers to learn from. */
const fewestOthers = 10
/** Not everything happens every day: a table's first row may come this much later than its true beginning. */
const graceDays = 31
/** From this many days with rows on, a table's first row shows where it starts. */
const fewestDays = 20
/** From this many distinct numbers on, numbers that are all different look like ids. */
const fewestOfIds = 50

/**
 * Returns the features that cannot help a model, in the order of their rules, each with the first reason that holds; see
 * `usefulFeatures` for the reasons. No outcome is looked at.
 *
 * @param keep names of features that are never returned; others are their twins
 */
export async function uselessFeatures(
  history: History,
  rules: readonly FeatureRule[],
  { features, cutoffs }: Computed,
  keep: readonly string[],
): Promise<UselessFeature[]> {
  const kept = new Set(keep)
  const judged = rules.filter((rule) => !kept.has(featureName(rule)))
  const found = new Map<string, UselessFeature>()
  const add = (some: readonly UselessFeature[]) => {
    for (const each of some)
      if (!kept.has(each.feature) && !found.has(each.feature)) found.set(each.feature, each)
  }
  add(await idFeatures(history, judged))
  add(await earlyWindows(history, judged, cutoffs))
  // Very few rows prove nothing about any column
  if (features.rowCount >= 2 * fewestOthers) {
    add(nearlyConstant(features))
    add(twins(features, new Set(found.keys()), kept))
  }
  return rules.flatMap((rule) => found.get(featureName(rule)) ?? [])
}

/** Returns features that were left out as a table: `feature`, `why`, `detail`. */
export function leftOutTable(leftOut: readonly UselessFeature[]): Table {
  const column = (name: keyof UselessFeature) =>
    textColumn(
      name,
      leftOut.map((each) => each[name]),
    )
  return new Table([column('feature'), column('why'), column('detail')], leftOut.length)
}

/** Refuses names that no rule has. @throws {HoldfastError} `feature-missing` */
export function refuseUnnamed(
  operation: string,
  parameter: string,
  named: readonly string[],
  rules: readonly FeatureRule[],
): void {
  const names = rules.map(featureName)
  refuse(
    operation,
    named
      .filter((name) => !names.includes(name))
      .map((name) => {
        const wayOut = nearName(name, names)
        const rule = 'to name features of the rules'
        return { code: 'feature-missing', parameter, rule, received: name, ...wayOut } as const
      }),
  )
}

async function idFeatures(history: History, rules: readonly FeatureRule[]): Promise<UselessFeature[]> {
  const verdicts = new Map<string, string | null>()
  const found: UselessFeature[] = []
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

/** Returns why a number column is an id, or null if it is a measure. */
async function idDetail({ engine }: History, table: string, column: string): Promise<string | null> {
  const { identifier } = engine.dialect
  const value = identifier(column)
  const numbersOf = async (...sql: string[]) => {
    const found = await engine.query(sql.join('\n'))
    return found.columns.map(({ name }) => Number(found.cell(name, 0)))
  }
  const [rows, customers, varied, different, range, fractions] = (await numbersOf(
    'SELECT CAST(sum(row_count) AS DOUBLE), count(*), count(CASE WHEN low <> high THEN 1 END), count(DISTINCT low),',
    '  max(high) - min(low) + 1, CAST(sum(fractions) AS DOUBLE)',
    `FROM (SELECT count(*) AS row_count, min(${value}) AS low, max(${value}) AS high,`,
    `    count(CASE WHEN ${value} <> floor(${value}) THEN 1 END) AS fractions`,
    `  FROM ${identifier(table)} WHERE ${value} IS NOT NULL GROUP BY id) customer`,
  )) as [number, number, number, number, number, number]
  if (fractions > 0 || rows < fewestOfIds) return null
  // If customers have one row each, amounts may be all different too
  if (varied === 0 && different === customers && customers >= fewestOfIds && rows >= 2 * customers)
    return `${table}.${column} is one whole number for each customer, and no two are alike`
  if (range < rows || range > 2 * rows) return null
  const [distinct] = await numbersOf(`SELECT count(DISTINCT ${value}) FROM ${identifier(table)}`)
  return distinct === rows ? `${table}.${column} is a running number, another in each row` : null
}

async function earlyWindows(
  history: History,
  rules: readonly FeatureRule[],
  cutoffs: Int32Array,
): Promise<UselessFeature[]> {
  const days = [...new Set(cutoffs)] as EpochDay[]
  const begins = new Map<EventTableName, EpochDay | null>()
  const found: UselessFeature[] = []
  for (const rule of rules) {
    for (const { table, window } of partialsOf(formulaOf(rule)) as PartialAggregate[]) {
      if (!begins.has(table)) begins.set(table, await beginningOf(history, table))
      const begin = begins.get(table)
      if (begin == null) continue
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

/** Returns the day of a table's first row; null if so few days have rows that it may have started long before. */
async function beginningOf({ engine }: History, table: EventTableName): Promise<EpochDay | null> {
  const found = await engine.query(
    `SELECT min(day) AS first_day, max(day) - min(day) AS days, count(DISTINCT day) AS days_with_rows FROM ${engine.dialect.identifier(table)}`,
  )
  const [first, days, withRows] = ['first_day', 'days', 'days_with_rows'].map((name) =>
    Number(found.numbers(name).values[0]),
  ) as [number, number, number]
  // A month without a row is then no accident: with rows on every third day or more, its chance is below e^-9
  return withRows >= fewestDays && 3 * withRows >= days ? (first as EpochDay) : null
}

function nearlyConstant({ rowCount, columns }: FeatureMatrix): UselessFeature[] {
  return columns.flatMap((column): UselessFeature[] => {
    const usual = majority(column, rowCount)
    let others = 0
    for (let row = 0; row < rowCount && others < fewestOthers; row++)
      if (valueAt(column, row) !== usual) others++
    if (others >= fewestOthers) return []
    const detail =
      others === 0
        ? `all ${rowCount} rows have the same value`
        : `${others} of ${rowCount} rows have another value than the others`
    return [{ feature: column.name, why: 'nearly constant', detail }]
  })
}

/** Returns the value that more than half of the rows have, or any value if there is none (Boyer and Moore 1981). */
function majority(column: FeatureColumn, rowCount: number): number | null {
  let [usual, lead] = [null as number | null, 0]
  for (let row = 0; row < rowCount; row++) {
    const value = valueAt(column, row)
    if (lead === 0) usual = value
    lead += value === usual ? 1 : -1
  }
  return usual
}

function valueAt(column: FeatureColumn, row: number): number | null {
  if (isMissing(column.missing, row)) return null
  return column.kind === 'text' ? column.codes[row]! : column.values[row]!
}

/** Later numbers that duplicate earlier ones. A feature to keep is never reported, but others can be its twins. */
function twins(
  { rowCount, columns }: FeatureMatrix,
  gone: ReadonlySet<string>,
  keep: ReadonlySet<string>,
): UselessFeature[] {
  const [rows, few] = [spreadRows(rowCount, rowsJudged), spreadRows(rowCount, rowsOfLikelyTwins)]
  const numbers = columns.filter(
    (column): column is NumberColumn => column.kind === 'number' && !gone.has(column.name),
  )
  const first: Standard[] = []
  const found: UselessFeature[] = []
  const standards = new Map<string, Standard>()
  const inAllRows = (name: string): Standard => {
    const known = standards.get(name) ?? standard(numbers.find((column) => column.name === name)!, rows)
    standards.set(name, known)
    return known
  }
  const correlationOf = (own: Standard, other: Standard): number => {
    // A rare flag may be the same in all of a few rows
    const isUnlikely =
      !own.isConstant && !other.isConstant && Math.abs(correlation(own, other)) < leastOfLikelyTwins
    return isUnlikely ? 0 : correlation(inAllRows(own.name), inAllRows(other.name))
  }
  for (const column of [...numbers].sort((a, b) => Number(keep.has(b.name)) - Number(keep.has(a.name)))) {
    const own = standard(column, few)
    const twin = keep.has(column.name)
      ? undefined
      : first.find((other) => Math.abs(correlationOf(own, other)) >= leastOfTwins)
    if (twin === undefined) {
      first.push(own)
      continue
    }
    const detail = `correlation ${correlationOf(own, twin).toFixed(3)} with ${twin.name}`
    found.push({ feature: column.name, why: 'twin', detail })
  }
  return found
}

/** A column minus its mean, scaled to length 1; 0 where missing. */
interface Standard {
  readonly name: string
  readonly values: Float64Array
  /** The missing rows, one bit each. */
  readonly missing: Buffer
  readonly isConstant: boolean
}

function standard({ name, values, missing }: NumberColumn, rows: Int32Array): Standard {
  const bits = Buffer.alloc(Math.ceil(rows.length / 8))
  const centred = new Float64Array(rows.length)
  let [sum, present] = [0, 0]
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index]!
    if (isMissing(missing, row)) bits[index >> 3]! |= 1 << (index & 7)
    else {
      sum += values[row]!
      present++
    }
  }
  const mean = sum / Math.max(present, 1)
  let squares = 0
  for (let index = 0; index < rows.length; index++) {
    if (((bits[index >> 3]! >> (index & 7)) & 1) === 1) continue
    const value = values[rows[index]!]! - mean
    centred[index] = value
    squares += value * value
  }
  const isConstant = !(squares > 0)
  const length = isConstant ? 1 : Math.sqrt(squares)
  for (let index = 0; index < rows.length; index++) centred[index]! /= length
  return { name, values: centred, missing: bits, isConstant }
}

function correlation(left: Standard, right: Standard): number {
  if (left.missing.compare(right.missing) !== 0) return 0
  let sum = 0
  for (let row = 0; row < left.values.length; row++) sum += left.values[row]! * right.values[row]!
  return sum
}
