import { tmpdir } from 'node:os'
import { parseArgs } from 'node:util'

/** What was asked for on the command line. */
export interface FeaturesOptions {
  /** Usage rows of each size, the smallest first. */
  readonly rows: readonly number[]
  readonly rounds: number
  readonly threads: number
  /** What DuckDB may use before it spills to disk. */
  readonly memoryLimit: string
  /** Where the data are made, about 1.5 GB for 100 M rows; removed afterwards. */
  readonly folder: string
  /** Whether polars takes part, up to how many rows. */
  readonly polarsRows: number
}

const allRows = '1m,10m,100m'

/** Reads the command line. @throws where a word is not known */
export function parseOptions(args: readonly string[]): FeaturesOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rows: { type: 'string', default: allRows },
      rounds: { type: 'string', default: '5' },
      threads: { type: 'string', default: '2' },
      memory: { type: 'string', default: '8GB' },
      folder: { type: 'string', default: tmpdir() },
      polars: { type: 'string', default: '10m' },
    },
  })
  return {
    rows: values.rows
      .split(',')
      .map((word) => rowsOf('rows', word))
      .sort((a, b) => a - b),
    rounds: whole('rounds', values.rounds),
    threads: whole('threads', values.threads),
    memoryLimit: values.memory,
    folder: values.folder,
    polarsRows: rowsOf('polars', values.polars),
  }
}

/** Returns whether a run says what its ids say: other threads and other memory are a trial. */
export function isTrial({ threads, memoryLimit, rounds, rows }: FeaturesOptions): boolean {
  const sizes = allRows.split(',').map((word) => rowsOf('rows', word))
  return threads !== 2 || memoryLimit !== '8GB' || rounds < 3 || rows.some((size) => !sizes.includes(size))
}

/** Returns rows as people write them: `100k`, `1m`. */
export function rowsWord(rows: number): string {
  if (rows % 1_000_000 === 0) return `${rows / 1_000_000}m`
  return rows % 1000 === 0 ? `${rows / 1000}k` : String(rows)
}

function rowsOf(name: string, word: string): number {
  const [, digits, unit] = /^(\d+)([km]?)$/.exec(word) ?? []
  if (digits === undefined) throw new Error(`--${name}: expected rows as in ${allRows}, got ${word}.`)
  return Number(digits) * (unit === 'm' ? 1_000_000 : unit === 'k' ? 1000 : 1)
}

function whole(name: string, text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1) return value
  throw new Error(`--${name}: expected a whole number of at least 1, got ${text}.`)
}
