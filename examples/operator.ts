// The small simulated operator that the examples share: 1,000 people, January to December 2024.
import { type History, openHistory } from 'holdfast'
import { simulateTables } from 'holdfast/simulate'

/** Opens the history of the simulated operator. */
export function openOperator(): Promise<History> {
  const { truth: _, ...tables } = simulateTables({
    customers: 1000,
    months: 12,
    firstMonth: '2024-01',
    seed: 1,
  })
  return openHistory(tables)
}
