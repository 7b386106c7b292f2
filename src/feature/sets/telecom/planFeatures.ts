import { countOf } from '../../builders/aggregateBuilders.js'
import { band, countTrue, difference } from '../../builders/arithmeticBuilders.js'
import { daysUntil, inForce } from '../../builders/customerBuilders.js'
import type { FeatureRule } from '../../rule.js'
import type { Columns } from '../tables.js'
import type { CheckedTelecomOptions } from './telecomOptions.js'

/** Days from the cutoff to the end of the agreement: over for a month or more, just over, this month, this quarter. */
const expiryEdges = [-30, 0, 31, 92]

/** Returns the rules about the plan in force: name, price, lock-ins and when they end. */
export function planFeatures(columns: Columns, options: CheckedTelecomOptions): FeatureRule[] {
  const { promotionEnd, lockIns } = options.columns
  const numbers = ['fee', 'converged', 'bound'].filter((column) => columns[column] !== undefined)
  const binding = lockIns.filter((column) => columns[column] === 'boolean' || columns[column] === 'number')
  const fee = inForce('fee', 'number')
  return [
    inForce('plan', 'text'),
    ...numbers.map((column) => inForce(column, 'number')),
    ...(columns['fee'] === 'number' ? [difference(fee, inForce('fee', 'number', { months: 3 }))] : []),
    ...(columns['contractEnd'] === undefined
      ? []
      : [daysUntil('contractEnd'), band(daysUntil('contractEnd'), expiryEdges)]),
    ...(columns[promotionEnd] === 'day' ? [daysUntil(promotionEnd)] : []),
    ...(binding.length > 1 ? [countTrue(binding.map((column) => inForce(column, 'number')))] : []),
    daysUntil('from'),
    countOf('plans', { months: 12 }),
    countOf('plans', 'all'),
  ]
}
