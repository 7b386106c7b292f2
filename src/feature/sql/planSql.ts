import { ownValue } from '../../base/ownValue.js'
import { plansInForceSql } from '../../engine/plansOrderSql.js'
import type { Lag } from '../formula.js'
import { type RowsContext, valueSql, visibleAfter } from './rowsSql.js'

/** The plans in force as SQL: at the cutoff, and at each lag before it. */
export class PlansSql {
  readonly #columns = new Map<string, { readonly lag: Lag | undefined; readonly columns: Set<string> }>()
  readonly #context: RowsContext

  constructor(context: RowsContext) {
    this.#context = context
  }

  /** Returns a column of the plan in force, NULL if there is none. */
  column(column: string, lag: Lag | undefined): string {
    const key = JSON.stringify(lag ?? null)
    const asked = this.#columns.get(key) ?? { lag, columns: new Set() }
    asked.columns.add(column)
    this.#columns.set(key, asked)
    const { dialect, tables } = this.#context
    const plan = `plan_${[...this.#columns.keys()].indexOf(key)}`
    return valueSql(`${plan}.${dialect.identifier(column)}`, ownValue(tables.plans, column))
  }

  /** Joins to the population for all that was asked for. */
  get joins(): string[] {
    return [...this.#columns.keys()].map((_, index) => {
      const ofCutoff = this.#isOne ? '' : ` AND plan_${index}.plan_cutoff = p.cutoff`
      return `LEFT JOIN plan_${index} ON plan_${index}.plan_id = p.id${ofCutoff}`
    })
  }

  /** Common table expressions for all that was asked for. */
  get tables(): string[] {
    return [...this.#columns.values()].map(({ lag, columns }, index) => this.#table(index, lag, columns))
  }

  get #isOne(): boolean {
    return this.#context.windows.isOneCutoff
  }

  #table(index: number, lag: Lag | undefined, read: ReadonlySet<string>): string {
    const { dialect, windows, tables, population } = this.#context
    const name = dialect.identifier
    const asOf = windows.asOf(lag)
    const keys = this.#isOne ? ['t.id'] : ['p.id', 'p.cutoff']
    const visible = `${visibleAfter(this.#context, 'plans')} < ${asOf}`
    const from = this.#isOne
      ? `FROM ${name('plans')} t WHERE ${visible}`
      : [
          `FROM ${name(population)} p`,
          ...windows.joins(),
          `JOIN ${name('plans')} t ON t.id = p.id AND ${visible}`,
        ].join(' ')
    const columns = [
      ...keys.map((key) => `${key} AS ${key.replace(/^[tp]\./, 'plan_')}`),
      ...[...read].map((column) => `t.${name(column)}`),
    ]
    return plansInForceSql({ name: `plan_${index}`, keys, columns, from, asOf }, tables.plans ?? {}, dialect)
  }
}
