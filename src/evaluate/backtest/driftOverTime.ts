import type { MeasureRule } from '../measureRows.js'
import type { BacktestFold, DriftName, MetricDrift } from './backtestFigures.js'
import { type DriftPoint, driftOf, leastPoints } from './driftOf.js'

/** A fold with the standard errors of what it was measured to be; left out where there is no figure. */
export interface TimedFold {
  readonly fold: BacktestFold
  readonly standardErrors: Readonly<Partial<Record<DriftName, number>>>
}

const daysPerMonth = 365.25 / 12

/** Returns the drift of every metric with figures at three cutoffs or more, of base rate and of mean probability. */
export function driftOverTime(
  folds: readonly TimedFold[],
  { metrics, level }: Pick<MeasureRule, 'metrics' | 'level'>,
): MetricDrift[] {
  const names: readonly DriftName[] = [...metrics, 'baseRate', 'meanProbability']
  return names.flatMap((name) => {
    const points = pointsOf(folds, name)
    return points.length < leastPoints ? [] : [driftOf(name, points, level)]
  })
}

function pointsOf(folds: readonly TimedFold[], name: DriftName): DriftPoint[] {
  return folds.flatMap(({ fold, standardErrors }) => {
    const isLevel = name === 'baseRate' || name === 'meanProbability'
    const value = isLevel ? fold[name] : fold.figures[name]?.value
    const standardError = standardErrors[name]
    if (value == null || standardError === undefined) return []
    return [{ month: fold.cutoff / daysPerMonth, value, standardError }]
  })
}
