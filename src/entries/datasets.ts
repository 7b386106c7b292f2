// `holdfast/datasets`: customers' own cutoffs; drift, exports and more columns of a dataset, and its types.

export type { BuildControl } from '../dataset/buildDataset.js'
export type { ChurnPlan, ChurnPlanOptions } from '../dataset/churnPlan.js'
export type { DatasetLabel, DatasetReport, Split } from '../dataset/dataset.js'
export { type DatasetToTableOptions, datasetToTable, type PlainTable } from '../dataset/datasetToTable.js'
export { driftBetweenCutoffs } from '../dataset/driftBetweenCutoffs.js'
export type { FlatChunk, FlatChunksOptions } from '../dataset/flatChunks.js'
export type { FlatReading } from '../dataset/flatFeatures.js'
export type { LabelValues } from '../dataset/flatOutcome.js'
export type { FlatTableOptions } from '../dataset/fromFlatTable.js'
export type { SplitByTimeOptions } from '../dataset/splitByTime.js'
export type { SplitRowsOptions } from '../dataset/splitRows.js'
export { withFeatures } from '../dataset/withFeatures.js'
export type { EngineQuery } from '../dataset/withSource.js'

export {
  type CustomerCutoff,
  type CutoffRule,
  type CutoffBounds,
  type CutoffBoundsOptions,
  type Cutoffs,
  type CutoffsAfter,
  type CutoffsBefore,
  type CutoffsOnMonthDay,
  cutoffsAfter,
  cutoffsBefore,
  cutoffsListed,
  cutoffsOnMonthDay,
  type ListedCutoffs,
  type OwnCutoffs,
} from '../population/ownCutoffs.js'
