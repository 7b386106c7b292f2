import { restorePrior } from './baseline/model.js'
import { restoreBlend } from './blend/model.js'
import { restoreBoosting } from './boosting/model.js'
import { restoreCalibrated } from './calibrate/model.js'
import { restoreForest } from './forest/model.js'
import { restoreImported } from './imported/model.js'
import { restoreLogistic } from './logistic/model.js'
import type { Restorers } from './modelContent.js'
import { mostNested } from './nesting.js'

/** Models that hold no others: those of the learners, without what trains them, and those that other libraries trained. */
const single: Restorers = {
  prior: restorePrior,
  logistic: restoreLogistic,
  forest: restoreForest,
  boosting: restoreBoosting,
  lightgbm: restoreImported('lightgbm'),
  xgboost: restoreImported('xgboost'),
}

/** How to read back every model that a file can name; a broken file could nest them without end. */
export const restorers: Restorers = restorersOf(mostNested)

function restorersOf(nested: number): Restorers {
  if (nested === 0) return single
  const inner = restorersOf(nested - 1)
  return { ...single, calibrated: restoreCalibrated(inner), blend: restoreBlend(inner) }
}
