import { checkArguments } from '../base/arguments.js'
import type { EpochDay } from '../base/days.js'
import { type FeatureColumn, numberColumn, textColumn } from '../base/matrix.js'
import { type Column, dayColumn, Table } from '../table/table.js'
import type { Dataset } from './dataset.js'

/**
 * Returns a dataset as one table, for a file or another tool: `id`, `cutoff` (not for a flat table), the features,
 * `outcome` (1 = churned), `weight` where there is one.
 *
 * @throws {HoldfastError} `column-duplicate` where a feature of a flat table has one of these names
 *
 * @example
 * const table = tableFrom({ tenure: [1, 34, 2, 45], churn: ['Yes', 'No', 'Yes', 'No'] })
 * const dataset = fromFlatTable(table, { label: 'churn' })
 * datasetToTable(dataset).columnNames
 * // => ['id', 'tenure', 'outcome']
 */
export function datasetToTable(dataset: Dataset): Table {
  checkArguments('datasetToTable', ['dataset', dataset, 'dataset'])
  const columns: (Column | FeatureColumn)[] = [textColumn('id', dataset.ids)]
  if (dataset.cutoffs !== null) {
    columns.push(
      dayColumn(
        'cutoff',
        Array.from(dataset.cutoffs, (cutoff) => cutoff as EpochDay),
      ),
    )
  }
  columns.push(...dataset.features.columns, numberColumn('outcome', dataset.outcome))
  if (dataset.weight !== undefined) columns.push(numberColumn('weight', dataset.weight))
  return new Table(columns)
}
