import type { TrainingData } from '../../learn/contract.js'
import { meanWithError } from '../meanWithError.js'
import { classWeights, type MeasureRule, measureRows, noFigures, standardErrorOf } from '../measureRows.js'
import type { MetricName } from '../metrics.js'
import type { FiguresByMetric, FoldMeasurement } from './backtestFigures.js'
import type { TimedFold } from './driftOverTime.js'

/** Returns what the test rows of a fold are measured to be. */
export function measureFold(
  test: TrainingData,
  customers: readonly (string | number)[],
  probability: Float64Array,
  rule: MeasureRule,
): { readonly measurement: FoldMeasurement } & Pick<TimedFold, 'standardErrors'> {
  const { outcome } = test
  const weight = test.weight ?? null
  const { figures, notes } = measureRows({ probability, outcome, weight, customers }, rule)
  const baseRate = meanWithError(outcome, weight)
  const meanProbability = meanWithError(probability, weight)
  return {
    measurement: {
      testRows: outcome.length,
      churners: classWeights({ outcome, weight }).churners,
      baseRate: baseRate?.value ?? null,
      meanProbability: meanProbability?.value ?? null,
      figures,
      note: notes.length === 0 ? null : notes.join('; '),
    },
    standardErrors: {
      ...errorsOf(figures, rule.level),
      ...(baseRate === null ? {} : { baseRate: baseRate.standardError }),
      ...(meanProbability === null ? {} : { meanProbability: meanProbability.standardError }),
    },
  }
}

/** Returns the measurement of a fold that has no model, with the base rate of its rows. */
export function measureWithoutModel(
  { outcome, weight }: Pick<TrainingData, 'outcome' | 'weight'>,
  metrics: readonly MetricName[],
  note: string,
): { readonly measurement: FoldMeasurement } & Pick<TimedFold, 'standardErrors'> {
  const baseRate = meanWithError(outcome, weight)
  return {
    measurement: {
      testRows: outcome.length,
      churners: classWeights({ outcome, weight: weight ?? null }).churners,
      baseRate: baseRate?.value ?? null,
      meanProbability: null,
      figures: noFigures(metrics),
      note,
    },
    standardErrors: baseRate === null ? {} : { baseRate: baseRate.standardError },
  }
}

function errorsOf(figures: FiguresByMetric, level: number): TimedFold['standardErrors'] {
  const known = Object.entries(figures).filter(([, interval]) => interval !== null)
  return Object.fromEntries(known.map(([name, interval]) => [name, standardErrorOf(interval!, level)]))
}
