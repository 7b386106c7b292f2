import * as z from 'zod'
import { checkArguments } from '../base/arguments.js'
import type { EpochDay } from '../base/days.js'
import { type FeatureColumn, numberColumn, textColumn } from '../base/matrix.js'
import { checkOptions } from '../base/options.js'
import { type Column, dayColumn, Table } from '../table/table.js'
import type { Dataset } from './dataset.js'
import { plainNames } from './plainNames.js'

/** Options of {@link datasetToTable}. */
export interface DatasetToTableOptions {
  /**
   * `plain`: names of letters, digits and underscores, which LightGBM, XGBoost, pandas and SQL accept without quotes;
   * the table keeps the original names. Default: the names of the features as they are.
   */
  readonly names?: 'plain'
}

const optionsSchema = z.strictObject({ names: z.literal('plain').optional() })

/** A table of a dataset with plain names, and the original ones. */
export class PlainTable extends Table {
  /** The name of the feature by its plain name; for `id`, `cutoff`, `outcome` and `weight` the same. */
  readonly originalNames: Readonly<Record<string, string>>

  constructor(columns: readonly (Column | FeatureColumn)[], originalNames: Readonly<Record<string, string>>) {
    super(columns)
    this.originalNames = originalNames
  }
}

/**
 * Returns a dataset as one table, for a file or another tool: `id`, `cutoff` (not for a flat table), the features,
 * `outcome` (1 = churned), `weight` if there is one.
 *
 * Feature names contain characters (`contacts[kind=late]_count_3m`) that some tools refuse: use `names: 'plain'` for those.
 *
 * @throws {HoldfastError} `column-duplicate` if a feature of a flat table has one of these names; with plain names it
 * is numbered instead
 *
 * @example
 * import { tableFrom } from 'holdfast/tables'
 * const table = tableFrom({ tenure: [1, 34, 2, 45], churn: ['Yes', 'No', 'Yes', 'No'] })
 * const dataset = fromFlatTable(table, { label: 'churn' })
 * datasetToTable(dataset).columnNames
 * // => ['id', 'tenure', 'outcome']
 *
 * @example
 * import { tableFrom } from 'holdfast/tables'
 * const table = tableFrom({ 'monthly fee [EUR]': [10, 20, 30, 40], churn: ['Yes', 'No', 'Yes', 'No'] })
 * const plain = datasetToTable(fromFlatTable(table, { label: 'churn' }), { names: 'plain' })
 * plain.columnNames
 * // => ['id', 'monthly_fee_eur', 'outcome']
 * plain.originalNames['monthly_fee_eur']
 * // => 'monthly fee [EUR]'
 */
export function datasetToTable(dataset: Dataset, options: { readonly names: 'plain' }): PlainTable
export function datasetToTable(dataset: Dataset, options?: DatasetToTableOptions): Table
export function datasetToTable(dataset: Dataset, options: DatasetToTableOptions = {}): Table {
  checkArguments('datasetToTable', ['dataset', dataset, 'dataset'])
  const { names } = checkOptions('datasetToTable', optionsSchema, options)
  const { columns } = dataset.features
  const before = beforeFeatures(dataset)
  const after = [
    numberColumn('outcome', dataset.outcome),
    ...(dataset.weight === undefined ? [] : [numberColumn('weight', dataset.weight)]),
  ]
  if (names === undefined) return new Table([...before, ...columns, ...after])
  const own = [...before, ...after].map(({ name }) => name)
  const originals = columns.map(({ name }) => name)
  const plain = plainNames(originals, own)
  const renamed = columns.map((column, index): FeatureColumn => ({ ...column, name: plain[index]! }))
  return new PlainTable(
    [...before, ...renamed, ...after],
    Object.fromEntries([
      ...own.map((name) => [name, name]),
      ...plain.map((name, index) => [name, originals[index]!]),
    ]),
  )
}

function beforeFeatures({ ids, cutoffs }: Dataset): (Column | FeatureColumn)[] {
  const days = cutoffs === null ? null : Array.from(cutoffs, (cutoff) => cutoff as EpochDay)
  return [textColumn('id', ids), ...(days === null ? [] : [dayColumn('cutoff', days)])]
}
