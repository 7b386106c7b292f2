import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { closestWord, type Problem } from '../base/errors.js'

/** File formats of tables. */
export type FileFormat = 'csv' | 'tsv' | 'parquet' | 'json'

const formats: Readonly<Record<string, FileFormat>> = {
  '.csv': 'csv',
  '.csv.gz': 'csv',
  '.tsv': 'tsv',
  '.tsv.gz': 'tsv',
  '.parquet': 'parquet',
  '.jsonl': 'json',
  '.ndjson': 'json',
}

/** Returns the format for a file name's ending, or undefined. */
export function fileFormat(path: string): FileFormat | undefined {
  const name = path.toLowerCase()
  const ending = Object.keys(formats).find((known) => name.endsWith(known))
  return ending === undefined ? undefined : formats[ending]
}

/** True if a file is packed with gzip, by its name. */
export function isPacked(path: string): boolean {
  return path.toLowerCase().endsWith('.gz')
}

/**
 * Returns what is wrong with a packed file, undefined if it is whole or not packed: the engine does not notice a
 * truncated file and does not verify the checksum. Unpacks it once.
 */
export async function archiveDamage(path: string): Promise<unknown> {
  if (!isPacked(path)) return undefined
  try {
    for await (const _ of openText(path));
    return undefined
  } catch (error) {
    return error
  }
}

const bytesRead = 262_144

/** Opens a file for reading, unpacked if its name ends in `.gz`. */
export function openText(path: string): Readable {
  const file = createReadStream(path, { highWaterMark: bytesRead })
  if (!isPacked(path)) return file
  const unpacked = createGunzip({ chunkSize: bytesRead })
  file.on('error', (error) => unpacked.destroy(error))
  return file.pipe(unpacked)
}

/** Returns the problem "unknown ending". */
export function formatUnknown(path: string): Problem {
  return {
    code: 'file-unreadable',
    parameter: 'the file name',
    rule: `to end in ${Object.keys(formats).join(', ')}`,
    received: path,
    place: { file: path },
  }
}

/** Returns the problem "no such file", with the nearest names in the folder; undefined if the file exists. */
export async function fileMissing(path: string): Promise<Problem | undefined> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isFile()) return undefined
  if (found?.isDirectory()) {
    return {
      code: 'file-unreadable',
      parameter: 'the file',
      rule: 'to be a file',
      place: { file: path },
      wayOut: `It is a folder; name the files in it, for instance ${path}/*.csv.`,
    }
  }
  const names = await readdir(dirname(path)).catch(() => undefined)
  return {
    code: 'file-missing',
    parameter: 'the file',
    rule: 'to exist',
    place: { file: path },
    wayOut: hint(path, names),
  }
}

function hint(path: string, names: readonly string[] | undefined): string {
  if (names === undefined) return `There is no folder ${dirname(path)}.`
  const close = closestWord(basename(path), names)
  if (close !== undefined) return `Did you mean ${close}?`
  const tables = names.filter((name) => fileFormat(name) !== undefined).slice(0, 10)
  return tables.length === 0
    ? `The folder ${dirname(path)} holds no table.`
    : `The folder holds ${tables.join(', ')}.`
}
