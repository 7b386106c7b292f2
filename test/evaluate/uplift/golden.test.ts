import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { qiniCurve, upliftCurve } from '../../../src/evaluate/uplift/upliftCurves.js'
import {
  areaUnderUplift,
  qiniCoefficient,
  upliftAtShare,
} from '../../../src/evaluate/uplift/upliftFigures.js'

interface GoldenCase {
  readonly name: string
  readonly score: number[]
  readonly outcome: number[]
  readonly treated: number[]
  readonly weight: number[] | null
  readonly goodOutcome: 0 | 1
  readonly expected: {
    readonly qiniCurve: [customers: number[], gain: number[]]
    readonly upliftCurve: [customers: number[], gain: number[]]
    readonly qiniOfPerfect: number
    readonly upliftOfPerfect: number
    readonly qiniOfTotal: number | null
    readonly upliftOfTotal: number | null
    readonly upliftAtShare: Record<string, number> | null
  }
}

// Made by test/golden/evaluate/uplift.py.
const golden = JSON.parse(
  readFileSync(new URL('../../golden/evaluate/uplift.json', import.meta.url), 'utf8'),
) as { readonly cases: GoldenCase[] }

function expectNear(actual: number, expected: number): void {
  expect(Math.abs(actual - expected), `${actual} and ${expected}`).toBeLessThan(1e-10)
}

describe.each(golden.cases)('scikit-uplift and causalml agree to 1e-10: $name', (golden) => {
  const rows = [golden.score, golden.outcome, golden.treated] as const
  const { expected, goodOutcome, weight } = golden
  const options = weight === null ? { goodOutcome } : { goodOutcome, weight }

  test('qiniCurve and upliftCurve of scikit-uplift', () => {
    const curves = [qiniCurve(...rows, options), upliftCurve(...rows, options)]
    const both = [expected.qiniCurve, expected.upliftCurve]
    both.forEach(([customers, gain], index) => {
      expect(Array.from(curves[index]!.customers)).toEqual(customers)
      expect(curves[index]!.contactedShare.at(-1)).toBe(1)
      gain.forEach((value, point) => {
        expectNear(curves[index]!.gain[point]!, value)
      })
    })
  })

  test('of-perfect is scikit-uplift', () => {
    expectNear(qiniCoefficient(...rows, options), expected.qiniOfPerfect)
    expectNear(areaUnderUplift(...rows, options), expected.upliftOfPerfect)
  })
})

// causalml orders equal scores as they come, and scikit-uplift's top cuts through them: no figures where scores are tied.
describe.each(golden.cases.filter(({ expected }) => expected.qiniOfTotal !== null))(
  'untied: $name',
  (golden) => {
    const rows = [golden.score, golden.outcome, golden.treated] as const
    const { expected, goodOutcome } = golden
    const ofTotal = { goodOutcome, definition: 'of-total' } as const

    test('of-total is causalml', () => {
      expectNear(qiniCoefficient(...rows, ofTotal), expected.qiniOfTotal!)
      expectNear(areaUnderUplift(...rows, ofTotal), expected.upliftOfTotal!)
    })

    test('upliftAtShare is scikit-uplift', () => {
      for (const [share, value] of Object.entries(expected.upliftAtShare!)) {
        expectNear(upliftAtShare(...rows, Number(share), { goodOutcome }), value)
      }
    })
  },
)

test('the ten customers give the printed figures', () => {
  const { expected } = golden.cases[0]!
  expect(expected.qiniOfPerfect).toBeCloseTo(0.1944444, 7)
  expect(expected.qiniOfTotal).toBeCloseTo(0.1098485, 7)
  const printed = [0, 1, 1, 2, 1, 0.5, 1, 1.6667, 2, 1.75, 2]
  expect(expected.qiniCurve[1].map((value) => Math.round(value * 1e4) / 1e4)).toEqual(printed)
})

test('the cases hold ties, weights, and groups that are hardly there', () => {
  expect(golden.cases.map(({ name }) => name)).toEqual([
    'ten customers',
    'half treated',
    'few treated',
    'few are kept out',
    'the wrong way round',
    'scores in bands, many tied',
    'whole weights, some 0',
    'almost everybody stays',
  ])
})
