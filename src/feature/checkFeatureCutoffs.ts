import type { EpochDay } from '../base/days.js'
import { type Problem, refuse } from '../base/errors.js'
import { lateCutoffProblems } from '../engine/completeUntil.js'
import type { History } from '../engine/history.js'
import { type Cutoffs, isOwn } from '../population/ownCutoffs.js'
import { featureTables } from './checkFeatureRules.js'
import { featureName } from './name/featureName.js'
import type { FeatureRule } from './rule.js'

/**
 * Refuses cutoffs later than a table is complete that the rules read, where the history goes on: its customers would all
 * look as if they had stopped at once. Refuses percentiles of customers with cutoffs of their own, too: on few days there
 * are others to be compared with.
 *
 * @param asked the cutoffs as they were given
 * @param days those that they are
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

/** Returns a problem for each percentile that is asked of customers with cutoffs of their own. */
export function sharedDayProblems(rules: readonly FeatureRule[], cutoffs: Cutoffs): Problem[] {
  const compared = isOwn(cutoffs) ? rules.filter(({ kind }) => kind === 'percentile') : []
  return compared.map((rule) => ({
    code: 'option-invalid',
    parameter: `feature ${featureName(rule)}`,
    rule: 'to be asked as of days that all customers share: it says where one stands among those of the same cutoff',
    wayOut: 'Leave it out, or give the same cutoffs to all.',
  }))
}
