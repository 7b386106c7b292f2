/** The random numbers of a tree and of a node, as in kernels/forest-random.as.ts. */
export class PlainRandom {
  #state = 0

  seed(seed: number): void {
    this.#state = seed
  }

  /** A whole number in [0, 2^32). */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0
    return mix(this.#state)
  }

  /** A whole number in [0, limit), unbiased: what is too large is drawn again. */
  below(limit: number): number {
    const mask = 0xffffffff >>> Math.clz32((limit - 1) | 1)
    let value = (this.next() & mask) >>> 0
    while (value >= limit) value = (this.next() & mask) >>> 0
    return value
  }
}

/** Mixes the bits of a 32-bit number (splitmix32). */
export function mix(value: number): number {
  let z = value ^ (value >>> 16)
  z = Math.imul(z, 0x21f0aaad)
  z ^= z >>> 15
  z = Math.imul(z, 0x735a2d97)
  return (z ^ (z >>> 15)) >>> 0
}
