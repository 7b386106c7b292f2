import { checkArguments } from '../../base/arguments.js'
import { inNameOf } from '../../base/errors.js'
import type { FeatureMatrix } from '../../base/matrix.js'
import type { History } from '../../engine/history.js'
import type { Cutoffs } from '../../population/ownCutoffs.js'
import { type Population, populationTable } from '../../population/populationTable.js'
import type { PopulationRule } from '../../population/rule.js'
import type { Table } from '../../table/table.js'
import { checkFeatureCutoffs } from '../checkFeatureCutoffs.js'
import { checkFeatureRules } from '../checkFeatureRules.js'
import { featureName } from '../name/featureName.js'
import type { FeatureRule } from '../rule.js'
import { compileFeatures } from './compileFeatures.js'

/** Customers and cutoffs to compute features for. */
export interface FeatureMatrixOptions {
  /** First days that the features may not see: the same for all customers, or their own, see `cutoffsBefore`. */
  readonly cutoffs: Cutoffs
  /** Customers to count. Default: all who are active at the cutoff. */
  readonly population?: PopulationRule
}

/** Features of customers as of cutoffs: one row per customer and cutoff, in the order of both. */
export interface CustomerFeatures {
  /** Customer of each row. */
  readonly ids: readonly string[]
  /** Cutoff of each row. */
  readonly cutoffs: Int32Array
  readonly features: FeatureMatrix
}

/** Features of a population, and who was left out of it. */
export interface PopulationFeatures extends CustomerFeatures {
  /** Columns `cutoff`, `reason`, `customers`: `counted`, and each reason for leaving a customer out. */
  readonly population: Table
}

/**
 * Returns the features of all counted customers as of each cutoff, computed by the engine that holds the history.
 *
 * For scoring, where no outcome is known; to train, use `buildDataset`. One statement, see `compileFeatures`.
 * Sums are rounded to 9 decimals, so that the same history gives the same numbers in every run and on any number of
 * threads.
 *
 * @param rules one column each, in this order
 * @returns rows in the order of id and cutoff
 * @throws {HoldfastError} all problems of the rules at once: `option-invalid`, `column-duplicate`, `table-unknown`,
 * `column-missing`, `column-type`; `window-open` for a cutoff later than a table is complete
 *
 * Each table is read once per way of aggregating it (sums; days in order; values of a column), however many windows and
 * cutoffs there are. Memory: rows × rules × 8 bytes.
 *
 * @example
 * const history = await openHistory({
 *   customers: [
 *     { id: 'A', activatedAt: '2024-01-15', cancelledAt: '2025-04-20' },
 *     { id: 'B', activatedAt: '2024-06-01', cancelledAt: null },
 *   ],
 *   usage: [
 *     { id: 'A', day: '2025-03-31', minutes: 12 },
 *     { id: 'B', day: '2025-05-31', minutes: 30 },
 *   ],
 * })
 * const rules = [sumOf('usage', 'minutes', { months: 1 })]
 * const { ids, features, population } = await featureMatrix(history, rules, { cutoffs: [epochDay('2025-05-01')] })
 * await history.close()
 * ids
 * // => ['B']
 * Array.from(features.columns[0].values)
 * // => [0]
 * population.rows().map(({ reason, customers }) => `${reason}: ${customers}`)
 * // => ['counted: 1', 'not yet activated: 0', 'cancelled before: 1']
 *
 * @see {@link featuresOf} for one customer without an engine
 */
export async function featureMatrix(
  history: History,
  rules: readonly FeatureRule[],
  options: FeatureMatrixOptions,
): Promise<PopulationFeatures> {
  checkArguments(
    'featureMatrix',
    ['history', history, 'history'],
    ['rules', rules, 'array'],
    ['options', options, 'object'],
  )
  checkFeatureRules('featureMatrix', rules, history.tables)
  const population = await inNameOf('featureMatrix', () =>
    populationTable(history, options.population, options.cutoffs),
  )
  try {
    checkFeatureCutoffs('featureMatrix', rules, options.cutoffs, population.cutoffs, history)
    const features = await populationFeatures(history, rules, population)
    return { ...features, population: population.report }
  } finally {
    await population.drop()
  }
}

/** Rows of an engine table with the columns `id` and `cutoff`, and the cutoffs that occur in it. */
export type AskedRows = Pick<Population, 'table' | 'cutoffs'>

/**
 * Returns the features for the rows of an engine table with the columns `id` and `cutoff`. The rules have been checked.
 *
 * @param population the counted customers, among whom percentiles rank
 * @param returned those whose features are wanted; default all
 */
export async function populationFeatures(
  history: History,
  rules: readonly FeatureRule[],
  population: AskedRows,
  returned: AskedRows = population,
): Promise<CustomerFeatures> {
  const result = await history.engine.query(featureStatement(history, rules, population, { returned }))
  const { codes, dictionary } = result.texts('id')
  return {
    ids: Array.from(codes, (code) => dictionary[code]!),
    cutoffs: Int32Array.from(result.numbers('cutoff').values),
    features: {
      rowCount: result.rowCount,
      columns: rules.map((rule) => {
        const column = result.column(featureName(rule))
        if (column.kind === 'number' || column.kind === 'text') return column
        throw new TypeError(`feature ${column.name} came back as ${column.kind}`)
      }),
    },
  }
}

/** Returns the statement of {@link populationFeatures}. Only percentiles need the rows that are not returned. */
export function featureStatement(
  { engine, tables }: History,
  rules: readonly FeatureRule[],
  population: AskedRows,
  options: { readonly returned?: AskedRows; readonly cutoffAs?: 'date' } = {},
): string {
  const { returned = population, ...rest } = options
  const isCompared = population.table !== returned.table && rules.some(({ kind }) => kind === 'percentile')
  const { table, cutoffs } = isCompared ? population : returned
  const kept = isCompared ? { returned: returned.table } : {}
  return compileFeatures(rules, {
    dialect: engine.dialect,
    tables,
    population: table,
    cutoffs,
    ...kept,
    ...rest,
  })
}
