// `holdfast/models`: baselines, blends, calibration, base rates, models of other libraries, models as bytes, and
// the types of learners.

export type { PriorModel } from '../learn/baseline/model.js'
export type { PriorOptions } from '../learn/baseline/options.js'
export { trainPrior } from '../learn/baseline/train.js'
export { type BlendPart, type BlendReading, blendModels } from '../learn/blend/blendModels.js'
export { type BlendEvidence, blendWeights } from '../learn/blend/blendWeights.js'
export type { BlendFit } from '../learn/blend/fitBlend.js'
export type { BlendLine, BlendMember, BlendModel } from '../learn/blend/model.js'
export type { BoostingControl } from '../learn/boosting/control.js'
export type { BoostingModel } from '../learn/boosting/model.js'
export type { BoostingOptions } from '../learn/boosting/options.js'
export type { ValidationMetric } from '../learn/boosting/validation.js'
export type { BetaCalibrator } from '../learn/calibrate/beta.js'
export type {
  Calibration,
  CalibrationCandidate,
  CalibrationValidation,
} from '../learn/calibrate/calibration.js'
export type {
  CalibrationMethod,
  Calibrator,
  NoCalibrator,
  ShiftCalibrator,
} from '../learn/calibrate/calibrator.js'
export {
  type BaseRateEstimate,
  type EstimateBaseRateOptions,
  estimateBaseRate,
} from '../learn/calibrate/estimateBaseRate.js'
export type { IsotonicCalibrator } from '../learn/calibrate/isotonic.js'
export { type MatchBaseRateOptions, matchBaseRate } from '../learn/calibrate/matchBaseRate.js'
export type { CalibratedModel } from '../learn/calibrate/model.js'
export type { CalibrateOptions, TrainCalibratedOptions } from '../learn/calibrate/options.js'
export type { PlattCalibrator } from '../learn/calibrate/platt.js'
export {
  type ShiftPriorOptions,
  type ShiftProbabilitiesOptions,
  shiftPrior,
  shiftProbabilities,
} from '../learn/calibrate/shiftPrior.js'
export { type ClassWeightOptions, trainWithClassWeight } from '../learn/calibrate/trainWithClassWeight.js'
export type {
  Capabilities,
  Learner,
  Progress,
  TrainControl,
  TrainingChunks,
  TrainingData,
} from '../learn/contract.js'
export type { ForestModel } from '../learn/forest/model.js'
export type { ForestOptions } from '../learn/forest/options.js'
export type { OutOfBag } from '../learn/forest/outOfBag.js'
export { importLightgbm } from '../learn/imported/importLightgbm.js'
export { importXgboost } from '../learn/imported/importXgboost.js'
export type { ImportedModel, ImportedReading } from '../learn/imported/model.js'
export type { ImportOptions } from '../learn/imported/options.js'
export type { ImportedLibrary } from '../learn/imported/sourceModel.js'
export { type LearnerName, learnerNames, learners } from '../learn/learners.js'
export type { LogisticModel } from '../learn/logistic/model.js'
export type { LogisticOptions } from '../learn/logistic/options.js'
export type { NestingModel } from '../learn/nesting.js'
export type { PredictOptions } from '../learn/predictOptions.js'
export { type DecodeOptions, decodeModel, encodeModel, type StoredModel } from '../learn/store.js'
export type { RowOverlap } from '../learn/trainedRows.js'
export type { TreeEnsemble } from '../learn/tree/ensemble.js'
export type { TreeModel } from '../learn/tree/treeModel.js'

export type { CandidateChoice, FamilyName } from '../select/candidate.js'
export type { SelectionRule } from '../select/chooseTrial.js'
export type { SelectOptions } from '../select/selectOptions.js'
export type { Selection } from '../select/selection.js'
export type { SelectionData } from '../select/selectionData.js'
export type { Chosen, SelectionFacts, SelectionValidation } from '../select/selectionFacts.js'
export type { SelectionState } from '../select/selectionState.js'
export type { Trial } from '../select/trial.js'
