import { z } from 'zod'
import type { FeatureMatrix } from '../../base/matrix.js'
import type { Random } from '../../base/random.js'
import { FeatureAligner } from '../align.js'
import { checkTraining } from '../check.js'
import type { TrainingData } from '../contract.js'
import { probabilityOf } from '../margin.js'
import { specsOf } from '../tree/bins.js'
import { EnsembleBuilder } from '../tree/ensemble.js'
import type { GrownTree } from '../tree/grownTree.js'
import { addMargins } from '../tree/predict.js'
import { type MarginLine, rowLosses, sameMargin } from './calibration.js'
import { type Part, patienceLooks } from './parts.js'
import { growPart, type PartTraining } from './trainedPart.js'

/** A figure that a training stops by; every metric of `evaluate` that is one number can be made one. */
export interface ValidationMetric {
  readonly better: 'higher' | 'lower'
  /** Returns the figure; `probability`, `outcome` and `weight` have shape (rows). */
  readonly value: (probability: Float64Array, outcome: Uint8Array, weight?: Float64Array) => number
}

const operation = 'trainBoosting (validation)'

/** Log loss, the figure that the training itself minimises. */
const logLoss: ValidationMetric = {
  better: 'lower',
  value: (probability, outcome, weight) => {
    const margin = probability.map((p) => Math.log(p / (1 - p)))
    const losses = rowLosses(margin, outcome, weight ?? null)
    return losses.reduce((sum, loss) => sum + loss, 0)
  },
}

/**
 * Grows each part until the rows of the validation set are not predicted better for some looks, and keeps the trees up
 * to the best look.
 */
export function growValidated(
  training: PartTraining,
  parts: readonly Part[],
  validation: TrainingData,
  metric: ValidationMetric = logLoss,
  startOf: (features: FeatureMatrix) => number | Float64Array,
  random: Random,
  onTree: () => void,
): { parts: GrownTree[][]; line: MarginLine } {
  const { features, outcome, weight } = checkTraining(operation, z.strictObject({}), {}, validation)
  const columns = new FeatureAligner(specsOf(training.stored.features)).align(operation, features)
  const start = startOf(features)
  const sign = metric.better === 'higher' ? -1 : 1
  const grown = parts.map((part, index) => {
    const margin = typeof start === 'number' ? new Float64Array(outcome.length).fill(start) : start.slice()
    let best = { value: Number.POSITIVE_INFINITY, trees: 0, look: 0 }
    let seen = 0
    let look = 0
    const trees: GrownTree[] = []
    growPart(training, part, null, random.fork(index), (count, _margin, tree) => {
      onTree()
      trees.push(tree)
      if (count % part.lookEvery !== 0 && count !== part.rounds) return true
      const builder = new EnsembleBuilder(training.stored.features)
      for (; seen < count; seen++) builder.add(trees[seen]!)
      addMargins(builder.build(), columns, margin)
      const value = sign * metric.value(probabilityOf(margin), outcome, weight ?? undefined)
      if (value < best.value) best = { value, trees: count, look }
      return look++ - best.look < patienceLooks
    })
    return trees.slice(0, best.trees)
  })
  return { parts: grown, line: sameMargin }
}
