import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { fileWriter, ParquetWriter } from 'hyparquet-writer'
import { checkArguments } from '../base/arguments.js'
import { HoldfastError, type Problem, refuse } from '../base/errors.js'
import {
  beginFile,
  dropFiles,
  finishFiles,
  isSystemError,
  type UnfinishedFile,
  unwritable,
} from '../base/wholeFile.node.js'
import { operatorBlocks } from './operator.js'
import { checkSimulateOptions, type SimulateOptions } from './options.js'
import { parquetColumns, parquetSchema } from './parquetColumns.js'
import { columnSpecsOf, type OperatorTableName, type OperatorTables, operatorTableNames } from './tables.js'

/** Options to watch and stop the writing. */
export interface WriteControl {
  /** Called after each block of customers; `done` and `total` count people. */
  readonly onProgress?: (progress: {
    readonly step: string
    readonly done: number
    readonly total: number
  }) => void
  /** Checked after each block; an abort throws `aborted` and leaves no file behind. */
  readonly signal?: AbortSignal
  /** Whether to replace existing files. Default false: they are refused. */
  readonly overwrite?: boolean
}

/** The files written. */
export interface WrittenOperator {
  /** Path of each file. */
  readonly files: Readonly<Record<OperatorTableName, string>>
  readonly rowCounts: Readonly<Record<OperatorTableName, number>>
}

interface OpenTable {
  readonly name: OperatorTableName
  readonly file: UnfinishedFile
  readonly writer: ParquetWriter
  rowCount: number
}

/**
 * Writes a simulated operator as Parquet files, one per table, and returns their paths and row counts.
 *
 * The same rows as `simulateTables`, but never more than one block of customers in memory. The files are
 * `<table>.parquet` for each of `operatorTableNames`, with one row group per block; they appear when all are complete,
 * `truth` last, or not at all.
 *
 * @param folder created if missing
 * @throws {HoldfastError} `option-invalid`, `option-unknown`; `file-exists` if a file would be replaced;
 * `file-unreadable` if the folder cannot be created; `aborted`
 *
 * 20 000 customers over 18 months take a few seconds.
 *
 * @see {@link simulateTables} in memory
 */
export async function writeOperator(
  folder: string,
  options: SimulateOptions = {},
  control: WriteControl = {},
): Promise<WrittenOperator> {
  checkArguments('writeOperator', ['folder', folder, 'text'])
  const checked = checkSimulateOptions('writeOperator', options)
  if (control.overwrite !== true) refuseExisting(folder)
  refuseAborted(control.signal)
  await makeFolder(folder)
  const tables: OpenTable[] = []
  try {
    for (const name of operatorTableNames) tables.push(await openTable(folder, name))
    for (const block of operatorBlocks(checked)) {
      for (const table of tables) await appendRows(table, block.tables)
      control.onProgress?.({ step: 'simulate', done: block.customersDone, total: checked.customers })
      await setImmediate()
      refuseAborted(control.signal)
    }
    for (const { writer } of tables) await writer.finish()
    await finishFiles(tables.map(({ file }) => file))
  } catch (error) {
    dropFiles(tables.map(({ file }) => file))
    throw isSystemError(error) ? unwritable('writeOperator', folder, error) : error
  }
  return {
    files: recordOf(tables, ({ file }) => file.path),
    rowCounts: recordOf(tables, ({ rowCount }) => rowCount),
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
  } catch (cause) {
    const problem: Problem = {
      code: 'file-unreadable',
      parameter: 'folder',
      rule: 'to be a folder, or a name under which one can be created',
      received: folder,
      wayOut: `${cause instanceof Error ? cause.message : String(cause)}.`,
    }
    throw new HoldfastError('writeOperator', [problem], { cause })
  }
}

async function openTable(folder: string, name: OperatorTableName): Promise<OpenTable> {
  const file = await beginFile('writeOperator', pathOf(folder, name))
  const schema = parquetSchema(columnSpecsOf(name))
  const writer = new ParquetWriter({ writer: fileWriter(file.part), schema, statistics: false })
  return { name, file, writer, rowCount: 0 }
}

async function appendRows(table: OpenTable, tables: OperatorTables): Promise<void> {
  const rows = tables[table.name]
  if (rows.rowCount === 0) return
  await table.writer.write({ columnData: parquetColumns(rows), rowGroupSize: rows.rowCount })
  table.rowCount += rows.rowCount
}

function refuseExisting(folder: string): void {
  const problems = operatorTableNames
    .map((name) => pathOf(folder, name))
    .filter((path) => existsSync(path))
    .map(
      (path): Problem => ({
        code: 'file-exists',
        parameter: path,
        rule: 'not to exist',
        wayOut: 'Name another folder, or set overwrite to true.',
      }),
    )
  refuse('writeOperator', problems)
}

function refuseAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return
  throw new HoldfastError(
    'writeOperator',
    [{ code: 'aborted', parameter: 'the simulation', rule: 'to run to its end, but its signal was aborted' }],
    { cause: signal.reason },
  )
}

function pathOf(folder: string, name: OperatorTableName): string {
  return join(folder, `${name}.parquet`)
}

function recordOf<Value>(
  tables: readonly OpenTable[],
  read: (table: OpenTable) => Value,
): Record<OperatorTableName, Value> {
  return Object.fromEntries(tables.map((table) => [table.name, read(table)])) as Record<
    OperatorTableName,
    Value
  >
}
