import { HoldfastError } from '../base/errors.js'
import type { TrainControl } from './contract.js'

/** Tells the watcher that a step of a training is done, then stops if asked to. @throws {HoldfastError} `aborted` */
export function stepDone(
  operation: string,
  control: TrainControl | undefined,
  step: string,
  done: number,
  total: number,
): void {
  control?.onProgress?.({ step, done, total })
  refuseAborted(operation, control)
}

/** Throws if the training was asked to stop. @throws {HoldfastError} `aborted` */
export function refuseAborted(operation: string, control: TrainControl | undefined): void {
  if (control?.signal?.aborted !== true) return
  throw new HoldfastError(
    operation,
    [
      {
        code: 'aborted',
        parameter: 'the training',
        rule: 'to run to its end, but its signal was aborted',
        wayOut: 'Call it again without aborting.',
      },
    ],
    { cause: control.signal.reason },
  )
}
