import { type EpochDay, formatDay } from '../base/days.js'
import type { InputTableName } from '../table/inputs.js'
import type { FoundRepeats } from '../table/repeatedRows.js'
import type { Engine } from './engine.js'

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
