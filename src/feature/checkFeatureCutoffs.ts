import type { EpochDay } from '../base/days.js'
import { type Problem, refuse } from '../base/errors.js'
import { lateCutoffProblems } from '../engine/completeUntil.js'
import type { History } from '../engine/history.js'
import { type Cutoffs, isOwn } from '../population/ownCutoffs.js'
import { featureTables } from './checkFeatureRules.js'
import { featureName } from './name/featureName.js'
import type { FeatureRule } from './rule.js'

/**
 * Refuses cutoffs after the day up to which a table is complete, if the history goes on beyond it: all customers would
 * seem to have stopped at once. Also refuses percentiles for customers with cutoffs of their own: on most days there is
 * nobody to compare them with.
 *
 * @param asked the cutoffs as given
 * @param days the days that they stand for
 * @throws {HoldfastError} `window-open`, `option-invalid`
 */
export function checkFeatureCutoffs(
  operation: string,
  rules: readonly FeatureRule[],
  asked: Cutoffs,
  days: readonly EpochDay[],
  history: Pick<History, 'completeUntil' | 'completeUntilByTable'>,
): void {
  refuse(operation, [
    ...lateCutoffProblems(history, featureTables(rules), days, 'features'),
    ...sharedDayProblems(rules, asked),
  ])
}

/** Returns a problem for each percentile asked of customers with cutoffs of their own. */
export function sharedDayProblems(rules: readonly FeatureRule[], cutoffs: Cutoffs): Problem[] {
  const compared = isOwn(cutoffs) ? rules.filter(({ kind }) => kind === 'percentile') : []
  return compared.map((rule) => ({
    code: 'option-invalid',
    parameter: `feature ${featureName(rule)}`,
    rule: 'to be asked as of days that all customers share: it says where one stands among those of the same cutoff',
    wayOut: 'Leave it out, or give the same cutoffs to all.',
  }))
}
