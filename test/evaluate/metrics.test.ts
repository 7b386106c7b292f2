import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom, shuffledIndices } from '../../src/base/random.js'
import { type MetricEntry, metricNames, metrics } from '../../src/evaluate/metrics.js'

interface Rows {
  readonly probability: number[]
  readonly outcome: number[]
}

// Odd multiples of 1/256: 1 − p is exact, no value lies on the end of one of ten bins, and squares stay apart.
const probability = fc.integer({ min: 0, max: 127 }).map((step) => (2 * step + 1) / 256)
const row = fc.tuple(probability, fc.integer({ min: 0, max: 1 }))

// Four rows at the end make both classes occur and overlap, so that every metric is defined.
const overlapping: readonly (readonly [number, number])[] = [
  [65 / 256, 1],
  [65 / 256, 0],
  [191 / 256, 1],
  [191 / 256, 0],
]
const rows: fc.Arbitrary<Rows> = fc
  .array(row, { minLength: 6, maxLength: 60 })
  .map((some) => [...some, ...overlapping])
  .map((all) => ({ probability: all.map(([p]) => p), outcome: all.map(([, y]) => y) }))

const entries = Object.entries(metrics) as [string, MetricEntry][]

function distance(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) return Infinity
  return Math.max(...a.map((value, index) => Math.abs(value - b[index]!)))
}

function holds(property: (rows: Rows) => number): void {
  fc.assert(fc.property(rows, (some) => property(some) < 1e-9))
}

function failsSomewhere(property: (rows: Rows) => number): void {
  expect(fc.sample(rows, { numRuns: 50, seed: 1 }).some((some) => property(some) > 1e-6)).toBe(true)
}

describe.each(entries)('%s', (_name, metric) => {
  test('does not depend on the order of rows, to the last bit', () => {
    fc.assert(
      fc.property(rows, fc.integer(), ({ probability, outcome }, seed) => {
        const order = Array.from(shuffledIndices(outcome.length, seededRandom(seed)))
        const shuffled = metric.figures(
          order.map((index) => probability[index]!),
          order.map((index) => outcome[index]!),
        )
        expect(shuffled).toEqual(metric.figures(probability, outcome))
      }),
    )
  })

  test('weight 2 is the row twice, weight 0 is the row absent', () => {
    fc.assert(
      fc.property(rows, fc.infiniteStream(fc.integer({ min: 0, max: 3 })), (some, weights) => {
        const { probability, outcome } = some
        // The overlapping rows stay, so that the metric stays defined.
        const weight = outcome.map((_, index) =>
          index < outcome.length - overlapping.length ? (weights.next().value as number) : 1,
        )
        const repeated = weight.flatMap((times, index) => Array<number>(times).fill(index))
        const weighted = metric.figures(probability, outcome, { weight })
        const unweighted = metric.figures(
          repeated.map((index) => probability[index]!),
          repeated.map((index) => outcome[index]!),
        )
        expect(distance(weighted, unweighted)).toBeLessThan(1e-9)
      }),
    )
  })

  test('does not write to its inputs', () => {
    fc.assert(
      fc.property(rows, ({ probability, outcome }) => {
        metric.figures(Object.freeze(probability), Object.freeze(outcome))
      }),
    )
  })

  test('is finite', () => {
    holds(({ probability, outcome }) =>
      metric.figures(probability, outcome).every(Number.isFinite) ? 0 : Infinity,
    )
  })

  const squared = ({ probability, outcome }: Rows): number =>
    distance(
      metric.figures(probability, outcome),
      metric.figures(
        probability.map((p) => p * p),
        outcome,
      ),
    )
  test(
    metric.rankOnly ? 'a strictly rising transform changes nothing' : 'a strictly rising transform matters',
    () => (metric.rankOnly ? holds(squared) : failsSomewhere(squared)),
  )

  const swapped = ({ probability, outcome }: Rows): number =>
    distance(
      metric.figures(probability, outcome),
      metric.figures(
        probability.map((p) => 1 - p),
        outcome.map((y) => 1 - y),
      ),
    )
  test(
    metric.classSwap
      ? 'exchanging churned and stayed changes nothing'
      : 'exchanging churned and stayed matters',
    () => (metric.classSwap ? holds(swapped) : failsSomewhere(swapped)),
  )

  test('refuses one class, missing and impossible probabilities, unequal lengths and no rows', () => {
    expect(() => metric.figures([0.25, 0.75], [1, 1])).toThrow(/both churned \(1\) and stayed \(0\)/)
    expect(() => metric.figures([Number.NaN, 0.75], [1, 0])).toThrow(/row 1: expected probability/)
    expect(() => metric.figures([0.25, 1.5], [1, 0])).toThrow(/row 2: expected probability/)
    expect(() => metric.figures([0.25], [1, 0])).toThrow(/expected outcome to have one value per probability/)
    expect(() => metric.figures([], [])).toThrow(/at least one row/)
  })
})

// These take probabilities and outcomes and are no metrics.
const noMetrics = ['bootstrapInterval', 'evaluateProbabilities', 'rankOutcomes', 'checkOutcomes', 'rankRows']

test('every exported function of probabilities and outcomes is in the registry', () => {
  const folder = new URL('../../src/evaluate/', import.meta.url)
  const signature =
    /export function (\w+)(?:<[^(]*>)?\((?:\s*\w+: [^)]*?,)??\s*probability: ArrayLike<number>/g
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [...readFileSync(new URL(file, folder), 'utf8').matchAll(signature)])
    .map((match) => match[1]!)
  expect(found).toEqual(expect.arrayContaining(['rocAuc', 'checkOutcomes', 'contactsForSameCatch']))
  expect(found.filter((name) => !noMetrics.includes(name)).sort()).toEqual(Object.keys(metrics).sort())
})

test('metrics of one number are better in one direction, tables in none', () => {
  for (const [name, metric] of entries) {
    expect(metric.better === null, name).toBe(metric.ofRanked === null)
  }
  expect(metricNames).toEqual([
    'rocAuc',
    'averagePrecision',
    'logLoss',
    'brierScore',
    'liftAt',
    'calibrationError',
  ])
})
