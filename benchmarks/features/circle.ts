import { deepStrictEqual } from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { addDays, epochDay } from '../../src/base/days.js'
import { openDuckdb } from '../../src/engine/duckdb.js'
import type { Engine } from '../../src/engine/engine.js'
import type { History } from '../../src/engine/history.js'
import { circleFeatures } from '../../src/feature/circle/circleFeatures.js'
import { callingCircle } from '../../src/feature/circle/circleRule.js'
import type { CustomerFeatures } from '../../src/feature/sql/featureMatrix.js'
import { cellOf, Table } from '../../src/table/table.js'
import type { Measurement } from '../result.js'

const cutoff = epochDay('2025-04-01')
const windowDays = 90
const memoryLimit = '8GB'
const threads = 2

/** Customers in a neighbourhood of the benchmark's graph: three calls of four stay in it. */
const neighbours = 60

/**
 * Returns how long the calling circles of all customers take as of one cutoff: by the clock, and on the processors, which
 * tells more where the machine has other work.
 *
 * Calls of 90 days, all in the window: three of four to the 60 customers nearest in number, one of eight to anybody, one of
 * eight to a number outside of the network; a customer has the same number of calls as every other on average. The
 * tables are made in the engine, so that reading files is not measured; two threads, memory limit 8 GB, on a database file.
 *
 * @param customers number of customers
 * @param calls number of rows of `calls`
 * @param communityRounds rounds of label propagation; 0 = no communities
 */
export async function circleBenchmark(
  customers: number,
  calls: number,
  communityRounds = 4,
): Promise<Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-circle-'))
  const engine = await openDuckdb({ path: join(folder, 'calls.duckdb'), memoryLimit, threads })
  try {
    const history = await historyOf(engine, customers, calls)
    const [start, before] = [performance.now(), process.cpuUsage()]
    const rule = callingCircle({ communityRounds })
    const circles = await circleFeatures(history, rule, { cutoffs: [cutoff] })
    const { user, system } = process.cpuUsage(before)
    const seconds = (performance.now() - start) / 1000
    await verify(history, circles)
    const size = `circle.${customers}-customers.${calls}-calls.${communityRounds}-rounds`
    return [
      { id: `${size}.time`, value: seconds, unit: 's' },
      { id: `${size}.processorTime`, value: (user + system) / 1e6, unit: 's' },
      { id: `${size}.throughput`, value: calls / seconds, unit: 'rows/s' },
      { id: `${size}.residentMemory`, value: residentMemory(), unit: 'MiB' },
    ]
  } finally {
    await engine.close()
    rmSync(folder, { recursive: true })
  }
}

/** The contacts of the first customers, counted in another way. */
async function verify({ engine }: History, { ids, features }: CustomerFeatures): Promise<void> {
  const known = await engine.query(
    `SELECT a AS id, count(DISTINCT b) AS contacts FROM (
       SELECT "from" AS a, "to" AS b FROM calls UNION ALL SELECT "to", "from" FROM calls)
     WHERE a < 'C00000500' AND a <> b AND a IN (SELECT id FROM customers WHERE "cancelledAt" IS NULL)
       AND b IN (SELECT id FROM customers) GROUP BY a ORDER BY a`,
  )
  const degrees = features.columns[0]!
  const found = ids.map((id, row) => ({ id, contacts: cellOf(degrees, row) }))
  deepStrictEqual(
    found.filter(({ id, contacts }) => id < 'C00000500' && contacts !== 0),
    known.rows(),
  )
}

async function historyOf(engine: Engine, customers: number, calls: number): Promise<History> {
  const uniform = (row: string, salt: number) => `(hash(${row} * 8 + ${salt}) % 1000003 / 1000003.0)`
  const id = (number: string) => `'C' || lpad(CAST(${number} AS VARCHAR), 8, '0')`
  await engine.run(
    `CREATE TABLE customers AS SELECT ${id('i')} AS id, ${addDays(cutoff, -900)} AS "activatedAt",
       CASE WHEN ${uniform('i', 0)} < 0.06 THEN CAST(${cutoff} - 1 - floor(${uniform('i', 1)} * 90) AS INTEGER) END AS "cancelledAt"
     FROM range(${customers}) r(i)`,
  )
  const near = `(caller + 1 + CAST(floor(${uniform('i', 3)} * ${neighbours}) AS BIGINT)) % ${customers}`
  const anybody = `CAST(floor(${uniform('i', 4)} * ${customers}) AS BIGINT)`
  const outside = `'8' || lpad(CAST(CAST(floor(${uniform('i', 4)} * ${2 * customers}) AS BIGINT) AS VARCHAR), 9, '0')`
  await engine.run(
    `CREATE TABLE calls AS SELECT ${id('caller')} AS "from",
       CASE WHEN kind < 0.75 THEN ${id(near)} WHEN kind < 0.875 THEN ${id(anybody)} ELSE ${outside} END AS "to",
       CAST(${addDays(cutoff, -windowDays)} + i % ${windowDays} AS INTEGER) AS day, round(${uniform('i', 5)} * 900) / 100 AS minutes
     FROM (SELECT i, CAST(floor(${uniform('i', 6)} * ${customers}) AS BIGINT) AS caller, ${uniform('i', 7)} AS kind
       FROM range(${calls}) r(i))`,
  )
  return {
    engine,
    tables: {
      customers: { id: 'text', activatedAt: 'day', cancelledAt: 'day' },
      calls: { from: 'text', to: 'text', day: 'day', minutes: 'number' },
    },
    completeUntil: addDays(cutoff, 30),
    timeZone: 'UTC',
    repeatedRows: 'keep',
    completeUntilByTable: {},
    notes: [],
    rejects: new Table([], 0),
    close: () => engine.close(),
  }
}

/** Greatest resident memory of the process so far, the engine in it, MiB. */
function residentMemory(): number {
  return process.resourceUsage().maxRSS / 1024
}

// By hand: npx tsx benchmarks/features/circle.ts 100000 5000000
if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [customers = 100_000, calls = 5_000_000, rounds] = process.argv.slice(2).map(Number)
  for (const { id, value, unit } of await circleBenchmark(customers, calls, rounds)) {
    console.log(`${id}: ${Number(value.toPrecision(4))} ${unit}`)
  }
}
