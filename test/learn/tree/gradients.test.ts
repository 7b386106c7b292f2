import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/random.js'
import { sigmoid } from '../../../src/base/statistics.js'
import { type Loss, logLoss, writeGradients } from '../../../src/learn/tree/grow/gradients.js'
import type { SumUnits } from '../../../src/learn/tree/grow/growLimits.js'
import { wholeWeights } from '../../../src/learn/tree/grow/wholeWeights.js'
import { withTeam } from './treeCases.js'

/** Packed statistics of rows, and their units. */
interface Packed {
  readonly gradient: Int32Array
  readonly hessian: Uint32Array
  readonly units: SumUnits
}

interface Rows {
  readonly margin: Float64Array
  readonly outcome: Uint8Array
  readonly weight?: Float64Array
}

describe('writeGradients', () => {
  it('gives p - y and p (1 - p), to 1e-7 for 100 rows, at any margin', () => {
    const margin = Float64Array.from({ length: 100 }, (_, row) => (row - 50) * 1.6)
    const outcome = Uint8Array.from(margin, (_, row) => (row * 7) % 2)
    const { gradient, hessian, units } = packed({ margin, outcome })
    margin.forEach((score, row) => {
      const p = sigmoid(score)
      expect(gradient[row]! / units.gradient).toBeCloseTo(p - outcome[row]!, 6)
      expect(hessian[row]! / units.hessian).toBeCloseTo(p * (1 - p), 6)
    })
  })

  it('gives the same bits with kernels in TypeScript, at any margin', () => {
    const random = seededRandom(1)
    const others = Array.from({ length: 5000 }, () => 90 * (random.uniform() - 0.5))
    const special = [0, -0, 40, -40, 1e300, -1e300, Number.MAX_VALUE, 5e-324]
    const margin = Float64Array.from([...others, ...special])
    const outcome = Uint8Array.from(margin, () => random.integer(2))
    for (const weight of [undefined, Float64Array.from(margin, () => 0.01 + random.uniform())]) {
      const rows = { margin, outcome, ...(weight === undefined ? {} : { weight }) }
      expect(packed(rows, logLoss, 'plain')).toEqual(packed(rows))
    }
  })

  it('never lets sums of 2^16 rows overflow 32 bits, whatever gradients and weights', () => {
    const count = 2 ** 16
    const of = (value: number): Float64Array => new Float64Array(count).fill(value)
    const allChurned = new Uint8Array(count).fill(1)
    const oneHeavy = of(1e-12)
    oneHeavy[0] = 1e12
    const weights = [undefined, of(4096), of(1e300), of(1e-300), of(0.1), oneHeavy]
    for (const margin of [-1e9, 0, 1e9]) {
      for (const outcome of [allChurned, new Uint8Array(count)]) {
        for (const weight of weights) {
          const rows = { margin: of(margin), outcome, ...(weight === undefined ? {} : { weight }) }
          expectInRange(packed(rows))
        }
      }
    }
  })

  it('leaves room for every row being rounded up', () => {
    // Each of 2^16 gradients is 32767.5 units of 2^-15: together below 2^31, but not when rounded to 32768.
    const count = 2 ** 16
    const loss: Loss = {
      weightPerHessian: 4,
      derivatives: (_margin, gradient, hessian) => {
        gradient.fill(32_767.5 / 2 ** 15)
        gradient[0] = 1
        hessian.fill(1)
      },
    }
    const rows = { margin: new Float64Array(count), outcome: new Uint8Array(count) }
    for (const kernels of ['wasm', 'plain'] as const) expectInRange(packed(rows, loss, kernels))
  })

  it('uses at least half of the range of a sum that is large', () => {
    const count = 2 ** 16
    const outcome = new Uint8Array(count).fill(1)
    const { gradient, hessian } = packed({ margin: new Float64Array(count), outcome })
    expect(sumOf(hessian)).toBeGreaterThanOrEqual(2 ** 31)
    expect(-sumOf(gradient)).toBeGreaterThanOrEqual(2 ** 30)
  })

  it('brings the derivatives of any loss into range, however large or small', () => {
    const count = 2000
    for (const size of [1e300, 1, 1e-250]) {
      const loss: Loss = {
        weightPerHessian: Number.POSITIVE_INFINITY,
        derivatives: (_margin, gradient, hessian) => {
          gradient.fill(size)
          hessian.fill(1 / size)
        },
      }
      const rows = { margin: new Float64Array(count), outcome: new Uint8Array(count) }
      const result = packed(rows, loss)
      expectInRange(result)
      expect(sumOf(result.gradient) / result.units.gradient / count / size).toBeCloseTo(1, 5)
      expect((sumOf(result.hessian) / result.units.hessian / count) * size).toBeCloseTo(1, 5)
    }
  })
})

function expectInRange({ gradient, hessian }: Packed): void {
  const above = gradient.reduce((sum, value) => sum + Math.max(value, 0), 0)
  const below = gradient.reduce((sum, value) => sum + Math.min(value, 0), 0)
  expect(above).toBeLessThan(2 ** 31)
  expect(below).toBeGreaterThanOrEqual(-(2 ** 31))
  expect(sumOf(hessian)).toBeLessThan(2 ** 32)
  // Every row counts as one that is there.
  expect(hessian.every((value) => value >= 1)).toBe(true)
}

function sumOf(values: Int32Array | Uint32Array): number {
  let sum = 0
  for (const value of values) sum += value
  return sum
}

function packed(
  { margin, outcome, weight }: Rows,
  loss: Loss = logLoss,
  kernels: 'wasm' | 'plain' = 'wasm',
): Packed {
  return withTeam(1, { kernels }, (team) => {
    const { memory } = team
    const rowCount = margin.length
    const total = weight?.reduce((sum, value) => sum + value, 0) ?? rowCount
    const whole = weight === undefined ? null : wholeWeights(weight, total)
    const place = {
      margin: memory.allocate(rowCount * 8),
      outcome: memory.allocate(rowCount + 4),
      statistics: memory.allocate(rowCount * 8),
      sums: memory.allocate(64),
    }
    const weights = whole === null ? 0 : memory.allocate(rowCount * 4)
    new Float64Array(memory.buffer, place.margin, rowCount).set(margin)
    new Uint8Array(memory.buffer, place.outcome, rowCount).set(outcome)
    if (whole !== null) new Uint32Array(memory.buffer, weights, rowCount).set(whole.values)
    const units = writeGradients(
      team,
      {
        ...place,
        rowCount,
        rowsSeen: { role: 0, weights, weightsAreWhole: whole?.areWhole ?? true },
        totalWeight: whole?.total ?? rowCount,
        weightUnits: whole?.units ?? 1,
      },
      loss,
    )
    const words = new Int32Array(memory.buffer, place.statistics, 2 * rowCount)
    return {
      gradient: Int32Array.from({ length: rowCount }, (_, row) => words[2 * row + 1]!),
      hessian: Uint32Array.from({ length: rowCount }, (_, row) => words[2 * row]!),
      units,
    }
  })
}
