import type { Days, Months } from '../base/days.js'
import { HoldfastError } from '../base/errors.js'
import type { Horizon } from './rule.js'

/** Length of the outcome window: in days or in calendar months, never both. */
export type HorizonOptions =
  | {
      /** Length of the outcome window in days. Integer ≥ 1. Default 30 unless `horizonMonths` is given. */
      readonly horizonDays?: Days
      readonly horizonMonths?: never
    }
  | {
      readonly horizonDays?: never
      /** Length of the outcome window in calendar months. Integer ≥ 1. */
      readonly horizonMonths?: Months
    }

/** A length in days or in months, by name of its option. */
export type Lengths = Readonly<Record<string, Days | Months | undefined>>

/**
 * Returns the horizon given by a label's options; default 30 days.
 *
 * @param lengths the option in days and the option in months, in this order
 * @throws {HoldfastError} `option-invalid` if both are given
 */
export function horizonOf(operation: string, lengths: Lengths): Horizon {
  return lengthOf(operation, lengths) ?? { days: 30 }
}

/** Like {@link horizonOf}, but undefined by default. */
export function lengthOf(operation: string, lengths: Lengths): Horizon | undefined {
  const [[daysName, days], [monthsName, months]] = Object.entries(lengths) as [
    [string, Days | undefined],
    [string, Months | undefined],
  ]
  if (days !== undefined && months !== undefined) {
    const rule = `to be left out if ${daysName} is given`
    throw new HoldfastError(operation, [
      { code: 'option-invalid', parameter: monthsName, rule, received: months },
    ])
  }
  if (months !== undefined) return { months }
  return days === undefined ? undefined : { days }
}
