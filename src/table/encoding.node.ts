import { isUtf8 } from 'node:buffer'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import * as z from 'zod'
import type { Problem } from '../base/errors.js'
import { keepOnSignal, removeOnSignal } from '../base/wholeFile.node.js'
import { fileFormat, openText } from './files.node.js'

/** Schema of an option that names an encoding. */
export const encodingOption = z
  .string()
  .refine(isEncoding)
  .meta({ description: "the name of an encoding, such as 'utf-8' or 'gb18030'" })

function isEncoding(name: string): boolean {
  try {
    return new TextDecoder(name).encoding !== ''
  } catch {
    return false
  }
}

const bytesLookedAt = 1_048_576

const marks: readonly (readonly [string, readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
]

/** Returns the likely encoding of bytes, undefined if they are UTF-8 or it is unclear. */
export function likelyEncoding(bytes: Uint8Array): string | undefined {
  const marked = markOf(bytes)
  if (marked !== undefined) return marked === 'utf-8' ? undefined : marked
  const [even, odd] = [0, 1].map((start) => bytes.filter((byte, at) => at % 2 === start && byte === 0).length)
  if (Math.max(even!, odd!) > bytes.length / 10) return odd! > even! ? 'utf-16le' : 'utf-16be'
  // The last character may be cut off
  if (
    isUtf8(bytes) ||
    (bytes.length >= bytesLookedAt && isUtf8(bytes.subarray(0, bytes.lastIndexOf(10) + 1)))
  )
    return undefined
  const runs = highRuns(bytes)
  // Accented letters come singly or in twos; in Chinese texts bytes above 127 come in pairs, in Cyrillic ones as
  // whole words
  const inPairs = runs.filter((length) => length % 2 === 0).length
  if (inPairs >= 0.9 * runs.length && decodes('gb18030', bytes)) return 'gb18030'
  const mean = runs.reduce((sum, length) => sum + length, 0) / runs.length
  return mean > 2.5 ? 'windows-1251' : 'windows-1252'
}

function markOf(bytes: Uint8Array): string | undefined {
  return marks.find(([, mark]) => mark.every((byte, at) => bytes[at] === byte))?.[0]
}

function highRuns(bytes: Uint8Array): number[] {
  const runs: number[] = []
  let length = 0
  for (const byte of bytes) {
    if (byte > 127) length++
    else if (length > 0) {
      runs.push(length)
      length = 0
    }
  }
  return length > 0 ? [...runs, length] : runs
}

function decodes(encoding: string, bytes: Uint8Array): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}

/** Returns the first bytes of a text file, unpacked, until some are not ASCII. */
async function startOf(path: string): Promise<Uint8Array> {
  let start: Uint8Array = new Uint8Array()
  try {
    for await (const bytes of openText(path)) {
      const isPlain = start.every((byte) => byte < 128)
      start = isPlain ? (bytes as Uint8Array) : Buffer.concat([start, bytes as Uint8Array])
      if (start.length >= bytesLookedAt && start.some((byte) => byte > 127)) break
    }
  } catch {
    // The reader of the file reports what is wrong
  }
  return start.subarray(0, bytesLookedAt)
}

/** Returns the likely encoding of a file, undefined if it is UTF-8 or it is unclear. */
export async function likelyEncodingOf(path: string): Promise<string | undefined> {
  return likelyEncoding(await startOf(path))
}

/** Returns the problem "not a text in the given encoding", with the reason and the likely encoding. */
export async function unreadableText(path: string, error: unknown): Promise<Problem> {
  const reason = error instanceof Error ? error.message : String(error)
  if (isPackingError(error)) {
    const rule = 'to be a whole file packed with gzip'
    const wayOut = `It is cut off or damaged (${reason}): copy or write it again.`
    return { code: 'file-unreadable', parameter: 'the file', rule, place: { file: path }, wayOut }
  }
  const likely = await likelyEncodingOf(path)
  const hint =
    likely === undefined
      ? 'Convert it to UTF-8, for instance with iconv.'
      : `It is probably ${likely}: read it with encoding: '${likely}', or convert it to UTF-8.`
  return {
    code: 'file-unreadable',
    parameter: 'the file',
    rule: 'to be readable text in the given encoding',
    place: { file: path },
    wayOut: `${reason}. ${hint}`,
  }
}

function isPackingError(error: unknown): boolean {
  const { code } = (error ?? {}) as { readonly code?: unknown }
  return typeof code === 'string' && code.startsWith('Z_')
}

/** Returns the problem that the byte order mark of a file contradicts the given encoding, if it does. */
export async function otherEncoding(path: string, encoding: string): Promise<Problem | undefined> {
  const named = new TextDecoder(encoding).encoding
  let marked: string | undefined
  try {
    for await (const bytes of openText(path)) {
      marked = markOf(bytes as Uint8Array)
      break
    }
  } catch {
    return undefined
  }
  // With the default encoding, the bytes that follow the mark are refused anyway
  if (marked === undefined || marked === named || named === 'utf-8') return undefined
  return {
    code: 'file-unreadable',
    parameter: 'the file',
    rule: `to be ${encoding}, and it begins with the mark of ${marked}`,
    place: { file: path },
    wayOut: `Read it with encoding: '${marked}'.`,
  }
}

/** Yields the text of a file, unpacked and decoded. */
export async function* decodedText(path: string, encoding: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true })
  for await (const bytes of openText(path)) yield decoder.decode(bytes as Uint8Array, { stream: true })
  yield decoder.decode()
}

/** Yields the bytes of a file, unpacked, in UTF-8; without a check if UTF-8 is the given encoding. */
export async function* encodedBytes(path: string, encoding: string): AsyncGenerator<Uint8Array> {
  if (new TextDecoder(encoding).encoding === 'utf-8') yield* openText(path)
  else for await (const text of decodedText(path, encoding)) yield Buffer.from(text)
}

/** Files in UTF-8, and the names that the user gave them. */
export interface Utf8Files {
  readonly paths: readonly string[]
  readonly nameOf: (path: string) => string
}

/** Lets `use` read text files in UTF-8: see {@link utf8Files}. */
export async function withUtf8<Result>(
  paths: readonly string[],
  encoding: string,
  use: (files: Utf8Files | { readonly problems: readonly Problem[] }) => Promise<Result>,
): Promise<Result> {
  const files = await utf8Files(paths, encoding)
  try {
    return await use('problems' in files ? { problems: files.problems } : files)
  } finally {
    await files.remove()
  }
}

/**
 * Returns text files in UTF-8: the files themselves, or copies of files in another encoding, which `remove` deletes; or
 * what is wrong with them.
 */
export async function utf8Files(
  paths: readonly string[],
  encoding: string,
): Promise<
  (Utf8Files | { readonly problems: readonly Problem[] }) & { readonly remove: () => Promise<void> }
> {
  if (new TextDecoder(encoding).encoding === 'utf-8')
    return { paths, nameOf: (path) => path, remove: () => Promise.resolve() }
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-'))
  removeOnSignal(folder)
  const remove = async (): Promise<void> => {
    await rm(folder, { recursive: true, force: true })
    keepOnSignal(folder)
  }
  const problems: Problem[] = []
  const names = new Map<string, string>()
  for (const [index, path] of paths.entries()) {
    const other = await otherEncoding(path, encoding)
    if (other !== undefined) problems.push(other)
    const copy = join(folder, `${index}.${fileFormat(path) === 'json' ? 'jsonl' : fileFormat(path)}`)
    names.set(copy, path)
    try {
      await pipeline(Readable.from(decodedText(path, encoding)), createWriteStream(copy))
    } catch (error) {
      problems.push(await unreadableText(path, error))
    }
  }
  if (problems.length > 0) return { problems, remove }
  return { paths: [...names.keys()], nameOf: (path) => names.get(path) ?? path, remove }
}
