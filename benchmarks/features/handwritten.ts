import { addMonths } from '../../src/base/days.js'
import { cutoff } from './data.js'

/** First day of the month before the cutoff that is `back` months ago: `start(1)` begins the last month. */
const start = (back: number): number => addMonths(cutoff, -back)
const month = (back: number): string => `day >= ${start(back)} AND day < ${start(back - 1)}`
const list = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)
const lines = (...texts: readonly string[]): string => texts.join(',\n    ')

const usageMeasures = ['minutes', '"dataMb"', 'messages']

/**
 * The telecom features as somebody writes them who knows DuckDB: one pass a table with filtered aggregates, plain `sum`,
 * months added up to quarters and half-years outside. Months before the cutoff are numbered from 1 on.
 */
export const handwritten = `
WITH u AS (
  SELECT id,
    ${lines(
      ...usageMeasures.flatMap((measure, m) =>
        list(m === 0 ? 7 : 6).map((back) => `sum(${measure}) FILTER (WHERE ${month(back)}) AS u${m}_${back}`),
      ),
      ...usageMeasures.flatMap((measure, m) => [
        `sum(${measure}) FILTER (WHERE day >= ${start(3)} AND (day + 3) % 7 >= 5) AS weekend_${m}`,
        `sum(${measure}) FILTER (WHERE day >= ${start(3)} AND direction = 'out') AS out_${m}`,
        `sum(${measure}) FILTER (WHERE day >= ${start(3)} AND (hour < 7 OR hour >= 22)) AS night_${m}`,
      ]),
      ...list(6).map((back) => `count(*) FILTER (WHERE ${month(back)}) AS rows_${back}`),
      `count(DISTINCT day) FILTER (WHERE day >= ${start(1)}) AS days_1`,
      `count(DISTINCT day) FILTER (WHERE day >= ${start(3)}) AS days_3`,
      'max(day) AS last_day',
    )}
  FROM usage WHERE day < ${cutoff} GROUP BY id),
b AS (
  SELECT id,
    ${lines(
      ...list(7).map((back) => `sum(amount) FILTER (WHERE ${month(back)}) AS b_${back}`),
      `count(amount) FILTER (WHERE day >= ${start(3)}) AS n_3`,
      `count(amount) FILTER (WHERE day >= ${start(6)}) AS n_6`,
      `count(amount) FILTER (WHERE day >= ${start(4)} AND day < ${start(1)}) AS n_before`,
      `sum(overage) FILTER (WHERE day >= ${start(3)}) AS overage_3`,
      `sum(discount) FILTER (WHERE day >= ${start(3)}) AS discount_3`,
    )}
  FROM bills WHERE day < ${cutoff} GROUP BY id),
m AS (
  SELECT c.id, c."activatedAt",
    date_sub('month', DATE '1970-01-01' + c."activatedAt", DATE '1970-01-01' + ${cutoff}) AS tenure,
    ${lines(
      ...usageMeasures.flatMap((_, m) =>
        list(m === 0 ? 7 : 6).map((back) => `coalesce(u${m}_${back}, 0) AS u${m}_${back}`),
      ),
      ...usageMeasures.flatMap((_, m) => [`weekend_${m}`, `out_${m}`, `night_${m}`].map(orZero)),
      ...list(6).map((back) => orZero(`rows_${back}`)),
      ...['days_1', 'days_3'].map(orZero),
      'last_day',
      ...list(7).map((back) => orZero(`b_${back}`)),
      ...['n_3', 'n_6', 'n_before', 'overage_3', 'discount_3'].map(orZero),
    )}
  FROM customers c LEFT JOIN u ON u.id = c.id LEFT JOIN b ON b.id = c.id
  WHERE c."activatedAt" < ${cutoff} AND (c."cancelledAt" IS NULL OR c."cancelledAt" >= ${cutoff}))
SELECT id, DATE '1970-01-01' + ${cutoff} AS cutoff,
    ${lines(
      'tenure AS tenure_months',
      'CAST(tenure >= 3 AS INTEGER) + CAST(tenure >= 6 AS INTEGER) + CAST(tenure >= 12 AS INTEGER) + CAST(tenure >= 24 AS INTEGER) AS "band(tenure_months,3,6,12,24)"',
      ...usageMeasures.flatMap((measure, m) => usageFeatures(measure.replaceAll('"', ''), m)),
      'days_1 AS "usage_activeDays_1m"',
      'days_3 AS "usage_activeDays_3m"',
      `${cutoff} - last_day AS usage_recency`,
      `${run(list(6).map((back) => [back, `rows_${back} = 0`]))} AS usage_silent_streak_6m`,
      `${run(list(6).map((back) => [back + 1, `round(u0_${back}, 9) < round(u0_${back + 1}, 9)`]))} AS usage_minutes_falling_streak_6m`,
      'b_1 AS bills_amount_sum_1m',
      `${added('b_', 3)} AS bills_amount_sum_3m`,
      `${added('b_', 6)} / nullif(n_6, 0) AS bills_amount_mean_6m`,
      `${added('b_', 3)} / nullif(n_3, 0) AS bills_amount_mean_3m`,
      `${slope('b_')} AS bills_amount_slope_6m`,
      `${drop('b_')} AS bills_amount_drop_3m`,
      `${variability('b_')} AS bills_amount_variability_6m`,
      `${run(list(6).map((back) => [back + 1, `round(b_${back}, 9) > round(b_${back + 1}, 9)`]))} AS bills_amount_rising_streak_6m`,
      'b_1 / nullif((b_2 + b_3 + b_4) / nullif(n_before, 0), 0) AS bills_amount_sum_1m_per_bills_amount_mean_3m_lag1m',
      `overage_3 / nullif(${added('b_', 3)}, 0) AS bills_overage_sum_3m_per_bills_amount_sum_3m`,
      `discount_3 / nullif(${added('b_', 3)}, 0) AS bills_discount_sum_3m_per_bills_amount_sum_3m`,
      'overage_3 AS bills_overage_sum_3m',
    )}
FROM m`

function usageFeatures(measure: string, m: number): string[] {
  const column = `u${m}_`
  const quarter = `usage_${measure}_sum_3m`
  return [
    `${column}1 AS "usage_${measure}_sum_1m"`,
    `${added(column, 3)} AS "${quarter}"`,
    `${added(column, 6)} AS "usage_${measure}_sum_6m"`,
    `${slope(column)} AS "usage_${measure}_slope_6m"`,
    `${drop(column)} AS "usage_${measure}_drop_3m"`,
    `${variability(column)} AS "usage_${measure}_variability_6m"`,
    `weekend_${m} / nullif(${added(column, 3)}, 0) AS "usage[weekday|6|7]_${measure}_sum_3m_per_${quarter}"`,
    `out_${m} / nullif(${added(column, 3)}, 0) AS "usage[direction=out]_${measure}_sum_3m_per_${quarter}"`,
    `night_${m} / nullif(${added(column, 3)}, 0) AS "usage[hour!=[7,22)]_${measure}_sum_3m_per_${quarter}"`,
  ]
}

function orZero(column: string): string {
  return `coalesce(${column}, 0) AS ${column}`
}

function added(column: string, count: number): string {
  return `(${list(count)
    .map((back) => `${column}${back}`)
    .join(' + ')})`
}

function whole(back: number, value: string): string {
  return `CASE WHEN "activatedAt" <= ${start(back)} THEN ${value} END`
}

function slope(column: string): string {
  const terms = list(6).map((back) => `${(3.5 - back) / 17.5}::DOUBLE * ${column}${back}`)
  return whole(6, `(${terms.join(' + ')})`)
}

function drop(column: string): string {
  return whole(4, `1 - ${column}1 / nullif((${column}2 + ${column}3 + ${column}4) / 3, 0)`)
}

function variability(column: string): string {
  const mean = `${added(column, 6)} / 6`
  const squares = list(6).map((back) => `(${column}${back} - ${mean}) ** 2`)
  return whole(6, `sqrt((${squares.join(' + ')}) / 5) / nullif(${mean}, 0)`)
}

/** Number of conditions in a row that hold, each for a month that the customer was there for. */
function run(conditions: readonly (readonly [number, string])[]): string {
  return conditions.reduceRight(
    (rest, [back, condition]) =>
      `CASE WHEN "activatedAt" <= ${start(back)} AND ${condition} THEN 1 + ${rest} ELSE 0 END`,
    '0',
  )
}
