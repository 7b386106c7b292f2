// `holdfast/score`: what a service needs to score customers. Loads no engine and no native code; repeats names of other entries.

export { type EpochDay, epochDay } from '../base/days.js'
export { HoldfastError, type Place, type Problem, type ProblemCode } from '../base/errors.js'

export type { DayInput } from '../base/days.js'
export type { CustomerHistory, HistoryCell, HistoryRow } from '../table/customerHistory.js'
export type { HistoryKinds } from '../table/inputs.js'
export type { FoundRepeats, RepeatedRows } from '../table/repeatedRows.js'

export { type CompiledRules, type CompileRulesOptions, compileRules } from '../feature/memory/compileRules.js'
export { type FollowedCustomer, followCustomer } from '../feature/memory/followCustomer.js'

export type { ChurnModel, Contributions } from '../learn/contract.js'
export type { PredictOptions } from '../learn/predictOptions.js'

export type { AboutModel } from '../score/aboutModel.js'
export { bandOf, type RiskBand, type RiskBandOptions, riskBands } from '../score/bands.js'
export type { Actionability, FeatureFamily } from '../feature/family.js'
export type { LanguageName } from '../feature/name/language.js'
export type { FeatureLabel, FeatureLabels } from '../feature/name/wordOptions.js'
export type { Playbook, ReasonSettings } from '../score/reasonSettings.js'
export type { FamilyEffect, FeatureInWords, Reason } from '../score/reasons.js'
export {
  type ExplainChangeOptions,
  explainChange,
  type FeatureChange,
  type ScoreChange,
  type ScoredMoment,
} from '../score/explainChange.js'
export type { HistoryScores, ScoreHistoryOptions } from '../score/scoreHistory.js'
export {
  type ScoreOptions,
  type ScoreRowOptions,
  loadScorer,
  type Score,
  type Scorer,
} from '../score/scorer.js'
export type { Scores } from '../score/scores.js'
export {
  scoreStream,
  type ScoreStreamOptions,
  type StreamedRow,
  type StreamedScore,
} from '../score/scoreStream.js'
export type { SeenFeature } from '../score/seenInTraining.js'
export type { TrainedSpread } from '../score/spreadOfValues.js'
export type { TrainedOn } from '../score/trainedOn.js'
export type { UnseenValue } from '../score/unseen.js'
export type { CustomerValue, ValueAtRisk } from '../score/valueAtRisk.js'
