// `holdfast/metrics`: each metric on its own, intervals and comparisons, and the types of evaluations.

export { populationStability, type Stability } from '../base/stability.js'

export type { Backtest, BacktestData, BacktestFigures } from '../evaluate/backtest/backtestResult.js'
export type {
  BacktestComparison,
  CompareBacktestsOptions,
  ComparedFold,
} from '../evaluate/backtest/compareBacktests.js'
export type {
  CrossValidation,
  CrossValidationData,
  CrossValidationFigures,
  CrossValidationFold,
  OverFolds,
} from '../evaluate/backtest/crossValidationResult.js'
export type { MetricDrift } from '../evaluate/backtest/drift.js'
export type {
  BacktestFold,
  DriftName,
  FoldMeasurement,
  PooledFigures,
  PredictedRows,
} from '../evaluate/backtest/foldPredictions.js'
export type { OutcomeSpan, TemporalData, Train } from '../evaluate/backtest/runFolds.js'
export type {
  BacktestOptions,
  CrossValidateOptions,
  MeasureOptions,
} from '../evaluate/backtest/validationOptions.js'
export {
  type CalibrationCurve,
  type CalibrationCurveOptions,
  calibrationCurve,
  integratedCalibrationIndex,
} from '../evaluate/calibration/calibrationCurve.js'
export { type CalibrationLine, calibrationLine } from '../evaluate/calibration/calibrationLine.js'
export {
  type Binning,
  type CalibrationBin,
  type CalibrationOptions,
  calibrationError,
  calibrationTable,
  maximumCalibrationError,
} from '../evaluate/calibration/calibrationTable.js'
export {
  type BrierDecomposition,
  type BrierDecompositionOptions,
  brierDecomposition,
  brierScore,
  type LogLossOptions,
  logLoss,
} from '../evaluate/calibration/probabilityScores.js'
export type { EvaluateOptions, EvaluateProbabilitiesOptions } from '../evaluate/evaluate.js'
export type { EvaluationData, EvaluationFigures } from '../evaluate/evaluation.js'
export { bootstrapInterval, type Interval } from '../evaluate/interval/bootstrapInterval.js'
export type {
  BootstrapOptions,
  GroupOptions,
  ResampleOptions,
} from '../evaluate/interval/bootstrapOptions.js'
export {
  type CompareFoldsOptions,
  compareFolds,
  type FoldComparison,
} from '../evaluate/interval/compareFolds.js'
export type { CompareOptions } from '../evaluate/interval/compareModels.js'
export {
  type DelongInterval,
  type DelongOptions,
  delongInterval,
} from '../evaluate/interval/delongInterval.js'
export { type Evidence, type EvidenceOptions, enoughChurners } from '../evaluate/interval/enoughChurners.js'
export {
  intervalByWeights,
  type WeightedFigure,
  type WeightedResampleOptions,
} from '../evaluate/interval/intervalByWeights.js'
export type { ModelComparison } from '../evaluate/interval/modelComparison.js'
export type { FiguresByMetric } from '../evaluate/measureRows.js'
export { type MetricName, metricNames, type RankedMetric } from '../evaluate/metrics.js'
export { averagePrecision, giniCoefficient, kolmogorovSmirnov, rocAuc } from '../evaluate/ranking/ranking.js'
export {
  type GainsCurve,
  type GainsOptions,
  gainsCurve,
  type PrecisionRecallCurve,
  precisionRecallCurve,
  type RocCurve,
  rocCurve,
  type ThresholdCurveOptions,
} from '../evaluate/ranking/rankingCurves.js'
export {
  type LiftRow,
  type LiftTableOptions,
  liftAt,
  liftTable,
  precisionAt,
  recallAt,
  type ShareMetric,
} from '../evaluate/ranking/topOfList.js'
export type { OutcomeMetric, WeightOptions } from '../evaluate/rows/checkedOutcomes.js'
export type { RankedOutcomes } from '../evaluate/rows/rankedOutcomes.js'
export type {
  AttributeColumn,
  Attributes,
  AttributeValues,
  TruthColumn,
} from '../evaluate/segment/attributes.js'
export type { SegmentOptions } from '../evaluate/segment/segmentTable.js'
export type {
  Segment,
  SegmentFigures,
  SegmentTable,
  WorstSegment,
} from '../evaluate/segment/segmentTableResult.js'
export type {
  CensoringOptions,
  FollowUpMetric,
  FollowUpSample,
} from '../evaluate/survival/checkedFollowUps.js'
export { concordance, type UnoConcordanceOptions, unoConcordance } from '../evaluate/survival/concordance.js'
export { type TimeDependentAuc, timeDependentAuc } from '../evaluate/survival/timeDependentAuc.js'
export {
  type Confusion,
  confusionAt,
  type FBetaOptions,
  fBeta,
  matthewsCorrelation,
  type ThresholdMetric,
} from '../evaluate/threshold/confusion.js'
export type { PredictedBy } from '../evaluate/trainedRowNotes.js'
export type { TreatmentMetric, TreatmentOptions } from '../evaluate/uplift/treatment.js'
export { type GainCurve, qiniCurve, upliftCurve } from '../evaluate/uplift/upliftCurves.js'
export {
  areaUnderUplift,
  qiniCoefficient,
  type UpliftAreaOptions,
  upliftAtShare,
} from '../evaluate/uplift/upliftFigures.js'
