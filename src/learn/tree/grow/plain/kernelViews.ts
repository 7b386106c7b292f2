import type { KernelMemory } from '../../../../base/kernelMemory.js'

/** Bytes of a column in a histogram; as in scripts/fillKernel.mjs. */
export const columnBytes = 2112

// Places of the control block; as in ../kernels/training-control.as.ts.
const controlWord = 16
const operationWord = controlWord + 2
const threadsWord = controlWord + 3
const firstArgument = controlWord + 16
const firstNumber = controlWord / 2 + 24

/** The memory of kernels as typed arrays, and the job that its control block describes. */
export class KernelViews {
  bytes!: Uint8Array
  shorts!: Uint16Array
  words!: Int32Array
  unsignedWords!: Uint32Array
  numbers!: Float64Array
  #buffer: ArrayBufferLike | null = null

  constructor(readonly memory: KernelMemory) {
    this.renew()
  }

  /** A memory that has grown has another buffer. */
  renew(): void {
    const { buffer } = this.memory
    if (buffer === this.#buffer) return
    this.#buffer = buffer
    this.bytes = new Uint8Array(buffer)
    this.shorts = new Uint16Array(buffer)
    this.words = new Int32Array(buffer)
    this.unsignedWords = new Uint32Array(buffer)
    this.numbers = new Float64Array(buffer)
  }

  get operation(): number {
    return this.words[operationWord]!
  }

  get threadCount(): number {
    return this.words[threadsWord]!
  }

  argument(index: number): number {
    return this.words[firstArgument + index]!
  }

  /** An argument that is an address or any other unsigned number. */
  address(index: number): number {
    return this.unsignedWords[firstArgument + index]!
  }

  number(index: number): number {
    return this.numbers[firstNumber + index]!
  }

  /** A number that holds a sum of hessian and gradient, as the place of its words. */
  sumWord(index: number): number {
    return (firstNumber + index) * 2
  }

  bytesAt(address: number, length: number): Uint8Array {
    return this.bytes.subarray(address, address + length)
  }

  wordsAt(address: number, length: number): Int32Array {
    return this.words.subarray(address / 4, address / 4 + length)
  }

  unsignedWordsAt(address: number, length: number): Uint32Array {
    return this.unsignedWords.subarray(address / 4, address / 4 + length)
  }

  numbersAt(address: number, length: number): Float64Array {
    return this.numbers.subarray(address / 8, address / 8 + length)
  }

  /** First of the `count` items that belong to a thread; the multiple of `step` keeps threads on words of their own. */
  shareBegin(count: number, thread: number, step: number): number {
    const steps = Math.floor((count + step - 1) / step)
    return Math.min(Math.floor((steps * thread) / this.threadCount) * step, count)
  }
}
