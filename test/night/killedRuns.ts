import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { watch } from 'node:fs'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { seededRandom } from '../../src/base/random.js'
import type { NightOutput } from '../../src/night/nightConfig.js'
import type { TestPostgres } from '../support/postgres.js'
import type { TestJob } from './nightJob.js'

/** What kills did. */
export interface Kills {
  readonly kills: number
  /** How many left the old outputs, and how many the new ones, after recovery. */
  readonly old: number
  readonly new: number
  /** Kills that came after outputs had begun to be staged. */
  readonly whilePublishing: number
  /** Every fault: outputs that are neither all old nor all new, or an end unlike that of an undisturbed run. */
  readonly faults: readonly string[]
}

const days = ['2024-12-01', '2025-01-01'] as const

/** Address of a test database. */
export function addressOf({ connection: { host, port, user, database } }: TestPostgres): string {
  return `postgresql://${user}@${host}:${port}/${database}`
}

/** How often a job is killed. */
export interface KillOptions {
  readonly kills: number
  readonly seed: number
  /** The program to run. Default: the built one. */
  readonly program?: string
  /** Called after each kill. */
  readonly onKill?: (line: string) => void
}

/**
 * Runs a job of two files, a table of a DuckDB file and a table in PostgreSQL again and again, in turns for two days, and
 * ends each run by SIGKILL: in turns at any moment, at any moment of staging and publishing, and within some milliseconds
 * after the journal has said that the database is asked, or that it is decided. After each, recovery
 * must leave the outputs of one day, and the run gone on with must end as one that nobody disturbed.
 */
export async function killRuns(
  job: TestJob,
  postgres: TestPostgres,
  { kills, seed, program = 'dist/cli/main.js', onKill }: KillOptions,
): Promise<Kills> {
  const outputs: NightOutput[] = [
    { file: 'out/scores.csv' },
    { file: 'out/scores.parquet' },
    { duckdb: 'out/warehouse.duckdb', table: 'scores', keep: 'latest' },
    { postgres: addressOf(postgres), table: 'scores', keep: 'latest' },
  ]
  const file = await job.configFile(outputs, { stage: false })
  const random = seededRandom(seed)
  const undisturbed: string[] = []
  let [whole, publishing] = [0, 0]
  const run = (day: string, kill?: Kill, ...more: string[]): Promise<Ran> =>
    runProgram([program, 'run', file, '--as-of', day, ...more], join(job.folder, 'state'), kill)
  for (const day of days) {
    const ran = await run(day)
    if (ran.code !== 0) throw new Error(`the undisturbed run of ${day} failed: ${ran.said}`)
    undisturbed.push(await contentOfOutputs(job, postgres))
    whole = ran.millis
    publishing = ran.publishing
  }
  const faults: string[] = []
  const counts = { old: 0, new: 0, whilePublishing: 0 }
  let current = 1
  for (let kill = 0; kill < kills; kill++) {
    const other = 1 - current
    const moments: Kill[] = [
      { event: 0, millis: random.uniform() * whole },
      { event: 1, millis: random.uniform() * publishing },
      { event: 2 + random.integer(2), millis: random.uniform() * 20 },
    ]
    const killed = await run(days[other]!, moments[kill % moments.length])
    const recovery = await run(days[other]!, undefined, '--recover')
    if (recovery.code !== 0)
      faults.push(`kill ${kill}: recovery ended with ${recovery.code}: ${recovery.said}`)
    const left = undisturbed.indexOf(await contentOfOutputs(job, postgres))
    if (left < 0) faults.push(`kill ${kill}: a mixture was left`)
    if (left === current) counts.old++
    if (left === other) counts.new++
    if (killed.events > 0) counts.whilePublishing++
    const again = await run(days[other]!)
    if (again.code !== 0)
      faults.push(`kill ${kill}: the run after it ended with ${again.code}: ${again.said}`)
    if ((await contentOfOutputs(job, postgres)) !== undisturbed[other])
      faults.push(`kill ${kill}: another end`)
    const strays = await strayFiles(job)
    if (strays.length > 0) faults.push(`kill ${kill}: left over: ${strays.join(', ')}`)
    onKill?.(
      `kill ${kill + 1}: ${killed.code === null ? 'killed' : 'was done'} after ${Math.round(killed.millis)} ms and ${killed.events} steps of the journal, ${left === current ? 'old' : left === other ? 'new' : 'MIXED'} (${JSON.parse(recovery.said || '{}').outcome})`,
    )
    current = other
  }
  return { kills, ...counts, faults }
}

/** Files of outputs and state that a run should have removed. */
async function strayFiles(job: TestJob): Promise<string[]> {
  const all = await readdir(job.folder, { recursive: true })
  return all.filter((name) => /\.part$|journal\.json|work[\\/]|\.wal$/.test(name))
}

async function contentOfOutputs(job: TestJob, postgres: TestPostgres): Promise<string> {
  const files = await Promise.all(
    ['scores.csv', 'scores.parquet'].map((name) =>
      readFile(join(job.folder, 'out', name)).catch(() => 'none'),
    ),
  )
  const client = new Client(postgres.connection)
  await client.connect()
  const { rows } = await client.query('SELECT * FROM scores ORDER BY as_of, id').catch(() => ({ rows: [] }))
  await client.end()
  const { openDuckdb } = await import('../../src/engine/duckdb.js')
  const engine = await openDuckdb({ path: join(job.folder, 'out', 'warehouse.duckdb') })
  const table = await engine.query('SELECT * FROM scores ORDER BY as_of, id').finally(() => engine.close())
  const hash = createHash('sha256')
  for (const part of [...files, JSON.stringify(rows), JSON.stringify(table.rows())])
    hash.update(part).update('\0')
  return hash.digest('hex')
}

interface Ran {
  readonly code: number | null
  readonly millis: number
  /** How often the journal was written or removed. */
  readonly events: number
  /** Milliseconds from the first of these to the last. */
  readonly publishing: number
  readonly said: string
}

/** Milliseconds after the journal was written so often; 0 = after the beginning. */
interface Kill {
  readonly event: number
  readonly millis: number
}

async function runProgram(words: readonly string[], state: string, kill: Kill | undefined): Promise<Ran> {
  await mkdir(state, { recursive: true })
  return new Promise((resolve) => {
    const begun = performance.now()
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] })
    let timer: NodeJS.Timeout | undefined
    let [said, events, first, last] = ['', 0, 0, 0]
    const at = (event: number): void => {
      if (event === kill?.event) timer = setTimeout(() => child.kill('SIGKILL'), kill.millis)
    }
    const watcher = watch(state, (_, name) => {
      if (name !== 'journal.json') return
      last = performance.now()
      if (events++ === 0) first = last
      at(events)
    })
    at(0)
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => {
        said += String(text)
      })
    child.on('close', (code) => {
      clearTimeout(timer)
      watcher.close()
      resolve({
        code,
        millis: performance.now() - begun,
        events,
        publishing: last - first,
        said: said.trim(),
      })
    })
  })
}
