import * as z from 'zod'
import { customerProblems } from '../../base/customerProblems.js'
import type { Problem } from '../../base/errors.js'
import { groupsRule, levelRule, seedRule } from '../../base/sharedRules.js'
import { type WeightOptions, weightOptions } from '../rows/checkedOutcomes.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'

/** Who the rows belong to. */
export interface GroupOptions {
  /**
   * Shape (n), the customer of each row (a text or a number), where a customer has several: whole customers are drawn,
   * with all their rows. Left out = each row is a customer. Rows of one customer say less than as many customers would.
   */
  readonly groups?: ArrayLike<string | number>
}

/** How samples are drawn anew, and what interval is made of them. */
export interface ResampleOptions {
  /** Number of resamples. Integer ≥ 20. Default 1000, fewer for more than 100,000 customers (100,000,000 /
   *  customers, at least 100), whose intervals are narrow. */
  readonly resamples?: number
  /** How often intervals made in this way hold the figure of all customers of the kind, in (0, 1). Default 0.95. */
  readonly level?: number
  /** Seed of the resampling, and of any draw of customers; any 32-bit integer. Default 1. */
  readonly seed?: number
}

/** Rule of what two that are compared are called. */
export const namesRule = z.tuple([z.string().min(1), z.string().min(1)]).default(['A', 'B'])

/** Rules of {@link ResampleOptions}. */
export const resampleOptions = z.strictObject({
  resamples: z.int().min(20).optional(),
  level: levelRule,
  seed: seedRule,
})

/** Returns what is wrong with the customers of rows; nothing where they are left out. */
export function groupProblems(
  groups: ArrayLike<string | number> | undefined,
  outcome: ArrayLike<number>,
  weight: ArrayLike<number> | undefined,
): Problem[] {
  if (groups === undefined) return []
  const problems = customerProblems('groups', groups, outcome.length)
  if (problems.length > 0) return problems
  if (new Set(Array.from(groups).filter((_, row) => weight?.[row] !== 0)).size > 1) return []
  return [
    {
      code: 'out-of-range',
      parameter: 'groups',
      rule: 'to name at least two customers: with one there is nothing to draw from',
      received: 1,
    },
  ]
}

/** How the uncertainty of a metric is found. */
export interface BootstrapOptions extends WeightOptions, GroupOptions, ResampleOptions {
  /**
   * `percentile`: quantiles of the resampled figures. `bca`: these quantiles moved for the bias and the skew of the
   * resamples. `jackknife`: the normal interval of the value less the bias of the resamples. Default: what holds the
   * level in `benchmarks/coverage`, `percentile` for all metrics but `jackknife` for `kolmogorovSmirnov`, whose
   * resamples are biased upwards.
   */
  readonly method?: 'percentile' | 'bca' | 'jackknife'
  /**
   * False: rows are drawn from all, so that the number of churners varies as it does from sample to sample. True:
   * churners and stayers are drawn apart and their numbers are taken as given, which is right only where they were
   * fixed beforehand (as many stayers picked as churners): of new customers it makes intervals of log loss, Brier
   * score and average precision too narrow. Default false. With `groups`, customers who churned in any row are one stratum.
   */
  readonly stratified?: boolean
}

/** Rules of {@link BootstrapOptions}. */
export const bootstrapOptions = weightOptions.extend({
  ...resampleOptions.shape,
  groups: groupsRule,
  method: z.enum(['percentile', 'bca', 'jackknife']).optional(),
  stratified: z.boolean().default(false),
})

/** The checked options of a bootstrap without the weights. */
export type ResampleRule = Omit<z.output<typeof bootstrapOptions>, 'weight'>

/** Returns the number of resamples that the options mean for these customers. */
export function resampleCount(
  rule: Pick<ResampleRule, 'resamples'>,
  ranked: Pick<RankedOutcomes, 'customers'>,
): number {
  return rule.resamples ?? Math.min(1000, Math.max(100, Math.floor(100_000_000 / ranked.customers)))
}
