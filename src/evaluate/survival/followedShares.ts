import { HoldfastError } from '../../base/errors.js'
import type { FollowUps } from './checkedFollowUps.js'
import { type DaysOfFollowUp, daysOfFollowUp } from './daysOfFollowUp.js'
import { followedCurve, probabilityBefore } from './kaplanMeier.js'

/**
 * Returns for each day the probability G(day−) of being followed up to it at least, from the reference; above 0 on every
 * day up to `untilDay` on which somebody churned.
 *
 * @throws {HoldfastError} `out-of-range` if the reference ends before such a day
 */
export function followedShares(
  operation: string,
  { day, churned }: DaysOfFollowUp,
  reference: FollowUps,
  untilDay: number,
  mend: string,
): Float64Array {
  const ofReference = daysOfFollowUp(reference)
  const lastDay = ofReference.day.at(-1)!
  const broken = day.filter((each, index) => each <= untilDay && each > lastDay && churned[index]! > 0)
  if (broken.length > 0) {
    const problem = {
      code: 'out-of-range',
      parameter: 'reference.duration',
      rule: `to reach day ${broken.at(-1)}, on which a customer churned`,
      received: lastDay,
      wayOut: `Take ${mend}, at most ${lastDay}, or a reference that was followed for longer.`,
    } as const
    throw new HoldfastError(operation, [problem])
  }
  const followed = followedCurve(ofReference)
  return day.map((each) => probabilityBefore(followed, each))
}
