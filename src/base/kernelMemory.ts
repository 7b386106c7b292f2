import { HoldfastError } from './errors.js'

const pageBytes = 65_536
const mostPages = 65_536
const mostBytes = mostPages * pageBytes
/** Addresses are multiples of a cache line, so that no two threads write to the same one. */
const lineBytes = 64

/**
 * The memory of kernels: one buffer outside the JavaScript heap, from which arrays are allocated one after another.
 *
 * An array is an address. Do not keep views across `allocate`, which may move the buffer. At most 4 GiB, the limit of
 * 32-bit addresses.
 */
export class KernelMemory {
  /** The whole memory; another buffer after an `allocate` that moved it. */
  buffer: ArrayBufferLike
  bytes!: Uint8Array
  words!: Int32Array
  floats!: Float64Array
  #end = lineBytes
  /** Start of the memory that was never used and holds zeros. */
  #used = lineBytes

  private constructor(
    readonly operation: string,
    /** The memory that a WebAssembly module imports; null for kernels in TypeScript. */
    readonly shared: WebAssembly.Memory | null,
  ) {
    this.buffer = shared === null ? new ArrayBuffer(pageBytes) : shared.buffer
    this.#view()
  }

  /**
   * Returns a memory that WebAssembly and its threads share; errors name the operation.
   *
   * @throws {Error} if the platform has no memory to give
   */
  static forWebAssembly(operation = 'holdfast', isShared = true): KernelMemory {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: mostPages, shared: isShared })
    return new KernelMemory(operation, memory)
  }

  /** Returns a memory for kernels in TypeScript. */
  static forPlain(operation = 'holdfast'): KernelMemory {
    return new KernelMemory(operation, null)
  }

  /** Bytes in use. */
  get size(): number {
    return this.#end
  }

  /**
   * Returns the address of `bytes` bytes of zeros.
   *
   * @throws {HoldfastError} `memory-exceeded` if 4 GiB or the memory of the platform are not enough
   */
  allocate(bytes: number): number {
    const address = this.#end
    const end = address + Math.ceil(bytes / lineBytes) * lineBytes
    this.#reserve(end)
    this.#end = end
    if (address < this.#used) this.bytes.fill(0, address, Math.min(end, this.#used))
    this.#used = Math.max(this.#used, end)
    return address
  }

  /** Frees every array from this address on, for later ones. */
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
      this.shared.grow(Math.ceil((end - this.buffer.byteLength) / pageBytes))
      this.buffer = this.shared.buffer
    } else {
      const larger = new ArrayBuffer(Math.min(Math.max(end, 2 * this.buffer.byteLength), mostBytes))
      new Uint8Array(larger).set(this.bytes)
      this.buffer = larger
    }
    this.#view()
  }

  /**
   * Views are created once: getting the buffer of a shared memory, or creating a view, takes longer than a small job.
   */
  #view(): void {
    this.bytes = new Uint8Array(this.buffer)
    this.words = new Int32Array(this.buffer)
    this.floats = new Float64Array(this.buffer)
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

const compiled = new Map<string, WebAssembly.Module>()

/** Returns the module of bytes in base64, compiled on first use. */
export function compileKernels(base64: string): WebAssembly.Module {
  const known = compiled.get(base64)
  if (known !== undefined) return known
  const text = atob(base64)
  const bytes = new Uint8Array(text.length)
  for (let index = 0; index < bytes.length; index++) bytes[index] = text.charCodeAt(index)
  const module = new WebAssembly.Module(bytes)
  compiled.set(base64, module)
  return module
}
