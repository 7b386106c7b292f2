import { checkOptions } from '../../base/options.js'
import type { WindowRule } from '../../base/windows.js'
import type { RowFilter } from '../../population/rowFilter.js'
import type { EventTableName } from '../../table/inputs.js'
import { featureRuleSchemas } from '../featureRuleSchema.js'
import type { Aggregate, AggregateRule } from '../rule.js'

/**
 * Returns the rule "number of rows in the window"; 0 if there are none.
 *
 * @throws {HoldfastError} `option-invalid`
 *
 * @example
 * countOf('contacts', { months: 3 }, { column: 'kind', in: ['complaint'] })
 * // => { kind: 'aggregate', table: 'contacts', aggregate: 'count', window: { months: 3 }, where: { column: 'kind', in: ['complaint'] } }
 */
export function countOf(table: EventTableName, window: WindowRule, where?: RowFilter): AggregateRule {
  return aggregate('countOf', 'count', table, undefined, window, where)
}

/** Returns the rule "number of distinct days with a row in the window". @throws {HoldfastError} `option-invalid` */
export function activeDays(table: EventTableName, window: WindowRule, where?: RowFilter): AggregateRule {
  return aggregate('activeDays', 'activeDays', table, undefined, window, where)
}

/**
 * Returns the rule "mean number of days between an active day and the next": the inter-purchase time of a shop, the
 * recharge cycle of a prepaid line. Missing if fewer than two days have a row.
 *
 * @throws {HoldfastError} `option-invalid`
 *
 * @example
 * featureName(gapMean('payments', { months: 6 }, { column: 'kind', in: ['recharge'] }))
 * // => 'payments[kind=recharge]_gapMean_6m'
 *
 * @see {@link gapDeviation} for how regular they are
 */
export function gapMean(table: EventTableName, window: WindowRule, where?: RowFilter): AggregateRule {
  return aggregate('gapMean', 'gapMean', table, undefined, window, where)
}

/**
 * Returns the rule "standard deviation (n − 1) of the days between an active day and the next": 0 = like clockwork.
 * Missing if fewer than three days have a row.
 *
 * @throws {HoldfastError} `option-invalid`
 *
 * @see {@link gapMean}
 */
export function gapDeviation(table: EventTableName, window: WindowRule, where?: RowFilter): AggregateRule {
  return aggregate('gapDeviation', 'gapDeviation', table, undefined, window, where)
}

/**
 * Returns the rule "sum of a measure over the rows in the window"; 0 if there are none.
 *
 * @throws {HoldfastError} `option-invalid`
 *
 * @example
 * sumOf('usage', 'minutes', { months: 3 })
 * // => { kind: 'aggregate', table: 'usage', aggregate: 'sum', measure: 'minutes', window: { months: 3 } }
 */
export function sumOf(
  table: EventTableName,
  measure: string,
  window: WindowRule,
  where?: RowFilter,
): AggregateRule {
  return aggregate('sumOf', 'sum', table, measure, window, where)
}

/** Returns the rule "mean of a measure per row in the window". @throws {HoldfastError} `option-invalid` */
export function meanOf(
  table: EventTableName,
  measure: string,
  window: WindowRule,
  where?: RowFilter,
): AggregateRule {
  return aggregate('meanOf', 'mean', table, measure, window, where)
}

/** Returns the rule "least value of a measure in the window". @throws {HoldfastError} `option-invalid` */
export function minOf(
  table: EventTableName,
  measure: string,
  window: WindowRule,
  where?: RowFilter,
): AggregateRule {
  return aggregate('minOf', 'min', table, measure, window, where)
}

/** Returns the rule "greatest value of a measure in the window". @throws {HoldfastError} `option-invalid` */
export function maxOf(
  table: EventTableName,
  measure: string,
  window: WindowRule,
  where?: RowFilter,
): AggregateRule {
  return aggregate('maxOf', 'max', table, measure, window, where)
}

/**
 * Returns the rule "number of distinct values of a text column in the window": how many services, devices, features a
 * customer uses. 0 if there are none; rows without a value do not count.
 *
 * @throws {HoldfastError} `option-invalid`
 *
 * @example
 * featureName(distinctOf('devices', 'deviceId', { months: 12 }))
 * // => 'devices_deviceId_distinct_12m'
 */
export function distinctOf(
  table: EventTableName,
  column: string,
  window: WindowRule,
  where?: RowFilter,
): AggregateRule {
  return aggregate('distinctOf', 'distinct', table, column, window, where)
}

/**
 * Returns the rule "entropy of a text column over the rows in the window", in nats: 0 = always the same value, ln k = k
 * values equally often. Missing if there is none.
 *
 * @throws {HoldfastError} `option-invalid`
 *
 * @see {@link AggregateRule} for the formula, {@link distinctOf} for how many values
 */
export function entropyOf(
  table: EventTableName,
  column: string,
  window: WindowRule,
  where?: RowFilter,
): AggregateRule {
  return aggregate('entropyOf', 'entropy', table, column, window, where)
}

/**
 * Returns the rule "how often a text or number column changed in the window": plan changes, price changes. Rows of the
 * same day count as their greatest value.
 *
 * @throws {HoldfastError} `option-invalid`
 *
 * @example
 * featureName(changesOf('plans', 'plan', { months: 12 }))
 * // => 'plans_plan_changes_12m'
 */
export function changesOf(
  table: EventTableName,
  column: string,
  window: WindowRule,
  where?: RowFilter,
): AggregateRule {
  return aggregate('changesOf', 'changes', table, column, window, where)
}

function aggregate(
  operation: string,
  how: Aggregate,
  table: EventTableName,
  measure: string | undefined,
  window: WindowRule,
  where: RowFilter | undefined,
): AggregateRule {
  const rule: AggregateRule = {
    kind: 'aggregate',
    table,
    aggregate: how,
    ...(measure === undefined ? {} : { measure }),
    window,
    ...(where === undefined ? {} : { where }),
  }
  return checkOptions(operation, featureRuleSchemas.aggregate, rule)
}
