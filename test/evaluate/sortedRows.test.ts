import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/base/random.js'
import { rankRows } from '../../src/evaluate/rows/rankedOutcomes.js'

type Draw = (uniform: number, row: number) => number

// Each draws what another part of the sort has to put in order.
const draws: Readonly<Record<string, Draw>> = {
  'numbers that are spread out': (uniform) => uniform,
  'few values': (uniform) => Math.floor(uniform * 7) / 7,
  'one value': () => 0.25,
  'numbers that agree in their first 40 bits': (uniform) => 0.5 + uniform * 2 ** -40,
  'numbers that agree in their first bits, and one 0': (uniform, row) =>
    row === 77 ? 0 : 0.5 + Math.floor(uniform * 1000) * 2 ** -50,
  'ends of the range and subnormal numbers': (uniform) =>
    [0, 1, 5e-324, 1e-310, 1 - 2 ** -53, -0, uniform][Math.floor(uniform * 7)]!,
  'single precision': (uniform) => Math.fround(uniform),
  'numbers over many powers of ten': (uniform) => 10 ** (-300 * uniform),
  'numbers in order': (_, row) => row / 4000,
  'numbers in reverse order': (_, row) => 1 - row / 4000,
}

interface Group {
  churned: number
  stayed: number
}

/** Sorts distinct values by comparison and adds up in the order of rows. */
function slowGroups(p: Float64Array, y: Uint8Array, weight: Float64Array | null): [number, Group][] {
  const groups = new Map<number, Group>()
  p.forEach((value, row) => {
    const times = weight === null ? 1 : weight[row]!
    if (times === 0) return
    const group = groups.get(value + 0) ?? { churned: 0, stayed: 0 }
    groups.set(value + 0, group)
    if (y[row] === 1) group.churned += times
    else group.stayed += times
  })
  return [...groups].sort(([a], [b]) => b - a)
}

describe.each(Object.entries(draws))('%s', (_, drawn) => {
  test.each([[2], [60], [400], [4000]])(
    'of %i rows come in groups as by comparison, also weighted',
    (rows) => {
      fc.assert(
        fc.property(fc.integer(), fc.boolean(), (seed, weighted) => {
          const random = seededRandom(seed)
          const p = Float64Array.from({ length: rows }, (_, row) => drawn(random.uniform(), row))
          const y = Uint8Array.from(p, () => random.integer(2))
          // Checked rows have a weight above 0 somewhere.
          const weight = weighted
            ? Float64Array.from(p, (_, row) => (row === 0 ? 1 : random.integer(4)))
            : null
          const { probability, churned, stayed } = rankRows({ probability: p, outcome: y, weight })
          const expected = slowGroups(p, y, weight)
          expect(probability).toEqual(Float64Array.from(expected, ([value]) => value))
          expect(churned).toEqual(Float64Array.from(expected, ([, group]) => group.churned))
          expect(stayed).toEqual(Float64Array.from(expected, ([, group]) => group.stayed))
        }),
        { numRuns: 6 },
      )
    },
  )
})
