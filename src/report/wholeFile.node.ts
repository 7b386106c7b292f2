import { randomUUID } from 'node:crypto'
import { rename, rm, writeFile } from 'node:fs/promises'
import { HoldfastError } from '../base/errors.js'

/** Writes a file whole or not at all: beside its place, and moved when it is complete. */
export async function writeWholeFile(
  operation: string,
  path: string,
  content: string | Uint8Array,
): Promise<void> {
  const part = `${path}.${randomUUID().slice(0, 8)}.part`
  try {
    await writeFile(part, content, { flag: 'wx' })
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
