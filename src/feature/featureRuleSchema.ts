import { z } from 'zod'
import { eventTableNames } from '../table/inputs.js'
import type { FeatureRule } from './rule.js'

// Windows are members of a union, where a schema does not say its rule in our words by itself.
function integer(least: number, most: number) {
  const rule = `to be an integer from ${least} to ${most}`
  return z.int(rule).min(least, rule).max(most, rule)
}

const length = integer(1, 36_500)
const lag = z.exactOptional(integer(0, 36_500))
const nonEmpty = 'to be a text that is not empty'
const column = z.string(nonEmpty).min(1, nonEmpty)
const type = z.enum(['number', 'text'])

/** Columns that say who and when. Those of them that lie after the cutoff would tell the model the answer. */
const timeColumns = new Set(['id', 'activatedAt', 'cancelledAt', 'day', 'period', 'from', 'to'])
const ownColumn = column.refine((name) => !timeColumns.has(name), {
  error: `to be a column of the user's own; ${[...timeColumns].join(', ')} say who and when`,
})
/** `from` is before the cutoff for the plan in force, `to` is not. */
const planDay = column.refine((name) => name === 'from' || !timeColumns.has(name), {
  error: 'to be a day that is known from the first day of the plan on, such as contractEnd or from',
})

const table = z.enum(eventTableNames, `to be one of ${eventTableNames.join(', ')}`)

const window = z.union([
  z.literal('all'),
  z.strictObject({ days: length, lag }),
  z.strictObject({ months: length, lag }),
])

const values = z.array(z.string()).min(1, 'to be a list of at least one text')
const where = z.exactOptional(
  z.union(
    [z.strictObject({ column: ownColumn, in: values }), z.strictObject({ column: ownColumn, notIn: values })],
    'to be { column, in: [texts] } or { column, notIn: [texts] }, with at least one text',
  ),
)

const rows = { kind: z.literal('aggregate'), table, window, where }

const aggregate = z.discriminatedUnion('aggregate', [
  z.strictObject({ ...rows, aggregate: z.enum(['count', 'activeDays']) }),
  z.strictObject({ ...rows, aggregate: z.enum(['sum', 'mean', 'min', 'max']), measure: ownColumn }),
])

/** The schema of each kind of rule; tests go through it so that no kind escapes them. */
export const featureRuleSchemas = {
  aggregate,
  recency: z.strictObject({ kind: z.literal('recency'), table, where }),
  slope: z.strictObject({
    kind: z.literal('slope'),
    table,
    measure: ownColumn,
    months: integer(2, 120),
  }),
  drop: z.strictObject({ kind: z.literal('drop'), table, measure: ownColumn, months: integer(1, 120) }),
  tenure: z.strictObject({ kind: z.literal('tenure') }),
  attribute: z.strictObject({ kind: z.literal('attribute'), column: ownColumn, type }),
  inForce: z.strictObject({ kind: z.literal('inForce'), column: ownColumn, type }),
  daysUntil: z.strictObject({ kind: z.literal('daysUntil'), column: planDay }),
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
