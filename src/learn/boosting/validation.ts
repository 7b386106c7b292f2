import * as z from 'zod'
import { HoldfastError } from '../../base/errors.js'
import type { FeatureMatrix } from '../../base/matrix.js'
import type { Random } from '../../base/random.js'
import { logit } from '../../base/statistics.js'
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
  /** Share of churners in training rows that were drawn by outcome; null where they were not. */
  readonly trainedRate: number | null
}

/**
 * Grows each part until the rows of the validation set are not predicted better for some looks, and keeps the trees up
 * to the best look. Yields after each tree.
 */
export function* growValidated(
  training: PartTraining,
  parts: readonly Part[],
  { validation, metric = logLoss, startOf, trainedRate }: Watched,
  random: Random,
): Generator<void, GrownTree[][], void> {
  const { features, outcome, weight, baseRate } = checkTraining(operation, z.strictObject({}), {}, validation)
  const specs = training.stored.features
  const columns = new FeatureAligner(specsOf(specs)).align(operation, features)
  // Training rows drawn by outcome say another churn rate than these rows have: they are read at their own.
  const shift = trainedRate === null ? 0 : logit(baseRate) - logit(trainedRate)
  const start = startOf(features)
  const sign = metric.better === 'higher' ? -1 : 1
  const grown: GrownTree[][] = []
  for (const [index, part] of parts.entries()) {
    const margin = Float64Array.from(
      outcome,
      (_, row) => (typeof start === 'number' ? start : start[row]!) + shift,
    )
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
      const figure = metric.value(probabilityOf(margin), outcome, weight === null ? {} : { weight })
      if (!Number.isFinite(figure)) throw noFigure(metric, figure)
      const value = sign * figure
      if (value < best.value) best = { value, trees: count, look }
      if (look++ - best.look >= patienceLooks) break
    }
    grown.push(trees.slice(0, best.trees))
  }
  return grown
}

/** No look would be better than such a one: the model would be left without a tree. */
function noFigure({ value }: ValidationMetric, received: unknown): HoldfastError {
  return new HoldfastError('trainBoosting', [
    {
      code: 'value-not-finite',
      parameter: `metric ${value.name}`.trimEnd(),
      rule: 'to be a finite number on the validation rows',
      received,
      wayOut: 'Look for what it divides by, or validate on more rows.',
    },
  ])
}
