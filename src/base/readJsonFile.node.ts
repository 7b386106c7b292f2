import { readFile } from 'node:fs/promises'
import { HoldfastError } from './errors.js'

/**
 * Returns the data of a JSON file written by hand: in UTF-8 or, as some editors and shells save it, UTF-16 with a
 * byte-order mark.
 *
 * @param hint how to write such a file
 * @throws {HoldfastError} `file-unreadable`, with the reason
 */
export async function readJsonFile(
  operation: string,
  parameter: string,
  path: string,
  hint: string,
): Promise<unknown> {
  try {
    const bytes = await readFile(path)
    return JSON.parse(new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes))
  } catch (cause) {
    const wayOut = `${cause instanceof Error ? cause.message : String(cause)}. ${hint}`
    const rule = 'to be JSON'
    throw new HoldfastError(
      operation,
      [{ code: 'file-unreadable', parameter, rule, place: { file: path }, wayOut }],
      { cause },
    )
  }
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'
}
