import { checkOptions } from '../../base/options.js'
import { featureRuleSchemas } from '../featureRuleSchema.js'
import type {
  AttributeRule,
  DaysUntilRule,
  InForceRule,
  IsOtherRule,
  TenureRule,
  ValueType,
} from '../rule.js'

/** Returns the rule "complete months since activation". */
export function tenure(): TenureRule {
  return { kind: 'tenure' }
}

/**
 * Returns the rule "an attribute of the customer".
 *
 * @param type `'text'` (the default), or `'number'` for numbers and booleans
 * @throws {HoldfastError} `option-invalid`
 *
 * @see {@link AttributeRule}
 */
export function attribute<Type extends ValueType = 'text'>(
  column: string,
  type: Type = 'text' as Type,
): AttributeRule & { readonly type: Type } {
  const rule = { kind: 'attribute', column, type } as const
  return checkOptions('attribute', featureRuleSchemas.attribute, rule) as typeof rule
}

/**
 * Returns the rule "an attribute names somebody else", such as a payer who is not the user.
 *
 * @throws {HoldfastError} `option-invalid`
 *
 * @example
 * isOther('payerId')
 * // => { kind: 'isOther', column: 'payerId' }
 *
 * @see {@link IsOtherRule}
 */
export function isOther(column: string): IsOtherRule {
  return checkOptions('isOther', featureRuleSchemas.isOther, { kind: 'isOther', column })
}

/**
 * Returns the rule "a column of the plan in force" at the cutoff, or some time before it.
 *
 * @param type `'text'`, or `'number'` for numbers and booleans
 * @param lag how long before the cutoff; left out = at the cutoff
 * @throws {HoldfastError} `option-invalid`
 *
 * @example
 * // By how much the price rose in three months
 * featureName(difference(inForce('fee', 'number'), inForce('fee', 'number', { months: 3 })))
 * // => '(plan_fee)_minus_(plan[lag3m]_fee)'
 *
 * @see {@link InForceRule} for ties
 */
export function inForce<Type extends ValueType>(
  column: string,
  type: Type,
  lag?: InForceRule['lag'],
): InForceRule & { readonly type: Type } {
  const rule = { kind: 'inForce', column, type, ...(lag === undefined ? {} : { lag }) } as const
  return checkOptions('inForce', featureRuleSchemas.inForce, rule) as typeof rule
}

/**
 * Returns the rule "days until a day of the plan in force", or until an attribute of the customer.
 *
 * @throws {HoldfastError} `option-invalid`
 *
 * @example
 * [daysUntil('contractEnd'), daysUntil('promotionEnd', 'customer')].map(featureName)
 * // => ['days_until_plan_contractEnd', 'days_until_customer_promotionEnd']
 *
 * @see {@link DaysUntilRule}
 */
export function daysUntil(column: string, of: 'plan' | 'customer' = 'plan'): DaysUntilRule {
  const rule = { kind: 'daysUntil', column, ...(of === 'plan' ? {} : { of }) }
  return checkOptions('daysUntil', featureRuleSchemas.daysUntil, rule)
}
