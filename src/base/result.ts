import { Printed } from './printed.js'

/** Figures as plain JSON: lists instead of typed arrays. */
export type PlainData<Value> = Value extends Float64Array | Int32Array | Uint8Array
  ? number[]
  : Value extends object
    ? { readonly [Key in keyof Value]: PlainData<Value[Key]> }
    : Value

/** Figures that can be stored as JSON. */
export type Result<Figures> = Readonly<Figures> & {
  /** Returns the figures as plain data; `JSON.stringify` calls it. */
  toJSON(): PlainData<Figures>
}

abstract class Frozen extends Printed {
  constructor(facts: object) {
    super()
    Object.assign(this, facts)
    Object.freeze(this)
  }
}

abstract class FrozenResult extends Frozen {
  toJSON(): unknown {
    return plainData({ ...this })
  }
}

/** Returns a base class whose members are the frozen facts; subclasses add the text that `console.log` shows. */
export function frozenOf<Facts extends object>(): new (facts: Facts) => Readonly<Facts> {
  return Frozen as unknown as new (
    facts: Facts,
  ) => Readonly<Facts>
}

/** Like {@link frozenOf}, for figures that can be stored as JSON. */
export function resultOf<Figures extends object>(): new (figures: Figures) => Result<Figures> {
  return FrozenResult as unknown as new (
    figures: Figures,
  ) => Result<Figures>
}

function plainData(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array)
  if (Array.isArray(value)) return value.map(plainData)
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plainData(part)]))
}
