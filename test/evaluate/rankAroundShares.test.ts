import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../src/base/random.js'
import { liftAt, liftOf, liftTable, liftTableOf } from '../../src/evaluate/ranking/topOfList.js'
import { rankRows } from '../../src/evaluate/rows/rankedOutcomes.js'

type Draw = (uniform: number, row: number) => number

const draws: Readonly<Record<string, Draw>> = {
  'numbers that are spread out': (uniform) => uniform,
  'numbers near 0, over many powers of ten': (uniform) => 10 ** (-30 * uniform),
  'few values, so that cuts fall into ties': (uniform) => Math.floor(uniform * 13) / 13,
  'values with 0, −0 and 1': (uniform) => [0, -0, 1, uniform][Math.floor(uniform * 4)]!,
  'all in one bucket': (uniform) => 0.5 + uniform * 2 ** -20,
  'one value': () => 0.3,
  'steps whose ends are the cuts': (_, row) => Math.floor((row * 10) / 60_000) / 10,
}

describe.each(Object.entries(draws))('of 60,000 rows: %s', (_, drawn) => {
  test.each(['without', 'whole', 'fractional'])(
    'lift and lift table are those of all rows sorted; weights: %s',
    (kind) => {
      const random = seededRandom(8)
      const probability = Float64Array.from({ length: 60_000 }, (_, row) => drawn(random.uniform(), row))
      const outcome = Uint8Array.from(probability, (p) => (random.uniform() < 0.1 + 0.5 * p ? 1 : 0))
      const drawWeight = (): number => (kind === 'whole' ? random.integer(4) : random.uniform())
      const weight = kind === 'without' ? null : Float64Array.from(outcome, drawWeight)
      const sorted = rankRows({ probability, outcome, weight })
      const options = weight === null ? {} : { weight }
      for (const parts of [1, 3, 10]) {
        const expected = liftTableOf(sorted, parts)
        liftTable(probability, outcome, { ...options, parts }).forEach((row, part) => {
          for (const [name, value] of Object.entries(row)) {
            const right = expected[part]![name as keyof typeof row]
            expect(Math.abs(value - right), `${name} of part ${part}`).toBeLessThanOrEqual(
              1e-9 * Math.max(1, right),
            )
          }
        })
      }
      expect(liftAt(probability, outcome, 0.017, options)).toBeCloseTo(liftOf(sorted, 0.017), 9)
    },
  )
})
