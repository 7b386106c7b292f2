// DuckDB's own read and cast of the same table: the columns are known, and nothing is checked beside.
import { DuckDBInstance, version } from '@duckdb/node-api'

const [, usage] = process.argv.slice(2)
const dayType = process.argv[4]
const connection = await (await DuckDBInstance.create(':memory:')).connect()
const before = process.cpuUsage()
const source = usage.endsWith('.parquet')
  ? `read_parquet('${usage}')`
  : `read_csv('${usage}', header=true, columns={id: 'VARCHAR', day: '${dayType}', minutes: 'DOUBLE', kind: 'VARCHAR'})`
await connection.run(
  `CREATE TABLE usage AS SELECT id, CAST(CAST(day AS DATE) - DATE '1970-01-01' AS INTEGER) AS day, minutes, kind FROM ${source}`,
)
const { user, system } = process.cpuUsage(before)
const memory = process.resourceUsage().maxRSS / 1024
const found = await connection.runAndReadAll(
  'SELECT count(*)::DOUBLE AS rows, sum(day)::DOUBLE AS days, sum(minutes) AS minutes FROM usage',
)
const answers = found.getRowObjects()[0]
process.stdout.write(
  JSON.stringify({ time: (user + system) / 1e6, memory, answers, versions: { duckdb: version() } }),
)
