import type { LabelRule } from './rule.js'

/**
 * Returns the name of a label: made from the rule alone, so that it says what a model predicts.
 *
 * @example
 * labelName(cancelled({ gapDays: 7, horizonDays: 30 }))
 * // => 'cancelled_gap7d_30d'
 *
 * @example
 * labelName(silent({ activeDays: 180, silentDays: 90 }))
 * // => 'silent_usage_active180d_90d'
 */
export function labelName(rule: LabelRule): string {
  const gap = rule.gapDays === 0 ? '' : `_gap${rule.gapDays}d`
  const length = 'days' in rule.horizon ? `${rule.horizon.days}d` : `${rule.horizon.months}m`
  switch (rule.kind) {
    case 'cancelled':
      return `cancelled${gap}_${length}`
    case 'silent':
      return `silent_${rule.table}_active${rule.activeDays}d${gap}_${length}`
    case 'valueDropped': {
      const percent = Number((rule.share * 100).toPrecision(12))
      return `dropped_${rule.table}_${rule.measure}_${percent}pct_of_${rule.lookbackMonths}m${gap}_${length}`
    }
  }
}
