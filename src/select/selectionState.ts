import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import * as z from 'zod'
import { HoldfastError } from '../base/errors.js'
import type { SelectionData } from './selectionData.js'

const figure = z.strictObject({ whole: z.number(), parts: z.array(z.number()).readonly() }).readonly()

const trainingSchema = z.strictObject({
  candidate: z.string(),
  rowShare: z.number(),
  repeat: z.int(),
  fold: z.int(),
  figures: z.record(z.string(), figure).readonly(),
  seconds: z.number(),
  rows: z.number(),
  margins: z.string().nullable(),
  note: z.string().nullable(),
})

/** Schema of {@link SelectionState}. */
export const selectionStateSchema = z.strictObject({
  format: z.literal('holdfast-selection'),
  version: z.literal(1),
  /** SHA-256 of the data. */
  data: z.string(),
  /** SHA-256 of the options that the trials depend on. */
  options: z.string(),
  cells: z.array(trainingSchema),
})

/** One training of a candidate and its figures, as kept in a state. */
export type StoredTraining = z.output<typeof trainingSchema>

/** Everything a search knows so far, as plain JSON, to continue later or elsewhere. */
export type SelectionState = z.output<typeof selectionStateSchema>

/** Returns a state that fits the data and options. @throws {HoldfastError} `option-invalid`, `data-changed` */
export function checkedState(state: unknown, data: string, options: string): readonly StoredTraining[] {
  if (state === undefined) return []
  const { success, data: own } = selectionStateSchema.safeParse(state)
  if (!success) throw refused('option-invalid', 'to be the state of a selection, as `onState` gives it')
  if (own.data !== data)
    throw refused('data-changed', 'to be of the same data: its rows, columns or outcomes differ')
  if (own.options !== options) {
    const rule = 'to be of the same candidates, validation, folds, repeats, groups, metric and seed'
    throw refused('data-changed', rule)
  }
  return own.cells
}

function refused(code: 'option-invalid' | 'data-changed', rule: string): HoldfastError {
  const wayOut = 'Leave `resume` out to start over.'
  return new HoldfastError('selectModel', [{ code, parameter: 'resume', rule, wayOut }])
}

/** Returns the SHA-256 of the data in memory, about 1 s for 10 million values. */
export function fingerprintOf({ features, outcome, weight, cutoffs }: SelectionData): string {
  const hash = sha256.create()
  const add = (array: ArrayBufferView | null | undefined): void => {
    hash.update(utf8ToBytes(`${array?.byteLength ?? 'none'};`))
    if (array != null) hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
  }
  for (const column of features.columns) {
    const texts = column.kind === 'text' ? column.dictionary : null
    hash.update(utf8ToBytes(JSON.stringify([column.kind, column.name, texts])))
    add(column.kind === 'number' ? column.values : column.codes)
    add(column.missing?.words)
  }
  add(outcome)
  add(weight)
  add(cutoffs)
  return bytesToHex(hash.digest())
}

/** Returns the SHA-256 of plain data. */
export function digestOf(value: unknown): string {
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(value))))
}

const chunk = 8192

/** Returns 32-bit numbers as base64 text. */
export function textOfNumbers(numbers: Float32Array): string {
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)
  let text = ''
  for (let start = 0; start < bytes.length; start += chunk) {
    text += String.fromCharCode(...bytes.subarray(start, start + chunk))
  }
  return btoa(text)
}

/** Inverse of {@link textOfNumbers}. */
export function numbersOfText(text: string): Float32Array {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  return new Float32Array(bytes.buffer)
}
