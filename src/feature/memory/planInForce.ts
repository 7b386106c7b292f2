import type { EpochDay } from '../../base/days.js'
import type { CheckedEvent } from '../../table/customerHistory.js'
import type { CheckedCell } from '../../table/rowReader.js'

/** Columns that say when a plan was in force or known and not what it is. */
export const planTimes: ReadonlySet<string> = new Set(['id', 'day', 'from', 'to', 'knownAt'])

/** Returns the plan in force as of a cutoff, undefined where there is none. @see {@link InForceRule} */
export function planInForce(plans: readonly CheckedEvent[], cutoff: EpochDay): CheckedEvent | undefined {
  let latest: CheckedEvent | undefined
  for (const plan of plans) {
    const { knownAt = null } = plan
    if (plan.day >= cutoff || (typeof knownAt === 'number' && knownAt >= cutoff)) continue
    if (latest === undefined || comesBefore(plan, latest, cutoff)) latest = plan
  }
  return latest !== undefined && hasEnded(latest, cutoff) ? undefined : latest
}

// The same order as the ORDER BY of the SQL.
function comesBefore(plan: CheckedEvent, other: CheckedEvent, cutoff: EpochDay): boolean {
  if (plan.day !== other.day) return plan.day > other.day
  const ended = Number(hasEnded(plan, cutoff)) - Number(hasEnded(other, cutoff))
  if (ended !== 0) return ended < 0
  const columns = new Set(
    [...Object.keys(plan), ...Object.keys(other)].filter((name) => !planTimes.has(name)),
  )
  for (const column of [...columns].sort(compareTexts)) {
    const order = compareCells(plan[column] ?? null, other[column] ?? null)
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

/**
 * Compares by code point, as engines compare UTF-8 bytes. JavaScript's own order differs where texts hold characters
 * beyond U+FFFF, and `localeCompare` differs between machines.
 */
export function compareTexts(left: string, right: string): number {
  const length = Math.min(left.length, right.length)
  let index = 0
  while (index < length && left.charCodeAt(index) === right.charCodeAt(index)) index++
  if (index === length) return left.length - right.length
  // Units that differ in the second half of a pair belong to pairs with an equal first half: the order is theirs.
  return codePointOrder(left.charCodeAt(index)) - codePointOrder(right.charCodeAt(index))
}

// Surrogates stand for characters beyond U+FFFF and come last.
function codePointOrder(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}
