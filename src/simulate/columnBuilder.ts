import { Bitmap } from '../base/bitmap.js'
import type { Column, ColumnKind } from '../table/table.js'

/** Name and kind of a column, and whether it may miss values. */
export interface ColumnSpec {
  readonly name: string
  readonly kind: ColumnKind
  readonly nullable: boolean
}

/** A column that grows value by value, in a typed array. Texts are pushed as codes of its dictionary. */
export class ColumnBuilder {
  #values: Float64Array | Int32Array | Uint8Array
  #missing: Uint8Array | null
  #length = 0
  readonly #codes = new Map<string, number>()

  constructor(readonly spec: ColumnSpec) {
    this.#values = emptyValues(spec.kind, 1024)
    this.#missing = spec.nullable ? new Uint8Array(1024) : null
  }

  get length(): number {
    return this.#length
  }

  /** Adds a number, a day, a truth value (0 or 1) or the code of a text. */
  push(value: number): void {
    if (this.#length === this.#values.length) this.#grow()
    this.#values[this.#length++] = value
  }

  /** Adds a missing value. Only for a nullable column. */
  pushMissing(): void {
    this.push(0)
    this.#missing![this.#length - 1] = 1
  }

  /** Adds the value, or a missing one. */
  pushUnless(isMissing: boolean, value: number): void {
    if (isMissing) this.pushMissing()
    else this.push(value)
  }

  /** Returns the code of a text, for `push`. */
  codeOf(text: string): number {
    const known = this.#codes.get(text)
    if (known !== undefined) return known
    const code = this.#codes.size
    this.#codes.set(text, code)
    return code
  }

  /** Returns the values so far as a column, and starts over. */
  take(): Column {
    const { name, kind } = this.spec
    const length = this.#length
    const flags = this.#missing
    const missing = flags === null ? null : Bitmap.where(length, (row) => flags[row] === 1)
    const values = this.#values.slice(0, length)
    const dictionary = [...this.#codes.keys()]
    this.#length = 0
    this.#codes.clear()
    flags?.fill(0, 0, length)
    switch (kind) {
      case 'number':
        return { kind, name, values: values as Float64Array, missing }
      case 'day':
        return { kind, name, values: values as Int32Array, missing }
      case 'boolean':
        return { kind, name, values: values as Uint8Array, missing }
      case 'text':
        return { kind, name, codes: values as Int32Array, dictionary, missing }
    }
  }

  #grow(): void {
    const values = emptyValues(this.spec.kind, 2 * this.#values.length)
    values.set(this.#values)
    this.#values = values
    if (this.#missing === null) return
    const missing = new Uint8Array(values.length)
    missing.set(this.#missing)
    this.#missing = missing
  }
}

function emptyValues(kind: ColumnKind, length: number): Float64Array | Int32Array | Uint8Array {
  if (kind === 'number') return new Float64Array(length)
  return kind === 'boolean' ? new Uint8Array(length) : new Int32Array(length)
}
