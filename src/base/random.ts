/**
 * A source of random numbers, passed as an argument: same seed, same numbers, on every machine.
 *
 * xoshiro128** 1.1 of Blackman and Vigna, state filled by splitmix32. Not for cryptography.
 */
export interface Random {
  /** A whole number in [0, 2^32). */
  readonly uint32: () => number
  /** Fills a list with the numbers that `uint32` would return in turn, in a third of the time. */
  readonly uint32s: (into: Uint32Array) => void
  /** A number in [0, 1) with 53 random bits. */
  readonly uniform: () => number
  /** A whole number in [0, limit), unbiased; `limit` is an integer in [1, 2^32]. */
  readonly integer: (limit: number) => number
  /** Standard normal. */
  readonly normal: () => number
  /** An independent generator for a part of the work, so that parts do not affect each other. */
  readonly fork: (part: number) => Random
}

/** Returns a generator for a seed (any 32-bit integer). */
export function seededRandom(seed: number): Random {
  const mix = splitmix32(seed)
  const s = new Uint32Array([mix(), mix(), mix(), mix()])

  const uint32 = (): number => {
    const result = Math.imul(rotl(Math.imul(s[1]!, 5), 7), 9) >>> 0
    const t = s[1]! << 9
    s[2]! ^= s[0]!
    s[3]! ^= s[1]!
    s[1]! ^= s[2]!
    s[0]! ^= s[3]!
    s[2]! ^= t
    s[3] = rotl(s[3]!, 11)
    return result
  }
  const uint32s = (into: Uint32Array): void => {
    let [a, b, c, d] = [s[0]! | 0, s[1]! | 0, s[2]! | 0, s[3]! | 0]
    for (let index = 0; index < into.length; index++) {
      const product = Math.imul(b, 5)
      into[index] = Math.imul((product << 7) | (product >>> 25), 9)
      const t = b << 9
      c ^= a
      d ^= b
      b ^= c
      a ^= d
      c ^= t
      d = (d << 11) | (d >>> 21)
    }
    s.set([a, b, c, d])
  }
  const uniform = (): number => ((uint32() >>> 5) * 67_108_864 + (uint32() >>> 6)) / 9_007_199_254_740_992
  const integer = (limit: number): number => {
    // Values at or above the largest multiple of `limit` would make small results more likely: draw again.
    const bound = 4_294_967_296 - (4_294_967_296 % limit)
    let value = uint32()
    while (value >= bound) value = uint32()
    return value % limit
  }
  const normal = (): number => {
    // Box and Muller (1958); 1 - u keeps the logarithm finite.
    return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
  }
  const fork = (part: number): Random =>
    seededRandom(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(part + 1, 0xc2b2ae35))
  return { uint32, uint32s, uniform, integer, normal, fork }
}

/** Returns the whole numbers below `count` in random order (Fisher and Yates). */
export function shuffledIndices(count: number, random: Random): Int32Array {
  const order = Int32Array.from({ length: count }, (_, index) => index)
  for (let last = count - 1; last > 0; last--) {
    const other = random.integer(last + 1)
    const kept = order[last]!
    order[last] = order[other]!
    order[other] = kept
  }
  return order
}

function rotl(value: number, shift: number): number {
  return ((value << shift) | (value >>> (32 - shift))) >>> 0
}

function splitmix32(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x9e3779b9) | 0
    let z = state ^ (state >>> 16)
    z = Math.imul(z, 0x21f0aaad)
    z ^= z >>> 15
    z = Math.imul(z, 0x735a2d97)
    return (z ^ (z >>> 15)) >>> 0
  }
}
