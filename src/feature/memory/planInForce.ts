import type { EpochDay } from '../../base/days.js'
import { ownValue } from '../../base/ownValue.js'
import { type CheckedEvent, isKnownBefore } from '../../table/customerHistory.js'
import { compareTexts, planColumns } from '../../table/planColumns.js'
import type { CheckedCell } from '../../table/rowReader.js'

/** Returns the plan in force as of a cutoff, undefined if there is none. @see {@link InForceRule} */
export function planInForce(plans: readonly CheckedEvent[], cutoff: EpochDay): CheckedEvent | undefined {
  let latest: CheckedEvent | undefined
  for (const plan of plans) {
    if (plan.day >= cutoff || !isKnownBefore(plan['knownAt'], cutoff)) continue
    if (latest === undefined || comesBefore(plan, latest, cutoff)) latest = plan
  }
  return latest !== undefined && hasEnded(latest, cutoff) ? undefined : latest
}

// The same order as `plansOrderSql`.
function comesBefore(plan: CheckedEvent, other: CheckedEvent, cutoff: EpochDay): boolean {
  if (plan.day !== other.day) return plan.day > other.day
  const ended = Number(hasEnded(plan, cutoff)) - Number(hasEnded(other, cutoff))
  if (ended !== 0) return ended < 0
  for (const column of planColumns([...Object.keys(plan), ...Object.keys(other)])) {
    const order = compareCells(ownValue(plan, column) ?? null, ownValue(other, column) ?? null)
    if (order !== 0) return order > 0
  }
  return false
}

function hasEnded(plan: CheckedEvent, cutoff: EpochDay): boolean {
  const { to = null } = plan
  return typeof to === 'number' && to < cutoff
}

function compareCells(left: CheckedCell, right: CheckedCell): number {
  if (left === null || right === null) return Number(left !== null) - Number(right !== null)
  if (typeof left === 'string' && typeof right === 'string') return compareTexts(left, right)
  return Number(left) - Number(right)
}
