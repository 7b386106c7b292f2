// `holdfast/features`: rules for what was known before a cutoff, and ways to run them.

export type { FeatureColumn, FeatureMatrix, FeatureSpec } from '../base/matrix.js'
export type { WindowRule } from '../base/windows.js'

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
} from '../feature/builders/aggregateBuilders.js'
export {
  band,
  countTrue,
  difference,
  log1p,
  percentile,
  ratio,
  shareOf,
  squareRoot,
} from '../feature/builders/arithmeticBuilders.js'
export { attribute, daysUntil, inForce, isOther, tenure } from '../feature/builders/customerBuilders.js'
export { type FeatureBuilders, featureBuilders } from '../feature/builders/featureBuilders.js'
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
} from '../feature/builders/rowBuilders.js'
export {
  allOf,
  type HoursCondition,
  hours,
  type WeekdayCondition,
  weekdays,
  weekends,
} from '../feature/builders/rowFilters.js'
export { circleFeatures } from '../feature/circle/circleFeatures.js'
export {
  type CallingCircleOptions,
  type CallingCircleRule,
  callingCircle,
} from '../feature/circle/circleRule.js'
export {
  type Actionability,
  actionabilities,
  type FeatureFamily,
  type FeatureNature,
  featureFamilies,
  featureNature,
} from '../feature/family.js'
export { joinFeatures } from '../feature/joinFeatures.js'
export { type CompiledRules, type CompileRulesOptions, compileRules } from '../feature/memory/compileRules.js'
export { featuresOf } from '../feature/memory/featuresOf.js'
export { type FollowedCustomer, followCustomer } from '../feature/memory/followCustomer.js'
export { describeFeature, describeValue } from '../feature/name/describeFeature.js'
export { type LanguageName, languageNames } from '../feature/name/language.js'
export type { FeatureLabel, FeatureLabels, WordOptions } from '../feature/name/wordOptions.js'
export { featureName } from '../feature/name/featureName.js'
export { parseFeatureName } from '../feature/name/parseFeatureName.js'
export {
  type PercentileGroup,
  type PercentileReference,
  percentileIn,
} from '../feature/percentileReference.js'
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
  NumberRule,
  OldestUnpaidRule,
  OpenRowsRule,
  PercentileRule,
  RatioRule,
  RecencyRule,
  SlopeRule,
  StreakRule,
  TenureRule,
  TextRule,
  TransformedRule,
  ValueAtRule,
  ValueType,
  VariabilityRule,
} from '../feature/rule.js'
export { type EventKinds, type EventKindsOptions, eventKinds } from '../feature/sets/eventKinds.js'
export type { SubscriptionFeatureOptions } from '../feature/sets/subscriptionFeatures.js'
export type {
  TelecomColumns,
  TelecomFeatureOptions,
  TelecomKinds,
} from '../feature/sets/telecom/telecomOptions.js'
export type { TransactionFeatureOptions } from '../feature/sets/transactionFeatures.js'
export {
  type CustomerFeatures,
  type FeatureMatrixOptions,
  featureMatrix,
  type PopulationFeatures,
} from '../feature/sql/featureMatrix.js'
export { percentileReferences } from '../feature/sql/percentileReferences.js'
export { type WrittenFeatures, writeFeatures } from '../feature/sql/writeFeatures.node.js'
export { type UsefulFeatures, type UsefulFeaturesOptions, usefulFeatures } from '../feature/usefulFeatures.js'
export type { NumberRange, RowCondition, RowFilter } from '../population/rowFilter.js'
