import * as z from '../base/schema.js'
import type { ColumnKind } from '../table/table.js'

/**
 * A condition on a row.
 *
 *     { column: 'kind', in: ['complaint'] }        the text is one of these; a missing text is not
 *     { column: 'kind', notIn: ['failed'] }        the text is none of these; a missing text is kept
 *     { column: 'hour', between: [7, 22] }         7 ≤ number < 22; null = no bound; a missing number is left out
 *     { column: 'hour', notBetween: [7, 22] }      number < 7 or number ≥ 22; a missing number is left out
 *     { column: 'roaming', is: true }              the boolean is this; a missing one is left out
 *     { weekday: [6, 7] }                          the row's day is one of these; 1 = Monday … 7 = Sunday
 */
export type RowCondition =
  | { readonly column: string; readonly in: readonly string[] }
  | { readonly column: string; readonly notIn: readonly string[] }
  | { readonly column: string; readonly between: NumberRange }
  | { readonly column: string; readonly notBetween: NumberRange }
  | { readonly column: string; readonly is: boolean }
  | { readonly weekday: readonly number[] }

/** From the first number, inclusive, to the second, exclusive; null = no bound. At least one must be a number. */
export type NumberRange = readonly [number | null, number | null]

/** Only rows for which a condition holds, or all conditions of a list (of at least two). */
export type RowFilter = RowCondition | readonly RowCondition[]

const nonEmpty = 'to be a text that is not empty'
export const columnName = z.string(nonEmpty).min(1, nonEmpty)

/** Columns that say who and when. Days among them after the cutoff would tell the model the answer. */
const timeColumnNames = [
  'id',
  'activatedAt',
  'cancelledAt',
  'cancelledKnownAt',
  'day',
  'period',
  'from',
  'to',
  'knownAt',
] as const

/** A column that says who or when. */
export type TimeColumn = (typeof timeColumnNames)[number]
export const timeColumns: ReadonlySet<string> = new Set(timeColumnNames)

/** Schema of a column that a feature may read. */
export const ownColumn = columnName.refine((name) => !timeColumns.has(name), {
  error: `to be a column of your own; ${[...timeColumns].join(', ')} say who and when`,
})

// The rules are spelled out because zod's own messages are used inside a union, as conditions are.
const listOf = (what: string) => `to be a list of at least ${what}`
const texts = z.array(z.string('to be a text'), listOf('one text')).min(1, listOf('one text'))
const boundRule = 'to be a number, or null for no bound'
const bound = z.number(boundRule).nullable()
const range = z
  .tuple([bound, bound], 'to be [from, to]')
  .refine(([from, to]) => (from === null ? to !== null : to === null || from < to), {
    error: 'to be [from, to] with from below to; one of them may be null for no bound',
  })
const weekdayRule = 'to be an integer from 1 (Monday) to 7 (Sunday)'
const weekdays = z
  .array(z.int(weekdayRule).min(1, weekdayRule).max(7, weekdayRule), listOf('one weekday'))
  .min(1, listOf('one weekday'))
  .refine((days) => new Set(days).size === days.length, { error: 'to name each weekday once' })

const condition: z.ZodType<RowCondition> = z.union([
  z.strictObject({ column: ownColumn, in: texts }),
  z.strictObject({ column: ownColumn, notIn: texts }),
  z.strictObject({ column: ownColumn, between: range }),
  z.strictObject({ column: ownColumn, notBetween: range }),
  z.strictObject({ column: ownColumn, is: z.boolean('to be true or false') }),
  z.strictObject({ weekday: weekdays }),
])

// A key that ignores the order of a condition's values.
function conditionKey(condition: RowCondition): string {
  return JSON.stringify(
    Object.entries(condition)
      .map(([name, value]) => [
        name,
        name === 'in' || name === 'notIn' || name === 'weekday'
          ? [...new Set(value as unknown[])].sort()
          : value,
      ])
      .sort(),
  )
}

const conditionList = z
  .array(condition)
  .min(2, listOf('two conditions'))
  .refine((list) => new Set(list.map(conditionKey)).size === list.length, {
    error: 'to be a list of conditions that differ',
  })

const anyFilter =
  'one of { column, in }, { column, notIn }, { column, between }, { column, notBetween }, ' +
  '{ column, is }, { weekday }, or a list of at least two of them'

/** Schema of {@link RowFilter}. */
export const rowFilterSchema: z.ZodType<RowFilter> = z
  .union([condition, conditionList], `to be ${anyFilter}`)
  .describe(anyFilter)

/** Returns the conditions of a filter, none without a filter. */
export function conditionsOf(where: RowFilter | undefined): readonly RowCondition[] {
  if (where === undefined) return []
  return isList(where) ? where : [where]
}

// `Array.isArray` does not narrow a union to its readonly array.
function isList(where: RowFilter): where is readonly RowCondition[] {
  return Array.isArray(where)
}

/** Returns the kinds that a condition's column may have. */
export function kindsOfCondition(
  condition: Exclude<RowCondition, { weekday: unknown }>,
): readonly ColumnKind[] {
  if ('is' in condition) return ['boolean']
  return 'between' in condition || 'notBetween' in condition ? ['number'] : ['text']
}
