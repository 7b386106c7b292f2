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
  /** Returns the figures as text for a terminal, in most cases at most 80 columns wide. */
  toString(): string
}

/** Returns the class that facts extend: its members are the facts, frozen; `String` and `console.log` show their text. */
export function frozenOf<Facts extends object>(
  text: (facts: Facts) => string,
): new (
  facts: Facts,
) => Readonly<Facts> {
  class Frozen extends Printed {
    constructor(facts: Facts) {
      super()
      Object.assign(this, facts)
      Object.freeze(this)
    }

    toString(): string {
      return text(this as unknown as Facts)
    }
  }
  return Frozen as unknown as new (
    facts: Facts,
  ) => Readonly<Facts>
}

/** Like {@link frozenOf}, for figures that can be stored as JSON. */
export function resultOf<Figures extends object>(
  text: (figures: Figures) => string,
): new (
  figures: Figures,
) => Result<Figures> {
  class FrozenResult extends frozenOf(text as (figures: object) => string) {
    toJSON(): unknown {
      return plainData({ ...this })
    }
  }
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
