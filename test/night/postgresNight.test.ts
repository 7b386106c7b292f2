import { access, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { NightConfig, NightOutput } from '../../src/night/nightConfig.js'
import { type NightProgress, recoverNight, runNight } from '../../src/night/runNight.js'
import { readTable } from '../../src/table/readTable.node.js'
import type { Table } from '../../src/table/table.js'
import { startPostgres } from '../support/postgres.js'
import { addressOf } from './killedRuns.js'
import { makeJob, refusal, type TestJob } from './nightJob.js'

const postgres = await startPostgres()
const asOf = '2025-01-01'
const file: NightOutput = { file: 'out/scores.csv' }

describe.skipIf(postgres === null)('a night job with PostgreSQL', () => {
  let job: TestJob
  let address: string
  beforeAll(async () => {
    job = await makeJob(200)
    address = addressOf(postgres!)
  })
  afterAll(async () => {
    await postgres?.stop()
    await job?.remove()
  })
  const at = (...names: string[]): string => join(job.folder, ...names)
  const fresh = async (): Promise<void> => {
    await Promise.all(['state', 'out'].map((name) => rm(at(name), { recursive: true, force: true })))
    await mkdir(at('out'))
    await ask('DROP TABLE IF EXISTS scores, holdfast_runs')
  }
  const ask = async (statement: string): Promise<Record<string, unknown>[]> => {
    const client = new Client(postgres!.connection)
    await client.connect()
    try {
      return (await client.query<Record<string, unknown>>(statement)).rows
    } finally {
      await client.end()
    }
  }
  const scores = (): NightOutput => ({ postgres: address, table: 'scores' })
  const config = (more: Partial<NightConfig> = {}): NightConfig =>
    job.config([file, scores()], { stage: false, ...more })
  const rowsInDatabase = () =>
    ask('SELECT id, probability, band, reason1, reason2, reason3 FROM scores ORDER BY id COLLATE "C"')
  const rowsInFile = async () =>
    (await readTable(at('out', 'scores.csv'), { types: { id: 'text' } }))
      .rows()
      .map(({ id, probability, band, reason1, reason2, reason3 }) => ({
        id,
        probability,
        band,
        reason1,
        reason2,
        reason3,
      }))

  it('writes the same rows as to a file, to the bit, with the run that wrote them', async () => {
    await fresh()
    const [night] = await runNight(config(), { asOf })
    expect(await rowsInDatabase()).toEqual(await rowsInFile())
    expect(await ask('SELECT run, written_to FROM holdfast_runs')).toEqual([
      { run: night!.manifest.run, written_to: 'scores' },
    ])
    expect((await runNight(config(), { asOf }))[0]!.outcome).toBe('unchanged')
    expect(JSON.stringify(night!.manifest)).toContain(`scores of ${address}`)
  })

  it('keeps the rows of other days, and replaces those of the same day', async () => {
    await fresh()
    const table = job.config([scores()], { stage: false })
    await runNight(table, { from: '2024-11-01', to: '2024-12-01' })
    await ask(
      "DELETE FROM scores WHERE as_of = '2024-12-01' AND band <> 'low'; UPDATE scores SET probability = 2; DELETE FROM holdfast_runs",
    )
    const nights = await runNight(table, { asOf: '2024-12-01' })
    const counts = await ask(
      'SELECT as_of::text, count(*)::int AS rows, max(probability) > 1 AS touched FROM scores GROUP BY as_of ORDER BY as_of',
    )
    expect(counts.map(({ as_of, touched }) => [as_of, touched])).toEqual([
      ['2024-11-01', true],
      ['2024-12-01', false],
    ])
    expect(counts[1]!['rows']).toBe(nights[0]!.manifest.counts.scored)
  })

  it('reads a history from it, to the same scores as from files', async () => {
    await fresh()
    await runNight(config(), { asOf })
    const fromFiles = await readFile(at('out', 'scores.csv'), 'utf8')
    for (const [name, table] of Object.entries(job.tables)) await loadTable(ask, name, table)
    const history = Object.fromEntries(
      Object.keys(job.tables).map((name) => [name, { postgres: address, table: `source.${name}` }]),
    )
    const [night] = await runNight(config({ history }), { asOf })
    expect(await readFile(at('out', 'scores.csv'), 'utf8')).toBe(fromFiles)
    expect(night!.outcome).toBe('published')
    expect((await runNight(config({ history }), { asOf }))[0]!.outcome).toBe('unchanged')
    await ask('UPDATE source.usage SET minutes = minutes + 1 WHERE id = (SELECT min(id) FROM source.usage)')
    expect((await runNight(config({ history }), { asOf }))[0]!.outcome).toBe('published')
  })

  it('that stops while rows are copied leaves all outputs as they were; the next run ends it', async () => {
    await fresh()
    const outputs: NightOutput[] = [file, { postgres: address, table: 'scores', keep: 'latest' }]
    const latest = job.config(outputs, { stage: false })
    await runNight(latest, { asOf: '2024-12-01' })
    const before = [await rowsInDatabase(), await rowsInFile()]
    let stopped: Promise<void> | undefined
    const onProgress = ({ step, done, total }: NightProgress): void => {
      if (step === 'score' && done === total) stopped = postgres!.crash()
    }
    const error = await refusal(runNight(latest, { asOf, onProgress }))
    await stopped
    expect(error.code).toBe('storage-failed')
    await postgres!.restart()
    expect([await rowsInDatabase(), await rowsInFile()]).toEqual(before)
    const steps: string[] = []
    const [night] = await runNight(latest, { asOf, onProgress: ({ step }) => steps.push(step) })
    expect(night!.outcome).toBe('published')
    // What was scored before the stop is not scored again
    expect(steps).not.toContain('score')
    expect(await rowsInDatabase()).toEqual(await rowsInFile())
  })

  it('is asked whether a transaction was committed, and decides for all outputs', async () => {
    await fresh()
    await runNight(config(), { asOf: '2024-12-01' })
    const old = await readFile(at('out', 'scores.csv'), 'utf8')
    const place = at('out', 'scores.csv')
    const asked = async (run: string): Promise<void> => {
      await writeFile(`${place}.part`, 'new')
      const { createHash } = await import('node:crypto')
      const content = createHash('sha256').update('new').digest('hex')
      const journal = {
        version: 1,
        run,
        phase: 'asked',
        tables: [],
        files: [{ part: `${place}.part`, place, content }],
        postgres: { address, tables: ['scores'] },
      }
      await writeFile(at('state', 'journal.json'), JSON.stringify(journal))
    }
    await asked('never-committed')
    expect(await recoverNight(config())).toBe('removed')
    expect(await readFile(place, 'utf8')).toBe(old)
    await expect(access(`${place}.part`)).rejects.toThrow()

    await ask("INSERT INTO holdfast_runs VALUES ('committed', 'scores', '2025-01-01', now())")
    await asked('committed')
    expect(await recoverNight(config())).toBe('published')
    expect(await readFile(place, 'utf8')).toBe('new')
    expect(await readdir(at('state'))).not.toContain('journal.json')

    await asked('committed')
    await postgres!.crash()
    const error = await refusal(runNight(config(), { asOf }))
    await postgres!.restart()
    expect(error.code).toBe('run-unfinished')
    expect(error.message).toContain('to tell whether run committed was committed')
    expect(await readFile(`${place}.part`, 'utf8')).toBe('new')
    const elsewhere = job.config([file], { stage: false })
    expect((await refusal(runNight(elsewhere, { asOf }))).message).toContain(
      `to name the database ${address}`,
    )
    expect(await recoverNight(config())).toBe('published')
  })

  it('waits for a transaction that is still being committed before it decides', async () => {
    await fresh()
    await runNight(config(), { asOf: '2024-12-01' })
    const journal = {
      version: 1,
      run: 'slow',
      phase: 'asked',
      tables: [],
      files: [],
      postgres: { address, tables: ['scores'] },
    }
    await writeFile(at('state', 'journal.json'), JSON.stringify(journal))
    const slow = new Client(postgres!.connection)
    await slow.connect()
    await slow.query('BEGIN')
    await slow.query("SELECT pg_advisory_xact_lock(hashtextextended('holdfast night job', 0))")
    await slow.query("INSERT INTO holdfast_runs VALUES ('slow', 'scores', '2025-01-01', now())")
    const recovering = recoverNight(config())
    const waiting = async (): Promise<boolean> => {
      const rows = await ask("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
      return rows.length > 0
    }
    while (!(await waiting())) await new Promise((resolve) => setTimeout(resolve, 20))
    await slow.query('COMMIT')
    await slow.end()
    expect(await recovering).toBe('published')
  })

  it('a table without a column that is written is refused, and nothing else is written', async () => {
    await fresh()
    await ask(
      'CREATE TABLE scores (id text, as_of date, model text, probability double precision, band text)',
    )
    const error = await refusal(runNight(config(), { asOf }))
    expect(error.problems.map(({ parameter }) => parameter)).toEqual([
      'column stage',
      'column reason1',
      'column reason2',
      'column reason3',
    ])
    expect(await readdir(at('out'))).toEqual([])
  })

  it('that cannot be reached is named without its password', async () => {
    const unknown = { postgres: 'postgresql://night:secret@127.0.0.1:1/none', table: 'scores' }
    const error = await refusal(runNight(job.config([unknown], { stage: false, state: 'other' }), { asOf }))
    expect(error.code).toBe('storage-failed')
    expect(error.message).not.toContain('secret')
    expect(await readdir(at('other'))).not.toContain('journal.json')
  })
})

const sqlTypes = { number: 'double precision', text: 'text', day: 'date', boolean: 'boolean' } as const

async function loadTable(
  ask: (statement: string) => Promise<unknown>,
  name: string,
  table: Table,
): Promise<void> {
  const columns = table.columns.map((column) => `"${column.name}" ${sqlTypes[column.kind]}`)
  await ask(`CREATE SCHEMA IF NOT EXISTS source; CREATE TABLE source.${name} (${columns.join(', ')})`)
  const rows = table.rows().map((row) => {
    const cells = Object.values(row).map((cell) => (typeof cell === 'string' ? `'${cell}'` : String(cell)))
    return `(${cells.join(', ')})`
  })
  for (let start = 0; start < rows.length; start += 5000)
    await ask(`INSERT INTO source.${name} VALUES ${rows.slice(start, start + 5000).join(', ')}`)
}
