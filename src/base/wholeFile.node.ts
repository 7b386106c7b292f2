import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import { renameSync, rmSync } from 'node:fs'
import { chmod, open, readlink, realpath, stat, writeFile } from 'node:fs/promises'
import { constants } from 'node:os'
import { basename, dirname, isAbsolute, join } from 'node:path'
import { HoldfastError, type Problem, type ProblemCode } from './errors.js'

/** A temporary file, to be moved into place when complete. */
export interface UnfinishedFile {
  /** Public function that writes it. */
  readonly operation: string
  /** As the user named it. */
  readonly path: string
  /** Its final place: the target if `path` is a symbolic link. */
  readonly place: string
  /** The temporary file. */
  readonly part: string
  /** Code of the error if it cannot be written. */
  readonly code: ProblemCode
}

const together = new AsyncLocalStorage<UnfinishedFile[]>()

/**
 * Writes a file whole or not at all: a temporary file beside it is moved into place when complete and synced to disk.
 * Symbolic links are followed: their target is replaced or created.
 *
 * @param operation the public function the user called
 * @param content content of the file, or a function that fills it
 * @param code code of the error
 * @throws {HoldfastError} `code` with the reason if the file cannot be written; and what filling it throws
 */
export async function writeWholeFile(
  operation: string,
  path: string,
  content: string | Uint8Array | ((part: string) => Promise<void>),
  code: ProblemCode = 'file-missing',
): Promise<void> {
  const file = await beginFile(operation, path, code)
  try {
    await (typeof content === 'function' ? content(file.part) : writeFile(file.part, content, { flag: 'wx' }))
    await sync(file)
  } catch (cause) {
    dropFiles([file])
    throw cause instanceof HoldfastError ? cause : unwritable(operation, path, cause, code)
  }
  const group = together.getStore()
  if (group === undefined) moveToPlace([file])
  else group.push(file)
}

/**
 * Writes all files that `write` writes, by whatever function, or none: they are moved into place when the last is complete.
 *
 * @throws {HoldfastError} what `write` throws; if a move fails, the files moved before are named
 */
export async function writeTogether(write: () => Promise<void>): Promise<void> {
  const files: UnfinishedFile[] = []
  try {
    await together.run(files, write)
  } catch (error) {
    dropFiles(files)
    throw error
  }
  moveToPlace(files)
}

/** Returns a file to fill; {@link finishFiles} or {@link dropFiles} ends it. */
export async function beginFile(
  operation: string,
  path: string,
  code: ProblemCode = 'file-missing',
): Promise<UnfinishedFile> {
  const place = await fileBehind(path).catch((cause) => {
    throw unwritable(operation, path, cause, code)
  })
  if (await isOtherThanFile(place)) {
    const wayOut = 'It is a device, a pipe or a socket; name a file.'
    throw new HoldfastError(operation, [{ code, ...aboutFile(path), rule: 'to be a file', wayOut }])
  }
  const part = `${place}.${randomUUID().slice(0, 8)}.part`
  removeOnSignal(part)
  return { operation, path, place, part, code }
}

/** Moves complete files into place, in order. */
export async function finishFiles(files: readonly UnfinishedFile[]): Promise<void> {
  try {
    for (const file of files) await sync(file)
  } catch (error) {
    dropFiles(files)
    throw error
  }
  moveToPlace(files)
}

/** Removes the temporary files of incomplete files. */
export function dropFiles(files: readonly UnfinishedFile[]): void {
  for (const { part } of files) {
    rmSync(part, { force: true })
    keepOnSignal(part)
  }
}

// Synchronous, so that no signal can interrupt it
function moveToPlace(files: readonly UnfinishedFile[]): void {
  for (const [index, { operation, path, place, part, code }] of files.entries()) {
    try {
      renameSync(part, place)
      keepOnSignal(part)
    } catch (cause) {
      dropFiles(files.slice(index))
      throw unwritable(operation, path, cause, code, movedBefore(files, index))
    }
  }
}

function movedBefore(files: readonly UnfinishedFile[], index: number): string {
  if (index === 0) return ''
  const names = (some: readonly UnfinishedFile[]): string => some.map(({ path }) => path).join(', ')
  return ` Written before it: ${names(files.slice(0, index))}. Not written: ${names(files.slice(index))}.`
}

/** Returns the error for a file that could not be written. */
export function unwritable(
  operation: string,
  path: string,
  cause: unknown,
  code: ProblemCode = 'file-missing',
  more = '',
): HoldfastError {
  const wayOut = `${reasonOf(cause)}${more}`
  return new HoldfastError(operation, [{ code, ...aboutFile(path), rule: 'to be writable', wayOut }], {
    cause,
  })
}

function aboutFile(path: string): Pick<Problem, 'parameter' | 'received' | 'place'> {
  return { parameter: 'the file', received: path, place: { file: path } }
}

const mostLinks = 40

/** Returns the target of symbolic links, whether or not it exists; throws if they form a loop. */
export async function fileBehind(path: string): Promise<string> {
  let place = path
  for (let links = 0; links <= mostLinks; links++) {
    const target = await readlink(place).catch(() => undefined)
    if (target === undefined) return place
    // Relative to the real folder of the link
    place = isAbsolute(target) ? target : join(await realpath(dirname(place)), target)
  }
  throw Object.assign(new Error(`The symbolic links of ${basename(path)} form a loop`), { code: 'ELOOP' })
}

/** Returns whether a path is something other than a file, such as a device, which a move would replace. */
export async function isOtherThanFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found !== undefined && !found.isFile() && !found.isDirectory()
}

/** Returns whether an error comes from the system (disk, permissions), not the program. */
export function isSystemError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error && 'errno' in error
}

// Before the move, because otherwise a power cut could leave the new name with old or no content; some disks
// report only here that they are full
async function sync({ place, part }: UnfinishedFile): Promise<void> {
  const file = await open(part, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
  const earlier = await stat(place).catch(() => undefined)
  // Keeps the permissions of the earlier file
  if (earlier?.isFile() === true) await chmod(part, earlier.mode).catch(() => undefined)
}

function reasonOf(cause: unknown): string {
  const { code } = (cause ?? {}) as { readonly code?: unknown }
  if (code === 'ENOSPC') return 'The disk is full: make space, or name a file on another disk.'
  if (code === 'EDQUOT')
    return 'Your share of the disk is used up: make space, or name a file on another disk.'
  if (code === 'ENOENT') return 'Check that its folder exists.'
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return 'You may not write there: name another folder.'
  if (code === 'EISDIR') return 'It is a folder; name a file in it.'
  return `${cause instanceof Error ? cause.message : String(cause)}.`
}

const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Temporary files and folders to remove on a signal. */
const passing = new Set<string>()
let endProcess: ((exitCode: number) => void) | undefined

/**
 * From now on a signal that ends the process first removes what {@link removeOnSignal} names. Only for programs: a
 * library should not handle signals.
 *
 * Signals are handled only while there is something to remove, because a process with a handler does not end until its
 * work yields, which a long training does not.
 *
 * @param end ends the process, given 128 + the number of the signal, as in shells
 */
export function removeUnfinishedOnSignals(end: (exitCode: number) => void): void {
  endProcess = end
}

/** Has a file or folder removed if a signal ends the program before {@link keepOnSignal}. */
export function removeOnSignal(path: string): void {
  if (passing.size === 0 && endProcess !== undefined)
    for (const signal of endingSignals) process.on(signal, endBySignal)
  passing.add(path)
}

/** Cancels {@link removeOnSignal}: the file now stays, or was removed. */
export function keepOnSignal(path: string): void {
  passing.delete(path)
  if (passing.size > 0) return
  for (const signal of endingSignals) process.off(signal, endBySignal)
}

function endBySignal(signal: (typeof endingSignals)[number]): void {
  for (const path of passing) rmSync(path, { recursive: true, force: true })
  endProcess?.(128 + constants.signals[signal])
}
