import { z } from 'zod'
import type { FeatureMatrix } from '../../base/matrix.js'
import type { Random } from '../../base/random.js'
import { FeatureAligner } from '../align.js'
import { checkTraining } from '../check.js'
import type { TrainingData } from '../contract.js'
import { probabilityOf } from '../margin.js'
import { specsOf } from '../tree/bins.js'
import { EnsembleBuilder } from '../tree/ensemble.js'
import type { GrownTree } from '../tree/grow/grownTree.js'
import { addMargins } from '../tree/predict.js'
import { rowLosses } from './calibration.js'
import { type Part, patienceLooks } from './parts.js'
import { growPart, type PartTraining } from './trainedPart.js'

/** A figure that a training stops by: `{ better: 'higher', value: rocAuc }`. */
export interface ValidationMetric {
  readonly better: 'higher' | 'lower'
  /** Returns the figure; `probability`, `outcome` and `weight` have shape (rows). `rocAuc` is one as it is. */
  readonly value: (
    probability: Float64Array,
    outcome: Uint8Array,
    options: { readonly weight?: Float64Array },
  ) => number
}

const operation = 'trainBoosting (validation)'

/** Log loss, the figure that the training itself minimises. */
const logLoss: ValidationMetric = {
  better: 'lower',
  value: (probability, outcome, { weight }) => {
    const margin = probability.map((p) => Math.log(p / (1 - p)))
    const losses = rowLosses(margin, outcome, weight ?? null)
    return losses.reduce((sum, loss) => sum + loss, 0)
  },
}

/** Rows kept from the training, as its model sees them. */
export interface Watched {
  readonly validation: TrainingData
  readonly metric: ValidationMetric | undefined
  /** Margins that the parts start from. */
  readonly startOf: (features: FeatureMatrix) => number | Float64Array
}

/**
 * Grows each part until the rows of the validation set are not predicted better for some looks, and keeps the trees up
 * to the best look. Yields after each tree.
 */
export function* growValidated(
  training: PartTraining,
  parts: readonly Part[],
  { validation, metric = logLoss, startOf }: Watched,
  random: Random,
): Generator<void, GrownTree[][], void> {
  const { features, outcome, weight } = checkTraining(operation, z.strictObject({}), {}, validation)
  const specs = training.stored.features
  const columns = new FeatureAligner(specsOf(specs)).align(operation, features)
  const start = startOf(features)
  const sign = metric.better === 'higher' ? -1 : 1
  const grown: GrownTree[][] = []
  for (const [index, part] of parts.entries()) {
    const margin = typeof start === 'number' ? new Float64Array(outcome.length).fill(start) : start.slice()
    let best = { value: Number.POSITIVE_INFINITY, trees: 0, look: 0 }
    let look = 0
    const trees: GrownTree[] = []
    let builder = new EnsembleBuilder(specs)
    for (const { tree, count } of growPart(training, part, null, random.fork(index))) {
      yield
      trees.push(tree)
      builder.add(tree)
      if (count % part.lookEvery !== 0 && count !== part.rounds) continue
      addMargins(builder.build(), columns, margin)
      builder = new EnsembleBuilder(specs)
      const value = sign * metric.value(probabilityOf(margin), outcome, weight === null ? {} : { weight })
      if (value < best.value) best = { value, trees: count, look }
      if (look++ - best.look >= patienceLooks) break
    }
    grown.push(trees.slice(0, best.trees))
  }
  return grown
}
