import { cutoffPeriods } from '../../base/cutoffPeriods.js'
import type { EpochDay } from '../../base/days.js'
import { type DrawnPlace, dealCustomers } from '../../base/dealCustomers.js'
import { groupNumbers } from '../../base/groupNumbers.js'
import { seededRandom } from '../../base/random.js'
import type { ChurnModel } from '../../learn/contract.js'
import { oneClassNote, outcomeEnd, type TemporalData, type Train, takeTemporalRows } from './runFolds.js'
import type { CheckedBacktest } from './validationOptions.js'

/** Which rows a fold trains on and tests, before any model. */
export interface FoldPlan {
  readonly cutoff: EpochDay
  /** Cutoffs in the training window whose outcomes are known at `cutoff`, in time. */
  readonly trainCutoffs: readonly EpochDay[]
  /** Rows of those cutoffs, but for customers held out of all training. */
  readonly trainRows: Int32Array
  /** Rows of earlier cutoffs whose outcomes are not known at `cutoff`. */
  readonly purgedRows: number
  /** Rows of the cutoff, of held-out customers only where some are held out. */
  readonly testRows: Int32Array
}

/** Folds to be measured, and cutoffs that are only trained on. */
export interface BacktestPlan {
  readonly folds: readonly FoldPlan[]
  readonly untested: readonly EpochDay[]
}

type PlanOptions = Pick<
  CheckedBacktest,
  | 'testCutoffs'
  | 'window'
  | 'purge'
  | 'embargoDays'
  | 'testShare'
  | 'seed'
  | 'minTrainCutoffs'
  | 'minTrainRows'
>

/**
 * Returns which rows each fold trains on and tests.
 *
 * With c = test cutoff, d = an earlier cutoff, e(d) = end of its outcome window, m = embargoDays:
 *
 *     known    d < c and e(d) + m ≤ c: on day c everybody could know this outcome
 *     purged   d < c and e(d) + m > c
 *
 * Where customers have cutoffs of their own, c is the first day of a month, and all rows of the month are tested together.
 */
export function planFolds(given: TemporalData, options: PlanOptions): BacktestPlan {
  const data = { ...given, ends: outcomeEnds(given) }
  const rowsOf = rowsByPeriod(cutoffPeriods({ cutoffs: data.cutoffs!, ownCutoffs: data.ownCutoffs }))
  const cutoffs = [...rowsOf.keys()].sort((a, b) => a - b)
  const heldOut = options.testShare === undefined ? null : heldOutRows(data, options)
  const { testCutoffs } = options
  if (typeof testCutoffs === 'object') {
    const wanted = [...new Set(testCutoffs)].sort((a, b) => a - b)
    return { folds: wanted.map((cutoff) => foldAt(data, cutoff, rowsOf, heldOut, options)), untested: [] }
  }
  const all = cutoffs.map((cutoff) => foldAt(data, cutoff, rowsOf, heldOut, options))
  const first = all.findIndex((fold) => shortOfTraining(fold, options) === null)
  const possible = first === -1 ? [] : all.slice(first)
  const folds = testCutoffs === undefined ? possible : possible.slice(-testCutoffs)
  return { folds, untested: cutoffs.slice(0, cutoffs.length - folds.length) }
}

/** Returns why a fold has too little to train on, or null where it has enough. */
export function shortOfTraining(
  { trainCutoffs, trainRows }: FoldPlan,
  { minTrainCutoffs, minTrainRows }: PlanOptions,
): string | null {
  if (trainRows.length === 0) return 'no outcome to train on was known by then'
  if (trainCutoffs.length < minTrainCutoffs) {
    return `outcomes of only ${trainCutoffs.length} of at least ${minTrainCutoffs} cutoffs to train on were known by then`
  }
  return trainRows.length < minTrainRows
    ? `only ${trainRows.length} of at least ${minTrainRows} rows to train on were known by then`
    : null
}

/** Rows, and the end of the outcome window of each. */
interface RowsInTime extends TemporalData {
  readonly ends: Int32Array
}

function outcomeEnds({ cutoffs, label }: TemporalData): Int32Array {
  const ends = new Map<number, EpochDay>()
  for (const cutoff of new Set(cutoffs)) ends.set(cutoff, outcomeEnd(label!, cutoff as EpochDay))
  return cutoffs!.map((cutoff) => ends.get(cutoff)!)
}

function foldAt(
  data: RowsInTime,
  cutoff: EpochDay,
  rowsOf: ReadonlyMap<EpochDay, readonly number[]>,
  heldOut: Int32Array | null,
  { window, purge, embargoDays }: PlanOptions,
): FoldPlan {
  const earlier = [...rowsOf].filter(([day]) => day < cutoff).sort(([a], [b]) => a - b)
  const isKnown = (row: number): boolean => !purge || data.ends[row]! + embargoDays <= cutoff
  const isRecent = (row: number): boolean =>
    typeof window === 'string' || !('days' in window) || data.cutoffs![row]! >= cutoff - window.days
  const known = new Map(
    earlier
      .map(([day, rows]) => [day, rows.filter((row) => isKnown(row) && isRecent(row))] as const)
      .filter(([, rows]) => rows.length > 0),
  )
  const counts = typeof window === 'object' && 'cutoffs' in window ? -window.cutoffs : 0
  const trainCutoffs = [...known.keys()].slice(counts)
  const isHeldOut = (row: number): boolean => heldOut?.[row] === 1
  return {
    cutoff,
    trainCutoffs,
    trainRows: Int32Array.from(
      trainCutoffs.flatMap((day) => known.get(day)!).filter((row) => !isHeldOut(row)),
    ),
    purgedRows: earlier.flatMap(([, rows]) => rows).filter((row) => !isKnown(row)).length,
    testRows: Int32Array.from((rowsOf.get(cutoff) ?? []).filter((row) => heldOut === null || isHeldOut(row))),
  }
}

function rowsByPeriod(cutoffs: Int32Array): Map<EpochDay, number[]> {
  const rowsOf = new Map<EpochDay, number[]>()
  for (let row = 0; row < cutoffs.length; row++) {
    const cutoff = cutoffs[row] as EpochDay
    const rows = rowsOf.get(cutoff)
    if (rows === undefined) rowsOf.set(cutoff, [row])
    else rows.push(row)
  }
  return rowsOf
}

// Not stratified by outcome, as the draw of splitByTime is: a customer's later outcome would decide who is tested.
function heldOutRows(
  { ids, outcome }: TemporalData,
  { testShare, seed }: Pick<PlanOptions, 'testShare' | 'seed'>,
): Int32Array {
  const rows = { customerOf: groupNumbers(ids), outcome }
  const isHeldOut = ({ place, of }: DrawnPlace): number => Number(place < Math.round(testShare! * of))
  return dealCustomers(rows, isHeldOut, seededRandom(seed), { stratified: false })
}

/** A model and what it was trained on. */
export interface ModelInUse {
  readonly model: ChurnModel
  readonly trainCutoffs: readonly EpochDay[]
  readonly trainRows: Int32Array
  readonly purgedRows: number
}

/** The model that is in use at each cutoff: trained when it is due, kept in between. */
export class ModelOverTime {
  #inUse: ModelInUse | null = null
  #foldsInUse = 0
  readonly #foldsPerModel: number

  constructor(
    readonly data: TemporalData,
    readonly train: Train,
    readonly options: CheckedBacktest,
  ) {
    const { refit } = options
    this.#foldsPerModel = typeof refit === 'object' ? refit.every : refit === 'every' ? 1 : Infinity
  }

  /** Returns the model for a fold and whether it is new, or why there is none. */
  async at(fold: FoldPlan): Promise<{ inUse: ModelInUse; refitted: boolean } | { note: string }> {
    if (this.#inUse !== null && this.#foldsInUse < this.#foldsPerModel) {
      this.#foldsInUse++
      return { inUse: this.#inUse, refitted: false }
    }
    const note = shortOfTraining(fold, this.options) ?? oneClassNote(this.data.outcome, fold.trainRows)
    if (note !== null) return { note }
    const { signal } = this.options
    const rows = takeTemporalRows(this.data, fold.trainRows)
    const model = await this.train(rows, signal === undefined ? {} : { signal })
    const { trainCutoffs, trainRows, purgedRows } = fold
    this.#inUse = { model, trainCutoffs, trainRows, purgedRows }
    this.#foldsInUse = 1
    return { inUse: this.#inUse, refitted: true }
  }
}
