import { checkArguments } from '../base/arguments.js'
import { operation } from './checkSelection.js'
import { runSelection } from './runSelection.js'
import type { Selection } from './selection.js'
import type { SelectionData } from './selectionData.js'
import type { SelectOptions } from './selectOptions.js'

/**
 * Returns the model to use, chosen by validation among several kinds and options inside a time budget, and trained on
 * all rows; with every candidate's figures and the reason in words.
 *
 * Use it where there is no time to compare by hand. It tries the base rate, logistic regression, forests, boosting with
 * a small random search over its options, and a blend of the best of each (their weighted mean in log odds). What is
 * tried does not depend on the data; the default boosting model is always among it.
 *
 * Successive halving: all candidates on few rows and one fold, the best third of them (and the best of each kind) on
 * more rows, then on all folds, then on folds drawn anew. Of those that reach the last rung it counts as equal all
 * that are not worse than the best by more than one standard error of their difference, fold by fold:
 *
 *     d_f = loss of the candidate − loss of the best, on fold f        equal: mean(d) ≤ sd(d) / √folds
 *
 * in log loss and, of these, in AUC: log loss says whether the probabilities are right, but hardly tells good candidates
 * apart. Of the equals it takes the simplest: it is easier to explain and to run, and what differs by less may be luck.
 * Simpler is: prior, logistic, forest, boosting, blend; within a kind the more penalised, the larger the leaves, the
 * shallower the trees. `rule: 'best'` takes the best in log loss. The weights of the blend are those of least log loss,
 * moved towards those that rank best while log loss stays within a standard error.
 *
 * Where the data have 3 cutoffs or more it validates in time: on each of the last cutoffs, trained on rows with
 * cutoff + gap + horizon ≤ that cutoff. Otherwise on folds, a customer's rows all in one. Rows of weight 0 are left out.
 *
 * `selectionScore` was used to choose and is therefore too good. An honest figure comes from rows that no choice has
 * seen: keep some aside before (`splitRows`, `splitByTime`), or run the whole selection inside a cross-validation or a
 * backtest, `(train) => selectModel(train)`.
 *
 * The same data, seed and finished trials give the same model. A time budget finishes more trials on a faster machine:
 * set `maxTrials` where a run is to be repeated exactly. A candidate is tried only while there is time to train it, and
 * what is the best so far, on all rows afterwards (by the measured time of its trials and a third more): what was tried
 * and is the best is taken, and what was not tried is in `notes`. Candidates that would take more than a quarter of the
 * time left wait for the others. Trainings are stopped at the end of the budget, at their next step: a tree, a Newton
 * step. If the final one is, the model is the one that validation trained on part of the rows; if there was no time to try
 * anything, the base rate. `complete` is false then, and the first note says so.
 *
 * @param data at least 4 churners and 4 others per fold; a `Dataset`, or features and outcomes
 * @param options see {@link SelectOptions}
 * @throws {HoldfastError} `option-invalid`, `option-unknown`, `value-unknown` (a candidate or metric, with the nearest
 *   name), `table-empty`, `length-differs`, `value-not-finite`, `column-type`, `column-duplicate`, `one-class`,
 *   `out-of-range` (too few churners): all at once; `data-changed` for a state of other data or options; `aborted`
 *
 * Up to `budgetSeconds`; some 100 trainings where nothing limits it. Memory: one training, one model of each kind, and 4
 * bytes a row and trial.
 *
 * @example
 * const calls = Array.from({ length: 200 }, (_, row) => row % 10)
 * const data = {
 *   features: { rowCount: 200, columns: [numberColumn('calls', calls)] },
 *   outcome: Uint8Array.from(calls, (count, row) => (count + (row % 7) > 9 ? 1 : 0)),
 * }
 * const selection = await selectModel(data, { candidates: ['prior', 'logistic'], maxTrials: 20 })
 * selection.chosen.learner
 * // => 'logistic'
 *
 * @see Breiman et al. 1984 (one standard error); Jamieson and Talwalkar 2016 (successive halving)
 * @see {@link trainBoosting} for a good model without a search
 */
export async function selectModel(data: SelectionData, options?: SelectOptions): Promise<Selection> {
  checkArguments('selectModel', ['data', data, 'dataset'])
  return runSelection(operation, data, options, () => performance.now())
}
