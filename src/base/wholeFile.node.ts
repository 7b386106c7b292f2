import { randomUUID } from 'node:crypto'
import { open, rename, rm, stat } from 'node:fs/promises'
import { HoldfastError, type ProblemCode } from './errors.js'

/**
 * Makes a file whole or not at all: `write` fills a file beside its place, which is moved there when it is complete and on
 * the disk.
 *
 * @param operation the public function the user called
 * @param code of the refusal
 * @throws {HoldfastError} `code` where the file cannot be written, with the reason; what `write` refuses
 */
export async function writeWholeFile(
  operation: string,
  path: string,
  write: (part: string) => Promise<void>,
  code: ProblemCode = 'file-missing',
): Promise<void> {
  const part = `${path}.${randomUUID().slice(0, 8)}.part`
  try {
    await refuseOther(operation, path, code)
    await write(part)
    await sync(part)
    await rename(part, path)
  } catch (cause) {
    await rm(part, { force: true })
    throw cause instanceof HoldfastError ? cause : unwritable(operation, path, cause, code)
  }
}

/** Returns the refusal of a file that could not be written. */
export function unwritable(
  operation: string,
  path: string,
  cause: unknown,
  code: ProblemCode = 'file-missing',
): HoldfastError {
  const wayOut = reasonOf(cause)
  const facts = { parameter: 'the file', rule: 'to be writable', received: path, place: { file: path } }
  return new HoldfastError(operation, [{ code, ...facts, wayOut }], { cause })
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

async function refuseOther(operation: string, path: string, code: ProblemCode): Promise<void> {
  if (!(await isOtherThanFile(path))) return
  const wayOut = 'It is a device, a pipe or a socket; name a file.'
  throw new HoldfastError(operation, [
    { code, parameter: 'the file', rule: 'to be a file', received: path, place: { file: path }, wayOut },
  ])
}

// Before the move, or a power cut could leave the new name with old or no content; some disks say only here that they are full
async function sync(part: string): Promise<void> {
  const file = await open(part, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
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
