import { ownValue } from '../../base/ownValue.js'
import type { CompileOptions } from './compileOptions.js'
import { valueSql } from './rowsSql.js'

/** Customers as SQL: attributes as `c`, month of activation as `a`, where a rule asks for them. */
export class CustomersSql {
  readonly #options: CompileOptions
  readonly #joins = new Set<string>()

  constructor(options: CompileOptions) {
    this.#options = options
  }

  /** Joins to the population, of all that was asked for. */
  get joins(): string[] {
    return [...this.#joins]
  }

  /** Returns an attribute. */
  attribute(column: string): string {
    const { dialect, tables } = this.#options
    const { identifier } = dialect
    this.#joins.add(`JOIN ${identifier('customers')} c ON c.id = p.id`)
    return valueSql(`c.${identifier(column)}`, ownValue(tables.customers, column))
  }

  /** Returns the month of activation, counted from January 1970, and its day of that month. */
  activation(): { month: string; dayOfMonth: string } {
    this.#joins.add(`JOIN (${activationMonth(this.#options)}) a ON a.id = p.id`)
    return { month: 'a.month', dayOfMonth: 'a.day_of_month' }
  }
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
