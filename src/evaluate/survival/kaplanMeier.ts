import { countBelow } from '../rows/ranksOf.js'
import type { DaysOfFollowUp } from './daysOfFollowUp.js'

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
