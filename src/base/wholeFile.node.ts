import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import { renameSync, rmSync } from 'node:fs'
import { chmod, open, readlink, realpath, stat, writeFile } from 'node:fs/promises'
import { constants } from 'node:os'
import { basename, dirname, isAbsolute, join } from 'node:path'
import { HoldfastError, type Problem, type ProblemCode } from './errors.js'

/** A file that is filled beside its place, to be moved there when it is complete. */
export interface UnfinishedFile {
  /** Public function that writes it. */
  readonly operation: string
  /** As the user named it. */
  readonly path: string
  /** Where it will be: the file itself where `path` is a symbolic link. */
  readonly place: string
  /** What is written to until then. */
  readonly part: string
  /** Code of the refusal where it cannot be written. */
  readonly code: ProblemCode
}

const together = new AsyncLocalStorage<UnfinishedFile[]>()

/**
 * Makes a file whole or not at all: a file beside its place is filled, and moved there when it is complete and on the disk. A symbolic link stays one: the file that it leads to is replaced, or made.
 *
 * @param operation the public function the user called
 * @param content of the file, or what fills it
 * @param code of the refusal
 * @throws {HoldfastError} `code` where the file cannot be written, with the reason; what filling it refuses
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
 * Makes all files that `write` writes, by whichever function, or none: they are moved to their places when the last is
 * complete.
 *
 * @throws {HoldfastError} what `write` refuses; where a move fails, the files that were moved before are named
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

/** Moves complete files to their places, in their order. */
export async function finishFiles(files: readonly UnfinishedFile[]): Promise<void> {
  try {
    for (const file of files) await sync(file)
  } catch (error) {
    dropFiles(files)
    throw error
  }
  moveToPlace(files)
}

/** Removes what was written of files that will not be complete. */
export function dropFiles(files: readonly UnfinishedFile[]): void {
  for (const { part } of files) {
    rmSync(part, { force: true })
    keepOnSignal(part)
  }
}

// In one go: no signal comes in between
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

/** Returns the refusal of a file that could not be written. */
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

/** Returns the path that symbolic links lead to, whether or not anything is there; throws where they go in a circle. */
export async function fileBehind(path: string): Promise<string> {
  let place = path
  for (let links = 0; links <= mostLinks; links++) {
    const target = await readlink(place).catch(() => undefined)
    if (target === undefined) return place
    // Seen from where the link really is
    place = isAbsolute(target) ? target : join(await realpath(dirname(place)), target)
  }
  throw Object.assign(new Error(`The symbolic links of ${basename(path)} go in a circle`), { code: 'ELOOP' })
}

/** Returns whether something else than a file stands at a path: what is moved there would take the place of a device. */
export async function isOtherThanFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found !== undefined && !found.isFile() && !found.isDirectory()
}

/** Returns whether the disk or its rights failed, not the program. */
export function isSystemError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error && 'errno' in error
}

// Before the move, or a power cut could leave the new name with old or no content; some disks say only here that they are full
async function sync({ place, part }: UnfinishedFile): Promise<void> {
  const file = await open(part, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
  const earlier = await stat(place).catch(() => undefined)
  // What only its owner could read stays so
  if (earlier?.isFile() === true) await chmod(part, earlier.mode).catch(() => undefined)
}

function reasonOf(cause: unknown): string {
  const { code } = (cause ?? {}) as { readonly code?: unknown }
  if (code === 'ENOSPC') return 'The disk is full: make space, or name a file on another disk.'
  if (code === 'EDQUOT')
    return 'Your share of the disk is used up: make space, or name a file on another disk.'
  if (code === 'ENOENT') return 'Check that its folder is there.'
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return 'You may not write there: name another folder.'
  if (code === 'EISDIR') return 'It is a folder; name a file in it.'
  return `${cause instanceof Error ? cause.message : String(cause)}.`
}

const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Files and folders that are there only while something is under way. */
const passing = new Set<string>()
let endProcess: ((exitCode: number) => void) | undefined

/**
 * From now on a signal that ends the process first removes what {@link removeOnSignal} names: for programs, since a library
 * does not answer the signals of others.
 *
 * Signals are listened to only while there is something to remove: a process that listens ends when its work lets it look,
 * and a long training does not.
 *
 * @param end what ends the process, given 128 and the number of the signal, as shells have it
 */
export function removeUnfinishedOnSignals(end: (exitCode: number) => void): void {
  endProcess = end
}

/** Has a file or folder removed where a signal ends the program before {@link keepOnSignal}. */
export function removeOnSignal(path: string): void {
  if (passing.size === 0 && endProcess !== undefined)
    for (const signal of endingSignals) process.on(signal, endBySignal)
  passing.add(path)
}

/** Takes back {@link removeOnSignal}: what is there now stays, or was removed. */
export function keepOnSignal(path: string): void {
  passing.delete(path)
  if (passing.size > 0) return
  for (const signal of endingSignals) process.off(signal, endBySignal)
}

function endBySignal(signal: (typeof endingSignals)[number]): void {
  for (const path of passing) rmSync(path, { recursive: true, force: true })
  endProcess?.(128 + constants.signals[signal])
}
