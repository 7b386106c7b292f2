import { checkArguments } from '../base/arguments.js'
import { joinedMatrix } from '../feature/joinFeatures.js'
import type { CustomerFeatures } from '../feature/sql/featureMatrix.js'
import { type Dataset, datasetOf, partsOf } from './dataset.js'

/**
 * Returns the dataset with further columns, joined by id and cutoff.
 *
 * For columns that no feature rule computes, such as `circleFeatures`. They must be known before each cutoff, which
 * cannot be checked here. Rows that they lack are missing. `rules` stay those of the other columns, so `scoreHistory`
 * cannot compute them: join them to `featureMatrix` with `joinFeatures`, and score the rows.
 *
 * @throws {HoldfastError} `column-duplicate`, `duplicate-id`; `option-invalid` for a dataset without cutoffs
 *
 * O(rows × further columns).
 *
 * @example
 * import { callingCircle, circleFeatures, tenure } from 'holdfast/features'
 * const history = await openHistory({
 *   customers: [
 *     { id: 'A', activatedAt: '2024-01-15', cancelledAt: '2025-04-20' },
 *     { id: 'B', activatedAt: '2024-06-01', cancelledAt: null },
 *   ],
 *   calls: [
 *     { from: 'A', to: 'B', day: '2025-02-10', minutes: 6 },
 *     { from: 'B', to: '555-0100', day: '2025-05-31', minutes: 3 },
 *   ],
 * })
 * const plan = churnPlan({ label: cancelled(), features: [tenure()], cutoffs: ['2025-04-01'] })
 * const circles = await circleFeatures(history, callingCircle(), plan)
 * const dataset = withFeatures(await buildDataset(history, plan), circles)
 * await history.close()
 * datasetToTable(dataset).select(['id', 'tenure_months', 'circle_3m_in_network', 'outcome']).rows()
 * // => [
 * //   { id: 'A', tenure_months: 14, circle_3m_in_network: 1, outcome: 1 },
 * //   { id: 'B', tenure_months: 10, circle_3m_in_network: 1, outcome: 0 },
 * // ]
 */
export function withFeatures(dataset: Dataset, added: CustomerFeatures): Dataset {
  checkArguments('withFeatures', ['dataset', dataset, 'dataset'], ['added', added, 'customerFeatures'])
  return datasetOf({ ...partsOf(dataset), features: joinedMatrix('withFeatures', dataset, added) })
}
