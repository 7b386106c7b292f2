import type * as z from 'zod'
import { type ArgumentKind, argumentProblems, isPlainObject } from './arguments.js'
import { dayHint } from './days.js'
import { closestWord, HoldfastError, nearName, type Problem, refuse } from './errors.js'
import { nounOf } from './nounOf.js'
import { ownValue, setOwnValue } from './ownValue.js'
import { custom } from './schema.js'

/**
 * Checks options against their zod schema and returns them with defaults filled in, as a frozen copy.
 *
 * The schema is the rule: it prints the message and generates the negative tests. Every broken rule is
 * reported at once, unknown names with the nearest known one.
 *
 * @param operation the public function the user called
 * @param schema a strict object schema whose members carry their defaults
 * @param options what the user gave; undefined means all defaults
 * @throws {HoldfastError} `option-invalid`, `option-unknown`: parameter, rule, received value
 *
 * @example
 * const schema = z.strictObject({ share: z.number().gt(0).lte(1).default(0.1) })
 * checkOptions('topCustomers', schema, { share: 0.2 })
 * // => { share: 0.2 }
 */
export function checkOptions<Schema extends z.ZodType>(
  operation: string,
  schema: Schema,
  options: unknown,
): z.output<Schema> {
  const result = schema.safeParse(options ?? {})
  if (isNoObject(schema, options, result.success))
    throw new HoldfastError(operation, [somethingElse(schema, options)])
  const problems = result.success
    ? keepProtoNames(schema, options, result.data, [])
    : distinct(result.error.issues.flatMap((issue) => problemsOf(issue, schema, options)))
  const [first, ...rest] = problems
  if (first !== undefined) throw new HoldfastError(operation, [first, ...rest])
  if (!result.success) throw result.error
  return Object.freeze(result.data) as z.output<Schema>
}

/**
 * Like {@link checkOptions}, together with all other problems, in one error.
 *
 * @param before problems of its parameters
 * @param further returns problems of its rows, given the options, or undefined if these break a rule
 */
export function checkTogether<Checked>(
  operation: string,
  schema: z.ZodType<Checked>,
  options: unknown,
  before: readonly Problem[],
  further: (checked: Checked | undefined) => readonly Problem[],
): Checked {
  const problems = [...before]
  const checked = optionsOrProblems(schema, options, problems)
  refuse(operation, [...problems, ...further(checked)])
  return checked!
}

/** Returns checked options, or undefined after adding their problems. */
export function optionsOrProblems<Checked>(
  schema: z.ZodType<Checked>,
  options: unknown,
  problems: Problem[],
): Checked | undefined {
  try {
    return checkOptions('options', schema, options)
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error
    problems.push(...error.problems)
    return undefined
  }
}

/** Returns the problems of options. */
export function optionProblems(schema: z.ZodType, options: unknown): readonly Problem[] {
  const problems: Problem[] = []
  optionsOrProblems(schema, options, problems)
  return problems
}

/**
 * Sets what records hold under `__proto__`, a name like any other that zod leaves out; returns what is wrong with it, and
 * with promises and maps, which pass for objects without members.
 */
function keepProtoNames(
  schema: z.ZodType,
  given: unknown,
  checked: unknown,
  path: readonly string[],
): Problem[] {
  if (!isObject(given) || !isObject(checked)) return []
  const { type, shape, valueType } = definitionOf(schema)
  if ((type === 'object' || type === 'record') && !isPlainObject(given))
    return argumentProblems(path.join('.'), given, 'object')
  if (type === 'object') {
    return Object.entries(shape!).flatMap(([name, member]) =>
      keepProtoNames(member, ownValue(given, name), ownValue(checked, name), [...path, name]),
    )
  }
  if (type !== 'record') return []
  const problems = Object.keys(checked).flatMap((name) =>
    keepProtoNames(valueType!, ownValue(given, name), checked[name], [...path, name]),
  )
  if (!Object.hasOwn(given, '__proto__')) return problems
  const received = ownValue(given, '__proto__')
  const value = valueType!.safeParse(received)
  if (value.success) setOwnValue(checked, '__proto__', value.data)
  else problems.push(invalidOption([...path, '__proto__'], optionRule(valueType!), received))
  return problems
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function invalidOption(path: readonly string[], rule: string, received: unknown): Problem {
  return { code: 'option-invalid', parameter: path.join('.'), rule, received }
}

/** Rule of an option that is one of the things that functions take as arguments: a dataset, a list. */
export function argumentOption<Value>(kind: ArgumentKind): z.ZodCustom<Value, Value> {
  const is = (value: unknown): boolean => argumentProblems('option', value, kind).length === 0
  return custom<Value>(is, { params: { kind } })
}

// What has no members of its own would pass for options without any; of something else, each member would be a problem.
function isNoObject(schema: z.ZodType, options: unknown, fits: boolean): boolean {
  if (options === undefined || options === null) return false
  if (typeof options === 'object' && !Array.isArray(options) && !isPlainObject(options)) return true
  if (fits || definitionOf(schema).type !== 'object') return false
  return !isPlainObject(options) || nounOf(options) !== undefined
}

// Each member of what is a Promise is missing
function distinct(problems: readonly Problem[]): Problem[] {
  const told = new Set<string>()
  return problems.filter(({ parameter, rule }) => told.size < told.add(`${parameter} ${rule}`).size)
}

/** Something else where options belong, with the option that it may have been meant for. */
function somethingElse(schema: z.ZodType, received: unknown): Problem {
  const [found] = argumentProblems('options', received, 'options') as [Problem]
  const problem: Problem = { ...found, code: 'option-invalid' }
  if (problem.wayOut !== undefined) return problem
  const { shape = {} } = definitionOf(schema)
  const takes = (member: z.ZodType, value: unknown): boolean => member.safeParse(value).success
  // A rule that takes any object says nothing of what was meant
  const isAny = (member: z.ZodType): boolean => isPlainObject(received) && takes(member, {})
  const meant = Object.keys(shape).filter((name) => takes(shape[name]!, received) && !isAny(shape[name]!))
  if (meant.length !== 1) return problem
  const isShort = typeof received !== 'object' && String(received).length <= 40
  const member = isShort
    ? `${meant[0]}: ${typeof received === 'string' ? `'${received}'` : String(received)}`
    : meant[0]
  return { ...problem, wayOut: `Give { ${member} }.` }
}

const undocumented = 'to be of the documented type'

/** Problems of a file that are put in words: a broken one may have as many as it has bytes. */
const mostOfFile = 100

/** Returns what is wrong with the content of a file that is read with a schema, the first problems; none if it fits. */
export function schemaProblems(schema: z.ZodType, content: unknown): Problem[] {
  const issues = schema.safeParse(content).error?.issues ?? []
  const first = issues
    .slice(0, mostOfFile)
    .map((issue) =>
      issue.code === 'unrecognized_keys' ? { ...issue, keys: issue.keys.slice(0, mostOfFile) } : issue,
    )
  return distinct(first.flatMap((issue) => problemsOf(issue, schema, content))).slice(0, mostOfFile)
}

function problemsOf(issue: z.core.$ZodIssue, schema: z.ZodType, options: unknown): Problem[] {
  const path = issue.path.map(String)
  const waiting = path.findIndex(
    (_, place) => nounOf(valueAt(options, path.slice(0, place + 1))) === 'a Promise',
  )
  if (waiting !== -1 && waiting < path.length - 1) {
    // Nothing of what a Promise promises is in it
    const whole = path.slice(0, waiting + 1)
    return [invalidOption(whole, 'to be an object', valueAt(options, whole))]
  }
  const member = schemaAt(schema, path)
  if (issue.code === 'unrecognized_keys') {
    const known = member === undefined ? [] : memberNames(member)
    return issue.keys.map((key) => unknownOption([...path, key].join('.'), key, known))
  }
  if (issue.code === 'invalid_union' && issue.message === 'Invalid input') {
    const union = unionAt(schema, path, options)
    if (union !== undefined) return unionProblems(issue, union, path, valueAt(options, path))
  }
  const parameter = path.length === 0 ? 'options' : path.join('.')
  const isTold = member === undefined ? issue.message !== 'Invalid input' : hasOwnWords(issue)
  const rule = isTold ? issue.message : member === undefined ? undocumented : optionRule(member)
  const received = valueAt(options, path)
  const kind = issue.code === 'custom' ? (issue.params?.['kind'] as ArgumentKind | undefined) : undefined
  if (kind !== undefined)
    return argumentProblems(parameter, received, kind).map((each) => ({ ...each, code: 'option-invalid' }))
  const problem: Problem = { code: 'option-invalid', parameter, rule, received }
  const wayOut = shareHint(rule, received) ?? wordHint(issue, received) ?? listHint(member, received)
  if (wayOut !== undefined) return [{ ...problem, wayOut }]
  return [rule.includes('YYYY-MM-DD') ? { ...problem, ...dayHint(received) } : problem]
}

/** Says what is wrong with the alternative that was meant, where that can be told; else which there are. */
function unionProblems(
  issue: z.core.$ZodIssueInvalidUnion,
  union: z.ZodType,
  path: readonly string[],
  received: unknown,
): Problem[] {
  const alternatives = definitionOf(union).options!.map((option, place) => ({
    schema: unwrap(option),
    names: memberNames(option),
    issues: issue.errors[place] ?? [],
  }))
  const all: Problem = invalidOption(path, optionRule(union), received)
  if (!isPlainObject(received)) return [all]
  const given = Object.keys(received)
  const known = [...new Set(alternatives.flatMap(({ names }) => names))]
  const unknown = given.filter((name) => !known.includes(name))
  if (unknown.length > 0) {
    return unknown.map((name) => unknownOption([...path, name].join('.'), name, known))
  }
  const fitting = alternatives.filter(({ names }) => given.every((name) => names.includes(name)))
  const [meant] = fitting.sort((a, b) => a.issues.length - b.issues.length)
  if (meant === undefined) {
    const apart = given.filter((name) =>
      alternatives.some(({ names }) => names.length > 0 && !names.includes(name)),
    )
    return [{ ...all, wayOut: `Give one of ${apart.join(', ')}, not several of them.` }]
  }
  if (given.length === 0) return [all]
  return meant.issues
    .flatMap((inner) => problemsOf(inner, meant.schema, received))
    .map((problem) => ({ ...problem, parameter: [...path, problem.parameter].join('.') }))
}

/** Returns the union at a path, which may lead through other unions, chosen by the given value. */
function unionAt(schema: z.ZodType, path: readonly string[], given: unknown): z.ZodType | undefined {
  const { type, options, shape, element, valueType } = definitionOf(schema)
  const [step, ...rest] = path
  if (step === undefined) return type === 'union' ? unwrap(schema) : undefined
  if (type === 'union') {
    const issuesOf = (option: z.ZodType): number => option.safeParse(given).error?.issues.length ?? 0
    const [nearest] = options!
      .filter((option) => memberNames(option).includes(step))
      .sort((a, b) => issuesOf(a) - issuesOf(b))
    return nearest === undefined ? undefined : unionAt(nearest, path, given)
  }
  const member = shape?.[step] ?? element ?? valueType
  return member === undefined ? undefined : unionAt(member, rest, valueAt(given, [step]))
}

// A refinement without a message of its own says no more than that the input is invalid.
function hasOwnWords(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'custom' && issue.message !== 'Invalid input'
}

function unknownOption(parameter: string, key: string, known: readonly string[]): Problem {
  const rule = `to be one of ${known.join(', ')}`
  return { code: 'option-unknown', parameter, rule, ...nearName(key, known, 'Leave it out.') }
}

/** The nearest of the texts that an option may be. */
function wordHint(issue: z.core.$ZodIssue, received: unknown): string | undefined {
  if (issue.code !== 'invalid_value' || typeof received !== 'string') return undefined
  const close = closestWord(
    received,
    issue.values.filter((value) => typeof value === 'string'),
  )
  return close === undefined ? undefined : `Did you mean '${close}'?`
}

function shareHint(rule: string, received: unknown): string | undefined {
  const isPercentage =
    typeof received === 'number' && received > 1 && received <= 100 && rule.endsWith('at most 1')
  return isPercentage ? `Did you mean ${received / 100}?` : undefined
}

/** A list where one thing is meant. */
function listHint(member: z.ZodType | undefined, received: unknown): string | undefined {
  if (!Array.isArray(received) || member === undefined || received.length === 0) return undefined
  if (definitionOf(member).type === 'object') return 'Give one, not a list.'
  if (!received.every((one) => member.safeParse(one).success)) return undefined
  return received.length === 1
    ? 'Give it without the list around it.'
    : 'It is a list where one is meant: spread it with three dots, or give one.'
}

// A service that refuses requests by the thousand asks for the same few rules
const ruleTexts = new WeakMap<z.ZodType, string>()

/** Returns the rule of an option in words, made from its schema: "to be an integer of at least 1". */
export function optionRule(schema: z.ZodType): string {
  const known = ruleTexts.get(schema)
  if (known !== undefined) return known
  const rule = `to be ${ruleText(jsonRule(schema))}`
  ruleTexts.set(schema, rule)
  return rule
}

/** The part of JSON Schema that rules are written in. */
export interface JsonRule {
  /** A list if several types are allowed. */
  readonly type?: string | readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly minLength?: number
  readonly minItems?: number
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly JsonRule[]
  readonly oneOf?: readonly JsonRule[]
  readonly description?: string
  readonly properties?: Readonly<Record<string, JsonRule>>
  readonly required?: readonly string[]
}

function ruleText(rule: JsonRule): string {
  if (rule.description !== undefined) return rule.description
  if (rule.const !== undefined) return JSON.stringify(rule.const)
  if (rule.enum !== undefined) return `one of ${rule.enum.map((value) => JSON.stringify(value)).join(', ')}`
  const alternatives = rule.anyOf ?? rule.oneOf
  if (alternatives !== undefined) return alternatives.map(ruleText).join(' or ')
  if (typeof rule.type === 'object') return rule.type.map((type) => ruleText({ type })).join(' or ')
  if (rule.type === 'object' && rule.properties !== undefined) return objectText(rule)
  const nouns: Record<string, string> = {
    integer: 'an integer',
    number: 'a number',
    string: 'a text',
    boolean: 'true or false',
    array: 'a list',
    object: 'an object',
    null: 'null',
  }
  const noun = nouns[rule.type ?? ''] ?? 'of the documented type'
  const limits = limitTexts(rule)
  return limits.length === 0 ? noun : `${noun} ${limits.join(' and ')}`
}

function objectText({ properties, required = [] }: JsonRule): string {
  const names = Object.keys(properties!).map((name) => (required.includes(name) ? name : `${name}?`))
  return `{ ${names.join(', ')} }`
}

function limitTexts(rule: JsonRule): string[] {
  const limits: string[] = []
  if (rule.exclusiveMinimum !== undefined) limits.push(`above ${rule.exclusiveMinimum}`)
  if (rule.minimum !== undefined && rule.minimum !== Number.MIN_SAFE_INTEGER)
    limits.push(`of at least ${rule.minimum}`)
  if (rule.exclusiveMaximum !== undefined) limits.push(`below ${rule.exclusiveMaximum}`)
  if (rule.maximum !== undefined && rule.maximum !== Number.MAX_SAFE_INTEGER)
    limits.push(`at most ${rule.maximum}`)
  if (rule.minLength !== undefined || (rule.minItems ?? 0) > 0) limits.push('that is not empty')
  return limits
}

/** The rule of an option as JSON Schema writes it; of members of objects only the names. */
function jsonRule(schema: z.ZodType): JsonRule {
  const inner = unwrap(schema)
  const described = descriptionOf(schema)
  if (described !== undefined) return { description: described }
  if (schema !== inner && isNullable(schema)) return { anyOf: [jsonRule(inner), { type: 'null' }] }
  const def = definitionOf(inner)
  switch (def.type) {
    case 'lazy':
      return jsonRule(def.getter!())
    case 'union':
      return { anyOf: def.options!.map(jsonRule) }
    case 'literal':
      return def.values!.length === 1 ? { const: def.values![0] } : { enum: def.values! }
    case 'enum':
      return { enum: Object.values(def.entries!) }
    case 'object':
      return { type: 'object', ...membersOf(def.shape!) }
    case 'record':
      return { type: 'object' }
    case 'tuple':
      return { type: 'array' }
    case 'number':
    case 'string':
    case 'boolean':
    case 'array':
      return { type: def.type, ...limitsOf(inner) }
    default:
      return {}
  }
}

function membersOf(shape: Readonly<Record<string, z.ZodType>>): JsonRule {
  const names = Object.keys(shape)
  return {
    properties: Object.fromEntries(names.map((name) => [name, {}])),
    required: names.filter((name) => shape[name]!._zod.optin === undefined),
  }
}

/** The limits that the checks of a schema set. */
function limitsOf(schema: z.ZodType): JsonRule {
  const { type, checks = [], format } = definitionOf(schema)
  const limits = checks.map(({ _zod }) => _zod.def)
  const isInteger = [format, ...limits.map((limit) => limit.format)].some((one) => one?.includes('int'))
  const bounds = (kind: string, isInclusive: boolean) =>
    limits
      .filter((limit) => limit.check === kind && limit.inclusive === isInclusive)
      .map(({ value }) => value!)
  const least = limits.flatMap((limit) => limit.minimum ?? limit.length ?? [])
  const named = <Name extends string>(name: Name, of: (...all: number[]) => number, all: readonly number[]) =>
    (all.length === 0 ? {} : { [name]: of(...all) }) as { readonly [name in Name]?: number }
  return {
    ...(isInteger ? { type: 'integer' } : {}),
    ...named('exclusiveMinimum', Math.max, bounds('greater_than', false)),
    ...named('minimum', Math.max, bounds('greater_than', true)),
    ...named('exclusiveMaximum', Math.min, bounds('less_than', false)),
    ...named('maximum', Math.min, bounds('less_than', true)),
    ...named(type === 'string' ? 'minLength' : 'minItems', Math.max, least),
  }
}

function schemaAt(schema: z.ZodType, path: readonly string[]): z.ZodType | undefined {
  let current: z.ZodType | undefined = unwrap(schema)
  for (const step of path) {
    if (definitionOf(current).type === 'union') current = alternativeWith(current, step)
    if (current === undefined) return undefined
    const { shape, element, valueType }: Definition = definitionOf(current)
    current = shape === undefined ? (element ?? valueType) : shape[step]
    if (current === undefined) return undefined
    if (step !== path.at(-1)) current = unwrap(current)
  }
  return current
}

function alternativeWith(union: z.ZodType, step: string): z.ZodType | undefined {
  const options = definitionOf(union).options!.map(unwrap)
  return options.find(
    (option) => definitionOf(option).type === 'record' || memberNames(option).includes(step),
  )
}

/** What a schema is made of, as zod keeps it. */
interface Definition {
  readonly type: string
  readonly innerType?: z.ZodType
  readonly in?: z.ZodType
  readonly shape?: Readonly<Record<string, z.ZodType>>
  readonly element?: z.ZodType
  readonly keyType?: z.ZodType
  readonly valueType?: z.ZodType
  readonly options?: readonly z.ZodType[]
  readonly entries?: Readonly<Record<string, unknown>>
  readonly values?: readonly unknown[]
  readonly getter?: () => z.ZodType
  readonly format?: string
  readonly checks?: readonly { readonly _zod: { readonly def: Limit } }[]
}

/** A check as zod keeps it: of numbers `check`, `value`, `inclusive` and `format`, of sizes `minimum` or `length`. */
interface Limit {
  readonly check: string
  readonly value?: number
  readonly inclusive?: boolean
  readonly format?: string
  readonly minimum?: number
  readonly length?: number
}

/** The definition of a schema without what is around it. */
function definitionOf(schema: z.ZodType): Definition {
  return unwrap(schema)._zod.def as unknown as Definition
}

/** What a schema is around: the value that may be left out or null, what is given before a transformation. */
function insideOf(schema: z.ZodType): z.ZodType | undefined {
  const { type, innerType, in: given } = schema._zod.def as unknown as Definition
  return type === 'pipe' ? given : innerType
}

function unwrap(schema: z.ZodType): z.ZodType {
  const inside = insideOf(schema)
  return inside === undefined ? schema : unwrap(inside)
}

function descriptionOf(schema: z.ZodType): string | undefined {
  const inside = insideOf(schema)
  if (schema.description !== undefined) return schema.description
  return inside === undefined || schema._zod.def.type === 'nullable' ? undefined : descriptionOf(inside)
}

function isNullable(schema: z.ZodType): boolean {
  const inside = insideOf(schema)
  return schema._zod.def.type === 'nullable' || (inside !== undefined && isNullable(inside))
}

function memberNames(schema: z.ZodType): string[] {
  const { shape, options, keyType, entries } = definitionOf(schema)
  if (keyType !== undefined) return Object.values(definitionOf(keyType).entries ?? {}).map(String)
  if (options !== undefined) return options.flatMap(memberNames)
  return shape === undefined || entries !== undefined ? [] : Object.keys(shape)
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let current = value
  for (const step of path) {
    if (typeof current !== 'object' || current === null) return undefined
    current = (current as Record<string, unknown>)[step]
  }
  return current
}

/** Returns a function under the name that users call it by: for stack traces, and messages about a metric given. */
export function named<Call extends (...given: never[]) => unknown>(name: string, call: Call): Call {
  return Object.defineProperty(call, 'name', { value: name })
}
