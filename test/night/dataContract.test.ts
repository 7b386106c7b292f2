import { describe, expect, it } from 'vitest'
import { normalQuantile } from '../../src/base/distributions.js'
import { seededRandom } from '../../src/base/random.js'
import { type Profile, type Quantity, unlikelyChanges } from '../../src/night/dataContract.js'

const normal = (random: { uniform(): number }): number =>
  normalQuantile(Math.min(1 - 1e-12, Math.max(1e-12, random.uniform())))

/** Quiet nights of one job: quantities that vary by chance, grow, drift, or stay as they are. */
function* quietNights(seed: number): Generator<Profile> {
  const random = seededRandom(seed)
  let [walk, growth] = [0, 20_000]
  for (;;) {
    walk += 0.01 * normal(random)
    growth *= 1.002
    const count = (value: number): Quantity => ({
      value: Math.round(value),
      kind: 'count',
      rows: Math.round(value),
    })
    const share = (value: number): Quantity => ({ value, kind: 'share', rows: 20_000 })
    yield {
      steady: count(50_000 * Math.exp(0.02 * normal(random))),
      growing: count(growth * Math.exp(0.01 * normal(random))),
      drifting: share(0.2 + 0.1 * Math.sin(walk)),
      missing: share(0.05 + 0.003 * normal(random)),
      // Counted, with nothing but chance in it: binomial, near enough normal
      counted: share(0.1 + Math.sqrt((0.1 * 0.9) / 20_000) * normal(random)),
      none: share(0),
      mean: { value: 40 + 0.5 * normal(random), kind: 'number', rows: 20_000 },
    }
  }
}

function nights(seed: number, count: number): Profile[] {
  const quiet = quietNights(seed)
  return Array.from({ length: count }, () => quiet.next().value as Profile)
}

describe('changes from night to night', () => {
  it.each([0.01, 0.05])(
    'of quiet nights are called unlikely in no more than the share %d of them',
    (rate) => {
      // 40 jobs of 60 nights, compared from the ninth on: 2,080 nights
      let [alarms, compared] = [0, 0]
      for (let seed = 1; seed <= 40; seed++) {
        const all = nights(seed, 60)
        for (let night = 8; night < all.length; night++) {
          compared++
          if (unlikelyChanges(all.slice(0, night), all[night]!, rate, 8).length > 0) alarms++
        }
      }
      // Two standard errors of a share above the rate, for 2,080 nights
      expect(compared).toBe(2080)
      expect(alarms / compared).toBeLessThanOrEqual(rate + 2 * Math.sqrt((rate * (1 - rate)) / compared))
    },
  )

  const faults: [string, (night: Profile) => Profile][] = [
    [
      'half of the rows',
      (night) => ({ ...night, steady: { ...night['steady']!, value: night['steady']!.value / 2 } }),
    ],
    [
      'rows that come twice',
      (night) => ({ ...night, growing: { ...night['growing']!, value: 2 * night['growing']!.value } }),
    ],
    [
      'a column that is a tenth empty',
      (night) => ({ ...night, missing: { ...night['missing']!, value: 0.15 } }),
    ],
    [
      'a column that had no gaps and has 1 %',
      (night) => ({ ...night, none: { ...night['none']!, value: 0.01 } }),
    ],
    ['another unit', (night) => ({ ...night, mean: { ...night['mean']!, value: 60 } })],
  ]
  it.each(faults)('find %s in the first night, and name it', (_, broken) => {
    for (let seed = 1; seed <= 20; seed++) {
      const all = nights(seed, 31)
      const found = unlikelyChanges(all.slice(0, 30), broken(all[30]!), 0.01, 8)
      const changed = Object.keys(all[30]!).filter((name) => broken(all[30]!)[name] !== all[30]![name])
      expect(found.map(({ quantity }) => quantity)).toEqual(expect.arrayContaining(changed))
      const [one] = found.filter(({ quantity }) => changed.includes(quantity))
      expect(one!.value < one!.from || one!.value > one!.to).toBe(true)
    }
  })

  it('are not judged before there are enough nights, nor for a quantity that is new', () => {
    const all = nights(1, 10)
    const halved = { ...all[9]!, steady: { ...all[9]!['steady']!, value: 1 } }
    expect(unlikelyChanges(all.slice(0, 7), halved, 0.01, 8)).toEqual([])
    expect(unlikelyChanges(all.slice(0, 9), { ...all[9]!, other: all[9]!['none']! }, 0.01, 8)).toEqual([])
    expect(unlikelyChanges(all.slice(0, 9), halved, 0.01, 8)).toHaveLength(1)
  })
})
