import * as z from 'zod'
import { checkArguments } from '../base/arguments.js'
import { inNameOf } from '../base/errors.js'
import { argumentOption, checkOptions } from '../base/options.js'
import type { History } from '../engine/history.js'
import type { Cutoffs } from '../population/ownCutoffs.js'
import type { PopulationRule } from '../population/rule.js'
import type { Table } from '../table/table.js'
import { featureName } from './name/featureName.js'
import type { FeatureRule } from './rule.js'
import { featureMatrix } from './sql/featureMatrix.js'
import { leftOutTable, refuseUnnamed, uselessFeatures } from './uselessFeatures.js'

/** Options of {@link usefulFeatures}. */
export interface UsefulFeaturesOptions {
  /** Days as of which the features are computed: the cutoffs of the training, not those of the test. */
  readonly cutoffs: Cutoffs
  /** Customers to look at. Default: all who are active at the cutoff. */
  readonly population?: PopulationRule
  /** Names of features to keep in any case. Default none. */
  readonly keep?: readonly string[]
}

/** Rules that can tell customers apart, and why the others were left out. */
export interface UsefulFeatures {
  /** In the order given. */
  readonly rules: FeatureRule[]
  /** Columns `feature`, `why`, `detail`; one row for each rule left out. */
  readonly leftOut: Table
}

const optionsSchema = z.strictObject({
  cutoffs: z.custom<Cutoffs>((value) => typeof value === 'object' && value !== null, 'to be days, or a rule'),
  population: argumentOption<PopulationRule>('object').optional(),
  keep: z.array(z.string()).default([]),
})

/**
 * Returns the rules of a set without those that cannot help a model and may mislead it. No outcome is used.
 *
 *     id                            reads a number column that looks like an id: 50 or more whole numbers, one for each
 *                                   customer with several rows and no two alike, or consecutive numbers, one for each row
 *     window before the beginning   at half of the cutoffs or more, a window begins over 31 days before the first row
 *                                   of its table; only for tables with rows on a third of their days, at least 20
 *     nearly constant               fewer than 10 rows differ from the most frequent value (missing counts as a value);
 *                                   needs at least 20 rows
 *     twin                          of two numbers with a correlation of at least ±.99 and the same rows missing, the one
 *                                   that comes later in the list; needs at least 20 rows
 *
 * A set asks what may matter anywhere; on your tables part of it may be empty or redundant. With few churners, each
 * such column is one more chance to fit noise. `buildDataset` applies the same rule to the features of sets, at all
 * cutoffs of its plan. Call this function to judge at the cutoffs of the training only, or to judge your own rules.
 *
 * @param rules a set, with or without rules of your own
 * @throws {HoldfastError} like `featureMatrix`; `feature-missing` if `keep` has a name that no rule has
 *
 * Computes the features once; then O(rules² × rows) for at most 20,000 rows, 1,000 for clearly different numbers.
 *
 * @example
 * const history = await openHistory({
 *   customers: Array.from({ length: 60 }, (_, index) => ({ id: `C${index}`, activatedAt: '2024-01-15' })),
 *   usage: Array.from({ length: 60 }, (_, index) => ({ id: `C${index}`, day: '2025-03-01', seat: 1000 + index, minutes: index % 7 })),
 * })
 * const asked = [sumOf('usage', 'seat', { months: 1 }), sumOf('usage', 'minutes', { months: 1 }), countOf('usage', { months: 1 })]
 * const { rules, leftOut } = await usefulFeatures(history, asked, { cutoffs: [epochDay('2025-04-01')] })
 * await history.close()
 * rules.map(featureName)
 * // => ['usage_minutes_sum_1m']
 * leftOut.rows().map(({ feature, why }) => `${feature}: ${why}`)
 * // => ['usage_seat_sum_1m: id', 'usage_count_1m: nearly constant']
 *
 * @see `subscriptionFeatures`, `telecomFeatures`, `transactionFeatures` of `holdfast`
 */
export async function usefulFeatures(
  history: History,
  rules: readonly FeatureRule[],
  options: UsefulFeaturesOptions,
): Promise<UsefulFeatures> {
  checkArguments('usefulFeatures', ['history', history, 'history'], ['rules', rules, 'array'])
  const { keep, ...asked } = checkOptions('usefulFeatures', optionsSchema, options)
  const given = { ...asked, ...(options.population === undefined ? {} : { population: options.population }) }
  const { features, cutoffs } = await inNameOf('usefulFeatures', () =>
    featureMatrix(history, rules, given as Pick<UsefulFeaturesOptions, 'cutoffs'>),
  )
  refuseUnnamed('usefulFeatures', 'keep', keep, rules)
  const leftOut = await uselessFeatures(history, rules, { features, cutoffs }, keep)
  const gone = new Set(leftOut.map(({ feature }) => feature))
  return { rules: rules.filter((rule) => !gone.has(featureName(rule))), leftOut: leftOutTable(leftOut) }
}
