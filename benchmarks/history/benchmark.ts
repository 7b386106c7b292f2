import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { quantile } from 'simple-statistics'
import * as z from 'zod'
import { addDays, epochDay, formatDay } from '../../src/base/days.js'
import { seededRandom } from '../../src/base/random.js'
import { textTable } from '../../src/base/textTable.js'
import { openDuckdb } from '../../src/engine/duckdb.js'
import type { Benchmark, Measurement } from '../result.js'

const customers = 20_000
const rounds = 5
const firstDay = epochDay('2024-01-01')
const days = 360

const turnSchema = z.object({
  /** Processor time, s. */
  time: z.number(),
  /** Greatest resident memory, MiB. */
  memory: z.number(),
  answers: z.object({ rows: z.number(), days: z.number(), minutes: z.number() }),
  versions: z.record(z.string(), z.string()).default({}),
})
type Turn = z.output<typeof turnSchema>

/** Files of usage: their rows, how they are written, and the type that their days have for DuckDB. */
const kinds = [
  { id: 'days', rows: 1_000_000, ending: 'csv', dayType: 'DATE' },
  { id: 'timestamps', rows: 1_000_000, ending: 'csv', dayType: 'TIMESTAMP' },
  { id: 'compressed', rows: 1_000_000, ending: 'csv.gz', dayType: 'TIMESTAMP' },
  { id: '500k-days', rows: 500_000, ending: 'csv', dayType: 'DATE' },
  { id: '500k-timestamps', rows: 500_000, ending: 'csv', dayType: 'TIMESTAMP' },
  { id: '500k-parquet', rows: 500_000, ending: 'parquet', dayType: 'TIMESTAMP' },
  { id: '4m-compressed', rows: 4_050_000, ending: 'csv.gz', dayType: 'TIMESTAMP' },
] as const

type Kind = (typeof kinds)[number]

/** Opening a raw history with every row checked, beside DuckDB's own read and cast of the same table. */
export const benchmark: Benchmark = {
  about:
    "how much processor time is it to open a raw history from CSV, DuckDB's own read and cast beside it?",
  run: async (args) => {
    const asked = kinds.filter(({ id }) => args.length === 0 || args.includes(id))
    if (asked.length < args.length)
      throw new Error(`It takes ids of files: ${kinds.map(({ id }) => id).join(', ')}.`)
    execFileSync(process.execPath, [program('../../scripts/build.mjs'), '--unchecked'], { stdio: 'inherit' })
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-history-'))
    try {
      writeCustomers(folder)
      const runs: { id: string; turns: Round[] }[] = []
      for (const kind of asked)
        runs.push({ id: kind.id, turns: measured(folder, await writeUsage(folder, kind), kind) })
      return {
        peers: runs[0]!.turns[0]!.theirs.versions,
        results: runs.flatMap(({ id, turns }) => resultsOf(id, turns)),
        notices: [],
        text: textTable(
          ['file', 'holdfast, s', 'DuckDB, s', 'ratio', 'holdfast, MiB', 'DuckDB, MiB'].map(
            (heading, column) => ({
              heading,
              right: column > 0,
            }),
          ),
          runs.map(({ id, turns }) => {
            const [own, theirs, ratio, memory, other] = figuresOf(turns)
            return [
              id,
              own.toFixed(2),
              theirs.toFixed(2),
              ratio.toFixed(2),
              memory.toFixed(0),
              other.toFixed(0),
            ]
          }),
        ),
        trial: args.length > 0,
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
}

function program(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}

function writeCustomers(folder: string): void {
  const people = Array.from(
    { length: customers },
    (_, index) => `${100_000 + index},2023-0${1 + (index % 9)}-15`,
  )
  writeFileSync(join(folder, 'customers.csv'), `id,activatedAt\n${people.join('\n')}\n`)
}

/** Writes rows of usage in the order of their days, each an id, a day or a time, a number and a word: 28 or 37 bytes. */
async function writeUsage(folder: string, { id, rows, ending, dayType }: Kind): Promise<string> {
  const random = seededRandom(1)
  const two = (value: number): string => String(value).padStart(2, '0')
  const path = join(folder, `${id}.csv`)
  writeFileSync(path, 'id,day,minutes,kind\n')
  let lines: string[] = []
  for (let row = 0; row < rows; row++) {
    const day = formatDay(addDays(firstDay, Math.floor((row / rows) * days)))
    const time = `${two(random.integer(24))}:${two(random.integer(60))}:${two(random.integer(60))}`
    const [who, minutes] = [100_000 + random.integer(customers), (100 * random.uniform()).toFixed(2)]
    const when = dayType === 'DATE' ? day : `${day} ${time}`
    lines.push(`${who},${when},${minutes},${['call', 'data', 'text'][row % 3]}\n`)
    if (lines.length < 100_000 && row < rows - 1) continue
    appendFileSync(path, lines.join(''))
    lines = []
  }
  if (ending === 'csv') return path
  const written = join(folder, `${id}.${ending}`)
  if (ending === 'csv.gz') writeFileSync(written, gzipSync(readFileSync(path)))
  else {
    const engine = await openDuckdb()
    const columns = `{id: 'VARCHAR', day: '${dayType}', minutes: 'DOUBLE', kind: 'VARCHAR'}`
    await engine.writeParquet(`SELECT * FROM read_csv('${path}', columns=${columns})`, written)
    await engine.close()
  }
  return written
}

interface Round {
  readonly own: Turn
  readonly theirs: Turn
}

function measured(folder: string, path: string, { id, dayType }: Kind): Round[] {
  const turnOf = (script: string): Turn => {
    const words = [program(script), join(folder, 'customers.csv'), path, dayType]
    return turnSchema.parse(JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8' })))
  }
  const turns: Round[] = []
  for (let round = 0; round <= rounds; round++) {
    const turn = { own: turnOf('open.mjs'), theirs: turnOf('duckdb.mjs') }
    verify(turn)
    // The first round reads the file into the cache of the system
    if (round > 0) turns.push(turn)
    console.error(`${id}: round ${round} of ${rounds}`)
  }
  return turns
}

function verify({ own, theirs }: Round): void {
  for (const what of ['rows', 'days', 'minutes'] as const) {
    const [one, other] = [own.answers[what], theirs.answers[what]]
    if (Math.abs(one - other) > 1e-9 * Math.abs(other))
      throw new Error(`${what}: ${one} here, ${other} there.`)
  }
}

function figuresOf(turns: readonly Round[]): [number, number, number, number, number] {
  const median = (read: (turn: Round) => number): number => quantile(turns.map(read), 0.5)
  return [
    median(({ own }) => own.time),
    median(({ theirs }) => theirs.time),
    median(({ own, theirs }) => own.time / theirs.time),
    median(({ own }) => own.memory),
    median(({ theirs }) => theirs.memory),
  ]
}

function resultsOf(id: string, turns: readonly Round[]): Measurement[] {
  const [own, theirs, ratio, memory, other] = figuresOf(turns)
  return [
    { id: `${id}.open.time`, value: own, unit: 's' },
    { id: `${id}.open.time.duckdb`, value: theirs, unit: 's', peer: 'duckdb', ratio },
    { id: `${id}.memory.peak`, value: memory, unit: 'MiB' },
    { id: `${id}.memory.peak.duckdb`, value: other, unit: 'MiB', peer: 'duckdb', ratio: memory / other },
  ]
}
