import type { CompileOptions } from './compileOptions.js'
import type { Formula } from './formula.js'

/** Returns the joins to the customer `c` and to the month of activation `a`, where a rule asks for them. */
export function customerSql(formulas: readonly Formula[], options: CompileOptions): { joins: string[] } {
  const ops = new Set(formulas.map((formula) => formula.op))
  const joins: string[] = []
  if (ops.has('attribute') || ops.has('ifActiveThroughout'))
    joins.push(`JOIN ${options.dialect.identifier('customers')} c ON c.id = p.id`)
  if (ops.has('tenure')) joins.push(`JOIN (${activationMonth(options)}) a ON a.id = p.id`)
  return { joins }
}

/**
 * Month (counted from January 1970) and day of the month of each activation, in whole-number arithmetic that every
 * engine does alike: years begin on 1 March, so that leap days come last.
 *
 * @see Howard Hinnant, chrono-compatible low-level date algorithms, civil_from_days
 */
function activationMonth({ dialect }: CompileOptions): string {
  const activatedAt = dialect.identifier('activatedAt')
  const steps = [
    `SELECT id, ${activatedAt} + 719468 AS z FROM ${dialect.identifier('customers')}`,
    'SELECT id, z, floor(z / 146097.0) AS era',
    'SELECT id, era, z - era * 146097 AS doe',
    'SELECT id, era, doe, floor((doe - floor(doe / 1460.0) + floor(doe / 36524.0) - floor(doe / 146096.0)) / 365.0) AS yoe',
    'SELECT id, era, yoe, doe - (365 * yoe + floor(yoe / 4.0) - floor(yoe / 100.0)) AS doy',
    'SELECT id, era, yoe, doy, floor((5 * doy + 2) / 153.0) AS mp',
    'SELECT id, (era * 400 + yoe - 1970) * 12 + mp + 2 AS month, doy - floor((153 * mp + 2) / 5.0) + 1 AS day_of_month',
  ]
  return steps.reduce((inner, step, index) => `${step} FROM (${inner}) step${index}`)
}
