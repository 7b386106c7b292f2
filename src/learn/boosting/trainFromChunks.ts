import { checkArguments } from '../../base/arguments.js'
import { inNameOf, refuse } from '../../base/errors.js'
import { checkOptions } from '../../base/options.js'
import { logit } from '../../base/statistics.js'
import { storeChunks } from '../chunks/storeChunks.js'
import { type ChunkSurvey, surveyChunks } from '../chunks/surveyChunks.js'
import type { TrainingChunks } from '../contract.js'
import { refuseAborted, stepDone } from '../control.js'
import { pausing } from '../pauses.js'
import { rememberingTrained } from '../trainedRows.js'
import { BoostingRun, categoriesOf, choosesByFolds, seenByControl, startTeam } from './boostingRun.js'
import { type BoostingControl, controlProblems } from './control.js'
import type { BoostingModel } from './model.js'
import { namesProblems } from './namedColumns.js'
import { type BoostingOptions, boostingOptions, type CheckedBoostingOptions } from './options.js'

const operation = 'trainBoostingFromChunks'

/**
 * Returns the model that `trainBoosting` would return of all the rows, to the bit, without holding them: they come in
 * chunks and are kept as codes of one byte.
 *
 * Use it where the rows do not fit into memory as numbers; where they do, `trainBoosting` reads them once and is
 * faster. `flatChunks` makes chunks of a file or of a query.
 *
 * The chunks are gone through twice. The first time says the edges of bins (of a sample of rows: up to 131,072 all, of
 * more at least half as many, spread evenly), the categories and the base rate; the second time the rows become codes.
 * How the rows are cut into chunks does not matter, their order does as in `trainBoosting`. All options work, and all
 * of `control`; rows to validate on are given as a whole.
 *
 * Every value is checked, and a row in an error message counts from the first chunk. Between chunks and between trees
 * the process does other work. A text column may hold at most 250,000 different texts.
 *
 * @param chunks see {@link TrainingChunks}; at least one row of either class in all
 * @param options see {@link BoostingOptions}
 * @param control progress once a chunk and once a tree, a signal to stop, and more; see {@link BoostingControl}
 * @throws {HoldfastError} as `trainBoosting`, the promise is rejected; `column-missing` where chunks differ in their
 *   columns; `data-changed` where the second reading gives other rows than the first
 *
 * Twice the time of reading, then the time of `trainBoosting`. Peak memory, none of it on the JavaScript heap: 2 bytes a
 * row and feature, 40 bytes a row (52 with weights, 8 more with `startFrom`), 1.2 MB a feature for the sample, and one
 * chunk; at most 4 GiB of it in the kernels. On the heap: the texts of text columns, once each.
 *
 * @example
 * import { numberColumn } from 'holdfast/tables'
 * const chunk = (calls: number[], outcome: number[]) => ({
 *   features: { rowCount: calls.length, columns: [numberColumn('calls', calls)] },
 *   outcome: Uint8Array.from(outcome),
 * })
 * const chunks = [chunk([0, 1, 0, 2], [0, 0, 0, 0]), chunk([6, 7, 5, 8], [1, 1, 1, 1])]
 * const model = await trainBoostingFromChunks(chunks, { minHessianPerLeaf: 0, rowShare: 1 })
 * model.probability(chunks[1]!.features)[3]! > 0.8
 * // => true
 *
 * @see {@link trainBoosting} for what is trained
 */
export async function trainBoostingFromChunks(
  chunks: TrainingChunks,
  options?: BoostingOptions,
  control: BoostingControl = {},
): Promise<BoostingModel> {
  checkArguments('trainBoostingFromChunks', ['chunks', chunks, 'chunks'])
  const checked = checkOptions(operation, boostingOptions, options)
  refuse(operation, controlProblems(control))
  refuseAborted(operation, control)
  const survey = await surveyChunks(operation, chunks, control, choosesByFolds(checked, control))
  refuse(operation, namesProblems(checked, survey.sample, control.startFrom?.features))
  stepDone(operation, control, 'sample', 1, 1)
  return inNameOf(operation, () => trainSurveyed(checked, survey, chunks, control))
}

async function trainSurveyed(
  options: CheckedBoostingOptions,
  survey: ChunkSurvey,
  chunks: TrainingChunks,
  control: BoostingControl,
): Promise<BoostingModel> {
  const { rowCount, sample, totalWeight, baseRate, customers } = survey
  const { startFrom } = control
  const team = startTeam(operation, options, { rowCount, columns: sample.columns })
  try {
    team.ready()
    const storing = {
      maxBins: options.maxBins,
      categories: categoriesOf(startFrom),
      startOf: startFrom === undefined ? logit(baseRate) : startFrom.margin.bind(startFrom),
    }
    const { stored, ...rows } = await storeChunks(team, survey, chunks, storing, control)
    const seen = seenByControl(sample, options, control)
    const run = new BoostingRun({ ...rows, options, totalWeight, baseRate, customers, ...seen }, control)
    const model = await pausing(run.train(team, stored))
    return rememberingTrained(model, survey.trained, options.earlyStopping ? control : { startFrom })
  } finally {
    team.stop()
  }
}
