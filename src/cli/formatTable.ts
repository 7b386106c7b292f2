import { textTable } from '../base/textTable.js'
import { type Cell, type Column, cellOf, type Table } from '../table/table.js'

const digitsShown = 4

/** Returns a small table as aligned text: numbers to the right with four digits, missing as "–". */
export function formatTable(table: Table): string {
  const rows = Array.from({ length: table.rowCount }, (_, row) =>
    table.columns.map((column) => cellText(cellOf(column, row))),
  )
  return textTable(table.columns.map(headingOf), rows)
}

function headingOf(column: Column): { heading: string; right: boolean } {
  return { heading: column.name, right: column.kind === 'number' }
}

function cellText(cell: Cell): string {
  if (cell === null) return '–'
  if (typeof cell !== 'number') return String(cell)
  return Number.isInteger(cell) ? String(cell) : cell.toPrecision(digitsShown)
}
