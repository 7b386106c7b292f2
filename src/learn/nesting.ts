import { HoldfastError } from '../base/errors.js'
import type { ChurnModel } from './contract.js'

/** A model that is made of others: calibrated, blended. */
export interface NestingModel extends ChurnModel {
  readonly innerModels: readonly ChurnModel[]
}

/** Models inside models at most: a shifted, calibrated blend of calibrated models is 4. Files are read to the same depth. */
export const mostNested = 4

/** Throws where models would be nested more deeply than their files are read. @throws {HoldfastError} `option-invalid` */
export function refuseDeepNesting(operation: string, innerModels: readonly ChurnModel[]): void {
  const nested = 1 + Math.max(0, ...innerModels.map(nestingOf))
  if (nested <= mostNested) return
  throw new HoldfastError(operation, [
    {
      code: 'option-invalid',
      parameter: 'the model',
      rule: `to hold models inside models ${mostNested} deep at most`,
      received: nested,
      wayOut: 'Calibrate or blend the models inside of it instead.',
    },
  ])
}

/** Levels of models inside a model: 0 for one that holds none. */
function nestingOf(model: ChurnModel): number {
  const inner = (model as Partial<NestingModel>).innerModels
  return inner === undefined ? 0 : 1 + Math.max(0, ...inner.map(nestingOf))
}
