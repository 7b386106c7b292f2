import { z } from 'zod'
import { dayOption } from '../base/dayRule.js'
import type { EpochDay } from '../base/days.js'
import { refuse } from '../base/errors.js'
import { checkOptions } from '../base/options.js'
import { featureRuleSchema } from '../feature/featureRuleSchema.js'
import type { FeatureRule } from '../feature/rule.js'
import { type LabelRule, labelRuleSchema } from '../label/rule.js'
import { type FalseChurnRule, falseChurnRuleSchema } from '../population/falseChurnRule.js'
import { activeCustomers, type PopulationRule, populationRuleSchema } from '../population/rule.js'
import { outcomeColumnProblems } from './outcomeColumnProblems.js'

/** What a dataset is made of: a plain object that can be written to JSON and read back. */
export interface ChurnPlan {
  /** What "churned" means. */
  readonly label: LabelRule
  /** What is known of each customer; one column each. */
  readonly features: readonly FeatureRule[]
  /** First days that the features may not see, each once, the earliest first. */
  readonly cutoffs: readonly EpochDay[]
  /** Who is counted. */
  readonly population: PopulationRule
  /**
   * Which cancellations are no real churn: customers who would be churned by one have no outcome and are left out of the
   * dataset, counted by reason in `report.unlabelled`. Left out = every cancellation is churn.
   */
  readonly falseChurn?: FalseChurnRule
}

/** A plan as it is written down. */
export interface ChurnPlanOptions extends Omit<ChurnPlan, 'cutoffs' | 'population'> {
  /** In any order; days written `YYYY-MM-DD`, made with `monthly`, or as a `Date`. */
  readonly cutoffs: readonly (EpochDay | string | Date)[]
  /** Default: all customers that are active at the cutoff. */
  readonly population?: PopulationRule
}

/** The rule of plans: reads them back from JSON. */
export const churnPlanSchema = z.strictObject({
  label: labelRuleSchema,
  features: z.array(featureRuleSchema).min(1),
  cutoffs: z
    .array(dayOption)
    .min(1)
    .transform((days) => [...new Set(days)].sort((a, b) => a - b)),
  population: populationRuleSchema.default(activeCustomers()),
  falseChurn: z.exactOptional(falseChurnRuleSchema),
})

/**
 * Returns the plan of a dataset: what is asked about whom, when, from what. Nothing is run.
 *
 * @throws {HoldfastError} `option-invalid`, `option-unknown`: all problems at once; `data-leak` where a feature or an
 * exclusion reads the column in which the label finds the reason of a cancellation
 *
 * @example
 * const plan = churnPlan({
 *   label: cancelled({ gapDays: 7, horizonDays: 30 }),
 *   features: [sumOf('usage', 'minutes', { months: 3 }), tenure()],
 *   cutoffs: ['2025-02-01', '2025-01-01'],
 * })
 * plan.cutoffs.map(formatDay)
 * // => ['2025-01-01', '2025-02-01']
 *
 * @see {@link buildDataset}
 */
export function churnPlan(options: ChurnPlanOptions): ChurnPlan {
  const plan = checkOptions('churnPlan', churnPlanSchema, options)
  refuse('churnPlan', outcomeColumnProblems(plan))
  return plan
}
