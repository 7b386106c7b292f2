import type { WeightOptions } from '../../../src/evaluate/rows/checkedOutcomes.js'
import { concordance, unoConcordance } from '../../../src/evaluate/survival/concordance.js'
import { timeDependentAuc } from '../../../src/evaluate/survival/timeDependentAuc.js'

/** A metric of time to churn. */
export interface SurvivalMetricTraits {
  /** Returns the figures of the metric in a fixed order, further parameters at their defaults. */
  readonly figures: (
    risk: ArrayLike<number>,
    duration: ArrayLike<number>,
    churned: ArrayLike<number>,
    options?: WeightOptions,
  ) => readonly number[]
}

/** Every metric of time to churn by name. Only the order of the risk enters any; weight 2 is the row twice to each. */
export const survivalMetricTraits = {
  concordance: { figures: (...rows) => [concordance(...rows)] },
  unoConcordance: { figures: (...rows) => [unoConcordance(...rows)] },
  /** At 30 and 60 days. */
  timeDependentAuc: {
    figures: (risk, duration, churned, options) => {
      const { auc, churners, stayers, mean } = timeDependentAuc(risk, duration, churned, [30, 60], options)
      return [...auc, ...churners, ...stayers, mean]
    },
  },
} satisfies Readonly<Record<string, SurvivalMetricTraits>>
