import { checkArguments } from '../../base/arguments.js'
import { customerProblems } from '../../base/customerProblems.js'
import type { Days, EpochDay, Months } from '../../base/days.js'
import { HoldfastError, inNameOf, type Problem } from '../../base/errors.js'
import { takeRows, takeValues } from '../../base/matrix.js'
import { windowAfter } from '../../base/windows.js'
import type { ChurnModel, TrainControl, TrainingData } from '../../learn/contract.js'

/** How long after a cutoff its outcome is known. */
export interface OutcomeSpan {
  /** Days between cutoff and outcome window. */
  readonly gapDays: Days
  /** Length of the outcome window; of a horizon in months, the longest. */
  readonly horizonDays: Days
  /** The label's rule: with it, a horizon in months ends on the day of each cutoff's own calendar. */
  readonly rule?: { readonly horizon: { readonly days: Days } | { readonly months: Months } }
}

/** Training data that knows whose rows they are and as of when. A `Dataset` is one. */
export interface TemporalData extends TrainingData {
  /** Customer of each row. */
  readonly ids: readonly string[]
  /** Cutoff of each row; null for a flat table. */
  readonly cutoffs: Int32Array | null
  /** There where each customer has cutoffs of their own: figures over time are then by month. */
  readonly ownCutoffs?: object
  /** Null for a flat table. */
  readonly label: OutcomeSpan | null
  /** Time zone in which instants of the history had their day; left out = UTC. */
  readonly timeZone?: string
}

/**
 * Trains a model on the rows it is given. Whatever is chosen inside — options, features, a learner, a calibration — is
 * chosen from those rows alone, so the figures of the test rows were never used to choose.
 */
export type Train = (data: TemporalData, control: TrainControl) => ChurnModel | Promise<ChurnModel>

/** Returns the first day on which the outcome of a cutoff is known: the end of its outcome window. */
export function outcomeEnd(label: OutcomeSpan, cutoff: EpochDay): EpochDay {
  return windowAfter(cutoff, label.gapDays, label.rule?.horizon ?? { days: label.horizonDays }).end
}

/** Returns the data with only the given rows, in their order. Copies. */
export function takeTemporalRows(data: TemporalData, rows: ArrayLike<number>): TemporalData {
  return {
    ids: Array.from(rows, (row) => data.ids[row]!),
    cutoffs: data.cutoffs === null ? null : takeValues(data.cutoffs, rows),
    features: takeRows(data.features, rows),
    outcome: takeValues(data.outcome, rows),
    ...(data.weight === undefined ? {} : { weight: takeValues(data.weight, rows) }),
    label: data.label,
    ...(data.ownCutoffs === undefined ? {} : { ownCutoffs: data.ownCutoffs }),
  }
}

/** Lets the process do other work, so that a timer or a request can abort. @throws {HoldfastError} `aborted` */
export async function betweenFolds(operation: string, signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve))
  if (signal?.aborted !== true) return
  throw new HoldfastError(
    operation,
    [
      {
        code: 'aborted',
        parameter: 'the validation',
        rule: 'to run to its end, but its signal was aborted',
        wayOut: 'Call it again without aborting; onFold has been given the folds that are done.',
      },
    ],
    { cause: signal.reason },
  )
}

/** Returns what is wrong with the rows of training data and with `train`, before any training. */
export function rowsProblems(
  data: TrainingData & Partial<Pick<TemporalData, 'cutoffs'>>,
  train: unknown,
): Problem[] {
  const rows = data.outcome.length
  const lengths = {
    'data.features': data.features.rowCount,
    'data.ids': data.ids?.length,
    'data.cutoffs': data.cutoffs?.length,
    'data.weight': data.weight?.length,
  }
  const isOutcome = (value: number): boolean => value === 0 || value === 1
  const wrong = data.outcome.findIndex((value) => !isOutcome(value))
  return [
    ...(typeof train === 'function'
      ? []
      : [problem('option-invalid', 'train', 'to be a function that returns a model', train)]),
    ...(rows === 0 ? [problem('table-empty', 'data', 'to have at least one row', 0)] : []),
    ...Object.entries(lengths)
      .filter(([, length]) => length !== undefined && length !== rows)
      .map(([parameter, length]) =>
        problem('length-differs', parameter, `to have one value per outcome (${rows})`, length),
      ),
    ...(data.ids?.length === rows ? customerProblems('data.ids', data.ids, rows) : []),
    ...(wrong === -1
      ? []
      : [
          {
            ...problem(
              'out-of-range',
              'data.outcome',
              'to be 1 (churned) or 0 (stayed)',
              data.outcome[wrong],
            ),
            place: { row: wrong + 1 },
          },
        ]),
  ]
}

function problem(code: Problem['code'], parameter: string, rule: string, received: unknown): Problem {
  return { code, parameter, rule, received }
}

/** Returns the predictions of the test rows. @throws {HoldfastError} if `train` returned no model, or one without probabilities */
export function predictionsOf(operation: string, model: ChurnModel, data: TrainingData): Float64Array {
  checkArguments(operation, ['what train returned', model, 'model'])
  const probability = inNameOf(operation, () => model.probability(data.features))
  const wrong = probability.findIndex((p) => !(p >= 0 && p <= 1))
  if (probability.length === data.outcome.length && wrong === -1) return probability
  const rule = `to return a model that gives ${data.outcome.length} probabilities in [0, 1]`
  const received = wrong === -1 ? `${probability.length} of them` : probability[wrong]
  throw new HoldfastError(operation, [problem('value-type', 'train', rule, received)])
}

/** Returns why nothing can be learned from rows of one outcome, or null where there are both. */
export function oneClassNote(outcome: Uint8Array, rows: ArrayLike<number>): string | null {
  let churners = 0
  for (let index = 0; index < rows.length; index++) churners += outcome[rows[index]!]!
  if (churners > 0 && churners < rows.length) return null
  return `all ${rows.length} rows to train on ${churners === 0 ? 'stayed' : 'churned'}`
}
