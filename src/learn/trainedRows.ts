import { z } from 'zod'
import { isMissing } from '../base/bitmap.js'
import type { FeatureColumn, FeatureMatrix } from '../base/matrix.js'
import type { ChurnModel } from './contract.js'
import type { NestingModel } from './nesting.js'

/** Fingerprints that are kept: of more rows those with the lowest, which are a sample of them by what they hold. */
const mostKept = 2048
/** Fingerprints are whole numbers below this; 6 bytes each. */
const limit = 2 ** 48
const bytesEach = 6

/** Rule of {@link TrainedRows}. */
export const trainedRowsSchema = z.strictObject({
  columns: z.array(z.string()).min(1),
  salt: z.int().min(0).max(0xffffffff),
  rows: z.int().min(1),
  twinShare: z.number().min(0).max(1),
  below: z.int().min(1).max(limit),
  fingerprints: z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/),
})

/**
 * Which rows a model was trained on, so far as to find them again: salted fingerprints of 48 bits of what the rows hold,
 * without customer and outcome, at most 2,048 of them. They hold no value; but who
 * knows a row in every feature can tell whether it may have been among them.
 */
export type TrainedRows = z.output<typeof trainedRowsSchema>

/** How many rows are equal to rows that a model was trained on. */
export interface RowOverlap {
  /** Rows that could be compared: all, or a sample where the model was trained on more than 2,048. */
  readonly compared: number
  /** Those of them that are equal to a row of the training. */
  readonly equal: number
  /** How many would be equal if these were other customers: as many as are equal to each other in the training. */
  readonly equalByChance: number
  /** True where more are equal than chance explains: rows of the training are among them. */
  readonly isOverlap: boolean
}

/**
 * Returns the fingerprints of training rows, or null where there are no columns to tell them by.
 *
 * @param columns names of the features that the model reads
 * @param salt text that makes the fingerprints others in every model: the fingerprint of the data
 */
export function trainedRowsOf(
  features: FeatureMatrix,
  columns: readonly string[],
  salt: string,
): TrainedRows | null {
  const names = [...columns].sort()
  const own = columnsNamed(features, names)
  if (own === null || names.length === 0 || features.rowCount === 0) return null
  const number = textNumber(salt, 0)
  const sorted = fingerprintsOf(own, features.rowCount, number).sort()
  const kept: number[] = []
  let below = limit
  let twins = 0
  for (let place = 0; place < sorted.length; place++) {
    const value = sorted[place]!
    const isNew = value !== sorted[place - 1]
    if (!isNew || value === sorted[place + 1]) twins++
    if (!isNew) continue
    if (kept.length < mostKept) kept.push(value)
    else if (below === limit) below = value
  }
  return {
    columns: names,
    salt: number,
    rows: features.rowCount,
    twinShare: twins / sorted.length,
    below,
    fingerprints: textOf(kept),
  }
}

/** Fingerprints of training rows that come in chunks: at any time a few times as many as are kept. */
export class TrainedChunks {
  /** How often each was met, of those below the limit so far. */
  readonly #counts = new Map<number, number>()
  #names: string[] | null = null
  #below = limit
  #rows = 0

  /** Takes note of the rows of a chunk; all have the columns of the first. */
  add(features: FeatureMatrix): void {
    this.#names ??= features.columns.map(({ name }) => name).sort()
    const own = columnsNamed(features, this.#names)!
    this.#rows += features.rowCount
    for (const value of fingerprintsOf(own, features.rowCount, textNumber('', 0))) {
      if (value < this.#below) this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1)
    }
    if (this.#counts.size > 4 * mostKept) this.#keepLowest()
  }

  /** Returns the fingerprints of all rows; null where there is nothing to tell them by. */
  rows(): TrainedRows | null {
    if (this.#names === null || this.#names.length === 0 || this.#rows === 0) return null
    this.#keepLowest()
    const counts = [...this.#counts.values()]
    const twins = counts.reduce((sum, count) => sum + (count > 1 ? count : 0), 0)
    return {
      columns: this.#names,
      salt: textNumber('', 0),
      rows: this.#rows,
      twinShare: twins / counts.reduce((sum, count) => sum + count, 0),
      below: this.#below,
      fingerprints: textOf([...this.#counts.keys()].sort((a, b) => a - b)),
    }
  }

  #keepLowest(): void {
    if (this.#counts.size <= mostKept) return
    this.#below = [...this.#counts.keys()].sort((a, b) => a - b)[mostKept]!
    for (const value of this.#counts.keys()) if (value >= this.#below) this.#counts.delete(value)
  }
}

/** Returns how many rows are equal to training rows; null where they lack a column to tell by. */
export function overlapWith(trained: TrainedRows, features: FeatureMatrix): RowOverlap | null {
  const own = columnsNamed(features, trained.columns)
  if (own === null) return null
  const kept = new Set(numbersOf(trained.fingerprints))
  const asked = fingerprintsOf(own, features.rowCount, trained.salt).filter((value) => value < trained.below)
  const equal = asked.reduce((count, value) => count + (kept.has(value) ? 1 : 0), 0)
  const equalByChance = asked.length * trained.twinShare
  const deviation = Math.sqrt(equalByChance * (1 - trained.twinShare))
  return { compared: asked.length, equal, equalByChance, isOverlap: equal > equalByChance + 3 * deviation }
}

/** Beside the models and not in them: what a model predicts does not depend on them. Gone with the model. */
const remembered = new WeakMap<ChurnModel, readonly TrainedRows[]>()

/** Keeps beside a model which rows it was trained on, for those who evaluate it. */
export function rememberTrainedRows(model: ChurnModel, rows: TrainedRows): void {
  remembered.set(model, [...(remembered.get(model) ?? []), rows])
}

/**
 * Returns the model, and keeps beside it fingerprints of the rows that it was just trained on: one pass over the values.
 *
 * @param startFrom the model that its training went on from: its rows are those of the new model too
 */
export function rememberingRows<Model extends ChurnModel>(
  model: Model,
  features: FeatureMatrix,
  startFrom?: ChurnModel,
): Model {
  const columns = model.features.map(({ name }) => name)
  return rememberingTrained(model, trainedRowsOf(features, columns, ''), startFrom)
}

/** Returns the model, and keeps beside it which rows it was trained on: see {@link rememberingRows}. */
export function rememberingTrained<Model extends ChurnModel>(
  model: Model,
  rows: TrainedRows | null,
  startFrom?: ChurnModel,
): Model {
  const before = startFrom === undefined ? [] : (remembered.get(startFrom) ?? [])
  for (const own of rows === null ? before : [...before, rows]) rememberTrainedRows(model, own)
  return model
}

/** Returns how many rows are equal to rows that the model, or one inside of it, was trained on; null where it is not known. */
export function overlapOf(model: ChurnModel, features: FeatureMatrix): RowOverlap | null {
  const inner = (model as Partial<NestingModel>).innerModels ?? []
  const all = [
    ...(remembered.get(model) ?? []).map((rows) => overlapWith(rows, features)),
    ...inner.map((own) => overlapOf(own, features)),
  ]
  return all.reduce(
    (most, own) => (most === null || (own !== null && own.equal > most.equal) ? own : most),
    null,
  )
}

function columnsNamed(features: FeatureMatrix, names: readonly string[]): FeatureColumn[] | null {
  const byName = new Map(features.columns.map((column) => [column.name, column]))
  const own = names.map((name) => byName.get(name))
  return own.includes(undefined) ? null : (own as FeatureColumn[])
}

const missingNumber = 0x7ff80001

/**
 * Two numbers of 32 bits that each value is mixed into, one after the other; 48 bits of them. Numbers count as of single
 * precision: the last digits of a feature differ between SQL and a service.
 */
function fingerprintsOf(columns: readonly FeatureColumn[], rowCount: number, salt: number): Float64Array {
  const first = new Int32Array(rowCount).fill(salt)
  const second = new Int32Array(rowCount).fill(~salt)
  const single = new Float32Array(1)
  const bits = new Int32Array(single.buffer)
  const mix = (row: number, value: number): void => {
    first[row] = mixed(first[row]!, value, 0x9e3779b1)
    second[row] = mixed(second[row]!, value, 0x85ebca6b)
  }
  for (const column of columns) {
    const { missing } = column
    if (column.kind === 'text') {
      const { codes } = column
      const texts = column.dictionary.map((text) => textNumber(text, salt))
      for (let row = 0; row < rowCount; row++) {
        mix(row, isMissing(missing, row) ? missingNumber : texts[codes[row]!]!)
      }
    } else {
      const { values } = column
      for (let row = 0; row < rowCount; row++) {
        single[0] = values[row]! + 0
        mix(row, isMissing(missing, row) ? missingNumber : bits[0]!)
      }
    }
  }
  return Float64Array.from(first, (high, row) => (high >>> 0) * 65_536 + (second[row]! & 0xffff))
}

function mixed(hash: number, value: number, factor: number): number {
  let next = Math.imul(hash ^ value, factor)
  next = Math.imul(((next << 13) | (next >>> 19)) ^ (next >>> 16), 0xc2b2ae35)
  return next ^ (next >>> 15)
}

function textNumber(text: string, salt: number): number {
  let hash = mixed(salt, text.length, 0x9e3779b1)
  for (let index = 0; index < text.length; index++) hash = mixed(hash, text.charCodeAt(index), 0x85ebca6b)
  return hash >>> 0
}

function textOf(numbers: readonly number[]): string {
  const bytes = Array.from(numbers, (number) =>
    Array.from({ length: bytesEach }, (_, index) => Math.floor(number / 256 ** index) % 256),
  ).flat()
  return btoa(bytes.map((byte) => String.fromCharCode(byte)).join(''))
}

function numbersOf(text: string): number[] {
  const bytes = atob(text)
  return Array.from({ length: Math.floor(bytes.length / bytesEach) }, (_, place) => {
    let number = 0
    for (let index = bytesEach - 1; index >= 0; index--)
      number = number * 256 + bytes.charCodeAt(place * bytesEach + index)
    return number
  })
}
