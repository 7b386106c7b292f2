import { ownValue } from '../../../base/ownValue.js'
import { activeDays, sumOf } from '../../builders/aggregateBuilders.js'
import { ratio, shareOf } from '../../builders/arithmeticBuilders.js'
import { inForce } from '../../builders/customerBuilders.js'
import { drop, recency, slope, streak, variability } from '../../builders/rowBuilders.js'
import type { NumberRule } from '../../rule.js'
import { type Columns, measuresOf } from '../tables.js'
import type { CheckedTelecomOptions } from './telecomOptions.js'

const threeMonths = { months: 3 }

/** Returns the rules about usage: per measure its level, trend, fall and shares; activity; fit of the plan. */
export function usageFeatures(
  columns: Columns,
  plans: Columns | undefined,
  options: CheckedTelecomOptions,
): NumberRule[] {
  const measures = usageMeasures(columns, options.columns.hour)
  return [
    ...measures.flatMap((measure) => [
      sumOf('usage', measure, { months: 1 }),
      sumOf('usage', measure, threeMonths),
      sumOf('usage', measure, { months: 6 }),
      slope('usage', measure, 6),
      drop('usage', measure, 3),
      variability('usage', measure, 6),
      ...sharesOf(measure, columns, options),
      ...(plans === undefined ? [] : planFit(measure, plans, options)),
    ]),
    activeDays('usage', { months: 1 }),
    activeDays('usage', threeMonths),
    recency('usage'),
    streak('usage', 'silent', 6),
    ...measures.slice(0, 1).map((measure) => streak('usage', measure, 'falling', 6)),
  ]
}

/** Returns the measures to sum: all number columns but the hour of the day and ids. */
export function usageMeasures(columns: Columns, hour: string): string[] {
  return measuresOf(columns).filter((measure) => measure !== hour)
}

function sharesOf(measure: string, columns: Columns, options: CheckedTelecomOptions): NumberRule[] {
  const { direction, hour } = options.columns
  const whole = { months: 3 }
  const outgoing = { column: direction, in: options.outgoing }
  return [
    shareOf(sumOf('usage', measure, whole, { weekday: [6, 7] })),
    ...(columns[direction] === 'text' ? [shareOf(sumOf('usage', measure, whole, outgoing))] : []),
    ...(columns[hour] === 'number'
      ? [shareOf(sumOf('usage', measure, whole, { column: hour, notBetween: [7, 22] }))]
      : []),
  ]
}

// Above 1 customers pay for more than their plan includes; far below 1 they pay for what they do not use.
function planFit(measure: string, plans: Columns, options: CheckedTelecomOptions): NumberRule[] {
  const allowance = ownValue(options.allowances, measure) ?? `${measure}Allowance`
  if (ownValue(plans, allowance) !== 'number') return []
  return [ratio(sumOf('usage', measure, { months: 1 }), inForce(allowance, 'number'))]
}
