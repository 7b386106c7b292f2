import { restoreImported } from './imported/model.js'
import { learners } from './learners.js'
import type { Restorers } from './modelContent.js'

/** How to read back every model that a file can name: those of the learners, and those that other libraries trained. */
export const restorers: Restorers = {
  ...Object.fromEntries(Object.values(learners).map((learner) => [learner.name, learner.restore])),
  lightgbm: restoreImported('lightgbm'),
  xgboost: restoreImported('xgboost'),
}
