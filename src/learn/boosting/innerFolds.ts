import {
  customerCount,
  customersByOutcome,
  dealCustomers,
  leavesBothOutcomes,
} from '../../base/dealCustomers.js'
import { groupNumbers } from '../../base/groupNumbers.js'
import type { Random } from '../../base/random.js'
import { logit } from '../../base/statistics.js'
import { fitMarginLine, type MarginLine, rowLosses, sameMargin } from './calibration.js'
import { type Part, patienceLooks } from './parts.js'
import { growPart, type PartTraining } from './trainedPart.js'

/** How many trees each part gets, and how the mean of the parts is read. */
export interface Rounds {
  readonly trees: readonly number[]
  readonly line: MarginLine
}

/** Customers with rows of one kind that are needed to keep some of them from the training. */
const leastOfClass = 10
/** From so many rows on one part that is kept says enough, and one training of each part is steady enough. */
export const manyRows = 50_000
const defaultFolds = 3
const singleFoldShare = 0.2
/** Rows of a single part that is kept: more say no more. */
const mostKept = 100_000
/** Trees where the rows are too few to keep any from the training: with learning rate 0.1 about as good as any. */
const unseenTrees = 60
/** Shares of the best numbers of trees that are tried together. */
const shares = [0.4, 0.5, 0.6, 0.75, 1] as const

/** Margins of the rows held out, after every so many trees. */
interface HeldOut {
  readonly every: number
  readonly looks: Float64Array[]
}

/**
 * Returns the numbers of trees that predict rows best that were kept from the training, by inner folds: every row is
 * predicted by parts that have not seen it, nor another row of its customer.
 *
 * The best number for each part alone, then the smallest share of them whose mean, read by the best line through its
 * margins, is within a standard error of the best (of paired differences, customer by customer). Yields after each tree.
 *
 * @param startIsNew whether the rows are new to what the margins start from: margins of rows that it was trained on are
 *   too good, and the best line through them would make it surer still. No line then
 */
export function* chooseRounds(
  training: PartTraining,
  customerOf: Int32Array | null,
  parts: readonly Part[],
  startIsNew: boolean,
  random: Random,
): Generator<void, Rounds, void> {
  const { outcome, weight } = training.data
  const folds = foldsOf(customerOf, outcome, training.options.innerFolds, random.fork(0))
  if (folds === null) {
    return { trees: parts.map(({ rounds }) => Math.min(rounds, unseenTrees)), line: sameMargin }
  }
  const rows = indicesWhere(folds.fold.length, (row) => folds.fold[row]! < folds.count)
  const heldOut: HeldOut[] = []
  for (const [index, part] of parts.entries()) {
    heldOut.push(yield* heldOutMargins(training, part, folds, rows, random.fork(index + 1)))
  }
  const ofRows = truthOf(rows, outcome, weight)
  const best = heldOut.map(({ looks, every }) => (bestLook(looks, ofRows) + 1) * every)
  const customers = customerOf === null ? null : groupNumbers(rows.map((row) => customerOf[row]!))
  return smallestGoodShare(heldOut, best, ofRows, customers, startIsNew)
}

/** How many times part of the rows is kept from a training. */
export function innerFoldCount(
  options: { readonly innerFolds?: number | undefined },
  rowCount: number,
): number {
  return options.innerFolds ?? (rowCount < manyRows ? defaultFolds : 1)
}

interface Folds {
  /** Fold of each row; those of `count` and above are never held out. */
  readonly fold: Uint8Array
  readonly count: number
}

/** Deals the customers to the folds; null where those with rows of one class are too few. */
function foldsOf(
  customerOf: Int32Array | null,
  outcome: Uint8Array,
  wanted: number | undefined,
  random: Random,
): Folds | null {
  const rows = { customerOf, outcome }
  if (Math.min(...customersByOutcome(rows)) < leastOfClass) return null
  const count = innerFoldCount({ innerFolds: wanted }, outcome.length)
  const single = Math.max(1 / singleFoldShare, outcome.length / mostKept)
  const foldAt = ({ place }: { place: number }): number =>
    count === 1 ? Math.min(Math.floor(place % single), 1) : place % count
  const fold = Uint8Array.from(dealCustomers(rows, foldAt, random))
  return leavesBothOutcomes(fold, count, outcome) ? { fold, count } : null
}

function* heldOutMargins(
  training: PartTraining,
  part: Part,
  folds: Folds,
  rows: Int32Array,
  random: Random,
): Generator<void, HeldOut, void> {
  const looks: Float64Array[] = []
  const { outcome, weight } = training.data
  for (let fold = 0; fold < folds.count; fold++) {
    const roles = folds.fold.map((own) => (own === fold ? 1 : 0))
    const places = indicesWhere(rows.length, (place) => roles[rows[place]!] === 1)
    const kept = places.map((place) => rows[place]!)
    const truth = truthOf(kept, outcome, weight)
    const losses: number[] = []
    for (const { count, margin } of growPart(startedAt(training, roles), part, roles, random.fork(fold))) {
      yield
      if (count % part.lookEvery !== 0 && count !== part.rounds) continue
      const own = Float64Array.from(kept, (row) => margin[row]!)
      const look = losses.push(total(rowLosses(own, truth.outcome, truth.weight))) - 1
      rememberLook(looks, look, rows.length, places, own)
      if (look - indexOfLeast(losses) >= patienceLooks) break
    }
  }
  return { every: part.lookEvery, looks }
}

/** A fold that stops early keeps its last margins for the looks that others go on to. */
function rememberLook(
  looks: Float64Array[],
  look: number,
  rowCount: number,
  places: Int32Array,
  own: Float64Array,
): void {
  if (looks.length <= look) looks.push(looks.at(-1)?.slice() ?? new Float64Array(rowCount))
  for (let later = look; later < looks.length; later++) {
    places.forEach((place, index) => {
      looks[later]![place] = own[index]!
    })
  }
}

/** The training with the margins that its rows would start from: a model to go on from, or their base rate. */
function startedAt(training: PartTraining, roles: Uint8Array): PartTraining {
  const { data } = training
  if (typeof data.margin !== 'number') return training
  return { ...training, data: { ...data, margin: baseMarginOf(data.outcome, data.weight, roles) } }
}

/** Log odds of the rows that train. */
export function baseMarginOf(outcome: Uint8Array, weight: Float64Array | null, roles: Uint8Array): number {
  let [all, churned] = [0, 0]
  for (let row = 0; row < outcome.length; row++) {
    if (roles[row] !== 0) continue
    const own = weight === null ? 1 : weight[row]!
    all += own
    if (outcome[row] === 1) churned += own
  }
  return logit(churned / all)
}

interface Truth {
  readonly outcome: Uint8Array
  readonly weight: Float64Array | null
}

/** The whole numbers below `count` that it holds for; without a list of them all on the JavaScript heap. */
function indicesWhere(count: number, holds: (index: number) => boolean): Int32Array {
  const indices = new Int32Array(count)
  let found = 0
  for (let index = 0; index < count; index++) if (holds(index)) indices[found++] = index
  return indices.slice(0, found)
}

function truthOf(rows: Int32Array, outcome: Uint8Array, weight: Float64Array | null): Truth {
  return {
    outcome: Uint8Array.from(rows, (row) => outcome[row]!),
    weight: weight === null ? null : Float64Array.from(rows, (row) => weight[row]!),
  }
}

function bestLook(looks: readonly Float64Array[], { outcome, weight }: Truth): number {
  return indexOfLeast(looks.map((margin) => total(rowLosses(margin, outcome, weight))))
}

function smallestGoodShare(
  heldOut: readonly HeldOut[],
  best: readonly number[],
  { outcome, weight }: Truth,
  customerOf: Int32Array | null,
  hasLine: boolean,
): Rounds {
  const candidates = shares.map((share) => {
    const looks = heldOut.map(({ every, looks }, part) => {
      const look = Math.min(Math.max(Math.round((share * best[part]!) / every) - 1, 0), looks.length - 1)
      return { trees: (look + 1) * every, margin: looks[look]! }
    })
    const margin = looks[0]!.margin.map(
      (_, row) => looks.reduce((sum, look) => sum + look.margin[row]!, 0) / looks.length,
    )
    const line = hasLine ? fitMarginLine(margin, outcome, weight) : sameMargin
    return { trees: looks.map(({ trees }) => trees), line, losses: rowLosses(margin, outcome, weight, line) }
  })
  const winner = candidates[indexOfLeast(candidates.map(({ losses }) => total(losses)))]!
  const least = customerTotals(winner.losses, customerOf)
  return candidates.find(({ losses }) => isWithinStandardError(customerTotals(losses, customerOf), least))!
}

/** The sum of each customer's values; of rows that are customers of their own, the values. */
function customerTotals(values: Float64Array, customerOf: Int32Array | null): Float64Array {
  if (customerOf === null) return values
  const totals = new Float64Array(customerCount(customerOf, values.length))
  for (let row = 0; row < values.length; row++) totals[customerOf[row]!]! += values[row]!
  return totals
}

/** True where the mean difference of paired losses is at most its standard error. */
function isWithinStandardError(losses: Float64Array, least: Float64Array): boolean {
  const count = losses.length
  let [sum, squares] = [0, 0]
  for (let index = 0; index < count; index++) {
    const difference = losses[index]! - least[index]!
    sum += difference
    squares += difference * difference
  }
  const mean = sum / count
  const variance = Math.max(squares / count - mean * mean, 0)
  return mean <= Math.sqrt(variance / count)
}

function total(values: Float64Array): number {
  let sum = 0
  for (const value of values) sum += value
  return sum
}

function indexOfLeast(values: readonly number[]): number {
  let least = 0
  values.forEach((value, index) => {
    if (value < values[least]!) least = index
  })
  return least
}
