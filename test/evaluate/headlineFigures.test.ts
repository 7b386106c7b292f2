import fc from 'fast-check'
import { expect, test } from 'vitest'
import { brierScoreOf, logLossOf } from '../../src/evaluate/calibration/probabilityScores.js'
import { headlineFigures } from '../../src/evaluate/headlineFigures.js'
import { type ReadFigures, resampledFigures } from '../../src/evaluate/interval/resampledFigures.js'
import { type ResamplePlan, resampleUnits } from '../../src/evaluate/interval/resampleUnits.js'
import { kernelFigures } from '../../src/evaluate/interval/resamplingKernels.js'
import { averagePrecisionOf, kolmogorovSmirnovOf, rocAucOf } from '../../src/evaluate/ranking/ranking.js'
import { liftOf } from '../../src/evaluate/ranking/topOfList.js'
import { rankOutcomes } from '../../src/evaluate/rows/checkedOutcomes.js'

test('figures read together are those read one by one, to the bit, in groups that a resample left empty too', () => {
  const size = fc.oneof(fc.constant(0), fc.nat(4), fc.double({ min: 0, max: 3, noNaN: true }))
  const group = fc.record({
    p: fc.double({ min: 0.001, max: 0.999, noNaN: true }),
    churned: size,
    stayed: size,
  })
  fc.assert(
    fc.property(fc.array(group, { minLength: 1, maxLength: 30 }), fc.boolean(), (some, wholeWeights) => {
      const groups = [{ p: 0.9995, churned: 1, stayed: 0 }, ...some, { p: 0.0005, churned: 0, stayed: 2 }]
      groups.sort((a, b) => b.p - a.p)
      const sum = (of: (each: (typeof groups)[number]) => number) =>
        groups.reduce((all, each) => all + of(each), 0)
      const ranked = {
        probability: Float64Array.from(groups, ({ p }) => p),
        churned: Float64Array.from(groups, ({ churned }) => churned),
        stayed: Float64Array.from(groups, ({ stayed }) => stayed),
        churners: sum(({ churned }) => churned),
        customers: sum(({ churned, stayed }) => churned + stayed),
        wholeWeights,
      }
      const drawn = {
        ...ranked,
        // The last for the groups without churners, or without stayers
        counts: Float64Array.of(...ranked.churned, ...ranked.stayed, 0),
        churnedAt: Int32Array.from(groups, ({ churned }, at) => (churned === 0 ? 2 * groups.length : at)),
        stayedAt: Int32Array.from(groups, (_, at) => groups.length + at),
      }
      expect(headlineFigures(ranked, 0.1).read(drawn)).toEqual([
        rocAucOf(ranked),
        averagePrecisionOf(ranked),
        brierScoreOf(ranked),
        liftOf(ranked, 0.1),
        kolmogorovSmirnovOf(ranked),
        logLossOf(ranked),
      ])
    }),
  )
})

/** Figures of resamples read together, in WebAssembly, and one by one from their sorted forms. */
function drawnTogetherAndAlone(
  rows: readonly (readonly [p: number, y: number, w: number])[],
  plan: ResamplePlan,
) {
  const ranked = rankOutcomes(
    rows.map(([p]) => p),
    rows.map(([, y]) => y),
    { weight: rows.map(([, , w]) => w) },
  )
  const units = resampleUnits({
    outcome: [],
    weight: undefined,
    customers: undefined,
    scorings: [{ probability: [], ranked }],
  })
  const alone: ReadFigures = {
    count: 6,
    read: ([form]) => [
      rocAucOf(form!),
      averagePrecisionOf(form!),
      brierScoreOf(form!),
      liftOf(form!, 0.1),
      kolmogorovSmirnovOf(form!),
      logLossOf(form!),
    ],
  }
  expect(kernelFigures(units, headlineFigures(ranked, 0.1), plan)).not.toBeNull()
  return {
    together: resampledFigures(units, [ranked], { ...alone, sheet: headlineFigures(ranked, 0.1) }, plan),
    alone: resampledFigures(units, [ranked], alone, plan),
  }
}

test('resamples drawn and read in WebAssembly are those of TypeScript, to the bit: rows alone, tied rows, counts', () => {
  // Of 1 row each place is a unit; of 2 to 9 units have several places; of 40 and more their counts are binomial
  const weight = fc.constantFrom(
    fc.constant(1),
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 40, max: 90 }),
  )
  const cases = fc.record({
    digits: fc.constantFrom(10, 1000),
    rows: weight.chain((w) =>
      fc.array(fc.tuple(fc.integer({ min: 1, max: 999 }), fc.nat(1), w), { minLength: 1, maxLength: 40 }),
    ),
    stratified: fc.boolean(),
    seed: fc.integer(),
  })
  fc.assert(
    fc.property(cases, ({ digits, rows, stratified, seed }) => {
      const rounded = rows.map(
        ([p, y, w]) => [(Math.floor((p * digits) / 1000) + 0.5) / digits, y, w] as const,
      )
      const both = [...rounded, [0.3, 1, 1], [0.4, 0, 1]] as const
      const { together, alone } = drawnTogetherAndAlone(both, { resamples: 20, stratified, seed })
      expect(together).toEqual(alone)
    }),
  )
})

test('a resample without churners is drawn again in WebAssembly too', () => {
  // Of 2 rows half of the resamples hold one class
  const { together, alone } = drawnTogetherAndAlone(
    [
      [0.6, 1, 1],
      [0.2, 0, 1],
    ],
    { resamples: 50, stratified: false, seed: 1 },
  )
  expect(together).toEqual(alone)
  expect(together[0]).toEqual(new Float64Array(50).fill(1))
})
