import { addDays, addMonths, type EpochDay, formatDay } from '../base/days.js'
import type { Problem } from '../base/errors.js'
import { type InputTableName, inputTables } from '../table/inputs.js'
import type { Engine } from './engine.js'
import type { CompleteUntilByTable, History } from './history.js'
import {
  type MonthShares,
  monthShares,
  noShares,
  outageNotes,
  outUntilEnd,
  percent,
  silenceNotes,
} from './outages.js'
import { isBehind, lastUsualDay, lastUsualRows, type RowDay, type Silence, silencesOf } from './rowDays.js'

/** Until when a history is complete, and its notes. */
export type Completeness = Pick<History, 'completeUntil' | 'completeUntilByTable' | 'notes'>

/** The rows of an event table that are examined. */
interface AskedRows {
  readonly table: InputTableName
  /** Temporary table of the engine: `id` and `day`, each pair once. */
  readonly rows: string
  /** SQL that is true for the `id` of the customers who are examined. */
  readonly isAsked: string
  readonly days: readonly RowDay[]
  /** Day of the last row of any customer; null if none. */
  readonly last: EpochDay | null
  /** How many customers have rows. */
  readonly customers: number
}

/** A table that ended before the history, and how that is known. */
interface TableEnd {
  readonly until: EpochDay
  readonly ground: string
}

/** What was found in a table. */
interface Finding {
  readonly table: InputTableName
  /** The days with rows, before the day it was examined as of. */
  readonly days: readonly RowDay[]
  readonly end: TableEnd | null
  /** Days in between without the usual number of rows. */
  readonly silences: readonly Silence[]
  readonly shares: MonthShares
}

/**
 * Returns the first day for which each table is no longer complete, the latest of these for the history, and notes in
 * sentences.
 *
 * A table is complete as long as the history is, unless it ended before: then until the day after the last with the
 * usual number of rows. It has ended if the next rows were due by its own rhythm and are missing
 * ({@link lastUsualRows}), or if most customers who had rows every month have had none since ({@link outUntilEnd}).
 * Rows of `customers` and `plans` hold for years and have no rhythm; in a table of one customer, the customer may
 * simply have left. The history is complete until the end of the daily table that lasts longest.
 *
 * @param given known days: they replace what was found, and contradictions are noted
 */
export async function completenessOf(
  engine: Engine,
  tables: readonly InputTableName[],
  today: EpochDay,
  given: EpochDay | CompleteUntilByTable = {},
): Promise<Completeness> {
  const asked: AskedRows[] = []
  try {
    for (const table of tables) if (table !== 'customers') asked.push(await askRows(engine, table))
    const givenOf = (table: InputTableName) => (typeof given === 'number' ? given : given[table])
    const findAll = async (until: EpochDay): Promise<Finding[]> => {
      const found: Finding[] = []
      for (const rows of asked) found.push(await findingOf(engine, rows, givenOf(rows.table) ?? until))
      return found
    }
    let until = typeof given === 'number' ? given : lastKnownDay(asked, [], today)
    let findings = await findAll(until)
    const goesOn = typeof given === 'number' ? given : lastKnownDay(asked, findings, today)
    if (goesOn < until) {
      until = goesOn
      // As of its own end a table does not lag, but the note must still say why it is the end
      const first = findings
      findings = (await findAll(until)).map((each, index) => {
        const { end } = first[index]!
        return end?.until === until ? { ...each, end } : each
      })
    }
    return completeness(tables, findings, givenOf, until)
  } finally {
    for (const { rows } of asked) await engine.run(`DROP TABLE IF EXISTS ${rows}`)
  }
}

function completeness(
  tables: readonly InputTableName[],
  findings: readonly Finding[],
  givenOf: (table: InputTableName) => EpochDay | undefined,
  until: EpochDay,
): Completeness {
  const byTable: Partial<Record<InputTableName, EpochDay>> = {}
  for (const table of tables) {
    const end = findings.find((finding) => finding.table === table)?.end
    byTable[table] = givenOf(table) ?? end?.until ?? until
  }
  return {
    completeUntil: Math.max(...Object.values(byTable)) as EpochDay,
    completeUntilByTable: Object.freeze(byTable),
    notes: Object.freeze([
      ...findings.flatMap((finding) => endNotes(finding, givenOf(finding.table), until)),
      ...findings.flatMap(({ table, shares }) => outageNotes(table, shares, byTable[table]!)),
      ...findings.flatMap(({ table, silences, shares }) =>
        silenceNotes(table, silences, shares, byTable[table]!),
      ),
    ]),
  }
}

/** Returns whether rows of a table are expected continually. */
export function isFeed(table: InputTableName): boolean {
  return table !== 'customers' && table !== 'plans'
}

/** Returns whether rows of a table count on the last day of their month. */
export function isByMonth(table: InputTableName): boolean {
  return inputTables[table].happenedAt === 'period'
}

/** The day after the last row of the daily tables, or without any of the monthly ones; at most tomorrow. */
function lastKnownDay(asked: readonly AskedRows[], findings: readonly Finding[], today: EpochDay): EpochDay {
  const byDay = asked.filter(({ table }) => !isByMonth(table))
  const ends = (byDay.length > 0 ? byDay : asked).map(({ table, last }): number => {
    const end = findings.find((finding) => finding.table === table)?.end
    return end?.until ?? (last ?? -Infinity) + 1
  })
  const latest = Math.max(...ends)
  return addDays((latest === -Infinity ? today : Math.min(latest - 1, today)) as EpochDay, 1)
}

/** Of larger tables, the rows of a sample of customers are examined, the same in each run. */
const mostRows = 250_000

async function askRows(engine: Engine, table: InputTableName): Promise<AskedRows> {
  const { identifier } = engine.dialect
  const name = identifier(table)
  const rows = identifier(`holdfast asked ${table}`)
  const counted = await engine.query(`SELECT count(*) AS n, max(day) AS last FROM ${name}`)
  const parts = Math.floor(Number(counted.cell('n', 0)) / mostRows)
  // By a 64-bit number: a 128-bit one took a second for a million rows
  const isAsked = parts < 2 ? 'true' : `hash(id) % ${parts}::UBIGINT = 0`
  const ends = `SELECT ${identifier('from')} AS id, day FROM ${name} UNION ALL SELECT ${identifier('to')} AS id, day FROM ${name}`
  // Either end of a call may be a customer, or not
  const from = table === 'calls' ? `(${ends}) WHERE id IN (SELECT id FROM customers) AND` : `${name} WHERE`
  await engine.run(`CREATE OR REPLACE TEMP TABLE ${rows} AS SELECT DISTINCT id, day FROM ${from} ${isAsked}`)
  const found = await engine.query(
    `SELECT day, count(*) AS customers, (SELECT count(DISTINCT id) FROM ${rows}) AS ids FROM ${rows} GROUP BY day ORDER BY day`,
  )
  const customers = found.numbers('customers').values
  const days = Array.from(found.numbers('day').values, (day, row) => {
    return { day: day as EpochDay, customers: customers[row]! }
  })
  const last = days.length === 0 ? null : (counted.cell('last', 0) as EpochDay)
  return { table, rows, isAsked, days, last, customers: days.length === 0 ? 0 : Number(found.cell('ids', 0)) }
}

async function findingOf(
  engine: Engine,
  { table, rows, isAsked, days, customers }: AskedRows,
  until: EpochDay,
): Promise<Finding> {
  const earlier = days.filter(({ day }) => day < until)
  const first = earlier[0]?.day
  if (!isFeed(table) || first === undefined)
    return { table, days: [], end: null, silences: [], shares: noShares }
  const shares = await monthShares(engine, rows, isAsked, first, until)
  // With one customer, silence may be the customer's or the table's
  if (customers < 2) return { table, days: earlier, end: null, silences: [], shares }
  const silences = silencesOf(earlier, isByMonth(table))
  return { table, days: earlier, end: endOf(table, earlier, shares, until), silences, shares }
}

function endOf(
  table: InputTableName,
  days: readonly RowDay[],
  shares: MonthShares,
  until: EpochDay,
): TableEnd | null {
  const last = lastUsualRows(days, isByMonth(table))
  if (last !== null && isBehind(last, until)) {
    const after = days.at(-1)!.day
    const few = after > last.day ? ` (rows after it, up to ${formatDay(after)}, are too few to count)` : ''
    const ground = `its last day with the usual number of rows is ${formatDay(last.day)}${few}, and the next was due by ${formatDay(last.due)}`
    return { until: addDays(last.day, 1), ground }
  }
  const out = outUntilEnd(shares)
  const day = out === null ? null : lastUsualDay(days, out.from)
  if (out === null || day === null) return null
  const ground = `since ${formatDay(out.from)} only ${percent(out.share)} of the customers have a row in a month, usually ${percent(out.usual)}`
  return { until: addDays(day, 1), ground }
}

function endNotes(finding: Finding, given: EpochDay | undefined, until: EpochDay): string[] {
  const { table, end, shares } = finding
  if (end === null) return given === undefined ? oneMonthNotes(finding, until) : []
  if (given === undefined) {
    const of = end.until < until ? `, the history until ${formatDay(until)}` : ''
    return [
      `Table ${table} is complete only until ${formatDay(end.until)}${of}: ${end.ground}. Cutoffs of what reads ${table} can be ${formatDay(end.until)} at the latest; if it is complete for longer, give openHistory completeUntil: { ${table}: '<day>' }.`,
    ]
  }
  // A whole month that is out has a note of its own
  const isSaid = outageNotes(table, shares, given).length > 0
  return isSaid
    ? []
    : [
        `Table ${table}: completeUntil says ${formatDay(given)}, but ${end.ground}: days without rows count as silence.`,
      ]
}

/** One month shows no rhythm: it may be a list as of one day, or the first month of a feed that has ended. */
function oneMonthNotes({ table, days }: Finding, until: EpochDay): string[] {
  const [month, ...more] = days
  if (!isByMonth(table) || month === undefined || more.length > 0) return []
  if (addMonths(addDays(month.day, 1), 1) > until) return []
  return [
    `Table ${table} has rows of ${formatDay(month.day).slice(0, 7)} only, which do not show whether it is complete until ${formatDay(until)}. If it is not, give openHistory completeUntil: { ${table}: '<day>' }.`,
  ]
}

/** Returns the first day for which any of some tables, or `customers`, is no longer complete. */
export function completeUntilOf(
  { completeUntil, completeUntilByTable: byTable }: Pick<History, 'completeUntil' | 'completeUntilByTable'>,
  tables: Iterable<InputTableName>,
): EpochDay {
  const days = ['customers' as const, ...tables].map((table) => byTable[table] ?? completeUntil)
  return Math.min(...days) as EpochDay
}

/**
 * Returns the problems of cutoffs for which a table is no longer complete while the history goes on: all customers
 * would seem to have stopped at once.
 *
 * @param what what reads a table: "features"
 */
export function lateCutoffProblems(
  history: Pick<History, 'completeUntil' | 'completeUntilByTable'>,
  tables: readonly InputTableName[],
  cutoffs: readonly EpochDay[],
  what: string,
): Problem[] {
  return tables.flatMap((table): Problem[] => {
    const until = completeUntilOf(history, [table])
    const late = cutoffs.filter((day) => day > until)
    if (until === history.completeUntil || late[0] === undefined) return []
    return [
      {
        code: 'window-open',
        parameter: 'cutoffs',
        rule: `to be at most ${formatDay(until)} for ${what} of ${table}, which is not complete from that day on`,
        received: formatDay(late[0]),
        count: late.length,
        wayOut: `Use earlier cutoffs, leave out the ${what} of ${table}, or give openHistory completeUntil: { ${table}: '<day>' } if it is complete.`,
      },
    ]
  })
}
