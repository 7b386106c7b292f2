import type { Problem } from '../base/errors.js'

/** A cell with its name: a column, or a path in a nested row, such as `customer.plan`. */
export type NamedCell = readonly [name: string, value: unknown]

/** A row object. */
type Row = Readonly<Record<string, unknown>>

/** True for a plain object, which gives a column for each of its parts. */
export function isRecord(value: unknown): value is Row {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** True for a value that no cell can hold. */
export function isNoCell(value: unknown): boolean {
  if (typeof value === 'function' || typeof value === 'symbol') return true
  return typeof value === 'object' && value !== null && !(value instanceof Date)
}

/** Deepest nesting of objects in a row. */
export const mostNested = 8

/** Returns the cells of a row, those of nested objects by their paths. */
export function flatCells(row: Row, before = '', depth = 0): readonly NamedCell[] {
  const cells = Object.entries(row)
  if (before === '' && !cells.some(([, value]) => isRecord(value))) return cells
  return cells.flatMap(([name, value]) =>
    isRecord(value) && depth < mostNested
      ? flatCells(value, `${before}${name}.`, depth + 1)
      : [[`${before}${name}`, value] as const],
  )
}

/** Returns what is wrong with the cells of a row: lists, and repeated names. */
export function cellProblems(cells: readonly NamedCell[]): Problem[] {
  const problems = cells.filter(([, value]) => isNoCell(value)).map(notACell)
  const names = cells.map(([name]) => name)
  if (problems.length > 0 || !names.some((name) => name.includes('.'))) return problems
  if (new Set(names).size === names.length) return problems
  return [cellTwice(names.find((name, place) => names.indexOf(name) !== place)!)]
}

/** Returns the problem of a value that is not a cell. */
export function notACell([name, received]: NamedCell): Problem {
  return {
    code: 'value-type',
    parameter: name,
    rule: 'to be a number, a text, a boolean, a Date or null',
    received,
    place: { column: name },
    wayOut: 'Write the parts as separate columns or rows.',
  }
}

/** Returns the problem of a name that is both a column and a path. */
export function cellTwice(name: string): Problem {
  return {
    code: 'column-duplicate',
    parameter: `column ${name}`,
    rule: 'to be in a row once: it is there by itself and within an object',
    place: { column: name },
    wayOut: 'Rename one of the two.',
  }
}

/**
 * Returns rows without nested objects, and what is wrong with them: lists, repeated names, and objects where other rows
 * have a value.
 */
export function flatRows(rows: readonly Row[]): {
  readonly rows: readonly Row[]
  readonly problems: Problem[]
} {
  const isNoRow = (row: unknown): boolean => row !== null && row !== undefined && !isRecord(row)
  const first = rows.findIndex(isNoRow)
  if (first >= 0) {
    const rule = 'to be an object with a value for each column'
    const count = rows.filter(isNoRow).length
    const facts = { code: 'value-type', parameter: 'the row', rule, received: rows[first], count } as const
    return { rows, problems: [{ ...facts, place: { row: first + 1 } }] }
  }
  if (!rows.some((row) => Object.values(row ?? {}).some(isNoCell))) return { rows, problems: [] }
  const objects = new Set(rows.flatMap((row) => objectPaths(row ?? {})))
  const problems: Problem[] = []
  const flat = rows.map((row, index) => {
    // Null where other rows have an object means that all its parts are missing
    const cells = flatCells(row ?? {}).filter(
      ([name, value]) => !objects.has(name) || (value !== null && value !== undefined),
    )
    const mixed = cells.filter(([name, value]) => objects.has(name) && !isNoCell(value))
    const found = [...cellProblems(cells), ...mixed.map(notAnObject)]
    problems.push(...found.map((problem) => ({ ...problem, place: { row: index + 1, ...problem.place } })))
    return Object.fromEntries(cells)
  })
  return { rows: flat, problems }
}

/** Returns the paths of the nested objects of a row. */
function objectPaths(row: Row, before = '', depth = 0): string[] {
  if (depth >= mostNested) return []
  return Object.entries(row).flatMap(([name, value]) =>
    isRecord(value) ? [`${before}${name}`, ...objectPaths(value, `${before}${name}.`, depth + 1)] : [],
  )
}

function notAnObject([name, received]: NamedCell): Problem {
  return { ...notACell([name, received]), rule: 'to be an object, as in other rows' }
}
