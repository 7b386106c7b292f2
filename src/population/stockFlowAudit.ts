import { checkArguments } from '../base/arguments.js'
import { isMissing } from '../base/bitmap.js'
import { inNameOf } from '../base/errors.js'
import { numberColumn } from '../base/matrix.js'
import type { Table } from '../table/table.js'

/**
 * Adds to monthly figures what they do not explain: the residual of stock and flow, which should be 0.
 *
 * With t = month (row), in the order of the rows:
 *
 *     residual(t) = stock(t) − [stock(t − 1) + new(t) − left(t)]
 *
 * Above 0 customers appeared that nobody counted as new, below 0 customers are gone that nobody counted as left: moved
 * between branches, counted by another rule or on another day. Churn rates of such months are not to be trusted.
 *
 * @param figures columns `new`, `left`, `stock` (number of customers; stock at the end of the month), one row per month in
 * order; others are kept
 * @returns the table with the column `residual`: missing in the first row and where a figure is
 * @throws {HoldfastError} `column-missing`, `column-type`
 *
 * @example
 * const audited = stockFlowAudit(tableFrom({ new: [455, 385], left: [304, 409], stock: [11762, 11164] }))
 * audited.rows().map(({ residual }) => residual)
 * // => [null, -574]
 */
export function stockFlowAudit(figures: Table): Table {
  checkArguments('stockFlowAudit', ['figures', figures, 'table'])
  const [arrived, left, stock] = ['new', 'left', 'stock'].map((name) => {
    const { values, missing } = inNameOf('stockFlowAudit', () => figures.numbers(name))
    return (row: number): number | null => (isMissing(missing, row) ? null : values[row]!)
  }) as [(row: number) => number | null, (row: number) => number | null, (row: number) => number | null]
  const residuals = Array.from({ length: figures.rowCount }, (_, row) => {
    if (row === 0) return null
    const [now, before, came, went] = [stock(row), stock(row - 1), arrived(row), left(row)]
    if (now === null || before === null || came === null || went === null) return null
    return now - (before + came - went)
  })
  return figures.with(numberColumn('residual', residuals))
}
