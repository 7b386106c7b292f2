import { HoldfastError } from '../base/errors.js'

/** Throws if the caller asked the run to stop. @throws {HoldfastError} `aborted` */
export function refuseStopped(operation: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return
  throw new HoldfastError(
    operation,
    [
      {
        code: 'aborted',
        parameter: 'the run',
        rule: 'to run to its end, but its signal was aborted',
        wayOut: 'Run it again: it goes on where it stopped.',
      },
    ],
    { cause: signal.reason },
  )
}
