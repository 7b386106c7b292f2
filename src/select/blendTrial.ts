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

/** With fewer folds, the weights for a fold would rest on too little. */
const leastFolds = 3

/** A blend as tried: its members and their weights. */
export interface TriedBlend {
  readonly members: readonly Candidate[]
  readonly fit: BlendFit
  readonly trial: ScoredTrial
}

/**
 * Returns the blend of the best of each family on a rung, without further training; null with fewer than two members or
 * too few folds.
 *
 * The weights on a fold come from the other folds of the repeat, so that no fold is predicted by weights that have seen
 * it. The line that rescales the mean comes from all folds: its two numbers learn little from one fold, and fitted on
 * the others they worsened log loss on mlc_churn by .0007, which does not show on further rows. The model's weights
 * come from all folds.
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
 * Returns the members of a blend: the best of each family tried; none if there are too few folds.
 *
 * Boosting models besides the best one add nothing: AUC .9233 on mlc_churn with one, .9233 with two, .9227 with three,
 * at the same log loss.
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

// Folds contain whole customers; repeats add evidence about the same customers
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
