import { beginningOfTime, type WindowRule } from '../base/windows.js'
import type { CompileOptions } from './compileOptions.js'
import type { Part } from './formula.js'
import type { RowFilter } from './rule.js'
import type { WindowsSql } from './windowsSql.js'

/**
 * The parts of windows as SQL. Per table two common table expressions: `…_spans` brings the rows together per customer
 * and span of time, `…_windows` the spans per customer and cutoff.
 */
export class PartsSql {
  /** Common table expressions. */
  readonly tables: string[] = []
  /** Joins to the population `p`. */
  readonly joins: string[] = []
  readonly #columns = new Map<string, string>()
  readonly #windows: WindowsSql
  readonly #options: CompileOptions

  constructor(parts: readonly Part[], windows: WindowsSql, options: CompileOptions) {
    this.#windows = windows
    this.#options = options
    const distinct = [...new Map(parts.map((part) => [partKey(part), part])).values()]
    const groups = new Map<string, Part[]>()
    for (const part of distinct) {
      const group = `${part.table}_${part.window === 'all' ? 'all' : 'recent'}`
      groups.set(group, [...(groups.get(group) ?? []), part])
    }
    for (const [group, members] of groups) this.#addGroup(group, members)
  }

  /** Returns the column that holds a part, NULL where there was nothing. */
  column(part: Part): string {
    return this.#columns.get(partKey(part))!
  }

  #addGroup(group: string, parts: readonly Part[]): void {
    // Aggregates over spans, shared by all windows: by function, measure and filter.
    const spanColumns = new Map<string, string>()
    const windowColumns = parts.map((part, index) => {
      const expression = this.#rowsTogether(part)
      const spanColumn = spanColumns.get(expression) ?? `s${spanColumns.size}`
      spanColumns.set(expression, spanColumn)
      this.#columns.set(partKey(part), `${group}.v${index}`)
      return `${this.#spansTogether(part, `s.${spanColumn}`)} AS v${index}`
    })
    const spans = [...spanColumns].map(([expression, column]) => `${expression} AS ${column}`)
    this.tables.push(this.#spansTable(group, parts, spans), this.#windowsTable(group, parts, windowColumns))
    this.joins.push(`LEFT JOIN ${group} ON ${group}.id = p.id AND ${group}.cutoff = p.cutoff`)
  }

  #spansTable(group: string, parts: readonly Part[], columns: readonly string[]): string {
    const isAll = parts[0]!.window === 'all'
    const bounds = this.#bounds(parts)
    const last = Math.max(...this.#windows.cutoffs)
    const from = isAll ? '' : ` AND t.day >= ${bounds[0]}`
    return [
      `${group}_spans AS (`,
      `  SELECT t.id, ${spanStart(isAll ? [beginningOfTime, ...bounds] : bounds)} AS start,`,
      `    ${columns.join(',\n    ')}`,
      `  FROM ${this.#options.dialect.identifier(parts[0]!.table)} t`,
      `  WHERE t.day < ${last}${from}`,
      '  GROUP BY 1, 2)',
    ].join('\n')
  }

  #windowsTable(group: string, parts: readonly Part[], columns: readonly string[]): string {
    const isAll = parts[0]!.window === 'all'
    const windows = distinctWindows(parts)
    const from = isAll ? '' : ` AND s.start >= ${this.#windows.earliestStart(group, windows)}`
    return [
      `${group} AS (`,
      '  SELECT p.id, p.cutoff,',
      `    ${columns.join(',\n    ')}`,
      `  FROM ${this.#options.dialect.identifier(this.#options.population)} p`,
      '  JOIN windows w ON w.cutoff = p.cutoff',
      `  JOIN ${group}_spans s ON s.id = p.id AND s.start < p.cutoff${from}`,
      '  GROUP BY p.id, p.cutoff)',
    ].join('\n')
  }

  /** Every day on which a window begins or ends, so that no span lies across a window's edge; in order. */
  #bounds(parts: readonly Part[]): number[] {
    const windows = distinctWindows(parts).flatMap((rule) => this.#windows.of(rule))
    const days = windows.flatMap(({ start, end }) => [start, end])
    return [...new Set<number>([...days, ...this.#windows.cutoffs])]
      .filter((day) => day > beginningOfTime)
      .sort((a, b) => a - b)
  }

  #rowsTogether(part: Part): string {
    const { identifier, exactSum } = this.#options.dialect
    const value = (expression: string): string => {
      return part.where === undefined
        ? expression
        : `CASE WHEN ${this.#passes(part.where)} THEN ${expression} END`
    }
    const measure = part.measure === undefined ? '' : value(`t.${identifier(part.measure)}`)
    switch (part.how) {
      case 'count':
        return `count(${value('1')})`
      case 'days':
        return `count(DISTINCT ${value('t.day')})`
      case 'last':
        return `max(${value('t.day')})`
      case 'sum':
        return exactSum(measure)
      case 'values':
        return `count(${measure})`
      default:
        return `${part.how}(${measure})`
    }
  }

  #passes(where: RowFilter): string {
    const { identifier, literal } = this.#options.dialect
    const column = `t.${identifier(where.column)}`
    if ('in' in where) return `${column} IN (${where.in.map(literal).join(', ')})`
    return `(${column} IS NULL OR ${column} NOT IN (${where.notIn.map(literal).join(', ')}))`
  }

  #spansTogether(part: Part, column: string): string {
    const value = this.#inWindow(part.window, column)
    switch (part.how) {
      case 'sum':
        return this.#options.dialect.exactSum(value)
      case 'count':
      case 'days':
      case 'values':
        return `sum(${value})`
      case 'last':
        return `max(${value})`
      default:
        return `${part.how}(${value})`
    }
  }

  #inWindow(window: WindowRule, column: string): string {
    if (window === 'all') return column
    const { start, end } = { start: this.#windows.start(window), end: this.#windows.end(window) }
    return `CASE WHEN s.start >= ${start} AND s.start < ${end} THEN ${column} END`
  }
}

function distinctWindows(parts: readonly Part[]): WindowRule[] {
  return [...new Map(parts.map(({ window }) => [JSON.stringify(window), window])).values()]
}

function partKey(part: Part): string {
  return JSON.stringify([part.table, part.how, part.measure, part.where, part.window])
}

/** The first day of the span that `t.day` lies in, as a search tree of CASE: log2(bounds) comparisons a row. */
function spanStart(bounds: readonly number[]): string {
  if (bounds.length === 1) return String(bounds[0])
  const middle = bounds.length >>> 1
  return `CASE WHEN t.day < ${bounds[middle]} THEN ${spanStart(bounds.slice(0, middle))} ELSE ${spanStart(bounds.slice(middle))} END`
}
