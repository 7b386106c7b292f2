import { addMonths, type EpochDay, monthEnd, monthStart } from '../base/days.js'
import { type Problem, refuse } from '../base/errors.js'
import { numberColumn, textColumn } from '../base/matrix.js'
import { firstEventDay } from '../engine/firstEventDay.js'
import type { History } from '../engine/history.js'
import { knownBefore, seenAfter } from '../engine/knownBefore.js'
import { monthOfDaySql } from '../engine/monthOfDaySql.js'
import { plansOrderSql } from '../engine/plansOrderSql.js'
import { type Need, needProblems } from '../table/historyProblems.js'
import { Table } from '../table/table.js'
import type {
  CutoffsAfter,
  CutoffsBefore,
  CutoffsOnMonthDay,
  ListedCutoffs,
  OwnCutoffs,
} from './ownCutoffs.js'
import { conditionsOf, kindsOfCondition } from './rowFilter.js'
import { conditionSql } from './rowFilterSql.js'

/** Temporary table of the engine with the columns `id` and `cutoff`: each pair of a rule once. */
export interface CutoffPairs {
  readonly table: string
  /** The cutoffs that occur, ascending and without repeats. */
  readonly cutoffs: readonly EpochDay[]
}

/**
 * Creates the table of the pairs of a rule, under a given name.
 *
 * A pair depends only on what was known before its cutoff: otherwise its very existence would tell a model the answer.
 *
 * @throws {HoldfastError} `table-empty` if the rule gives none
 */
export async function cutoffPairs(history: History, rule: OwnCutoffs, table: string): Promise<CutoffPairs> {
  const { engine } = history
  const listed = `${table}_listed`
  try {
    if (rule.kind === 'listed') await engine.load(listed, listedTable(rule))
    const pairs = await pairsSql(history, rule, listed)
    await engine.run(
      `CREATE TEMPORARY TABLE ${table} AS SELECT DISTINCT id, cutoff FROM (\n${pairs}\n) pairs WHERE cutoff IS NOT NULL`,
    )
  } finally {
    await engine.run(`DROP TABLE IF EXISTS ${listed}`)
  }
  const found = await engine.query(`SELECT DISTINCT cutoff FROM ${table} ORDER BY cutoff`)
  const cutoffs = [...found.numbers('cutoff').values] as EpochDay[]
  if (cutoffs.length === 0) {
    await engine.run(`DROP TABLE IF EXISTS ${table}`)
    refuse('populationTable', [nothingFound(rule)])
  }
  return { table, cutoffs }
}

/** Returns what a history lacks for a rule: tables, columns, columns of the right kind. */
export function ownCutoffProblems(rule: OwnCutoffs, { tables }: History): Problem[] {
  switch (rule.kind) {
    case 'listed':
    case 'monthDay':
      return []
    case 'before': {
      const table = rule.of === 'customer' ? 'customers' : 'plans'
      const { column } = rule
      return needProblems([column === 'from' ? { table } : { table, column, kinds: ['day'] }], tables)
    }
    case 'after': {
      const { table } = rule
      const filtered = conditionsOf(rule.where).map(
        (condition): Need =>
          'weekday' in condition
            ? { table }
            : { table, column: condition.column, kinds: kindsOfCondition(condition) },
      )
      return needProblems([{ table }, ...filtered], tables)
    }
  }
}

function nothingFound(rule: OwnCutoffs): Problem {
  return {
    code: 'table-empty',
    parameter: 'cutoffs',
    rule: `to give at least one customer a cutoff${rule.kind === 'listed' ? '' : ' between from and until'}`,
    received: rule.kind === 'listed' ? rule.ids.length : rule,
  }
}

function listedTable({ ids, cutoffs }: ListedCutoffs): Table {
  return new Table([textColumn('id', ids), numberColumn('cutoff', cutoffs)])
}

async function pairsSql(history: History, rule: OwnCutoffs, listed: string): Promise<string> {
  switch (rule.kind) {
    case 'listed':
      return `SELECT id, CAST(cutoff AS INTEGER) AS cutoff FROM ${listed}`
    case 'before':
      return rule.of === 'customer'
        ? attributeSql(history, rule, await boundsOf(history, rule))
        : planSql(history, rule, await boundsOf(history, rule))
    case 'after':
      return rowsSql(history, rule, await boundsOf(history, rule))
    case 'monthDay':
      return monthDaySql(history, await boundsOf(history, rule))
  }
}

type Bounds = { readonly from: EpochDay | null; readonly until: EpochDay }

async function boundsOf(
  history: History,
  { from, until }: CutoffsBefore | CutoffsAfter | CutoffsOnMonthDay,
): Promise<Bounds> {
  const events = Object.keys(history.tables).filter((name) => name !== 'customers')
  const first = from ?? (await firstEventDay(history, events as (keyof History['tables'])[]))
  return {
    from: from ?? (first === null ? null : ((first + 1) as EpochDay)),
    until: until ?? ((history.completeUntil + 1) as EpochDay),
  }
}

function within(cutoff: string, { from, until }: Bounds): string {
  return `${from === null ? '' : `${cutoff} >= ${from} AND `}${cutoff} < ${until}`
}

function attributeSql({ engine }: History, { column, days }: CutoffsBefore, bounds: Bounds): string {
  const cutoff = `${engine.dialect.identifier(column)} - (${days})`
  return `SELECT id, ${cutoff} AS cutoff FROM ${engine.dialect.identifier('customers')} WHERE ${within(cutoff, bounds)}`
}

/** Candidates are the ends of all plans; a cutoff is kept if the plan in force at it has that end. */
function planSql(history: History, { column, days }: CutoffsBefore, bounds: Bounds): string {
  const { engine, tables } = history
  const { identifier } = engine.dialect
  const [plans, end] = [identifier('plans'), `t.${identifier(column === 'from' ? 'day' : column)}`]
  const cutoff = `${end} - (${days})`
  const seen = (day: string) => `t.day < ${day} AND ${knownBefore(history, 'plans', 't', day)}`
  const { ended, order } = plansOrderSql(tables.plans ?? {}, 'p.cutoff', engine.dialect)
  return [
    '  SELECT id, cutoff FROM (',
    `    SELECT p.id, p.cutoff, ${end} AS plan_day, ${ended} AS ended,`,
    `      row_number() OVER (PARTITION BY p.id, p.cutoff ORDER BY ${order}) AS place`,
    `    FROM (SELECT DISTINCT t.id, ${cutoff} AS cutoff FROM ${plans} t`,
    `      WHERE ${within(cutoff, bounds)} AND ${seen(cutoff)}) p`,
    `    JOIN ${plans} t ON t.id = p.id AND ${seen('p.cutoff')}) ranked`,
    `  WHERE place = 1 AND ended = 0 AND plan_day - (${days}) = cutoff`,
  ].join('\n')
}

function rowsSql(history: History, { table, nth, where, days = 0 }: CutoffsAfter, bounds: Bounds): string {
  const { dialect } = history.engine
  const cutoff = `${seenAfter(history, table, 't')} + ${days + 1}`
  const conditions = conditionsOf(where).map((condition) => conditionSql(condition, dialect))
  const filter = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`
  const place = nth === undefined ? '' : `, row_number() OVER (PARTITION BY t.id ORDER BY ${cutoff}) AS place`
  const nthOnly = nth === undefined ? '' : `place = ${nth} AND `
  return [
    `  SELECT id, cutoff FROM (SELECT t.id, ${cutoff} AS cutoff${place} FROM ${dialect.identifier(table)} t${filter}) seen`,
    `  WHERE ${nthOnly}${within('cutoff', bounds)}`,
  ].join('\n')
}

/** Days 1 to 31 of every month between the bounds, joined with the day of the month of each activation. */
function monthDaySql({ engine }: History, { from, until }: Bounds): string {
  const { identifier } = engine.dialect
  const customers = identifier('customers')
  const days: string[] = []
  const first = monthStart(from ?? until)
  for (let month = first; month < until; month = addMonths(month, 1)) {
    for (let day = 1; day <= 31; day++) days.push(`(${day}, ${Math.min(month + day - 1, monthEnd(month))})`)
  }
  return [
    '  SELECT c.id, d.cutoff',
    `  FROM ${customers} c JOIN (${monthOfDaySql(customers, identifier('activatedAt'))}) a ON a.id = c.id`,
    `  JOIN (VALUES ${days.join(', ')}) d(day_of_month, cutoff) ON d.day_of_month = a.day_of_month`,
    `  WHERE d.cutoff > c.${identifier('activatedAt')} AND ${within('d.cutoff', { from, until })}`,
  ].join('\n')
}
