import * as z from 'zod'
import { checkArguments } from '../../base/arguments.js'
import { checkOptions } from '../../base/options.js'
import { ownValue } from '../../base/ownValue.js'
import type { History } from '../../engine/history.js'

/** The kinds of events to count one by one, by table. */
export interface EventKinds {
  /** Values of the feature column of `usage`: which feature or title was used. */
  readonly usage?: readonly string[]
  /** Values of `contacts.kind`. */
  readonly contacts?: readonly string[]
}

/** Options of {@link eventKinds}. */
export interface EventKindsOptions {
  /** Text column of `usage` that says which feature or title was used. Default `'feature'`. */
  readonly featureColumn?: string
  /** Most kinds per table, starting with those of the most customers. Integer ≥ 1. Default 20. */
  readonly most?: number
  /** Least share of customers with the kind; rarer kinds tell too few apart. In [0, 1]. Default 0.01. */
  readonly leastShare?: number
}

const schema = z.strictObject({
  featureColumn: z.string().min(1).default('feature'),
  most: z.int().min(1).default(20),
  leastShare: z.number().min(0).max(1).default(0.01),
})

/**
 * Returns the kinds of events that are frequent enough to count one by one, for `subscriptionFeatures`.
 *
 * The result is plain data: kept with a plan, it gives the same columns even when new kinds have appeared.
 *
 * @returns for each table with such a column its kinds, those of the most customers first
 *
 * One pass over each of the two tables.
 *
 * @example
 * const history = await openHistory({
 *   customers: [{ id: 'A', activatedAt: '2024-01-15' }],
 *   usage: [
 *     { id: 'A', day: '2025-03-01', feature: 'export' },
 *     { id: 'A', day: '2025-03-02', feature: 'login' },
 *   ],
 * })
 * const kinds = await eventKinds(history)
 * await history.close()
 * kinds
 * // => { usage: ['export', 'login'] }
 */
export async function eventKinds(history: History, options: EventKindsOptions = {}): Promise<EventKinds> {
  checkArguments('eventKinds', ['history', history, 'history'])
  const { featureColumn, most, leastShare } = checkOptions('eventKinds', schema, options)
  const kindsIn = async (table: 'usage' | 'contacts', column: string): Promise<string[] | undefined> => {
    if (ownValue(history.tables[table] ?? {}, column) !== 'text') return undefined
    const { identifier } = history.engine.dialect
    const kind = identifier(column)
    const found = await history.engine.query(
      [
        `SELECT ${kind} AS kind FROM ${identifier(table)} WHERE ${kind} IS NOT NULL GROUP BY ${kind}`,
        `HAVING count(DISTINCT id) >= ${leastShare} * (SELECT count(*) FROM ${identifier('customers')})`,
        `ORDER BY count(DISTINCT id) DESC, ${kind} LIMIT ${most}`,
      ].join('\n'),
    )
    return found.rowCount === 0 ? [] : found.rows().map((row) => String(row['kind']))
  }
  const [usage, contacts] = [await kindsIn('usage', featureColumn), await kindsIn('contacts', 'kind')]
  return { ...(usage === undefined ? {} : { usage }), ...(contacts === undefined ? {} : { contacts }) }
}
