import { openDuckdb } from '../../src/engine/duckdb.js'

/**
 * Refuses two files of features that do not say the same: the same customers, and every number to 1e-9 of the larger (or
 * of 1), missing where the other is missing.
 *
 * @returns the number of values that were compared
 */
export async function compareFiles(ours: string, theirs: string): Promise<number> {
  const engine = await openDuckdb()
  const { literal, identifier } = engine.dialect
  try {
    const [left, right] = [`read_parquet(${literal(ours)})`, `read_parquet(${literal(theirs)})`]
    const described = await engine.query(`SELECT column_name FROM (DESCRIBE SELECT * FROM ${left})`)
    const columns = described.rows().map((row) => String(row['column_name']))
    const features = columns.filter((name) => name !== 'id' && name !== 'cutoff')
    const differs = features.map((name) => {
      const [a, b] = [`CAST(l.${identifier(name)} AS DOUBLE)`, `CAST(r.${identifier(name)} AS DOUBLE)`]
      const isFar = `abs(${a} - ${b}) > 1e-9 * greatest(1, abs(${a}), abs(${b}))`
      return `count(*) FILTER (WHERE (${a} IS NULL) <> (${b} IS NULL) OR ${isFar}) AS ${identifier(name)}`
    })
    const alone = 'count(*) FILTER (WHERE l.id IS NULL OR r.id IS NULL) AS alone'
    const statement = `SELECT count(*) AS people, ${[alone, ...differs].join(', ')} FROM ${left} l FULL JOIN ${right} r ON l.id = r.id`
    const [{ people, ...counts }] = (await engine.query(statement)).rows() as [Record<string, number>]
    const wrong = Object.entries(counts).filter(([, count]) => count > 0)
    if (wrong.length > 0) {
      throw new Error(
        `The answers differ: ${wrong.map(([name, count]) => `${name} (${count} rows)`).join(', ')}.`,
      )
    }
    return people! * features.length
  } finally {
    await engine.close()
  }
}
