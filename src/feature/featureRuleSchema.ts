import { z } from 'zod'
import { type EventTableName, inputTableNames } from '../table/inputs.js'
import type { FeatureRule } from './rule.js'

// Windows are members of a union, where a schema does not say its rule in our words by itself.
function integer(least: number, most: number) {
  const rule = `to be an integer from ${least} to ${most}`
  return z.int(rule).min(least, rule).max(most, rule)
}

const length = integer(1, 36_500)
const lag = z.exactOptional(integer(0, 36_500))
const column = z.string().min(1)
const type = z.enum(['number', 'text'])

const table = z.enum(
  inputTableNames.filter((name): name is EventTableName => name !== 'customers' && name !== 'calls'),
)

const window = z.union([
  z.literal('all'),
  z.strictObject({ days: length, lag }),
  z.strictObject({ months: length, lag }),
])

const where = z.exactOptional(z.strictObject({ column, in: z.array(z.string()).min(1) }))

const rows = { kind: z.literal('aggregate'), table, window, where }

const aggregate = z.discriminatedUnion('aggregate', [
  z.strictObject({ ...rows, aggregate: z.enum(['count', 'activeDays']) }),
  z.strictObject({ ...rows, aggregate: z.enum(['sum', 'mean', 'min', 'max']), measure: column }),
])

/** The schema of each kind of rule; tests go through it so that no kind escapes them. */
export const featureRuleSchemas = {
  aggregate,
  recency: z.strictObject({ kind: z.literal('recency'), table, where }),
  slope: z.strictObject({
    kind: z.literal('slope'),
    table,
    measure: column,
    months: integer(2, 120),
  }),
  drop: z.strictObject({ kind: z.literal('drop'), table, measure: column, months: integer(1, 120) }),
  tenure: z.strictObject({ kind: z.literal('tenure') }),
  attribute: z.strictObject({ kind: z.literal('attribute'), column, type }),
  inForce: z.strictObject({ kind: z.literal('inForce'), column, type }),
  daysUntil: z.strictObject({ kind: z.literal('daysUntil'), column }),
  difference: z.strictObject({ kind: z.literal('difference'), minuend: aggregate, subtrahend: aggregate }),
  ratio: z.strictObject({ kind: z.literal('ratio'), numerator: aggregate, denominator: aggregate }),
} as const satisfies { readonly [Kind in FeatureRule['kind']]: z.ZodType<FeatureRule & { kind: Kind }> }

const { recency, slope, drop, tenure, attribute, inForce, daysUntil, difference, ratio } = featureRuleSchemas

/** The rule of feature rules: reads them back from JSON, for example from a model file. */
export const featureRuleSchema: z.ZodType<FeatureRule> = z.discriminatedUnion('kind', [
  aggregate,
  recency,
  slope,
  drop,
  tenure,
  attribute,
  inForce,
  daysUntil,
  difference,
  ratio,
])
