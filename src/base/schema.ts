import type * as zod from 'zod'
import { isPlainObject } from './arguments.js'

// The part of zod that reads model files and checks the options of a service, in a twentieth of its size: what is built
// with these functions means what it means in zod, has zod's types, and may stand inside a schema of zod. All code that
// `holdfast/score` reaches takes its schemas from here; a function that is not here is missing when the module loads.

export type { core, output, ZodCustom, ZodObject, ZodType } from 'zod'

interface Issue {
  readonly code: string
  readonly message: string
  path?: PropertyKey[]
  /** As in zod: only an issue that says so lets later checks run. */
  readonly continue?: boolean
  readonly [fact: string]: unknown
}

interface Payload {
  value: unknown
  issues: Issue[]
  aborted?: boolean
}

type Step = (payload: Payload) => Payload

interface Check {
  /** Pushes issues; may say that it runs even if the value already has some. */
  readonly run: (payload: Payload) => void
  readonly always?: boolean
  /** As zod keeps it, for rules in words. */
  readonly _zod: { readonly def: object }
}

interface Definition {
  readonly type: string
  readonly checks?: readonly Check[]
  readonly description?: string
  readonly [part: string]: unknown
}

/** What zod's own schemas ask of those inside of them. */
interface Internals {
  readonly def: Definition
  readonly traits: ReadonlySet<string>
  readonly bag: Readonly<Record<string, unknown>>
  readonly parse: Step
  readonly run: Step
  readonly optin: 'optional' | 'defaulted' | undefined
  readonly optout: 'optional' | undefined
  readonly values: ReadonlySet<unknown> | undefined
  readonly propValues: Readonly<Record<string, ReadonlySet<unknown>>> | undefined
}

type Facts = Partial<Pick<Internals, 'optin' | 'optout' | 'values' | 'propValues'>>
type Message = string | Readonly<Record<string, unknown>> | undefined

const traits: ReadonlySet<string> = new Set(['$ZodType'])

/** What is said where a schema has no words of its own: of a union, which is asked for more, what zod says. */
const usual: Readonly<Record<string, string>> = {
  string: 'to be a text',
  number: 'to be a number',
  boolean: 'to be true or false',
  array: 'to be a list',
  tuple: 'to be a list',
  object: 'to be an object',
  record: 'to be an object',
}

function fail(
  payload: Payload,
  code: string,
  given: Message,
  facts: Readonly<Record<string, unknown>> = {},
): Payload {
  const own = typeof given === 'string' ? given : (given?.['error'] ?? given?.['message'])
  const values = facts['values'] as readonly unknown[] | undefined
  const told =
    values === undefined
      ? (usual[String(facts['expected'])] ?? 'Invalid input')
      : `to be one of ${values.map((value) => JSON.stringify(value)).join(', ')}`
  payload.issues.push({ code, message: String(own ?? told), ...facts })
  return payload
}

const isAborted = ({ aborted, issues }: Payload): boolean =>
  aborted === true || issues.some((issue) => issue.continue !== true)

const fresh = (value: unknown): Payload => ({ value, issues: [] })

function prefixed(key: PropertyKey, issues: readonly Issue[]): readonly Issue[] {
  for (const issue of issues) issue.path = [key, ...(issue.path ?? [])]
  return issues
}

/** One by one: a call with all of them as arguments would overflow the stack where a file has many. */
function take(payload: Payload, issues: readonly Issue[]): void {
  for (const issue of issues) payload.issues.push(issue)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

class Schema {
  readonly _zod: Internals

  constructor(
    readonly def: Definition,
    readonly parser: Step,
    readonly facts: Facts = {},
  ) {
    const checks = def.checks ?? []
    const run: Step = (payload) => {
      const parsed = parser(payload)
      for (const check of checks) if (check.always === true || !isAborted(parsed)) check.run(parsed)
      return parsed
    }
    const { optin, optout, values, propValues } = facts
    this._zod = { def, traits, bag: {}, parse: parser, run, optin, optout, values, propValues }
  }

  get type() {
    return this.def.type
  }
  get description() {
    return this.def.description
  }
  get shape() {
    return this.def['shape']
  }
  get element() {
    return this.def['element']
  }
  get options() {
    return this.def['options'] ?? Object.values(this.def['entries'] ?? {})
  }

  safeParse(value: unknown) {
    const { value: data, issues } = this._zod.run(fresh(value))
    if (issues.length === 0) return { success: true, data }
    for (const issue of issues) issue.path ??= []
    const text = issues.map(({ path, message }) => `${path!.join('.')}: ${message}`).join('; ')
    return { success: false, error: Object.assign(new Error(text), { issues }) }
  }
  parse(value: unknown) {
    const { data, error } = this.safeParse(value)
    if (error !== undefined) throw error
    return data
  }

  #with(change: Partial<Definition>): Schema {
    return new Schema({ ...this.def, ...change }, this.parser, this.facts)
  }
  #checked(check: Check): Schema {
    return this.#with({ checks: [...(this.def.checks ?? []), check] })
  }
  #limit(def: object, isWithin: (value: number) => boolean, message: Message): Schema {
    const isNumber = this.type === 'number'
    const size = (value: unknown) => (isNumber ? (value as number) : (value as ArrayLike<unknown>)?.length)
    return this.#checked({
      always: !isNumber,
      _zod: { def },
      run: (payload) => {
        const own = size(payload.value)
        if (own !== undefined && !isWithin(own)) fail(payload, 'too_small', message, { continue: true })
      },
    })
  }

  min(limit: number, message?: Message) {
    const def = { check: 'greater_than', value: limit, inclusive: true }
    const of = this.type === 'number' ? def : { check: 'min_length', minimum: limit }
    return this.#limit(of, (value) => value >= limit, message)
  }
  max(limit: number, message?: Message) {
    const def = { check: 'less_than', value: limit, inclusive: true }
    const of = this.type === 'number' ? def : { check: 'max_length', maximum: limit }
    return this.#limit(of, (value) => value <= limit, message)
  }
  gt(limit: number, message?: Message) {
    return this.#limit(
      { check: 'greater_than', value: limit, inclusive: false },
      (value) => value > limit,
      message,
    )
  }
  lt(limit: number, message?: Message) {
    return this.#limit(
      { check: 'less_than', value: limit, inclusive: false },
      (value) => value < limit,
      message,
    )
  }
  length(count: number, message?: Message) {
    return this.#limit({ check: 'length_equals', length: count }, (value) => value === count, message)
  }
  int(message?: Message) {
    return this.#checked({
      _zod: { def: { check: 'number_format', format: 'safeint' } },
      run: (payload) => {
        if (!Number.isInteger(payload.value)) fail(payload, 'invalid_type', message)
        else if (!Number.isSafeInteger(payload.value)) fail(payload, 'too_small', message, { continue: true })
      },
    })
  }
  regex(pattern: RegExp, message?: Message) {
    return this.refine((value) => pattern.test(String(value)), message)
  }
  refine(holds: (value: never) => unknown, message?: Message) {
    const { params, path } = typeof message === 'object' ? message : {}
    return this.#checked({
      _zod: { def: { check: 'custom' } },
      run: (payload) => {
        if (holds(payload.value as never)) return
        const facts = {
          continue: true,
          params,
          ...(path === undefined ? {} : { path: [...(path as string[])] }),
        }
        fail(payload, 'custom', message, facts)
      },
    })
  }
  describe(description: string) {
    return this.#with({ description })
  }
  meta({ description }: { readonly description: string }) {
    return this.describe(description)
  }
  extend(shape: object) {
    return objectOf({ ...(this.shape as Shape), ...(shape as Shape) }, this.def['isStrict'] === true)
  }
  optional() {
    return optionalOf(this, (payload) => payload.value === undefined && this._zod.optin !== 'defaulted')
  }
  exactOptional() {
    return optionalOf(this, () => false)
  }
  nullable() {
    const { optin, optout, values } = this._zod
    return new Schema(
      { type: 'nullable', innerType: this },
      (payload) => (payload.value === null ? payload : this._zod.run(payload)),
      { optin, optout, values: values && new Set([...values, null]) },
    )
  }
  unwrap() {
    return this.def['innerType'] ?? this.def['element']
  }
  nullish() {
    return this.nullable().optional()
  }
  default(value: unknown) {
    const copy = () => (Array.isArray(value) ? [...value] : isObject(value) ? { ...value } : value)
    return new Schema(
      { type: 'default', innerType: this, defaultValue: value },
      (payload) => {
        if (payload.value !== undefined) return this._zod.run(payload)
        payload.value = copy()
        return payload
      },
      { optin: 'defaulted', values: this._zod.values },
    )
  }
  pipe(out: Schema) {
    const { optin, values, propValues } = this._zod
    const facts = { optin, values, propValues, optout: out._zod.optout }
    return new Schema(
      { type: 'pipe', in: this, out },
      (payload) => {
        const left = this._zod.run(payload)
        if (left.issues.length === 0) return out._zod.run(left)
        left.aborted = true
        return left
      },
      facts,
    )
  }
  transform(change: (value: never) => unknown) {
    const made = new Schema({ type: 'transform' }, (payload) => {
      payload.value = change(payload.value as never)
      return payload
    })
    return this.pipe(made)
  }
}

type Shape = Readonly<Record<string, Schema>>

function optionalOf(inner: Schema, isLeftOut: (payload: Payload) => boolean): Schema {
  return new Schema(
    { type: 'optional', innerType: inner },
    (payload) => (isLeftOut(payload) ? payload : inner._zod.run(payload)),
    { optin: inner._zod.optin ?? 'optional', optout: 'optional', values: inner._zod.values },
  )
}

/** A value of one kind. */
function plain(type: string, is: (value: unknown) => boolean) {
  return (message?: Message) =>
    new Schema({ type }, (payload) =>
      is(payload.value) ? payload : fail(payload, 'invalid_type', message, { expected: type }),
    )
}

const string = plain('string', (value) => typeof value === 'string')
const number = plain('number', Number.isFinite)
const boolean = plain('boolean', (value) => typeof value === 'boolean')
const unknown = plain('unknown', () => true)
const json = (message?: Message) => plain('custom', isJson)(message).describe('plain JSON data')
const int = (message?: Message) => number(message).int(message)

/** Without recursion: a file may nest more deeply than the stack goes. */
function isJson(given: unknown): boolean {
  const left = [given]
  while (left.length > 0) {
    const value = left.pop()
    if (Array.isArray(value) || isPlainObject(value)) {
      for (const inner of Object.values(value)) left.push(inner)
    } else if (
      value !== null &&
      typeof value !== 'string' &&
      typeof value !== 'boolean' &&
      !Number.isFinite(value)
    )
      return false
  }
  return true
}

function custom(is: (value: never) => unknown = () => true, message?: Message) {
  const params = typeof message === 'object' ? message['params'] : undefined
  return new Schema({ type: 'custom' }, (payload) =>
    is(payload.value as never) ? payload : fail(payload, 'custom', message, { params }),
  )
}

function oneOf(def: Definition, given: readonly unknown[], message: Message) {
  const values = new Set(given)
  return new Schema(
    def,
    (payload) =>
      values.has(payload.value) ? payload : fail(payload, 'invalid_value', message, { values: given }),
    { values },
  )
}

function literal(value: unknown, message?: Message) {
  const values = [value].flat()
  return oneOf({ type: 'literal', values }, values, message)
}

function enumOf(values: readonly string[], message?: Message) {
  return oneOf({ type: 'enum', entries: { ...values } }, values, message)
}

function array(element: Schema, message?: Message) {
  return new Schema({ type: 'array', element }, (payload) => {
    const { value: input } = payload
    if (!Array.isArray(input)) return fail(payload, 'invalid_type', message, { expected: 'array' })
    payload.value = Array.from(input, (each, place) => {
      const { value, issues } = element._zod.run(fresh(each))
      take(payload, prefixed(place, issues))
      return value
    })
    return payload
  })
}

function tuple(items: readonly Schema[], message?: Message) {
  return new Schema({ type: 'tuple', items }, (payload) => {
    const { value: input } = payload
    if (!Array.isArray(input)) return fail(payload, 'invalid_type', message, { expected: 'tuple' })
    if (input.length !== items.length)
      return fail(payload, input.length < items.length ? 'too_small' : 'too_big', message)
    payload.value = items.map((item, place) => {
      const { value, issues } = item._zod.run(fresh(input[place]))
      take(payload, prefixed(place, issues))
      return value
    })
    return payload
  })
}

function objectOf(shape: Shape, isStrict: boolean): Schema {
  const propValues = () =>
    Object.fromEntries(
      Object.entries(shape).flatMap(([name, { _zod: member }]) =>
        member.values === undefined
          ? []
          : [
              [
                name,
                new Set<unknown>([...member.values, ...(member.optin === undefined ? [] : [undefined])]),
              ],
            ],
      ),
    )
  return new Schema(
    { type: 'object', shape, isStrict },
    (payload) => {
      const { value: input } = payload
      if (!isObject(input)) return fail(payload, 'invalid_type', undefined, { expected: 'object' })
      const read: Record<string, unknown> = {}
      for (const name of Object.keys(shape)) readMember(shape[name]!._zod, name, input, read, payload)
      payload.value = read
      const keys = Object.keys(input).filter((key) => !Object.hasOwn(shape, key))
      return isStrict && keys.length > 0
        ? fail(payload, 'unrecognized_keys', undefined, { keys, continue: true })
        : payload
    },
    { propValues: propValues() },
  )
}

function readMember(
  { run, optin, optout }: Internals,
  name: string,
  input: Record<string, unknown>,
  read: Record<string, unknown>,
  payload: Payload,
): void {
  const isThere = name in input
  if (!isThere && optin === 'optional' && optout === 'optional') return
  const { value, issues } = run(fresh(input[name]))
  if (issues.length > 0 && (isThere || optin === undefined || optout === undefined))
    take(payload, prefixed(name, issues))
  if (!isThere && optin === undefined) {
    if (issues.length === 0) fail(payload, 'invalid_type', undefined, { path: [name] })
  } else if (value !== undefined || isThere) read[name] = value
}

function recordOf(keyType: Schema, valueType: Schema, message?: Message) {
  return new Schema({ type: 'record', keyType, valueType }, (payload) => {
    const { value: input } = payload
    if (!isPlainObject(input)) return fail(payload, 'invalid_type', message, { expected: 'record' })
    const read: Record<string, unknown> = {}
    const unknownKeys: string[] = []
    for (const key of Object.keys(input).filter((name) => name !== '__proto__')) {
      if (keyType._zod.run(fresh(key)).issues.length > 0) {
        unknownKeys.push(key)
        continue
      }
      const { value, issues } = valueType._zod.run(fresh((input as Record<string, unknown>)[key]))
      take(payload, prefixed(key, issues))
      read[key] = value
    }
    payload.value = read
    return unknownKeys.length === 0
      ? payload
      : fail(payload, 'unrecognized_keys', message, { keys: unknownKeys, continue: true })
  })
}

function union(options: readonly Schema[], message?: Message) {
  return new Schema(
    { type: 'union', options },
    (payload) => {
      const results = options.map((option) => option._zod.run(fresh(payload.value)))
      const fitting = results.find(({ issues }) => issues.length === 0)
      const halfway = results.filter((result) => !isAborted(result))
      const taken = fitting ?? (halfway.length === 1 ? halfway[0] : undefined)
      if (taken === undefined) {
        const errors = results.map(({ issues }) => issues.map((issue) => ({ path: [], ...issue })))
        return fail(payload, 'invalid_union', message, { errors })
      }
      payload.value = taken.value
      take(payload, taken.issues)
      return payload
    },
    { values: valuesOfAll(options) },
  )
}

function valuesOfAll(options: readonly Schema[]): ReadonlySet<unknown> | undefined {
  const all = options.map(({ _zod }) => _zod.values)
  return all.includes(undefined) ? undefined : new Set(all.flatMap((values) => [...values!]))
}

function discriminatedUnion(discriminator: string, options: readonly Schema[], message?: Message) {
  const optionOf = new Map<unknown, Schema>()
  const propValues: Record<string, Set<unknown>> = {}
  for (const option of options) {
    for (const [name, values] of Object.entries(option._zod.propValues ?? {}))
      propValues[name] = new Set([...(propValues[name] ?? []), ...values])
    for (const value of option._zod.propValues![discriminator]!) optionOf.set(value, option)
  }
  return new Schema(
    { type: 'union', options, discriminator },
    (payload) => {
      const { value: input } = payload
      if (!isObject(input)) return fail(payload, 'invalid_type', message, { expected: 'object' })
      const option = optionOf.get(input[discriminator])
      if (option !== undefined) return option._zod.run(payload)
      return fail(payload, 'invalid_union', message, { errors: [], discriminator, path: [discriminator] })
    },
    { propValues },
  )
}

function lazy(getter: () => Schema) {
  return new Schema({ type: 'lazy', getter }, (payload) => getter()._zod.run(payload))
}

const made = {
  array,
  boolean,
  custom,
  discriminatedUnion,
  enum: enumOf,
  exactOptional: (inner: Schema) => inner.exactOptional(),
  int,
  json,
  lazy,
  literal,
  number,
  object: (shape: Shape) => objectOf(shape, false),
  partialRecord: recordOf,
  record: recordOf,
  strictObject: (shape: Shape) => objectOf(shape, true),
  string,
  tuple,
  union,
  unknown,
}

const typed = made as unknown as Pick<typeof zod, keyof typeof made>
const {
  array: arrayTyped,
  boolean: booleanTyped,
  custom: customTyped,
  discriminatedUnion: discriminatedUnionTyped,
  exactOptional: exactOptionalTyped,
  int: intTyped,
  json: jsonTyped,
  lazy: lazyTyped,
  literal: literalTyped,
  number: numberTyped,
  object: objectTyped,
  partialRecord: partialRecordTyped,
  record: recordTyped,
  strictObject: strictObjectTyped,
  string: stringTyped,
  tuple: tupleTyped,
  union: unionTyped,
  unknown: unknownTyped,
  enum: enumTyped,
} = typed

export {
  arrayTyped as array,
  booleanTyped as boolean,
  customTyped as custom,
  discriminatedUnionTyped as discriminatedUnion,
  enumTyped as enum,
  exactOptionalTyped as exactOptional,
  intTyped as int,
  jsonTyped as json,
  lazyTyped as lazy,
  literalTyped as literal,
  numberTyped as number,
  objectTyped as object,
  partialRecordTyped as partialRecord,
  recordTyped as record,
  strictObjectTyped as strictObject,
  stringTyped as string,
  tupleTyped as tuple,
  unionTyped as union,
  unknownTyped as unknown,
}
