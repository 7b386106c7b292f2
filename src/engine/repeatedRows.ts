import { type EpochDay, formatDay } from '../base/days.js'
import type { InputTableName } from '../table/inputs.js'
import type { FoundRepeats } from '../table/repeatedRows.js'
import type { Engine } from './engine.js'

/** Returns the tables that hold a row more than once, except `customers`, where ids are unique. */
export async function findRepeats(
  engine: Engine,
  tables: readonly InputTableName[],
): Promise<readonly FoundRepeats[]> {
  const found: FoundRepeats[] = []
  for (const table of tables) {
    if (table === 'customers') continue
    const name = engine.dialect.identifier(table)
    // By 64-bit hashes in order: counting the distinct ones takes a third longer
    const hashes = `SELECT hash(each) AS own FROM ${name} each`
    const counted = await engine.query(
      `SELECT count(*) AS rows, count(*) FILTER (WHERE own = before) AS repeated
       FROM (SELECT own, lag(own) OVER (ORDER BY own) AS before FROM (${hashes}))`,
    )
    const [rows, repeated] = [Number(counted.cell('rows', 0)), Number(counted.cell('repeated', 0))]
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

/** Keeps only the first of each group of equal rows in a table, in row order. */
export async function dropRepeats(engine: Engine, { table }: FoundRepeats): Promise<void> {
  const name = engine.dialect.identifier(table)
  await engine.run(
    `DELETE FROM ${name} WHERE rowid NOT IN (SELECT min(each.rowid) FROM ${name} each GROUP BY hash(each))`,
  )
}
