import { readFile, stat } from 'node:fs/promises'
import { checkArguments } from '../base/arguments.js'
import { HoldfastError } from '../base/errors.js'
import { checkOptions } from '../base/options.js'
import { writeWholeFile } from '../base/wholeFile.node.js'
import type { ChurnModel } from './contract.js'
import {
  type DecodeOptions,
  decodeModel,
  decodeOptions,
  encodeWithRows,
  refuseTooLarge,
  type StoredModel,
} from './store.js'

/**
 * Writes a model file, whole or not at all: a reader never sees half a file, and after a crash the old one is still
 * there. Beside the model it holds fingerprints of the rows that it was trained on, where these are known: no value, but
 * `evaluate` recognises the rows.
 *
 * @param path of the file; an existing file is replaced
 * @param about plain JSON data to keep beside the model
 * @throws {HoldfastError} `file-unreadable` where the file cannot be written, with the reason; as `encodeModel`
 *
 * @see {@link loadModel}
 */
export async function saveModel(model: ChurnModel, path: string, about: unknown = null): Promise<void> {
  checkArguments('saveModel', ['model', model, 'model'], ['path', path, 'text'])
  const bytes = encodeWithRows('saveModel', model, about)
  await writeWholeFile('saveModel', path, bytes, 'file-unreadable')
}

/**
 * Returns the model of a file, checked as by `decodeModel`; its size is checked before it is read.
 *
 * @throws {HoldfastError} `file-missing`, `file-unreadable`; as `decodeModel`
 *
 * @see {@link saveModel}
 */
export async function loadModel(path: string, options?: DecodeOptions): Promise<StoredModel> {
  checkArguments('loadModel', ['path', path, 'text'])
  const bytes = await readModelFile('loadModel', path, options)
  return decodedFrom('loadModel', path, () => decodeModel(bytes, options))
}

/** Returns what `decode` returns; its refusals name the file and the function that reads it. */
export function decodedFrom<Decoded>(operation: string, path: string, decode: () => Decoded): Decoded {
  try {
    return decode()
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error
    const [first, ...rest] = error.problems.map((problem) => ({
      ...problem,
      place: { file: path, ...problem.place },
    }))
    throw new HoldfastError(operation, [first!, ...rest], { cause: error })
  }
}

/** Returns the bytes of a model file; a file larger than `maxBytes` is refused before it is read. */
export async function readModelFile(
  operation: string,
  path: string,
  options?: DecodeOptions,
): Promise<Uint8Array> {
  const { maxBytes } = checkOptions(operation, decodeOptions, options)
  try {
    refuseTooLarge(operation, (await stat(path)).size, maxBytes)
    return await readFile(path)
  } catch (cause) {
    throw cause instanceof HoldfastError ? cause : unreadable(operation, path, cause)
  }
}

function unreadable(operation: string, path: string, cause: unknown): HoldfastError {
  const isMissing = (cause as { code?: unknown }).code === 'ENOENT'
  return new HoldfastError(
    operation,
    [
      {
        code: isMissing ? 'file-missing' : 'file-unreadable',
        parameter: 'the model file',
        rule: isMissing ? 'to exist' : 'to be a file that can be read',
        place: { file: path },
        wayOut: isMissing ? 'Check the path.' : 'Check that it is a file and that you may read it.',
      },
    ],
    { cause },
  )
}
