import { customersOf } from '../base/customersOf.js'
import { dealCustomers } from '../base/dealCustomers.js'
import { seededRandom } from '../base/random.js'
import type { Dataset } from './dataset.js'

/**
 * Returns 1 for each row whose customer is drawn for the test part: round(testShare × n) customers of n; stratified, of the
 * churners (who churned in any of their rows) and of the others each.
 */
export function testedRows(
  { ids, features, outcome }: Dataset,
  testShare: number,
  seed: number,
  stratified: boolean,
): Int32Array {
  const { customerOf } = customersOf(features, ids)
  return dealCustomers(
    { customerOf, outcome },
    ({ place, of }) => Number(place < Math.round(testShare * of)),
    seededRandom(seed),
    { stratified, order: 'apart' },
  )
}
