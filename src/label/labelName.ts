import { checkArguments } from '../base/arguments.js'
import type { CancelCause } from './cancelCause.js'
import type { PlanOrder } from './planOrder.js'
import type { FirstPassageRule, OutcomeRule, PassageCause } from './rule.js'

/** The form of a label's name, as far as a type can express it. */
export type LabelName = `${
  | 'cancelled'
  | `silent_${string}_active${number}${'d' | 'm'}`
  | `dropped_${string}_of_${number}m`
  | `downgraded_${string}_${'at_end' | 'any_time'}`
  | `first[${string}]`}${string}_${`${number}${'d' | 'm'}` | 'all'}`

/**
 * Returns the name of a label. It depends on the rule alone and says what a model predicts; different questions have
 * different names.
 *
 * @example
 * labelName(cancelled({ gapDays: 7, horizonDays: 30 }))
 * // => 'cancelled_gap7d_30d'
 *
 * @example
 * labelName(silent({ activeDays: 180, silentDays: 90 }))
 * // => 'silent_usage_active180d_90d'
 *
 * @see {@link parseLabelName} for the inverse
 */
export function labelName(rule: OutcomeRule): string {
  checkArguments('labelName', ['rule', rule, 'labelRule'])
  const gap = rule.gapDays === 0 ? '' : `_gap${rule.gapDays}d`
  return `${whatName(rule)}${gap}_${horizonName(rule.horizon)}`
}

function horizonName(horizon: FirstPassageRule['horizon']): string {
  if (horizon === 'all') return 'all'
  return 'days' in horizon ? `${horizon.days}d` : `${horizon.months}m`
}

function whatName(rule: OutcomeRule): string {
  switch (rule.kind) {
    case 'cancelled':
      return `cancelled${causeName(rule.cause)}`
    case 'silent': {
      const { activeDays, activeMonths } = rule
      const length = activeDays === undefined ? `${activeMonths}m` : `${activeDays}d`
      return `silent_${rule.table}_active${length}`
    }
    case 'valueDropped':
      return `dropped_${rule.table}_${rule.measure}_${percentOf(rule.share)}pct_of_${rule.lookbackMonths}m`
    case 'planDowngraded':
      return `downgraded_${orderName(rule.order)}_${rule.when === 'atEnd' ? 'at_end' : 'any_time'}`
    case 'firstPassage':
      return `first[${rule.causes.map(passageName).join(';')}]`
  }
}

function passageName(cause: PassageCause): string {
  const name = escaped(cause.name)
  switch (cause.event) {
    case 'cancelled':
      return `${name}=cancelled${causeName(cause.cause)}`
    case 'silent':
      return `${name}=silent_${cause.table}_${cause.days}d`
    case 'planDowngraded':
      return `${name}=downgraded_${orderName(cause.order)}`
  }
}

function causeName(cause: CancelCause | undefined): string {
  if (cause === undefined) return ''
  const { of, by } = cause
  if (by.kind === 'reasonIn') return `_${of}[${escaped(by.column)}=${listName(by.in)}]`
  const { failed, balance } = by
  const failedName = failed === undefined ? '' : `;failed${failed.withinDays}d=${listName(failed.kinds)}`
  const balanceName = balance === undefined ? '' : `;open${balance.dueDays}d=${balance.above}`
  return `_${of}[unpaid${failedName}${balanceName}]`
}

function orderName(order: PlanOrder): string {
  const column = escaped(order.column)
  if ('tiers' in order) return `${column}[${order.tiers.map(listName).join('<')}]`
  return 'leastFall' in order
    ? `${column}[by${order.leastFall}]`
    : `${column}[by${percentOf(order.leastShare)}pct]`
}

// The order of the values does not change the question.
function listName(texts: readonly string[]): string {
  return [...new Set(texts)].sort().map(escaped).join('|')
}

/** A text with the separators of names escaped; the empty text is a lone `%`. */
function escaped(text: string): string {
  if (text === '') return '%'
  return text.replaceAll(/[%=;|<[\]]/g, (character) => `%${character.charCodeAt(0).toString(16)}`)
}

/** Moves the decimal point by two places, because share × 100 is not always exact. */
function percentOf(share: number): string {
  const [mantissa, exponent] = share.toExponential().split('e') as [string, string]
  const digits = mantissa.replace('.', '')
  const point = Number(exponent) + 3
  if (point <= 0) return `0.${'0'.repeat(-point)}${digits}`
  const whole = digits.slice(0, point).padEnd(point, '0')
  return digits.length > point ? `${whole}.${digits.slice(point)}` : whole
}
