/** Figures as plain JSON data: lists in place of typed arrays. */
export type PlainData<Value> = Value extends Float64Array | Int32Array | Uint8Array
  ? number[]
  : Value extends object
    ? { readonly [Key in keyof Value]: PlainData<Value[Key]> }
    : Value

/** Figures that can be kept as JSON. */
export type Result<Figures> = Readonly<Figures> & {
  /** Returns the figures as plain data; `JSON.stringify` calls it. */
  toJSON(): PlainData<Figures>
}

class FrozenResult {
  constructor(figures: object) {
    Object.assign(this, figures)
    Object.freeze(this)
  }

  toJSON(): unknown {
    return plainData({ ...this })
  }
}

/** Returns the class that a result extends by its text: its members are the figures, frozen. */
export function resultOf<Figures extends object>(): new (figures: Figures) => Result<Figures> {
  return FrozenResult as new (
    figures: Figures,
  ) => Result<Figures>
}

function plainData(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array)
  if (Array.isArray(value)) return value.map(plainData)
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plainData(part)]))
}
