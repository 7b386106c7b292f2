import { escapeMarkup } from '../base/escapeMarkup.js'
import { shortened } from '../base/printable.js'
import { displayWidth, type TextTableColumn, textTable } from '../base/textTable.js'

/** What printing needs of a table. */
export interface WrittenTable {
  readonly rowCount: number
  readonly columns: readonly { readonly name: string; readonly kind: string }[]
  readonly source?: string | undefined
  cellText(column: number, row: number): string
}

const digitsShown = 4
const amountsFrom = 1000
const longestCell = 40
const widestTable = 120

/** Returns a cell as printed for people: four digits, of amounts from 1000 on two after the point, missing as "–". */
export function cellText(cell: number | string | boolean | null): string {
  if (cell === null) return '–'
  if (typeof cell !== 'number') return String(cell)
  if (Number.isInteger(cell)) return String(cell)
  return Math.abs(cell) >= amountsFrom ? cell.toFixed(2) : cell.toPrecision(digitsShown)
}

/** Returns all rows and columns as aligned text, numbers to the right. For small tables. */
export function wholeTableText(table: WrittenTable): string {
  return textOf(table, table.columns.length, table.rowCount)
}

/** Returns the size of a table, its first rows, the columns that fit, and what is left out. */
export function tableText(table: WrittenTable, rows = 10): string {
  const { rowCount, columns } = table
  const shownRows = Math.min(rows, rowCount)
  const shownColumns = columnsWithRoom(table, shownRows)
  const others = columns.slice(shownColumns).map(({ name }) => name)
  return [
    sizeOf(table),
    ...(columns.length === 0 ? [] : [textOf(table, shownColumns, shownRows)]),
    ...(shownRows < rowCount ? [`… ${grouped(rowCount - shownRows)} more rows`] : []),
    ...(others.length === 0 ? [] : [`… ${named(others)}`]),
  ].join('\n')
}

/** The same as HTML for notebooks, with all columns, because notebooks scroll. */
export function tableHtml(table: WrittenTable, rows = 10): string {
  const shownRows = Math.min(rows, table.rowCount)
  const row = (cells: readonly string[], tag: 'th' | 'td'): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeMarkup(cell)}</${tag}>`).join('')}</tr>`
  const body = Array.from({ length: shownRows }, (_, index) =>
    row(cellsOf(table, table.columns.length, index), 'td'),
  )
  const names = table.columns.map(({ name }) => name)
  const head = `<thead>${row(names, 'th')}</thead>`
  return `<table>${head}<tbody>${body.join('')}</tbody></table><p>${escapeMarkup(sizeOf(table))}</p>`
}

function textOf(table: WrittenTable, columns: number, rows: number): string {
  const headings = table.columns
    .slice(0, columns)
    .map(({ name, kind }): TextTableColumn => ({ heading: short(name), right: kind === 'number' }))
  return textTable(
    headings,
    Array.from({ length: rows }, (_, row) => cellsOf(table, columns, row)),
  )
}

function cellsOf(table: WrittenTable, columns: number, row: number): string[] {
  return Array.from({ length: columns }, (_, column) => short(table.cellText(column, row)))
}

function columnsWithRoom(table: WrittenTable, rows: number): number {
  let width = 0
  const { columns } = table
  for (let column = 0; column < columns.length; column++) {
    const cells = Array.from({ length: rows }, (_, row) => displayWidth(short(table.cellText(column, row))))
    width += 2 + Math.max(displayWidth(short(columns[column]!.name)), ...cells)
    if (column > 0 && width > widestTable) return column
  }
  return columns.length
}

function sizeOf({ rowCount, columns, source }: WrittenTable): string {
  const size = `${count(rowCount, 'row')} × ${count(columns.length, 'column')}`
  return source === undefined ? size : `${size}, ${source}`
}

const namesListed = 10

function named(names: readonly string[]): string {
  const listed = names
    .slice(0, namesListed)
    .map((name) => short(name))
    .join(', ')
  return `${count(names.length, 'more column')}: ${listed}${names.length > namesListed ? ' …' : ''}`
}

// A line is a row, so no cell may contain a line break.
const short = (text: string): string => shortened(text, longestCell)

function count(number: number, noun: string): string {
  return `${grouped(number)} ${noun}${number === 1 ? '' : 's'}`
}

function grouped(number: number): string {
  return number.toLocaleString('en-US')
}
