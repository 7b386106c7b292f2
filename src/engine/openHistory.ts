import * as z from 'zod'
import { dayRule, withDaysIn } from '../base/dayRule.js'
import type { DayInput } from '../base/days.js'
import { dayOf, type EpochDay } from '../base/days.js'
import { closestWord, type Problem, refuse } from '../base/errors.js'
import { checkOptions } from '../base/options.js'
import { timeZoneRule, zoneOf } from '../base/timeZone.js'
import { encodingOption } from '../table/encoding.node.js'
import {
  type HistoryKinds,
  type InputTableName,
  inputTableNames,
  type NoOtherTables,
  type RequiredColumns,
} from '../table/inputs.js'
import { columnsSaid, notationShape } from '../table/readingOptions.js'
import { rejectsTable } from '../table/rejects.js'
import { type RepeatedRows, repeatedRowsRule, repeatsNote, repeatsProblem } from '../table/repeatedRows.js'
import type { ColumnKind } from '../table/table.js'
import { partialColumnNotes } from './columnsOfParts.js'
import { completenessOf, completeUntilOf } from './completeUntil.js'
import { deadFeedNotes } from './deadFeeds.js'
import { openDuckdb } from './duckdb.js'
import type { Engine } from './engine.js'
import type { History } from './history.js'
import { planColumns } from './historyColumns.js'
import { checkBuilt, checkRows, swallowingLines, type TableCheck, tooManyRejects } from './historyRejects.js'
import {
  buildCells,
  buildStatement,
  dropBuilt,
  dropCustomerIds,
  makeCustomerIds,
  type PlannedTable,
  rowRules,
  takeBuilt,
} from './historyRules.js'
import {
  dropStaged,
  type FileNotation,
  type Source,
  type StagedTable,
  stageAll,
  stageSource,
} from './historySources.js'
import {
  foreignTables,
  kindsOf,
  misplacedNotes,
  ownComment,
  sourceProblems,
  structureProblems,
} from './historyStructure.js'
import { buildPlain } from './plainRows.js'
import { dropRepeats, findRepeats } from './repeatedRows.js'

/** The tables of a history and the sources of their rows. Only `customers` and one other are needed. */
export type HistorySources = Readonly<Partial<Record<InputTableName, Source>>> & {
  readonly customers: Source
}

/**
 * What the compiler knows of the tables of some sources: if `types` are declared in place, those columns and the
 * required ones; else only that there are columns.
 */
export type DeclaredKinds<Sources> = {
  readonly [Table in keyof Sources]: Sources[Table] extends { readonly types: infer Types }
    ? Types & RequiredColumns[Table & InputTableName]
    : Readonly<Record<string, ColumnKind>>
}

/** Options of {@link openHistory}. */
export interface OpenHistoryOptions extends FileNotation {
  /** A DuckDB engine to load the tables into; the history closes it. Default: a new one in memory. */
  readonly engine?: Engine
  /**
   * What to do with rows that break a rule: refuse the whole history with all problems, or set the rows aside, counted
   * and listed in `history.rejects`. Default `'refuse'`.
   */
  readonly badRows?: 'refuse' | 'setAside'
  /** Largest share of the rows of a table that may be set aside; above it the history is refused. [0, 1]. Default 0.5. */
  readonly maxRejectShare?: number
  /** Day of the export; a row dated after it is in the future. Default: the current day (UTC). */
  readonly today?: DayInput
  /**
   * First day for which the history is no longer complete. Default: the day after the last row of the daily tables
   * (usage, payments, plans, contacts, calls), or without any of the monthly ones; at most tomorrow.
   *
   * A table that ended before is complete until the day after the last with the usual number of rows:
   * `history.completeUntilByTable` has it, and `history.notes` says why. It has ended if the next rows were due by its
   * rhythm (if rows come once a month: in the next month, by the latest day of the month they usually come on; else
   * after a gap that it has hardly ever had), or if less than half as many customers as usual have a row in the last
   * month. Single rows after the end do not count; a season without rows is no end if an earlier year had it.
   * `customers` and `plans` are complete as long as the history is (`notes` say if their events seem to have stopped),
   * and so is a table of one customer.
   *
   * A day holds for all tables, `{ usage: '2025-06-01' }` for the named ones. Given days are used even if the rows
   * contradict them, which becomes a note.
   */
  readonly completeUntil?: DayInput | Readonly<Partial<Record<InputTableName, DayInput>>>
  /**
   * Texts that mean missing in every column, besides blank: `['?', '-']`. Default none; in columns that are not texts,
   * NA, N/A, n/a, NULL and null are always missing.
   */
  readonly missing?: readonly string[]
  /**
   * What to do with rows of an event table that equal an earlier row in every column: count each (`'keep'`) or leave them
   * out (`'drop'`), both with a note in `history.notes`, or refuse the history. An export that overlaps the last one, or a
   * file read twice, doubles sums; but equal rows may also be two events. Models store it for scoring. Default `'keep'`.
   */
  readonly repeatedRows?: RepeatedRows
  /**
   * Time zone of the operator, an IANA name such as `'America/New_York'`, which decides the day of an instant. Instants
   * are `Date`s, Parquet times adjusted to UTC, and texts whose time has an offset (`2024-12-04T23:59:00-05:00`, `…Z`).
   * Times without an offset are local times. Models store it for scoring. Default `'UTC'`.
   */
  readonly timeZone?: string
}

const historyOptions = z.strictObject({
  engine: z.custom<Engine>((value) => isDuckdb(value), 'to be an engine made by openDuckdb').optional(),
  badRows: z.enum(['refuse', 'setAside']).default('refuse'),
  maxRejectShare: z.number().min(0).max(1).default(0.5),
  today: dayRule.optional(),
  completeUntil: z.union([dayRule, z.partialRecord(z.enum(inputTableNames), dayRule)]).optional(),
  missing: z.array(z.string()).default([]),
  repeatedRows: repeatedRowsRule,
  timeZone: timeZoneRule,
  ...notationShape,
  encoding: encodingOption.optional(),
})

function isDuckdb(value: unknown): boolean {
  return (value as Engine | undefined)?.dialect?.name === 'duckdb'
}

/**
 * Opens a raw history: loads the tables into an engine under our names and checks every row.
 *
 * DuckDB reads the files and checks whole columns at a time, so that millions of rows take seconds. The rules:
 *
 *     every table     its required columns are there; a required cell has a value; a number is a finite number, a day
 *                     is a day; no row is dated after `today`
 *     customers       an id occurs once (the first row stays); cancelledAt is not before activatedAt
 *     the others      the id is a customer's; nothing happens before the activation (a bill or a device counts by the
 *                     last day of its month); a plan does not end before it begins. Not checked for `calls`, whose ends
 *                     may be outside of the network
 *
 * Blank cells are missing, and so are NA, N/A and NULL in columns that are not texts. Numbers and days may be written
 * as people write them, as in `readTable`, and a column that can be read in two ways is refused with a question: 4,000
 * evenly spaced rows show how a column is written, and cells written otherwise are refused. Other columns are detected
 * as numbers, days, booleans (true, false) or else texts; a column is refused if nearly all its cells are numbers and a
 * few are not, and integers with leading zeros are texts. An object inside a row, in JSON lines and row objects, gives
 * a column for each of its parts: `customer.plan`; lists are refused. The sources are never written to.
 *
 * If `types` of other columns are declared in place, the compiler knows these columns in `history.tables`; see
 * `featureBuilders`. Undeclared columns are then unknown to it.
 *
 * @param sources for each table a file (.csv, .tsv, .csv.gz, .parquet, .jsonl, .ndjson), a glob of files, a list of
 * files and globs (a file named twice is refused), a Table, a list of row objects, or `{ from, columns, types }` with
 * your column names mapped to ours
 * @throws {HoldfastError} all problems of all tables at once, each with file, row and column of the first bad row and
 * the count: `table-unknown`, `file-missing`, `file-unreadable`, `table-empty`, `column-missing`, `column-duplicate`,
 * `column-type`, `value-missing`, `value-type`, `value-not-finite`, `duplicate-id`, `duplicate-row`, `id-unknown`,
 * `event-before-activation`, `date-in-future`, `out-of-range`
 *
 * One or two passes over each source. The tables live in the memory of the engine.
 *
 * @example
 * const history = await openHistory({
 *   customers: [{ id: 'A', activatedAt: '2024-01-15' }],
 *   usage: { from: [{ cust_no: 'A', day: '2025-01-31', minutes: 12 }], columns: { id: 'cust_no' } },
 * })
 * const days = await history.engine.query('SELECT id, day, minutes FROM usage')
 * await history.close()
 * days.rows()
 * // => [{ id: 'A', day: 20119, minutes: 12 }]
 *
 * @see `checkCustomerHistory` of `holdfast/tables` for one customer in memory, without an engine
 */
export async function openHistory<const Sources extends HistorySources>(
  sources: Sources & NoOtherTables<keyof Sources>,
  options?: OpenHistoryOptions,
): Promise<History<Extract<DeclaredKinds<Sources>, HistoryKinds>>> {
  const given = withDaysIn(options, ['today', 'completeUntil'], zoneOf(options))
  const checked = checkOptions('openHistory', historyOptions, given)
  refuse('openHistory', sourceProblems(sources))
  const engine = checked.engine ?? (await openDuckdb())
  try {
    const history = await loadHistory(engine, sources, checked)
    return history as History<Extract<DeclaredKinds<Sources>, HistoryKinds>>
  } catch (error) {
    if (checked.engine === undefined) await engine.close()
    throw error
  }
}

type CheckedOptions = z.output<typeof historyOptions>

async function loadHistory(
  engine: Engine,
  sources: HistorySources,
  options: CheckedOptions,
): Promise<History> {
  const today = options.today ?? dayOf('openHistory', 'today', new Date(), options.timeZone)
  const given = inputTableNames.filter((name) => sources[name] !== undefined)
  if (options.engine !== undefined) refuse('openHistory', await foreignTables(engine, given))
  const planned: PlannedTable[] = []
  try {
    const problems = await planTables(engine, sources, options, planned)
    const checks = await checkTables(engine, planned, options, today)
    problems.push(...planned.flatMap((table) => table.problems), ...refusals(checks, options))
    refuse('openHistory', problems)
    for (const { planned: table, broken, isBuilt } of checks) {
      if (isBuilt) await takeBuilt(engine, table)
      else await engine.run(buildStatement(engine, table, broken))
      const name = engine.dialect.identifier(table.staged.table)
      await engine.run(`COMMENT ON TABLE ${name} IS ${engine.dialect.literal(ownComment)}`)
    }
    const repeats = await findRepeats(engine, given)
    if (options.repeatedRows === 'refuse')
      refuse(
        'openHistory',
        repeats.map((found) => repeatsProblem(found)),
      )
    if (options.repeatedRows === 'drop') for (const table of repeats) await dropRepeats(engine, table)
    const complete = await completenessOf(engine, given, today, options.completeUntil)
    return Object.freeze({
      engine,
      tables: kindsOf(planned),
      ...complete,
      timeZone: options.timeZone,
      repeatedRows: options.repeatedRows,
      notes: Object.freeze([
        ...planned.flatMap(({ staged }) => partialColumnNotes(staged.table, staged.parts)),
        ...repeats.map((found) => repeatsNote(found, options.repeatedRows)),
        ...complete.notes,
        ...(await misplacedNotes(engine, given)),
        ...(await deadFeedNotes(engine, given, (table) => completeUntilOf(complete, [table]))),
      ]),
      rejects: rejectsTable(checks.flatMap((check) => check.rejects)),
      close: () => engine.close(),
    })
  } finally {
    await dropStaged(engine, given)
    await dropCustomerIds(engine)
  }
}

/** Stages every source and plans its columns; tables that can be checked are added to `planned`. */
async function planTables(
  engine: Engine,
  sources: HistorySources,
  options: CheckedOptions,
  planned: PlannedTable[],
): Promise<Problem[]> {
  const problems: Problem[] = []
  for (const table of inputTableNames) {
    const source = sources[table]
    if (source === undefined) continue
    const staged = await stageSource(
      engine,
      table,
      source,
      options.missing,
      notationOf(options),
      options.timeZone,
    )
    if (!('raw' in staged)) {
      problems.push(...staged)
      continue
    }
    const structure = structureProblems(staged)
    problems.push(...structure)
    // Two columns with one name cannot be checked under it
    if (structure.some((problem) => problem.code === 'column-duplicate')) continue
    const found = await planTable(engine, staged, options.missing)
    if (!('plans' in found)) problems.push(...found)
    else if (found.plans.length > 0) planned.push(found)
    else problems.push(...found.problems)
  }
  return [...unknownColumns(planned, options), ...problems]
}

/** Plans a staged table; if only its first rows are staged, builds it at once if possible, or else stages all and plans again. */
async function planTable(
  engine: Engine,
  staged: StagedTable,
  missing: readonly string[],
): Promise<PlannedTable | readonly Problem[]> {
  const planned = { staged, ...(await planColumns(engine, staged, missing, true)) }
  if (staged.more === undefined) return planned
  const built = await buildPlain(engine, planned, missing)
  if (built !== undefined) return built
  const all = await stageAll(engine, staged)
  return 'raw' in all ? planTable(engine, all, missing) : all
}

/** Returns a problem for each column that the options for all tables name but no table has. */
function unknownColumns(planned: readonly PlannedTable[], options: CheckedOptions): Problem[] {
  const known = [...new Set(planned.flatMap(({ plans }) => plans.map((plan) => plan.name)))]
  return columnsSaid(options)
    .filter((name) => !known.includes(name))
    .map((name) => {
      const close = closestWord(name, known)
      return {
        code: 'column-missing',
        parameter: `column ${name}`,
        rule: `to be in one of the tables; their columns are ${known.join(', ')}`,
        ...(close === undefined ? {} : { wayOut: `Did you mean ${close}?` }),
      }
    })
}

function notationOf({ decimal, thousands, dateFormat, encoding }: CheckedOptions): FileNotation {
  return {
    ...(decimal === undefined ? {} : { decimal }),
    ...(thousands === undefined ? {} : { thousands }),
    ...(dateFormat === undefined ? {} : { dateFormat }),
    ...(encoding === undefined ? {} : { encoding }),
  }
}

/**
 * Checks the rows of all tables, the customers first because the others ask for them. A table of which no row breaks a rule
 * is built at once; of another all cells are counted, and its plans in `planned` are those that hold.
 */
async function checkTables(
  engine: Engine,
  planned: PlannedTable[],
  { badRows, missing }: CheckedOptions,
  today: EpochDay,
): Promise<TableCheck[]> {
  const checks: TableCheck[] = []
  let knowsCustomers = false
  for (const [place, expected] of planned.entries()) {
    const rulesOf = (each: PlannedTable) => rowRules(engine, each, today, knowsCustomers)
    let table = expected
    const isBuilt = expected.isBuilt === true || (await buildCells(engine, expected))
    let check = isBuilt
      ? await checkBuilt(engine, expected, rulesOf(expected), badRows, knowsCustomers)
      : undefined
    if (check === undefined) {
      await dropBuilt(engine, expected)
      table = await countedTable(engine, expected, missing)
      planned[place] = table
      check = await checkRows(engine, table, rulesOf(table), badRows, knowsCustomers)
    }
    checks.push(check)
    if (table.staged.table === 'customers' && table.plans.some((plan) => plan.name === 'id')) {
      await makeCustomerIds(engine, table, check.broken, check.isBuilt)
      knowsCustomers = true
    }
  }
  return checks
}

/** Returns a table with all rows staged and columns planned by all cells. */
async function countedTable(
  engine: Engine,
  expected: PlannedTable,
  missing: readonly string[],
): Promise<PlannedTable> {
  const isExpected = expected.plans.some(({ unexpected }) => unexpected !== undefined)
  if (expected.staged.more === undefined && !isExpected) return expected
  const all = await stageAll(engine, expected.staged)
  refuse('openHistory', 'raw' in all ? [] : all)
  const staged = all as StagedTable
  return { staged, ...(await planColumns(engine, staged, missing, false)) }
}

function refusals(checks: readonly TableCheck[], options: CheckedOptions): readonly Problem[] {
  if (options.badRows === 'refuse') return checks.flatMap((check) => check.problems)
  return checks.flatMap((check) => {
    const tooMany = tooManyRejects(check, options.maxRejectShare)
    return tooMany === undefined ? swallowingLines(check.planned) : [tooMany, ...check.problems]
  })
}
