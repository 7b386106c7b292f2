import { checkArguments } from '../../base/arguments.js'
import type { FeatureMatrix, FeatureSpec } from '../../base/matrix.js'
import * as z from '../../base/schema.js'
import { logit } from '../../base/statistics.js'
import type { ChurnModel, Contributions } from '../contract.js'
import { probabilityOf } from '../margin.js'
import { checkState } from '../restore.js'

/** Says the base rate of every customer; needs no feature. See `trainPrior`. */
export class PriorModel implements ChurnModel {
  readonly learner = 'prior'
  readonly features: readonly FeatureSpec[] = []

  constructor(readonly baseRate: number) {}

  probability(features: FeatureMatrix): Float64Array {
    return probabilityOf(this.#margin('PriorModel.probability', features))
  }

  margin(features: FeatureMatrix): Float64Array {
    return this.#margin('PriorModel.margin', features)
  }

  contributions(features: FeatureMatrix): Contributions {
    checkArguments('PriorModel.contributions', ['features', features, 'matrix'])
    return { scale: 'log-odds', base: logit(this.baseRate), values: [] }
  }

  state(): unknown {
    return {}
  }

  #margin(operation: string, features: FeatureMatrix): Float64Array {
    checkArguments(operation, ['features', features, 'matrix'])
    return new Float64Array(features.rowCount).fill(logit(this.baseRate))
  }
}

/** Returns the model of that base rate. @throws {HoldfastError} `model-invalid` */
export function restorePrior(
  _features: readonly FeatureSpec[],
  baseRate: number,
  state: unknown,
): PriorModel {
  checkState('restorePrior', z.strictObject({}), state)
  return new PriorModel(baseRate)
}
