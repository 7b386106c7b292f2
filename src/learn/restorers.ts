import { restoreBlend } from './blend/model.js'
import { restoreCalibrated } from './calibrate/model.js'
import { restoreImported } from './imported/model.js'
import { learners } from './learners.js'
import type { Restorers } from './modelContent.js'
import { mostNested } from './nesting.js'

/** Models that hold no others: those of the learners, and those that other libraries trained. */
const single: Restorers = {
  ...Object.fromEntries(Object.values(learners).map((learner) => [learner.name, learner.restore])),
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
