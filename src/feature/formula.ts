import type { Days, Months } from '../base/days.js'
import type { WindowRule } from '../base/windows.js'
import type { RowFilter } from '../population/rowFilter.js'
import type { EventTableName } from '../table/inputs.js'
import type {
  AggregateRule,
  FeatureRule,
  OpenRowsRule,
  StreakRule,
  TransformedRule,
  VariabilityRule,
} from './rule.js'

/**
 * Rows of one table in one window, reduced to one value.
 *
 *     count, days          number of rows, of distinct days
 *     sum, values          Σ measure, number of values
 *     min, max             least, greatest value
 *     firstDay, lastDay    first, last day with a row
 *     firstValue           value in the first row that has one (greatest of its day)
 *     lastValue            value in the last row that has one (greatest of its day)
 *     distinct             number of distinct values
 *     nLogN                Σ n ln n over the values, n = rows with the value
 *     changes              days whose greatest value differs from that of the day with a value before it
 *     gapSquares           Σ squared days from each day with a row to the next
 *     openCount            number of rows whose `measure`, a day, is missing or not before the cutoff
 *     openDay              first day of those rows
 *
 * All but `count`, `days`, `values` and `distinct` are missing if there is nothing.
 */
export interface PartialAggregate {
  readonly table: EventTableName
  readonly how: PartialHow
  readonly measure?: string
  readonly where?: RowFilter
  readonly window: WindowRule
}

/** How rows become one value, see {@link PartialAggregate}. */
export type PartialHow =
  | 'count'
  | 'days'
  | 'sum'
  | 'values'
  | 'min'
  | 'max'
  | 'firstDay'
  | 'lastDay'
  | 'firstValue'
  | 'lastValue'
  | 'distinct'
  | 'nLogN'
  | 'changes'
  | 'gapSquares'
  | 'openCount'
  | 'openDay'

/** A column of amounts: all rows before the cutoff. */
export interface Amounts {
  readonly table: EventTableName
  readonly measure: string
  readonly where?: RowFilter
}

/**
 * A rule as parts and arithmetic: the one definition that both executions follow. Every operation but `orZero` and
 * `countTrue` passes a missing value on.
 */
export type Formula =
  | { readonly op: 'part'; readonly part: PartialAggregate }
  | { readonly op: 'constant'; readonly value: number }
  /** 0 where missing. */
  | { readonly op: 'orZero'; readonly of: Formula }
  /** To 9 decimals, see {@link AggregateRule}. */
  | { readonly op: 'rounded'; readonly of: Formula }
  | { readonly op: 'minus'; readonly left: Formula; readonly right: Formula }
  | { readonly op: 'times'; readonly left: Formula; readonly right: Formula }
  /** Missing if the divisor is nearer to 0 than {@link leastDivisor}. */
  | { readonly op: 'divided'; readonly left: Formula; readonly right: Formula }
  /** Σ weights[i] × of[i], added from left to right. */
  | { readonly op: 'weighted'; readonly of: readonly Formula[]; readonly weights: readonly number[] }
  /** Natural logarithm of a number above 0. */
  | { readonly op: 'log'; readonly of: Formula }
  /** sign(x) ln(1 + |x|). */
  | { readonly op: 'log1p'; readonly of: Formula }
  /** sign(x) √|x|. */
  | { readonly op: 'sqrt'; readonly of: Formula }
  /** Number of edges that are ≤ x. */
  | { readonly op: 'band'; readonly of: Formula; readonly edges: readonly number[] }
  /** How many are above 0. */
  | { readonly op: 'countTrue'; readonly of: readonly Formula[] }
  /** See {@link StreakRule}: `monthly[i]` is the value of the i-th last month, month 0 ends at the cutoff. */
  | { readonly op: 'streak'; readonly of: StreakRule['of']; readonly monthly: readonly Formula[] }
  /** Cutoff minus a day. */
  | { readonly op: 'daysSince'; readonly of: Formula }
  /** Missing if the customer was activated after the window began. */
  | { readonly op: 'ifActiveThroughout'; readonly window: WindowRule; readonly of: Formula }
  /** See {@link OldestUnpaidRule}. */
  | { readonly op: 'oldestUnpaid'; readonly due: Amounts; readonly paid: Amounts }
  | { readonly op: 'tenure' }
  | { readonly op: 'attribute'; readonly column: string }
  | { readonly op: 'isOther'; readonly column: string }
  | { readonly op: 'daysUntilAttribute'; readonly column: string }
  | { readonly op: 'inForce'; readonly column: string; readonly lag?: Lag }
  | { readonly op: 'daysUntil'; readonly column: string }
  /** See {@link PercentileRule}; `within` is a text; null = everybody. */
  | { readonly op: 'percentile'; readonly of: Formula; readonly within: Formula | null }

/** How much earlier than the cutoff. */
export type Lag = { readonly days: Days } | { readonly months: Months }

/** A divisor below this is 0 to 9 decimals: the quotient would be floating-point noise or infinity. */
export const leastDivisor = 5e-10

/** Returns a rule as parts and arithmetic. */
export function formulaOf(rule: FeatureRule): Formula {
  switch (rule.kind) {
    case 'aggregate':
      return aggregateFormula(rule)
    case 'valueAt': {
      const { table, column: measure, window, where, which } = rule
      return part({ table, how: which === 'first' ? 'firstValue' : 'lastValue', measure, where, window })
    }
    case 'recency': {
      const { table, where } = rule
      return { op: 'daysSince', of: part({ table, how: 'lastDay', where, window: 'all' }) }
    }
    case 'slope':
      return slopeFormula(rule, rule.months)
    case 'drop':
      return dropFormula(rule, rule.months)
    case 'variability':
      return variabilityFormula(rule)
    case 'streak':
      return streakFormula(rule)
    case 'openRows':
      return openRowsFormula(rule)
    case 'oldestUnpaid':
      return { op: 'oldestUnpaid', due: rule.due, paid: rule.paid }
    case 'difference':
      return { op: 'minus', left: formulaOf(rule.minuend), right: formulaOf(rule.subtrahend) }
    case 'ratio':
      return { op: 'divided', left: formulaOf(rule.numerator), right: formulaOf(rule.denominator) }
    case 'countTrue':
      return { op: 'countTrue', of: rule.of.map(formulaOf) }
    case 'transformed':
      return transformedFormula(rule)
    case 'percentile':
      return {
        op: 'percentile',
        of: formulaOf(rule.of),
        within: rule.within === 'everybody' ? null : formulaOf(rule.within),
      }
    case 'daysUntil':
      return { op: rule.of === 'customer' ? 'daysUntilAttribute' : 'daysUntil', column: rule.column }
    case 'inForce':
      return { op: 'inForce', column: rule.column, ...(rule.lag === undefined ? {} : { lag: rule.lag }) }
    case 'tenure':
      return { op: 'tenure' }
    case 'attribute':
    case 'isOther':
      return { op: rule.kind, column: rule.column }
  }
}

/** Returns every part that a formula reads. */
export function partialsOf(formula: Formula): PartialAggregate[] {
  switch (formula.op) {
    case 'part':
      return [formula.part]
    case 'minus':
    case 'times':
    case 'divided':
      return [...partialsOf(formula.left), ...partialsOf(formula.right)]
    case 'weighted':
    case 'countTrue':
      return formula.of.flatMap(partialsOf)
    case 'streak':
      return formula.monthly.flatMap(partialsOf)
    case 'percentile':
      return [...partialsOf(formula.of), ...(formula.within === null ? [] : partialsOf(formula.within))]
    case 'orZero':
    case 'rounded':
    case 'log':
    case 'log1p':
    case 'sqrt':
    case 'band':
    case 'daysSince':
    case 'ifActiveThroughout':
      return partialsOf(formula.of)
    case 'oldestUnpaid':
      return [paidPart(formula.paid)]
    default:
      return []
  }
}

/** Returns the sum of all payments, with which {@link OldestUnpaidRule} compares the amounts due. */
export function paidPart(paid: Amounts): PartialAggregate {
  return { ...paid, how: 'sum', window: 'all' }
}

function aggregateFormula(rule: AggregateRule): Formula {
  const { table, measure, where, window } = rule
  const asked = { table, where, window }
  switch (rule.aggregate) {
    case 'count':
      return { op: 'orZero', of: part({ ...asked, how: 'count' }) }
    case 'activeDays':
      return { op: 'orZero', of: part({ ...asked, how: 'days' }) }
    case 'sum':
      return { op: 'orZero', of: sum({ ...asked, measure: measure! }) }
    case 'mean':
      return {
        op: 'divided',
        left: sum({ ...asked, measure: measure! }),
        right: part({ ...asked, how: 'values', measure }),
      }
    case 'min':
    case 'max':
      return part({ ...asked, how: rule.aggregate, measure })
    case 'distinct':
    case 'changes':
      return { op: 'orZero', of: part({ ...asked, how: rule.aggregate, measure }) }
    case 'entropy': {
      // − Σ (n / N) ln (n / N) = ln N − Σ n ln n / N
      const values = part({ ...asked, how: 'values', measure })
      const nLogN = part({ ...asked, how: 'nLogN', measure })
      const right: Formula = { op: 'divided', left: nLogN, right: values }
      // Rounded so that the entropy of a single value is exactly 0.
      return { op: 'rounded', of: { op: 'minus', left: { op: 'log', of: values }, right } }
    }
    case 'gapMean':
      return { op: 'divided', left: daysSpanned(asked), right: numberOfGaps(asked) }
    case 'gapDeviation':
      return gapDeviationFormula(asked)
  }
}

interface AskedRows {
  readonly table: EventTableName
  readonly where: RowFilter | undefined
  readonly window: WindowRule
}

// The sum of all gaps is the span from the first active day to the last.
function daysSpanned(asked: AskedRows): Formula {
  return {
    op: 'minus',
    left: part({ ...asked, how: 'lastDay' }),
    right: part({ ...asked, how: 'firstDay' }),
  }
}

function numberOfGaps(asked: AskedRows): Formula {
  return { op: 'minus', left: part({ ...asked, how: 'days' }), right: { op: 'constant', value: 1 } }
}

// Of m gaps with the sum S and the squares Q: √((m Q − S²) / (m (m − 1))), all whole numbers.
function gapDeviationFormula(asked: AskedRows): Formula {
  const [gaps, span] = [numberOfGaps(asked), daysSpanned(asked)]
  const squares = part({ ...asked, how: 'gapSquares' })
  const one: Formula = { op: 'constant', value: 1 }
  return {
    op: 'sqrt',
    of: {
      op: 'divided',
      left: {
        op: 'minus',
        left: { op: 'times', left: gaps, right: squares },
        right: { op: 'times', left: span, right: span },
      },
      right: { op: 'times', left: gaps, right: { op: 'minus', left: gaps, right: one } },
    },
  }
}

interface MonthlyMeasure {
  readonly table: EventTableName
  readonly measure: string
  readonly where?: RowFilter
}

// Least squares over x = 0 … n − 1, with m = (n − 1) / 2: Σ (x − m) y / Σ (x − m)², and Σ (x − m)² = n (n² − 1) / 12.
function slopeFormula(asked: MonthlyMeasure, months: Months): Formula {
  const middle = (months - 1) / 2
  const spread = (months * (months * months - 1)) / 12
  return {
    op: 'ifActiveThroughout',
    window: { months: 1, lag: months - 1 },
    of: {
      op: 'weighted',
      of: monthlySums(asked, months),
      weights: Array.from({ length: months }, (_, lag) => (middle - lag) / spread),
    },
  }
}

function dropFormula(asked: MonthlyMeasure, months: Months): Formula {
  const [last, ...before] = monthlySums(asked, months + 1)
  return {
    op: 'ifActiveThroughout',
    window: { months: 1, lag: months },
    of: {
      op: 'minus',
      left: { op: 'constant', value: 1 },
      right: { op: 'divided', left: last!, right: meanOf(before) },
    },
  }
}

function variabilityFormula(rule: VariabilityRule): Formula {
  const { months } = rule
  const sums = monthlySums(rule, months)
  const mean = meanOf(sums)
  const squares = sums.map((value): Formula => {
    const difference: Formula = { op: 'minus', left: value, right: mean }
    return { op: 'times', left: difference, right: difference }
  })
  const variance: Formula = { op: 'weighted', of: squares, weights: sums.map(() => 1 / (months - 1)) }
  return {
    op: 'ifActiveThroughout',
    window: { months: 1, lag: months - 1 },
    of: { op: 'divided', left: { op: 'sqrt', of: variance }, right: mean },
  }
}

function streakFormula({ table, of, measure, months, where }: StreakRule): Formula {
  if (of === 'rising' || of === 'falling') {
    const asked = { table, measure: measure!, ...(where === undefined ? {} : { where }) }
    return { op: 'streak', of, monthly: monthlySums(asked, months + 1) }
  }
  const monthly = Array.from({ length: months }, (_, lag): Formula => {
    return { op: 'orZero', of: part({ table, how: 'count', where, window: { months: 1, lag } }) }
  })
  return { op: 'streak', of, monthly }
}

function openRowsFormula({ table, until, which, where }: OpenRowsRule): Formula {
  const asked = { table, where, measure: until, window: 'all' as const }
  return which === 'count'
    ? { op: 'orZero', of: part({ ...asked, how: 'openCount' }) }
    : { op: 'daysSince', of: part({ ...asked, how: 'openDay' }) }
}

function transformedFormula(rule: TransformedRule): Formula {
  const of = formulaOf(rule.of)
  switch (rule.by) {
    case 'band':
      return { op: 'band', of, edges: rule.edges }
    case 'log1p':
      return { op: 'log1p', of }
    case 'sqrt':
      return { op: 'sqrt', of }
  }
}

/** The last month first. */
function monthlySums({ table, measure, where }: MonthlyMeasure, count: Months): Formula[] {
  return Array.from({ length: count }, (_, lag) => ({
    op: 'orZero' as const,
    of: sum({ table, measure, where, window: { months: 1, lag } }),
  }))
}

function meanOf(of: readonly Formula[]): Formula {
  return { op: 'weighted', of, weights: of.map(() => 1 / of.length) }
}

function sum(asked: AskedRows & { readonly measure: string }): Formula {
  return { op: 'rounded', of: part({ ...asked, how: 'sum' }) }
}

function part(
  given: AskedRows & { readonly how: PartialHow; readonly measure?: string | undefined },
): Formula {
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
