import { z } from 'zod'
import { checkOptions } from '../base/options.js'
import type { BacktestFigures } from '../evaluate/backtest/backtestFigures.js'
import { type EvaluateOptions, evaluateProbabilities } from '../evaluate/evaluate.js'
import type { RetentionOffer } from '../evaluate/profit/retentionOffer.js'
import { precisionRecallCurve } from '../evaluate/ranking/precisionRecallCurve.js'
import { rocCurve } from '../evaluate/ranking/rocCurve.js'
import type { SegmentFigures } from '../evaluate/segment/segment.js'
import { segmentTable } from '../evaluate/segment/segmentTable.js'
import { describeFeature } from '../feature/name/describeFeature.js'
import { featureName } from '../feature/name/featureName.js'
import type { ChurnModel } from '../learn/contract.js'
import { accumulatedLocalEffects } from '../learn/explain/accumulatedLocalEffects.js'
import { contributionImportance } from '../learn/explain/contributionImportance.js'
import { backtestFacts } from './facts/backtestFacts.js'
import { type ReportedData, rowsFacts } from './facts/dataFacts.js'
import { featureFacts } from './facts/featureFacts.js'
import { labelWords } from './facts/labelWords.js'
import { profitFacts } from './facts/profitFacts.js'
import type { CurveFacts, ModelFacts, ReportFacts } from './facts/reportFacts.js'
import { scoreFacts } from './facts/scoreFacts.js'
import { segmentFacts } from './facts/segmentFacts.js'

/** What a report says besides the figures. */
export interface ReportOptions {
  /** Heading of the report. Default: `Churn model report`. */
  readonly title?: string
  readonly author?: string
  /** Date of the report, in any form; the report never looks at the clock. */
  readonly date?: string
  /** What the model predicts, in words, after "predicts": `whether a customer cancels within 30 days`. */
  readonly predicts?: string
  /** What the model is meant for, a whole sentence. */
  readonly intendedUse?: string
  /** Options that the model was trained with, to be named in the model card. */
  readonly modelOptions?: Readonly<Record<string, unknown>>
  /** Limits that only you know, in whole sentences. */
  readonly remarks?: readonly string[]
  /** The training data: counts, and how far the test data lie from it. */
  readonly train?: ReportedData
  /** An offer: the report then tells what the list earns, and where to cut it. */
  readonly offer?: RetentionOffer
  /** Tables by segment. */
  readonly segments?: readonly SegmentFigures[]
  /** A backtest, for the section on time. */
  readonly backtest?: BacktestFigures
  /** Options of the evaluation: top share, threshold, bins, level, resamples, seed. */
  readonly evaluate?: EvaluateOptions
}

/** What a report on a model says besides the figures. */
export interface ModelReportOptions extends ReportOptions {
  /** Columns of the test data to tell the figures by; a pair is crossed: `['contract', ['contract', 'region']]`. */
  readonly segmentsBy?: readonly (string | readonly [string, string])[]
  /** Most features shown by importance. Integer from 0 to 50; 0 leaves the section out. Default 12. */
  readonly importances?: number
  /** Number of features, the most important first, whose effect is shown. Integer from 0 to 24. Default 6. */
  readonly effects?: number
}

/** What a report on predictions says besides the figures. */
export interface PredictionReportOptions extends ReportOptions {
  /** Shape (n), each ≥ 0 and finite; left out = all 1. Weight 2 = the row twice, weight 0 = the row absent. */
  readonly weight?: ArrayLike<number>
}

const objectRule = z.custom<object>((value) => typeof value === 'object' && value !== null, 'to be an object')

const reportOptions = z.strictObject({
  title: z.string().min(1).default('Churn model report'),
  author: z.string().optional(),
  date: z.string().optional(),
  predicts: z.string().optional(),
  intendedUse: z.string().optional(),
  modelOptions: z.record(z.string(), z.unknown()).default({}),
  remarks: z.array(z.string()).default([]),
  train: objectRule.optional(),
  offer: objectRule.optional(),
  segments: z.array(objectRule).default([]),
  backtest: objectRule.optional(),
  evaluate: objectRule.optional(),
})

const modelReportOptions = reportOptions.extend({
  segmentsBy: z
    .array(z.union([z.string(), z.tuple([z.string(), z.string()])]))
    .describe('a list of names of columns, or of pairs of names')
    .default([]),
  importances: z.int().min(0).max(50).default(12),
  effects: z.int().min(0).max(24).default(6),
})

// As many as a picture of 300 pixels can show
const curvePoints = 200

const predictionReportOptions = reportOptions.extend({ weight: objectRule.optional() })

const usualUse =
  'To choose which customers to contact with a retention offer, and in which order. Not to refuse anybody anything.'

/**
 * Returns the facts of a report on a model: how good it is on customers it was not trained on, what its list earns, what
 * moves its predictions, where it is weak, and on what data.
 *
 * The facts are plain JSON. `writeReport` makes the page of them, `reportMarkdown` the text, `writePictures` the
 * pictures; all of them show these facts and compute nothing more. Sections that nothing was given for are left out: no
 * offer, no profit; no segments, no table of them.
 *
 * Take care that `test` is not the data the model was trained on; no report can know.
 *
 * @param model any trained model
 * @param test features and outcomes of other, better of later customers: a `Dataset`, or any `TrainingData`
 * @param options what to add; see {@link ModelReportOptions}
 * @throws {HoldfastError} `feature-missing`, `column-type` from the model; `one-class` if all outcomes are equal;
 *   `option-invalid`, `option-unknown`, and what `evaluate` and `profitCurve` refuse
 *
 * The time of `evaluate`, `contributionImportance` and some `accumulatedLocalEffects`: a few seconds for 10,000 rows.
 *
 * @example
 * const table = tableFrom({ tenure: [1, 34, 2, 45, 3, 50], churn: ['Yes', 'No', 'Yes', 'No', 'No', 'Yes'] })
 * const data = fromFlatTable(table, { label: 'churn' })
 * const facts = modelReport(trainLogistic(data), data, { title: 'Six customers' })
 * facts.data.test
 * // => { rows: 6, churners: 3, baseRate: 0.5, cutoffs: null, fingerprint: data.fingerprint }
 *
 * @see {@link predictionReport} for predictions from elsewhere
 * @see Mitchell et al. (2019), Model Cards for Model Reporting
 */
export function modelReport(
  model: ChurnModel,
  test: ReportedData,
  options?: ModelReportOptions,
): ReportFacts {
  const checked = checkOptions('modelReport', modelReportOptions, options)
  const { importances: shown, effects, segmentsBy, ...common } = checked
  const weighted = test.weight === undefined ? {} : { weight: test.weight }
  const importances = contributionImportance(model, test.features, weighted)
  const strongest = importances.features.filter(({ meanAbsolute }) => meanAbsolute > 0)
  const names = model.features.map(({ name }) => name)
  const probability = model.probability(test.features)
  const tables = segmentsBy.map((by) =>
    segmentTable(probability, test.outcome, test.features, {
      by,
      ...weighted,
      ...(options?.evaluate?.level === undefined ? {} : { level: options.evaluate.level }),
    }),
  )
  const given = { ...common, segments: [...(options?.segments ?? []), ...tables] } as ReportOptions
  return {
    ...commonFacts(probability, test, given, {
      learner: model.learner,
      features: names.length,
    }),
    data: {
      test: rowsFacts(test),
      train: options?.train === undefined ? null : rowsFacts(options.train),
      features: featureFacts(names, test.features, options?.train?.features),
      warnings: warningsOf(test, options?.train),
    },
    importances:
      shown === 0
        ? null
        : { scale: importances.scale, features: names.length, shown: strongest.slice(0, shown) },
    effects: strongest
      .slice(0, effects)
      .map(({ feature }) => accumulatedLocalEffects(model, test.features, feature, weighted)),
    words: Object.fromEntries((test.rules ?? []).map((rule) => [featureName(rule), describeFeature(rule)])),
  }
}

/**
 * Returns the facts of a report on predictions that are already made, whatever made them.
 *
 * The same as `modelReport` without what needs the model: importances, effects, features.
 *
 * @param probability predicted churn, shape (n), each in [0, 1]
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed
 * @throws {HoldfastError} `one-class` if all outcomes are equal; `option-invalid`, `option-unknown`, `length-differs`,
 *   `table-empty`, `value-missing`, `out-of-range`
 *
 * @example
 * const facts = predictionReport([0.9, 0.8, 0.3, 0.1], [1, 0, 1, 0], { title: 'Another model' })
 * facts.importances
 * // => null
 *
 * @see {@link modelReport}
 */
export function predictionReport(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  options?: PredictionReportOptions,
): ReportFacts {
  const { weight: _, ...checked } = checkOptions('predictionReport', predictionReportOptions, options)
  const test: ReportedData = {
    features: { rowCount: outcome.length, columns: [] },
    outcome: Uint8Array.from(outcome),
    ...(options?.weight === undefined ? {} : { weight: Float64Array.from(options.weight) }),
  }
  return {
    ...commonFacts(probability, test, checked as ReportOptions, { learner: null, features: null }),
    data: {
      test: rowsFacts(test),
      train: options?.train === undefined ? null : rowsFacts(options.train),
      features: [],
      warnings: warningsOf(test, options?.train),
    },
    importances: null,
    effects: [],
    words: {},
  }
}

type CommonFacts = Omit<ReportFacts, 'data' | 'importances' | 'effects' | 'words'>

function commonFacts(
  probability: ArrayLike<number>,
  test: ReportedData,
  options: ReportOptions,
  model: Pick<ModelFacts, 'learner' | 'features'>,
): CommonFacts {
  const { outcome, weight } = test
  const weighted = weight === undefined ? {} : { weight }
  const evaluation = evaluateProbabilities(probability, outcome, {
    ...options.evaluate,
    ...weighted,
    ...(model.learner === null ? {} : { name: model.learner }),
  })
  const roc = rocCurve(probability, outcome, { points: curvePoints, ...weighted })
  const precisionRecall = precisionRecallCurve(probability, outcome, { points: curvePoints, ...weighted })
  return {
    format: 'holdfast report',
    version: 1,
    title: options.title!,
    author: options.author ?? null,
    date: options.date ?? null,
    model: { ...model, ...cardWords(test, options) },
    evaluation: JSON.parse(JSON.stringify(evaluation)),
    roc: curveFacts(roc.falsePositiveRate, roc.truePositiveRate),
    precisionRecall: curveFacts(precisionRecall.recall, precisionRecall.precision),
    scores: scoreFacts(probability, test),
    profit:
      options.offer === undefined
        ? null
        : profitFacts({ probability, outcome, ...weighted }, options.offer, evaluation.level),
    segments: (options.segments ?? []).map(segmentFacts),
    backtest: options.backtest === undefined ? null : backtestFacts(options.backtest),
  }
}

function curveFacts(x: Float64Array, y: Float64Array): CurveFacts {
  return { x: [...x], y: [...y] }
}

function cardWords(
  { label }: ReportedData,
  options: ReportOptions,
): Omit<ModelFacts, 'learner' | 'features'> {
  const { predicts, intendedUse = usualUse, modelOptions = {}, remarks = [] } = options
  return {
    options: Object.fromEntries(
      Object.entries(modelOptions).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value)),
      ]),
    ),
    label: predicts ?? labelWords(label),
    window:
      label === null || label === undefined
        ? null
        : { gapDays: label.gapDays, horizonDays: label.horizonDays },
    intendedUse,
    remarks: [...remarks],
  }
}

function warningsOf(test: ReportedData, train: ReportedData | undefined): string[] {
  return [...new Set([...(train?.warnings ?? []), ...(test.warnings ?? [])])]
}
