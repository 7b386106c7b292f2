import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { checkArguments } from '../base/arguments.js'
import { HoldfastError, type Problem } from '../base/errors.js'
import { checkOptions } from '../base/options.js'
import * as z from '../base/schema.js'
import { canonicalJson } from './canonicalJson.js'
import type { ChurnModel } from './contract.js'
import { contentOf, modelContentSchema, restoreChecked } from './modelContent.js'
import { checkState, restoreWayOut } from './restore.js'
import { restorers } from './restorers.js'
import { knownRowsForFile, knownRowsSchema, rememberKnownRows } from './trainedRows.js'

/** Version of the file format that this release writes; it reads all up to it. */
export const modelFormatVersion = 1

/** A model read from a file, and what later stages stored beside it. */
export interface StoredModel {
  readonly model: ChurnModel
  /** Plain JSON data as given to `encodeModel`; null where none was. */
  readonly about: unknown
}

/** How to read a model file. */
export interface DecodeOptions {
  /** Larger files are refused before anything of them is parsed. Bytes, integer ≥ 1. Default 268435456 (256 MiB). */
  readonly maxBytes?: number | undefined
}

/** Rules and defaults of {@link DecodeOptions}. */
export const decodeOptions = z.strictObject({ maxBytes: z.int().min(1).default(268_435_456) })

const lengthDigits = 12
const headerLength = header('0'.repeat(64), 0).length
const versionPattern = /^\{"format":"holdfast-model","version":"(\d{4})",/
const headerPattern =
  /^\{"format":"holdfast-model","version":"\d{4}","sha256":"([0-9a-f]{64})","bytes":"(\d{12})","payload":$/
const operation = 'decodeModel'

/**
 * Returns the model as the bytes of a file: UTF-8 JSON with format, version and SHA-256 of its content.
 *
 * The bytes depend on nothing but the model: no time, no machine, members in a fixed order. The same seed and data
 * give the same file. Which rows the model was trained on is not in them, as it is in those of `saveModel`.
 *
 * @param about plain JSON data to keep beside the model (feature rules, risk bands); left out = null
 * @throws {HoldfastError} `value-type` where `about` is not plain JSON data; `value-unknown` for an unknown learner
 *
 * O(size) time and memory.
 *
 * @example
 * import { numberColumn } from 'holdfast/tables'
 * const calls = numberColumn('calls', [0, 1, 6, 7])
 * const data = { features: { rowCount: 4, columns: [calls] }, outcome: Uint8Array.of(0, 0, 0, 1) }
 * const bytes = encodeModel(trainPrior(data), { market: 'north' })
 * decodeModel(bytes).about
 * // => { market: 'north' }
 *
 * @see {@link decodeModel}, `saveModel`
 */
export function encodeModel(model: ChurnModel, about: unknown = null): Uint8Array {
  return modelBytes('encodeModel', model, { about: about ?? null })
}

/** Returns the model as the bytes of a file that also tells which rows the model has seen, so far as that is known. */
export function encodeWithRows(operation: string, model: ChurnModel, about: unknown): Uint8Array {
  const seenRows = knownRowsForFile(model)
  return modelBytes(operation, model, {
    about: about ?? null,
    ...(seenRows === undefined ? {} : { seenRows }),
  })
}

function modelBytes(operation: string, model: ChurnModel, beside: object): Uint8Array {
  checkArguments(operation, ['model', model, 'model'])
  const payload = canonicalJson(operation, 'the model', { ...contentOf(model), ...beside })
  const bytes = new TextEncoder().encode(payload)
  const start = new TextEncoder().encode(header(bytesToHex(sha256(bytes)), bytes.length))
  const file = new Uint8Array(start.length + bytes.length + 2)
  file.set(start)
  file.set(bytes, start.length)
  file.set(new TextEncoder().encode('}\n'), start.length + bytes.length)
  return file
}

/**
 * Returns the model of a file's bytes. Nothing of the file is executed; every number that a prediction will use as
 * an index is checked first.
 *
 * @throws {HoldfastError} `model-too-large` above `maxBytes`, before parsing; `model-truncated`, `model-edited` where the
 *   bytes are not those that were written; `model-version` where a newer release wrote it; `model-invalid` where it is no
 *   model file, or its content breaks a rule; `option-invalid`
 *
 * O(size) time and memory.
 *
 * @example
 * import { numberColumn } from 'holdfast/tables'
 * const calls = numberColumn('calls', [0, 1, 6, 7])
 * const data = { features: { rowCount: 4, columns: [calls] }, outcome: Uint8Array.of(0, 0, 0, 1) }
 * decodeModel(encodeModel(trainPrior(data))).model.baseRate
 * // => 0.25
 *
 * @see {@link encodeModel}, `loadModel`
 */
export function decodeModel(bytes: Uint8Array, options?: DecodeOptions): StoredModel {
  checkArguments('decodeModel', ['bytes', bytes, 'bytes'])
  const { maxBytes } = checkOptions(operation, decodeOptions, options)
  refuseTooLarge(operation, bytes.length, maxBytes)
  const payload = verifiedPayload(bytes)
  const { about, seenRows, ...content } = checkState(operation, modelFile, parsed(payload))
  const model = restoreChecked(operation, restorers, content)
  if (seenRows !== undefined) rememberKnownRows(model, seenRows)
  return { model, about }
}

/** Throws where a model file has more bytes than allowed. @throws {HoldfastError} `model-too-large` */
export function refuseTooLarge(caller: string, byteCount: number, maxBytes: number): void {
  if (byteCount <= maxBytes) return
  throw new HoldfastError(caller, [
    {
      code: 'model-too-large',
      parameter: 'the model file',
      rule: `to have at most ${maxBytes} bytes`,
      received: byteCount,
      wayOut: 'If you trust where it comes from, raise maxBytes.',
    },
  ])
}

const modelFile = modelContentSchema(restorers).extend({
  about: z.unknown(),
  // Not there in files of earlier versions and of encodeModel
  seenRows: knownRowsSchema.optional(),
})

/** Fixed width, so that its end is known before anything is parsed. */
function header(checksum: string, byteCount: number): string {
  const version = String(modelFormatVersion).padStart(4, '0')
  const length = String(byteCount).padStart(lengthDigits, '0')
  return `{"format":"holdfast-model","version":"${version}","sha256":"${checksum}","bytes":"${length}","payload":`
}

function verifiedPayload(bytes: Uint8Array): Uint8Array {
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, headerLength))
  // The version first: a newer header may look different after it.
  const version = versionPattern.exec(start)?.[1]
  if (version === undefined) refuseStart(start)
  if (Number(version) > modelFormatVersion) {
    refuseFile('model-version', `to have format version ${modelFormatVersion} or older`, {
      received: Number(version),
      wayOut: 'It was written by a newer release: update holdfast.',
    })
  }
  const match = headerPattern.exec(start)
  if (match === null) refuseStart(start)
  const [, checksum, length] = match
  const payloadEnd = headerLength + Number(length)
  if (bytes.length < payloadEnd + 2) {
    const rule = `to have ${payloadEnd + 2} bytes, as its beginning says`
    refuseFile('model-truncated', rule, { received: bytes.length })
  }
  const payload = bytes.subarray(headerLength, payloadEnd)
  const hasEnd =
    bytes.length === payloadEnd + 2 && bytes[payloadEnd] === 0x7d && bytes[payloadEnd + 1] === 0x0a
  if (!hasEnd || bytesToHex(sha256(payload)) !== checksum) {
    refuseFile('model-edited', 'to have the content that its checksum was made of, but a byte was changed')
  }
  return payload
}

/** Why the beginning of a file is not the one of a model file: cut short, or something else. */
function refuseStart(start: string): never {
  const begin = '{"format":"holdfast-model"'
  if (start.length < headerLength && (start.startsWith(begin) || begin.startsWith(start))) {
    refuseFile('model-truncated', 'to be whole', { received: `${start.length} bytes` })
  }
  refuseFile('model-invalid', 'to begin as a holdfast model file does', { received: start.slice(0, 40) })
}

function refuseFile(
  code: Problem['code'],
  rule: string,
  more: Pick<Problem, 'received' | 'wayOut'> = {},
): never {
  throw new HoldfastError(operation, [
    { code, parameter: 'the model file', rule, wayOut: restoreWayOut, ...more },
  ])
}

function parsed(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
  } catch {
    return refuseFile('model-invalid', 'to be JSON in UTF-8')
  }
}
