import { checkArguments } from '../base/arguments.js'
import { operation } from './checkSelection.js'
import { runSelection } from './runSelection.js'
import type { Selection } from './selection.js'
import type { SelectionData } from './selectionData.js'
import type { SelectOptions } from './selectOptions.js'

/**
 * Returns a model chosen by validation among several kinds and options within a time budget, trained on all rows; with
 * every candidate's figures and the reason in words.
 *
 * Use it instead of comparing by hand. It tries the base rate, logistic regression, forests, boosting with a small
 * random search over its options, and a blend of the best of each (their weighted mean in log odds). The candidates do
 * not depend on the data; the default boosting model is always among them.
 *
 * Successive halving: all candidates on few rows and one fold, the best third of them (and the best of each kind) on
 * more rows, then on all folds, then on repeated folds. On the last rung, candidates count as equal if they are not
 * worse than the best by more than one standard error of their difference, fold by fold:
 *
 *     d_f = loss of the candidate − loss of the best, on fold f        equal: mean(d) ≤ sd(d) / √folds
 *
 * in log loss and then in AUC: log loss says whether the probabilities are right, but hardly separates good candidates.
 * Among equals it takes the simplest, which is easier to explain and to run; smaller differences may be luck. The order
 * of simplicity is prior, logistic, forest, boosting, blend; within a kind stronger penalties, larger leaves, shallower
 * trees. `rule: 'best'` takes the best in log loss. The blend has the weights of least log loss, moved towards those
 * that rank best while log loss stays within a standard error.
 *
 * With 3 cutoffs or more it validates in time: on each of the last cutoffs, trained on rows with cutoff + gap + horizon
 * ≤ that cutoff. Otherwise it uses folds, with all rows of a customer in one. Rows of weight 0 are left out.
 *
 * `selectionScore` was used to choose and is therefore too good. For an honest figure keep rows aside beforehand
 * (`splitRows`, `splitByTime`), or run the whole selection inside a cross-validation or backtest,
 * `(train) => selectModel(train)`.
 *
 * The same data, seed and finished trials give the same model. A faster machine finishes more trials in a time budget:
 * set `maxTrials` for a run that can be repeated exactly. A candidate is tried only if enough time is left to train it,
 * and the best so far, on all rows afterwards (estimated from its trials, plus a third). What was not tried is listed
 * in `notes`. Candidates that would take more than a quarter of the time left wait for the others. At the end of the
 * budget, trainings stop at their next step (a tree, a Newton step). If that is the final one, the model is the one
 * that validation trained on part of the rows, or the base rate if nothing was tried; `complete` is then false, and the
 * first note says so.
 *
 * @param data at least 4 churners and 4 others per fold; a `Dataset`, or features and outcomes
 * @param options see {@link SelectOptions}
 * @throws {HoldfastError} `option-invalid`, `option-unknown`, `value-unknown` (a candidate or metric, with the nearest
 * name), `table-empty`, `length-differs`, `value-not-finite`, `column-type`, `column-duplicate`, `one-class`,
 * `out-of-range` (too few churners): all at once; `data-changed` for a state from other data or options; `aborted`
 *
 * Up to `budgetSeconds`; about 100 trainings without a limit. Memory: one training, one model of each kind, and 4 bytes
 * per row and trial.
 *
 * @example
 * import { numberColumn } from 'holdfast/tables'
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
