import { addDays, addMonths, type EpochDay } from '../../src/base/days.js'
import type { CancelCause } from '../../src/label/cancelCause.js'
import type { ResolvedChurn } from '../../src/label/labelParts.js'
import type { PlanOrder } from '../../src/label/planOrder.js'
import type { FirstPassageRule, Horizon, LabelRule, PassageCause } from '../../src/label/rule.js'
import type { LabelHistory } from './arbitraryLabels.js'

/** The definitions of the docstrings read word by word, day by day: slow, and nothing shared with the SQL. */
export interface Reference {
  readonly outcome: 0 | 1 | null
  readonly time?: number | undefined
  readonly cause?: string | undefined
}

const unknown: Reference = { outcome: null }

interface Asked {
  readonly of: LabelHistory
  readonly cutoff: number
  /** Outcome window [start, end). */
  readonly start: number
  readonly end: number
  readonly falseChurn?: ResolvedChurn['as'] | undefined
}

export function referenceLabel(
  rule: LabelRule,
  of: LabelHistory,
  cutoff: number,
  completeUntil: number,
  falseChurn?: ResolvedChurn['as'],
): Reference {
  const start = cutoff + rule.gapDays
  const asked: Asked = { of, cutoff, start, end: after(start, rule.horizon), falseChurn }
  if (asked.end > completeUntil || hasLeft(asked)) return unknown
  const outcome = outcomeOf(rule, asked)
  if (outcome === 1 && of.falseChurn !== null && cancels(asked)) {
    if (falseChurn === 'null') return unknown
    if (falseChurn === 'stayed') return { outcome: 0 }
  }
  return { outcome }
}

export function referencePassage(
  rule: FirstPassageRule,
  of: LabelHistory,
  cutoff: number,
  completeUntil: number,
  falseChurn?: ResolvedChurn['as'],
): Reference {
  const start = cutoff + rule.gapDays
  const horizonEnd = rule.horizon === 'all' ? completeUntil : after(start, rule.horizon)
  const asked: Asked = { of, cutoff, start, end: Math.min(horizonEnd, completeUntil), falseChurn }
  if (start >= completeUntil || hasLeft(asked)) return unknown
  if (rule.causes.some((cause) => !isAtRisk(cause, asked))) return unknown
  for (let day = start; day < asked.end; day++) {
    const states = rule.causes.map((cause) => stateOn(cause, day, asked))
    if (states.includes('unknown')) return unknown
    const first = states.indexOf('happened')
    const time = day - start + 1
    if (first >= 0) {
      const { name, event } = rule.causes[first]!
      const isFalse = event === 'cancelled' && of.falseChurn !== null && falseChurn === 'null'
      return isFalse ? unknown : { outcome: 1, time, cause: name }
    }
    if (of.cancelledAt === day) return { outcome: 0, time }
  }
  return { outcome: 0, time: asked.end - start }
}

function after(start: number, horizon: Horizon): number {
  return 'days' in horizon
    ? addDays(start as EpochDay, horizon.days)
    : addMonths(start as EpochDay, horizon.months)
}

function hasLeft({ of, start }: Asked): boolean {
  return of.cancelledAt !== null && of.cancelledAt < start
}

function cancels({ of, start, end }: Asked): boolean {
  return of.cancelledAt !== null && of.cancelledAt >= start && of.cancelledAt < end
}

function outcomeOf(rule: LabelRule, asked: Asked): 0 | 1 | null {
  const { of, cutoff, start, end } = asked
  switch (rule.kind) {
    case 'cancelled': {
      if (!cancels(asked)) return 0
      if (rule.cause === undefined) return 1
      const holds = hasCause(rule.cause, of)
      return holds === null ? null : holds ? 1 : 0
    }
    case 'silent': {
      const back =
        rule.activeDays === undefined
          ? addMonths(cutoff as EpochDay, -rule.activeMonths!)
          : cutoff - rule.activeDays
      const rows = rowsOf(of, rule.table)
      if (!rows.some((row) => isIn(row.day, back, cutoff) && isKnown(row, cutoff))) return null
      return rows.some((row) => isIn(row.day, start, end)) ? 0 : 1
    }
    case 'valueDropped': {
      const back = addMonths(cutoff as EpochDay, -rule.lookbackMonths)
      if (of.activatedAt > back) return null
      const rows = rowsOf(of, rule.table)
      const before = rows.filter((row) => isIn(row.day, back, cutoff) && isKnown(row, cutoff))
      const cents = (list: readonly { amount?: number }[]) =>
        list.reduce((sum, { amount }) => sum + Math.round((amount ?? 0) * 100), 0)
      if (cents(before) <= 0) return null
      const now = cents(rows.filter((row) => isIn(row.day, start, end)))
      // share is 0.3, 0.5 or 1: whole tenths
      return now * 10 * rule.lookbackMonths <= (10 - Math.round(rule.share * 10)) * cents(before) ? 1 : 0
    }
    case 'planDowngraded':
      return downgradeOf(rule.order, rule.when, asked)
  }
}

function downgradeOf(order: PlanOrder, when: 'atEnd' | 'anyTime', asked: Asked): 0 | 1 | null {
  const { start, end, of } = asked
  if (!canFall(order, asked)) return null
  const before = placeBefore(order, asked)
  if (when === 'atEnd') {
    if (cancels(asked)) return 0
    const place = placeAsOf(order, of, end, () => true)
    return place === null ? null : isLower(order, place, before!) ? 1 : 0
  }
  let isUnknown = false
  for (let day = start; day < end; day++) {
    const change = changeOn(order, day, asked)
    if (change === 'happened') return 1
    if (change === 'unknown') isUnknown = true
  }
  return isUnknown ? null : 0
}

function isAtRisk(cause: PassageCause, asked: Asked): boolean {
  if (cause.event === 'cancelled') return true
  if (cause.event === 'planDowngraded') return canFall(cause.order, asked)
  const rows = rowsOf(asked.of, cause.table)
  const known = rows.some(
    (row) => isIn(row.day, asked.cutoff - cause.days, asked.cutoff) && isKnown(row, asked.cutoff),
  )
  return known && rows.some((row) => isIn(row.day, asked.start - cause.days, asked.start))
}

function stateOn(cause: PassageCause, day: number, asked: Asked): 'happened' | 'unknown' | 'no' {
  const { of, falseChurn } = asked
  switch (cause.event) {
    case 'cancelled': {
      if (of.cancelledAt !== day) return 'no'
      if (cause.cause === undefined)
        return of.falseChurn !== null && falseChurn === 'stayed' ? 'no' : 'happened'
      const holds = hasCause(cause.cause, of)
      if (holds === null) return 'unknown'
      if (of.falseChurn !== null && falseChurn === 'stayed') return 'no'
      return holds ? 'happened' : 'no'
    }
    case 'silent': {
      const rows = rowsOf(of, cause.table)
      return rows.some((row) => row.day > day - cause.days && row.day <= day) ? 'no' : 'happened'
    }
    case 'planDowngraded':
      return changeOn(cause.order, day, asked)
  }
}

function hasCause({ of: which, by }: CancelCause, of: LabelHistory): boolean | null {
  const x = of.cancelledAt!
  if (by.kind === 'reasonIn') {
    if (of.cancelReason === null) return null
    return by.in.includes(of.cancelReason) === (which === 'involuntary')
  }
  const failedKinds = by.failed?.kinds ?? []
  const hasFailed = (kind: string | null) => kind !== null && failedKinds.includes(kind)
  const until = of.payments.filter((row) => row.day <= x)
  const through = until.filter((row) => !hasFailed(row.kind))
  const failed =
    by.failed !== undefined &&
    until.some(
      (row) =>
        hasFailed(row.kind) &&
        row.day > x - by.failed!.withinDays &&
        !through.some((later) => later.day >= row.day && later.amount >= 0),
    )
  const cents = (rows: readonly { amount: number }[]) =>
    rows.reduce((sum, { amount }) => sum + Math.round(amount * 100), 0)
  const isOwed = (row: { day: number; amount: number }) =>
    row.amount < 0 ? row.day <= x : row.day + by.balance!.dueDays < x
  const open =
    by.balance !== undefined && cents(of.bills.filter(isOwed)) - cents(through) > by.balance.above * 100
  return (failed || open) === (which === 'involuntary')
}

function canFall(order: PlanOrder, asked: Asked): boolean {
  const before = placeBefore(order, asked)
  if (before === null || ('leastShare' in order && before <= 0)) return false
  const start = placeAsOf(order, asked.of, asked.start, () => true)
  return start === null || !isLower(order, start, before)
}

function placeBefore(order: PlanOrder, { of, cutoff }: Asked): number | null {
  return placeAsOf(order, of, cutoff, (row) => isKnown(row, cutoff))
}

type PlanRow = LabelHistory['plans'][number]

function placeAsOf(
  order: PlanOrder,
  of: LabelHistory,
  day: number,
  counts: (row: PlanRow) => boolean,
): number | null {
  const rows = of.plans.filter((row) => row.from < day && counts(row))
  const latest = Math.max(...rows.map((row) => row.from))
  const going = rows.filter((row) => row.from === latest && (row.to === null || row.to >= day))
  return placeInForce(order, going)
}

/** What the plans that begin on a day of the window say. */
function changeOn(order: PlanOrder, day: number, asked: Asked): 'happened' | 'unknown' | 'no' {
  const { of } = asked
  if (of.cancelledAt !== null && day >= of.cancelledAt) return 'no'
  const begun = of.plans.filter((row) => row.from === day)
  if (begun.length === 0) return 'no'
  const going = begun.filter((row) => row.to === null || row.to > day)
  const place = placeInForce(order, going.length === 0 ? begun : going)
  if (place === null) return 'unknown'
  return isLower(order, place, placeBefore(order, asked)!) ? 'happened' : 'no'
}

/** Of the plans of one day the one of the highest fee is in force, then the one with the last name: a missing fee is least. */
function placeInForce(order: PlanOrder, rows: readonly PlanRow[]): number | null {
  const [first] = rows.toSorted(
    (left, right) =>
      (right.fee ?? Number.NEGATIVE_INFINITY) - (left.fee ?? Number.NEGATIVE_INFINITY) ||
      Number(left.plan < right.plan) - Number(left.plan > right.plan),
  )
  return first === undefined ? null : placeOf(order, first)
}

function placeOf(order: PlanOrder, row: PlanRow): number | null {
  if (!('tiers' in order)) return row.fee
  const tier = order.tiers.findIndex((plans) => plans.includes(row.plan))
  return tier < 0 ? null : tier
}

// Fees are tenths and the bounds are 5 and a fifth: whole numbers after × 50.
function isLower(order: PlanOrder, now: number, before: number): boolean {
  if ('tiers' in order) return now < before
  const [low, high] = [Math.round(now * 50), Math.round(before * 50)]
  return 'leastFall' in order ? high - low >= order.leastFall * 50 : low * 5 <= high * 4
}

interface DatedRow {
  readonly day: number
  readonly knownAt?: number | null
  readonly amount?: number
}

function rowsOf(of: LabelHistory, table: string): readonly DatedRow[] {
  if (table === 'usage') return of.usage.map(({ day, knownAt }) => ({ day, knownAt }))
  return table === 'bills' ? of.bills : of.payments
}

function isIn(day: number, start: number, end: number): boolean {
  return day >= start && day < end
}

function isKnown({ knownAt }: { readonly knownAt?: number | null }, cutoff: number): boolean {
  return knownAt === undefined || knownAt === null || knownAt < cutoff
}
