import { checkArguments } from '../../base/arguments.js'
import { formulaOf, partialsOf } from '../formula.js'
import { featureKind, featureName } from '../name/featureName.js'
import type { FeatureRule } from '../rule.js'
import type { CompileOptions } from './compileOptions.js'
import { CustomersSql } from './customerSql.js'
import { FormulaSql } from './formulaSql.js'
import { PartsSql } from './partsSql.js'
import { PlansSql } from './planSql.js'
import { doubleOf } from './rowsSql.js'
import { WindowsSql } from './windowsSql.js'

/**
 * Returns the SQL statement that computes the features of a population: one row per row of the population, with the
 * columns `id`, `cutoff` and one per rule, ordered by `id` and `cutoff`.
 *
 * One statement in plain SQL (common table expressions, joins, CASE), so that it runs where the data is. All window
 * bounds are computed here and written as day numbers: no engine's date arithmetic is used.
 *
 * How it works: rules are split into parts (a sum over a window, a number of days), equal parts are computed once, and
 * parts that read a table in the same way share one scan of it.
 *
 *     one cutoff          each table is grouped by customer, with one aggregate per part; sums over a quarter whose
 *                         months are also asked for are added up from the months
 *     several cutoffs     the bounds of all windows cut time into spans; each table is grouped by customer and span, then
 *                         the spans by customer and cutoff: a row is touched once, however many windows and cutoffs it
 *                         lies in. Windows over all time have spans of their own that change only at cutoffs.
 *     own cutoffs         if most days are a bound, each day is a span, and rows of other customers are not read
 *     values of a column  distinct, entropy: rows are counted per customer, value and span first
 *     days in order       gaps, changes: one row per customer and day, each with the day before it
 *     late rows           in tables with `knownAt`, spans are separated by the first cutoff that sees their rows; days
 *                         in order are sorted for each cutoff
 *
 * Memory in the engine: per table, customers × spans × (measures × aggregates) numbers, and the result.
 */
export function compileFeatures(rules: readonly FeatureRule[], options: CompileOptions): string {
  checkArguments('compileFeatures', ['rules', rules, 'array'], ['options', options, 'object'])
  const { dialect, population, returned, cutoffs } = options
  checkArguments(
    'compileFeatures',
    ['options.dialect', dialect, 'object'],
    ['options.population', population, 'text'],
    ['options.cutoffs', cutoffs, 'array'],
  )
  const name = dialect.identifier
  const formulas = rules.map(formulaOf)
  const windows = new WindowsSql(cutoffs)
  const context = { ...options, windows }
  const parts = new PartsSql(formulas.flatMap(partialsOf), context)
  const [plans, customers] = [new PlansSql(context), new CustomersSql(options)]
  const formulaSql = new FormulaSql({ parts, plans, customers, windows })
  const columns = rules.map((rule, index) => {
    const value = formulaSql.column(formulas[index]!)
    return `${featureKind(rule) === 'number' ? doubleOf(value) : value} AS ${name(featureName(rule))}`
  })
  const joins = [...windows.joins(), ...parts.joins, ...plans.joins, ...customers.joins]
  const rows = formulaSql.rows([`FROM ${name(population)} p`, ...joins].join('\n'))
  const cutoff = options.cutoffAs === 'date' ? "DATE '1970-01-01' + people.cutoff AS cutoff" : 'cutoff'
  const kept =
    returned === undefined
      ? []
      : [
          `WHERE EXISTS (SELECT 1 FROM ${name(returned)} r WHERE r.id = people.id AND r.cutoff = people.cutoff)`,
        ]
  const select = [
    `SELECT ${['id', cutoff, ...columns].join(',\n  ')}`,
    `FROM (${rows}) people`,
    ...kept,
    'ORDER BY people.id, people.cutoff',
  ]
  const tables = [...parts.tables, ...plans.tables]
  const withTables = [...windows.tables(), ...tables]
  return [...(withTables.length === 0 ? [] : [`WITH ${withTables.join(',\n')}`]), ...select].join('\n')
}
