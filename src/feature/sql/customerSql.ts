import { ownValue } from '../../base/ownValue.js'
import { monthOfDaySql } from '../../engine/monthOfDaySql.js'
import type { CompileOptions } from './compileOptions.js'
import { valueSql } from './rowsSql.js'

/** Customers as SQL: attributes as `c`, month of activation as `a`, joined only if a rule needs them. */
export class CustomersSql {
  readonly #options: CompileOptions
  readonly #joins = new Set<string>()

  constructor(options: CompileOptions) {
    this.#options = options
  }

  /** Joins to the population for all that was asked for. */
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
    const { identifier } = this.#options.dialect
    const month = monthOfDaySql(identifier('customers'), identifier('activatedAt'))
    this.#joins.add(`JOIN (${month}) a ON a.id = p.id`)
    return { month: 'a.month', dayOfMonth: 'a.day_of_month' }
  }
}
