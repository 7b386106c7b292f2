import type { FeatureMatrix } from '../../src/base/matrix.js'
import { blendModels } from '../../src/learn/blend/blendModels.js'
import { trainBoosting } from '../../src/learn/boosting/train.js'
import { calibrate } from '../../src/learn/calibrate/calibrate.js'
import { shiftPrior } from '../../src/learn/calibrate/shiftPrior.js'
import type { ChurnModel } from '../../src/learn/contract.js'
import { trainForest } from '../../src/learn/forest/train.js'
import { trainLogistic } from '../../src/learn/logistic/train.js'
import { goldenCase, goldenRows, importedGolden } from '../learn/imported/goldenCases.js'
import { sampleData } from '../learn/sample.js'

const data = sampleData(300, 1)
const heldOut = sampleData(200, 2)
const rows = sampleData(40, 3).features

/** A model of each kind of those trained on `sampleData`, by name. */
export const trainedKinds = {
  boosting: trainBoosting(data, { rounds: 20, earlyStopping: false }),
  forest: trainForest(data, { trees: 20 }),
  logistic: trainLogistic(data),
} as const satisfies Readonly<Record<string, ChurnModel>>

const { boosting, forest, logistic } = trainedKinds

/** Every kind of model with rows for it. */
export const modelKinds: readonly (readonly [name: string, model: ChurnModel, rows: FeatureMatrix])[] = [
  ...Object.entries(trainedKinds).map(([name, model]) => [name, model, rows] as const),
  ['calibrated forest', calibrate(forest, heldOut, { method: 'platt' }), rows],
  ['calibrated boosting', calibrate(boosting, heldOut, { method: 'isotonic' }), rows],
  ['moved to another base rate', shiftPrior(boosting, { baseRate: 0.05 }), rows],
  ['blend', blendModels([boosting, forest, logistic].map((model) => ({ model, weight: 1 }))), rows],
  ...(['lightgbm-numbers', 'xgboost-categories'] as const).map((name) => {
    const golden = goldenCase(name)
    return [`imported ${name}`, importedGolden(golden, golden.files[0]!), goldenRows(golden)] as const
  }),
]
