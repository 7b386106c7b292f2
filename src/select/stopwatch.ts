import { HoldfastError } from '../base/errors.js'
import type { Progress, TrainControl } from '../learn/contract.js'

/** Thrown into a training that has run out of time; caught by the search. */
const outOfTime = 'the time budget of selectModel is over'

/** The time of a search, and its abort signal. */
export class Stopwatch {
  readonly #start: number

  constructor(
    /** A monotonic clock in milliseconds. */
    readonly now: () => number,
    /** Total milliseconds; infinite = no limit. */
    readonly budget: number,
    readonly signal: AbortSignal | undefined,
  ) {
    this.#start = now()
  }

  get spentSeconds(): number {
    return (this.now() - this.#start) / 1000
  }

  get leftSeconds(): number {
    return this.budget / 1000 - this.spentSeconds
  }

  /** Throws if the user has stopped the search. @throws {HoldfastError} `aborted` */
  refuseAborted(): void {
    if (this.signal?.aborted !== true) return
    throw new HoldfastError(
      'selectModel',
      [
        {
          code: 'aborted',
          parameter: 'the selection',
          rule: 'to run to its end, but its signal was aborted',
          wayOut: 'Pass the last state of `onState` to `resume` to continue.',
        },
      ],
      { cause: this.signal.reason },
    )
  }

  /**
   * Watches one training: stops it when the user does, or when less time is left than is needed afterwards. Checked
   * after each training step, so that learners that never pause are stopped too.
   *
   * @param neededSeconds by the time that the training has taken so far
   */
  controlFor(
    neededSeconds: (takenSeconds: number) => number,
    onStep: (progress: Progress) => void,
  ): TrainControl & { readonly isLate: () => boolean } {
    const stop = new AbortController()
    const before = this.spentSeconds
    let late = false
    const onProgress = (progress: Progress): void => {
      onStep(progress)
      if (this.signal?.aborted === true) stop.abort(this.signal.reason)
      const spent = this.spentSeconds
      late ||= this.budget / 1000 - spent < neededSeconds(spent - before)
      if (late) stop.abort(outOfTime)
    }
    return { signal: stop.signal, onProgress, isLate: () => late }
  }
}
