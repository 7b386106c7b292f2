import { customersOf } from '../base/customersOf.js'
import { dealCustomers } from '../base/dealCustomers.js'
import { seededRandom } from '../base/random.js'
import type { Dataset } from './dataset.js'

/**
 * Returns 1 for each row whose customer is drawn for the test part: round(testShare × n) of n customers; if stratified,
 * of the churners (churned in any row) and of the others separately.
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
