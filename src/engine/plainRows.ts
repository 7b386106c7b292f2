import { utc } from '../base/days.js'
import { wishOf } from '../table/readingOptions.js'
import type { Engine } from './engine.js'
import { type ColumnPlan, declaredKind, isWished, planColumns, rowsSampled } from './historyColumns.js'
import { cleanedText, readBadLines } from './historyFiles.js'
import { buildCells, builtTable, dropBuilt, type PlannedTable } from './historyRules.js'
import { countRows, type StagedTable } from './historySources.js'
import { withoutMarks } from './textColumns.js'

const plainFraction = '(?:[.][0-9]+)?'
// 1.234 could also mean 1,234, and 007 could be a name: the other cells decide
const plainNumber = `-?(?:(?:0|[1-9][0-9]{3,14})${plainFraction}|[1-9][0-9]{0,2}(?:[.](?:[0-9]{1,2}|[0-9]{4,}))?)`
const plainMonth = '(?:0[1-9]|[1-9][0-9])[0-9]{2}-[0-9]{2}'
const plainTime = `[ T](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9]${plainFraction})?`

/**
 * Builds a table straight from its files if all cells are typed or written plainly: numbers as `-12.5`, days as
 * `2025-01-31` with or without a time, true and false, and texts. Then the kinds of its columns do not depend on the
 * sampled rows, and no cell breaks a rule. Returns the table with the plans of its columns, or undefined, with nothing
 * built, if a cell is written otherwise: then the rows must be staged.
 *
 * All cells are read once and never held as texts: a million CSV rows of four columns take half the processor time.
 *
 * @param likely the table as planned from its first rows
 */
export async function buildPlain(
  engine: Engine,
  likely: PlannedTable,
  missing: readonly string[],
): Promise<PlannedTable | undefined> {
  const { staged } = likely
  const plans = likely.plans.map((plan) => plainPlan(engine, staged, missing, plan))
  if (likely.problems.length > 0 || !plans.every((plan) => plan !== undefined)) return undefined
  const planned = { ...likely, plans }
  if (!(await buildCells(engine, planned))) return undefined
  const raw = builtTable(engine, planned)
  const rowCount = await countRows(engine, raw)
  const isCsv = staged.more?.csv !== undefined
  const badLines = isCsv ? await readBadLines(engine, staged.table) : []
  const built = { ...planned, staged: { ...staged, rowCount, badLines }, isBuilt: true }
  const isAlike =
    !isCsv || (await isReadAlike(engine, { ...built, staged: { ...built.staged, raw } }, missing))
  if (isAlike) return built
  await dropBuilt(engine, planned)
  return undefined
}

/** Returns how to read a column whose cells are all plain, undefined if that is not enough to decide. */
function plainPlan(
  engine: Engine,
  staged: StagedTable,
  missing: readonly string[],
  plan: ColumnPlan,
): ColumnPlan | undefined {
  const { name, sourceName, kind, value } = plan
  const isText = plan.steps.length > 0
  // Of typed files some texts say how days and numbers are written
  if (staged.more?.csv === undefined) return isText && kind !== 'text' ? undefined : plan
  const inFile = engine.dialect.identifier(sourceName)
  const text = { name: plan.shown, sql: cleanedText(engine, inFile, missing) }
  if (kind === 'text') return { ...plan, steps: [text] }
  if (isWished(wishOf(name, staged.notation)) || plan.reading !== undefined) return undefined
  const { unexpected: _, ...rest } = plan
  // Only cells that are not plain need a check for missing; -1 may mean missing
  const [cell, steps] = missing.length === 0 ? [inFile, []] : [text.name, [text]]
  const { pattern, sql } = plainCell(staged, name, kind, cell)
  const isThere = `${withoutMarks(engine, `(${text.sql})`)} IS NOT NULL`
  return {
    ...rest,
    steps: [...steps, { name: value, sql }],
    shown: value,
    wrongType: `CASE WHEN regexp_full_match(${cell}, '${pattern}') THEN ${value} IS NULL ELSE ${isThere} END`,
    notFinite: null,
    rounded: null,
  }
}

function plainCell(
  { timeZone }: StagedTable,
  name: string,
  kind: 'number' | 'day' | 'boolean',
  text: string,
): { readonly pattern: string; readonly sql: string } {
  if (kind === 'number') return { pattern: plainNumber, sql: `TRY_CAST(${text} AS DOUBLE)` }
  if (kind === 'boolean') return { pattern: '(?i:true|false)', sql: `TRY_CAST(${text} AS BOOLEAN)` }
  // A day in UTC is that of the zone only if the zone is UTC
  const day = `-[0-9]{2}(?:${plainTime}${timeZone === utc ? 'Z?' : ''})?`
  const isPeriod = name === 'period'
  const date = isPeriod ? `CASE WHEN length(${text}) = 7 THEN ${text} || '-01' ELSE ${text} END` : text
  return {
    pattern: `${plainMonth}${isPeriod ? `(?:${day})?` : day}`,
    sql: `CAST(TRY_CAST(${date} AS DATE) - DATE '1970-01-01' AS INTEGER)`,
  }
}

/**
 * Whether all cells of the columns without a declared kind agree with the plan: texts are planned again by all their
 * cells, and a time makes its column one of days only if a row with it is sampled.
 */
async function isReadAlike(
  engine: Engine,
  { staged, plans }: PlannedTable,
  missing: readonly string[],
): Promise<boolean> {
  const undecided = plans.filter(({ name }) => declaredKind(staged, name) === undefined)
  const texts = undecided.filter(({ kind }) => kind === 'text').map(({ name }) => [name, 'VARCHAR'] as const)
  const as = { ...staged, columnNames: new Map(), columns: new Map(texts) }
  const again = await planColumns(engine, as, missing, true)
  if (again.problems.length > 0 || again.plans.some(({ kind }) => kind !== 'text')) return false
  const days = undecided.filter(({ kind }) => kind === 'day')
  if (days.length === 0) return true
  const step = Math.max(1, Math.floor(staged.rowCount / rowsSampled))
  const counts = days.map(({ name }, index) => `count(${engine.dialect.identifier(name)}) AS c${index}`)
  const found = await engine.query(`SELECT ${counts.join(', ')} FROM ${staged.raw} WHERE rowid % ${step} = 0`)
  return days.every((_, index) => found.cell(`c${index}`, 0) !== 0)
}
