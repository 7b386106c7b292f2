import { ownValue } from '../../base/ownValue.js'
import { beginningOfTime } from '../../base/windows.js'
import type { PartialAggregate, PartialHow } from '../formula.js'
import {
  filterSql,
  hasKnownAt,
  inWindow,
  measureSql,
  piecesSql,
  type RowsContext,
  rowSpansSql,
  scannedRows,
  togetherSql,
  valueWhere,
  whereSql,
} from './rowsSql.js'
import { windowTiles } from './windowTiles.js'

/**
 * Parts that can be aggregated piecewise: count, sum, min, max, first, last, distinct days.
 *
 * For one cutoff every part is an aggregate over the rows themselves, in one GROUP BY of the table. For several, the
 * bounds of all windows cut time into spans: rows are grouped once by customer and span, then spans by customer and
 * cutoff. Rows that become known late have a span for each first cutoff that sees them.
 */
export function spansSql(group: string, parts: readonly PartialAggregate[], context: RowsContext): string[] {
  return context.windows.isOneCutoff ? directTables(group, parts, context) : spanTables(group, parts, context)
}

/** Returns whether a part can be aggregated in spans without counting a day twice. */
export function isOfSpans(part: PartialAggregate, context: RowsContext): boolean {
  if (part.how === 'days') return fitsBits(part, context)
  return spanned.has(part.how)
}

const spanned: ReadonlySet<PartialHow> = new Set([
  'count',
  'sum',
  'values',
  'min',
  'max',
  'firstDay',
  'lastDay',
  'firstValue',
  'lastValue',
])

// Days are a bit set, at position day % 62: a BIGINT has 63 bits besides its sign.
const daysInBits = 62
// Longer windows would take more than 6 sets per customer: sorting the days is less work.
const longestOfBits = 6 * daysInBits

function fitsBits({ table, window }: PartialAggregate, context: RowsContext): boolean {
  if (window === 'all') return false
  // With several cutoffs each sees other rows of a day, and bits of several sets cannot be counted together.
  if (!context.windows.isOneCutoff && hasKnownAt(context, table)) return false
  return context.windows.of(window).every(({ start, end }) => end - start <= longestOfBits)
}

/**
 * One aggregate over the rows per part; sums and counts of windows that other windows add up to are computed
 * afterwards.
 */
function directTables(group: string, parts: readonly PartialAggregate[], context: RowsContext): string[] {
  const { table } = parts[0]!
  const rules = parts.map(({ window }) => window)
  const from = `FROM ${context.dialect.identifier(table)} t${whereSql(scannedRows(table, rules, context))}`
  const tiles = parts.map((part) => tilesOf(part, parts, context))
  if (tiles.every((places) => places === undefined)) {
    const columns = parts.map((part, index) => `${directValue(part, context)} AS v${index}`)
    return [togetherSql(group, { keys: 't.id', from, groupBy: 't.id' }, columns)]
  }
  const rows = parts.flatMap((part, index) =>
    tiles[index] === undefined ? [`${directValue(part, context)} AS v${index}`] : [],
  )
  const columns = parts.map((_, index) => {
    const places = tiles[index]
    return places === undefined
      ? `t.v${index}`
      : `${addedUp(places.map((place) => `t.v${place}`))} AS v${index}`
  })
  return [
    togetherSql(`${group}_rows`, { keys: 't.id', from, groupBy: 't.id' }, rows),
    `${group} AS (\n  SELECT t.id,\n    ${columns.join(',\n    ')}\n  FROM ${group}_rows t)`,
  ]
}

/** Returns the indices of the parts that a part is the sum of, undefined if it has to be read from the rows. */
function tilesOf(
  part: PartialAggregate,
  parts: readonly PartialAggregate[],
  context: RowsContext,
): number[] | undefined {
  const { windows } = context
  if (!isAdded.has(part.how)) return undefined
  const alike = parts.flatMap((other, place) =>
    rowsKey(other) === rowsKey(part) ? [{ place, window: windows.of(other.window)[0]! }] : [],
  )
  const tiles = windowTiles(
    windows.of(part.window)[0]!,
    alike.map(({ window }) => window),
  )
  // A tile may itself consist of others: only those read from rows are listed.
  return tiles?.flatMap((tile) => {
    const { place } = alike.find(({ window }) => window === tile)!
    return tilesOf(parts[place]!, parts, context) ?? [place]
  })
}

const isAdded: ReadonlySet<PartialHow> = new Set(['count', 'sum', 'values'])

function rowsKey({ table, how, measure, where }: PartialAggregate): string {
  return JSON.stringify([table, how, measure, where])
}

/** The sum of numbers, missing if all are. */
function addedUp(columns: readonly string[]): string {
  const sum = columns.map((column) => `coalesce(${column}, 0)`).join(' + ')
  return `CASE WHEN coalesce(${columns.join(', ')}) IS NOT NULL THEN ${sum} END`
}

function directValue(part: PartialAggregate, context: RowsContext): string {
  const { windows, dialect } = context
  const { start, end } = windows.of(part.window)[0]!
  const filter = filterSql(part.where, dialect)
  const rows = (from: number, to: number): string => {
    const days = [
      ...(from === beginningOfTime ? [] : [`t.day >= ${from}`]),
      ...(to === windows.lastCutoff ? [] : [`t.day < ${to}`]),
    ]
    return rowsTogether(part, valueWhere([...days, ...filter], rowValue(part, context)), context)
  }
  if (part.how !== 'days') return finished(part, rows(start, end), context)
  const sets: string[] = []
  for (let from: number = start; from < end; from += daysInBits) {
    sets.push(`coalesce(${dialect.bitCount(rows(from, Math.min(from + daysInBits, end)))}, 0)`)
  }
  return finished(part, `(${sets.join(' + ')})`, context)
}

function spanTables(group: string, parts: readonly PartialAggregate[], context: RowsContext): string[] {
  const { dialect, windows } = context
  const { table } = parts[0]!
  // Aggregates over spans, by expression, shared by all windows.
  const spanColumns = new Map<string, string>()
  const windowColumns = parts.map((part, index) => {
    const value = valueWhere(filterSql(part.where, dialect), rowValue(part, context))
    const together = rowsTogether(part, value, context)
    const expression = part.how === 'days' ? dialect.bitCount(together) : together
    const column = spanColumns.get(expression) ?? `s${spanColumns.size}`
    spanColumns.set(expression, column)
    const inside = valueWhere(inWindow('s.start', part.window, context), `s.${column}`)
    return `${finished(part, spansTogether(part, inside, context), context)} AS v${index}`
  })
  const isAll = parts[0]!.window === 'all'
  const rules = parts.map(({ window }) => window)
  const { spans, seen } = rowSpansSql(
    `${group}_spans`,
    {
      table,
      bounds: spanBounds(parts, context),
      keys: [],
      columns: [...spanColumns].map(([expression, column]) => `${expression} AS ${column}`),
      conditions: scannedRows(table, rules, context),
    },
    context,
  )
  const seenWindows = isAll ? [] : [`s.start >= ${windows.earliestStart(group, rules)}`]
  return [
    spans,
    togetherSql(group, piecesSql(`${group}_spans`, [seen, ...seenWindows], context), windowColumns),
  ]
}

/** Every day on which a window begins or ends; spans whose days are bit sets are cut to the length of a set. */
function spanBounds(parts: readonly PartialAggregate[], { windows }: RowsContext): number[] {
  const bounds = windows.bounds(parts.map(({ window }) => window))
  const counted = windows.bounds(parts.filter(({ how }) => how === 'days').map(({ window }) => window))
  if (!parts.some(({ how }) => how === 'days')) return bounds
  const cut = bounds.flatMap((start, index) => {
    const end = bounds[index + 1] ?? start
    const isCounted = start >= counted[0]! && end <= counted.at(-1)!
    const pieces = isCounted ? Math.max(1, Math.ceil((end - start) / daysInBits)) : 1
    return Array.from({ length: pieces }, (_, piece) => start + piece * daysInBits)
  })
  return cut
}

function rowValue(part: PartialAggregate, context: RowsContext): string {
  const measure = part.measure === undefined ? '' : measureSql(context, part.table, part.measure)
  switch (part.how) {
    case 'count':
      return '1'
    case 'days':
      // Counted from a day before any history, because % keeps the sign.
      return `CAST(1 AS BIGINT) << ((t.day + ${-beginningOfTime}) % ${daysInBits})`
    case 'firstDay':
    case 'lastDay':
      return 't.day'
    case 'firstValue':
      return valueWhere([`${measure} IS NOT NULL`], context.dialect.pair('-t.day', measure))
    case 'lastValue':
      return valueWhere([`${measure} IS NOT NULL`], context.dialect.pair('t.day', measure))
    default:
      return measure
  }
}

function rowsTogether({ how }: PartialAggregate, value: string, { dialect }: RowsContext): string {
  switch (how) {
    case 'count':
    case 'values':
      return `count(${value})`
    case 'days':
      return `bit_or(${value})`
    case 'sum':
      return dialect.exactSum(value)
    case 'min':
    case 'firstDay':
      return `min(${value})`
    default:
      return `max(${value})`
  }
}

function spansTogether(part: PartialAggregate, value: string, context: RowsContext): string {
  const isCount = part.how === 'count' || part.how === 'values' || part.how === 'days'
  return isCount ? `sum(${value})` : rowsTogether(part, value, context)
}

/** Numbers as DOUBLE, so that arithmetic is that of JavaScript. */
function finished(part: PartialAggregate, value: string, { dialect, tables }: RowsContext): string {
  const isValue = part.how === 'firstValue' || part.how === 'lastValue'
  const single = isValue ? dialect.second(value) : value
  const isText = isValue && ownValue(tables[part.table], part.measure!) === 'text'
  return isText ? single : `CAST(${single} AS DOUBLE PRECISION)`
}
