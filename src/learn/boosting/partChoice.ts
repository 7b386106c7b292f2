import { groupNumbers } from '../../base/groupNumbers.js'
import type { Random } from '../../base/random.js'
import { indexOfLeast, lossDifference, total } from '../pairedLosses.js'
import { fitMarginLine, rowLosses } from './calibration.js'
import { type FoldLooks, type Folds, growOnFold, type IsHopeless, meanMargin, truthOf } from './heldOut.js'
import type { Part, PartLadder } from './parts.js'
import type { PartTraining } from './trainedPart.js'

/** A part that the first fold has grown, and its place on the ladder from 0: its draws go by that. */
export interface TriedPart extends FoldLooks {
  readonly place: number
}

/** Standard errors by which a part must be behind to be left off. */
const hopeless = 2
/** Looks over which the gain of a look is a mean. */
const pace = 2
/** Trees of 256 leaves have eight rows a leaf then. */
const leastRowsOfLarger = 2048

/**
 * Grows parts on the first fold and returns those whose mean predicts its rows best: two, where there is a choice.
 *
 *     deep       first
 *     shallow    left off where it has asked as many questions (trees × depth) as the deep one at its best and is behind
 *                it by more than two standard errors; or half as many, and is behind what the deep one was then by more
 *                than four, and so on between, unless it would catch up at the pace of its last looks
 *     larger     one after the other: the first where the deep one is better than the shallow one, each further one
 *                where the one before it was better than its forerunner; none below 2,048 rows
 *
 * The shallow and the deep one stay together unless another two are better by more than a standard error. Standard errors
 * are of paired differences of losses, customer by customer. Yields after each tree.
 */
export function* chooseParts(
  training: PartTraining,
  folds: Folds,
  customerOf: Int32Array | null,
  { usual, larger }: PartLadder,
  random: Random,
): Generator<void, readonly TriedPart[], void> {
  const grow = function* (part: Part, place: number, isHopeless?: IsHopeless) {
    const grown = yield* growOnFold(training, part, folds, 0, random.fork(place + 1).fork(0), isHopeless)
    return grown === null ? null : { ...grown, place }
  }
  const [shallow, deep] = usual
  if (deep === undefined) return [(yield* grow(shallow!, 0))!]
  const second = (yield* grow(deep, 1))!
  const mayBeLarger = training.data.outcome.length >= leastRowsOfLarger
  const judge = new FoldJudge(second.rows, training, customerOf)
  const rival = judge.losses([second])
  const first = yield* grow(shallow!, 0, (trees, margin, shallowLosses) => {
    // The look at which the deep part had asked as many questions, at the latest its best.
    const look = Math.floor((trees * shallow!.maxDepth) / (deep.maxDepth * deep.lookEvery)) - 1
    const share = Math.min((look + 1) / (second.best + 1), 1)
    if (!mayBeLarger || share < 0.5) return false
    if (mayCatchUp(shallowLosses, shallow!, second.loss)) return false
    const rivals = share === 1 ? rival : judge.lossesOf(second.looks[look]!)
    return judge.isBehind(judge.lossesOf(margin), rivals, hopeless / share)
  })
  const tried: TriedPart[] = first === null ? [second] : [first, second]
  let [last, isBetter] = [rival, first === null || total(rival) < total(judge.losses([first]))]
  for (const [index, part] of larger.entries()) {
    if (!mayBeLarger || !isBetter) break
    const next = (yield* grow(part, usual.length + index))!
    tried.push(next)
    const losses = judge.losses([next])
    isBetter = total(losses) < total(last)
    last = losses
  }
  return bestPair(tried, first === null ? null : [first, second], judge)
}

/**
 * True where the part would come as far as the rival if each further look brought what the last ones did on average; they
 * bring ever less, so that one who would not catch up then does not.
 */
function mayCatchUp(losses: readonly number[], { rounds, lookEvery }: Part, rival: number): boolean {
  const before = losses.at(-1 - pace)
  if (before === undefined) return true
  const perLook = (before - losses.at(-1)!) / pace
  return losses.at(-1)! - perLook * (rounds / lookEvery - losses.length) < rival
}

/** The two of least loss, in the order of the ladder; the usual ones where no others are better by a standard error. */
function bestPair(
  tried: readonly TriedPart[],
  usual: readonly TriedPart[] | null,
  judge: FoldJudge,
): readonly TriedPart[] {
  const pairs = tried.flatMap((one, index) => tried.slice(index + 1).map((other) => [one, other]))
  const losses = pairs.map((pair) => judge.losses(pair))
  const least = losses[indexOfLeast(losses.map(total))]!
  if (usual !== null && !judge.isBehind(judge.losses(usual), least, 1)) return usual
  return pairs[losses.indexOf(least)]!
}

/** Losses of the rows that the first fold holds out. */
class FoldJudge {
  readonly #outcome: Uint8Array
  readonly #weight: Float64Array | null
  readonly #customerOf: Int32Array | null

  constructor(rows: Int32Array, { data }: PartTraining, customerOf: Int32Array | null) {
    const { outcome, weight } = truthOf(rows, data.outcome, data.weight)
    this.#outcome = outcome
    this.#weight = weight
    this.#customerOf = customerOf === null ? null : groupNumbers(rows.map((row) => customerOf[row]!))
  }

  /** Losses of the mean of parts, each with its best number of trees. */
  losses(parts: readonly FoldLooks[]): Float64Array {
    return this.lossesOf(meanMargin(parts.map(({ looks, best }) => looks[best]!)))
  }

  /** Losses of margins that are read by the line that fits them best. */
  lossesOf(margin: Float64Array): Float64Array {
    const line = fitMarginLine(margin, this.#outcome, this.#weight)
    return rowLosses(margin, this.#outcome, this.#weight, line)
  }

  /** True where losses are larger by more than so many standard errors. */
  isBehind(losses: Float64Array, others: Float64Array, errors: number): boolean {
    const { sum, standardError } = lossDifference(losses, others, this.#customerOf)
    return sum > errors * standardError
  }
}
