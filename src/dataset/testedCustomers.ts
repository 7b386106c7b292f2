import { seededRandom, shuffledIndices } from '../base/random.js'
import type { Dataset } from './dataset.js'

/**
 * Returns the customers drawn for the test part: round(testShare × n) of n; stratified, of the churners (who churned in
 * any of their rows) and of the others each.
 */
export function testedCustomers(
  dataset: Dataset,
  testShare: number,
  seed: number,
  stratify: boolean,
): Set<string> {
  const churned = new Map<string, boolean>()
  dataset.ids.forEach((id, row) => {
    churned.set(id, (churned.get(id) ?? false) || dataset.outcome[row] === 1)
  })
  const ids = [...churned.keys()]
  const strata = stratify
    ? [ids.filter((id) => churned.get(id)), ids.filter((id) => !churned.get(id))]
    : [ids]
  const random = seededRandom(seed)
  return new Set(
    strata.flatMap((stratum) => {
      const order = shuffledIndices(stratum.length, random)
      return Array.from(order.subarray(0, Math.round(testShare * stratum.length)), (index) => stratum[index]!)
    }),
  )
}
