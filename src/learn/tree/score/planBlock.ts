const lineBytes = 64

/** Arrays one after the other in one block, each at the beginning of a cache line. */
export class PlanBlock {
  readonly #parts: { readonly at: number; readonly array: ArrayBufferView }[] = []
  #size = 0

  /** Returns where the array will lie. */
  add(array: ArrayBufferView): number {
    const at = this.#size
    this.#parts.push({ at, array })
    this.#size += Math.ceil(array.byteLength / lineBytes) * lineBytes
    return at
  }

  bytes(): Uint8Array {
    const bytes = new Uint8Array(this.#size)
    for (const { at, array } of this.#parts) {
      bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at)
    }
    return bytes
  }
}
