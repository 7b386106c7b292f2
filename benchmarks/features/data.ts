import { addMonths, epochDay } from '../../src/base/days.js'
import { openDuckdb } from '../../src/engine/duckdb.js'
import type { HistoryKinds } from '../../src/table/inputs.js'
import type { FeaturesOptions } from './options.js'

/** The day that everything is asked as of. */
export const cutoff = epochDay('2025-01-01')

const months = 12
const firstDay = addMonths(cutoff, -months)

/** The tables that are made, as a history has them. */
export const tables: HistoryKinds = {
  customers: { id: 'text', activatedAt: 'day', cancelledAt: 'day' },
  usage: {
    id: 'text',
    day: 'day',
    hour: 'number',
    direction: 'text',
    minutes: 'number',
    dataMb: 'number',
    messages: 'number',
  },
  bills: { id: 'text', period: 'day', amount: 'number', overage: 'number', discount: 'number', day: 'day' },
}

/** Customers of a size: 100 usage rows each in 12 months. */
export function customersOf(rows: number): number {
  return Math.max(1, Math.round(rows / 100))
}

/**
 * Makes the database of a size: usage in the order of days over 12 months, the customers of a day in no order, 12 bills
 * for each customer. Every value follows from the number of its row, so every run has the same.
 */
export async function makeData(path: string, rows: number, options: FeaturesOptions): Promise<void> {
  const { threads, memoryLimit } = options
  const customers = customersOf(rows)
  const engine = await openDuckdb({ path, threads, memoryLimit })
  const draw = (seed: number, below: number): string => `CAST(hash(i, ${seed}) % ${below} AS INTEGER)`
  const id = (number: string): string => `'C' || lpad(CAST(${number} AS VARCHAR), 8, '0')`
  const decimal = (seed: number, below: number, divisor: number): string =>
    `CAST(${draw(seed, below)} AS DOUBLE) / ${divisor}`
  const days = cutoff - firstDay
  try {
    // One in 8 activated within the year, one in 20 cancelled in its last month.
    await engine.run(`CREATE TABLE customers AS SELECT ${id('i')} AS id,
      CAST(${cutoff} - 1 - ${draw(1, 8 * days)} AS INTEGER) AS "activatedAt",
      CASE WHEN ${draw(2, 20)} = 0 THEN CAST(${cutoff} - 15 + ${draw(3, 30)} AS INTEGER) END AS "cancelledAt"
      FROM range(${customers}) r(i)`)
    await engine.run(`CREATE TABLE usage AS SELECT ${id(draw(11, customers))} AS id,
      CAST(${firstDay} + i * ${days} // ${rows} AS INTEGER) AS day,
      CAST(${draw(12, 24)} AS DOUBLE) AS hour,
      CASE WHEN ${draw(13, 5)} < 3 THEN 'out' ELSE 'in' END AS direction,
      CASE WHEN ${draw(14, 100)} > 0 THEN ${decimal(15, 6000, 100)} END AS minutes,
      ${decimal(16, 500_000, 1000)} AS "dataMb",
      CAST(${draw(17, 20)} AS DOUBLE) AS messages
      FROM range(${rows}) r(i)`)
    const periods = Array.from({ length: months }, (_, month) => {
      const period = addMonths(firstDay, month)
      return `(${period}, ${addMonths(period, 1) - 1})`
    })
    await engine.run(`CREATE TABLE bills AS SELECT ${id('c')} AS id, period,
      ${decimal(21, 8000, 100)} AS amount, ${decimal(22, 1500, 100)} AS overage,
      ${decimal(23, 500, 100)} AS discount, day
      FROM (SELECT *, c * 1000000 + period AS i FROM range(${customers}) r(c),
        (VALUES ${periods.join(', ')}) m(period, day)) numbered`)
  } finally {
    await engine.close()
  }
}
