import { customersByOutcome, dealCustomers, leavesBothOutcomes } from '../../base/dealCustomers.js'
import { groupNumbers } from '../../base/groupNumbers.js'
import type { Random } from '../../base/random.js'
import { indexOfLeast, lossDifference, total } from '../pairedLosses.js'
import type { GrownTree } from '../tree/grow/grownTree.js'
import { fitMarginLine, type MarginLine, rowLosses, sameMargin } from './calibration.js'
import {
  type FoldLooks,
  type Folds,
  growOnFold,
  type HeldOut,
  indicesWhere,
  joinFolds,
  meanMargin,
  type Truth,
  truthOf,
} from './heldOut.js'
import { chooseParts } from './partChoice.js'
import type { Part, PartLadder } from './parts.js'
import type { PartTraining } from './trainedPart.js'

/** The parts of a model, how many trees each gets, and how their mean is read. */
export interface Rounds {
  readonly parts: readonly Part[]
  readonly trees: readonly number[]
  readonly line: MarginLine
  /** The parts as the only fold has grown them, where it held so few rows out that nobody trains on all of them again. */
  readonly grown?: GrownParts
}

/** Trees of each part, and where the margins of their rows began: one number, or shape (rows). */
export interface GrownParts {
  readonly trees: readonly (readonly GrownTree[])[]
  readonly start: number | Float64Array
}

/** Customers with rows of one kind that are needed to keep some of them from the training. */
const leastOfClass = 10
/** From so many rows on one part that is kept says enough, and one training of each part is steady enough. */
export const manyRows = 50_000
const defaultFolds = 3
const singleFoldShare = 0.2
/** Customers of a single part that is kept, and those of the rarer outcome among them: more say no more. */
const [mostKept, mostKeptOfClass] = [50_000, 2_500]
/** Share kept up to which the trees of the others are the model: a training on all rows again would double the time. */
const smallShare = 1 / 8
/** Trees where the rows are too few to keep any from the training: with learning rate 0.1 about as good as any. */
const unseenTrees = 60
/** Shares of the best numbers of trees that are tried together. */
const shares = [0.4, 0.5, 0.6, 0.75, 1] as const

/**
 * Returns the parts, and their numbers of trees, that predict rows best that were kept from the training, by inner folds:
 * every row is predicted by parts that have not seen it, nor another row of its customer.
 *
 * The first fold says which parts (`chooseParts`). Then the best number for each part alone, then the smallest share of
 * them whose mean, read by the best line through its margins, is within a standard error of the best (of paired
 * differences, customer by customer). Yields after each tree.
 *
 * @param startIsNew whether the rows are new to what the margins start from: margins of rows that it was trained on are
 *   too good, and the best line through them would make it surer still. No line then
 */
export function* chooseRounds(
  training: PartTraining,
  customerOf: Int32Array | null,
  ladder: PartLadder,
  startIsNew: boolean,
  random: Random,
): Generator<void, Rounds, void> {
  const { outcome, weight } = training.data
  const folds = foldsOf(customerOf, outcome, training.options.innerFolds, random.fork(0))
  if (folds === null) {
    const parts = ladder.usual
    return { parts, trees: parts.map(({ rounds }) => Math.min(rounds, unseenTrees)), line: sameMargin }
  }
  const chosen = yield* chooseParts(training, folds, customerOf, ladder, random)
  // Larger trees take longer and are chosen where much can be learned: the fold that chose them says how many.
  const isUsual = chosen.every(({ part }) => ladder.usual.includes(part))
  const count = isUsual || training.options.innerFolds !== undefined ? folds.count : 1
  const rows = indicesWhere(folds.fold.length, (row) => folds.fold[row]! < count)
  const heldOut: HeldOut[] = []
  for (const { place, ...first } of chosen) {
    const ofFolds: FoldLooks[] = [first]
    for (let fold = 1; fold < count; fold++) {
      ofFolds.push((yield* growOnFold(training, first.part, folds, fold, random.fork(place + 1).fork(fold)))!)
    }
    heldOut.push(joinFolds(ofFolds, rows, outcome.length))
  }
  const ofRows = truthOf(rows, outcome, weight)
  const customers = customerOf === null ? null : groupNumbers(rows.map((row) => customerOf[row]!))
  const rounds = smallestGoodShare(heldOut, ofRows, customers, startIsNew)
  if (training.options.innerFolds !== undefined || folds.count > 1 || folds.share > smallShare) return rounds
  const trees = chosen.map((own, index) => own.trees.slice(0, rounds.trees[index]))
  return { ...rounds, grown: { trees, start: chosen[0]!.start } }
}

/** How many times part of the rows is kept from a training. */
export function innerFoldCount(
  options: { readonly innerFolds?: number | undefined },
  rowCount: number,
): number {
  return options.innerFolds ?? (rowCount < manyRows ? defaultFolds : 1)
}

/** Deals the customers to the folds; null where those with rows of one class are too few. */
function foldsOf(
  customerOf: Int32Array | null,
  outcome: Uint8Array,
  wanted: number | undefined,
  random: Random,
): Folds | null {
  const rows = { customerOf, outcome }
  const kinds = customersByOutcome(rows)
  const rarer = Math.min(...kinds)
  if (rarer < leastOfClass) return null
  const count = innerFoldCount({ innerFolds: wanted }, outcome.length)
  const customers = kinds.reduce((sum, kind) => sum + kind, 0)
  const share =
    count === 1
      ? Math.min(singleFoldShare, Math.max(mostKept / customers, mostKeptOfClass / rarer))
      : 1 / count
  const foldAt = ({ place }: { place: number }): number =>
    count === 1 ? Math.min(Math.floor(place % (1 / share)), 1) : place % count
  const fold = Uint8Array.from(dealCustomers(rows, foldAt, random))
  return leavesBothOutcomes(fold, count, outcome) ? { fold, count, share } : null
}

function bestLook(looks: readonly Float64Array[], { outcome, weight }: Truth): number {
  return indexOfLeast(looks.map((margin) => total(rowLosses(margin, outcome, weight))))
}

function smallestGoodShare(
  heldOut: readonly HeldOut[],
  truth: Truth,
  customerOf: Int32Array | null,
  hasLine: boolean,
): Rounds {
  const { outcome, weight } = truth
  const best = heldOut.map(({ looks }) => bestLook(looks, truth) + 1)
  const candidates = shares.map((share) => {
    const looks = heldOut.map(({ part, looks }, index) => {
      const look = Math.min(Math.max(Math.round(share * best[index]!) - 1, 0), looks.length - 1)
      return { trees: (look + 1) * part.lookEvery, margin: looks[look]! }
    })
    const margin = meanMargin(looks.map((look) => look.margin))
    const line = hasLine ? fitMarginLine(margin, outcome, weight) : sameMargin
    return { trees: looks.map(({ trees }) => trees), line, losses: rowLosses(margin, outcome, weight, line) }
  })
  const winner = candidates[indexOfLeast(candidates.map(({ losses }) => total(losses)))]!
  const { trees, line } = candidates.find(({ losses }) => {
    const { sum, standardError } = lossDifference(losses, winner.losses, customerOf)
    return sum <= standardError
  })!
  return { parts: heldOut.map(({ part }) => part), trees, line }
}
