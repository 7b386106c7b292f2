import type { RowFilter } from '../../../population/rowFilter.js'
import { countOf, gapDeviation, gapMean, meanOf, minOf, sumOf } from '../../builders/aggregateBuilders.js'
import { difference, ratio, shareOf } from '../../builders/arithmeticBuilders.js'
import { lastValue, oldestUnpaid, recency } from '../../builders/rowBuilders.js'
import type { NumberRule } from '../../rule.js'
import type { Columns } from '../tables.js'
import { arpu } from './billFeatures.js'
import type { CheckedTelecomOptions } from './telecomOptions.js'

const threeMonths = { months: 3 }
const sixMonths = { months: 6 }

/** Returns the rules about payments: dunning, what is owed and since when; top-ups and how long the balance lasts. */
export function paymentFeatures(
  columns: Columns,
  hasBills: boolean,
  { kinds }: CheckedTelecomOptions,
): NumberRule[] {
  const hasKind = columns['kind'] === 'text'
  const hasBalance = columns['balance'] === 'number'
  const cameThrough: RowFilter | undefined = hasKind ? { column: 'kind', notIn: kinds.failed } : undefined
  return [
    recency('payments'),
    ...(hasKind ? dunning(kinds) : []),
    ...(hasKind ? recharges({ column: 'kind', in: kinds.recharge }, hasBills) : []),
    ...(hasBalance ? [minOf('payments', 'balance', threeMonths)] : []),
    // Months that the balance lasts
    ...(hasBalance && hasBills ? [ratio(lastValue('payments', 'balance', 'number', sixMonths), arpu())] : []),
    ...(hasBills ? owed(cameThrough) : []),
  ]
}

function dunning(kinds: CheckedTelecomOptions['kinds']): NumberRule[] {
  const of = (values: readonly string[]): RowFilter => ({ column: 'kind', in: values })
  const counts = [kinds.late, kinds.failed, kinds.recharge, kinds.partial].map((values) =>
    countOf('payments', threeMonths, of(values)),
  )
  return [...counts, shareOf(countOf('payments', sixMonths, of(kinds.failed)))]
}

function recharges(isRecharge: RowFilter, hasBills: boolean): NumberRule[] {
  const gap = gapMean('payments', sixMonths, isRecharge)
  const amount = meanOf('payments', 'amount', sixMonths, isRecharge)
  return [
    gap,
    // 0 = like clockwork; above 1 = irregular
    ratio(gapDeviation('payments', sixMonths, isRecharge), gap),
    // Above 1 the next top-up is overdue
    ratio(recency('payments', isRecharge), gap),
    ...(hasBills ? [ratio(amount, arpu())] : []),
  ]
}

function owed(cameThrough: RowFilter | undefined): NumberRule[] {
  const where = cameThrough === undefined ? {} : { where: cameThrough }
  return [
    difference(sumOf('bills', 'amount', 'all'), sumOf('payments', 'amount', 'all', cameThrough)),
    oldestUnpaid({ table: 'bills', measure: 'amount' }, { table: 'payments', measure: 'amount', ...where }),
  ]
}
