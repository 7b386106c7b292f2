import { checkArguments } from '../../base/arguments.js'
import { inNameOf, refuse } from '../../base/errors.js'
import { writeWholeFile } from '../../base/wholeFile.node.js'
import type { History } from '../../engine/history.js'
import { counted, populationTable } from '../../population/populationTable.js'
import { fileFormat } from '../../table/files.node.js'
import type { Table } from '../../table/table.js'
import { checkFeatureCutoffs } from '../checkFeatureCutoffs.js'
import { checkFeatureRules } from '../checkFeatureRules.js'
import type { FeatureRule } from '../rule.js'
import { type FeatureMatrixOptions, featureStatement } from './featureMatrix.js'

/** How many rows were written, and who was left out. */
export interface WrittenFeatures {
  /** Number of rows: one per counted customer and cutoff. */
  readonly rows: number
  /** Columns `cutoff`, `reason`, `customers`: `counted`, and each reason for leaving a customer out. */
  readonly population: Table
}

/**
 * Writes the features of all counted customers as of each cutoff to a Parquet file, straight from the engine: for
 * features that do not fit into the memory of this process.
 *
 * The file has the columns of {@link featureMatrix}: `id`, `cutoff` (a date) and one per rule, ordered by id and
 * cutoff. It is written whole or not at all: a temporary file beside it is moved when complete. An existing file is
 * replaced.
 *
 * @param path a name that ends in `.parquet`
 * @throws {HoldfastError} like {@link featureMatrix}; `file-unreadable` if the name ends otherwise; `engine-failed`,
 * `file-missing` with the reason if the file cannot be written
 *
 * The engine spills to disk what exceeds its memory limit.
 *
 * @example
 * const history = await openHistory({
 *   customers: [{ id: 'A', activatedAt: '2024-01-15' }],
 *   usage: [{ id: 'A', day: '2025-03-31', minutes: 12 }],
 * })
 * const rules = [sumOf('usage', 'minutes', { months: 1 })]
 * const { rows } = await writeFeatures(history, rules, 'features.parquet', { cutoffs: [epochDay('2025-04-01')] })
 * await history.close()
 * const table = await readTable('features.parquet')
 * table.rows()
 * // => [{ id: 'A', cutoff: '2025-04-01', usage_minutes_sum_1m: 12 }]
 *
 * @see {@link featureMatrix} for features in memory
 */
export async function writeFeatures(
  history: History,
  rules: readonly FeatureRule[],
  path: string,
  options: FeatureMatrixOptions,
): Promise<WrittenFeatures> {
  checkArguments(
    'writeFeatures',
    ['history', history, 'history'],
    ['rules', rules, 'array'],
    ['path', path, 'text'],
    ['options', options, 'object'],
  )
  checkFeatureRules('writeFeatures', rules, history.tables)
  refuse('writeFeatures', fileFormat(path) === 'parquet' ? [] : [notParquet(path)])
  const population = await inNameOf('writeFeatures', () =>
    populationTable(history, options.population, options.cutoffs),
  )
  try {
    checkFeatureCutoffs('writeFeatures', rules, options.cutoffs, population.cutoffs, history)
    // Others will read the file: there the cutoff is a date, not our day number.
    const statement = featureStatement(history, rules, population, { cutoffAs: 'date' })
    await writeWholeFile('writeFeatures', path, (part) =>
      inNameOf('writeFeatures', () => history.engine.writeParquet(statement, part)),
    )
    return { rows: countedIn(population.report), population: population.report }
  } finally {
    await population.drop()
  }
}

function countedIn(report: Table): number {
  return report
    .rows()
    .filter(({ reason }) => reason === counted)
    .reduce((sum, { customers }) => sum + Number(customers), 0)
}

function notParquet(path: string) {
  return {
    code: 'file-unreadable',
    parameter: 'the file',
    rule: 'to have a name that ends in .parquet',
    place: { file: path },
    wayOut: 'For other formats use featureMatrix and writeTable, which work in memory.',
  } as const
}
