import { seededRandom } from '../../base/random.js'
import { resampleCount } from '../interval/bootstrapOptions.js'
import { drawBinomial } from '../interval/drawBinomial.js'
import { percentileLimits } from '../interval/intervalLimits.js'
import type { AcceptanceLaw } from './acceptanceLaw.js'
import type { ContactedUnits } from './contactedUnits.js'

/** How the profit is resampled. */
export interface ProfitResampling {
  readonly resamples: number | undefined
  readonly level: number
  readonly seed: number
}

/**
 * Returns the limits of the profit by the percentile bootstrap over units, each resample with an acceptance of its own.
 *
 * Of n units that are drawn with replacement, those that are contacted are a binomial number, and only these are
 * looked at. O(resamples · contacted units).
 */
export function profitLimits(
  contacted: ContactedUnits,
  law: AcceptanceLaw,
  { resamples, level, seed }: ProfitResampling,
): readonly [lower: number, upper: number] {
  const { kept, paid, units } = inOrder(contacted)
  const random = seededRandom(seed)
  const totals = new Float64Array(resampleCount({ resamples }, { customers: kept.length }))
  for (let index = 0; index < totals.length; index++) {
    const acceptance = law.quantile(random.uniform())
    const draws = drawBinomial(units, kept.length / units, random)
    let total = 0
    for (let draw = 0; draw < draws; draw++) {
      const unit = random.integer(kept.length)
      total += acceptance * kept[unit]! - paid[unit]!
    }
    totals[index] = total
  }
  return percentileLimits(totals.sort(), level)
}

/** Units in an order that does not depend on that of the rows, nor do the resamples then. */
function inOrder({ kept, paid, units }: ContactedUnits): ContactedUnits {
  const order = Int32Array.from({ length: kept.length }, (_, unit) => unit)
  order.sort((a, b) => kept[a]! - kept[b]! || paid[a]! - paid[b]!)
  return {
    kept: Float64Array.from(order, (unit) => kept[unit]!),
    paid: Float64Array.from(order, (unit) => paid[unit]!),
    units,
  }
}
