import { epochDay } from '../../src/base/days.js'
import { numberColumn } from '../../src/base/matrix.js'
import type { MonthlySeries } from '../../src/lifecycle/tagMonths.js'

/** A series from its figures; everybody is active and stays unless said otherwise. */
export function seriesOf(
  minutes: readonly (number | null)[],
  rest: {
    readonly tenure?: number
    readonly active?: readonly number[]
    readonly cancelled?: readonly number[]
    readonly amount?: readonly (number | null)[]
    readonly baseLevels?: Readonly<Record<string, Float64Array>>
  } = {},
): MonthlySeries {
  const count = minutes.length
  const signals = [numberColumn('minutes', minutes)]
  if (rest.amount !== undefined) signals.push(numberColumn('bill amount', rest.amount))
  return {
    firstMonth: epochDay('2024-01-01'),
    tenureMonths: Int32Array.from({ length: count }, (_, month) => (rest.tenure ?? 20) + month),
    active: Uint8Array.from({ length: count }, (_, month) => rest.active?.[month] ?? 1),
    cancelled: Uint8Array.from({ length: count }, (_, month) => rest.cancelled?.[month] ?? 0),
    signals,
    ...(rest.baseLevels === undefined ? {} : { baseLevels: rest.baseLevels }),
  }
}
