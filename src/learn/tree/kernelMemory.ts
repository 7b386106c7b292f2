const pageBytes = 65_536
const mostPages = 65_536
/** Addresses are multiples of a cache line, so that no two threads write to the same one. */
const lineBytes = 64

/**
 * The memory of kernels: one buffer, outside of the JavaScript heap, that arrays are cut from one after the other.
 *
 * An array is an address. Views are taken where they are used and not kept across `allocate`, which may move the
 * buffer. At most 4 GiB, which is all that 32-bit addresses reach.
 */
export class KernelMemory {
  #end = lineBytes
  #plain: ArrayBuffer

  private constructor(
    /** What a WebAssembly module imports as its memory; null for plain kernels. */
    readonly shared: WebAssembly.Memory | null,
  ) {
    this.#plain = new ArrayBuffer(shared === null ? pageBytes : 0)
  }

  /** Returns a memory that WebAssembly and its threads share. @throws {Error} where the platform has none to give */
  static forWebAssembly(): KernelMemory {
    return new KernelMemory(new WebAssembly.Memory({ initial: 1, maximum: mostPages, shared: true }))
  }

  /** Returns a memory for kernels in TypeScript. */
  static forPlain(): KernelMemory {
    return new KernelMemory(null)
  }

  get buffer(): ArrayBufferLike {
    return this.shared?.buffer ?? this.#plain
  }

  /** Bytes that are in use. */
  get size(): number {
    return this.#end
  }

  /**
   * Returns the address of `bytes` bytes of zeros.
   *
   * @throws {RangeError} where 4 GiB or what the platform gives are not enough
   */
  allocate(bytes: number): number {
    const address = this.#end
    const end = address + Math.ceil(bytes / lineBytes) * lineBytes
    this.#reserve(end)
    this.#end = end
    new Uint8Array(this.buffer, address, end - address).fill(0)
    return address
  }

  /** Forgets every array from this address on; the memory is used again by later ones. */
  release(address: number): void {
    this.#end = address
  }

  #reserve(end: number): void {
    const missing = end - this.buffer.byteLength
    if (missing <= 0) return
    if (end > mostPages * pageBytes) throw new RangeError(`${end} bytes are more than the 4 GiB of a memory`)
    if (this.shared !== null) {
      this.shared.grow(Math.ceil(missing / pageBytes))
      return
    }
    const larger = new ArrayBuffer(Math.max(end, 2 * this.#plain.byteLength))
    new Uint8Array(larger).set(new Uint8Array(this.#plain))
    this.#plain = larger
  }
}

/** Returns the module of bytes in base64, compiled. */
export function compileKernels(base64: string): WebAssembly.Module {
  return new WebAssembly.Module(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)))
}
