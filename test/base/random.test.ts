import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom, shuffledIndices } from '../../src/base/random.js'

interface Stream {
  readonly seed: number
  readonly uint32: readonly number[]
  readonly uniform: readonly number[]
}

// Made by test/golden/base/xoshiro128starstar.c.
const golden = JSON.parse(
  readFileSync(new URL('../golden/base/xoshiro128starstar.json', import.meta.url), 'utf8'),
) as readonly Stream[]

const draws = (count: number, draw: () => number) => Array.from({ length: count }, draw)

describe('seededRandom', () => {
  it.each(golden.map((stream) => [stream.seed, stream] as const))(
    'the draws of seed %d are those of the C program',
    (seed, { uint32, uniform }) => {
      const random = seededRandom(seed)
      expect(draws(uint32.length, random.uint32)).toEqual(uint32)
      expect(draws(uniform.length, random.uniform)).toEqual(uniform)
    },
  )

  it('a list is filled with the numbers that are drawn one by one, which go on after it', () => {
    const [listed, single] = [seededRandom(9), seededRandom(9)]
    const list = new Uint32Array(100)
    listed.uint32s(list)
    expect(Array.from(list)).toEqual(draws(100, single.uint32))
    expect(listed.uint32()).toBe(single.uint32())
  })

  it('the same seed gives the same numbers, another seed others', () => {
    expect(draws(5, seededRandom(7).uint32)).toEqual(draws(5, seededRandom(7).uint32))
    expect(draws(5, seededRandom(7).uint32)).not.toEqual(draws(5, seededRandom(8).uint32))
  })

  it('a uniform is in [0, 1)', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const value = seededRandom(seed).uniform()
        expect(value).toBeGreaterThanOrEqual(0)
        expect(value).toBeLessThan(1)
      }),
    )
  })

  it('an integer is below its limit, and each is as likely as the others', () => {
    const random = seededRandom(3)
    const counts = [0, 0, 0]
    for (let draw = 0; draw < 30_000; draw++) counts[random.integer(3)]!++
    // Standard deviation of a count: √(30000 · 1/3 · 2/3) = 82; five of them.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(5 * 82)
  })

  it('an integer below a limit that does not divide 2^32 skips the draws above its largest multiple', () => {
    // For 3 · 2^30 a quarter of all draws lies above it. Without skipping, results below 2^30 would come twice as often.
    const random = seededRandom(5)
    const limit = 3 * 2 ** 30
    const low = draws(9000, () => random.integer(limit)).filter((value) => value < 2 ** 30).length
    // √(9000 · 1/3 · 2/3) = 45; five of them.
    expect(Math.abs(low - 3000)).toBeLessThan(5 * 45)
  })

  it('normals have mean 0 and variance 1', () => {
    const random = seededRandom(11)
    const values = draws(40_000, random.normal)
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const variance = values.reduce((sum, value) => sum + value ** 2, 0) / values.length
    // Standard errors 1/√n = 0.005 and √(2/n) = 0.007; five of them.
    expect(Math.abs(mean)).toBeLessThan(0.025)
    expect(Math.abs(variance - 1)).toBeLessThan(0.036)
  })

  it('a fork does not depend on what was drawn before it, and forks differ from each other', () => {
    const used = seededRandom(1)
    used.uint32()
    expect(draws(4, used.fork(2).uint32)).toEqual(draws(4, seededRandom(1).fork(2).uint32))
    const first = new Set(Array.from({ length: 1000 }, (_, part) => seededRandom(1).fork(part).uint32()))
    expect(first.size).toBe(1000)
  })
})

describe('shuffledIndices', () => {
  it('holds every index once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), fc.integer(), (count, seed) => {
        const sorted = Array.from(shuffledIndices(count, seededRandom(seed))).sort((a, b) => a - b)
        expect(sorted).toEqual(Array.from({ length: count }, (_, index) => index))
      }),
    )
  })

  it('every order of three is as likely as the others', () => {
    const random = seededRandom(9)
    const counts = new Map<string, number>()
    for (let draw = 0; draw < 12_000; draw++) {
      const order = shuffledIndices(3, random).join('')
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    expect(counts.size).toBe(6)
    // √(12000 · 1/6 · 5/6) = 41; five of them.
    for (const count of counts.values()) expect(Math.abs(count - 2000)).toBeLessThan(5 * 41)
  })
})
