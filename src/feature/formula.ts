import type { Months } from '../base/days.js'
import type { WindowRule } from '../base/windows.js'
import type { EventTableName } from '../table/inputs.js'
import type { AggregateRule, FeatureRule, RowFilter } from './rule.js'

/**
 * Rows of one table in one window, brought to one value by a function that can be put together from parts of the window:
 * number of rows, number of distinct days, Σ measure, number of values, least, greatest, last day.
 */
export interface Part {
  readonly table: EventTableName
  readonly how: 'count' | 'days' | 'sum' | 'values' | 'min' | 'max' | 'last'
  readonly measure?: string
  readonly where?: RowFilter
  readonly window: WindowRule
}

/**
 * A rule taken apart into parts and arithmetic: the one definition that both executions follow. Missing goes through
 * every operation but `orZero`.
 */
export type Formula =
  | { readonly op: 'part'; readonly part: Part }
  | { readonly op: 'constant'; readonly value: number }
  /** 0 where missing. */
  | { readonly op: 'orZero'; readonly of: Formula }
  /** To 9 decimals, see {@link AggregateRule}. */
  | { readonly op: 'rounded'; readonly of: Formula }
  | { readonly op: 'minus'; readonly left: Formula; readonly right: Formula }
  /** Missing where the divisor is nearer to 0 than {@link leastDivisor}. */
  | { readonly op: 'divided'; readonly left: Formula; readonly right: Formula }
  /** Σ weights[i] × of[i], added from left to right. */
  | { readonly op: 'weighted'; readonly of: readonly Formula[]; readonly weights: readonly number[] }
  /** Cutoff minus a day. */
  | { readonly op: 'daysSince'; readonly of: Formula }
  /** Missing where the customer was activated after the window began. */
  | { readonly op: 'ifActiveThroughout'; readonly window: WindowRule; readonly of: Formula }
  | { readonly op: 'tenure' }
  | { readonly op: 'attribute'; readonly column: string }
  | { readonly op: 'inForce'; readonly column: string }
  | { readonly op: 'daysUntil'; readonly column: string }

/** A divisor below this is 0 to 9 decimals: what it leaves is noise of floating point, or infinity. */
export const leastDivisor = 5e-10

/** Returns what a rule asks, as parts and arithmetic. */
export function formulaOf(rule: FeatureRule): Formula {
  switch (rule.kind) {
    case 'aggregate':
      return aggregateFormula(rule)
    case 'recency': {
      const { table, where } = rule
      return { op: 'daysSince', of: part({ table, how: 'last', where, window: 'all' }) }
    }
    case 'slope':
      return slopeFormula(rule.table, rule.measure, rule.months)
    case 'drop':
      return dropFormula(rule.table, rule.measure, rule.months)
    case 'difference':
      return { op: 'minus', left: aggregateFormula(rule.minuend), right: aggregateFormula(rule.subtrahend) }
    case 'ratio':
      return {
        op: 'divided',
        left: aggregateFormula(rule.numerator),
        right: aggregateFormula(rule.denominator),
      }
    case 'tenure':
      return { op: 'tenure' }
    default:
      return { op: rule.kind, column: rule.column }
  }
}

/** Returns every part that a formula reads. */
export function partsOf(formula: Formula): Part[] {
  switch (formula.op) {
    case 'part':
      return [formula.part]
    case 'minus':
    case 'divided':
      return [...partsOf(formula.left), ...partsOf(formula.right)]
    case 'weighted':
      return formula.of.flatMap(partsOf)
    case 'orZero':
    case 'rounded':
    case 'daysSince':
    case 'ifActiveThroughout':
      return partsOf(formula.of)
    default:
      return []
  }
}

function aggregateFormula(rule: AggregateRule): Formula {
  const { table, measure, where, window } = rule
  switch (rule.aggregate) {
    case 'count':
      return { op: 'orZero', of: part({ table, how: 'count', where, window }) }
    case 'activeDays':
      return { op: 'orZero', of: part({ table, how: 'days', where, window }) }
    case 'sum':
      return { op: 'orZero', of: sum(table, measure!, window, where) }
    case 'mean': {
      const values = part({ table, how: 'values', measure, where, window })
      return { op: 'divided', left: sum(table, measure!, window, where), right: values }
    }
    default:
      return part({ table, how: rule.aggregate, measure, where, window })
  }
}

// Least squares over x = 0 … n − 1, with m = (n − 1) / 2: Σ (x − m) y / Σ (x − m)², and Σ (x − m)² = n (n² − 1) / 12.
function slopeFormula(table: EventTableName, measure: string, months: Months): Formula {
  const middle = (months - 1) / 2
  const spread = (months * (months * months - 1)) / 12
  return {
    op: 'ifActiveThroughout',
    window: { months: 1, lag: months - 1 },
    of: {
      op: 'weighted',
      of: monthlySums(table, measure, months),
      weights: Array.from({ length: months }, (_, lag) => (middle - lag) / spread),
    },
  }
}

function dropFormula(table: EventTableName, measure: string, months: Months): Formula {
  const [last, ...before] = monthlySums(table, measure, months + 1)
  const mean: Formula = { op: 'weighted', of: before, weights: before.map(() => 1 / months) }
  return {
    op: 'ifActiveThroughout',
    window: { months: 1, lag: months },
    of: {
      op: 'minus',
      left: { op: 'constant', value: 1 },
      right: { op: 'divided', left: last!, right: mean },
    },
  }
}

/** The last month first. */
function monthlySums(table: EventTableName, measure: string, count: Months): Formula[] {
  return Array.from({ length: count }, (_, lag) => ({
    op: 'orZero' as const,
    of: sum(table, measure, { months: 1, lag }, undefined),
  }))
}

function sum(
  table: EventTableName,
  measure: string,
  window: WindowRule,
  where: RowFilter | undefined,
): Formula {
  return { op: 'rounded', of: part({ table, how: 'sum', measure, where, window }) }
}

function part(given: {
  table: EventTableName
  how: Part['how']
  measure?: string | undefined
  where?: RowFilter | undefined
  window: WindowRule
}): Formula {
  const { measure, where, ...rest } = given
  return {
    op: 'part',
    part: {
      ...rest,
      ...(measure === undefined ? {} : { measure }),
      ...(where === undefined ? {} : { where }),
    },
  }
}
