import type { CompileOptions } from './compileOptions.js'
import type { Formula } from './formula.js'
import { compareTexts, planTimes } from './planInForce.js'

/** Returns the plan in force per customer and cutoff, as `f`; nothing where no rule asks for it. */
export function planSql(
  formulas: readonly Formula[],
  options: CompileOptions,
): { tables: string[]; joins: string[] } {
  const { dialect, tables, population } = options
  const read = new Set(formulas.flatMap((formula) => (isOfPlan(formula) ? [formula.column] : [])))
  if (read.size === 0) return { tables: [], joins: [] }
  const name = dialect.identifier
  const columns = Object.keys(tables.plans ?? {})
  const ended = columns.includes('to') ? `CASE WHEN t.${name('to')} < p.cutoff THEN 1 ELSE 0 END` : '0'
  const ties = columns.filter((column) => !planTimes.has(column)).sort(compareTexts)
  const order = ['t.day DESC', ended, ...ties.map((column) => `t.${name(column)} DESC NULLS LAST`)]
  const table = [
    'plan_in_force AS (',
    '  SELECT * FROM (',
    `    SELECT p.id AS population_id, p.cutoff AS population_cutoff, ${ended} AS plan_ended,`,
    `      row_number() OVER (PARTITION BY p.id, p.cutoff ORDER BY ${order.join(', ')}) AS plan_place,`,
    `      ${[...read].map((column) => `t.${name(column)}`).join(', ')}`,
    `    FROM ${name(population)} p`,
    `    JOIN ${name('plans')} t ON t.id = p.id AND t.day < p.cutoff) ranked`,
    '  WHERE plan_place = 1 AND plan_ended = 0)',
  ].join('\n')
  const join = 'LEFT JOIN plan_in_force f ON f.population_id = p.id AND f.population_cutoff = p.cutoff'
  return { tables: [table], joins: [join] }
}

function isOfPlan(formula: Formula): formula is Extract<Formula, { op: 'inForce' | 'daysUntil' }> {
  return formula.op === 'inForce' || formula.op === 'daysUntil'
}
