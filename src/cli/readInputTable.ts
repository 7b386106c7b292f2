import { HoldfastError, type Problem, refuse } from '../base/errors.js'
import { type ReadTableOptions, readTable, readTableWithRejects } from '../table/readTable.node.js'
import { type Reject, rejectsTable, tooManyRejects } from '../table/rejects.js'
import { rowNumbers } from '../table/rowNumbers.js'
import { type ColumnKind, cellOf, type Table } from '../table/table.js'
import { type BrokenIds, brokenIds } from './customerIds.js'
import { type InputOptions, notationOf } from './inputOptions.js'

/** What a command needs of its file. */
export interface WantedTable {
  /** Column that names the customer, each once unless `mayRepeat`; read as texts, so that 007 stays 007. */
  readonly id?: string | undefined
  /** True where customers may have several rows. */
  readonly mayRepeat?: boolean
  /** Columns to read as texts, even if they look like numbers. */
  readonly texts: readonly string[]
  /** How the columns that a model was trained on were written. */
  readonly notations?: ReadTableOptions['notations']
  /** Default time zone, that of a model. */
  readonly timeZone?: string
}

/** A file that was read. */
export interface InputTable {
  readonly table: Table
  /** Returns the number in the file, from 1, of a row of the table, from 0. */
  readonly numberOf: (row: number) => number
  /** Rows of the file that are not in the table, and why. */
  readonly rejects: Table
}

/**
 * Reads the file of a command and applies `use` to it.
 *
 * If the file is refused, `use` is still tried on the good rows, so that its problems are reported with the others.
 */
export async function readInputTable<Result>(
  file: string,
  options: InputOptions,
  wanted: WantedTable,
  use: (input: InputTable) => Result,
): Promise<Result> {
  const reading = readingOptions(options, wanted)
  if (options.badRows === 'set-aside') {
    const read = await readKnown(reading, (types) =>
      readTableWithRejects(file, { ...types, maxRejectShare: options.maxRejectShare }),
    )
    const good = withoutBrokenIds(file, read, wanted, options.maxRejectShare)
    return inFile(file, () => use(good))
  }
  const problems: Problem[] = []
  const read = await readKnown(reading, (types) => readTable(file, types)).then(
    (table) => ({ table, rejects: rejectsTable([]) }),
    (error) => {
      problems.push(...rowProblemsOf(error))
      return readKnown(reading, (types) => readTableWithRejects(file, { ...types, maxRejectShare: 1 }))
    },
  )
  problems.push(...idProblems(file, read.table, wanted, numbersIn(read.rejects)))
  const good = withoutBrokenIds(file, read, wanted, 1)
  if (problems.length === 0) return inFile(file, () => use(good))
  problems.push(...problemsOfUse(() => inFile(file, () => use(good))))
  refuse('readInputTable', problems)
  throw new Error('problems were refused')
}

/** Returns what `use` returns; if it refuses, the problems of the table name its file. */
function inFile<Result>(file: string, use: () => Result): Result {
  try {
    return use()
  } catch (error) {
    const problems = problemsOf(error).map((problem) =>
      problem.code.startsWith('option-') ? problem : { ...problem, place: { file, ...problem.place } },
    )
    refuse('readInputTable', problems)
    throw error
  }
}

function readingOptions(
  options: InputOptions,
  { id, texts, notations, ...wanted }: WantedTable,
): ReadTableOptions {
  const { timeZone = wanted.timeZone } = options
  const names = id === undefined ? texts : [id, ...texts]
  return {
    types: Object.fromEntries(names.map((name): [string, ColumnKind] => [name, 'text'])),
    ...(options.missing === undefined ? {} : { missing: options.missing }),
    ...(options.encoding === undefined ? {} : { encoding: options.encoding }),
    ...notationOf(options),
    ...(timeZone === undefined ? {} : { timeZone }),
    ...(notations === undefined ? {} : { notations }),
  }
}

/** Reads with the types of existing columns; `use` knows better which others are needed. */
async function readKnown<Result>(
  reading: ReadTableOptions,
  read: (reading: ReadTableOptions) => Promise<Result>,
): Promise<Result> {
  try {
    return await read(reading)
  } catch (error) {
    const absent = problemsOf(error).filter((problem) => problem.code === 'column-missing')
    const types = Object.entries(reading.types ?? {}).filter(
      ([name]) => !absent.some((problem) => problem.parameter === `column ${name}`),
    )
    if (types.length === Object.keys(reading.types ?? {}).length) throw error
    return read({ ...reading, types: Object.fromEntries(types) })
  }
}

function problemsOf(error: unknown): readonly Problem[] {
  if (error instanceof HoldfastError) return error.problems
  throw error
}

/** Returns the problems of a file whose good rows can still be checked; rethrows those of a file without any. */
function rowProblemsOf(error: unknown): readonly Problem[] {
  const problems = problemsOf(error)
  if (problems.every((problem) => problem.place?.row !== undefined && !unreadable(problem))) return problems
  throw error
}

function unreadable({ code, parameter }: Problem): boolean {
  return code === 'file-unreadable' && parameter === 'the row'
}

function problemsOfUse(use: () => unknown): readonly Problem[] {
  try {
    use()
    return []
  } catch (error) {
    // One class only, or no row at all, may come from leaving rows out
    return problemsOf(error).filter(({ code }) => code !== 'one-class' && code !== 'table-empty')
  }
}

function numbersIn(rejects: Table): (row: number) => number {
  const rows = new Set(rejects.numbers('row').values)
  const numberOf = rowNumbers([...rows].sort((a, b) => a - b))
  return (row) => numberOf(row + 1)
}

function idProblems(
  file: string,
  table: Table,
  { id, mayRepeat = false }: WantedTable,
  numberOf: (row: number) => number,
): Problem[] {
  if (id === undefined || !table.has(id)) return []
  return brokenIds(table, id, mayRepeat).map(({ code, rule, wayOut, rows, firstSeen }) => ({
    code,
    parameter: `id column ${id}`,
    rule: firstSeen === undefined ? rule : `${rule} (it is already in row ${numberOf(firstSeen)})`,
    ...(firstSeen === undefined ? {} : { received: cellOf(table.column(id), rows[0]!) }),
    place: { file, row: numberOf(rows[0]!), column: id },
    wayOut: `${wayOut} Or set such rows aside, counted and listed, with readTableWithRejects.`,
    count: rows.length,
  }))
}

function withoutBrokenIds(
  file: string,
  { table, rejects }: { readonly table: Table; readonly rejects: Table },
  wanted: WantedTable,
  maxRejectShare: number,
): InputTable {
  const numberOf = numbersIn(rejects)
  const { id, mayRepeat = false } = wanted
  if (id === undefined || !table.has(id)) return { table, rejects, numberOf }
  const broken = brokenIds(table, id, mayRepeat)
  const aside = new Set(broken.flatMap((rule) => rule.rows))
  if (aside.size === 0) return { table, rejects, numberOf }
  const earlier = rejects.rows() as unknown as Reject[]
  const all = [...earlier, ...broken.flatMap((rule) => rejectsOfIds(file, table, id, rule, numberOf))]
  const rowCount = table.rowCount + new Set(earlier.map((reject) => reject.row)).size
  const share = new Set(all.map((reject) => reject.row)).size / rowCount
  if (share > maxRejectShare) {
    refuse('readInputTable', [
      tooManyRejects(file, share, maxRejectShare),
      ...idProblems(file, table, wanted, numberOf),
    ])
  }
  const good = Array.from({ length: table.rowCount }, (_, row) => row).filter((row) => !aside.has(row))
  const together = rejectsTable(all.sort((a, b) => a.row - b.row))
  return { table: table.take(good), rejects: together, numberOf: numbersIn(together) }
}

function rejectsOfIds(
  file: string,
  table: Table,
  id: string,
  { code, rule, rows }: BrokenIds,
  numberOf: (row: number) => number,
): Reject[] {
  const column = table.column(id)
  return rows.map((row) => {
    const cell = cellOf(column, row)
    const value = cell === null ? null : String(cell)
    return { table: null, file, row: numberOf(row), column: id, code, rule, value }
  })
}
