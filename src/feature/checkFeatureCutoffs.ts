import type { EpochDay } from '../base/days.js'
import { refuse } from '../base/errors.js'
import { lateCutoffProblems } from '../engine/completeUntil.js'
import type { History } from '../engine/history.js'
import { featureTables } from './checkFeatureRules.js'
import type { FeatureRule } from './rule.js'

/**
 * Refuses cutoffs later than a table is complete that the rules read, where the history goes on: its customers would all
 * look as if they had stopped at once.
 *
 * @throws {HoldfastError} `window-open`
 */
export function checkFeatureCutoffs(
  operation: string,
  rules: readonly FeatureRule[],
  cutoffs: readonly EpochDay[],
  history: Pick<History, 'completeUntil' | 'completeUntilByTable'>,
): void {
  refuse(operation, lateCutoffProblems(history, featureTables(rules), cutoffs, 'features'))
}
