import fc from 'fast-check'
import { expect, test } from 'vitest'
import { brierScoreOf, logLossOf } from '../../src/evaluate/calibration/probabilityScores.js'
import { headlineFigures } from '../../src/evaluate/headlineFigures.js'
import { averagePrecisionOf, kolmogorovSmirnovOf, rocAucOf } from '../../src/evaluate/ranking/ranking.js'
import { liftOf } from '../../src/evaluate/ranking/topOfList.js'

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
      expect(headlineFigures(ranked, 0.1)(drawn)).toEqual([
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
