import { roundedUp } from '../../evaluate/rows/rankedOutcomes.js'
import { rowsIn } from '../words/unit.js'
import type { ReportFacts } from './reportFacts.js'

/** The top of the list, with the length that the lift uses: whole customers, so that a tenth of 1,995 is 200. */
export interface TopList {
  /** Its share of the customers, in (0, 1]: what a random list of the same length reaches. */
  readonly share: number
  /** Its share of the churners, in [0, 1]. */
  readonly reached: number
  readonly lower: number
  readonly upper: number
}

/** Returns the top of the list, for headline, picture and text. */
export function topListOf({ evaluation }: Pick<ReportFacts, 'evaluation'>): TopList {
  const { topShare, lift, churners, liftTable } = evaluation
  const rows = evaluation.rows ?? evaluation.customers
  const counts = [rows, churners, ...liftTable.map(rowsIn)]
  const share = roundedUp(topShare * rows, { wholeWeights: counts.every(Number.isInteger) }) / rows
  const reachedBy = (times: number): number => Math.min(1, times * share)
  return {
    share,
    reached: reachedBy(lift.value),
    lower: reachedBy(lift.lower),
    upper: reachedBy(lift.upper),
  }
}
