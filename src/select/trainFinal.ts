import { HoldfastError } from '../base/errors.js'
import { blendModels } from '../learn/blend/blendModels.js'
import type { ChurnModel, TrainControl } from '../learn/contract.js'
import { type Candidate, candidateOf, trainCandidate } from './candidate.js'
import type { Decision } from './decide.js'
import type { TrainedCandidate } from './foldTrainings.js'
import type { SearchResult } from './search.js'
import type { SelectionData } from './selectionData.js'
import type { Chosen } from './selectionFacts.js'
import type { SelectOptions } from './selectOptions.js'
import type { Stopwatch } from './stopwatch.js'
import type { Trial } from './trial.js'

/** What to train on all rows, and why. */
export type Final = Pick<Decision, 'parts' | 'blend' | 'why'> & {
  readonly trial: Pick<Trial, 'name' | 'learner' | 'options'>
}

/** The model of a selection. */
export interface TrainedFinal {
  readonly model: ChurnModel
  readonly chosen: Chosen
  /** Number of training rows. */
  readonly rows: number
  /** What there was no time for; null = nothing. */
  readonly note: string | null
}

/** The base rate, if nothing was tried. */
export function untriedFinal(): Final {
  const candidate = candidateOf('prior', {})
  const why =
    'It is the base rate for all, taken without a comparison: the budget left no time to try anything on these rows. Give a longer one.'
  return { parts: [candidate], blend: null, trial: candidate, why }
}

/**
 * Returns the model, trained on all rows. If time runs out, the training is stopped, and the best model trained on part
 * of the rows is returned; if none was kept (all trials came from a state), the training continues beyond the budget.
 */
export async function trainFinal(
  final: Final,
  { kept }: Pick<SearchResult, 'kept'>,
  data: SelectionData,
  watch: Stopwatch,
  onProgress: SelectOptions['onProgress'],
): Promise<TrainedFinal> {
  const rowCount = data.outcome.length
  const spare = final.parts.flatMap((part) => kept.get(part.learner) ?? [])[0]
  const control = watch.controlFor(
    () => (spare === undefined ? Number.NEGATIVE_INFINITY : 0),
    (progress) => onProgress?.(progress),
  )
  const chosen = chosenOf(final.trial, final.why)
  const models: ChurnModel[] = []
  try {
    for (const part of final.parts) models.push(await trainPart(part, data, control, watch))
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code !== 'aborted') throw error
    watch.refuseAborted()
    if (!control.isLate()) throw error
    return instead(final, models, spare!, rowCount)
  }
  const late = spare === undefined && watch.leftSeconds < 0
  const note = late
    ? `The training of ${chosen.name} took the run ${(-watch.leftSeconds).toFixed(1)} s past its budget.`
    : null
  return { model: asOne(final, models), chosen, rows: rowCount, note }
}

async function trainPart(
  part: Candidate,
  data: SelectionData,
  control: TrainControl,
  watch: Stopwatch,
): Promise<ChurnModel> {
  watch.refuseAborted()
  return trainCandidate(part, data, control)
}

function asOne({ blend }: Final, models: readonly ChurnModel[]): ChurnModel {
  if (blend === null) return models[0]!
  const { weights, intercept, slope } = blend.fit
  return blendModels(
    models.map((model, index) => ({ model, weight: weights[index]! })),
    { intercept, slope },
  )
}

function chosenOf({ name, learner, options }: Final['trial'], why: string): Chosen {
  return { name, learner, options, why }
}

/** The best part of a blend, if it was trained in time; else the best one trained in validation. */
function instead(
  { parts, trial, why }: Final,
  models: readonly ChurnModel[],
  spare: TrainedCandidate,
  rowCount: number,
): TrainedFinal {
  const over = `The time was over before ${trial.name} was trained on all ${rowCount} rows`
  const [whole] = models
  const taken = whole === undefined ? spare.candidate : parts[0]!
  const rows = whole === undefined ? spare.rows : rowCount
  const note = `${over}: the model is ${taken.name}, trained on ${rows} of them${whole === undefined ? ' in validation' : ''}. Give a longer budget.`
  return {
    model: whole ?? spare.model,
    chosen: chosenOf(taken, taken.name === trial.name ? why : note),
    rows,
    note,
  }
}
