import { HoldfastError } from '../../base/errors.js'

const pageBytes = 65_536
const mostPages = 65_536
const mostBytes = mostPages * pageBytes
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
    readonly operation: string,
    /** What a WebAssembly module imports as its memory; null for plain kernels. */
    readonly shared: WebAssembly.Memory | null,
  ) {
    this.#plain = new ArrayBuffer(shared === null ? pageBytes : 0)
  }

  /**
   * Returns a memory that WebAssembly and its threads share; errors name the operation.
   *
   * @throws {Error} where the platform has none to give
   */
  static forWebAssembly(operation = 'holdfast'): KernelMemory {
    return new KernelMemory(
      operation,
      new WebAssembly.Memory({ initial: 1, maximum: mostPages, shared: true }),
    )
  }

  /** Returns a memory for kernels in TypeScript. */
  static forPlain(operation = 'holdfast'): KernelMemory {
    return new KernelMemory(operation, null)
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
   * @throws {HoldfastError} `memory-exceeded` where 4 GiB or what the platform gives are not enough
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
    if (end <= this.buffer.byteLength) return
    try {
      this.#grow(end)
    } catch (cause) {
      throw memoryExceeded(this.operation, end, cause)
    }
  }

  #grow(end: number): void {
    if (end > mostBytes) throw new RangeError('beyond what 32 bits address')
    if (this.shared !== null) {
      this.shared.grow(Math.ceil((end - this.shared.buffer.byteLength) / pageBytes))
      return
    }
    const larger = new ArrayBuffer(Math.min(Math.max(end, 2 * this.#plain.byteLength), mostBytes))
    new Uint8Array(larger).set(new Uint8Array(this.#plain))
    this.#plain = larger
  }
}

function memoryExceeded(operation: string, bytes: number, cause: unknown): HoldfastError {
  return new HoldfastError(
    operation,
    [
      {
        code: 'memory-exceeded',
        parameter: 'the bytes that the kernels need',
        rule: `to be at most ${mostBytes} (4 GiB), and no more than the platform gives`,
        received: bytes,
        wayOut: 'Use fewer rows or columns at a time, or a machine with more memory.',
      },
    ],
    { cause },
  )
}

/** Returns the module of bytes in base64, compiled. */
export function compileKernels(base64: string): WebAssembly.Module {
  return new WebAssembly.Module(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)))
}
