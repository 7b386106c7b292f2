import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { HoldfastError } from '../../../src/base/errors.js'
import { rocAuc } from '../../../src/evaluate/ranking/ranking.js'
import { concordance, unoConcordance } from '../../../src/evaluate/survival/concordance.js'
import { timeDependentAuc } from '../../../src/evaluate/survival/timeDependentAuc.js'
import { describeMetrics, type MetricCase } from '../metricProperties.js'
import { type Followed, slowAuc, slowConcordance, slowFollowed, slowStaying } from './slowSurvival.js'
import { type SurvivalMetricTraits, survivalMetricTraits } from './survivalMetricTraits.js'

type Name = 'risk' | 'duration' | 'churned'

const entries = Object.entries<SurvivalMetricTraits>(survivalMetricTraits)
const always = [
  { risk: 3, duration: 10, churned: 1 },
  { risk: 1, duration: 45, churned: 1 },
  { risk: 1, duration: 90, churned: 0 },
  { risk: 2, duration: 100, churned: 0 },
]

describeMetrics<Name>({
  metrics: Object.fromEntries(
    entries.map(([name, { figures }]): [string, MetricCase<Name>] => [
      name,
      {
        figures: ({ risk, duration, churned }, weight) =>
          figures(risk, duration, churned, weight === undefined ? {} : { weight }),
        rankOnly: true,
        classSwap: null,
      },
    ]),
  ),
  // Few values, so that risks and days are often shared.
  row: fc.record({
    risk: fc.integer({ min: -4, max: 4 }),
    duration: fc.integer({ min: 1, max: 16 }).map((step) => 5 * step),
    churned: fc.integer({ min: 0, max: 1 }),
  }),
  always,
  score: 'risk',
  rising: (risk) => risk ** 3 + risk,
  swapped: null,
  refused: [
    { columns: { risk: [1, 2], duration: [1, 2], churned: [0, 0] }, says: /somebody who churned \(1\)/ },
    { columns: { risk: [1, Number.NaN], duration: [1, 2], churned: [1, 0] }, says: /row 2: expected risk/ },
    { columns: { risk: [1, Infinity], duration: [1, 2], churned: [1, 0] }, says: /row 2: expected risk/ },
    { columns: { risk: [1, 2], duration: [0, 2], churned: [1, 0] }, says: /row 1: expected duration.*day 1/ },
    { columns: { risk: [1, 2], duration: [1, -2], churned: [1, 0] }, says: /row 2: expected duration/ },
    { columns: { risk: [1, 2], duration: [1, 2], churned: [1, 2] }, says: /row 2: expected churned/ },
    {
      columns: { risk: [1, 2], duration: [1], churned: [1, 0] },
      says: /duration to have one value per risk/,
    },
    { columns: { risk: [], duration: [], churned: [] }, says: /at least one row/ },
  ],
})

const followed = fc
  .array(
    fc.record({
      risk: fc.integer({ min: -3, max: 3 }),
      duration: fc.integer({ min: 1, max: 12 }),
      churned: fc.integer({ min: 0, max: 1 }),
      weight: fc.integer({ min: 1, max: 8 }).map((eighths) => eighths / 4),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((some) => [
    ...some,
    { ...always[0]!, duration: 2, weight: 1 },
    { ...always[3]!, duration: 12, weight: 1 },
  ])

const columnsOf = (sample: readonly Followed[]) =>
  [
    sample.map(({ risk }) => risk),
    sample.map(({ duration }) => duration),
    sample.map(({ churned }) => churned),
  ] as const
const weightsOf = (sample: readonly Followed[]) => ({ weight: sample.map(({ weight }) => weight) })

describe('the same as the definition pair by pair', () => {
  test('concordance', () => {
    fc.assert(
      fc.property(followed, (sample) => {
        const given = concordance(...columnsOf(sample), weightsOf(sample))
        expect(given).toBeCloseTo(
          slowConcordance(sample, () => 1),
          12,
        )
      }),
    )
  })

  test('unoConcordance, up to a day too', () => {
    fc.assert(
      fc.property(followed, fc.integer({ min: 2, max: 12 }), (sample, untilDay) => {
        const weightOfDay = (day: number): number => (day <= untilDay ? slowFollowed(sample, day) ** -2 : 0)
        const given = unoConcordance(...columnsOf(sample), { ...weightsOf(sample), untilDay })
        expect(given).toBeCloseTo(slowConcordance(sample, weightOfDay), 10)
      }),
    )
  })

  test('timeDependentAuc and its mean', () => {
    fc.assert(
      fc.property(followed, (sample) => {
        const days = [2, 5, 11]
        const { auc, mean } = timeDependentAuc(...columnsOf(sample), days, weightsOf(sample))
        const staying = [1, ...days.map((day) => slowStaying(sample, day))]
        let sum = 0
        days.forEach((day, index) => {
          expect(auc[index]).toBeCloseTo(slowAuc(sample, day), 10)
          sum += slowAuc(sample, day) * (staying[index]! - staying[index + 1]!)
        })
        expect(mean).toBeCloseTo(sum / (1 - staying[3]!), 10)
      }),
    )
  })
})

describe('concordance', () => {
  test('is 1 in perfect order, 0 in the reverse, one half where all risks are equal', () => {
    const [duration, churned] = [
      [4, 3, 2, 1],
      [1, 1, 1, 1],
    ]
    expect(concordance([1, 2, 3, 4], duration, churned)).toBe(1)
    expect(concordance([4, 3, 2, 1], duration, churned)).toBe(0)
    expect(concordance([7, 7, 7, 7], duration, churned)).toBe(0.5)
  })

  // Day 5: one churns, one is censored and stayed to the end of it: a pair. Two churns on day 5: none, and nobody else.
  test('a censored customer outlasts who churns on the same day; two churns on one day are no pair', () => {
    expect(concordance([2, 1], [5, 5], [1, 0])).toBe(1)
    expect(() => concordance([2, 1], [5, 5], [1, 1])).toThrow('a churner whom somebody outlasts')
    expect(() => concordance([2, 1], [5, 3], [1, 0])).toThrow('a churner whom somebody outlasts')
  })

  test('is the AUC where everybody churns on one day or outlasts it', () => {
    const risk = [0.9, 0.1, 0.4, 0.4, 0.7]
    const churned = [1, 0, 1, 0, 0]
    const duration = churned.map((left) => (left === 1 ? 5 : 30))
    expect(concordance(risk, duration, churned)).toBe(rocAuc(risk, churned))
    expect(timeDependentAuc(risk, duration, churned, [10]).auc).toEqual([rocAuc(risk, churned)])
  })
})

describe('unoConcordance', () => {
  test('is concordance where nobody is censored before the last churn', () => {
    const rows = [
      [4, 2, 3, 1],
      [1, 2, 3, 9],
      [1, 1, 1, 0],
    ] as const
    expect(unoConcordance(...rows)).toBe(concordance(...rows))
  })

  test('refuses a reference that ends before the last churn that counts', () => {
    const rows = [
      [4, 2, 3, 1],
      [1, 2, 30, 40],
      [1, 1, 1, 0],
    ] as const
    const reference = { duration: [5, 20], churned: [0, 0] }
    expect(() => unoConcordance(...rows, { reference })).toThrow(
      'expected reference.duration to reach day 30, on which a customer churned, got 20',
    )
    expect(unoConcordance(...rows, { reference, untilDay: 20 })).toBe(0.8)
    // The churn of day 30 counts from untilDay = 30 on.
    expect(unoConcordance(...rows, { reference, untilDay: 29.9 })).toBe(0.8)
    expect(() => unoConcordance(...rows, { reference, untilDay: 30 })).toThrow('to reach day 30')
  })

  test('refuses everything that is wrong with the reference and the options at once', () => {
    const wrong = { reference: { duration: [0, 1], churned: [3] }, untilDay: -1 }
    try {
      unoConcordance([1, 2], [1, 2], [1, 0], wrong)
      expect.unreachable()
    } catch (error) {
      expect((error as HoldfastError).problems.map(({ parameter }) => parameter)).toEqual(['untilDay'])
    }
    const { reference } = wrong
    expect(() => unoConcordance([1, 2], [1, 2], [1, 0], { reference })).toThrow('3 problems')
    expect(() => unoConcordance([1, 2], [1, 2], [1, 0], { reference: [1] as never })).toThrow(
      'an object of duration and churned',
    )
    const noWeight = { ...reference, duration: [1, 2], churned: [1, 0], weight: [0, 0] }
    expect(() => unoConcordance([1, 2], [1, 2], [1, 0], { reference: noWeight })).toThrow(
      'expected reference.weight to be above 0 somewhere',
    )
  })
})

describe('timeDependentAuc', () => {
  const rows = [
    [4, 2, 3, 1],
    [5, 10, 20, 20],
    [1, 0, 1, 0],
  ] as const

  test('names the days on which it is defined', () => {
    expect(() => timeDependentAuc(...rows, [4])).toThrow(
      'The first churn is on day 5: take days from there, up to 20.',
    )
    expect(() => timeDependentAuc(...rows, [5, 21])).toThrow('got 21')
    expect(timeDependentAuc(...rows, [5, 20])).toMatchObject({ churners: [1, 2], stayers: [3, 1] })
  })

  test.each([[[]], [[5, 5]], [[20, 5]], [[0, 5]], [[Number.NaN]], [5 as never]])(
    'refuses days %j',
    (days) => {
      expect(() => timeDependentAuc(...rows, days)).toThrow('to be a list of days')
    },
  )
})
