// The names of a first day, in the order of the work; the rest is in `entries/`, by topic.
/// <reference path="./entries/tables.ts" preserve="true" />
/// <reference path="./entries/labels.ts" preserve="true" />
/// <reference path="./entries/features.ts" preserve="true" />
/// <reference path="./entries/datasets.ts" preserve="true" />
/// <reference path="./entries/models.ts" preserve="true" />
/// <reference path="./entries/metrics.ts" preserve="true" />
/// <reference path="./entries/profit.ts" preserve="true" />
/// <reference path="./entries/explain.ts" preserve="true" />
/// <reference path="./entries/score.ts" preserve="true" />
/// <reference path="./entries/export.ts" preserve="true" />
/// <reference path="./entries/night.ts" preserve="true" />
/// <reference path="./entries/lifecycle.ts" preserve="true" />
/// <reference path="./entries/report.ts" preserve="true" />

// tables in: files, rows, raw histories
export { readTable } from './table/readTable.node.js'
export { tableFromRows } from './table/tableFromRows.js'
export { writeTable } from './table/writeTable.node.js'
export { Table } from './table/table.js'
export { openHistory } from './engine/openHistory.js'
export type { History } from './engine/history.js'
export type { CustomerHistory } from './table/customerHistory.js'

// days, and the error of every refusal
export { epochDay, formatDay, monthly, type EpochDay } from './base/days.js'
export { HoldfastError, type Problem } from './base/errors.js'

// the question: a label after each cutoff, features before it
export { churnPlan } from './dataset/churnPlan.js'
export { cancelled } from './label/cancelled.js'
export { silent } from './label/silent.js'
export { telecomFeatures } from './feature/sets/telecom/telecomFeatures.js'
export { subscriptionFeatures } from './feature/sets/subscriptionFeatures.js'
export { transactionFeatures } from './feature/sets/transactionFeatures.js'
export { buildDataset } from './dataset/buildDataset.js'

// or one row per customer
export { fromFlatTable } from './dataset/fromFlatTable.js'
export { flatChunks } from './dataset/flatChunks.js'
export { type Dataset, takeDatasetRows } from './dataset/dataset.js'
export { splitRows } from './dataset/splitRows.js'
export { splitByTime } from './dataset/splitByTime.js'

// numbers in, model out
export { trainBoosting, trainBoostingAsync } from './learn/boosting/train.js'
export { trainBoostingFromChunks } from './learn/boosting/trainFromChunks.js'
export { trainForest } from './learn/forest/train.js'
export { trainLogistic } from './learn/logistic/train.js'
export { trainCalibrated, trainCalibratedAsync } from './learn/calibrate/trainCalibrated.js'
export { calibrate } from './learn/calibrate/calibrate.js'
export { selectModel } from './select/selectModel.js'
export { saveModel, loadModel } from './learn/store.node.js'
export type { ChurnModel } from './learn/contract.js'

// how good the model is
export { evaluate, evaluateProbabilities } from './evaluate/evaluate.js'
export { compareModels } from './evaluate/interval/compareModels.js'
export { crossValidate } from './evaluate/backtest/crossValidate.js'
export { backtest } from './evaluate/backtest/backtest.js'
export { compareBacktests } from './evaluate/backtest/compareBacktests.js'
export { segmentTable } from './evaluate/segment/segmentTable.js'
export type { Evaluation } from './evaluate/evaluation.js'

// what the model is worth, on one page
export { bestList, bestListLine } from './evaluate/profit/bestList.js'
export { realisedProfit } from './evaluate/profit/realisedProfit.js'
export { modelReport } from './report/modelReport.js'
export { writeReport } from './report/writeReport.node.js'
export { writePictures } from './report/writePictures.node.js'

// the morning's list
export { createScorer, encodeScorer, loadScorer, type Scorer, type Score } from './score/scorer.js'
export { saveScorer, readScorer } from './score/scorer.node.js'
export { scoreHistory } from './score/scoreHistory.js'

// the stage of each customer
export { tagLifecycle } from './lifecycle/tagLifecycle.js'
export { tagCustomer } from './lifecycle/tagCustomer.js'
export { stageTable } from './lifecycle/stageTable.js'
export { transitionTable } from './lifecycle/transitionTable.js'
