import { HoldfastError } from '../../src/base/errors.js'

/** Returns the codes of what a call refuses; none where it goes through. */
export function refusedCodes(call: () => unknown): string[] {
  try {
    call()
    return []
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error
    return error.problems.map(({ code }) => code)
  }
}
