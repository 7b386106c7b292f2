import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { addMonths } from '../../src/base/days.js'
import { openDuckdb } from '../../src/engine/duckdb.js'
import type { Python } from '../python.js'
import { compareFiles } from './agreement.js'
import { cutoff } from './data.js'
import { type FeaturesOptions, rowsWord } from './options.js'
import type { Turn, TurnResult } from './turn.js'

/** Who takes part: ours to a file, by hand to a file, ours into arrays of this process, polars to a file. */
export type ContenderName = Turn['contender'] | 'polars'

/** The turns of one size, by contender, in the order of the rounds. */
export interface SizeTurns {
  readonly rows: number
  readonly turns: ReadonlyMap<ContenderName, readonly TurnResult[]>
  /** Values that agree with those by hand, of each file. */
  readonly compared: number
}

/**
 * Runs all contenders in turns, each in a process of its own. The first round is not timed: its files are compared, and
 * it brings the data into the cache of the system.
 */
export async function turnsOf(
  rows: number,
  database: string,
  folder: string,
  options: FeaturesOptions,
  python: Python | undefined,
): Promise<SizeTurns> {
  const { threads, memoryLimit, rounds } = options
  const names: ContenderName[] = [
    'holdfast',
    'handwritten',
    'arrays',
    ...(python === undefined ? [] : ['polars' as const]),
  ]
  const file = (name: string): string => join(folder, `${name}.parquet`)
  if (python !== undefined) await writeTables(database, file)
  const once = (contender: ContenderName): TurnResult =>
    contender === 'polars'
      ? runPolars(python!, file, threads)
      : runTurn({ contender, database, output: file(contender), threads, memoryLimit })
  const turns = new Map(names.map((name): [ContenderName, TurnResult[]] => [name, []]))
  let compared = 0
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      const result = once(name)
      if (round > 0) turns.get(name)!.push(result)
      console.error(
        `${rowsWord(rows)} ${round === 0 ? 'first' : `round ${round}`}: ${name} ${result.seconds.toFixed(2)} s`,
      )
    }
    if (round > 0) continue
    compared = await compareFiles(file('holdfast'), file('handwritten'))
    if (python !== undefined) await compareFiles(file('polars'), file('handwritten'))
  }
  return { rows, turns, compared }
}

function runTurn(turn: Turn): TurnResult {
  const script = fileURLToPath(new URL('turn.ts', import.meta.url))
  return answerOf(process.execPath, ['--import', 'tsx', script, JSON.stringify(turn)], {})
}

function runPolars(python: Python, file: (name: string) => string, threads: number): TurnResult {
  const turn = {
    starts: Array.from({ length: 8 }, (_, back) => addMonths(cutoff, -back)),
    usage: file('usage'),
    bills: file('bills'),
    customers: file('customers'),
    output: file('polars'),
  }
  const script = fileURLToPath(new URL('peer.py', import.meta.url))
  return answerOf(python.command, [script, JSON.stringify(turn)], { POLARS_MAX_THREADS: String(threads) })
}

function answerOf(command: string, args: readonly string[], variables: Record<string, string>): TurnResult {
  const output = execFileSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return JSON.parse(output.trim().split('\n').at(-1)!) as TurnResult
}

/** The same tables as Parquet files: polars does not read a DuckDB database. */
async function writeTables(database: string, file: (name: string) => string): Promise<void> {
  const engine = await openDuckdb({ path: database })
  try {
    for (const table of ['customers', 'usage', 'bills']) {
      await engine.writeParquet(`SELECT * FROM ${table}`, file(table))
    }
  } finally {
    await engine.close()
  }
}
