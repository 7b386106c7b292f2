import { HoldfastError } from '../base/errors.js'
import type { Horizon } from './rule.js'

/**
 * Returns the horizon that a label's options give, 30 days where they give none.
 *
 * @param lengths the option in days and the option in months, in this order
 * @throws {HoldfastError} `option-invalid` where both are given
 */
export function horizonOf(operation: string, lengths: Readonly<Record<string, number | undefined>>): Horizon {
  const [[daysName, days], [monthsName, months]] = Object.entries(lengths) as [
    [string, number | undefined],
    [string, number | undefined],
  ]
  if (days !== undefined && months !== undefined) {
    const rule = `to be left out where ${daysName} is given`
    throw new HoldfastError(operation, [
      { code: 'option-invalid', parameter: monthsName, rule, received: months },
    ])
  }
  return months === undefined ? { days: days ?? 30 } : { months }
}
