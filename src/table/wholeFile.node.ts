import { randomUUID } from 'node:crypto'
import { rename, rm } from 'node:fs/promises'
import { HoldfastError } from '../base/errors.js'

/**
 * Makes a file whole or not at all: `write` fills a file beside its place, which is moved there when it is complete.
 *
 * @param operation the public function the user called
 * @throws {HoldfastError} `file-missing` where the file cannot be written, with the reason
 */
export async function writeWholeFile(
  operation: string,
  path: string,
  write: (part: string) => Promise<void>,
): Promise<void> {
  const part = `${path}.${randomUUID().slice(0, 8)}.part`
  try {
    await write(part)
    await rename(part, path)
  } catch (cause) {
    await rm(part, { force: true })
    throw new HoldfastError(
      operation,
      [
        {
          code: 'file-missing',
          parameter: 'the file',
          rule: 'to be writable',
          place: { file: path },
          wayOut: `${cause instanceof Error ? cause.message : String(cause)}.`,
        },
      ],
      { cause },
    )
  }
}
