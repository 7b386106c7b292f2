import { formatDay } from '../../base/days.js'
import type { BacktestFigures } from '../../evaluate/backtest/backtestResult.js'
import type { BacktestFacts } from './reportFacts.js'

/** Returns the facts of a backtest that a report shows. */
export function backtestFacts({ folds, drift, pooled, level, notes }: BacktestFigures): BacktestFacts {
  return {
    level,
    pooledRocAuc: pooled.rocAuc ?? null,
    folds: folds.map(({ cutoff, testRows, churners, baseRate, meanProbability, figures, note }) => ({
      cutoff: formatDay(cutoff),
      testRows,
      churners,
      baseRate,
      meanProbability,
      rocAuc: figures.rocAuc ?? null,
      note,
    })),
    drift: drift.filter(({ shown }) => shown).map(({ sentence }) => sentence),
    notes: [...notes],
  }
}
