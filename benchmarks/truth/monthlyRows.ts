import { monthly } from '../../src/base/days.js'
import { buildDataset } from '../../src/dataset/buildDataset.js'
import { churnPlan } from '../../src/dataset/churnPlan.js'
import type { Dataset } from '../../src/dataset/dataset.js'
import type { History } from '../../src/engine/history.js'
import { telecomFeatures } from '../../src/feature/sets/telecom/telecomFeatures.js'
import { cancelled } from '../../src/label/cancelled.js'
import type { Table } from '../../src/table/table.js'

/** Cutoffs at which every simulated operator is asked. */
export const cutoffs = monthly('2024-07', '2025-06')

/** Returns who cancels within a month, by all telecom features, at each cutoff. */
export async function monthlyRows(history: History): Promise<Dataset> {
  const plan = churnPlan({
    label: cancelled({ horizonMonths: 1 }),
    features: telecomFeatures(history.tables, {
      attributes: ['paymentType', 'region', 'channel', 'ageBand'],
    }),
    cutoffs,
  })
  return buildDataset(history, plan)
}

/** Returns the true probability that the customer of each row cancels in the month that begins at the row's cutoff. */
export function trueProbabilities(truth: Table, { ids, cutoffs: days }: Dataset): Float64Array {
  const rowOf = rowByMonth(truth)
  const { values } = truth.numbers('cancelProbability')
  return Float64Array.from(ids, (id, row) => values[rowOf.get(keyOf(id, days![row]!))!]!)
}

/** Returns the row of each customer and month. */
export function rowByMonth(truth: Table): Map<string, number> {
  const { codes, dictionary } = truth.texts('id')
  const months = truth.days('month').values
  return new Map(Array.from(codes, (code, row) => [keyOf(dictionary[code]!, months[row]!), row]))
}

/** Returns the key of a customer and a month in {@link rowByMonth}. */
export function keyOf(id: string, day: number): string {
  return `${id} ${day}`
}
