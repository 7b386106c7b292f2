import * as z from 'zod'
import { callbackRule, groupsRule, seedRule, signalRule } from '../base/sharedRules.js'
import type { MetricName } from '../evaluate/metrics.js'
import type { Progress } from '../learn/contract.js'
import type { CandidateChoice, FamilyName } from './candidate.js'
import type { SelectionRule } from './chooseTrial.js'
import type { SelectionState } from './selectionState.js'

/** Options of `selectModel`. */
export interface SelectOptions {
  /**
   * Total wall-clock time, including the training of the final model. Seconds, above 0. Default 60; unlimited if
   * `maxTrials` is given. The number of trials it allows depends on the machine.
   */
  readonly budgetSeconds?: number | undefined
  /** Most trials, as a limit that is the same on every machine. Integer ≥ 1. Default: no limit. */
  readonly maxTrials?: number | undefined
  /**
   * What to try: kinds of models (`prior`, `logistic`, `forest`, `boosting`, `blend`), or learners with your options
   * (`{ learner: 'boosting', options: { maxDepth: 2 } }`). Default: all kinds, each with a small search.
   */
  readonly candidates?: readonly (FamilyName | CandidateChoice)[] | undefined
  /**
   * How to validate. `time`: on the last cutoffs, trained on rows whose outcome was known before; `folds`: every row is
   * predicted by models that have not seen it. Default: `time` with at least 3 cutoffs.
   */
  readonly validation?: 'time' | 'folds' | undefined
  /** Folds; with `time`, most cutoffs to validate on. Integer in [2, 20]. Default 5. */
  readonly folds?: number | undefined
  /** Repeats of the folds for the finalists. Integer in [1, 10]. Default: 8,000 / rows, in [1, 4]. */
  readonly repeats?: number | undefined
  /** Shape (rows): rows of one group are in one fold. Default: the customers, if the data name them. */
  readonly groups?: ArrayLike<string | number> | undefined
  /**
   * Metrics to optimise; the first counts most, see `rule`. Default `['logLoss', 'rocAuc']`: right probabilities first,
   * then the ranking.
   */
  readonly metric?: MetricName | readonly MetricName[] | undefined
  /**
   * `one-standard-error`: the simplest of those that are equal in every metric, that is, not worse than the best by
   * more than the standard error of their paired difference, fold by fold. `best`: the best, however small the
   * difference. Default `one-standard-error`.
   */
  readonly rule?: SelectionRule | undefined
  /** Seed of folds, draws and trainings. Any 32-bit integer. Default 1. */
  readonly seed?: number | undefined
  /** Called after each training, and within a long one. */
  readonly onProgress?: ((progress: Progress) => void) | undefined
  /** Called after each trial with all that is known so far, as plain JSON: save it, and pass it to `resume`. */
  readonly onState?: ((state: SelectionState) => void) | undefined
  /** Continues from a state of the same data and options; what it contains is not trained again. */
  readonly resume?: SelectionState | undefined
  /** Stops the selection; an abort throws `aborted`. */
  readonly signal?: AbortSignal | undefined
}

/** Rules and defaults of {@link SelectOptions}. */
export const selectOptions = z.strictObject({
  budgetSeconds: z.number().gt(0).optional(),
  maxTrials: z.int().min(1).optional(),
  candidates: z
    .array(
      z.union([
        z.string(),
        z.strictObject({ learner: z.string(), options: z.record(z.string(), z.unknown()).optional() }),
      ]),
    )
    .min(1)
    .describe('a list of kinds of models, or of { learner, options }')
    .optional(),
  validation: z.enum(['time', 'folds']).optional(),
  folds: z.int().min(2).max(20).default(5),
  repeats: z.int().min(1).max(10).optional(),
  groups: groupsRule,
  metric: z.union([z.string(), z.array(z.string()).min(1)]).default(['logLoss', 'rocAuc']),
  rule: z.enum(['one-standard-error', 'best']).default('one-standard-error'),
  seed: seedRule,
  onProgress: callbackRule<(progress: Progress) => void>(),
  onState: callbackRule<(state: SelectionState) => void>(),
  resume: z.unknown().optional(),
  signal: signalRule,
})
