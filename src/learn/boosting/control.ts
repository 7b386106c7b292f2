import { isPlainObject } from '../../base/arguments.js'
import { closestWord, type Problem } from '../../base/errors.js'
import { ownValue } from '../../base/ownValue.js'
import type { TrainControl, TrainingData } from '../contract.js'
import type { BoostingModel } from './model.js'
import type { ValidationMetric } from './validation.js'

/** Watching and stopping a training of boosted trees, and what it may lean on beside its rows. */
export interface BoostingControl extends TrainControl {
  /**
   * Rows that say when to stop, instead of inner folds; the model is trained on the others only. With `prior` they are
   * predicted at their own share of churners.
   */
  readonly validation?: TrainingData
  /** What is to be best on the validation rows, and in which direction. Default: log loss. */
  readonly metric?: ValidationMetric
  /**
   * A model to go on from: its trees stay, new ones correct it. Trained on the same features. Where its `baseRate` is not
   * the share of churners in these rows, it is first moved to it. Where it was trained on these rows, or nobody knows on
   * which, the rows that say how many trees are added look too good: few are added, its probabilities are not made surer,
   * and `notes` say so.
   */
  readonly startFrom?: BoostingModel
  /** What an abort does: `throw` an error (default), or `keep` the trees so far as the model. */
  readonly onAbort?: 'throw' | 'keep'
}

const names: Readonly<Record<keyof BoostingControl, true>> = {
  onProgress: true,
  signal: true,
  validation: true,
  metric: true,
  startFrom: true,
  onAbort: true,
}

/** Returns what is wrong with a control, beside its rows: a name that is misspelled would be left out in silence. */
export function controlProblems(control: BoostingControl): Problem[] {
  const known = Object.keys(names)
  const misspelled = Object.keys(control).flatMap((name): Problem[] => {
    const close = known.includes(name) ? undefined : closestWord(name, known)
    if (close === undefined) return []
    const rule = `to be one of ${known.join(', ')}`
    return [{ code: 'option-unknown', parameter: name, rule, wayOut: `Did you mean ${close}?` }]
  })
  const { metric, onAbort, validation } = control
  return [
    ...misspelled,
    ...(onAbort === undefined ? [] : wordProblems('onAbort', onAbort, ['throw', 'keep'])),
    ...(metric === undefined ? [] : metricProblems(metric)),
    ...(metric === undefined || validation !== undefined ? [] : [metricWithoutRows]),
  ]
}

const metricWithoutRows: Problem = {
  code: 'option-invalid',
  parameter: 'metric',
  rule: 'to come with validation: rows on which it is looked at',
  wayOut: 'Give validation: rows that are kept from the training.',
}

/** A direction that is left out or misspelled would be taken for the other one. */
function metricProblems(metric: unknown): Problem[] {
  const wayOut = "Name the direction: { better: 'higher', value: rocAuc }."
  const problem = { code: 'option-invalid', wayOut } as const
  if (!isPlainObject(metric)) {
    return [{ ...problem, parameter: 'metric', rule: 'to be { better, value }', received: metric }]
  }
  const given = metric as Readonly<Record<string, unknown>>
  const [better, value] = [ownValue(given, 'better'), ownValue(given, 'value')]
  const unknown = Object.keys(given).filter((name) => name !== 'better' && name !== 'value')
  return [
    ...unknown.map(
      (name): Problem => ({
        ...problem,
        code: 'option-unknown',
        parameter: `metric.${name}`,
        rule: 'to be one of better, value',
      }),
    ),
    ...wordProblems('metric.better', better, ['higher', 'lower'], wayOut),
    ...(typeof value === 'function'
      ? []
      : [{ ...problem, parameter: 'metric.value', rule: 'to be a function', received: value }]),
  ]
}

function wordProblems(
  parameter: string,
  received: unknown,
  words: readonly string[],
  otherwise = 'Leave it out.',
): Problem[] {
  if (words.includes(received as string)) return []
  const close = typeof received === 'string' ? closestWord(received, words) : undefined
  const rule = `to be one of ${words.map((word) => JSON.stringify(word)).join(', ')}`
  const wayOut = close === undefined ? otherwise : `Did you mean ${JSON.stringify(close)}?`
  return [{ code: 'option-invalid', parameter, rule, received, wayOut }]
}
