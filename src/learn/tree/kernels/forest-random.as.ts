// Random numbers of a tree and of a node: a counter, mixed (splitmix32). Each node has its own, which follows from the
// way to it, so that the order in which nodes are grown does not matter.
let state: u32 = 0

export function mix(value: u32): u32 {
  let z = value ^ (value >>> 16)
  z *= 0x21f0aaad
  z ^= z >>> 15
  z *= 0x735a2d97
  return z ^ (z >>> 15)
}

export function seedRandom(seed: u32): void {
  state = seed
}

export function nextRandom(): u32 {
  state += 0x9e3779b9
  return mix(state)
}

// A whole number in [0, limit), unbiased: what is too large is drawn again.
export function randomBelow(limit: u32): u32 {
  const mask: u32 = <u32>0xffffffff >>> clz((limit - 1) | 1)
  let value = nextRandom() & mask
  while (value >= limit) value = nextRandom() & mask
  return value
}
