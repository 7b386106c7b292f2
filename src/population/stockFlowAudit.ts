import { checkArguments } from '../base/arguments.js'
import { isMissing } from '../base/bitmap.js'
import { inNameOf } from '../base/errors.js'
import { numberColumn } from '../base/matrix.js'
import type { Table } from '../table/table.js'

/**
 * Adds the residual of stock and flow to monthly figures, which should be 0.
 *
 * With t = month (row), in the order of the rows:
 *
 *     residual(t) = stock(t) − [stock(t − 1) + new(t) − left(t)]
 *
 * Above 0, customers appeared who were not counted as new; below 0, customers are gone who were not counted as left:
 * they were moved between branches, or counted by another rule or on another day. Do not trust churn rates of such
 * months.
 *
 * @param figures columns `new`, `left`, `stock` (number of customers; stock at the end of the month), one row per month
 * in order; other columns are kept
 * @returns the table with the column `residual`: missing in the first row and if a figure is
 * @throws {HoldfastError} `column-missing`, `column-type`
 *
 * @example
 * import { tableFrom } from 'holdfast/tables'
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
