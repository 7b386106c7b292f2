// The whole public surface of `holdfast`, in the order of the work. Scoring alone: `holdfast/score`.

export { Bitmap } from './base/bitmap.js'
// base: days, windows, errors
export { categoryOf } from './base/category.js'
export {
  addDays,
  addMonths,
  type Days,
  type EpochDay,
  epochDay,
  formatDay,
  type Months,
  monthly,
} from './base/days.js'
export { HoldfastError, type Place, type Problem, type ProblemCode } from './base/errors.js'
export {
  type FeatureColumn,
  type FeatureMatrix,
  type FeatureSpec,
  type NumberColumn,
  type NumberValues,
  numberColumn,
  type TextColumn,
  textColumn,
} from './base/matrix.js'
export { populationStability, type Stability } from './base/stability.js'
export type { WindowRule } from './base/windows.js'
export type { DecimalSign, NumberNotation } from './base/writtenNumbers.js'
// dataset: where both meet
export { type BuildControl, buildDataset } from './dataset/buildDataset.js'
export { type ChurnPlan, type ChurnPlanOptions, churnPlan } from './dataset/churnPlan.js'
export {
  type Dataset,
  type DatasetLabel,
  type DatasetReport,
  type Split,
  takeDatasetRows,
} from './dataset/dataset.js'
export { datasetToTable } from './dataset/datasetToTable.js'
export { driftBetweenCutoffs } from './dataset/driftBetweenCutoffs.js'
export { type FlatChunk, type FlatChunksOptions, flatChunks } from './dataset/flatChunks.js'
export type { FlatReading } from './dataset/flatFeatures.js'
export type { LabelValues } from './dataset/flatOutcome.js'
export { type FlatTableOptions, fromFlatTable } from './dataset/fromFlatTable.js'
export { type SplitByTimeOptions, splitByTime } from './dataset/splitByTime.js'
export { type SplitRowsOptions, splitRows } from './dataset/splitRows.js'
export { withFeatures } from './dataset/withFeatures.js'
export type { EngineQuery } from './dataset/withSource.js'
// engine: raw histories, checked
export { type DuckdbOptions, openDuckdb } from './engine/duckdb.js'
export type { Dialect, Engine } from './engine/engine.js'
export type { CompleteUntilByTable, History } from './engine/history.js'
export type { FileNotation, MappedSource, Source, SourceRows } from './engine/historySources.js'
export {
  type DeclaredKinds,
  type HistorySources,
  type OpenHistoryOptions,
  openHistory,
} from './engine/openHistory.js'
export { backtest } from './evaluate/backtest/backtest.js'
export type { Backtest, BacktestData, BacktestFigures } from './evaluate/backtest/backtestResult.js'
export {
  type BacktestComparison,
  type CompareBacktestsOptions,
  type ComparedFold,
  compareBacktests,
} from './evaluate/backtest/compareBacktests.js'
export { crossValidate } from './evaluate/backtest/crossValidate.js'
export type {
  CrossValidation,
  CrossValidationData,
  CrossValidationFigures,
  CrossValidationFold,
  OverFolds,
} from './evaluate/backtest/crossValidationResult.js'
export type { MetricDrift } from './evaluate/backtest/drift.js'
export type {
  BacktestFold,
  DriftName,
  FoldMeasurement,
  PredictedRows,
  PredictedRowsData,
} from './evaluate/backtest/foldPredictions.js'
export type { OutcomeSpan, TemporalData, Train } from './evaluate/backtest/runFolds.js'
export type {
  BacktestOptions,
  CrossValidateOptions,
  MeasureOptions,
} from './evaluate/backtest/validationOptions.js'
export {
  type CalibrationCurve,
  type CalibrationCurveOptions,
  calibrationCurve,
  integratedCalibrationIndex,
} from './evaluate/calibration/calibrationCurve.js'
export { type CalibrationLine, calibrationLine } from './evaluate/calibration/calibrationLine.js'
export {
  type Binning,
  type CalibrationBin,
  type CalibrationOptions,
  calibrationError,
  calibrationTable,
  maximumCalibrationError,
} from './evaluate/calibration/calibrationTable.js'
export {
  type BrierDecomposition,
  type BrierDecompositionOptions,
  brierDecomposition,
  brierScore,
  type LogLossOptions,
  logLoss,
} from './evaluate/calibration/probabilityScores.js'
export {
  type EvaluateOptions,
  type EvaluateProbabilitiesOptions,
  evaluate,
  evaluateProbabilities,
} from './evaluate/evaluate.js'
export type { Evaluation, EvaluationData, EvaluationFigures } from './evaluate/evaluation.js'
export { bootstrapInterval, type Interval } from './evaluate/interval/bootstrapInterval.js'
export type { BootstrapOptions, GroupOptions } from './evaluate/interval/bootstrapOptions.js'
export {
  type CompareFoldsOptions,
  compareFolds,
  type FoldComparison,
} from './evaluate/interval/compareFolds.js'
export { type CompareOptions, compareModels } from './evaluate/interval/compareModels.js'
export {
  type DelongInterval,
  type DelongOptions,
  delongInterval,
} from './evaluate/interval/delongInterval.js'
export { type Evidence, type EvidenceOptions, enoughChurners } from './evaluate/interval/enoughChurners.js'
export {
  intervalByWeights,
  type WeightedFigure,
  type WeightedResampleOptions,
} from './evaluate/interval/intervalByWeights.js'
export type { ModelComparison } from './evaluate/interval/modelComparison.js'
export type { FiguresByMetric } from './evaluate/measureRows.js'
export { type MetricName, metricNames, type RankedMetric } from './evaluate/metrics.js'
export {
  type BestList,
  bestList,
  bestListLine,
  type ContactBudget,
} from './evaluate/profit/bestList.js'
export {
  type CostMatrix,
  contactsByCost,
  costThreshold,
  offerCosts,
  savings,
  totalCost,
  type UniformCosts,
} from './evaluate/profit/costs.js'
export type { ContactPolicy } from './evaluate/profit/expectedProfit.js'
export {
  type ExpectedProfit,
  expectedContactProfit,
  expectedProfit,
} from './evaluate/profit/expectedProfit.js'
export {
  type ExpectedMaximumProfit,
  expectedMaximumProfit,
  expectedMaximumProfitMetric,
  type MaximumProfit,
  maximumProfit,
  maximumProfitMetric,
} from './evaluate/profit/maximumProfit.js'
export type { BetaAcceptance, RetentionOffer } from './evaluate/profit/offer.js'
export {
  type ProfitCurve,
  type ProfitCurveOptions,
  type ProfitPoint,
  profitCurve,
} from './evaluate/profit/profitCurve.js'
export {
  type RealisedProfit,
  type RealisedProfitOptions,
  realisedProfit,
} from './evaluate/profit/realisedProfit.js'
export {
  type CatchGoal,
  type ContactPrice,
  type ContactSavings,
  contactSavingsLine,
  contactsForSameCatch,
} from './evaluate/ranking/contactsForSameCatch.js'
// evaluate: how good the predictions are
export {
  averagePrecision,
  giniCoefficient,
  kolmogorovSmirnov,
  rocAuc,
} from './evaluate/ranking/ranking.js'
export {
  type GainsCurve,
  type GainsOptions,
  gainsCurve,
  type PrecisionRecallCurve,
  precisionRecallCurve,
  type RocCurve,
  rocCurve,
  type ThresholdCurveOptions,
} from './evaluate/ranking/rankingCurves.js'
export {
  type LiftRow,
  type LiftTableOptions,
  liftAt,
  liftTable,
  precisionAt,
  recallAt,
} from './evaluate/ranking/topOfList.js'
export type { WeightOptions } from './evaluate/rows/checkedOutcomes.js'
export { rankOutcomes } from './evaluate/rows/checkedOutcomes.js'
export type { RankedOutcomes } from './evaluate/rows/rankedOutcomes.js'
export type {
  AttributeColumn,
  Attributes,
  AttributeValues,
  TruthColumn,
} from './evaluate/segment/attributes.js'
export type { SegmentOptions } from './evaluate/segment/segmentTable.js'
export { segmentTable } from './evaluate/segment/segmentTable.js'
export type {
  Segment,
  SegmentFigures,
  SegmentTable,
  WorstSegment,
} from './evaluate/segment/segmentTableResult.js'
export type { CensoringOptions, FollowUpSample } from './evaluate/survival/checkedFollowUps.js'
export { concordance, type UnoConcordanceOptions, unoConcordance } from './evaluate/survival/concordance.js'
export { type TimeDependentAuc, timeDependentAuc } from './evaluate/survival/timeDependentAuc.js'
export {
  type Confusion,
  confusionAt,
  type FBetaOptions,
  fBeta,
  matthewsCorrelation,
} from './evaluate/threshold/confusion.js'
export type { PredictedBy } from './evaluate/trainedRowNotes.js'
export type { TreatmentOptions } from './evaluate/uplift/treatment.js'
export type { GainCurve } from './evaluate/uplift/upliftCurves.js'
export { qiniCurve, upliftCurve } from './evaluate/uplift/upliftCurves.js'
export {
  areaUnderUplift,
  qiniCoefficient,
  type UpliftAreaOptions,
  upliftAtShare,
} from './evaluate/uplift/upliftFigures.js'
// feature: what was known before the cutoff
export {
  activeDays,
  changesOf,
  countOf,
  distinctOf,
  entropyOf,
  gapDeviation,
  gapMean,
  maxOf,
  meanOf,
  minOf,
  sumOf,
} from './feature/builders/aggregateBuilders.js'
export {
  band,
  countTrue,
  difference,
  log1p,
  percentile,
  ratio,
  shareOf,
  squareRoot,
} from './feature/builders/arithmeticBuilders.js'
export { attribute, daysUntil, inForce, isOther, tenure } from './feature/builders/customerBuilders.js'
export { type FeatureBuilders, featureBuilders } from './feature/builders/featureBuilders.js'
export {
  drop,
  firstValue,
  lastValue,
  oldestUnpaid,
  openRows,
  recency,
  slope,
  streak,
  variability,
} from './feature/builders/rowBuilders.js'
export {
  allOf,
  type HoursCondition,
  hours,
  type WeekdayCondition,
  weekdays,
  weekends,
} from './feature/builders/rowFilters.js'
export { circleFeatures } from './feature/circle/circleFeatures.js'
export {
  type CallingCircleOptions,
  type CallingCircleRule,
  callingCircle,
  callingCircleSchema,
} from './feature/circle/circleRule.js'
export { featureRuleSchema } from './feature/featureRuleSchema.js'
export { joinFeatures } from './feature/joinFeatures.js'
export { type CompiledRules, type CompileRulesOptions, compileRules } from './feature/memory/compileRules.js'
export { featuresOf } from './feature/memory/featuresOf.js'
export { type FollowedCustomer, followCustomer } from './feature/memory/followCustomer.js'
export { describeFeature } from './feature/name/describeFeature.js'
export { featureName } from './feature/name/featureName.js'
export { parseFeatureName } from './feature/name/parseFeatureName.js'
export {
  type PercentileGroup,
  type PercentileReference,
  percentileIn,
} from './feature/percentileReference.js'
export type {
  Aggregate,
  AggregateRule,
  AttributeRule,
  CountTrueRule,
  DaysUntilRule,
  DifferenceRule,
  DropRule,
  FeatureRule,
  InForceRule,
  IsOtherRule,
  NumberRange,
  NumberRule,
  OldestUnpaidRule,
  OpenRowsRule,
  PercentileRule,
  RatioRule,
  RecencyRule,
  RowCondition,
  RowFilter,
  SlopeRule,
  StreakRule,
  TenureRule,
  TextRule,
  TransformedRule,
  ValueAtRule,
  ValueType,
  VariabilityRule,
} from './feature/rule.js'
export { type SubscriptionFeatureOptions, subscriptionFeatures } from './feature/sets/subscriptionFeatures.js'
export { telecomFeatures } from './feature/sets/telecom/telecomFeatures.js'
export type {
  TelecomColumns,
  TelecomFeatureOptions,
  TelecomKinds,
} from './feature/sets/telecom/telecomOptions.js'
export { type TransactionFeatureOptions, transactionFeatures } from './feature/sets/transactionFeatures.js'
export { compileFeatures } from './feature/sql/compileFeatures.js'
export type { CompileOptions } from './feature/sql/compileOptions.js'
export {
  type CustomerFeatures,
  type FeatureMatrixOptions,
  featureMatrix,
  type PopulationFeatures,
} from './feature/sql/featureMatrix.js'
export { percentileReferences } from './feature/sql/percentileReferences.js'
export { type WrittenFeatures, writeFeatures } from './feature/sql/writeFeatures.node.js'
// label: what happened after the cutoff
export { type ActivityChurnedOptions, activityChurned } from './label/activityChurned.js'
export {
  type CancelCause,
  type InvoluntaryRule,
  involuntary,
  type ReasonIn,
  reasonIn,
  type UnpaidBefore,
  type UnpaidBeforeOptions,
  unpaidBefore,
  voluntary,
} from './label/cancelCause.js'
export { type CancelledOptions, cancelled } from './label/cancelled.js'
export { type FirstPassageOptions, firstPassage } from './label/firstPassage.js'
export type { HorizonOptions } from './label/horizonOf.js'
export { labelName } from './label/labelName.js'
export type { ResolvedChurn } from './label/labelParts.js'
export { type Labels, type LabelTableOptions, labelTable } from './label/labelTable.js'
export { parseLabelName } from './label/parseLabelName.js'
export { type LowerPlan, type PlanDowngradedOptions, planDowngraded } from './label/planDowngraded.js'
export type { PlanOrder, PlanTiers, PlanValue } from './label/planOrder.js'
export type {
  CancelledRule,
  FirstPassageRule,
  Horizon,
  LabelRule,
  OutcomeRule,
  PassageCause,
  PlanDowngradedRule,
  SilentRule,
  ValueDroppedRule,
} from './label/rule.js'
export { type SilentOptions, silent } from './label/silent.js'
export { type SurvivalOutcomes, type SurvivalPlan, survivalTable } from './label/survivalTable.js'
export { type ValueDroppedOptions, valueDropped } from './label/valueDropped.js'
// learn: numbers in, model out
export type { PriorModel } from './learn/baseline/model.js'
export type { PriorOptions } from './learn/baseline/options.js'
export { trainPrior } from './learn/baseline/train.js'
export { type BlendPart, type BlendReading, blendModels } from './learn/blend/blendModels.js'
export { type BlendEvidence, blendWeights } from './learn/blend/blendWeights.js'
export type { BlendFit } from './learn/blend/fitBlend.js'
export type { BlendLine, BlendMember, BlendModel } from './learn/blend/model.js'
export type { BoostingControl } from './learn/boosting/control.js'
export type { BoostingModel } from './learn/boosting/model.js'
export type { BoostingOptions } from './learn/boosting/options.js'
export { trainBoosting, trainBoostingAsync } from './learn/boosting/train.js'
export { trainBoostingFromChunks } from './learn/boosting/trainFromChunks.js'
export type { ValidationMetric } from './learn/boosting/validation.js'
export type { BetaCalibrator } from './learn/calibrate/beta.js'
export { calibrate } from './learn/calibrate/calibrate.js'
export type {
  Calibration,
  CalibrationCandidate,
  CalibrationValidation,
} from './learn/calibrate/calibration.js'
export type {
  CalibrationMethod,
  Calibrator,
  NoCalibrator,
  ShiftCalibrator,
} from './learn/calibrate/calibrator.js'
export {
  type BaseRateEstimate,
  type EstimateBaseRateOptions,
  estimateBaseRate,
} from './learn/calibrate/estimateBaseRate.js'
export type { IsotonicCalibrator } from './learn/calibrate/isotonic.js'
export { type MatchBaseRateOptions, matchBaseRate } from './learn/calibrate/matchBaseRate.js'
export type { CalibratedModel } from './learn/calibrate/model.js'
export type { CalibrateOptions, TrainCalibratedOptions } from './learn/calibrate/options.js'
export type { PlattCalibrator } from './learn/calibrate/platt.js'
export {
  type ShiftPriorOptions,
  type ShiftProbabilitiesOptions,
  shiftPrior,
  shiftProbabilities,
} from './learn/calibrate/shiftPrior.js'
export { trainCalibrated, trainCalibratedAsync } from './learn/calibrate/trainCalibrated.js'
export {
  type ClassWeightOptions,
  trainWithClassWeight,
} from './learn/calibrate/trainWithClassWeight.js'
export type {
  Capabilities,
  ChurnModel,
  Contributions,
  Learner,
  Progress,
  TrainControl,
  TrainingChunks,
  TrainingData,
} from './learn/contract.js'
export {
  accumulatedLocalEffects,
  type FeatureEffect,
  type FeatureEffectOptions,
} from './learn/explain/accumulatedLocalEffects.js'
export {
  type ContributionImportance,
  type ContributionImportances,
  contributionImportance,
} from './learn/explain/contributionImportance.js'
export type { ExplainedRowsOptions } from './learn/explain/explainedRows.js'
export {
  type PermutationImportance,
  type PermutationOptions,
  type ProbabilityMetric,
  permutationImportance,
} from './learn/explain/permutationImportance.js'
export type { ForestModel } from './learn/forest/model.js'
export type { ForestOptions } from './learn/forest/options.js'
export type { OutOfBag } from './learn/forest/outOfBag.js'
export { trainForest } from './learn/forest/train.js'
export { importLightgbm } from './learn/imported/importLightgbm.js'
export { importXgboost } from './learn/imported/importXgboost.js'
export type { ImportedModel, ImportedReading } from './learn/imported/model.js'
export type { ImportOptions } from './learn/imported/options.js'
export type { ImportedLibrary } from './learn/imported/sourceModel.js'
export { type LearnerName, learnerNamed, learnerNames, learners } from './learn/learners.js'
export type { Effect, FeatureEffects, LogisticModel } from './learn/logistic/model.js'
export type { LogisticOptions } from './learn/logistic/options.js'
export { trainLogistic } from './learn/logistic/train.js'
export type { NestingModel } from './learn/nesting.js'
export type { PredictOptions } from './learn/predictOptions.js'
export { type DecodeOptions, decodeModel, encodeModel, type StoredModel } from './learn/store.js'
export { loadModel, saveModel } from './learn/store.node.js'
export type { RowOverlap } from './learn/trainedRows.js'
export type { TreeEnsemble } from './learn/tree/ensemble.js'
export {
  coverImportance,
  type FeatureImportance,
  gainImportance,
  splitImportance,
  type TreesOfModel,
} from './learn/tree/explain/importance.js'
export type { Interactions, TreeModel } from './learn/tree/treeModel.js'
// lifecycle: the stage of each customer
export { type BaseLevelOptions, type BaseLevels, baseLevels } from './lifecycle/baseLevels.js'
export type { Calendar } from './lifecycle/calendar.js'
export type { ChangeFact, PendingChange, StageEvidence } from './lifecycle/evidence.js'
export type { MonthlyOptions } from './lifecycle/lifecycleOptions.js'
export type { MonthlyBlock } from './lifecycle/monthlyBlock.js'
export { monthlySignals } from './lifecycle/monthlySignals.js'
export type { SignalOptions, SignalRule } from './lifecycle/signalRule.js'
export { type LifecycleStage, lifecycleStages } from './lifecycle/stage.js'
export { type StageAgreement, stageAgreement } from './lifecycle/stageAgreement.js'
export type { StageOptions } from './lifecycle/stageOptions.js'
export { stageTable } from './lifecycle/stageTable.js'
export { type TagCustomerOptions, tagCustomer } from './lifecycle/tagCustomer.js'
export { type TagLifecycleOptions, tagLifecycle } from './lifecycle/tagLifecycle.js'
export { type MonthlySeries, type MonthTag, tagMonths } from './lifecycle/tagMonths.js'
export { transitionTable } from './lifecycle/transitionTable.js'
// population: who is counted
export {
  type ArrearsByAttribute,
  type ArrearsByBalance,
  type ArrearsByPayments,
  type ArrearsSign,
  type FalseChurnOptions,
  type FalseChurnRule,
  falseChurn,
  falseChurnRuleSchema,
  type SameDevice,
} from './population/falseChurnRule.js'
export { type FalseChurnReason, falseChurnReasons } from './population/falseChurnSql.js'
export { type FalseChurn, falseChurnTable } from './population/falseChurnTable.js'
export { type FollowedCohort, type FollowOptions, followCohort } from './population/followCohort.js'
export { type MonthlyFlowsOptions, monthlyFlows } from './population/monthlyFlows.js'
export { type Population, populationTable } from './population/populationTable.js'
export {
  type AttributeIn,
  activeCustomers,
  attributeIn,
  type Exclusion,
  type InactiveFor,
  inactiveFor,
  type JoinedWithin,
  joinedWithin,
  type PopulationRule,
} from './population/rule.js'
export {
  cohortFromTable,
  type SnapshotCohort,
  type SnapshotOptions,
  snapshotCohort,
} from './population/snapshotCohort.js'
export { stockFlowAudit } from './population/stockFlowAudit.js'
// report: facts, one page, pictures
export type { ReportedData } from './report/facts/dataFacts.js'
export type {
  BacktestFacts,
  BacktestFoldFacts,
  CurveFacts,
  DataFacts,
  FeatureFacts,
  ImportanceFacts,
  ModelFacts,
  ProfitFacts,
  ProfitPointFacts,
  ReportFacts,
  RowsFacts,
  ScoreFacts,
  SegmentFacts,
  SegmentRowFacts,
} from './report/facts/reportFacts.js'
export { modelReport, predictionReport } from './report/modelReport.js'
export { pictureNames, pictureSvg, pictureTable } from './report/pictureFiles.js'
export { type PngOptions, picturePng } from './report/picturePng.node.js'
export { reportHtml } from './report/reportHtml.js'
export { type MarkdownOptions, reportMarkdown } from './report/reportMarkdown.js'
export type { ModelReportOptions, PredictionReportOptions, ReportOptions } from './report/reportOptions.js'
export { type WritePicturesOptions, writePictures } from './report/writePictures.node.js'
export { writeReport } from './report/writeReport.node.js'
// score: risk, band and reasons
export type { AboutModel } from './score/aboutModel.js'
export { bandOf, type RiskBand, type RiskBandOptions, riskBands } from './score/bands.js'
export type { Reason } from './score/reasons.js'
export { type HistoryScores, type ScoreHistoryOptions, scoreHistory } from './score/scoreHistory.js'
export {
  createScorer,
  encodeScorer,
  loadScorer,
  type Score,
  type ScoreOptions,
  type ScoreRowOptions,
  type Scorer,
} from './score/scorer.js'
export { readScorer, saveScorer } from './score/scorer.node.js'
export type { Scores } from './score/scores.js'
export type { SeenFeature } from './score/seenInTraining.js'
export type { TrainedSpread } from './score/spreadOfValues.js'
export type { TrainedOn } from './score/trainedOn.js'
export type { UnseenValue } from './score/unseen.js'
// select: the model to use, chosen by validation
export type { CandidateChoice, FamilyName } from './select/candidate.js'
export type { SelectionRule } from './select/chooseTrial.js'
export type { Selection } from './select/selection.js'
export type { SelectionData } from './select/selectionData.js'
export type { Chosen, SelectionFacts, SelectionValidation } from './select/selectionFacts.js'
export type { SelectionState } from './select/selectionState.js'
export { selectModel } from './select/selectModel.js'
export type { SelectOptions } from './select/selectOptions.js'
export type { Trial } from './select/trial.js'
// table: typed columns, files in and out
export type { ColumnNotation } from './table/columnReading.js'
export {
  type CheckCustomerOptions,
  type CheckedCustomer,
  type CheckedCustomerHistory,
  type CheckedEvent,
  type CheckedRow,
  type CustomerHistory,
  checkCustomerHistory,
  type DayInput,
  type HistoryCell,
  type HistoryRow,
} from './table/customerHistory.js'
export {
  type EventTableName,
  type HistoryKinds,
  type InputTable,
  type InputTableName,
  inputTableNames,
  inputTables,
} from './table/inputs.js'
export type { ForColumns, NotationOptions, ReadingOptions } from './table/readingOptions.js'
export {
  type ReadTableOptions,
  type ReadTableWithRejectsOptions,
  readTable,
  readTableWithRejects,
} from './table/readTable.node.js'
export type { FoundRepeats, RepeatedRows } from './table/repeatedRows.js'
export type { CheckedCell } from './table/rowReader.js'
export {
  type PeriodTables,
  type SubscriptionPeriods,
  type SubscriptionPeriodsOptions,
  subscriptionPeriods,
} from './table/subscriptionPeriods.js'
export {
  type BooleanColumn,
  booleanColumn,
  type Cell,
  type Column,
  type ColumnKind,
  type DayColumn,
  dayColumn,
  type Row,
  Table,
  tableFrom,
} from './table/table.js'
export { tableFromRows } from './table/tableFromRows.js'
export { type WriteTableOptions, writeTable } from './table/writeTable.node.js'
