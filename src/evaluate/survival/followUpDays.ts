import { HoldfastError } from '../../base/errors.js'
import { countBelow, ranksOf, rowsByRank } from '../rows/ranksOf.js'
import type { FollowUps } from './checkedFollowUps.js'

/** Follow-ups by the day of their end. */
export interface DaysOfFollowUp {
  /** Shape (days): the distinct durations, ascending. */
  readonly day: Float64Array
  /** Shape (rows), by duration; those of day d are `rows[start[d]]` … `rows[start[d + 1] − 1]`. */
  readonly rows: Int32Array
  readonly start: Int32Array
  /** Shape (days): weight of those who churned on that day. */
  readonly churned: Float64Array
  /** Shape (days): weight of those who are censored at the end of that day. */
  readonly censored: Float64Array
}

/** Returns the follow-ups by day. O(n log n). */
export function daysOfFollowUp({ duration, churned, weight }: FollowUps): DaysOfFollowUp {
  const ranks = ranksOf(duration)
  const sums = [new Float64Array(ranks.values.length), new Float64Array(ranks.values.length)] as const
  for (let row = 0; row < churned.length; row++) {
    sums[churned[row] as 0 | 1][ranks.rank[row]!]! += weight[row]!
  }
  return { day: ranks.values, ...rowsByRank(ranks), churned: sums[1], censored: sums[0] }
}

/** A probability that falls in steps. */
export interface StepCurve {
  /** Shape (days), ascending. */
  readonly day: Float64Array
  /** Shape (days): the probability after that day. */
  readonly probability: Float64Array
}

/** Returns S(d) = P(churn after day d) of Kaplan and Meier: Π over days ≤ d of 1 − churned / at risk. O(days). */
export function stayingCurve(days: DaysOfFollowUp): StepCurve {
  return stepCurve(days, (churned, _censored, atRisk) => churned / atRisk)
}

/**
 * Returns G(d) = P(followed beyond day d), of the same kind. Who churns on a day is not at risk of being censored at
 * its end any more. O(days).
 */
export function followedCurve(days: DaysOfFollowUp): StepCurve {
  return stepCurve(days, (churned, censored, atRisk) => (censored === 0 ? 0 : censored / (atRisk - churned)))
}

function stepCurve(
  { day, churned, censored }: DaysOfFollowUp,
  dropOf: (churned: number, censored: number, atRisk: number) => number,
): StepCurve {
  const atRisk = new Float64Array(day.length)
  for (let index = day.length - 1, longer = 0; index >= 0; index--) {
    longer += churned[index]! + censored[index]!
    atRisk[index] = longer
  }
  const probability = new Float64Array(day.length)
  for (let index = 0, now = 1; index < day.length; index++) {
    now *= 1 - dropOf(churned[index]!, censored[index]!, atRisk[index]!)
    probability[index] = now
  }
  return { day, probability }
}

/** Returns the probability just before a day; 1 before the first. O(log days). */
export function probabilityBefore({ day, probability }: StepCurve, when: number): number {
  return probability[countBelow(day, when) - 1] ?? 1
}

/** Returns the probability after a day. O(log days). */
export function probabilityAfter({ day, probability }: StepCurve, when: number): number {
  const below = countBelow(day, when)
  return day[below] === when ? probability[below]! : (probability[below - 1] ?? 1)
}

/**
 * Returns for each day the probability G(day−) of being followed up to it at least, from the reference; above 0 on every
 * day up to `untilDay` on which somebody churned.
 *
 * @throws {HoldfastError} `out-of-range` if the reference ends before such a day
 */
export function followedShares(
  operation: string,
  { day, churned }: DaysOfFollowUp,
  reference: FollowUps,
  untilDay: number,
  mend: string,
): Float64Array {
  const ofReference = daysOfFollowUp(reference)
  const lastDay = ofReference.day.at(-1)!
  const broken = day.filter((each, index) => each <= untilDay && each > lastDay && churned[index]! > 0)
  if (broken.length > 0) {
    const problem = {
      code: 'out-of-range',
      parameter: 'reference.duration',
      rule: `to reach day ${broken.at(-1)}, on which a customer churned`,
      received: lastDay,
      wayOut: `Take ${mend}, at most ${lastDay}, or a reference that was followed for longer.`,
    } as const
    throw new HoldfastError(operation, [problem])
  }
  const followed = followedCurve(ofReference)
  return day.map((each) => probabilityBefore(followed, each))
}
