import * as z from 'zod'
import type { ProblemCode } from '../../src/base/errors.js'
import type { JsonRule } from '../../src/base/options.js'

/** Options that break exactly one rule of a schema, and the problem they must lead to. */
export interface BadOptions {
  /** What is wrong, for the name of the test. */
  readonly title: string
  readonly options: Readonly<Record<string, unknown>>
  readonly code: ProblemCode
  readonly parameter: string
  /** Way out that the problem must name; undefined = any. */
  readonly wayOut?: string
}

type ObjectRule = JsonRule & { readonly properties?: Readonly<Record<string, JsonRule>> }

/**
 * Returns one negative case per rule of the schema: below the minimum, above the maximum, not an integer, not of the
 * type, not among the known values, and for each option a misspelt name. So that a rule without its test cannot exist.
 *
 * @param schema a strict object schema; nested objects are followed
 * @param required members that a valid call needs, put beside each bad one
 */
export function badOptions(
  schema: z.ZodType,
  required: Readonly<Record<string, unknown>> = {},
): BadOptions[] {
  const rules = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as ObjectRule
  return casesOf(rules, []).map((entry) => ({ ...entry, options: { ...required, ...entry.options } }))
}

function casesOf(rules: ObjectRule, path: readonly string[]): BadOptions[] {
  return Object.entries(rules.properties ?? {}).flatMap(([name, rule]) => {
    const own = [...path, name]
    const misspelt = [...path, `${name}s`]
    return [
      ...badValues(rule).map(
        ([title, value]): BadOptions => ({
          title: `${own.join('.')} ${title}`,
          options: nested(own, value),
          code: 'option-invalid',
          parameter: own.join('.'),
        }),
      ),
      {
        title: `${misspelt.join('.')} is not an option`,
        options: nested(misspelt, 1),
        code: 'option-unknown',
        parameter: misspelt.join('.'),
        wayOut: `Did you mean ${name}?`,
      },
      ...casesOf(rule, own),
    ]
  })
}

function badValues(rule: JsonRule): [string, unknown][] {
  const values: [string, unknown][] = [['of the wrong type', wrongType(rule)]]
  if (rule.minimum !== undefined && rule.minimum > Number.MIN_SAFE_INTEGER) {
    values.push(['below its minimum', rule.minimum - 1])
  }
  if (rule.maximum !== undefined && rule.maximum < Number.MAX_SAFE_INTEGER) {
    values.push(['above its maximum', rule.maximum + 1])
  }
  if (rule.exclusiveMinimum !== undefined) values.push(['at its open minimum', rule.exclusiveMinimum])
  if (rule.exclusiveMaximum !== undefined) values.push(['at its open maximum', rule.exclusiveMaximum])
  if (rule.type === 'integer') values.push(['between two integers', (rule.minimum ?? 0) + 0.5])
  if (rule.type === 'number' || rule.type === 'integer') {
    values.push(['not a number', Number.NaN], ['without limit', Number.POSITIVE_INFINITY])
  }
  if (rule.enum !== undefined) values.push(['not among the known values', 'no such value'])
  if ((rule.minLength ?? 0) > 0) values.push(['empty', ''])
  return values
}

/** A value that no option of this type may be; a symbol is of no JSON type at all. */
function wrongType(rule: JsonRule): unknown {
  if (rule.type === 'number' || rule.type === 'integer') return '3'
  if (rule.type === 'string' || rule.type === 'boolean') return 3
  return Symbol('of no JSON type')
}

function nested(path: readonly string[], value: unknown): Record<string, unknown> {
  const [name, ...rest] = path
  return { [name!]: rest.length === 0 ? value : nested(rest, value) }
}
