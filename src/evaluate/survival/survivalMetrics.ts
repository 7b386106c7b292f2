import type { WeightOptions } from '../rows/checkedOutcomes.js'
import { concordance, unoConcordance } from './concordance.js'
import { timeDependentAuc } from './timeDependentAuc.js'

/** A metric of time to churn, for the property tests. */
export interface SurvivalMetricEntry {
  /** Returns the figures of the metric in a fixed order, further parameters at their defaults. */
  readonly figures: (
    risk: ArrayLike<number>,
    duration: ArrayLike<number>,
    churned: ArrayLike<number>,
    options?: WeightOptions,
  ) => readonly number[]
}

/** Every metric of time to churn by name. Only the order of the risk enters any; weight 2 is the row twice to each. */
export const survivalMetrics = {
  concordance: { figures: (...rows) => [concordance(...rows)] },
  unoConcordance: { figures: (...rows) => [unoConcordance(...rows)] },
  /** At 30 and 60 days. */
  timeDependentAuc: {
    figures: (risk, duration, churned, options) => {
      const { auc, churners, stayers, mean } = timeDependentAuc(risk, duration, churned, [30, 60], options)
      return [...auc, ...churners, ...stayers, mean]
    },
  },
} as const satisfies Readonly<Record<string, SurvivalMetricEntry>>
