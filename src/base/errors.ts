import { nounOf } from './nounOf.js'

/** The kind of rule that was broken. Stable: programs may branch on it. */
export type ProblemCode =
  | 'option-invalid'
  | 'option-unknown'
  | 'out-of-range'
  | 'length-differs'
  | 'one-class'
  | 'file-missing'
  | 'file-unreadable'
  | 'file-exists'
  | 'table-empty'
  | 'table-unknown'
  | 'column-missing'
  | 'column-duplicate'
  | 'column-type'
  | 'value-missing'
  | 'value-type'
  | 'value-not-finite'
  | 'value-unknown'
  | 'duplicate-id'
  | 'duplicate-row'
  | 'id-unknown'
  | 'event-before-activation'
  | 'date-in-future'
  | 'window-open'
  | 'data-leak'
  | 'data-changed'
  | 'feature-missing'
  | 'not-converged'
  | 'aborted'
  | 'thread-lost'
  | 'memory-exceeded'
  | 'model-truncated'
  | 'model-edited'
  | 'model-invalid'
  | 'model-version'
  | 'model-too-large'
  | 'engine-failed'
  | 'run-locked'
  | 'run-unfinished'
  | 'storage-failed'
  | 'data-unexpected'

/** Where in the input the problem is. Rows count from 1 and do not count the header. */
export interface Place {
  readonly file?: string
  readonly table?: string
  readonly row?: number
  readonly column?: string
}

/** One broken rule, as facts; the sentence is made from them. */
export interface Problem {
  readonly code: ProblemCode
  /** The parameter, column or file that the rule is about. */
  readonly parameter: string
  /** The rule, to be read after "expected <parameter>": "to be a number above 0 and at most 1". */
  readonly rule: string
  /** The value received; left out if there is none to show. */
  readonly received?: unknown
  readonly place?: Place
  /** What to do about it, as a whole sentence. */
  readonly wayOut?: string
  /** How many rows or values break the same rule, if more than this one. */
  readonly count?: number
}

const problemsShown = 20
const receivedShown = 80
const partsLookedAt = 100
const rowsShown = 5
/** Letters that words must share at the beginning or end to be suggested for each other. */
const leastPart = 3

/**
 * The only error that holdfast throws on purpose: a list of all broken rules, not just the first.
 *
 * `problems` holds the facts for programs; `message` is the sentence for people.
 *
 * @example
 * const error = new HoldfastError('liftAt', [
 *   { code: 'out-of-range', parameter: 'share', rule: 'to be above 0 and at most 1', received: 25, wayOut: 'Did you mean 0.25?' },
 * ])
 * error.message
 * // => 'liftAt: expected share to be above 0 and at most 1, got 25 (number). Did you mean 0.25?'
 */
export class HoldfastError extends Error {
  override readonly name = 'HoldfastError'
  /** The code of the first problem. */
  readonly code: ProblemCode
  /** Every broken rule, at least one. */
  declare readonly problems: readonly [Problem, ...Problem[]]

  /**
   * @param operation the public function that refused, as the user called it
   * @param problems every broken rule, at least one
   */
  constructor(
    readonly operation: string,
    problems: readonly [Problem, ...Problem[]],
    options?: ErrorOptions,
  ) {
    const [first, ...rest] = problems
    const all = [awaited(first), ...rest.map(awaited)] as const
    super(messageOf(operation, all), options)
    // Node lists what can be enumerated of an error that nobody caught: whole tables, where these were refused
    Object.defineProperty(this, 'problems', { value: all, enumerable: false })
    this.code = first.code
  }

  /** @internal */
  toJSON(): object {
    const { name, operation, code, problems } = this
    return { name, operation, code, problems }
  }
}

/** Whatever the rule: a Promise means that an await is missing. */
function awaited(problem: Problem): Problem {
  const { received } = problem
  const isPromise = (value: unknown): boolean => nounOf(value) === 'a Promise'
  if (isPromise(received)) return { ...problem, wayOut: 'It is a Promise: write await before it.' }
  const isOurs = typeof received !== 'object' || received === null || nounOf(received) !== undefined
  if (isOurs || ArrayBuffer.isView(received)) return problem
  const parts = Object.values(Array.isArray(received) ? received.slice(0, partsLookedAt) : received)
  if (!parts.some(isPromise)) return problem
  return { ...problem, wayOut: 'There is a Promise in it: write await before it.' }
}

/** Throws one error with all problems, or does nothing if there are none. */
export function refuse(operation: string, problems: readonly Problem[]): void {
  const [first, ...rest] = problems
  if (first !== undefined) throw new HoldfastError(operation, [first, ...rest])
}

/** Runs a public function within another, so that errors carry the name of the one that the user called. */
export function inNameOf<Value>(operation: string, run: () => Value): Value {
  const rename = (error: unknown): never => {
    if (!(error instanceof HoldfastError) || error.operation === operation) throw error
    throw new HoldfastError(operation, error.problems, { cause: error })
  }
  try {
    const value = run()
    return value instanceof Promise ? (value.catch(rename) as Value) : value
  } catch (error) {
    return rename(error)
  }
}

function messageOf(operation: string, problems: readonly Problem[]): string {
  if (problems.length === 1) return `${operation}: ${problemSentence(problems[0]!)}`
  const alike = new Map<unknown, Problem[]>()
  for (const problem of problems) {
    const key = likeness(problem)
    const own = alike.get(key)
    if (own === undefined) alike.set(key, [problem])
    else own.push(problem)
  }
  const sentences = [...alike.values()].map(
    ([first, ...others]) => problemSentence(first!) + otherRows(others),
  )
  if (sentences.length === 1) return `${operation}: ${sentences[0]}`
  const lines = sentences.slice(0, problemsShown).map((sentence, index) => `  ${index + 1}. ${sentence}`)
  const hidden = sentences.length - lines.length
  if (hidden > 0) lines.push(`  … and ${hidden} more, see error.problems`)
  return `${operation}: ${problems.length} problems\n${lines.join('\n')}`
}

/** Equal for problems of several rows that break the same rule in the same place. */
function likeness({ code, parameter, rule, place, wayOut }: Problem): unknown {
  if (place?.row === undefined) return Symbol()
  const { row: _, ...where } = place
  return JSON.stringify([code, parameter, rule, where, wayOut])
}

function otherRows(others: readonly Problem[]): string {
  if (others.length === 0) return ''
  const shown = others.slice(0, rowsShown).map(({ place }) => place!.row)
  const more = others.length - shown.length
  const rows = `${others.length === 1 ? 'row' : 'rows'} ${shown.join(', ')}`
  return ` Likewise ${more > 0 ? `${rows} and ${more} more` : rows}.`
}

/** Returns the sentence of one problem: place, parameter, rule, received value, count, way out. */
export function problemSentence(problem: Problem): string {
  const place = placeText(problem.place)
  const got = 'received' in problem ? `, got ${showValue(problem.received)}` : ''
  const count = problem.count !== undefined && problem.count > 1 ? ` (${problem.count} times)` : ''
  const wayOut = problem.wayOut === undefined ? '' : ` ${problem.wayOut}`
  return `${place}expected ${problem.parameter} ${problem.rule}${got}${count}.${wayOut}`
}

function placeText(place: Place | undefined): string {
  if (place === undefined) return ''
  const parts = [
    place.file,
    place.table === undefined ? undefined : `table ${place.table}`,
    place.row === undefined ? undefined : `row ${place.row}`,
    place.column === undefined ? undefined : `column ${place.column}`,
  ].filter((part) => part !== undefined)
  return parts.length === 0 ? '' : `${parts.join(', ')}: `
}

function showValue(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (typeof value === 'string') return `${JSON.stringify(shorten(value))} (string)`
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return `${value} (${typeof value})`
  if (value instanceof Date)
    return `${Number.isNaN(value.getTime()) ? 'an invalid date' : value.toISOString()} (Date)`
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    return `${listText(value)} (${value.constructor.name})`
  }
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'symbol') return 'a symbol'
  const noun = nounOf(value)
  if (noun !== undefined) return noun
  try {
    return `${shorten(JSON.stringify(value) ?? String(value))} (object)`
  } catch {
    return 'an object'
  }
}

/** Lists inside of lists may go deeper than the stack. */
function listText(value: object): string {
  try {
    return shorten(String(value))
  } catch {
    return 'a list'
  }
}

function shorten(text: string): string {
  return text.length <= receivedShown ? text : `${text.slice(0, receivedShown)}…`
}

/**
 * Returns the candidate closest to the given word, else one that contains it or that it contains, at the beginning or
 * end; undefined if there is none. For error messages: "Did you mean …?".
 *
 * @param farthest largest edit distance that counts as close, ignoring case, spaces, `_` and `-`. Default a third of
 * the word
 */
export function closestWord(
  word: string,
  candidates: readonly string[],
  farthest?: number,
): string | undefined {
  if (typeof word !== 'string') return undefined
  let best: string | undefined
  let bestDistance = (farthest ?? Math.max(1, Math.floor(word.length / 3))) + 1
  for (const candidate of candidates) {
    const distance = editDistance(normalizeWord(word), normalizeWord(candidate))
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best ?? (farthest === undefined ? longerOrShorter(word, candidates) : undefined)
}

/** Returns the way out for a name that is not known: the closest of the known ones, otherwise the given one, if any. */
export function nearName(
  word: string,
  known: readonly string[],
  otherwise?: string,
): Pick<Problem, 'wayOut'> {
  const close = closestWord(word, known)
  const wayOut = close === undefined ? otherwise : `Did you mean ${close}?`
  return wayOut === undefined ? {} : { wayOut }
}

/** The candidate, nearest in length, that begins or ends with the word, or the reverse: `horizon` for `horizonDays`. */
function longerOrShorter(word: string, candidates: readonly string[]): string | undefined {
  const own = normalizeWord(word)
  const fits = (candidate: string): boolean => {
    const [short, long] = [own, normalizeWord(candidate)].sort((a, b) => a.length - b.length) as [
      string,
      string,
    ]
    // A word within a long text is not a shorter name
    const isPart = short.length >= leastPart && long.length <= 3 * short.length
    return isPart && (long.startsWith(short) || long.endsWith(short))
  }
  const apart = (candidate: string): number => Math.abs(normalizeWord(candidate).length - own.length)
  return candidates.filter(fits).sort((a, b) => apart(a) - apart(b))[0]
}

function normalizeWord(word: string): string {
  return word.toLowerCase().replaceAll(/[\s_-]/g, '')
}

/** Number of letters to insert, delete, replace or swap with the next (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swap = isSwap ? beforePrevious[j - 2]! + 1 : Number.POSITIVE_INFINITY
      current.push(Math.min(previous[j]! + 1, current[j - 1]! + 1, substitution, swap))
    }
    beforePrevious = previous
    previous = current
  }
  return previous[b.length]!
}
