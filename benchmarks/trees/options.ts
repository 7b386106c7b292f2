import { parseArgs } from 'node:util'
import { type LibraryName, peerNames } from './contenders.js'

/** Names of the parts, in the order of running. */
export const partNames = [
  'training',
  'telco-shaped',
  'small',
  'categorical',
  'missing',
  'wide',
  'forest',
  'scoring',
  'explaining',
  'single-row',
] as const

/** Name of a part. */
export type PartName = (typeof partNames)[number]

/** What was asked for on the command line. */
export interface TreesOptions {
  readonly parts: readonly PartName[]
  /** Share of the rows that each part would use; a run of another share than 1 is a trial and not written. */
  readonly scale: number
  /** Rounds of every part; null = those of the part. */
  readonly rounds: number | null
  /** Training rows of `training`. */
  readonly sizes: readonly number[]
  /** Threads of every part; null = those of the part. */
  readonly threads: readonly number[] | null
  /** Peers that may take part. */
  readonly peers: readonly LibraryName[]
  /** Measure dist as it is, without building it. */
  readonly built: boolean
  /** Install R and ranger with the system's packages. */
  readonly installRanger: boolean
}

const allSizes = '200k,1m,5m'

/** Reads the command line. @throws with what there is, where a word is not known */
export function parseOptions(args: readonly string[]): TreesOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      scale: { type: 'string', default: '1' },
      rounds: { type: 'string' },
      sizes: { type: 'string', default: allSizes },
      threads: { type: 'string' },
      peers: { type: 'string', default: peerNames.join(',') },
      built: { type: 'boolean', default: false },
      'install-ranger': { type: 'boolean', default: false },
    },
  })
  const asked = known('part', positionals, partNames)
  return {
    parts: asked.length === 0 ? partNames : partNames.filter((name) => asked.includes(name)),
    scale: positive('scale', values.scale),
    rounds: values.rounds === undefined ? null : whole('rounds', values.rounds),
    sizes: list(values.sizes).map(rowsOf),
    threads: values.threads === undefined ? null : list(values.threads).map((word) => whole('threads', word)),
    peers: known('peer', list(values.peers), peerNames),
    built: values.built,
    installRanger: values['install-ranger'],
  }
}

/** True where not every line was asked for. */
export function isPartial({ parts, sizes, threads, peers }: TreesOptions): boolean {
  return (
    parts.length < partNames.length ||
    sizes.length < allSizes.split(',').length ||
    threads !== null ||
    peers.length < peerNames.length
  )
}

/** Returns rows as people write them: `200k`, `1m`, `560`. */
export function rowsWord(rows: number): string {
  if (rows >= 1_000_000 && rows % 1_000_000 === 0) return `${rows / 1_000_000}m`
  return rows >= 1000 && rows % 1000 === 0 ? `${rows / 1000}k` : String(rows)
}

function rowsOf(word: string): number {
  const [, digits, unit] = /^(\d+)([km]?)$/.exec(word) ?? []
  if (digits === undefined) throw new Error(`--sizes: expected rows as in ${allSizes}, got ${word}.`)
  return Number(digits) * (unit === 'm' ? 1_000_000 : unit === 'k' ? 1000 : 1)
}

function known<Name extends string>(kind: string, words: readonly string[], names: readonly Name[]): Name[] {
  const unknown = words.filter((word) => !(names as readonly string[]).includes(word))
  if (unknown.length === 0) return words as Name[]
  throw new Error(`No ${kind} is called ${unknown.join(', ')}. There is: ${names.join(', ')}.`)
}

function list(text: string): string[] {
  return text.split(',').filter((word) => word !== '')
}

function positive(name: string, text: string): number {
  const value = Number(text)
  if (value > 0 && value <= 1) return value
  throw new Error(`--${name}: expected a number in (0, 1], got ${text}.`)
}

function whole(name: string, text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1) return value
  throw new Error(`--${name}: expected whole numbers of at least 1, got ${text}.`)
}
