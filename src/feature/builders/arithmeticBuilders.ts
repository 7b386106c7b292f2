import { refuse } from '../../base/errors.js'
import { checkOptions } from '../../base/options.js'
import type { RowFilter } from '../../population/rowFilter.js'
import { featureRuleSchemas } from '../featureRuleSchema.js'
import type {
  AggregateRule,
  CountTrueRule,
  DifferenceRule,
  NumberRule,
  PercentileRule,
  RatioRule,
  TextRule,
  TransformedRule,
} from '../rule.js'

/** Returns the rule "one number minus another". @throws {HoldfastError} `option-invalid` @see {@link DifferenceRule} */
export function difference(minuend: NumberRule, subtrahend: NumberRule): DifferenceRule {
  const rule = { kind: 'difference', minuend, subtrahend }
  return checkOptions('difference', featureRuleSchemas.difference, rule)
}

/**
 * Returns the rule "one number divided by another".
 *
 * @throws {HoldfastError} `option-invalid`
 *
 * @example
 * // Months that the balance lasts
 * featureName(ratio(lastValue('payments', 'balance', 'number', 'all'), sumOf('bills', 'amount', { months: 3 })))
 * // => '(payments_balance_last_all)_per_bills_amount_sum_3m'
 *
 * @see {@link RatioRule}, {@link shareOf} for a part of a whole
 */
export function ratio(numerator: NumberRule, denominator: NumberRule): RatioRule {
  return checkOptions('ratio', featureRuleSchemas.ratio, { kind: 'ratio', numerator, denominator })
}

const shareable = ['count', 'activeDays', 'sum']

/**
 * Returns the rule "share of a total": a filtered count, number of days or sum, divided by the same without the filter.
 * Missing if the total is 0.
 *
 * @param part a rule of `countOf`, `activeDays` or `sumOf` with a filter
 * @param among filter of the total; left out = all rows
 * @throws {HoldfastError} `option-invalid`
 *
 * @example
 * featureName(shareOf(sumOf('usage', 'minutes', { months: 3 }, weekends())))
 * // => 'usage[weekday|6|7]_minutes_sum_3m_per_usage_minutes_sum_3m'
 */
export function shareOf(part: AggregateRule, among?: RowFilter): RatioRule {
  const { where, ...whole } = checkOptions('shareOf', featureRuleSchemas.aggregate, part)
  if (where === undefined || !shareable.includes(part.aggregate)) {
    refuse('shareOf', [
      {
        code: 'option-invalid',
        parameter: 'part',
        rule: `to be a ${shareable.join(', ')} with a filter`,
        received: `${part.aggregate} ${where === undefined ? 'without' : 'with'} a filter`,
        wayOut: 'Use ratio to divide one rule by any other.',
      },
    ])
  }
  const total = among === undefined ? whole : { ...whole, where: among }
  const rule = { kind: 'ratio', numerator: part, denominator: total }
  return checkOptions('shareOf', featureRuleSchemas.ratio, rule)
}

/**
 * Returns the rule "how many of these are above 0" (a missing one is not): by how many things a customer is bound.
 *
 * @throws {HoldfastError} `option-invalid`
 *
 * @example
 * featureName(countTrue([inForce('bound', 'number'), daysUntil('contractEnd')]))
 * // => 'count_true(plan_bound,days_until_plan_contractEnd)'
 */
export function countTrue(of: readonly NumberRule[]): CountTrueRule {
  return checkOptions('countTrue', featureRuleSchemas.countTrue, { kind: 'countTrue', of })
}

/** Returns the rule "sign(x) ln(1 + |x|)" of a number. @throws {HoldfastError} `option-invalid` @see {@link TransformedRule} */
export function log1p(of: NumberRule): TransformedRule {
  return checkOptions('log1p', featureRuleSchemas.transformed, { kind: 'transformed', of, by: 'log1p' })
}

/** Returns the rule "sign(x) √|x|" of a number. @throws {HoldfastError} `option-invalid` @see {@link TransformedRule} */
export function squareRoot(of: NumberRule): TransformedRule {
  return checkOptions('squareRoot', featureRuleSchemas.transformed, { kind: 'transformed', of, by: 'sqrt' })
}

/**
 * Returns the rule "band of a number": how many of the edges are at or below it, 0 below the first.
 *
 * @param edges ascending
 * @throws {HoldfastError} `option-invalid`
 *
 * @example
 * // < 6, 6–12, 12–24, 24+ months in the network: 0, 1, 2, 3
 * featureName(band(tenure(), [6, 12, 24]))
 * // => 'band(tenure_months,6,12,24)'
 */
export function band(of: NumberRule, edges: readonly number[]): TransformedRule {
  return checkOptions('band', featureRuleSchemas.transformed, { kind: 'transformed', of, by: 'band', edges })
}

/**
 * Returns the rule "rank of the customer among the others", in (0, 1): 0.9 = above nine in ten.
 *
 * @param within a text rule whose value is the group (the plan in force), or `'everybody'`
 * @throws {HoldfastError} `option-invalid`
 *
 * @example
 * featureName(percentile(sumOf('usage', 'dataMb', { months: 1 }), inForce('plan', 'text')))
 * // => 'percentile(usage_dataMb_sum_1m,plan_plan)'
 *
 * @see {@link PercentileRule} for ties and for a single customer in memory
 */
export function percentile(of: NumberRule, within: TextRule | 'everybody' = 'everybody'): PercentileRule {
  return checkOptions('percentile', featureRuleSchemas.percentile, { kind: 'percentile', of, within })
}
