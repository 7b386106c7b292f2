import type { CompileOptions } from './compileOptions.js'
import { customerSql } from './customerSql.js'
import { featureKind, featureName } from './featureName.js'
import { type Formula, formulaOf, leastDivisor, partsOf } from './formula.js'
import { PartsSql } from './partsSql.js'
import { planSql } from './planSql.js'
import type { FeatureRule } from './rule.js'
import { WindowsSql } from './windowsSql.js'

/**
 * Returns the SQL statement that computes the features of a population: one row per row of the population, with the
 * columns `id`, `cutoff` and one per rule, in the order of `id` and `cutoff`.
 *
 * One statement in plain SQL (common table expressions, joins, CASE), so that it runs where the data is. All window
 * bounds are computed here and stand in it as day numbers: no engine's date arithmetic is used.
 *
 * How it works: the bounds of all windows cut time into spans. Each table is read once and brought together per customer
 * and span; a window of a cutoff is then the sum (count, least, greatest, last) of its spans. A row is therefore touched
 * once, however many windows and cutoffs it lies in. Windows over all time get spans of their own that change only at
 * cutoffs.
 *
 * Memory in the engine: per table, customers × spans × (measures × aggregates) numbers, and the result.
 */
export function compileFeatures(rules: readonly FeatureRule[], options: CompileOptions): string {
  const { dialect, population, cutoffs } = options
  const name = dialect.identifier
  const formulas = rules.map(formulaOf)
  const windows = new WindowsSql(cutoffs, dialect)
  const parts = new PartsSql(formulas.flatMap(partsOf), windows, options)
  const plan = planSql(formulas, options)
  const customer = customerSql(formulas, options)
  const columns = rules.map((rule, index) => {
    const value = formulaSql(formulas[index]!, { parts, windows, name })
    return `${featureKind(rule) === 'number' ? `CAST(${value} AS DOUBLE PRECISION)` : value} AS ${name(featureName(rule))}`
  })
  const joins = [...parts.joins, ...plan.joins, ...customer.joins]
  const select = [
    `SELECT ${['p.id', 'p.cutoff', ...columns].join(',\n  ')}`,
    `FROM ${name(population)} p`,
    'JOIN windows w ON w.cutoff = p.cutoff',
    ...joins,
    'ORDER BY p.id, p.cutoff',
  ]
  const tables = [windows.table(), ...parts.tables, ...plan.tables]
  return `WITH ${tables.join(',\n')}\n${select.join('\n')}`
}

interface FormulaContext {
  readonly parts: PartsSql
  readonly windows: WindowsSql
  readonly name: (text: string) => string
}

function formulaSql(formula: Formula, context: FormulaContext): string {
  const { parts, windows, name } = context
  const sql = (inner: Formula): string => formulaSql(inner, context)
  switch (formula.op) {
    case 'part':
      return parts.column(formula.part)
    case 'constant':
      return numberSql(formula.value)
    case 'orZero':
      return `coalesce(${sql(formula.of)}, 0)`
    case 'rounded':
      return `round(${sql(formula.of)} * 1e9) / 1e9`
    case 'minus':
      return `(${sql(formula.left)} - ${sql(formula.right)})`
    case 'divided': {
      const divisor = `CAST(${sql(formula.right)} AS DOUBLE PRECISION)`
      const notZero = `CASE WHEN abs(${divisor}) >= ${numberSql(leastDivisor)} THEN ${divisor} END`
      return `(CAST(${sql(formula.left)} AS DOUBLE PRECISION) / ${notZero})`
    }
    case 'weighted':
      return `(${formula.of.map((inner, index) => `${numberSql(formula.weights[index]!)} * ${sql(inner)}`).join(' + ')})`
    case 'daysSince':
      return `(p.cutoff - ${sql(formula.of)})`
    case 'ifActiveThroughout':
      return `CASE WHEN c.${name('activatedAt')} <= ${windows.start(formula.window)} THEN ${sql(formula.of)} END`
    case 'tenure':
      return tenureSql(windows)
    case 'attribute':
      return `c.${name(formula.column)}`
    case 'inForce':
      return `f.${name(formula.column)}`
    case 'daysUntil':
      return `(f.${name(formula.column)} - p.cutoff)`
  }
}

// The month is complete where the day of the month of activation, cut to the month's length, is reached.
function tenureSql(windows: WindowsSql): string {
  const { month, dayReached } = windows.calendar()
  return `(${month} - a.month - CASE WHEN a.day_of_month > ${dayReached} THEN 1 ELSE 0 END)`
}

/** A DOUBLE literal: plain `0.5` would be a DECIMAL, whose arithmetic is another. */
function numberSql(value: number): string {
  return `${value < 0 ? '(' : ''}${value.toExponential()}${value < 0 ? ')' : ''}`
}
