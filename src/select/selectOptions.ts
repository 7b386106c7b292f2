import { z } from 'zod'
import { callbackRule, groupsRule, seedRule, signalRule } from '../base/sharedRules.js'
import type { MetricName } from '../evaluate/metrics.js'
import type { Progress } from '../learn/contract.js'
import type { CandidateChoice, FamilyName } from './candidate.js'
import type { SelectionRule } from './chooseTrial.js'
import type { SelectionState } from './selectionState.js'

/** How a model is chosen. All are optional. */
export interface SelectOptions {
  /**
   * Time in all, the training of the final model too; wall clock. Seconds, above 0. Default 60; without limit where
   * `maxTrials` is given. How many trials it is enough for depends on the machine.
   */
  readonly budgetSeconds?: number | undefined
  /** Trials at most, instead of a time: the same on every machine. Integer ≥ 1. Default: no limit. */
  readonly maxTrials?: number | undefined
  /**
   * What is tried: kinds of models (`prior`, `logistic`, `forest`, `boosting`, `blend`), or learners with options of your
   * own (`{ learner: 'boosting', options: { maxDepth: 2 } }`). Default: all kinds, each with a small search.
   */
  readonly candidates?: readonly (FamilyName | CandidateChoice)[] | undefined
  /**
   * How candidates are validated. `time`: on the last cutoffs, trained on rows whose outcome was known before; `folds`:
   * every row is predicted by models that have not seen it. Default: `time` where the data have at least 3 cutoffs.
   */
  readonly validation?: 'time' | 'folds' | undefined
  /** Folds; with `time`, cutoffs that are validated on at most. Integer in [2, 20]. Default 5. */
  readonly folds?: number | undefined
  /** Times that the finalists are validated on folds drawn anew. Integer in [1, 10]. Default: 8,000 / rows, in [1, 4]. */
  readonly repeats?: number | undefined
  /** Shape (rows): rows of one group are in one fold. Default: the customers, where the data name them. */
  readonly groups?: ArrayLike<string | number> | undefined
  /**
   * What is to be best; the first counts most, see `rule`. Default `['logLoss', 'rocAuc']`: right probabilities first, then
   * the order of the list.
   */
  readonly metric?: MetricName | readonly MetricName[] | undefined
  /**
   * `one-standard-error`: the simplest of those that are equal in every metric, which are those not worse than the best
   * of them by more than the standard error of their paired difference, fold by fold. `best`: no difference is forgiven.
   * Default `one-standard-error`.
   */
  readonly rule?: SelectionRule | undefined
  /** Seed of folds, draws and trainings. Any 32-bit integer. Default 1. */
  readonly seed?: number | undefined
  /** Called after each training, and within a long one. */
  readonly onProgress?: ((progress: Progress) => void) | undefined
  /** Called after each trial with all that is known so far, plain JSON data: write it to a file, and hand it to `resume`. */
  readonly onState?: ((state: SelectionState) => void) | undefined
  /** Goes on from a state of the same data and options; what it knows is not trained again. */
  readonly resume?: SelectionState | undefined
  /** Stops it; an abort throws `aborted`. */
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
