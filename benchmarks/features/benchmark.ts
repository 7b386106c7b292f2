import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { quantile } from 'simple-statistics'
import { openDuckdb } from '../../src/engine/duckdb.js'
import { openPython, type Python } from '../python.js'
import type { Benchmark, Measurement } from '../result.js'
import { makeData } from './data.js'
import { oneCustomer } from './oneCustomer.js'
import { type FeaturesOptions, isTrial, parseOptions, rowsWord } from './options.js'
import type { TurnResult } from './turn.js'
import { type ContenderName, type SizeTurns, turnsOf } from './turns.js'

/**
 * The telecom features of usage and bills as of one day, beside the same features by hand; and all of them of one customer
 * in memory.
 */
export const benchmark: Benchmark = {
  about: 'how fast are the telecom features of a raw history, beside the same features by hand?',
  run: async (args) => {
    const options = parseOptions(args)
    const load = loadavg()[0]!
    const opened = openPython()
    const python = 'reason' in opened ? undefined : opened
    const alone = oneCustomer()
    const sizes: SizeTurns[] = []
    for (const rows of options.rows) {
      sizes.push(await sizeTurns(rows, options, rows <= options.polarsRows ? python : undefined))
    }
    const isThere = sizes.some(({ turns }) => turns.has('polars'))
    return {
      trial: isTrial(options),
      peers: { duckdb: await duckdbVersion(), ...(isThere ? { polars: polarsVersion(python!) } : {}) },
      results: [...sizes.flatMap(measurementsOf), ...growth(sizes), ...alone],
      notices: notices(options, load, 'reason' in opened ? opened.reason : undefined),
    }
  },
}

async function sizeTurns(
  rows: number,
  options: FeaturesOptions,
  python: Python | undefined,
): Promise<SizeTurns> {
  const folder = mkdtempSync(join(options.folder, 'holdfast-features-'))
  try {
    const database = join(folder, 'history.duckdb')
    await makeData(database, rows, options)
    return await turnsOf(rows, database, folder, options, python)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const peerOf: Readonly<Partial<Record<ContenderName, string>>> = { handwritten: 'duckdb', polars: 'polars' }

function measurementsOf({ rows, turns, compared }: SizeTurns): Measurement[] {
  const size = rowsWord(rows)
  const ours = turns.get('holdfast')!
  const figures = [...turns].flatMap(([name, results]): Measurement[] => {
    const peer = peerOf[name]
    const seconds = median(results.map((result) => result.seconds))
    const memory = Math.max(...results.map(({ peakBytes }) => peakBytes)) / 2 ** 20
    const ratio = median(results.map((result, round) => ours[round]!.seconds / result.seconds))
    const beside = peer === undefined ? {} : { peer }
    return [
      {
        id: `${size}.${name}`,
        value: seconds,
        unit: 's',
        ...beside,
        ...(peer === undefined ? {} : { ratio }),
      },
      { id: `${size}.${name}.rowRate`, value: rows / seconds, unit: 'rows/s', ...beside },
      { id: `${size}.${name}.peakMemory`, value: memory, unit: 'MiB', ...beside },
    ]
  })
  return [...figures, { id: `${size}.valuesCompared`, value: compared, unit: '1' }]
}

/** Time for each row of a size over that of the smallest: 1 where the cost is linear. */
function growth(sizes: readonly SizeTurns[]): Measurement[] {
  const perRow = ({ rows, turns }: SizeTurns): number => secondsOf(turns.get('holdfast')!) / rows
  const [smallest, ...others] = sizes
  return others.map((size) => ({
    id: `growth.${rowsWord(smallest!.rows)}-${rowsWord(size.rows)}.timePerRow`,
    value: perRow(size) / perRow(smallest!),
    unit: '1',
  }))
}

function secondsOf(results: readonly TurnResult[]): number {
  return median(results.map(({ seconds }) => seconds))
}

function median(values: readonly number[]): number {
  return quantile([...values], 0.5)
}

async function duckdbVersion(): Promise<string> {
  const engine = await openDuckdb()
  try {
    return String((await engine.query('SELECT version() AS version')).cell('version', 0))
  } finally {
    await engine.close()
  }
}

function polarsVersion(python: Python): string {
  const script = new URL('version.py', import.meta.url)
  return String(python.run(script, null))
}

// A core's worth of other work within the last minute.
const quietLoad = 0.5

function notices(options: FeaturesOptions, load: number, reason: string | undefined): string[] {
  const tooLarge = options.rows.filter((rows) => rows > options.polarsRows).map(rowsWord)
  return [
    ...(reason === undefined ? [] : [`polars is left out: ${reason}.`]),
    ...(tooLarge.length === 0
      ? []
      : [`polars is left out at ${tooLarge.join(', ')} rows: it has no memory limit.`]),
    ...(options.rounds < 5 ? [`Fewer than 5 rounds: ${options.rounds}.`] : []),
    ...(load > quietLoad ? [`The machine was busy before the run: load ${load.toFixed(2)}.`] : []),
  ]
}
