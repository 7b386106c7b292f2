import type { Random } from '../../base/random.js'
import { logit } from '../../base/statistics.js'
import { indexOfLeast, total } from '../pairedLosses.js'
import type { GrownTree } from '../tree/grow/grownTree.js'
import { rowLosses } from './calibration.js'
import { type Part, patienceLooks } from './parts.js'
import { growPart, type PartTraining } from './trainedPart.js'

/** Rows dealt to folds that are held out one after the other. */
export interface Folds {
  /** Fold of each row; those of `count` and above are never held out. */
  readonly fold: Uint8Array
  readonly count: number
  /** Share of the customers in each fold. */
  readonly share: number
}

/** Outcome and weight of some rows. */
export interface Truth {
  readonly outcome: Uint8Array
  readonly weight: Float64Array | null
}

/** Margins of the rows that a fold holds out, after every so many trees of a part. */
export interface FoldLooks {
  readonly part: Part
  /** The rows, shape (held out), ascending. */
  readonly rows: Int32Array
  /** One per look, each of shape (held out). */
  readonly looks: readonly Float64Array[]
  /** Place of the look of least loss. */
  readonly best: number
  /** That loss, of the margins as they are. */
  readonly loss: number
  /** The trees that were grown on the other rows. */
  readonly trees: readonly GrownTree[]
  /** Where the margins of the other rows began: one number, or shape (rows). */
  readonly start: number | Float64Array
}

/** Says of a part, by its number of trees, the margins of the rows held out and the losses of all looks, whether to leave off. */
export type IsHopeless = (trees: number, margin: Float64Array, losses: readonly number[]) => boolean

/** Margins of all rows held out, after every so many trees of a part. */
export interface HeldOut {
  readonly part: Part
  readonly looks: readonly Float64Array[]
}

/**
 * Grows a part on all rows but those of one fold, and looks at these, until they are not predicted better for some looks.
 * Yields after each tree.
 *
 * @param isHopeless asked at each look; true leaves off
 * @returns null where it was hopeless
 */
export function* growOnFold(
  training: PartTraining,
  part: Part,
  folds: Folds,
  fold: number,
  random: Random,
  isHopeless: IsHopeless = () => false,
): Generator<void, FoldLooks | null, void> {
  const { outcome, weight } = training.data
  const roles = folds.fold.map((own) => (own === fold ? 1 : 0))
  const rows = indicesWhere(roles.length, (row) => roles[row] === 1)
  const truth = truthOf(rows, outcome, weight)
  const looks: Float64Array[] = []
  const losses: number[] = []
  const trees: GrownTree[] = []
  const started = startedAt(training, roles)
  for (const { tree, count, margin } of growPart(started, part, roles, random)) {
    trees.push(tree)
    yield
    if (count % part.lookEvery !== 0 && count !== part.rounds) continue
    const own = valuesAt(margin, rows)
    const look = looks.push(own) - 1
    losses.push(total(rowLosses(own, truth.outcome, truth.weight)))
    if (look - indexOfLeast(losses) >= patienceLooks) break
    if (isHopeless(count, own, losses)) return null
  }
  const best = indexOfLeast(losses)
  return { part, rows, looks, best, loss: losses[best]!, trees, start: started.data.margin }
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

/**
 * Puts the looks of all folds together: a fold that stopped early keeps its last margins for the looks that others go on to.
 *
 * @param rows all rows held out, ascending
 */
export function joinFolds(ofFolds: readonly FoldLooks[], rows: Int32Array, rowCount: number): HeldOut {
  const placeOf = new Int32Array(rowCount)
  rows.forEach((row, place) => {
    placeOf[row] = place
  })
  const lookCount = Math.max(...ofFolds.map(({ looks }) => looks.length))
  const looks = Array.from({ length: lookCount }, (_, look) => {
    const joined = new Float64Array(rows.length)
    for (const { rows: own, looks: ofFold } of ofFolds) {
      const margin = ofFold[Math.min(look, ofFold.length - 1)]!
      for (let index = 0; index < own.length; index++) joined[placeOf[own[index]!]!] = margin[index]!
    }
    return joined
  })
  return { part: ofFolds[0]!.part, looks }
}

/** The whole numbers below `count` that it holds for; without a list of them all on the JavaScript heap. */
export function indicesWhere(count: number, holds: (index: number) => boolean): Int32Array {
  const indices = new Int32Array(count)
  let found = 0
  for (let index = 0; index < count; index++) if (holds(index)) indices[found++] = index
  return indices.slice(0, found)
}

/** Returns outcome and weight of some rows. */
export function truthOf(rows: Int32Array, outcome: Uint8Array, weight: Float64Array | null): Truth {
  return {
    outcome: Uint8Array.from(rows, (row) => outcome[row]!),
    weight: weight === null ? null : valuesAt(weight, rows),
  }
}

// Loops: `Float64Array.from` with a function takes ten times as long, for each look at the rows.
function valuesAt(values: Float64Array, rows: Int32Array): Float64Array {
  const chosen = new Float64Array(rows.length)
  for (let index = 0; index < rows.length; index++) chosen[index] = values[rows[index]!]!
  return chosen
}

/** Returns the mean of margins, row by row. */
export function meanMargin(margins: readonly Float64Array[]): Float64Array {
  const mean = new Float64Array(margins[0]!.length)
  for (const margin of margins) for (let row = 0; row < mean.length; row++) mean[row]! += margin[row]!
  for (let row = 0; row < mean.length; row++) mean[row]! /= margins.length
  return mean
}
