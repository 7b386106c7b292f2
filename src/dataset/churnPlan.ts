import * as z from 'zod'
import { isPlainObject } from '../base/arguments.js'
import { dayRule, isInstant, withDaysIn } from '../base/dayRule.js'
import type { DayInput } from '../base/days.js'
import { type EpochDay, formatDay, spreadsheetDays, utc } from '../base/days.js'
import { type Problem, refuse } from '../base/errors.js'
import { checkOptions } from '../base/options.js'
import { timeZoneRule, zoneOf } from '../base/timeZone.js'
import { featureRuleSchema } from '../feature/featureRuleSchema.js'
import { featureName } from '../feature/name/featureName.js'
import type { FeatureRule } from '../feature/rule.js'
import { isOfSet } from '../feature/sets/tables.js'
import { refuseUnnamed } from '../feature/uselessFeatures.js'
import { type LabelRule, labelRuleSchema } from '../label/rule.js'
import { type FalseChurnRule, falseChurnRuleSchema } from '../population/falseChurnRule.js'
import { type Cutoffs, type OwnCutoffs, ownCutoffsSchema } from '../population/ownCutoffs.js'
import { activeCustomers, type PopulationRule, populationRuleSchema } from '../population/rule.js'
import { outcomeColumnProblems } from './outcomeColumnProblems.js'

/** What a dataset is built from: a plain object that can be written to JSON and read back. */
export interface ChurnPlan<Asked extends Cutoffs = Cutoffs> {
  /** What "churned" means. */
  readonly label: LabelRule
  /** What is known of each customer; one column per rule. */
  readonly features: readonly FeatureRule[]
  /**
   * Names of features that `buildDataset` leaves out if no model can use them here: ids, windows before the beginning,
   * nearly constant ones and twins, see `usefulFeatures` of `holdfast/features`. Default: those of sets such as
   * `telecomFeatures`. An empty list keeps all features.
   */
  readonly optionalFeatures?: readonly string[]
  /**
   * First days that the features may not see: the same for all, ascending and without repeats; or a rule that gives
   * customers their own, see {@link OwnCutoffs}.
   */
  readonly cutoffs: Asked
  /** Who is counted. */
  readonly population: PopulationRule
  /**
   * Which cancellations are not real churn: customers who would count as churned by one have no outcome and are left
   * out of the dataset, counted by reason in `report.unlabelled`. Left out = every cancellation is churn.
   */
  readonly falseChurn?: FalseChurnRule
  /**
   * Time zone that gives cutoffs written as instants their day; `buildDataset` refuses a history with another. Left out
   * if all were written as days, which are the same in every zone.
   */
  readonly timeZone?: string
}

/** Options of {@link churnPlan}. */
export interface ChurnPlanOptions<
  Given extends readonly DayInput[] | OwnCutoffs = readonly DayInput[] | OwnCutoffs,
> extends Omit<ChurnPlan, 'cutoffs' | 'population'> {
  /**
   * In any order: days written `YYYY-MM-DD` or made with `monthly`, or instants (a `Date`, a text with an offset),
   * whose day is that of `timeZone` (default UTC). Or a rule made with `cutoffsBefore`, `cutoffsAfter`,
   * `cutoffsOnMonthDay` or `cutoffsListed`, which gives customers their own.
   */
  readonly cutoffs: Given
  /** Customers to count. Default: all who are active at the cutoff. */
  readonly population?: PopulationRule
}

/** Schema of plans with the same cutoffs for all: reads them back from JSON. */
export const churnPlanSchema = z.strictObject({
  label: labelRuleSchema.describe('what a label such as cancelled(), silent() or planDowngraded() returns'),
  features: z.array(featureRuleSchema).min(1),
  optionalFeatures: z.exactOptional(z.array(z.string())),
  cutoffs: z
    .array(dayRule)
    .min(1)
    .transform((days) => [...new Set(days)].sort((a, b) => a - b)),
  population: populationRuleSchema.default(activeCustomers()),
  falseChurn: z.exactOptional(falseChurnRuleSchema),
  timeZone: z.exactOptional(timeZoneRule.unwrap()),
})

// Two schemas and not a union, so that a wrong day is reported as that day.
const ownPlanSchema = churnPlanSchema.extend({ cutoffs: ownCutoffsSchema })

/**
 * Returns the plan of a dataset: what to predict, for whom, when, from what. Nothing is run.
 *
 * @throws {HoldfastError} `option-invalid`, `option-unknown`: all problems at once; `out-of-range` for cutoffs from 2070 on; `data-leak` if a feature or an
 * exclusion reads the column from which the label takes the reason for a cancellation; `feature-missing` if
 * `optionalFeatures` names no rule's feature
 *
 * @example
 * import { sumOf, tenure } from 'holdfast/features'
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
export function churnPlan(options: ChurnPlanOptions<readonly DayInput[]>): ChurnPlan<readonly EpochDay[]>
export function churnPlan(options: ChurnPlanOptions<OwnCutoffs>): ChurnPlan<OwnCutoffs>
export function churnPlan(options: ChurnPlanOptions): ChurnPlan
export function churnPlan(options: ChurnPlanOptions): ChurnPlan {
  const { timeZone, cutoffs } = options ?? {}
  // Ids in a rule may look like days: only a list is read as days.
  const plan = isPlainObject(cutoffs)
    ? checkOptions('churnPlan', ownPlanSchema, options)
    : checkOptions('churnPlan', churnPlanSchema, withDaysIn(options, ['cutoffs'], zoneOf(options)))
  refuse('churnPlan', [...outcomeColumnProblems(plan), ...farCutoffs(plan.cutoffs)])
  refuseUnnamed('churnPlan', 'optionalFeatures', plan.optionalFeatures ?? [], plan.features)
  // Before copying: rules of a set are recognised only as given
  const asked = options.features.filter(isOfSet).map(featureName)
  const optional =
    plan.optionalFeatures !== undefined || asked.length === 0 ? {} : { optionalFeatures: asked }
  const hasInstants = Array.isArray(cutoffs) && cutoffs.some(isInstant)
  const zone = hasInstants && timeZone === undefined ? { timeZone: utc } : {}
  return Object.freeze({ ...plan, ...optional, ...zone })
}

/** Days so far ahead that, as a number, they are the day of a spreadsheet: no history reaches there. */
function farCutoffs(cutoffs: OwnCutoffs | readonly EpochDay[]): Problem[] {
  if (!Array.isArray(cutoffs)) return []
  const far = cutoffs.filter((day: EpochDay) => day >= spreadsheetDays.first)
  const rule = `to be before ${formatDay(spreadsheetDays.first as EpochDay)}: no history reaches that far`
  return far.map((day) => ({ code: 'out-of-range', parameter: 'cutoffs', rule, received: formatDay(day) }))
}
