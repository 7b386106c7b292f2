import type { EpochDay } from '../base/days.js'
import type { Engine } from '../engine/engine.js'
import { cellOf, type Table } from '../table/table.js'
import { reasonTable } from './reasonTable.js'

/**
 * Counts the rows of an engine table with the columns `cutoff` and `reason`, per cutoff in order of the reasons;
 * reasons that do not occur have 0 customers. A repeated reason is listed once.
 */
export async function reasonCounts(
  engine: Engine,
  table: string,
  cutoffs: readonly EpochDay[],
  reasons: readonly string[],
): Promise<Table> {
  const select = `SELECT cutoff, reason, count(*) AS customers FROM ${table}`
  const counts = await engine.query(`${select} WHERE reason IS NOT NULL GROUP BY cutoff, reason`)
  const found = new Map<string, number>()
  const { values: customers } = counts.numbers('customers')
  const reason = counts.column('reason')
  counts.numbers('cutoff').values.forEach((day, row) => {
    found.set(`${day} ${cellOf(reason, row)}`, customers[row]!)
  })
  return reasonTable(
    cutoffs.flatMap((cutoff) =>
      [...new Set(reasons)].map((text) => ({
        cutoff,
        reason: text,
        customers: found.get(`${cutoff} ${text}`) ?? 0,
      })),
    ),
  )
}
