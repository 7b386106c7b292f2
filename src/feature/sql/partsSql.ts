import { type Amounts, type PartialAggregate, paidPart } from '../formula.js'
import { categoriesSql } from './categoriesSql.js'
import { dayPairsSql } from './dayPairsSql.js'
import { openRowsSql } from './openRowsSql.js'
import type { RowsContext } from './rowsSql.js'
import { isOfSpans, spansSql } from './spansSql.js'
import { unpaidSql } from './unpaidSql.js'

type Path = (group: string, parts: readonly PartialAggregate[], context: RowsContext) => string[]

/**
 * Parts as SQL: groups of parts that read the same rows in the same way, each a few common table expressions and a join
 * to the population `p`.
 */
export class PartsSql {
  /** Common table expressions. */
  readonly tables: string[] = []
  readonly #columns = new Map<string, { readonly column: string; readonly join: string }>()
  readonly #joins = new Set<string>()
  readonly #unpaid = new Map<string, string>()
  readonly #context: RowsContext

  constructor(parts: readonly PartialAggregate[], context: RowsContext) {
    this.#context = context
    const groups = new Map<string, { path: Path; parts: PartialAggregate[] }>()
    for (const part of new Map(parts.map((part) => [partKey(part), part])).values()) {
      const { key, path } = groupOf(part, context)
      const group = groups.get(key) ?? { path, parts: [] }
      group.parts.push(part)
      groups.set(key, group)
    }
    for (const { path, parts: members } of groups.values()) this.#addGroup(path, members)
  }

  /** Joins to the population for all that was asked for. */
  get joins(): string[] {
    return [...this.#joins]
  }

  /** Returns the column that holds a part, NULL if there are no rows. */
  column(part: PartialAggregate): string {
    const { column, join } = this.#columns.get(partKey(part))!
    this.#joins.add(join)
    return column
  }

  /** Returns the column with the day of the oldest unpaid amount. */
  unpaidDay(due: Amounts, paid: Amounts): string {
    const key = JSON.stringify([due, paid])
    const known = this.#unpaid.get(key)
    if (known !== undefined) return known
    const group = `unpaid_${this.#unpaid.size}`
    const { column, join } = this.#columns.get(partKey(paidPart(paid)))!
    this.tables.push(...unpaidSql(group, due, { column, joins: [join] }, this.#context))
    this.#joins.add(this.#join(group))
    this.#unpaid.set(key, `${group}.day`)
    return `${group}.day`
  }

  #addGroup(path: Path, parts: readonly PartialAggregate[]): void {
    const group = `${parts[0]!.table}_${this.tables.length}`
    this.tables.push(...path(group, parts, this.#context))
    for (const [index, part] of parts.entries()) {
      this.#columns.set(partKey(part), { column: `${group}.v${index}`, join: this.#join(group) })
    }
  }

  #join(group: string): string {
    const ofCutoff = this.#context.windows.isOneCutoff ? '' : ` AND ${group}.cutoff = p.cutoff`
    return `LEFT JOIN ${group} ON ${group}.id = p.id${ofCutoff}`
  }
}

/** Which parts are computed together, and how. */
function groupOf(part: PartialAggregate, context: RowsContext): { key: string; path: Path } {
  const { table, how, measure, where, window } = part
  if (how === 'openCount' || how === 'openDay')
    return { key: JSON.stringify([table, measure]), path: openRowsSql }
  if (how === 'distinct' || how === 'nLogN')
    return { key: JSON.stringify([table, measure, where, 'categories']), path: categoriesSql }
  if (!isOfSpans(part, context))
    return { key: JSON.stringify([table, measure, where, 'days']), path: dayPairsSql }
  // For several cutoffs, windows over all time have spans of their own that change only at cutoffs.
  const isAll = window === 'all' && !context.windows.isOneCutoff
  return { key: JSON.stringify([table, isAll]), path: spansSql }
}

// A window without a lag equals one with lag 0.
function partKey({ table, how, measure, where, window }: PartialAggregate): string {
  const asked = window === 'all' ? window : { ...window, lag: window.lag ?? 0 }
  return JSON.stringify([table, how, measure, where, asked])
}
