import { meanOf, sumOf } from '../../builders/aggregateBuilders.js'
import { ratio } from '../../builders/arithmeticBuilders.js'
import { drop, slope, streak, variability } from '../../builders/rowBuilders.js'
import type { NumberRule } from '../../rule.js'
import { type Columns, measuresOf } from '../tables.js'

const threeMonths = { months: 3 }

/** Mean amount of the bills of the last three months. */
export const arpu = (): NumberRule => meanOf('bills', 'amount', threeMonths)

/** Returns the rules about bills: level, trend, fall, shares of overage and discount, bill shock. */
export function billFeatures(columns: Columns): NumberRule[] {
  const others = measuresOf(columns).filter((measure) => measure !== 'amount' && measure !== 'discount')
  const amount = sumOf('bills', 'amount', threeMonths)
  const shares = measuresOf(columns).filter((measure) => ['discount', 'overage'].includes(measure))
  return [
    sumOf('bills', 'amount', { months: 1 }),
    amount,
    meanOf('bills', 'amount', { months: 6 }),
    arpu(),
    slope('bills', 'amount', 6),
    drop('bills', 'amount', 3),
    variability('bills', 'amount', 6),
    streak('bills', 'amount', 'rising', 6),
    // The last bill against the three before it
    ratio(sumOf('bills', 'amount', { months: 1 }), meanOf('bills', 'amount', { months: 3, lag: 1 })),
    ...shares.map((measure) => ratio(sumOf('bills', measure, threeMonths), amount)),
    ...others.map((measure) => sumOf('bills', measure, threeMonths)),
  ]
}
