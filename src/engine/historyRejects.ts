import type { Problem } from '../base/errors.js'
import type { InputTableName } from '../table/inputs.js'
import type { Reject } from '../table/rejects.js'
import type { Engine } from './engine.js'
import type { BadLine } from './historyFiles.js'
import {
  anyBroken,
  builtRows,
  builtTable,
  checkedRows,
  type PlannedTable,
  type RowRule,
} from './historyRules.js'
import { placeOfSource, rowLocator } from './historySources.js'

/** The result of checking a table. */
export interface TableCheck {
  readonly planned: PlannedTable
  /** The rules that some row breaks. */
  readonly broken: readonly RowRule[]
  readonly problems: readonly Problem[]
  readonly rejects: readonly Reject[]
  /** Share of the rows that break any rule, in [0, 1]. */
  readonly rejectShare: number
  /** True if the table is already built, see {@link buildCells}. */
  readonly isBuilt: boolean
}

/**
 * Checks the rows of a table in one pass, and in one more for each broken rule.
 *
 * @param mode `'refuse'` returns problems with the first row of each broken rule; `'setAside'` also every row
 */
export async function checkRows(
  engine: Engine,
  planned: PlannedTable,
  rules: readonly RowRule[],
  mode: 'refuse' | 'setAside',
  knowsCustomers: boolean,
): Promise<TableCheck> {
  const asked = mode === 'refuse' ? rules.filter((rule) => rule.follows !== true) : rules
  const relation = checkedRows(engine, planned, knowsCustomers || planned.staged.table === 'customers')
  const counts = await countBroken(engine, relation, asked)
  return checkOf(engine, planned, { relation, asked, counts }, mode)
}

/**
 * Checks the rows of a table that is built, and takes those out that break a rule. Returns undefined where one breaks a rule
 * by a cell that is not in the table as it is written in its file: the rows are then to be staged.
 */
export async function checkBuilt(
  engine: Engine,
  planned: PlannedTable,
  rules: readonly RowRule[],
  mode: 'refuse' | 'setAside',
  knowsCustomers: boolean,
): Promise<TableCheck | undefined> {
  const asked = rules.filter((rule) => rule.of === 'row' && (mode === 'setAside' || rule.follows !== true))
  const relation = builtRows(engine, planned, knowsCustomers)
  const counts = await countBroken(engine, relation, asked)
  if (counts.any === 0) return soundCheck(planned, mode)
  const { more, table } = planned.staged
  const isOneFile = more?.csv !== undefined && more.paths.length === 1
  const isById = asked.every(({ name }, index) => name === 'id' || counts.values[index] === 0)
  if (!isOneFile || !isById || table === 'customers') return undefined
  const check = await checkOf(engine, planned, { relation, asked, counts }, mode)
  const broken = `SELECT "holdfast row" FROM ${relation} WHERE ${anyBroken(check.broken)}`
  await engine.run(`DELETE FROM ${builtTable(engine, planned)} WHERE rowid IN (${broken})`)
  return { ...check, isBuilt: true }
}

interface BrokenRows {
  /** SQL of the rows, as the rules have them. */
  readonly relation: string
  readonly asked: readonly RowRule[]
  /** How many rows break each of the rules that are asked, and how many any. */
  readonly counts: { readonly values: readonly number[]; readonly any: number }
}

async function checkOf(
  engine: Engine,
  planned: PlannedTable,
  { relation, asked, counts }: BrokenRows,
  mode: 'refuse' | 'setAside',
): Promise<TableCheck> {
  const { staged } = planned
  const problems = lineProblems(planned)
  const rejects = mode === 'refuse' ? [] : lineRejects(planned)
  const locate = rowLocator(staged)
  for (const [index, rule] of asked.entries()) {
    const count = counts.values[index]!
    if (count === 0) continue
    const limit = mode === 'refuse' ? ' LIMIT 1' : ''
    const found = await engine.query(
      `SELECT "holdfast row" AS row, ${rule.shown} AS value FROM ${relation} WHERE ${rule.broken} ORDER BY 1${limit}`,
    )
    problems.push(
      rowProblem(planned, rule, count, locate(found.cell('row', 0) as number), found.cell('value', 0)),
    )
    if (mode === 'refuse') continue
    for (let row = 0; row < found.rowCount; row++) {
      const place = locate(found.cell('row', row) as number)
      rejects.push({
        table: staged.table,
        file: place.file ?? null,
        row: place.row,
        column: rule.column,
        code: rule.code,
        rule: rule.rule,
        value: found.cell('value', row) as string | null,
      })
    }
  }
  const broken = asked.filter((_, index) => counts.values[index]! > 0)
  return {
    planned,
    broken,
    problems,
    rejects,
    rejectShare: rejectShareOf(staged, counts.any),
    isBuilt: false,
  }
}

/** Returns the check of a built table whose rows break no rule; it may still have lines that are not rows. */
function soundCheck(planned: PlannedTable, mode: 'refuse' | 'setAside'): TableCheck {
  const rejects = mode === 'refuse' ? [] : lineRejects(planned)
  const rejectShare = rejectShareOf(planned.staged, 0)
  return { planned, broken: [], problems: lineProblems(planned), rejects, rejectShare, isBuilt: true }
}

function rejectShareOf({ badLines, rowCount }: PlannedTable['staged'], brokenRows: number): number {
  return (brokenRows + badLines.length) / Math.max(1, rowCount + badLines.length)
}

async function countBroken(
  engine: Engine,
  relation: string,
  rules: readonly RowRule[],
): Promise<BrokenRows['counts']> {
  const conditions = [...rules.map((rule) => rule.broken), anyBroken(rules)]
  const counts = conditions.map((condition, index) => `count(*) FILTER (WHERE ${condition}) AS c${index}`)
  const found = await engine.query(`SELECT ${counts.join(', ')} FROM ${relation}`)
  const values = found.columns.map((_, index) => found.cell(`c${index}`, 0) as number)
  return { values, any: values.pop()! }
}

const setAsideHint = "Or leave such rows out, counted and listed, with badRows: 'setAside'."

function rowProblem(
  { staged }: PlannedTable,
  rule: RowRule,
  count: number,
  place: { file?: string; row: number },
  value: unknown,
): Problem {
  return {
    code: rule.code,
    parameter: rule.name,
    rule: rule.rule,
    ...(rule.code === 'value-missing' ? {} : { received: value }),
    place: { ...place, table: staged.table, column: rule.column },
    wayOut: `${rule.wayOut} ${setAsideHint}`,
    count,
  }
}

function lineProblems({ staged }: PlannedTable): Problem[] {
  const rules = new Set(staged.badLines.map((line) => line.rule))
  return [...rules].map((rule) => {
    const lines = staged.badLines.filter((line) => line.rule === rule)
    return lineProblem(staged.table, lines[0]!, setAsideHint, lines.length)
  })
}

function lineProblem(table: InputTableName, line: BadLine, hint: string, count: number): Problem {
  const { code, rule, text, file, row, wayOut } = line
  return {
    code,
    parameter: 'the line',
    rule,
    received: text,
    place: { table, file, row },
    wayOut: `${wayOut} ${hint}`,
    count,
  }
}

/** Returns the problems of lines that cannot be set aside because they swallow other rows. */
export function swallowingLines({ staged }: PlannedTable): Problem[] {
  return staged.badLines
    .filter((line) => line.swallowsRows)
    .map((line) =>
      lineProblem(staged.table, line, 'It cannot be set aside: the rows after it are part of it.', 1),
    )
}

function lineRejects({ staged }: PlannedTable): Reject[] {
  return staged.badLines.map(({ file, row, code, rule, text }) => ({
    table: staged.table,
    file,
    row,
    column: null,
    code,
    rule,
    value: text,
  }))
}

/** Returns the problem "too many rows would be set aside". */
export function tooManyRejects(check: TableCheck, maxRejectShare: number): Problem | undefined {
  if (check.rejectShare <= maxRejectShare) return undefined
  const { staged } = check.planned
  return {
    code: 'out-of-range',
    parameter: `the share of rows of ${staged.table} to set aside`,
    rule: `to be at most ${maxRejectShare} (maxRejectShare)`,
    received: Math.round(check.rejectShare * 10_000) / 10_000,
    place: placeOfSource(staged),
    wayOut: 'So many bad rows mean a wrong column or format; see the rules below.',
  }
}
