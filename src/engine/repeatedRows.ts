import { type EpochDay, formatDay } from '../base/days.js'
import type { Problem } from '../base/errors.js'
import type { InputTableName } from '../table/inputs.js'
import type { Engine } from './engine.js'

/** What to do with rows of an event table that have the values of an earlier row in every column. */
export type RepeatedRows = 'keep' | 'drop' | 'refuse'

/** What was found in one table. */
export interface FoundRepeats {
  readonly table: InputTableName
  readonly rows: number
  /** Rows that have the values of an earlier one in every column. */
  readonly repeated: number
  /** Such a row, in words. */
  readonly example: string
}

/** Returns the tables that hold a row more than once; `customers`, where an id is there once, is not asked. */
export async function findRepeats(
  engine: Engine,
  tables: readonly InputTableName[],
): Promise<readonly FoundRepeats[]> {
  const found: FoundRepeats[] = []
  for (const table of tables) {
    if (table === 'customers') continue
    const name = engine.dialect.identifier(table)
    // by a hash of 64 bits: 8 million rows take 4 s of processor time
    const counted = await engine.query(
      `SELECT count(*) AS rows, count(DISTINCT hash(each)) AS different FROM ${name} each`,
    )
    const rows = Number(counted.cell('rows', 0))
    const repeated = rows - Number(counted.cell('different', 0))
    if (repeated > 0) found.push({ table, rows, repeated, example: await exampleOf(engine, table) })
  }
  return found
}

async function exampleOf(engine: Engine, table: InputTableName): Promise<string> {
  const who = table === 'calls' ? engine.dialect.identifier('from') : 'id'
  const first = await engine.query(
    `SELECT ${who} AS id, day, count(*) AS times FROM ${engine.dialect.identifier(table)} GROUP BY ALL ORDER BY times DESC, day, id LIMIT 1`,
  )
  return `${first.cell('id', 0)} on ${formatDay(first.cell('day', 0) as EpochDay)}`
}

/** Leaves the first of each group of equal rows in a table, in the order of the rows. */
export async function dropRepeats(engine: Engine, { table }: FoundRepeats): Promise<void> {
  const name = engine.dialect.identifier(table)
  await engine.run(
    `DELETE FROM ${name} WHERE rowid NOT IN (SELECT min(each.rowid) FROM ${name} each GROUP BY hash(each))`,
  )
}

/** Returns what is said of repeated rows that were kept or dropped. */
export function repeatsNote({ table, rows, repeated, example }: FoundRepeats, done: RepeatedRows): string {
  const found = `Table ${table}: ${repeated} of ${rows} rows have the values of an earlier row in every column, such as those of ${example}`
  if (done === 'drop') return `${found}; they were left out, as repeatedRows asks.`
  const whole = 2 * repeated >= rows ? 'The whole table seems to be there more than once. ' : ''
  return `${found}: sums and counts take each of them. ${whole}If they are the same events, leave them out with repeatedRows: 'drop'.`
}

/** Returns the problem of a table that holds a row more than once. */
export function repeatsProblem({ table, rows, repeated, example }: FoundRepeats): Problem {
  return {
    code: 'duplicate-row',
    parameter: `table ${table}`,
    rule: `to hold each row once (repeatedRows: 'refuse'), but ${repeated} of ${rows} rows have the values of an earlier row in every column`,
    received: example,
    place: { table },
    count: repeated,
    wayOut:
      "If a file was given twice, give it once; if they are the same events, repeatedRows: 'drop' leaves them out.",
  }
}
