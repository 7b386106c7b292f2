import { open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { HoldfastError } from '../base/errors.js'
import { openDuckdb } from '../engine/duckdb.js'
import { withAttached } from './nightStore.js'
import { holdAdvisoryLock, openPostgres, type PostgresClient, quotedName, shownAddress } from './postgres.js'
import { contentOfFile } from './sourceFiles.js'
import { publishDuckdb, type StagedTable, tableHasRun } from './tableOutputs.js'

/** A complete file beside the one that it replaces. */
export interface StagedFile {
  readonly part: string
  readonly place: string
  /** SHA-256 of its bytes; blank before it is complete. */
  readonly content: string
}

/**
 * What a run is about to publish, kept in the state folder while it does.
 *
 *     staging    files and tables are being written beside those that they will replace; nothing is published
 *     asked      all of them are complete, and the transaction in PostgreSQL is about to be committed: whether it was
 *                decides, and only the database knows
 *     decided    all of them are published, or will be
 *
 * Without a PostgreSQL output there is no `asked`: writing `decided` decides, which the rename of one file does.
 */
export interface Journal {
  readonly version: 1
  readonly run: string
  readonly phase: 'staging' | 'asked' | 'decided'
  readonly files: readonly StagedFile[]
  readonly tables: readonly StagedTable[]
  /** The tables of the transaction; null = no PostgreSQL output. */
  readonly postgres: { readonly address: string; readonly tables: readonly string[] } | null
}

const journalFile = 'journal.json'
const recoverySeconds = 60

/** Writes the journal: whole or not at all, and on the disk before this returns. */
export async function writeJournal(folder: string, journal: Journal): Promise<void> {
  await writeDurably(join(folder, journalFile), JSON.stringify(journal, null, 2))
}

/** Writes a small file whole or not at all, and to the disk. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const part = `${path}.part`
  const file = await open(part, 'w')
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(part, path)
  await syncFolder(dirname(path))
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined)
  // Windows has no such thing
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}

/**
 * Ends what a run before has begun: publishes the rest of what was decided, or removes what was not.
 *
 * @param connection the PostgreSQL database of the outputs, if there is one
 * @returns what was done; null if there was nothing to do
 * @throws {HoldfastError} `run-unfinished` if the database that knows what was decided does not answer
 */
export async function recover(
  operation: string,
  folder: string,
  connection: string | undefined,
): Promise<'published' | 'removed' | null> {
  // Cut off before it was moved into place
  await rm(join(folder, `${journalFile}.part`), { force: true })
  const text = await readFile(join(folder, journalFile), 'utf8').catch(() => undefined)
  if (text === undefined) return null
  const journal = JSON.parse(text) as Journal
  const isDecided =
    journal.phase === 'decided' ||
    (journal.phase === 'asked' && (await isCommitted(operation, journal, connection)))
  if (isDecided) await publishDecided(operation, folder, journal)
  else await removeStaged(folder, journal)
  return isDecided ? 'published' : 'removed'
}

/** Moves files into place and staged tables into their tables; may be repeated. */
export async function publishDecided(operation: string, folder: string, journal: Journal): Promise<void> {
  for (const { part, place, content } of journal.files) {
    try {
      await rename(part, place)
    } catch (cause) {
      const isThere = await contentOfFile(place).then(
        (found) => found === content,
        () => false,
      )
      // An earlier try has moved it
      if (!isThere) throw unfinished(operation, `the file ${place}`, 'to be replaced', cause)
    }
  }
  for (const each of new Set(journal.files.map(({ place }) => dirname(place)))) await syncFolder(each)
  for (const table of journal.tables) {
    await publishDuckdb(table, journal.run).catch((cause: unknown) => {
      throw unfinished(operation, `the table ${table.table} of ${table.file}`, 'to be replaced', cause)
    })
  }
  await rm(join(folder, journalFile))
  await syncFolder(folder)
}

/** Removes what was staged, so that nothing of the run is left but its checkpoints. */
export async function removeStaged(folder: string, journal: Journal): Promise<void> {
  for (const { part } of journal.files) await rm(part, { force: true })
  for (const { file, staged } of journal.tables) {
    if ((await stat(file).catch(() => undefined)) === undefined) continue
    const engine = await openDuckdb()
    try {
      await withAttached(engine, file, () =>
        engine.run(`DROP TABLE IF EXISTS holdfast_out.${quotedName(staged)}`),
      )
    } finally {
      await engine.close()
    }
  }
  await rm(join(folder, journalFile), { force: true })
}

/** Waits for the transaction of the run to end, then asks whether it was committed. */
async function isCommitted(
  operation: string,
  { run, postgres }: Journal,
  connection: string | undefined,
): Promise<boolean> {
  const { address, tables } = postgres!
  if (connection === undefined || shownAddress(connection) !== address)
    throw unfinished(
      operation,
      `the outputs of the configuration`,
      `to name the database ${address}, which alone knows whether run ${run} was published`,
      undefined,
    )
  let client: PostgresClient | undefined
  try {
    client = await openPostgres(operation, connection)
    await client.query('BEGIN')
    await client.query(`SET LOCAL lock_timeout = '${recoverySeconds}s'`)
    await holdAdvisoryLock(client)
    const found = await tableHasRun(client, tables[0]!, run)
    await client.query('COMMIT')
    return found
  } catch (cause) {
    throw unfinished(
      operation,
      `the database ${address}`,
      `to tell whether run ${run} was committed: until it does, the outputs stay as they are`,
      cause,
    )
  } finally {
    await client?.end().catch(() => undefined)
  }
}

function unfinished(operation: string, parameter: string, rule: string, cause: unknown): HoldfastError {
  const reason = cause instanceof Error ? `${cause.message.replace(/\.$/, '')}. ` : ''
  return new HoldfastError(
    operation,
    [
      {
        code: 'run-unfinished',
        parameter,
        rule,
        wayOut: `${reason}The next run ends what this one has begun, before it does anything else.`,
      },
    ],
    { cause },
  )
}
