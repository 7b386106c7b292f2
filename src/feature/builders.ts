import type { Months } from '../base/days.js'
import { checkOptions } from '../base/options.js'
import type { WindowRule } from '../base/windows.js'
import type { EventTableName } from '../table/inputs.js'
import { featureRuleSchemas } from './featureRuleSchema.js'
import type {
  Aggregate,
  AggregateRule,
  AttributeRule,
  DaysUntilRule,
  DifferenceRule,
  DropRule,
  InForceRule,
  RatioRule,
  RecencyRule,
  RowFilter,
  SlopeRule,
  TenureRule,
  ValueType,
} from './rule.js'

/**
 * Returns the rule "number of rows in the window", 0 where there is none.
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
 * Returns the rule "sum of a measure over the rows in the window", 0 where there is none.
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

/** Returns the rule "days since the last row". @throws {HoldfastError} `option-invalid` @see {@link RecencyRule} */
export function recency(table: EventTableName, where?: RowFilter): RecencyRule {
  const rule: RecencyRule = { kind: 'recency', table, ...(where === undefined ? {} : { where }) }
  return checkOptions('recency', featureRuleSchemas.recency, rule)
}

/** Returns the rule "trend per month". @throws {HoldfastError} `option-invalid` @see {@link SlopeRule} */
export function slope(table: EventTableName, measure: string, months: Months): SlopeRule {
  return checkOptions('slope', featureRuleSchemas.slope, { kind: 'slope', table, measure, months })
}

/** Returns the rule "fall of the last month". @throws {HoldfastError} `option-invalid` @see {@link DropRule} */
export function drop(table: EventTableName, measure: string, months: Months): DropRule {
  return checkOptions('drop', featureRuleSchemas.drop, { kind: 'drop', table, measure, months })
}

/** Returns the rule "complete months since activation". */
export function tenure(): TenureRule {
  return { kind: 'tenure' }
}

/** Returns the rule "an attribute of the customer". @throws {HoldfastError} `option-invalid` @see {@link AttributeRule} */
export function attribute(column: string, type: ValueType = 'text'): AttributeRule {
  return checkOptions('attribute', featureRuleSchemas.attribute, { kind: 'attribute', column, type })
}

/** Returns the rule "a column of the plan in force". @throws {HoldfastError} `option-invalid` @see {@link InForceRule} */
export function inForce(column: string, type: ValueType): InForceRule {
  return checkOptions('inForce', featureRuleSchemas.inForce, { kind: 'inForce', column, type })
}

/** Returns the rule "days until a day of the plan in force". @throws {HoldfastError} `option-invalid` */
export function daysUntil(column: string): DaysUntilRule {
  return checkOptions('daysUntil', featureRuleSchemas.daysUntil, { kind: 'daysUntil', column })
}

/** Returns the rule "one aggregate minus another". @throws {HoldfastError} `option-invalid` @see {@link DifferenceRule} */
export function difference(minuend: AggregateRule, subtrahend: AggregateRule): DifferenceRule {
  return checkOptions('difference', featureRuleSchemas.difference, {
    kind: 'difference',
    minuend,
    subtrahend,
  })
}

/** Returns the rule "one aggregate divided by another". @throws {HoldfastError} `option-invalid` @see {@link RatioRule} */
export function ratio(numerator: AggregateRule, denominator: AggregateRule): RatioRule {
  return checkOptions('ratio', featureRuleSchemas.ratio, { kind: 'ratio', numerator, denominator })
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
