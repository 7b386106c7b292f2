import * as z from 'zod'
import { checkArguments } from '../base/arguments.js'
import { HoldfastError } from '../base/errors.js'
import { checkOptions } from '../base/options.js'
import { seedRule } from '../base/sharedRules.js'
import { type Dataset, datasetWithWarnings, type Split, takeDatasetRows } from './dataset.js'
import { testedRows } from './testedRows.js'

/** Options of {@link splitRows}. */
export interface SplitRowsOptions {
  /** Share of customers in the test part. In (0, 1). Default 0.2. */
  readonly testShare?: number
  /** Seed of the draw; any 32-bit integer. Default 1. Same seed, same split. */
  readonly seed?: number
  /** Draw the same share of churners and of stayers, so that both parts have the same base rate. Default true. */
  readonly stratified?: boolean
}

/** Rules and defaults of {@link SplitRowsOptions}. */
export const splitRowsSchema = z.strictObject({
  testShare: z.number().gt(0).lt(1).default(0.2),
  seed: seedRule,
  stratified: z.boolean().default(true),
})

/**
 * Returns two parts of a dataset, drawn at random by customer.
 *
 * For flat tables, which know no time. If the rows have cutoffs, use `splitByTime`: a random split lets the model learn
 * from the same weeks that it is tested on, so its figures are too good, and `warnings` of both parts say so.
 *
 * All rows of one customer go to the same part; so do rows without ids that are identical far beyond chance (see
 * `customersOf`). Of n customers (stratified: of each outcome, where a customer counts as churned if any row is),
 * round(testShare × n) are drawn for the test part. Rows keep their order.
 *
 * @throws {HoldfastError} `option-invalid`, `option-unknown`; `out-of-range` if a part would be empty
 *
 * O(rows × columns).
 *
 * @example
 * import { tableFrom } from 'holdfast/tables'
 * const table = tableFrom({ tenure: [1, 34, 2, 45], churn: ['Yes', 'No', 'Yes', 'No'] })
 * const dataset = fromFlatTable(table, { label: 'churn' })
 * const { train, test } = splitRows(dataset, { testShare: 0.5, seed: 1 })
 * const churners = [train, test].map((part) => part.outcome.reduce((sum, outcome) => sum + outcome, 0))
 * churners
 * // => [1, 1]
 *
 * @see {@link splitByTime}
 */
export function splitRows(dataset: Dataset, options: SplitRowsOptions = {}): Split {
  checkArguments('splitRows', ['dataset', dataset, 'dataset'])
  const { testShare, seed, stratified } = checkOptions('splitRows', splitRowsSchema, options)
  const tested = testedRows(dataset, testShare, seed, stratified)
  const trainRows: number[] = []
  const testRows: number[] = []
  for (const [row, isTested] of tested.entries()) (isTested === 1 ? testRows : trainRows).push(row)
  if (trainRows.length === 0 || testRows.length === 0) {
    throw new HoldfastError('splitRows', [
      {
        code: 'out-of-range',
        parameter: 'testShare',
        rule: `to leave customers in both parts, of ${new Set(dataset.ids).size}`,
        received: testShare,
        wayOut: 'Use a share nearer to 0.5, or more rows.',
      },
    ])
  }
  const warned = datasetWithWarnings(dataset, mixedTimes(dataset))
  return {
    train: takeDatasetRows(warned, trainRows),
    test: takeDatasetRows(warned, testRows),
    testFrom: null,
    purgedRows: 0,
    unusedRows: 0,
  }
}

function mixedTimes({ cutoffs }: Dataset): string[] {
  const days = new Set(cutoffs)
  if (days.size < 2) return []
  return [
    `Rows of ${days.size} cutoffs were split at random by customer: the model learns from the weeks that it is tested on, and its ` +
      'figures are too good. Use splitByTime.',
  ]
}
