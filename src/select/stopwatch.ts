import { HoldfastError } from '../base/errors.js'
import type { Progress, TrainControl } from '../learn/contract.js'

/** Thrown into a training that has run out of time; never leaves the search. */
const outOfTime = 'the time budget of selectModel is over'

/** The time of a search: how much is left, and who may stop it. */
export class Stopwatch {
  readonly #start: number

  constructor(
    /** Milliseconds of a clock that does not go back. */
    readonly now: () => number,
    /** Milliseconds in all; infinite where nothing limits it. */
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

  /** Throws if the user has stopped it. @throws {HoldfastError} `aborted` */
  refuseAborted(): void {
    if (this.signal?.aborted !== true) return
    throw new HoldfastError(
      'selectModel',
      [
        {
          code: 'aborted',
          parameter: 'the selection',
          rule: 'to run to its end, but its signal was aborted',
          wayOut: 'Hand the last state of `onState` to `resume` to go on.',
        },
      ],
      { cause: this.signal.reason },
    )
  }

  /**
   * Watches one training: stops it when the user does, or when less time is left than is needed after it. Looked at after
   * each step of the training, so that learners that never pause are stopped too.
   *
   * @param neededSeconds from how long the training has taken so far
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
