import { type EpochDay, formatDay } from '../base/days.js'
import { type Problem, refuse } from '../base/errors.js'
import { completeUntilOf } from '../engine/completeUntil.js'
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
  const problems = featureTables(rules).flatMap((table): Problem[] => {
    const until = completeUntilOf(history, [table])
    const late = cutoffs.filter((cutoff) => cutoff > until)
    if (until === history.completeUntil || late[0] === undefined) return []
    return [
      {
        code: 'window-open',
        parameter: 'cutoffs',
        rule: `to be at most ${formatDay(until)} for features of ${table}, which is not complete from that day on`,
        received: formatDay(late[0]),
        count: late.length,
        wayOut: `Use earlier cutoffs, leave out the features of ${table}, or give openHistory completeUntil: { ${table}: … } where it is complete.`,
      },
    ]
  })
  refuse(operation, problems)
}
