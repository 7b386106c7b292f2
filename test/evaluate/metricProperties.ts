import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom, shuffledIndices } from '../../src/base/random.js'

/** Columns of one length; a row is one customer. */
export type Columns<Name extends string> = Readonly<Record<Name, readonly number[]>>

/** A metric as the property sets see it. */
export interface MetricCase<Name extends string> {
  /** Returns the figures of the metric in a fixed order. */
  readonly figures: (columns: Columns<Name>, weight?: readonly number[]) => readonly number[]
  /** True where only the order of the scores enters. */
  readonly rankOnly: boolean
  /** True where exchanging the classes changes nothing, false where it does; null where it has no meaning. */
  readonly classSwap: boolean | null
  /** What an order of rows may change, relative to the figure. Left out = nothing, to the last bit. */
  readonly orderTolerance?: number
  /** Why the metric takes no weights; left out where it takes them. */
  readonly unweighted?: string
}

/** Metrics of the same input, and the data that their properties are tested on. */
export interface MetricFamily<Name extends string> {
  readonly metrics: Readonly<Record<string, MetricCase<Name>>>
  /** One row by its values. */
  readonly row: fc.Arbitrary<Readonly<Record<Name, number>>>
  /** Rows at the end of every sample, never weighted away: they make every metric defined. */
  readonly always: readonly Readonly<Record<Name, number>>[]
  /** The column whose order counts. */
  readonly score: Name
  /** A strictly rising function of the score that stays in its range, and moves it. */
  readonly rising: (score: number) => number
  /** The same row with the classes exchanged; null where this has no meaning for the family. */
  readonly swapped: ((row: Readonly<Record<Name, number>>) => Readonly<Record<Name, number>>) | null
  /** Input that every metric refuses, and what the refusal says. */
  readonly refused: readonly { readonly columns: Columns<Name>; readonly says: RegExp }[]
}

/** Tests what every metric of a family must keep: order, weights, inputs, transforms, classes, refusals. */
export function describeMetrics<Name extends string>(family: MetricFamily<Name>): void {
  const cases = Object.entries<MetricCase<Name>>(family.metrics)
  describe.each(cases)('%s', (_name, metric) => {
    testOrder(family, metric)
    testWeights(family, metric)
    testInputs(family, metric)
    testTransforms(family, metric)
  })
}

/**
 * Returns the names of the exported functions of predictions below `src/evaluate`: those that take a list of numbers
 * by one of these names.
 */
export function exportedFunctionsOfPredictions(): string[] {
  const folder = new URL('../../src/evaluate/', import.meta.url)
  const parameter = '(?:probability|risk|uplift|score|prediction|margin|time)\\w*: ArrayLike<number>'
  const signature = new RegExp(
    `export function (\\w+)(?:<[^(]*>)?\\((?:\\s*\\w+: [^)]*?,)??\\s*${parameter}`,
    'g',
  )
  const typed = /export const (\w+): (?:Outcome|Share|Threshold|Offer|Treatment|FollowUp)Metric\b/g
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(new URL(file, folder), 'utf8'))
    .flatMap((text) => [...text.matchAll(signature), ...text.matchAll(typed)])
    .map((match) => match[1]!)
    .sort()
}

function testOrder<Name extends string>(family: MetricFamily<Name>, metric: MetricCase<Name>): void {
  const tolerance = metric.orderTolerance ?? 0
  test(`does not depend on the order of rows, to ${tolerance === 0 ? 'the last bit' : tolerance}`, () => {
    fc.assert(
      fc.property(rowsOf(family), fc.integer(), (rows, seed) => {
        const order = Array.from(shuffledIndices(rows.length, seededRandom(seed)), (index) => rows[index]!)
        const [shuffled, before] = [metric.figures(columnsOf(order)), metric.figures(columnsOf(rows))]
        if (tolerance === 0) expect(shuffled).toEqual(before)
        else expect(distance(shuffled, before)).toBeLessThanOrEqual(tolerance)
      }),
    )
  })
}

function testWeights<Name extends string>(family: MetricFamily<Name>, metric: MetricCase<Name>): void {
  if (metric.unweighted !== undefined) return
  test('weight 2 is the row twice, weight 0 is the row absent', () => {
    const weights = fc.infiniteStream(fc.integer({ min: 0, max: 3 }))
    fc.assert(
      fc.property(rowsOf(family), weights, (rows, stream) => {
        const free = rows.length - family.always.length
        const weight = rows.map((_, index) => (index < free ? (stream.next().value as number) : 1))
        const repeated = rows.flatMap((row, index) => Array<typeof row>(weight[index]!).fill(row))
        const weighted = metric.figures(columnsOf(rows), weight)
        expect(distance(weighted, metric.figures(columnsOf(repeated)))).toBeLessThan(1e-9)
      }),
    )
  })
  test('refuses weights below 0, missing weights, too few of them, and none above 0', () => {
    const columns = columnsOf(family.always)
    const weight = family.always.map(() => 1)
    expect(() => metric.figures(columns, weight.with(0, -1))).toThrow(/row 1: expected weight/)
    expect(() => metric.figures(columns, weight.with(1, Number.NaN))).toThrow(/row 2: expected weight/)
    expect(() => metric.figures(columns, weight.slice(1))).toThrow(/expected weight to have one value per/)
    expect(() => metric.figures(columns, weight.fill(0))).toThrow(/expected weight to be above 0 somewhere/)
  })
}

function testInputs<Name extends string>(family: MetricFamily<Name>, metric: MetricCase<Name>): void {
  test('is finite, and does not write to its inputs', () => {
    fc.assert(
      fc.property(rowsOf(family), (rows) => {
        const columns = columnsOf(rows)
        for (const column of Object.values(columns)) Object.freeze(column)
        const weight = metric.unweighted === undefined ? Object.freeze(rows.map(() => 1)) : undefined
        const figures = metric.figures(columns, weight)
        expect(figures.filter((figure) => !Number.isFinite(figure))).toEqual([])
        expect(figures.length).toBeGreaterThan(0)
      }),
    )
  })
  test.each(family.refused)('refuses what it has no answer to: $says', ({ columns, says }) => {
    expect(() => metric.figures(columns)).toThrow(says)
  })
}

function testTransforms<Name extends string>(family: MetricFamily<Name>, metric: MetricCase<Name>): void {
  const { score, rising, swapped } = family
  testChange(
    family,
    metric,
    metric.rankOnly,
    'a strictly rising transform of the score',
    (row) => ({ ...row, [score]: rising(row[score]) }) as typeof row,
  )
  if (swapped !== null && metric.classSwap !== null) {
    testChange(family, metric, metric.classSwap, 'exchanging the classes', swapped)
  }
}

function testChange<Name extends string>(
  family: MetricFamily<Name>,
  metric: MetricCase<Name>,
  indifferent: boolean,
  change: string,
  changed: (row: Readonly<Record<Name, number>>) => Readonly<Record<Name, number>>,
): void {
  const moved = (rows: readonly Readonly<Record<Name, number>>[]): number =>
    distance(metric.figures(columnsOf(rows)), metric.figures(columnsOf(rows.map(changed))))
  test(`${change} ${indifferent ? 'changes nothing' : 'matters'}`, () => {
    if (indifferent) fc.assert(fc.property(rowsOf(family), (rows) => moved(rows) < 1e-9))
    else
      expect(fc.sample(rowsOf(family), { numRuns: 50, seed: 1 }).some((rows) => moved(rows) > 1e-6)).toBe(
        true,
      )
  })
}

function rowsOf<Name extends string>({
  row,
  always,
}: MetricFamily<Name>): fc.Arbitrary<Readonly<Record<Name, number>>[]> {
  return fc.array(row, { minLength: 6, maxLength: 60 }).map((some) => [...some, ...always])
}

function columnsOf<Name extends string>(rows: readonly Readonly<Record<Name, number>>[]): Columns<Name> {
  const names = Object.keys(rows[0]!) as Name[]
  return Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name])])) as Record<
    Name,
    number[]
  >
}

/** The greatest difference between figures, relative where they are above 1. */
function distance(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) return Infinity
  return Math.max(...a.map((value, index) => Math.abs(value - b[index]!) / Math.max(1, Math.abs(b[index]!))))
}
