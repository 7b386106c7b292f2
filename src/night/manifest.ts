import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type EpochDay, formatDay } from '../base/days.js'
import type { Profile, UnlikelyChange } from './dataContract.js'
import type { UnseenCount } from './nightStore.js'

/** Where the rows of an output went. */
export interface WrittenOutput {
  /** A file, or `table of database`. */
  readonly to: string
  readonly rows: number
  /** SHA-256 of the file's bytes; left out for tables. */
  readonly content?: string
}

/** How many customers a list has, and how many it leaves out. */
export interface ListCounts {
  readonly new: number
  readonly still: number
  readonly gone: number
  /** Customers whose risk would put them on the list, but who are suppressed or have just left it. */
  readonly suppressed: number
  readonly coolingDown: number
}

/** What a night has done, as `runs/<as-of>-<model>.json` of the state folder has it. */
export interface NightManifest {
  readonly version: 1
  /** Name of the run; rows in databases carry it. */
  readonly run: string
  readonly asOf: string
  /** SHA-256 over model, data, options and day: equal for runs that give the same scores in the same places. */
  readonly fingerprint: string
  /** SHA-256 of the model file; its first 12 digits are the column `model`. */
  readonly model: { readonly file: string; readonly fingerprint: string }
  /** Of each source a fingerprint of its content. */
  readonly data: Readonly<Record<string, string>>
  /** SHA-256 over the configuration. */
  readonly options: string
  readonly startedAt: string
  readonly finishedAt: string
  /** Seconds of each step. */
  readonly seconds: Readonly<Record<string, number>>
  readonly counts: {
    readonly scored: number
    /** Rows of the sources that were set aside, see `rejects/`. */
    readonly rejected: number
    /** Who was counted, and why others were not. */
    readonly population: readonly { readonly reason: string; readonly customers: number }[]
  }
  readonly figures: {
    /** Mean probability; null without customers. */
    readonly meanProbability: number | null
    readonly bands: Readonly<Record<string, number>>
    readonly stages: Readonly<Record<string, number>>
  }
  /** Customers of the list; null without one. */
  readonly list: ListCounts | null
  /** Quantities of the data, with which later nights are compared. */
  readonly profile: Profile
  /** Quantities that have changed more than the nights before let expect. */
  readonly unlikely: readonly UnlikelyChange[]
  /** Values that training has not seen. */
  readonly unseen: readonly UnseenCount[]
  readonly warnings: readonly string[]
  readonly outputs: readonly WrittenOutput[]
}

/** Digits of a fingerprint that stand in names and columns. */
export const shownDigits = 12

/** Returns the path of a night's manifest. */
export function manifestFile(state: string, asOf: EpochDay, model: string): string {
  return join(state, 'runs', `${nightName(asOf, model)}.json`)
}

/** Returns the name of a night in the state folder. */
export function nightName(asOf: EpochDay, model: string): string {
  return `${formatDay(asOf)}-${model.slice(0, shownDigits)}`
}

/** Returns the manifest of a night; undefined if it was never published. */
export async function readManifest(path: string): Promise<NightManifest | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as NightManifest)
}

/** Nights that a night is compared with. */
const mostEarlier = 60

/** Returns the manifests of the last nights before a day, oldest first; of several models the one that was run last. */
export async function earlierManifests(state: string, asOf: EpochDay): Promise<NightManifest[]> {
  const folder = join(state, 'runs')
  const names = (await readdir(folder).catch(() => [])).filter(
    (name) => name.endsWith('.json') && name.slice(0, 10) < formatDay(asOf),
  )
  const byDay = new Map<string, NightManifest>()
  for (const name of names.sort().slice(-2 * mostEarlier)) {
    const manifest = (await readManifest(join(folder, name)))!
    const other = byDay.get(manifest.asOf)
    if (other === undefined || other.finishedAt < manifest.finishedAt) byDay.set(manifest.asOf, manifest)
  }
  return [...byDay.values()].slice(-mostEarlier)
}
