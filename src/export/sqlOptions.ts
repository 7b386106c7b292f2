import { dayRule } from '../base/dayRule.js'
import type { DayInput } from '../base/days.js'
import { nearName, type Problem } from '../base/errors.js'
import { ownValue } from '../base/ownValue.js'
import * as z from '../base/schema.js'
import type { ExportedFeature, ScoringPlan } from './scoringParts.js'
import { type ExportDialect, type SqlDialectName, sqlDialectNames } from './sqlDialects.js'

/** Where the features of a query are, and what it gives. */
export interface SqlOptions {
  /** The database that will run it: `duckdb` or `postgresql`. */
  readonly dialect: SqlDialectName
  /**
   * The table or view of features, one row per customer: its name; `[schema, name]` or `[catalog, schema, name]`; or
   * `{ query }`, a SELECT that gives them, which is taken as it is. Names are quoted: `a.b` is one name.
   */
  readonly table: string | readonly string[] | { readonly query: string }
  /** Column that names the customer, given as `id`. Left out = no such column. */
  readonly id?: string | undefined
  /** Columns of features that have another name in the table: `{ feature: column }`. */
  readonly columns?: Readonly<Record<string, string>> | undefined
  /**
   * Number features that are columns of true and false, which PostgreSQL does not take for 1 and 0 by itself. Features of
   * which the model knows that training had 0 and 1 only need not be named.
   */
  readonly booleans?: readonly string[] | undefined
  /** The day of the forecast; needed if the model was trained on columns of days, which are DATE columns here too. */
  readonly asOf?: DayInput | undefined
}

const name = z.string().min(1)
/** Rules and defaults of {@link SqlOptions}. */
export const sqlOptions = z.strictObject({
  dialect: z.enum(sqlDialectNames),
  table: z.union([name, z.array(name).min(1).max(3), z.strictObject({ query: name })]).meta({
    description: 'a name, a list of names ([schema, name]), or { query } with a SELECT',
  }),
  id: name.optional(),
  columns: z.record(z.string(), name).default({}),
  booleans: z.array(z.string()).default([]),
  asOf: dayRule.optional(),
})

/** Options with their defaults. */
export type CheckedSqlOptions = z.output<typeof sqlOptions>

/** Returns the name that a feature has in the table. */
export function columnOf({ name: feature }: ExportedFeature, { columns }: CheckedSqlOptions): string {
  return ownValue(columns, feature) ?? feature
}

/** Returns what is wrong with options for a scorer: unknown features, names that the database cannot tell apart. */
export function sqlOptionProblems(
  plan: ScoringPlan,
  options: CheckedSqlOptions,
  dialect: ExportDialect,
): Problem[] {
  const { table, id, columns, booleans, asOf } = options
  const names = plan.features.map((feature) => feature.name)
  const numbers = plan.features.filter(({ kind }) => kind === 'number').map((feature) => feature.name)
  const unknown = (parameter: string, received: string, known: readonly string[]): Problem[] =>
    known.includes(received)
      ? []
      : [
          {
            code: 'option-invalid',
            parameter: `${parameter}.${received}`,
            rule:
              parameter === 'booleans'
                ? 'to be a number feature of the model'
                : 'to be a feature of the model',
            ...nearName(received, known, 'Leave it out.'),
          },
        ]
  const places = typeof table === 'string' ? [table] : Array.isArray(table) ? table : []
  return [
    ...Object.keys(columns).flatMap((feature) => unknown('columns', feature, names)),
    ...booleans.flatMap((feature) => unknown('booleans', feature, numbers)),
    ...places.flatMap((place) => nameProblems('table', place, dialect)),
    ...(id === undefined ? [] : nameProblems('id', id, dialect)),
    ...plan.features.flatMap((feature) =>
      nameProblems(`the column of ${feature.name}`, columnOf(feature, options), dialect),
    ),
    ...sameNameProblems(plan, options, dialect),
    ...(plan.days.size > 0 && asOf === undefined ? [asOfMissing([...plan.days])] : []),
    ...queryProblems(table),
  ]
}

function nameProblems(parameter: string, received: string, dialect: ExportDialect): Problem[] {
  const problem = { code: 'option-invalid', parameter, received } as const
  if (received.includes('\0') || /\p{Surrogate}/u.test(received))
    return [
      { ...problem, rule: 'to be a name without U+0000 and unpaired surrogates, which no database can hold' },
    ]
  const bytes = new TextEncoder().encode(received).length
  if (dialect.mostNameBytes === null || bytes <= dialect.mostNameBytes) return []
  const rule = `to have at most ${dialect.mostNameBytes} bytes (it has ${bytes}): ${dialect.name} cuts longer names`
  const wayOut = 'Name the column that it has in the table: columns: { feature: column }.'
  return [{ ...problem, rule, ...(parameter.startsWith('the column') ? { wayOut } : {}) }]
}

function sameNameProblems(
  { features }: ScoringPlan,
  options: CheckedSqlOptions,
  dialect: ExportDialect,
): Problem[] {
  const taken = new Map<string, string>()
  return features.flatMap((feature): Problem[] => {
    const column = columnOf(feature, options)
    const key = dialect.ignoresCase ? column.toLowerCase() : column
    const other = taken.get(key)
    taken.set(key, feature.name)
    if (other === undefined) return []
    const rule = `to be another than that of ${other}${dialect.ignoresCase ? `: ${dialect.name} takes upper and lower case for the same` : ''}`
    const wayOut = 'Give one of them another name in the table, and name it in columns: { feature: column }.'
    return [
      { code: 'option-invalid', parameter: `the column of ${feature.name}`, rule, received: column, wayOut },
    ]
  })
}

function asOfMissing(days: readonly string[]): Problem {
  return {
    code: 'option-invalid',
    parameter: 'asOf',
    rule: `to be the day of the forecast, because the model reads the days since ${days.join(', ')}`,
    received: undefined,
    wayOut: "Give it: { asOf: '2025-01-31' }.",
  }
}

function queryProblems(table: CheckedSqlOptions['table']): Problem[] {
  if (typeof table === 'string' || Array.isArray(table)) return []
  const { query } = table as { readonly query: string }
  if (!/;\s*$/.test(query)) return []
  const rule = 'to be one SELECT without a semicolon at its end'
  return [{ code: 'option-invalid', parameter: 'table.query', rule, received: query.slice(-40) }]
}
