import { groupNumbers } from '../base/groupNumbers.js'
import { sigmoid } from '../base/statistics.js'
import type { MetricName } from '../evaluate/metrics.js'
import type { BlendFit } from '../learn/blend/fitBlend.js'
import { withoutCertainty } from '../learn/margin.js'
import { type BlendRows, blendedMargins, blendFor, readMean } from './blendFor.js'
import { type Candidate, type FamilyName, familyNames } from './candidate.js'
import { type FoldTrainings, figuresOf, placesOf, type TrainingPlace } from './foldTrainings.js'
import { bestOfFamilies, type Rung } from './rungs.js'
import { type ScoredTrial, type TriedCandidate, trialOf } from './trial.js'

/** Folds below which the weights of a fold would come from too little. */
const leastFolds = 3

/** A blend as it was tried: who is in it, and with which weights. */
export interface TriedBlend {
  readonly members: readonly Candidate[]
  readonly fit: BlendFit
  readonly trial: ScoredTrial
}

/**
 * Returns the blend of the best of each family on a rung, tried without another training; null where there are not two of
 * them, or too few folds.
 *
 * Its weights on a fold are those that the other folds of the repeat give, so that no fold is predicted by weights that
 * have seen it. The line that reads the mean is that of all folds: its two numbers know little of a fold, and found on
 * the others they made log loss .0007 worse on mlc_churn that is not there on further rows. The weights of the model are
 * those of all folds.
 */
export function tryBlend(
  cells: FoldTrainings,
  tried: readonly TriedCandidate[],
  [number, rung]: readonly [number: number, rung: Rung],
  second: MetricName | null,
): TriedBlend | null {
  const members = blendMembers(tried, rung)
  const names = cells.metricNames
  if (members.length < 2) return null
  const places = placesOf(rung)
  const evidence = places.map((place) => evidenceAt(cells, members, place))
  if (evidence.includes(null)) return null
  const known = evidence as BlendRows[]
  const all = together(known)
  const figures = places.map((place, index) => {
    const others = known.filter((_, other) => other !== index && places[other]!.repeat === place.repeat)
    const { weights } = blendFor(together(others), second)
    const margins = blendedMargins(known[index]!.margins, readMean(all, weights))
    return figuresOf(withoutCertainty(margins.map(sigmoid)), cells.scoredOf(place), names)
  })
  const whole = blendFor(all, second)
  const used = members.filter((_, index) => whole.weights[index]! > 0)
  const weights = whole.weights.filter((weight) => weight > 0)
  const about = {
    name: `blend of ${used.map(({ learner }) => learner).join(', ')}`,
    learner: 'blend' as FamilyName,
    options: Object.fromEntries(used.map(({ name }, index) => [name, weights[index]!])),
    complexity: [familyNames.indexOf('blend'), used.length],
    seconds: 0,
  }
  return {
    members: used,
    fit: { ...whole, weights },
    trial: trialOf(about, [number, rung], names, figures),
  }
}

/**
 * Returns who would be blended: the best of each family that was tried; nobody where the folds are too few.
 *
 * Further boosting models beside the best one add nothing: AUC .9233 on mlc_churn with one, .9233 with two, .9227 with
 * three, at the same log loss.
 */
export function blendMembers(tried: readonly TriedCandidate[], rung: Rung): Candidate[] {
  if (rung.folds < leastFolds || rung.rowShare < 1) return []
  const useful = tried.map(({ candidate }) => candidate).filter(({ learner }) => learner !== 'prior')
  return bestOfFamilies(useful).slice(0, new Set(useful.map(({ learner }) => learner)).size)
}

function evidenceAt(
  cells: FoldTrainings,
  members: readonly Candidate[],
  place: TrainingPlace,
): BlendRows | null {
  const margins = members.map((member) => cells.known(member, place)?.margins ?? null)
  if (margins.includes(null)) return null
  const { outcome, weight, ids } = cells.scoredOf(place).data
  return {
    margins: margins.map((own) => Float64Array.from(own!)),
    outcome,
    weight: weight ?? null,
    customerOf: ids === undefined ? Int32Array.from(outcome.keys()) : groupNumbers(ids),
  }
}

// Whole customers are in a fold. Repeats are further evidence of the same customers, as they always counted
function together(evidence: readonly BlendRows[]): BlendRows {
  let customers = 0
  const owners = evidence.map(({ customerOf }) => {
    const before = customers
    customers += customerOf.reduce((most, customer) => Math.max(most, customer + 1), 0)
    return customerOf.map((customer) => customer + before)
  })
  const joined = (arrays: readonly Float64Array[]): Float64Array => {
    const all = new Float64Array(arrays.reduce((sum, { length }) => sum + length, 0))
    let start = 0
    for (const own of arrays) {
      all.set(own, start)
      start += own.length
    }
    return all
  }
  const weights = evidence.map(({ weight }) => weight)
  return {
    margins: evidence[0]!.margins.map((_, model) => joined(evidence.map(({ margins }) => margins[model]!))),
    outcome: Uint8Array.from(evidence.flatMap(({ outcome }) => Array.from(outcome))),
    weight: weights.includes(null) ? null : joined(weights as Float64Array[]),
    customerOf: Int32Array.from(owners.flatMap((own) => Array.from(own))),
  }
}
