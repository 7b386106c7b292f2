import type { TreatmentOptions } from '../../../src/evaluate/uplift/treatment.js'
import { type GainCurve, qiniCurve, upliftCurve } from '../../../src/evaluate/uplift/upliftCurves.js'
import {
  areaUnderUplift,
  qiniCoefficient,
  upliftAtShare,
} from '../../../src/evaluate/uplift/upliftFigures.js'

/** A metric of treatment data. */
export interface UpliftMetricTraits {
  /** Returns the figures of the metric in a fixed order, further parameters at their defaults. */
  readonly figures: (
    score: ArrayLike<number>,
    outcome: ArrayLike<number>,
    treated: ArrayLike<number>,
    options?: TreatmentOptions,
  ) => readonly number[]
}

/** Every metric of treatment data by name. Only the order of the score enters any; weight 2 is the row twice to each. */
export const upliftMetricTraits = {
  qiniCurve: { figures: (...rows) => figuresOf(qiniCurve(...rows)) },
  /** By both definitions. */
  qiniCoefficient: {
    figures: (score, outcome, treated, options) =>
      definitions.map((definition) => qiniCoefficient(score, outcome, treated, { ...options, definition })),
  },
  upliftCurve: { figures: (...rows) => figuresOf(upliftCurve(...rows)) },
  /** By both definitions. */
  areaUnderUplift: {
    figures: (score, outcome, treated, options) =>
      definitions.map((definition) => areaUnderUplift(score, outcome, treated, { ...options, definition })),
  },
  /** Of the top half. */
  upliftAtShare: {
    figures: (score, outcome, treated, options) => [upliftAtShare(score, outcome, treated, 0.5, options)],
  },
} satisfies Readonly<Record<string, UpliftMetricTraits>>

const definitions = ['of-perfect', 'of-total'] as const

function figuresOf({ customers, contactedShare, gain, randomGain }: GainCurve): number[] {
  return [...customers, ...contactedShare, ...gain, ...randomGain]
}
