import { logit, sigmoid } from '../base/statistics.js'
import type { Contributions } from './contract.js'
import { uncertain } from './margin.js'

/** A smooth or piecewise smooth function of a score, and its slope. */
export interface ScoreCurve {
  /** Scale of what it gives. */
  readonly scale: Contributions['scale']
  readonly value: (score: number) => number
  readonly slope: (score: number) => number
}

/**
 * Below this share of the score a difference quotient is rounding: at it, six of its sixteen digits are left. The slope
 * is then off by less than the rounding of the sum.
 */
const nearBase = 1e-10

/**
 * Returns the contributions of the features to g(score) from those to the score.
 *
 * A score s = base + Σ cᵢ goes the straight way from its base to its value, all features in step; each gets what g
 * rises by while it moves (the Shapley value of Aumann and Shapley for many infinitely small steps):
 *
 *     cᵢ' = cᵢ · ∫₀¹ g'(base + t (s − base)) dt = cᵢ · (g(s) − g(base)) / (s − base),   base' = g(base)
 *
 * and cᵢ · g'(base) where s = base. So `base' + Σ cᵢ'` is g(s), signs and shares stay where g rises, and a line g gives
 * what is expected of it. The base is g of the mean, not the mean of g.
 *
 * @param curve g: continuous, finite, its slope too
 * @returns new arrays; the given ones are not changed
 *
 * O(rows × features) time.
 */
export function rescaledContributions(
  { base, values }: Contributions,
  { scale, value, slope }: ScoreCurve,
): Contributions {
  const rowCount = values[0]?.length ?? 0
  const factors = new Float64Array(rowCount)
  for (const contribution of values) {
    for (let row = 0; row < rowCount; row++) factors[row]! += contribution[row]!
  }
  const newBase = value(base)
  for (let row = 0; row < rowCount; row++) {
    const way = factors[row]!
    factors[row] =
      Math.abs(way) <= nearBase * (1 + Math.abs(base)) ? slope(base) : (value(base + way) - newBase) / way
  }
  return {
    scale,
    base: newBase,
    values: values.map((contribution) => contribution.map((own, row) => own * factors[row]!)),
  }
}

/** From log odds to probabilities. */
const toProbability: ScoreCurve = {
  scale: 'probability',
  value: sigmoid,
  slope: (margin) => sigmoid(margin) * sigmoid(-margin),
}

/** From probabilities, kept in [1e-15, 1 - 1e-15], to log odds. */
const toLogOdds: ScoreCurve = {
  scale: 'log-odds',
  value: (probability) => logit(uncertain(probability)),
  slope: (probability) => 1 / (uncertain(probability) * (1 - uncertain(probability))),
}

/**
 * Returns contributions in the wanted scale: the same object if they are in it already, otherwise by {@link
 * rescaledContributions}.
 *
 * O(rows × features) time.
 */
export function contributionsInScale(
  contributions: Contributions,
  scale: Contributions['scale'],
): Contributions {
  if (contributions.scale === scale) return contributions
  return rescaledContributions(contributions, scale === 'probability' ? toProbability : toLogOdds)
}
