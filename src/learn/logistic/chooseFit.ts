import { customersByOutcome, dealCustomers, leavesBothOutcomes } from '../../base/dealCustomers.js'
import { groupNumbers } from '../../base/groupNumbers.js'
import { type FeatureMatrix, takeRows, takeValues } from '../../base/matrix.js'
import { seededRandom } from '../../base/random.js'
import type { CheckedTraining } from '../check.js'
import { lossDifference } from '../pairedLosses.js'
import { designOf } from './design.js'
import type { ColumnShape } from './moments.js'
import type { CheckedLogisticOptions } from './options.js'
import { type Scales, scaleCandidates, scalesBySkewness, shapesOf } from './scales.js'
import { bestStrength, type DealtRows, strengths, type TriedStrength } from './strength.js'

/** How the coefficients are found. */
export interface Fit {
  readonly inverseRegularization: number
  readonly asLog: Scales
}

const foldCount = 5
/** Customers with rows of one kind that are needed to keep some of them from the training. */
const leastOfClass = 10
/** Where there are more rows, the choice looks at about as many as have so many values, but at no fewer than these. */
const mostValues = 300_000
const leastRows = 2000
const leastOfRarer = 400
const choiceSeed = 1

/**
 * Returns the strength of the penalty and which columns enter as logarithms, what is not given by inner folds: every row
 * is predicted by a model that has not seen it, nor another row of its customer. The folds are dealt with a fixed seed.
 *
 * The strength of least log loss for the first set of columns (`scaleCandidates`). Another set is tried with this strength,
 * and taken where it is better by more than a standard error (of paired differences, customer by customer), with the best
 * of all strengths.
 *
 * The best strength says how far coefficients spread, which does not depend on the number of rows: of many rows some
 * are looked at.
 */
export function chooseFit(
  training: CheckedTraining<CheckedLogisticOptions>,
  ownShapes: readonly (ColumnShape | null)[],
  customerOf: Int32Array | null,
): Fit {
  const { inverseRegularization, skewed, minCategoryRows } = training.options
  const isGiven = inverseRegularization !== undefined && skewed !== undefined
  const dealt = isGiven ? null : dealtRows(training, customerOf)
  if (dealt === null) {
    return {
      inverseRegularization: inverseRegularization ?? 1,
      asLog: scalesBySkewness(ownShapes, skewed ?? 'log'),
    }
  }
  const { features, outcome, weight } = dealt
  const shapes = shapesOf(features, weight)
  const candidates =
    skewed === undefined
      ? scaleCandidates(features, outcome, weight, shapes)
      : [scalesBySkewness(shapes, skewed)]
  const tryOn = (asLog: Scales, grid: readonly number[]): Tried => {
    const design = designOf(features, weight, { minCategoryRows, shapes, asLog })
    return { asLog, ...bestStrength({ ...dealt, design, foldCount }, grid) }
  }
  const grid = inverseRegularization === undefined ? strengths : [inverseRegularization]
  const [usual, ...others] = candidates
  const first = tryOn(usual!, grid)
  const best = others.reduce((kept, asLog) => {
    const other = tryOn(asLog, [first.inverseRegularization])
    const { sum, standardError } = lossDifference(kept.losses, other.losses, dealt.customerOf)
    return sum > standardError ? other : kept
  }, first)
  return best === first ? first : tryOn(best.asLog, grid)
}

interface Tried extends TriedStrength, Fit {}

/** Rows that the choice looks at, and their folds. */
interface ChoiceRows extends Omit<DealtRows, 'design' | 'foldCount'> {
  readonly features: FeatureMatrix
  /** Shape (rows): the customer of each row, numbered from 0; null where each row is a customer of its own. */
  readonly customerOf: Int32Array | null
}

/** Deals the customers to the folds, of many rows some; null where those with rows of one class are too few. */
function dealtRows(
  { features, outcome, weight, baseRate }: CheckedTraining<CheckedLogisticOptions>,
  customerOf: Int32Array | null,
): ChoiceRows | null {
  const owned = { customerOf, outcome }
  if (Math.min(...customersByOutcome(owned)) < leastOfClass) return null
  const rarer = Math.min(baseRate, 1 - baseRate)
  const enough = Math.max(leastRows, leastOfRarer / rarer, mostValues / features.columns.length)
  const parts = foldCount * Math.max(1, Math.floor(outcome.length / enough))
  const part = dealCustomers(owned, ({ place }) => place % parts, seededRandom(choiceSeed))
  const rows = Int32Array.from(part.keys()).filter((row) => part[row]! < foldCount)
  const foldOf = rows.map((row) => part[row]!)
  const own = takeValues(outcome, rows)
  if (!leavesBothOutcomes(foldOf, foldCount, own)) return null
  return {
    features: takeRows(features, rows),
    outcome: own,
    weight: weight === null ? null : takeValues(weight, rows),
    foldOf,
    customerOf: customerOf === null ? null : groupNumbers(rows.map((row) => customerOf[row]!)),
  }
}
