import { checkArguments } from '../../base/arguments.js'
import { customerProblems } from '../../base/customerProblems.js'
import { HoldfastError, inNameOf, type Problem } from '../../base/errors.js'
import type { ChurnModel, TrainingData } from '../../learn/contract.js'
import type { TemporalData } from './temporalData.js'

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
