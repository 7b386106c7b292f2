import type { Problem } from '../../base/errors.js'
import { rowProblems } from '../rows/rowProblems.js'

/** Returns what is wrong with probabilities whose outcomes are not known. */
export function predictionProblems(probability: ArrayLike<number>): Problem[] {
  return listProblems(probability, new Uint8Array(probability?.length ?? 0), undefined)
}

/** Returns what is wrong with the rows of a list. One class alone is an answer too: a list without a churner. */
export function listProblems(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  weight: ArrayLike<number> | undefined,
): Problem[] {
  return rowProblems(probability, outcome, weight).filter(({ code }) => code !== 'one-class')
}
