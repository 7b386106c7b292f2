import * as z from 'zod'
import type { Days } from '../../base/days.js'
import { checkOptions } from '../../base/options.js'
import { type EventTableName, eventTableNames } from '../../table/inputs.js'
import { countOf, gapDeviation, gapMean, meanOf, sumOf } from '../builders/aggregateBuilders.js'
import { ratio } from '../builders/arithmeticBuilders.js'
import { tenure } from '../builders/customerBuilders.js'
import { recency } from '../builders/rowBuilders.js'
import type { FeatureRule } from '../rule.js'
import { setOf } from './tables.js'

/** Which table holds the transactions, and over which windows they are aggregated. */
export interface TransactionFeatureOptions {
  /** Table with one row per transaction. Default `'payments'`. */
  readonly table?: EventTableName
  /** Number column with the value of a transaction; null if there is none. Default `'amount'`. */
  readonly measure?: string | null
  /** Lengths of the windows in days. Integers ≥ 1. Default 30, 60, 90 and 180. */
  readonly windowDays?: readonly Days[]
}

const schema = z.strictObject({
  table: z.enum(eventTableNames).default('payments'),
  measure: z.string().min(1).nullable().default('amount'),
  windowDays: z.array(z.int().min(1)).min(1).default([30, 60, 90, 180]),
})

/**
 * Returns the features for customers who buy from time to time without a contract (shops, orders): recency, frequency
 * and value.
 *
 *     recency     days since the last transaction
 *     frequency   transactions in each window, and over all time
 *     rhythm      mean and standard deviation of the days between transactions, and how often that mean fits into the
 *                 days since the last one: above 1 the next is overdue
 *     value       sum over each window, and over all time; mean per transaction
 *     tenure      complete months since activation, in most shops the first purchase
 *
 * @throws {HoldfastError} `option-invalid`, `option-unknown`
 *
 * @example
 * import { featureName } from 'holdfast/features'
 * transactionFeatures({ windowDays: [90] }).map(featureName)
 * // => ['payments_recency', 'tenure_months', 'payments_count_all', 'payments_count_90d', 'payments_gapMean_all', 'payments_gapDeviation_all', '(payments_recency)_per_payments_gapMean_all', 'payments_amount_sum_all', 'payments_amount_mean_all', 'payments_amount_sum_90d']
 *
 * @see {@link telecomFeatures} for operators
 */
export function transactionFeatures(options: TransactionFeatureOptions = {}): FeatureRule[] {
  const { table, measure, windowDays } = checkOptions('transactionFeatures', schema, options)
  const windows = [...new Set(windowDays)].map((days) => ({ days }))
  const frequency = [countOf(table, 'all'), ...windows.map((window) => countOf(table, window))]
  const gap = gapMean(table, 'all')
  const rhythm = [gap, gapDeviation(table, 'all'), ratio(recency(table), gap)]
  if (measure === null) return setOf([recency(table), tenure(), ...frequency, ...rhythm])
  const value = [
    sumOf(table, measure, 'all'),
    meanOf(table, measure, 'all'),
    ...windows.map((window) => sumOf(table, measure, window)),
  ]
  return setOf([recency(table), tenure(), ...frequency, ...rhythm, ...value])
}
