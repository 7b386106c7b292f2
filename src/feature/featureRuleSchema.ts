import * as z from '../base/schema.js'
import { columnName, ownColumn, rowFilterSchema, timeColumns } from '../population/rowFilter.js'
import { eventTableNames } from '../table/inputs.js'
import type { FeatureRule, NumberRule, TextRule } from './rule.js'

// The rule is spelled out because zod's own message is used inside a union, as windows are.
function integer(least: number, most: number) {
  const rule = `to be an integer from ${least} to ${most}`
  return z.int(rule).min(least, rule).max(most, rule)
}

const length = integer(1, 36_500)
const lag = z.exactOptional(integer(0, 36_500))

/** A day column that is known at the cutoff: `known` is always before it. */
const dayKnownFrom = (known: string, example: string) =>
  columnName.refine((name) => name === known || !timeColumns.has(name), {
    error: `to be a day that is known at the cutoff, such as ${example} or ${known}`,
  })

const table = z.enum(eventTableNames, `to be one of ${eventTableNames.join(', ')}`)
const window = z.union([
  z.literal('all'),
  z.strictObject({ days: length, lag }),
  z.strictObject({ months: length, lag }),
])
const where = z.exactOptional(rowFilterSchema)
const number = z.literal('number', "to be 'number'")
const text = z.literal('text', "to be 'text'")
const type = z.enum(['number', 'text'])

const anyNumber = 'a rule whose feature is a number, no percentile'
const group =
  "'everybody', or an attribute, a column of the plan in force or a first or last value of the type text"
const numberRule: z.ZodType<NumberRule> = z.lazy(() => numberRuleSchema).describe(anyNumber)
const textRule: z.ZodType<TextRule> = z.lazy(() => textRuleSchema)

const rows = { kind: z.literal('aggregate'), table, window, where }
const aggregate = z.discriminatedUnion('aggregate', [
  z.strictObject({ ...rows, aggregate: z.enum(['count', 'activeDays', 'gapMean', 'gapDeviation']) }),
  z.strictObject({
    ...rows,
    aggregate: z.enum(['sum', 'mean', 'min', 'max', 'distinct', 'entropy', 'changes']),
    measure: ownColumn,
  }),
])

const valueAt = z.strictObject({
  kind: z.literal('valueAt'),
  table,
  which: z.enum(['first', 'last']),
  column: ownColumn,
  type,
  window,
  where,
})
const attribute = z.strictObject({ kind: z.literal('attribute'), column: ownColumn, type })
const inForce = z.strictObject({
  kind: z.literal('inForce'),
  column: ownColumn,
  type,
  lag: z.exactOptional(z.union([z.strictObject({ days: length }), z.strictObject({ months: length })])),
})

const run = { kind: z.literal('streak'), table, months: integer(1, 36), where }
const amounts = z.strictObject({ table, measure: ownColumn, where })

const risingEdges = z
  .array(z.number())
  .min(1)
  .refine((edges) => edges.every((edge, index) => index === 0 || edge > edges[index - 1]!), {
    error: 'to be a list of at least one number, each above the one before',
  })
const scale = { kind: z.literal('transformed'), of: numberRule }

/** The schema of each kind of rule; tests go through it so that no kind escapes them. */
export const featureRuleSchemas = {
  aggregate,
  valueAt,
  recency: z.strictObject({ kind: z.literal('recency'), table, where }),
  slope: z.strictObject({
    kind: z.literal('slope'),
    table,
    measure: ownColumn,
    months: integer(2, 120),
    where,
  }),
  drop: z.strictObject({
    kind: z.literal('drop'),
    table,
    measure: ownColumn,
    months: integer(1, 120),
    where,
  }),
  variability: z.strictObject({
    kind: z.literal('variability'),
    table,
    measure: ownColumn,
    months: integer(2, 36),
    where,
  }),
  streak: z.discriminatedUnion('of', [
    z.strictObject({ ...run, of: z.enum(['active', 'silent']) }),
    z.strictObject({ ...run, of: z.enum(['rising', 'falling']), measure: ownColumn }),
  ]),
  openRows: z.strictObject({
    kind: z.literal('openRows'),
    table,
    until: ownColumn,
    which: z.enum(['count', 'oldestDays']),
    where,
  }),
  oldestUnpaid: z.strictObject({ kind: z.literal('oldestUnpaid'), due: amounts, paid: amounts }),
  tenure: z.strictObject({ kind: z.literal('tenure') }),
  attribute,
  isOther: z.strictObject({ kind: z.literal('isOther'), column: ownColumn }),
  inForce,
  daysUntil: z.discriminatedUnion('of', [
    z.strictObject({
      kind: z.literal('daysUntil'),
      column: dayKnownFrom('from', 'contractEnd'),
      of: z.exactOptional(z.literal('plan')),
    }),
    z.strictObject({
      kind: z.literal('daysUntil'),
      column: dayKnownFrom('activatedAt', 'promotionEnd'),
      of: z.literal('customer'),
    }),
  ]),
  difference: z.strictObject({
    kind: z.literal('difference'),
    minuend: numberRule,
    subtrahend: numberRule,
  }),
  ratio: z.strictObject({ kind: z.literal('ratio'), numerator: numberRule, denominator: numberRule }),
  countTrue: z.strictObject({ kind: z.literal('countTrue'), of: z.array(numberRule).min(1) }),
  transformed: z.discriminatedUnion('by', [
    z.strictObject({ ...scale, by: z.enum(['log1p', 'sqrt']) }),
    z.strictObject({ ...scale, by: z.literal('band'), edges: risingEdges }),
  ]),
  percentile: z.strictObject({
    kind: z.literal('percentile'),
    of: numberRule,
    within: z.union([z.literal('everybody'), textRule], `to be ${group}`).describe(group),
  }),
} as const satisfies { readonly [Kind in FeatureRule['kind']]: z.ZodType<FeatureRule & { kind: Kind }> }

const all = featureRuleSchemas
const ofNumbers = [
  all.aggregate,
  all.recency,
  all.slope,
  all.drop,
  all.variability,
  all.streak,
  all.openRows,
  all.oldestUnpaid,
  all.tenure,
  all.isOther,
  all.daysUntil,
  all.difference,
  all.ratio,
  all.countTrue,
  all.transformed,
] as const

const numberRuleSchema: z.ZodType<NumberRule> = z.discriminatedUnion(
  'kind',
  [
    ...ofNumbers,
    valueAt.extend({ type: number }),
    attribute.extend({ type: number }),
    inForce.extend({ type: number }),
  ],
  `to be ${anyNumber}`,
)

const textRuleSchema: z.ZodType<TextRule> = z.discriminatedUnion(
  'kind',
  [valueAt.extend({ type: text }), attribute.extend({ type: text }), inForce.extend({ type: text })],
  `to be ${group}`,
)

/** Levels of objects and lists. No real question is deeper, and deeper rules would overflow the stack. */
const mostLevels = 24

/** Schema of all feature rules; reads them back from JSON, for example from a model file. */
export const featureRuleSchema: z.ZodType<FeatureRule> = z
  .unknown()
  .refine(hasFewLevels, `to be an object of at most ${mostLevels} levels`)
  .pipe(
    z.discriminatedUnion(
      'kind',
      [...ofNumbers, valueAt, attribute, inForce, all.percentile],
      'to be a rule of a known kind',
    ),
  )
  .describe("a rule of a feature, such as tenure() or sumOf('usage', 'minutes', { months: 3 })")

function hasFewLevels(value: unknown): boolean {
  let level: unknown[] = [value]
  for (let depth = 0; depth <= mostLevels; depth += 1) {
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []))
    if (level.length === 0) return true
  }
  return false
}
