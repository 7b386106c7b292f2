import type { Days, Months } from '../../base/days.js'
import type { WindowRule } from '../../base/windows.js'
import type { NumberRange, RowCondition, RowFilter } from '../../population/rowFilter.js'
import { type EventTableName, eventTableNames } from '../../table/inputs.js'
import type { Aggregate } from '../rule.js'
import { aggregateNames, operandSign } from './featureName.js'

/** Returns the column as it was before escaping. */
export function unescaped(text: string): string {
  return text.replaceAll(/%(25|28|29|2c|5b|5d|5f)/g, (_, code: string) => characterOf(code))
}

function characterOf(code: string): string {
  return String.fromCharCode(Number.parseInt(code, 16))
}

/** Splits at the commas that are not within parentheses or brackets. */
export function argumentsOf(text: string): string[] {
  const given: string[] = []
  let start = 0
  for (const { index, depth } of outside(text)) {
    if (depth > 0 || text[index] !== ',') continue
    given.push(text.slice(start, index))
    start = index + 1
  }
  return [...given, text.slice(start)]
}

/** Every character outside brackets, with the depth of its parentheses, not counting its own. */
function* outside(text: string): Generator<{ index: number; depth: number }> {
  let depth = 0
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === ')') depth -= 1
    yield { index, depth }
    if (text[index] === '(') depth += 1
    if (text[index] !== '[') continue
    // Brackets in texts are escaped, so the first closing one ends the filter
    const end = text.indexOf(']', index)
    if (end === -1) return
    index = end
  }
}

/** Two operands, with their parentheses, and the sign between them. */
export interface Operands {
  readonly left: string
  readonly sign: 'per' | 'minus'
  readonly right: string
}

/** Returns the operands of a ratio or a difference, undefined for any other rule. */
export function splitOperands(name: string): Operands | undefined {
  if (name.startsWith('(')) {
    const end = closing(name)
    const sign = /^_(per|minus)_/.exec(name.slice(end + 1))
    if (end === -1 || sign === null) return undefined
    return {
      left: name.slice(0, end + 1),
      sign: sign[1] as Operands['sign'],
      right: name.slice(end + 1 + sign[0].length),
    }
  }
  const start = rowsStart.exec(name)?.[0].length ?? name.length
  const found = operandSign.exec(name.slice(start))
  if (found === null) return undefined
  const [whole, aggregate, sign] = found
  return {
    left: name.slice(0, start + found.index + aggregate!.length),
    sign: sign as Operands['sign'],
    right: name.slice(start + found.index + whole.length),
  }
}

function closing(name: string): number {
  for (const { index, depth } of outside(name)) if (depth === 0 && name[index] === ')') return index
  return -1
}

const rowsStart = new RegExp(`^(${eventTableNames.join('|')})((?:\\[[^\\]]*\\])*)(?=_)`)

interface Rows {
  readonly table: EventTableName
  readonly where?: RowFilter
}

const questions = [
  'recency',
  'openCount',
  'openOldestDays',
  'slope',
  'drop',
  'variability',
  'active_streak',
  'silent_streak',
  'rising_streak',
  'falling_streak',
  'first',
  'last',
] as const

type Question = Aggregate | (typeof questions)[number]

// The column is greedy: the question is the last word that can be one.
const rowsEnd = new RegExp(
  `^_(?:(.+)_)?(${[...questions, ...aggregateNames].join('|')})(?:_(all|\\d+[dm](?:_lag\\d+[dm])?))?$`,
  's',
)

/** The name of a rule about the rows of a table, in its parts. */
export interface RowsParts {
  readonly rows: Rows
  readonly column?: string
  readonly how: Question
  readonly window?: string
}

/** Returns the parts of the name of a rule about the rows of a table, undefined for any other rule. */
export function rowsParts(name: string): RowsParts | undefined {
  const { rows, rest } = readRows(name) ?? {}
  if (rows === undefined) return undefined
  const [, column, how, window] = rowsEnd.exec(rest!) ?? []
  if (how === undefined) return undefined
  return {
    rows,
    ...(column === undefined ? {} : { column: unescaped(column) }),
    how: how as Question,
    ...(window === undefined ? {} : { window }),
  }
}

/** Returns the column of amounts named, for example, `bills[kind=fee]_amount`. */
export function amountsOf(name: string): (Rows & { readonly measure: string }) | undefined {
  const { rows, rest } = readRows(name) ?? {}
  return rows === undefined ? undefined : { ...rows, measure: unescaped(rest!.slice(1)) }
}

function readRows(name: string): { rows: Rows; rest: string } | undefined {
  const [start, table, filter] = rowsStart.exec(name) ?? []
  if (start === undefined) return undefined
  const where = filterOf(filter!)
  const rows = { table: table as EventTableName, ...(where === undefined ? {} : { where }) }
  return { rows, rest: name.slice(start.length) }
}

function filterOf(text: string): RowFilter | undefined {
  const [first, ...others] = (text.match(/\[[^\]]*\]/g) ?? []).map((each) => conditionOf(each.slice(1, -1)))
  return first === undefined || others.length === 0 ? first : [first, ...others]
}

function conditionOf(text: string): RowCondition {
  const read = (escaped: string): string =>
    escaped.replaceAll(/%([0-9a-f]{2})/g, (_, code) => characterOf(code))
  if (text.startsWith('weekday|')) return { weekday: text.split('|').slice(1).map(Number) }
  const equals = text.indexOf('=')
  if (equals === -1)
    return text.startsWith('!')
      ? { column: read(text.slice(1)), is: false }
      : { column: read(text), is: true }
  const [left, right] = [text.slice(0, equals), text.slice(equals + 1)]
  const isNot = left.endsWith('!')
  const column = read(isNot ? left.slice(0, -1) : left)
  if (right.startsWith('[')) {
    const range = rangeOf(right)
    return isNot ? { column, notBetween: range } : { column, between: range }
  }
  const values = right.split('|').map(read)
  return isNot ? { column, notIn: values } : { column, in: values }
}

function rangeOf(text: string): NumberRange {
  const [from, to] = text
    .slice(1, -1)
    .split(',')
    .map((bound) => (bound === '' ? null : Number(bound)))
  return [from ?? null, to ?? null]
}

/** Returns the window named, for example, `3m_lag1m`. */
export function windowOf(text: string | undefined): WindowRule {
  const [length, lag] = (text ?? 'all').split('_lag')
  if (length === 'all') return 'all'
  const span = spanOf(length!)
  return lag === undefined ? span : { ...span, lag: Number.parseInt(lag, 10) }
}

/** Returns the length named, for example, `3m` or `30d`. */
export function spanOf(text: string): { readonly days: Days } | { readonly months: Months } {
  const count = Number.parseInt(text, 10)
  return text.endsWith('d') ? { days: count } : { months: count }
}
