import { randomUUID } from 'node:crypto'
import { access, constants, mkdir, open, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { formatDay } from '../base/days.js'
import { HoldfastError } from '../base/errors.js'
import { fileBehind, isSystemError, unwritable } from '../base/wholeFile.node.js'
import { fileFormat } from '../table/files.node.js'
import type { Table } from '../table/table.js'
import { writeParts } from '../table/writeTable.node.js'
import { listPage } from './calmList.js'
import {
  type Journal,
  publishDecided,
  recover,
  removeStaged,
  type StagedFile,
  writeJournal,
} from './journal.js'
import { manifestFile, type NightManifest, nightName, type WrittenOutput } from './manifest.js'
import type { CheckedNight, CheckedOutput } from './nightConfig.js'
import type { NightStore, ScoreNight } from './nightStore.js'
import { openPostgres, type PostgresClient, shownAddress, withPostgres } from './postgres.js'
import { scoreLogFolder } from './scoreLog.js'
import { contentOfFile } from './sourceFiles.js'
import { lastRunInDuckdb, lastRunInPostgres, stageDuckdb, writePostgres } from './tableOutputs.js'

type DuckdbOutput = Extract<CheckedOutput, { readonly duckdb: string }>
type PostgresOutput = Extract<CheckedOutput, { readonly postgres: string }>

/** The connection of the PostgreSQL outputs; undefined if there are none. */
export function outputConnection({ outputs }: CheckedNight): string | undefined {
  return outputs.find((each) => 'postgres' in each)?.postgres
}

/** A file of a night, complete or to be written. */
interface NightFile {
  readonly place: string
  readonly write: (part: string) => Promise<void>
  /** False for files of the state folder. */
  readonly isOutput: boolean
}

/**
 * Writes all outputs of a night, its page of the score log and its manifest, and publishes all of them or none.
 *
 * @param manifest makes the manifest from what was written
 */
export async function publishNight(
  store: NightStore,
  night: ScoreNight,
  run: string,
  manifest: (outputs: readonly WrittenOutput[]) => NightManifest,
): Promise<NightManifest> {
  const { operation, config, asOf } = night
  const { state } = config
  const day = formatDay(asOf)
  const files = await Promise.all(filesOf(store, night).map((file) => withRealPlace(file)))
  const manifestPlace = manifestFile(state, asOf, night.model)
  const places = [...files.map(({ place }) => place), manifestPlace]
  const staging: Journal = {
    version: 1,
    run,
    phase: 'staging',
    files: places.map((place) => ({ place, part: `${place}.${run}.part`, content: '' })),
    tables: config.outputs
      .filter((each): each is DuckdbOutput => 'duckdb' in each)
      .map(({ duckdb, table, keep }) => ({
        file: duckdb,
        table,
        staged: `${table}_holdfast_${run.replaceAll('-', '')}`,
        keep,
        asOf: day,
      })),
    postgres: postgresOf(config),
  }
  await Promise.all(
    [...new Set(places.slice(-4).map((place) => dirname(place)))].map((folder) =>
      mkdir(folder, { recursive: true }),
    ),
  )
  await writeJournal(state, staging)
  let client: PostgresClient | undefined
  let isStaged = false
  try {
    const staged: StagedFile[] = []
    for (const [index, file] of files.entries())
      staged.push(await stageFile(operation, file, staging.files[index]!))
    for (const table of staging.tables) {
      await stageDuckdb(store, night, table).catch((cause: unknown) => {
        throw storageFailed(operation, `the table ${table.table} of ${table.file}`, cause)
      })
    }
    const connection = outputConnection(config)
    if (connection !== undefined) {
      client = await openPostgres(operation, connection)
      await writePostgres(client, store, night, postgresOutputs(config), run)
    }
    const written = manifest(writtenOutputs(config, staged, files, store.facts.rows))
    const text = `${JSON.stringify(written, null, 2)}\n`
    const page: NightFile = { place: manifestPlace, isOutput: false, write: (part) => writeFile(part, text) }
    staged.push(await stageFile(operation, page, staging.files.at(-1)!))
    const complete: Journal = { ...staging, files: staged }
    isStaged = true
    await decide(operation, state, complete, client, connection)
    return written
  } catch (error) {
    // What may be decided is not removed here: decide has asked the journal
    if (!isStaged) await removeStaged(state, staging).catch(() => undefined)
    throw isSystemError(error) ? storageFailed(operation, 'the disk', error) : error
  } finally {
    await client?.end().catch(() => undefined)
  }
}

/** The one step that decides, and what follows from it. */
async function decide(
  operation: string,
  state: string,
  complete: Journal,
  client: PostgresClient | undefined,
  connection: string | undefined,
): Promise<void> {
  const decided: Journal = { ...complete, phase: 'decided' }
  try {
    if (client !== undefined) {
      await writeJournal(state, { ...complete, phase: 'asked' })
      await client.query('COMMIT')
    }
    await writeJournal(state, decided)
    await publishDecided(operation, state, decided)
  } catch (cause) {
    await client?.end().catch(() => undefined)
    // It may have failed before or after the decision: the journal and the database know
    if ((await recover(operation, state, connection)) === 'published') return
    throw cause instanceof HoldfastError ? cause : storageFailed(operation, 'the outputs', cause)
  }
}

function filesOf(store: NightStore, night: ScoreNight): NightFile[] {
  const { config, asOf, model } = night
  const day = formatDay(asOf)
  const outputs = config.outputs.flatMap((each): NightFile[] => {
    if (!('file' in each)) return []
    const place = placeOf(each.file, day)
    const { spreadsheetSafe } = each
    const write = (part: string): Promise<void> =>
      fileFormat(place) === 'parquet'
        ? store.writeParquet(store.scoresQuery(night), part)
        : writeParts(store.scores(night), part, { path: place, spreadsheetSafe })
    return [{ place, isOutput: true, write }]
  })
  const log = join(config.state, scoreLogFolder, `${nightName(asOf, model)}.parquet`)
  const rejects = join(config.state, 'rejects', `${nightName(asOf, model)}.csv`)
  const list = async (): Promise<Table[]> => [await store.query('SELECT * FROM list ORDER BY rowid')]
  const lists = (
    config.list === undefined ? [] : [placeOf(config.list.file, day), listPage(config.state, asOf, model)]
  ).map(
    (place, index): NightFile => ({
      place,
      isOutput: index === 0,
      write: async (part) => writeParts(await list(), part, { path: place, spreadsheetSafe: false }),
    }),
  )
  return [
    ...outputs,
    ...lists,
    {
      place: rejects,
      isOutput: false,
      write: async (part) =>
        writeParts([await store.query('SELECT * FROM rejects')], part, {
          path: rejects,
          spreadsheetSafe: false,
        }),
    },
    {
      place: log,
      isOutput: false,
      write: (part) =>
        store.writeParquet(store.scoresQuery({ ...night, config: { ...config, reasons: 0 } }), part),
    },
  ]
}

function placeOf(file: string, day: string): string {
  return file.replaceAll('{asOf}', day)
}

async function withRealPlace(file: NightFile): Promise<NightFile> {
  return { ...file, place: await fileBehind(file.place) }
}

async function stageFile(
  operation: string,
  file: NightFile,
  { part, place }: StagedFile,
): Promise<StagedFile> {
  try {
    await file.write(part)
    const handle = await open(part, 'r+')
    try {
      const earlier = await stat(place).catch(() => undefined)
      if (earlier?.isFile() === true) await handle.chmod(earlier.mode).catch(() => undefined)
      await handle.sync()
    } finally {
      await handle.close()
    }
    return { part, place, content: await contentOfFile(part) }
  } catch (cause) {
    if (!(cause instanceof HoldfastError)) throw unwritable(operation, place, cause, 'storage-failed')
    throw cause.code === 'engine-failed' ? storageFailed(operation, `the file ${place}`, cause) : cause
  }
}

function storageFailed(operation: string, parameter: string, cause: unknown): HoldfastError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new HoldfastError(
    operation,
    [
      {
        code: 'storage-failed',
        parameter,
        rule: 'to be writable',
        wayOut: `${reason.replace(/\.?$/, '.')} Nothing was published; the next run goes on where this one stopped.`,
      },
    ],
    { cause },
  )
}

function postgresOutputs({ outputs }: CheckedNight): PostgresOutput[] {
  return outputs.filter((each): each is PostgresOutput => 'postgres' in each)
}

function postgresOf(config: CheckedNight): Journal['postgres'] {
  const outputs = postgresOutputs(config)
  const [first] = outputs
  return first === undefined
    ? null
    : { address: shownAddress(first.postgres), tables: outputs.map(({ table }) => table) }
}

function writtenOutputs(
  config: CheckedNight,
  staged: readonly StagedFile[],
  files: readonly NightFile[],
  rows: number,
): WrittenOutput[] {
  const written = staged
    .filter((_, index) => files[index]!.isOutput)
    .map(({ place, content }) => ({ to: place, rows, content }))
  const tables = config.outputs.flatMap((each): WrittenOutput[] => {
    const to = tableName(each)
    return to === undefined ? [] : [{ to, rows }]
  })
  return [...written, ...tables]
}

function tableName(output: CheckedOutput): string | undefined {
  if ('file' in output) return undefined
  return `${output.table} of ${'duckdb' in output ? output.duckdb : shownAddress(output.postgres)}`
}

/** Finds folders that cannot be written to before the work of a night and not after it. */
export async function checkWritable(operation: string, { outputs, list }: CheckedNight): Promise<void> {
  for (const each of [...outputs, ...(list === undefined ? [] : [list])]) {
    if ('postgres' in each) continue
    const place = await fileBehind('file' in each ? each.file : each.duckdb)
    await access(dirname(place), constants.W_OK).catch((cause: unknown) => {
      throw unwritable(operation, place, cause, 'storage-failed')
    })
  }
}

/** Returns whether the outputs still hold what a night has published. */
export async function stillPublished(
  operation: string,
  config: CheckedNight,
  { run, asOf, outputs }: NightManifest,
): Promise<boolean> {
  for (const { to, content } of outputs) {
    if (content === undefined) continue
    const found = await contentOfFile(to).catch(() => undefined)
    if (found !== content) return false
  }
  for (const each of config.outputs) {
    if (!('duckdb' in each)) continue
    if ((await lastRunInDuckdb(each.duckdb, each.table, each.keep, asOf)) !== run) return false
  }
  const connection = outputConnection(config)
  if (connection === undefined) return true
  return withPostgres(operation, connection, async (client) => {
    for (const each of postgresOutputs(config))
      if ((await lastRunInPostgres(client, each, asOf)) !== run) return false
    return true
  })
}

/** Returns a name that no other run has. */
export function newRun(): string {
  return randomUUID().slice(0, 18)
}
