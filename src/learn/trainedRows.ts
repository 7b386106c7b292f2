import { customersOf, ownRows } from '../base/customersOf.js'
import { groupNumbers, repeatedNumbers } from '../base/groupNumbers.js'
import type { FeatureMatrix } from '../base/matrix.js'
import * as z from '../base/schema.js'
import type { ChurnModel, TrainingData } from './contract.js'
import type { NestingModel } from './nesting.js'
import {
  columnsNamed,
  fingerprintLimit,
  fingerprintsOf,
  numbersOf,
  textNumber,
  textOf,
} from './rowFingerprints.js'

/** Fingerprints that are kept: of more rows those with the lowest, which are a sample of them by what they hold. */
const mostKept = 2048

/** Fingerprints of trainings in a file: each takes up to 17 kB. */
const mostInFile = 17

/** Rule of {@link TrainedRows}. */
export const trainedRowsSchema = z.strictObject({
  columns: z.array(z.string()).min(1),
  salt: z.int().min(0).max(0xffffffff),
  rows: z.int().min(1),
  twinShare: z.number().min(0).max(1),
  below: z.int().min(1).max(fingerprintLimit),
  // Not there in files of earlier versions
  sampled: z.strictObject({ rows: z.int().min(1), customers: z.int().min(1) }).optional(),
  fingerprints: z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/),
})

/**
 * Which rows a model was trained on, so far as to find them again: salted fingerprints of 48 bits of what the rows hold,
 * without customer and outcome, at most 2,048 of them. They hold no value; but who knows a row in every feature can tell
 * whether it may have been among them.
 */
export type TrainedRows = z.output<typeof trainedRowsSchema>

/** How many rows are equal to rows that a model was trained on, or that its number of trees was chosen by. */
export interface RowOverlap {
  /** Rows that could be compared: all, or a sample where the model was trained on more than 2,048. */
  readonly compared: number
  /** Those of them that are equal to a row of the training. */
  readonly equal: number
  /**
   * How many would be equal if these were other customers, or the same at another time: as many as are so in the training.
   * Copies of rows do not count.
   */
  readonly equalByChance: number
  /** True where more are equal than chance explains: rows of the training are among them. */
  readonly isOverlap: boolean
  /**
   * False where nobody can tell whether rows of the training are among them: many are equal and chance may have left as
   * many (columns that tell customers hardly apart, or customers whose rows stay the same), or a few more are equal than
   * chance leaves, as a few training rows among others make it, or customers who are a little more alike.
   */
  readonly canBeTold: boolean
}

/**
 * Returns the fingerprints of training rows, or null where there are no columns to tell them by.
 *
 * @param columns names of the features that the model reads
 * @param salt text that makes the fingerprints others in every model: the fingerprint of the data
 */
export function trainedRowsOf(
  { features, ids }: Pick<TrainingData, 'features'> & { readonly ids?: TrainingData['ids'] | null },
  columns: readonly string[],
  salt: string,
): TrainedRows | null {
  const names = [...columns].sort()
  const own = columnsNamed(features, names)
  if (own === null || names.length === 0 || features.rowCount === 0) return null
  const number = textNumber(salt, 0)
  const all = fingerprintsOf(own, features.rowCount, number)
  const sorted = all.slice().sort()
  const { kept, below } = lowest(sorted)
  const rows = rowsBelow(all, below)
  // Identical rows have one fingerprint: where all are different, none need be looked for.
  const { customerOf, pairsByChance } = sorted.some((value, place) => value === sorted[place + 1])
    ? customersOf({ rowCount: features.rowCount, columns: own }, ids)
    : { ...ownRows, customerOf: ids == null ? null : repeatedNumbers(ids) }
  const idOf = ids == null ? rows : groupNumbers(Array.from(rows, (row) => ids[row]!))
  const twins = twinCount(rows, all, customerOf, idOf) + (2 * pairsByChance * rows.length) / features.rowCount
  const customers = customerOf === null ? rows.length : new Set(rows.map((row) => customerOf[row]!)).size
  return {
    columns: names,
    salt: number,
    rows: features.rowCount,
    twinShare: Math.min(twins / rows.length, 1),
    below,
    fingerprints: textOf(kept),
    sampled: { rows: rows.length, customers },
  }
}

/**
 * Fingerprints of training rows that come in chunks: at any time a few times as many as are kept. Copies of rows count as
 * what chance leaves: whose they are is not kept.
 */
export class TrainedChunks {
  /** How often each was met, of those below the limit so far. */
  readonly #counts = new Map<number, number>()
  #names: string[] | null = null
  #below = fingerprintLimit
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
    const sampled = counts.reduce((sum, count) => sum + count, 0)
    return {
      columns: this.#names,
      salt: textNumber('', 0),
      rows: this.#rows,
      twinShare: twins / sampled,
      below: this.#below,
      fingerprints: textOf([...this.#counts.keys()].sort((a, b) => a - b)),
      sampled: { rows: sampled, customers: sampled },
    }
  }

  #keepLowest(): void {
    if (this.#counts.size <= mostKept) return
    this.#below = [...this.#counts.keys()].sort((a, b) => a - b)[mostKept]!
    for (const value of this.#counts.keys()) if (value >= this.#below) this.#counts.delete(value)
  }
}

/** The lowest of sorted fingerprints, each once, and the first that is no longer kept. */
function lowest(sorted: Float64Array): { readonly kept: readonly number[]; readonly below: number } {
  const kept: number[] = []
  for (const value of sorted) {
    if (value === kept.at(-1)) continue
    if (kept.length === mostKept) return { kept, below: value }
    kept.push(value)
  }
  return { kept, below: fingerprintLimit }
}

function rowsBelow(fingerprints: Float64Array, below: number): Int32Array {
  const rows: number[] = []
  for (let row = 0; row < fingerprints.length; row++) if (fingerprints[row]! < below) rows.push(row)
  return Int32Array.from(rows)
}

/** Rows that are equal to one of another customer, or to another row under the same id: what other rows may be equal to. */
function twinCount(
  rows: Int32Array,
  fingerprints: Float64Array,
  customerOf: Int32Array | null,
  idOf: Int32Array,
): number {
  const alike = new Map<number, { rows: number; isTwin: boolean; customer: number; ids: Set<number> }>()
  for (const [index, row] of rows.entries()) {
    const [value, customer] = [fingerprints[row]!, customerOf?.[row] ?? row]
    const one = alike.get(value) ?? { rows: 0, isTwin: false, customer, ids: new Set<number>() }
    const id = idOf[index]!
    one.isTwin ||= one.customer !== customer || one.ids.has(id)
    one.ids.add(id)
    one.rows++
    alike.set(value, one)
  }
  let twins = 0
  for (const one of alike.values()) if (one.isTwin) twins += one.rows
  return twins
}

/** Returns how many rows are equal to training rows; null where they lack a column to tell by, or none can be compared. */
export function overlapWith(trained: TrainedRows, features: FeatureMatrix): RowOverlap | null {
  const own = columnsNamed(features, trained.columns)
  if (own === null) return null
  const kept = new Set(numbersOf(trained.fingerprints))
  const asked = fingerprintsOf(own, features.rowCount, trained.salt).filter((value) => value < trained.below)
  if (asked.length === 0) return null
  const equal = asked.reduce((count, value) => count + (kept.has(value) ? 1 : 0), 0)
  const { chance, isFarMore } = besideChance(trained, asked, equal)
  const isOverlap = chance < byChance && isFarMore
  return {
    compared: asked.length,
    equal,
    equalByChance: asked.length * trained.twinShare,
    isOverlap,
    canBeTold: isOverlap || (equal <= fewEqual * asked.length && chance >= hardlyByChance),
  }
}

/** More equal rows than this share, and not beyond chance: they may be training rows or not. */
const fewEqual = 0.1
/** Chance leaves as many equal rows less often than this, or it may have been chance. */
const byChance = 1e-3
/** Where chance leaves as many less often than this, they may be training rows: of telco 40 among 2,040 are noticed so. */
const hardlyByChance = 0.03
/** So many times the odds of chance are no drift between the training and later rows. */
const farMore = 4

/**
 * Returns the chance of as many rows that are equal to training rows, and whether they are many times as many as it leaves.
 * It leaves pairs of equal rows at one rate: between n customers of the training and m others in m · n pairs, within the
 * training in n² / 2, within the others in m² / 2. Given the pairs found in all of them, those in between are drawn from a binomial distribution. Where most rows are equal,
 * the same is asked of those that are not. Several rows of a customer count as one.
 */
function besideChance({ twinShare, rows, below, sampled }: TrainedRows, asked: Float64Array, equal: number) {
  const customers = sampled?.customers ?? Math.max(Math.round((rows * below) / fingerprintLimit), 1)
  const rowsEach = (sampled?.rows ?? customers) / customers
  const [others, found] = [asked.length / rowsEach, Math.floor(equal / rowsEach)]
  const within = Math.round((twinShare * customers) / 2)
  const withinOthers = Math.round(pairCount(asked) / rowsEach ** 2)
  const unlike = Math.floor(((1 - twinShare) * customers) / 2)
  const share = others / (others + customers / 2)
  const chances = [
    upperTail(found, found + within, share),
    upperTail(found, found + within + withinOthers, (2 * others * customers) / (others + customers) ** 2),
    upperTail(unlike, unlike + Math.ceil(others - found), 1 - share),
  ]
  return {
    chance: equal > asked.length * twinShare ? Math.min(...chances) : 1,
    isFarMore: equal * (1 - twinShare) > farMore * twinShare * (asked.length - equal),
  }
}

/** Returns the chance of at least so many of all, each with that chance. */
function upperTail(least: number, all: number, chance: number): number {
  let logTerm = all * Math.log(1 - chance)
  let sum = 0
  for (let count = 0; count <= all; count++) {
    if (count >= least) sum += Math.exp(logTerm)
    logTerm += Math.log(((all - count) / (count + 1)) * (chance / (1 - chance)))
  }
  return sum
}

function pairCount(values: Float64Array): number {
  const counts = new Map<number, number>()
  let pairs = 0
  for (const value of values) {
    const before = counts.get(value) ?? 0
    pairs += before
    counts.set(value, before + 1)
  }
  return pairs
}

/** Returns what is said where it cannot be told whether rows are those of a training; null where it can. */
export function untoldOverlap(overlap: RowOverlap | null): string | null {
  if (overlap === null) {
    return (
      'It is not known which rows the model was trained on. It may have seen some of these customers: then every ' +
      'figure here is too good.'
    )
  }
  const { canBeTold, equal, compared, equalByChance } = overlap
  if (canBeTold) return null
  const found = `${equal} of the ${compared} rows that were compared are equal to rows of the training`
  if (equal <= fewEqual * compared) {
    return (
      `${found}, where chance leaves about ${Math.round(equalByChance)}: it cannot be told whether the model was trained on some of ` +
      'these customers. If it was, the figures are a little too good.'
    )
  }
  return (
    `${found}, and as many may be so by chance, or because the rows of a customer stay the same: it cannot be told whether the ` +
    'model was trained on these customers. If it was, the figures are too good.'
  )
}

/** What is known of the rows that a model has seen. */
export interface KnownRows {
  readonly rows: readonly TrainedRows[]
  /** False where it was also trained on rows of which nothing is known. */
  readonly isWhole: boolean
  /** The rows of its training, without those that calibrated it or chose its number of trees; null where they are not known. */
  readonly training: KnownTraining | null
}

/** The rows of a training. */
export interface KnownTraining {
  readonly rows: number
  /** Null in model files of earlier versions. */
  readonly fingerprints: TrainedRows | null
}

/** {@link KnownRows} in a model file; the training is a place among the rows. */
export const knownRowsSchema = z.strictObject({
  rows: z.array(trainedRowsSchema).min(1).max(mostInFile),
  isWhole: z.boolean(),
  training: z.int().min(0).max(mostInFile).nullable(),
})

/** Returns what is known of the rows that a model has seen, for its file; undefined where nothing is. */
export function knownRowsForFile(model: ChurnModel): z.output<typeof knownRowsSchema> | undefined {
  const { rows, isWhole, training } = knownRowsOf(model)
  const each = [...new Map(rows.map((one) => [one.fingerprints, one])).values()]
  const place = each.findIndex(({ fingerprints }) => fingerprints === training?.fingerprints?.fingerprints)
  if (each.length === 0) return undefined
  const kept = each.slice(0, mostInFile)
  return {
    rows: kept,
    isWhole: isWhole && kept.length === each.length,
    training: place < 0 || place >= kept.length ? null : place,
  }
}

/** Keeps beside a model what its file knows of the rows that it has seen. */
export function rememberKnownRows(model: ChurnModel, known: z.output<typeof knownRowsSchema>): void {
  const own = known.training === null ? null : (known.rows[known.training] ?? null)
  const training = own === null ? null : { rows: own.rows, fingerprints: own }
  rememberTrainedRows(model, { rows: known.rows, isWhole: known.isWhole, training })
}

interface Remembered extends KnownRows {
  /** True where these are the rows of the models inside of it too. */
  readonly coversInner: boolean
}

/** Beside the models and not in them: what a model predicts does not depend on them. Gone with the model. */
const remembered = new WeakMap<ChurnModel, Remembered>()

/** Keeps beside a model, with all that is inside of it, which rows it was trained on, for those who evaluate it. */
export function rememberTrainedRows(model: ChurnModel, { rows, isWhole, training }: KnownRows): void {
  const before = remembered.get(model)
  remembered.set(model, {
    rows: [...(before?.rows ?? []), ...rows],
    isWhole,
    training,
    coversInner: isWhole || (before?.coversInner ?? false),
  })
}

/** What a training leaned on beside its rows. */
interface Leaned {
  /** The model that it went on from: its rows are those of the new model too. */
  readonly startFrom?: ChurnModel | undefined
  /** The rows that chose the number of trees, or calibrated. */
  readonly validation?: Parameters<typeof trainedRowsOf>[0] | undefined
}

/**
 * Returns the model, and keeps beside it fingerprints of the rows that it was just trained on: one pass over the values.
 */
export function rememberingRows<Model extends ChurnModel>(
  model: Model,
  training: Parameters<typeof trainedRowsOf>[0],
  leaned?: Leaned,
): Model {
  const columns = model.features.map(({ name }) => name)
  return rememberingTrained(model, trainedRowsOf(training, columns, ''), leaned)
}

/** Returns the model, and keeps beside it which rows it was trained on: see {@link rememberingRows}. */
export function rememberingTrained<Model extends ChurnModel>(
  model: Model,
  rows: TrainedRows | null,
  { startFrom, validation }: Leaned = {},
): Model {
  const columns = model.features.map(({ name }) => name)
  if (columns.length === 0) return model
  const before = startFrom === undefined ? noRows : knownRowsOf(startFrom)
  const judging = validation === undefined ? null : trainedRowsOf(validation, columns, '')
  const own = [rows, judging].flatMap((each) => each ?? [])
  remembered.set(model, {
    rows: [...before.rows, ...own],
    isWhole: before.isWhole,
    training: rows === null ? null : { rows: rows.rows, fingerprints: rows },
    coversInner: false,
  })
  return model
}

const noRows: KnownRows = { rows: [], isWhole: true, training: null }

/** Returns what is known of the rows that a model, and each one inside of it, has seen. One that reads nothing has seen none. */
export function knownRowsOf(model: ChurnModel): KnownRows {
  const own = remembered.get(model)
  const inner = (model as Partial<NestingModel>).innerModels
  if (inner === undefined) return own ?? { ...noRows, isWhole: model.features.length === 0 }
  const known = inner.map(knownRowsOf)
  const all = [own ?? noRows, ...known]
  return {
    rows: all.flatMap(({ rows }) => rows),
    isWhole: own?.coversInner === true || all.every(({ isWhole }) => isWhole),
    training: own?.training ?? sameTraining(known.map(({ training }) => training)),
  }
}

/** Returns the training that all have in common; null where they were trained on other rows, or it is not known. */
function sameTraining(all: readonly (KnownTraining | null)[]): KnownTraining | null {
  const [first] = all
  const isSame = (other: KnownTraining | null): boolean =>
    other?.rows === first?.rows && other?.fingerprints?.fingerprints === first?.fingerprints?.fingerprints
  return first != null && all.every(isSame) ? first : null
}

/**
 * Returns how many of the rows of a training are among others, by what is kept of them; null where they lack a column to tell
 * by, or nothing is kept.
 */
export function foundAmong(
  { fingerprints }: KnownTraining,
  features: FeatureMatrix,
): { readonly kept: number; readonly found: number } | null {
  const own = fingerprints === null ? null : columnsNamed(features, fingerprints.columns)
  if (fingerprints === null || own === null) return null
  const there = new Set(fingerprintsOf(own, features.rowCount, fingerprints.salt))
  const kept = numbersOf(fingerprints.fingerprints)
  return { kept: kept.length, found: kept.filter((value) => there.has(value)).length }
}

/**
 * Returns whether rows are those that a model was trained on: as many, and none of its own is missing. Null where it cannot
 * be told.
 */
export function areTrainingRows(
  { training }: KnownRows,
  { features, weight }: Pick<TrainingData, 'features' | 'weight'>,
): boolean | null {
  if (training === null) return null
  // A model does not know rows of weight 0, a file of it does.
  const counted = weight?.reduce((count, one) => count + Number(one > 0), 0)
  if (training.rows !== features.rowCount && training.rows !== counted) return false
  const among = foundAmong(training, features)
  return among === null ? null : among.found === among.kept
}

/**
 * Returns how many rows are equal to rows that the model, or one inside of it, was trained on; null where it is not known,
 * of one inside of it for one, and none were found.
 */
export function overlapOf(model: ChurnModel, features: FeatureMatrix): RowOverlap | null {
  const { rows, isWhole } = knownRowsOf(model)
  const all = rows.map((own) => overlapWith(own, features))
  const most = all.reduce((one, other) => (rank(other) > rank(one) ? other : one), null)
  return most?.isOverlap === true || (isWhole && !all.includes(null)) ? most : null
}

/** Rows of the training come first, then what cannot be told, then by number. */
function rank(overlap: RowOverlap | null): number {
  if (overlap === null) return -1
  const { isOverlap, canBeTold, equal, compared } = overlap
  return equal / compared + (isOverlap ? 2 : Number(!canBeTold))
}
