import { checkArguments } from '../base/arguments.js'
import { inNameOf } from '../base/errors.js'
import { checkOptions } from '../base/options.js'
import {
  customersWithSeveralRows,
  type EvaluateOptions,
  evaluateProbabilities,
} from '../evaluate/evaluate.js'
import { precisionRecallCurve, rocCurve } from '../evaluate/ranking/rankingCurves.js'
import { checkOutcomes, weightOptions } from '../evaluate/rows/checkedOutcomes.js'
import { segmentTable } from '../evaluate/segment/segmentTable.js'
import { describeFeature } from '../feature/name/describeFeature.js'
import { featureName } from '../feature/name/featureName.js'
import type { ChurnModel } from '../learn/contract.js'
import { accumulatedLocalEffects } from '../learn/explain/accumulatedLocalEffects.js'
import { contributionImportance } from '../learn/explain/contributionImportance.js'
import {
  areTrainingRows,
  knownRowsOf,
  overlapOf,
  overlapWith,
  type RowOverlap,
  trainedRowsOf,
} from '../learn/trainedRows.js'
import { backtestFacts } from './facts/backtestFacts.js'
import { type ReportedData, rowsFacts } from './facts/dataFacts.js'
import { featureFacts } from './facts/featureFacts.js'
import { labelWords } from './facts/labelWords.js'
import { profitFacts } from './facts/profitFacts.js'
import type { CurveFacts, ModelFacts, ReportFacts } from './facts/reportFacts.js'
import { scoreFacts } from './facts/scoreFacts.js'
import { segmentFacts } from './facts/segmentFacts.js'
import {
  type ModelReportOptions,
  modelReportOptions,
  type PredictionReportOptions,
  predictionReportOptions,
  type ReportOptions,
} from './reportOptions.js'

// More than a picture of 300 pixels can resolve is not needed
const curvePoints = 200

const usualUse =
  'To choose which customers to contact with a retention offer, and in which order. Not to refuse anybody anything.'

/**
 * Returns the facts of a report on a model: how good it is on customers it was not trained on, what its list earns,
 * what drives its predictions, where it is weak, and on what data.
 *
 * The facts are plain JSON. `writeReport` turns them into a page, `reportMarkdown` into text, `writePictures` into
 * pictures; all of these show the facts and compute nothing more. Sections without input are left out: no offer, no
 * profit; no segments, no table of them.
 *
 * If an id of `test` occurs more than once, for example at several cutoffs, all ranges are for whole customers, and
 * counts are of rows and say so; for predictions from elsewhere, `evaluate: { groups }` names the customer of each row.
 *
 * `test` must not be the data the model was trained on. A model that was just trained, or that of a scorer with its
 * training data, knows its training rows: the report says how many there are, which rows of `test` are among them, and
 * whether `train` has other rows. For models that do not know them, `train` decides; without it the report says that it
 * is not known.
 *
 * @param model any trained model
 * @param test features and outcomes of other customers, preferably later ones: a `Dataset`, or any `TrainingData`
 * @param options what to add; see {@link ModelReportOptions}
 * @throws {HoldfastError} `feature-missing`, `column-type` from the model; `one-class` if all outcomes are equal;
 *   `option-invalid`, `option-unknown`, and what `evaluate` and `profitCurve` refuse
 *
 * The time of `evaluate`, `contributionImportance` and some `accumulatedLocalEffects`: a few seconds for 10,000 rows.
 *
 * @example
 * import { tableFrom } from 'holdfast/tables'
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
  checkArguments('modelReport', ['model', model, 'model'], ['test', test, 'dataset'])
  const checked = checkOptions('modelReport', modelReportOptions, options)
  const { importances: shown, effects, segmentsBy, ...common } = checked
  const weighted = test.weight === undefined ? {} : { weight: test.weight }
  const importances = inNameOf('modelReport', () => contributionImportance(model, test.features, weighted))
  const strongest = importances.features.filter(({ meanAbsolute }) => meanAbsolute > 0)
  const names = model.features.map(({ name }) => name)
  const probability = inNameOf('modelReport', () => model.probability(test.features))
  const groups = options?.evaluate?.groups
  const owned =
    groups === undefined ? customersWithSeveralRows('modelReport', test) : { groups: { groups }, notes: [] }
  const tables = segmentsBy.map((by) =>
    inNameOf('modelReport', () =>
      segmentTable(probability, test.outcome, test.features, {
        by,
        ...weighted,
        ...owned.groups,
        ...(options?.evaluate?.level === undefined ? {} : { level: options.evaluate.level }),
      }),
    ),
  )
  const given = {
    ...common,
    evaluate: { ...options?.evaluate, ...owned.groups },
    segments: [...(options?.segments ?? []), ...tables],
  } as ReportOptions
  const train = options?.train
  const known = knownRowsOf(model)
  const isGiven = train === undefined ? null : areTrainingRows(known, train)
  const facts = inNameOf('modelReport', () =>
    commonFacts(probability, test, given, { learner: model.learner, features: names.length }),
  )
  return {
    ...facts,
    evaluation: { ...facts.evaluation, notes: [...owned.notes, ...facts.evaluation.notes] },
    data: {
      test: rowsFacts(test),
      seen: seenRows(model, test, isGiven === false ? undefined : train),
      training: known.training === null ? null : { rows: known.training.rows, isGiven },
      train: train === undefined ? null : rowsFacts(train),
      features: featureFacts(names, test.features, train?.features),
      warnings: warningsOf(test, train),
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
 * Returns the facts of a report on existing predictions, whatever made them.
 *
 * The same as `modelReport` without the parts that need the model: importances, effects, features.
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
  const weighted = options?.weight === undefined ? {} : { weight: options.weight }
  checkOutcomes('predictionReport', weightOptions, probability, outcome, weighted)
  const test: ReportedData = {
    features: { rowCount: outcome.length, columns: [] },
    outcome: Uint8Array.from(outcome),
    ...(options?.weight === undefined ? {} : { weight: Float64Array.from(options.weight) }),
  }
  const given = { ...checked, evaluate: options?.evaluate } as ReportOptions
  return {
    ...inNameOf('predictionReport', () =>
      commonFacts(probability, test, given, { learner: null, features: null }),
    ),
    data: {
      test: rowsFacts(test),
      seen: null,
      training: null,
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
        : profitFacts(
            { probability, outcome, ...weighted, ...groupsOf(options) },
            options.offer,
            evaluation.level,
          ),
    segments: (options.segments ?? []).map((table) => segmentFacts(table, evaluation)),
    backtest: options.backtest === undefined ? null : backtestFacts(options.backtest),
  }
}

function groupsOf({ evaluate }: ReportOptions): Pick<EvaluateOptions, 'groups'> {
  return evaluate?.groups === undefined ? {} : { groups: evaluate.groups }
}

function curveFacts(x: Float64Array, y: Float64Array): CurveFacts {
  return { x: [...x], y: [...y] }
}

function cardWords(test: ReportedData, options: ReportOptions): Omit<ModelFacts, 'learner' | 'features'> {
  const { label } = test
  const { predicts, intendedUse = usualUse, modelOptions = {}, remarks = [] } = options
  return {
    options: Object.fromEntries(
      Object.entries(modelOptions).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value)),
      ]),
    ),
    label: predicts ?? labelWords(test),
    window:
      label === null || label === undefined
        ? null
        : { gapDays: label.gapDays, horizonDays: label.horizonDays },
    intendedUse,
    remarks: [...remarks],
  }
}

/** Which of the rows the model has seen: by what the model knows, otherwise by the given training rows. */
function seenRows(model: ChurnModel, test: ReportedData, train: ReportedData | undefined): RowOverlap | null {
  const ofModel = overlapOf(model, test.features)
  if (train === undefined || ofModel !== null) return ofModel
  const names = model.features.map(({ name }) => name)
  const rows = trainedRowsOf(train, names, '')
  return rows === null ? null : overlapWith(rows, test.features)
}

function warningsOf(test: ReportedData, train: ReportedData | undefined): string[] {
  return [...new Set([...(train?.warnings ?? []), ...(test.warnings ?? [])])]
}
