import * as z from 'zod'
import { checkArguments } from '../base/arguments.js'
import { customerProblems } from '../base/customerProblems.js'
import { customersOf, hasSeveralRows } from '../base/customersOf.js'
import { inNameOf, type Problem, refuse } from '../base/errors.js'
import { checkOptions } from '../base/options.js'
import type { ChurnModel, TrainingData } from '../learn/contract.js'
import { calibrationCurveOf } from './calibration/calibrationCurve.js'
import { calibrationLineOf, lineProblem } from './calibration/calibrationLine.js'
import {
  type Binning,
  calibrationErrorOf,
  calibrationOptions,
  calibrationTableOf,
  maximumCalibrationErrorOf,
} from './calibration/calibrationTable.js'
import { brierDecompositionOf, wronglyCertain } from './calibration/probabilityScores.js'
import { binsOfCustomers, countCustomers, liftRowsOfCustomers } from './customersOfParts.js'
import { Evaluation, type EvaluationFigures } from './evaluation.js'
import { headlineFigures } from './headlineFigures.js'
import {
  bootstrapIntervals,
  type RankedRows,
  type ResampledMetric,
  resampledMetric,
} from './interval/bootstrapInterval.js'
import {
  type BootstrapOptions,
  bootstrapOptions,
  groupProblems,
  resampleCount,
} from './interval/bootstrapOptions.js'
import { contactSavingsOf } from './ranking/contactsForSameCatch.js'
import { gainsCurveOf, precisionRecallCurveOf, rocCurveOf } from './ranking/rankingCurves.js'
import { liftOf, liftTableOf, lowestInTop } from './ranking/topOfList.js'
import { checkOutcomes, probabilityRule, shareRule, type WeightOptions } from './rows/checkedOutcomes.js'
import type { RankedOutcomes } from './rows/rankedOutcomes.js'
import { customersInTop } from './rows/rankedOutcomes.js'
import { confusionOf, matthewsCorrelationOf } from './threshold/confusion.js'
import { trainedRowNotes } from './trainedRowNotes.js'

/** How a model is evaluated. */
export interface EvaluateOptions extends Omit<BootstrapOptions, 'weight'> {
  /** Name for the printed table. Default: that of the learner, as `boosting`; of probabilities, none. */
  readonly name?: string
  /** Part of the customers that can be contacted, in (0, 1]. Default 0.1. Lift and threshold follow from it. */
  readonly topShare?: number
  /** Customers from this probability upwards are contacted, in [0, 1]. Default: the lowest in the top share. */
  readonly threshold?: number
  /** Bins of calibration table and error. Integer ≥ 1. Default 10. */
  readonly bins?: number
  /** Binning of calibration table and error. Default `equal-width`. */
  readonly binning?: Binning
}

/** How predictions that are already made are evaluated. */
export interface EvaluateProbabilitiesOptions extends EvaluateOptions, WeightOptions {}

/** Rules and defaults of {@link EvaluateOptions}. */
export const evaluateOptions = bootstrapOptions.extend({
  bins: calibrationOptions.shape.bins,
  binning: calibrationOptions.shape.binning,
  topShare: shareRule.default(0.1),
  threshold: probabilityRule.optional(),
  name: z.string().optional(),
})

/** The weights are those of the data. */
const evaluateModelOptions = evaluateOptions.omit({ weight: true })

/** Span of the calibration curve, its default. */
const defaultSpan = 0.75

type CheckedOptions = z.output<typeof evaluateOptions>

/** With fewer churners (or stayers) the evaluation warns that it can say little. */
const fewCustomers = 30

/**
 * Returns how good the predictions of a model are on customers it was not trained on.
 *
 * Print it, or read its fields. The data must be later than the training data, or at least of other customers: on its
 * own training rows every model looks better than it is. Rows that the model was trained on, or that chose its number
 * of trees, are recognised by fingerprint, and `notes` say how many there are, or that it cannot be told. This works
 * for models trained in this process, for files of `saveModel` and for scorers saved with their training data; of models of other
 * libraries, and of older files, `notes` say that it is not known.
 *
 * AUC, Gini, KS, average precision, log loss, Brier score and lift come with bootstrap intervals (see
 * `bootstrapInterval`), all from the same resamples; if ids repeat, or far more rows are identical than chance allows
 * (`notes` say so), whole customers are drawn and counts are of rows. Calibration has none: resampling biases it
 * upwards. Limits lie where the figure can be, and a perfect ranking of few customers has a wide interval. Figures that are not defined for the data are null, and `notes` says why; it also warns of fewer than 30
 * churners.
 *
 * @param model any trained model
 * @param data features and outcomes: a `Dataset`, weighted or not
 * @throws {HoldfastError} `feature-missing`, `column-type` from the model; `one-class` if all outcomes are equal;
 *   `option-invalid`, `option-unknown`, `table-empty`: all at once
 *
 * Predicting, one sort, then O(resamples · n) time: 10,000 customers take about 0.2 s, 100,000 about 3; O(n) memory.
 *
 * @example
 * import { trainPrior } from 'holdfast/models'
 * import { tableFrom } from 'holdfast/tables'
 * const table = tableFrom({ tenure: [1, 34, 2, 45], churn: ['Yes', 'No', 'Yes', 'No'] })
 * const data = fromFlatTable(table, { label: 'churn' })
 * evaluate(trainPrior(data), data).rocAuc.value   // the base rate for all ranks nobody
 * // => 0.5
 *
 * @see {@link evaluateProbabilities} for predictions from elsewhere
 */
export function evaluate(model: ChurnModel, data: TrainingData, options?: EvaluateOptions): Evaluation {
  checkArguments('evaluate', ['model', model, 'model'], ['data', data, 'dataset'])
  checkOptions('evaluate', evaluateModelOptions, options)
  const probability = inNameOf('evaluate', () => model.probability(data.features))
  const owned = options?.groups === undefined ? customersWithSeveralRows('evaluate', data) : ownGroups
  const full = {
    ...owned.groups,
    name: model.learner,
    ...options,
    ...(data.weight === undefined ? {} : { weight: data.weight }),
  }
  const notes = [...trainedRowNotes(model, data.features), ...owned.notes, ...cutoffNotes(data)]
  return evaluation('evaluate', probability, data.outcome, full, notes)
}

/** Says that rows of several days are taken together, of which most customers may be there more than once. */
function cutoffNotes(data: TrainingData & { readonly cutoffs?: ArrayLike<number> | null }): string[] {
  const days = new Set(Array.from(data.cutoffs ?? []))
  if (days.size < 2) return []
  const customers = new Set(Array.from(data.ids ?? [])).size
  const rows = data.outcome.length
  return [
    `The ${rows} rows are of ${days.size} cutoffs and ${customers} customers: a customer counts once for each cutoff, and the figures ` +
      'hold for a list of all cutoffs together. For one at a time, backtest.',
  ]
}

/** Which rows are drawn together, as an option, and what was noticed. */
interface OwnedRows {
  readonly groups: Pick<EvaluateOptions, 'groups'>
  readonly notes: readonly string[]
}

/** Each row is a customer. */
const ownGroups: OwnedRows = { groups: {}, notes: [] }

/**
 * Returns which rows belong together: several rows of a customer, or copies of a row, tell less than as many different
 * customers.
 */
export function customersWithSeveralRows(
  operation: string,
  { features, ids, outcome }: TrainingData,
): OwnedRows {
  refuse(operation, ids === undefined ? [] : customerProblems('ids', ids, outcome.length))
  if (features.rowCount !== outcome.length) return ownGroups
  const { customerOf, note } = customersOf(features, ids)
  // By their ids, so that draws do not depend on the order of rows.
  const groups = note === null && ids !== undefined ? ids : customerOf
  return {
    groups: customerOf === null || groups === null ? {} : { groups },
    notes: note === null ? [] : [note],
  }
}

/** Returns counts of customers instead of rows if some customers have several rows. */
function countsOfCustomers(
  counts: Pick<EvaluationFigures, 'customers' | 'calibration' | 'liftTable'>,
  probability: ArrayLike<number>,
  { groups, weight, binning }: CheckedOptions,
): typeof counts {
  if (groups === undefined || !hasSeveralRows(groups)) return counts
  const rows = { probability, groups, weight }
  return {
    customers: countCustomers(rows, Array.from(groups).keys()),
    calibration: binsOfCustomers(counts.calibration, binning, rows),
    liftTable: liftRowsOfCustomers(counts.liftTable, rows),
  }
}

/**
 * Returns how good predicted probabilities are, whatever made them.
 *
 * The same as `evaluate`, for predictions that are at hand.
 *
 * @param probability predicted churn, shape (n), each in [0, 1]
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed
 * @throws {HoldfastError} `one-class` if all outcomes are equal; `option-invalid`, `option-unknown`,
 *   `length-differs`, `table-empty`, `value-missing`, `out-of-range`: all at once
 *
 * One sort, then O(resamples · n) time; O(n) memory.
 *
 * @example
 * evaluateProbabilities([0.9, 0.8, 0.3, 0.1], [1, 0, 1, 0]).rocAuc.value
 * // => 0.75
 *
 * @see {@link evaluate}
 */
export function evaluateProbabilities(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  options?: EvaluateProbabilitiesOptions,
): Evaluation {
  return evaluation('evaluateProbabilities', probability, outcome, options)
}

function evaluation(
  operation: string,
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  options: EvaluateProbabilitiesOptions | undefined,
  notes: readonly string[] = [],
): Evaluation {
  const { ranked, checked } = checkOutcomes(operation, evaluateOptions, probability, outcome, options)
  refuse(operation, groupProblems(checked.groups, outcome, checked.weight))
  const { topShare, bins, binning } = checked
  const line = lineProblem(ranked)
  const figures = headline({ probability, outcome, weight: checked.weight, ranked }, checked)
  const threshold = checked.threshold ?? lowestInTop(ranked, customersInTop(ranked, topShare))
  const calibration = calibrationTableOf(ranked, bins, binning)
  const parts = Math.max(1, Math.min(10, Math.floor(ranked.wholeWeights ? ranked.customers : 10)))
  const counts = { customers: ranked.customers, calibration, liftTable: liftTableOf(ranked, parts) }
  return new Evaluation({
    name: checked.name ?? null,
    ...countsOfCustomers(counts, probability, checked),
    rows: ranked.customers,
    churners: ranked.churners,
    baseRate: ranked.churners / ranked.customers,
    level: checked.level,
    resamples: resampleCount(checked, ranked),
    ...figures,
    topShare,
    bins,
    binning,
    brierDecomposition: brierDecompositionOf(ranked, bins, binning),
    calibrationError: calibrationErrorOf(ranked, bins, binning),
    maximumCalibrationError: maximumCalibrationErrorOf(ranked, bins, binning),
    calibrationLine: line === null ? calibrationLineOf(ranked) : null,
    calibrationCurve: calibrationCurveOf(ranked, defaultSpan),
    gains: gainsCurveOf(ranked, 100),
    rocCurve: rocCurveOf(ranked, 100),
    precisionRecallCurve: precisionRecallCurveOf(ranked, 100),
    confusion: confusionOf(ranked, threshold),
    matthewsCorrelation: matthewsCorrelationOf(ranked, threshold),
    halfOfChurners: contactSavingsOf(ranked, { caughtShare: 0.5 }),
    notes: [...notes, ...notesOn(outcome, checked, ranked, line, figures.logLoss !== null)],
  })
}

function headline(
  rows: RankedRows,
  checked: CheckedOptions,
): Pick<
  Evaluation,
  'rocAuc' | 'gini' | 'kolmogorovSmirnov' | 'averagePrecision' | 'brierScore' | 'lift' | 'logLoss'
> {
  const { topShare } = checked
  const always: ResampledMetric[] = [
    resampledMetric('rocAuc'),
    resampledMetric('averagePrecision'),
    resampledMetric('brierScore'),
    { ...resampledMetric('liftAt'), ofRanked: (ranked) => liftOf(ranked, topShare) },
    resampledMetric('kolmogorovSmirnov'),
  ]
  const asked = wronglyCertain(rows.ranked) === 0 ? [...always, resampledMetric('logLoss')] : always
  const [rocAuc, averagePrecision, brierScore, lift, kolmogorovSmirnov, logLoss] = bootstrapIntervals(
    rows,
    asked,
    checked,
    headlineFigures(rows.ranked, topShare),
  )
  const gini = (auc: number): number => 2 * auc - 1
  return {
    rocAuc: rocAuc!,
    // A rising function of the AUC: its limits are those of the AUC.
    gini: { value: gini(rocAuc!.value), lower: gini(rocAuc!.lower), upper: gini(rocAuc!.upper) },
    kolmogorovSmirnov: kolmogorovSmirnov!,
    averagePrecision: averagePrecision!,
    brierScore: brierScore!,
    lift: lift!,
    logLoss: Number.isFinite(logLoss?.upper) ? logLoss! : null,
  }
}

/** Returns how many customers have a row that stayed, and how many one that churned. */
function customersOfOutcome(
  outcome: ArrayLike<number>,
  groups: ArrayLike<string | number> | undefined,
  weight: ArrayLike<number> | undefined,
): [stayed: number, churned: number] {
  const counts: [number, number] = [0, 0]
  const whose = [new Set(), new Set()] as const
  for (let row = 0; row < outcome.length; row++) {
    if (weight?.[row] === 0) continue
    const kind = outcome[row] as 0 | 1
    if (groups === undefined) counts[kind]++
    else whose[kind].add(groups[row])
  }
  return groups === undefined ? counts : [whose[0].size, whose[1].size]
}

function notesOn(
  outcome: ArrayLike<number>,
  { groups, weight }: CheckedOptions,
  ranked: RankedOutcomes,
  line: Problem | null,
  hasLogLoss: boolean,
): string[] {
  const counts = customersOfOutcome(outcome, groups, weight)
  const unit = groups !== undefined && hasSeveralRows(groups) ? 'rows' : 'customers'
  const few = (count: number, who: string): string[] =>
    count >= fewCustomers
      ? []
      : [
          `Only ${count} ${who}: too few to tell a good model from a bad one, and the intervals are rough ` +
            `guesses themselves. Evaluate on at least ${fewCustomers}, better some hundred.`,
        ]
  return [
    ...few(counts[1], counts[1] === 1 ? 'churner' : 'churners'),
    ...few(counts[0], counts[0] === 1 ? 'customer who stayed' : 'customers who stayed'),
    ...(hasLogLoss
      ? []
      : [
          wronglyCertain(ranked) > 0
            ? `Log loss is infinite: ${wronglyCertain(ranked)} ${unit} were predicted with certainty (0 or 1) and wrongly.`
            : `No log loss: ${unit} were predicted with certainty (0 or 1). All of them rightly, but a single wrong one makes it infinite.`,
        ]),
    ...(line === null ? [] : [`No calibration line: the method expects probability ${line.rule}.`]),
  ]
}
