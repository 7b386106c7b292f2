import { checkArguments } from '../base/arguments.js'
import type { Days, Months } from '../base/days.js'
import { checkOptions } from '../base/options.js'
import * as z from '../base/schema.js'
import { type EventTableName, eventTableNames } from '../table/inputs.js'

/** Leaves out customers activated after `cutoff − within`. */
export interface JoinedWithin {
  readonly kind: 'joinedWithin'
  readonly reason: string
  readonly within: { readonly days: Days } | { readonly months: Months }
}

/** Leaves out customers with one of these values of an attribute: free-of-charge staff lines, a block list, do-not-disturb. */
export interface AttributeIn {
  readonly kind: 'attributeIn'
  readonly reason: string
  readonly column: string
  readonly in: readonly (string | number | boolean)[]
}

/** Leaves out customers without a row of the table in `[cutoff − days, cutoff)` that was known before the cutoff. */
export interface InactiveFor {
  readonly kind: 'inactiveFor'
  readonly reason: string
  readonly table: EventTableName
  readonly days: Days
}

/** Why a customer is not counted. */
export type Exclusion = JoinedWithin | AttributeIn | InactiveFor

/**
 * Who is counted at a cutoff c: activatedAt < c, cancelledAt missing or ≥ c, and no exclusion holds. A customer who
 * cancels on day c is still active when day c begins, and is counted; so is one who cancelled before c if that became
 * known (`cancelledKnownAt`) only at or after c.
 */
export interface PopulationRule {
  /** In this order: a customer is reported under the first that holds. */
  readonly exclusions: readonly Exclusion[]
}

const length = z.int().min(1)
const reason = z.string().min(1)

const exclusion = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('joinedWithin'),
    reason,
    within: z.union([z.strictObject({ days: length }), z.strictObject({ months: length })]),
  }),
  z.strictObject({
    kind: z.literal('attributeIn'),
    reason,
    column: z.string().min(1),
    in: z.array(z.union([z.string(), z.number(), z.boolean()])).min(1),
  }),
  z.strictObject({ kind: z.literal('inactiveFor'), reason, table: z.enum(eventTableNames), days: length }),
])

/** Schema of population rules: reads them back from JSON. */
export const populationRuleSchema: z.ZodType<PopulationRule> = z.strictObject({
  exclusions: z.array(exclusion),
})

/**
 * Returns the rule "customers who are active at the cutoff", except those for whom an exclusion holds.
 *
 * @throws {HoldfastError} `option-invalid`, `option-unknown`
 *
 * @example
 * const population = activeCustomers({
 *   exclusions: [joinedWithin({ months: 3 }), attributeIn('doNotDisturb', [true]), inactiveFor('usage', 180)],
 * })
 * population.exclusions.map((exclusion) => exclusion.reason)
 * // => ['joined within 3 months', 'doNotDisturb is true', 'no usage within 180 days']
 */
export function activeCustomers(options: Partial<PopulationRule> = {}): PopulationRule {
  checkArguments('activeCustomers', ['options', options, 'options'])
  return checkOptions('activeCustomers', populationRuleSchema, { exclusions: [], ...options })
}

/** Returns the exclusion of recent customers. @see {@link JoinedWithin} */
export function joinedWithin(within: JoinedWithin['within'], reasonText?: string): JoinedWithin {
  checkArguments('joinedWithin', ['within', within, 'object'])
  const length = 'days' in within ? `${within.days} days` : `${within.months} months`
  const rule = { kind: 'joinedWithin', reason: reasonText ?? `joined within ${length}`, within }
  return checkOptions('joinedWithin', exclusion, rule) as JoinedWithin
}

/** Returns the exclusion of customers with one of these values of an attribute. @see {@link AttributeIn} */
export function attributeIn(
  column: string,
  values: readonly (string | number | boolean)[],
  reasonText?: string,
): AttributeIn {
  checkArguments('attributeIn', ['column', column, 'text'], ['values', values, 'array'])
  const rule = {
    kind: 'attributeIn',
    reason: reasonText ?? `${column} is ${values.join(' or ')}`,
    column,
    in: values,
  }
  return checkOptions('attributeIn', exclusion, rule) as AttributeIn
}

/** Returns the exclusion of customers without recent rows in a table. @see {@link InactiveFor} */
export function inactiveFor(table: EventTableName, days: Days, reasonText?: string): InactiveFor {
  checkArguments('inactiveFor', ['table', table, 'text'], ['days', days, 'number'])
  const rule = { kind: 'inactiveFor', reason: reasonText ?? `no ${table} within ${days} days`, table, days }
  return checkOptions('inactiveFor', exclusion, rule) as InactiveFor
}
