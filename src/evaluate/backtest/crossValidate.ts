import { mean, sampleStandardDeviation } from 'simple-statistics'
import { checkArguments } from '../../base/arguments.js'
import { customerProblems } from '../../base/customerProblems.js'
import { customersOf } from '../../base/customersOf.js'
import { dealCustomers } from '../../base/dealCustomers.js'
import { type Problem, refuse } from '../../base/errors.js'
import { groupNumbers } from '../../base/groupNumbers.js'
import { checkOptions } from '../../base/options.js'
import { seededRandom } from '../../base/random.js'
import type { TrainingData } from '../../learn/contract.js'
import { overlapOf } from '../../learn/trainedRows.js'
import { metricsProblems } from '../measureRows.js'
import type { MetricName } from '../metrics.js'
import { CrossValidation, type CrossValidationFold, type OverFolds } from './crossValidationResult.js'
import { FoldPredictions, measureFold, type TestedRows } from './foldPredictions.js'
import {
  betweenFolds,
  oneClassNote,
  predictionsOf,
  rowsProblems,
  type TemporalData,
  type Train,
  takeTemporalRows,
} from './runFolds.js'
import {
  type CheckedCrossValidation,
  type CrossValidateOptions,
  crossValidateOptions,
} from './validationOptions.js'

const operation = 'crossValidate'

/**
 * Returns how good models are on rows that they were not trained on, each row predicted by a model of the other folds.
 *
 * For flat tables, which have no time. Where rows have cutoffs use `backtest`: folds would mix months, the models would
 * learn from the weeks that they are tested on, and the figures would be too good.
 *
 * All rows of a customer go to one fold; without ids, rows count as one customer's if far more are identical than
 * chance allows, and a note says so. Folds are dealt out at random by seed, stratified by who churned in any row, or
 * are those of `foldOf`. `train` is given training rows only: whatever it chooses from them — options, by an inner
 * validation, a model by a search — was chosen without the test rows. Nested selection is to choose inside `train`.
 *
 * `overFolds` is mean ± standard deviation of the folds' figures; folds share training rows, so it is no standard
 * error. `pooled` takes all predictions as one list, with bootstrap intervals by customer; it ranks rows of several
 * models together and is therefore often a little worse than the mean of the folds.
 *
 * @param data features and outcomes; with `ids` the rows of a customer stay together: a `Dataset`
 * @param train gives a model for the rows it is given; may be asynchronous
 * @returns folds, their mean and spread, pooled figures, and every prediction with its row
 * @throws {HoldfastError} `option-invalid`, `option-unknown`, `length-differs`, `table-empty`, `out-of-range`: all at once,
 *   before any training; `aborted` by the signal; whatever `train` throws
 *
 * folds × repeats trainings, then O(resamples · rows) time; O(rows · repeats) memory and a copy of the training rows.
 *
 * @example
 * import { numberColumn } from 'holdfast/tables'
 * const calls = numberColumn('calls', [0, 1, 0, 2, 6, 7, 5, 8])
 * const data = { features: { rowCount: 8, columns: [calls] }, outcome: Uint8Array.of(0, 0, 0, 0, 1, 1, 1, 1) }
 * const result = await crossValidate(data, (rows) => trainLogistic(rows), { foldOf: [0, 1, 0, 1, 0, 1, 0, 1], metrics: ['rocAuc'] })
 * result.overFolds.rocAuc
 * // => { mean: 1, standardDeviation: 0, folds: 2 }
 *
 * @see Cawley and Talbot (2010), On over-fitting in model selection, Journal of Machine Learning Research 11
 * @see {@link backtest} for rows with cutoffs
 */
export async function crossValidate(
  data: TrainingData & Partial<Pick<TemporalData, 'cutoffs' | 'label'>>,
  train: Train,
  options: CrossValidateOptions = {},
): Promise<CrossValidation> {
  checkArguments('crossValidate', ['data', data, 'dataset'], ['train', train, 'function'])
  const checked = checkOptions(operation, crossValidateOptions, options)
  const given = Object.keys(options).filter((name) => ['folds', 'repeats', 'stratified'].includes(name))
  refuse(operation, [
    ...rowsProblems(data, train),
    ...metricsProblems(checked.metrics),
    ...listProblems(data.outcome.length, checked, given),
  ])
  const rows = temporalRows(data)
  const { customers, customerOf, note } = customersOfRows(rows, data, checked)
  refuse(operation, foldCountProblems(customerOf, checked))
  const draws = foldsOfDraws(customerOf, data.outcome, checked)
  const predictions = new FoldPredictions(rows, customers)
  const folds: CrossValidationFold[] = []
  let seen = 0
  const total = draws.reduce((sum, foldOf) => sum + foldNumbers(foldOf).length, 0)
  for (const [repeat, foldOf] of draws.entries()) {
    for (const fold of foldNumbers(foldOf)) {
      await betweenFolds(operation, checked.signal)
      const measured = await runFold(rows, train, { foldOf, fold, customers }, checked)
      if (measured.isSeen) seen++
      if (measured.probability !== null)
        predictions.add(folds.length, measured.testRows, measured.probability)
      folds.push({ repeat, fold, ...measured.measurement })
      checked.onProgress?.({ step: `fold ${fold}`, done: folds.length, total })
    }
  }
  return new CrossValidation({
    folds,
    overFolds: Object.fromEntries(checked.metrics.map((name) => [name, overFolds(folds, name)])),
    ...predictions.pooled(checked),
    level: checked.level,
    notes: [
      ...(note === null ? [] : [note]),
      ...notesOn(rows, customerOf, draws, seen === 0 ? '' : `${seen} of ${folds.length}`),
    ],
  })
}

async function runFold(
  rows: TemporalData,
  train: Train,
  { foldOf, fold, customers }: { foldOf: Int32Array; fold: number; customers: ArrayLike<string | number> },
  { signal, groups, ...rule }: CheckedCrossValidation,
) {
  const all = Int32Array.from(foldOf, (_, row) => row)
  const trainRows = all.filter((row) => foldOf[row] !== fold)
  const testRows = all.filter((row) => foldOf[row] === fold)
  const test = takeTemporalRows(rows, testRows)
  const note = oneClassNote(rows.outcome, trainRows)
  const measured = (tested: TestedRows | string) => ({
    trainRows: trainRows.length,
    ...measureFold(test, tested, rule).measurement,
  })
  if (note !== null) return { measurement: measured(note), testRows, probability: null, isSeen: false }
  const training = takeTemporalRows(rows, trainRows)
  const owned = groups === undefined ? training : { ...training, ids: textsOf(groups, trainRows) }
  const model = await train(owned, signal === undefined ? {} : { signal })
  const probability = predictionsOf(operation, model, test)
  const measurement = measured({ probability, customers: Array.from(testRows, (row) => customers[row]!) })
  const isSeen = overlapOf(model, test.features)?.isOverlap === true
  return { measurement, testRows, probability, isSeen }
}

/** Whose the rows are: as the option says, else the ids, else by rows that are identical. */
function customersOfRows(
  rows: TemporalData,
  data: TrainingData,
  { groups }: CheckedCrossValidation,
): { customers: ArrayLike<string | number>; customerOf: Int32Array; note: string | null } {
  if (groups !== undefined) return { customers: groups, customerOf: groupNumbers(groups), note: null }
  const { customerOf, note } = customersOf(data.features, data.ids)
  const own = customerOf ?? groupNumbers(rows.ids)
  return { customers: note === null ? rows.ids : own, customerOf: own, note }
}

function textsOf(groups: ArrayLike<string | number>, rows: Int32Array): string[] {
  return Array.from(rows, (row) => String(groups[row]))
}

/** The rows with the numbers of the rows as customers where there are none. */
function temporalRows(data: Parameters<typeof crossValidate>[0]): TemporalData {
  const { features, outcome, weight } = data
  return {
    features,
    outcome,
    ...(weight === undefined ? {} : { weight }),
    ids: Array.from(data.ids ?? outcome.keys(), String),
    cutoffs: data.cutoffs ?? null,
    label: data.label ?? null,
  }
}

/** Folds differ by one customer at most: those without a churner go on where the others end. */
function foldsOfDraws(
  customerOf: Int32Array,
  outcome: Uint8Array,
  options: CheckedCrossValidation,
): Int32Array[] {
  if (options.foldOf !== undefined) return [Int32Array.from(options.foldOf)]
  const random = seededRandom(options.seed)
  return Array.from({ length: options.repeats }, (_, repeat) =>
    dealCustomers(
      { customerOf, outcome },
      ({ place, before }) => (before + place) % options.folds,
      random.fork(repeat),
      { stratified: options.stratified, order: 'apart' },
    ),
  )
}

function foldNumbers(foldOf: Int32Array): number[] {
  return [...new Set(foldOf)].sort((a, b) => a - b)
}

function overFolds(folds: readonly CrossValidationFold[], metric: MetricName): OverFolds | null {
  const values = folds.flatMap(({ figures }) => (figures[metric] == null ? [] : [figures[metric].value]))
  if (values.length === 0) return null
  return {
    mean: mean(values),
    standardDeviation: values.length === 1 ? null : sampleStandardDeviation(values),
    folds: values.length,
  }
}

function listProblems(
  rows: number,
  { groups, foldOf }: CheckedCrossValidation,
  given: readonly string[],
): Problem[] {
  const ofGroups = groups === undefined ? [] : customerProblems('groups', groups, rows)
  if (foldOf === undefined) return ofGroups
  const numbers = Array.from(foldOf)
  const wrong = numbers.findIndex((fold) => !Number.isInteger(fold) || fold < 0)
  const problems = given.map(
    (parameter): Problem => ({
      code: 'option-invalid',
      parameter,
      rule: 'to be left out where foldOf says which fold tests each row',
    }),
  )
  const parameter = 'foldOf'
  if (numbers.length !== rows) {
    const rule = `to have one value per row (${rows})`
    problems.unshift({ code: 'length-differs', parameter, rule, received: numbers.length })
  }
  if (wrong !== -1) {
    const place = { row: wrong + 1 }
    const rule = 'to be integers of at least 0'
    problems.push({ code: 'out-of-range', parameter, rule, received: numbers[wrong], place })
  }
  if (new Set(numbers).size < 2)
    problems.push({ code: 'option-invalid', parameter, rule: 'to name at least two folds' })
  return [...ofGroups, ...problems]
}

function foldCountProblems(groups: Int32Array, { foldOf, folds }: CheckedCrossValidation): Problem[] {
  const count = new Set(groups).size
  if (foldOf !== undefined || count >= folds) return []
  return [
    {
      code: 'out-of-range',
      parameter: 'folds',
      rule: `to be at most the number of groups (${count})`,
      received: folds,
      wayOut: 'Rows of one customer go to one fold: use fewer folds or more customers.',
    },
  ]
}

function notesOn(
  { cutoffs }: TemporalData,
  customerOf: Int32Array,
  draws: readonly Int32Array[],
  seen: string,
): string[] {
  const foldOfCustomer = new Map<number, number>()
  const split = new Set<number>()
  customerOf.forEach((customer, row) => {
    const fold = draws[0]![row]!
    if ((foldOfCustomer.get(customer) ?? fold) !== fold) split.add(customer)
    foldOfCustomer.set(customer, fold)
  })
  const notes = [
    seen !== '' &&
      `In ${seen} folds the model was trained on rows that it was tested on: what train returned has seen rows that it ` +
        'was not given, such as those of a model that it continues from. The figures are too good.',
    cutoffs !== null &&
      'The rows have cutoffs and the folds mix them: the figures are too good. Use backtest.',
    split.size > 0 &&
      `${split.size} customers have rows in several folds: models were tested on customers they were trained on.`,
  ]
  return notes.filter((note) => note !== false)
}
