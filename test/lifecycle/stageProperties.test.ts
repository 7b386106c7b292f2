import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { numberColumn } from '../../src/base/matrix.js'
import { type LifecycleStage, lifecycleStages } from '../../src/lifecycle/stage.js'
import { StageMachine } from '../../src/lifecycle/stageMachine.js'
import { checkStageOptions, type StageOptions } from '../../src/lifecycle/stageOptions.js'
import { type MonthlySeries, tagMonths } from '../../src/lifecycle/tagMonths.js'
import { plainStages } from './plainStages.js'
import { seriesOf } from './seriesOf.js'

const value = fc.option(fc.oneof(fc.integer({ min: 0, max: 200 }), fc.constant(0)), { freq: 8 })
const flag = (freq: number) => fc.integer({ min: 0, max: freq }).map((draw) => (draw === 0 ? 1 : 0))

/** Any life: values that jump, silent months, cancellations that are taken back, missing months, any age. */
const series: fc.Arbitrary<MonthlySeries> = fc.integer({ min: 1, max: 30 }).chain((count) => {
  const months = <Value>(of: fc.Arbitrary<Value>) => fc.array(of, { minLength: count, maxLength: count })
  return fc
    .record({
      minutes: months(value),
      amount: months(value),
      silent: months(flag(4)),
      cancelled: months(flag(15)),
      tenure: fc.integer({ min: 0, max: 30 }),
    })
    .map(({ minutes, amount, silent, cancelled, tenure }) =>
      seriesOf(minutes, { amount, tenure, cancelled, active: silent.map((isSilent) => 1 - isSilent) }),
    )
})

/** Levels that hold, rise and fall for some months each, more or less evenly, with a missing month now and then. */
const course = fc
  .array(
    fc.record({
      months: fc.integer({ min: 1, max: 9 }),
      level: fc.constantFrom(0, 1, 40, 60, 70, 80, 100, 100, 100, 110, 200),
      slope: fc.constantFrom(0, 0, 0, 4, 7, 12, 20, -4, -7, -12),
      noise: fc.constantFrom(0, 0, 1, 5, 20),
      odd: fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 9, maxLength: 9 }),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((parts) =>
    parts.flatMap(({ months, level, slope, noise, odd }) =>
      odd
        .slice(0, months)
        .map((draw, month) => (draw === 8 ? null : Math.max(0, level + slope * month + (noise * draw) / 8))),
    ),
  )

/** Courses of two signals, hardly ever silent or cancelled, so that what rises and falls decides. */
const courses: fc.Arbitrary<MonthlySeries> = fc
  .record({
    minutes: course,
    amount: course,
    silent: fc.array(flag(9), { minLength: 45, maxLength: 45 }),
    cancelled: fc.array(flag(40), { minLength: 45, maxLength: 45 }),
    tenure: fc.integer({ min: 0, max: 24 }),
    season: fc.option(fc.array(fc.constantFrom(0.5, 0.8, 1, 1, 1.25, 2), { minLength: 45, maxLength: 45 })),
  })
  .map(({ minutes, amount, silent, cancelled, tenure, season }) => {
    const count = Math.min(minutes.length, amount.length)
    return seriesOf(minutes.slice(0, count), {
      amount: amount.slice(0, count),
      tenure,
      active: silent.map((isSilent) => 1 - isSilent),
      cancelled,
      ...(season === null ? {} : { baseLevels: { minutes: Float64Array.from(season.slice(0, count)) } }),
    })
  })

const share = (least: number, most: number) =>
  fc.integer({ min: least * 20, max: most * 20 }).map((twentieths) => twentieths / 20)
const anyOptions: fc.Arbitrary<StageOptions> = fc
  .record(
    {
      acquisitionMonths: fc.integer({ min: 1, max: 4 }),
      maturityMonths: fc.integer({ min: 4, max: 12 }),
      referenceMonths: fc.integer({ min: 2, max: 5 }),
      minReferenceMonths: fc.integer({ min: 1, max: 2 }),
      strongDropShare: share(0.4, 0.8),
      dropShare: share(0.25, 0.4),
      noiseMultiple: fc.constantFrom(0, 0.5, 1, 3),
      spreadMonths: fc.integer({ min: 5, max: 14 }),
      calmShare: share(0, 0.25),
      trendMonths: fc.integer({ min: 5, max: 8 }),
      trendShare: share(0.25, 0.5),
      trendPairShare: share(0.55, 1),
      confirmMonths: fc.integer({ min: 1, max: 3 }),
      settleMonths: fc.integer({ min: 1, max: 4 }),
      silentMonths: fc.integer({ min: 1, max: 3 }),
      silence: fc.constantFrom('decline', 'ignored'),
      newCustomerDrop: fc.constantFrom('decline', 'acquisition'),
      winBack: fc.constantFrom('acquisition', 'byTenure'),
    },
    { requiredKeys: [] },
  )
  .map((options) => options as StageOptions)

const firstMonths = (of: MonthlySeries, count: number): MonthlySeries => ({
  ...of,
  tenureMonths: of.tenureMonths.slice(0, count),
  active: of.active.slice(0, count),
  cancelled: of.cancelled.slice(0, count),
  signals: of.signals.map((signal) =>
    numberColumn(
      signal.name,
      Array.from({ length: count }, (_, row) => (signal.missing?.has(row) ? null : signal.values[row]!)),
    ),
  ),
})

const healthOf: Readonly<Record<LifecycleStage, number>> = {
  churn: 0,
  decline: 1,
  acquisition: 2,
  maturity: 2,
  growth: 3,
}
const stagesOf = (of: MonthlySeries) => tagMonths(of).map((tag) => tag.stage)

describe('for any life', () => {
  it('stage and evidence are those of the rules, read one month after the other', () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(fc.oneof({ weight: 4, arbitrary: courses }, series), anyOptions, (any, options) => {
        const expected = plainStages(any, checkStageOptions('test', options))
        for (const { stage, evidence } of expected) seen.add(`${stage}: ${evidence.rule}`)
        expect(tagMonths(any, options).map(({ stage, evidence }) => ({ stage, evidence }))).toEqual(expected)
      }),
      { numRuns: 400 },
    )
    expect([...seen].sort()).toEqual([
      'acquisition: age',
      'churn: cancelled',
      'churn: returning',
      'churn: silent',
      'decline: fall',
      'decline: partlySilent',
      'growth: age',
      'growth: rise',
      'maturity: age',
    ])
  })

  it('customers whose months lie together are judged as each alone', () => {
    fc.assert(
      fc.property(fc.array(series, { minLength: 2, maxLength: 6 }), (lives) => {
        const together = <Values extends Int32Array | Uint8Array>(of: (life: MonthlySeries) => Values) =>
          lives.flatMap((life) => [...of(life)])
        const signals = lives[0]!.signals.map(({ name }, index) =>
          numberColumn(
            name,
            lives.flatMap(({ signals: own }) =>
              Array.from(own[index]!.values, (known, row) => (own[index]!.missing?.has(row) ? null : known)),
            ),
          ),
        )
        const machine = new StageMachine(
          {
            tenureMonths: Int32Array.from(together((life) => life.tenureMonths)),
            active: Uint8Array.from(together((life) => life.active)),
            cancelled: Uint8Array.from(together((life) => life.cancelled)),
            signals,
            baseLevels: signals.map(() => null),
          },
          checkStageOptions('test', undefined),
        )
        let first = 0
        for (const { baseLevels: _, ...life } of lives) {
          const tags = tagMonths(life).map(({ stage, evidence }) => ({ stage, evidence }))
          const own = tags.map((_, month) => {
            const stage = month === 0 ? machine.begin(first) : machine.step(first + month)
            return { stage: lifecycleStages[stage], evidence: machine.evidence() }
          })
          expect(own).toEqual(tags)
          first += tags.length
        }
      }),
      { numRuns: 60 },
    )
  })

  it('months that come later change no earlier tag', () => {
    fc.assert(
      fc.property(series, fc.nat(), (whole, seed) => {
        const count = 1 + (seed % whole.tenureMonths.length)
        expect(tagMonths(firstMonths(whole, count))).toEqual(tagMonths(whole).slice(0, count))
      }),
      { numRuns: 300 },
    )
  })

  it('a cancelled month is churn', () => {
    fc.assert(
      fc.property(series, (any) => {
        const tags = tagMonths(any)
        tags.forEach((tag, month) => {
          if (any.cancelled[month] === 1) expect(tag.stage).toBe('churn')
        })
      }),
    )
  })

  it('since is the first month of an unbroken run of the stage', () => {
    fc.assert(
      fc.property(series, (any) => {
        const tags = tagMonths(any)
        tags.forEach((tag, month) => {
          const continues = month > 0 && tags[month - 1]!.stage === tag.stage
          expect(tag.since).toBe(continues ? tags[month - 1]!.since : tag.month)
        })
      }),
    )
  })

  it('a lower last month never gives a healthier stage', () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 200 }), (any, a, b) => {
        const last = any.tenureMonths.length - 1
        const endingIn = (final: number): LifecycleStage => {
          const [minutes, ...rest] = any.signals
          const values = Array.from(minutes!.values, (known, row) =>
            row === last ? final : minutes!.missing?.has(row) ? null : known,
          )
          return stagesOf({ ...any, signals: [numberColumn('minutes', values), ...rest] })[last]!
        }
        expect(healthOf[endingIn(Math.min(a, b))]).toBeLessThanOrEqual(healthOf[endingIn(Math.max(a, b))])
      }),
      { numRuns: 300 },
    )
  })

  it('other units of a signal change no stage', () => {
    fc.assert(
      fc.property(series, fc.constantFrom(0.25, 2, 1024), (any, factor) => {
        const signals = any.signals.map((signal) => ({
          ...signal,
          values: signal.values.map((v) => v * factor),
        }))
        expect(stagesOf({ ...any, signals })).toEqual(stagesOf(any))
      }),
    )
  })

  it('the order of signals changes no stage', () => {
    fc.assert(
      fc.property(series, (any) => {
        expect(stagesOf({ ...any, signals: any.signals.toReversed() })).toEqual(stagesOf(any))
      }),
    )
  })

  it('the input is left as it was', () => {
    fc.assert(
      fc.property(series, (any) => {
        const before = structuredClone(any.signals.map((signal) => signal.values))
        tagMonths(any)
        expect(any.signals.map((signal) => signal.values)).toEqual(before)
      }),
    )
  })
})

describe('for a steady customer', () => {
  const steady = fc.record({
    levels: fc.array(fc.double({ min: 95, max: 105, noNaN: true }), { minLength: 4, maxLength: 24 }),
    tenure: fc.integer({ min: 0, max: 30 }),
  })

  it('one odd month, from half of the level to twenty times it, changes no stage', () => {
    const odd = fc.oneof(
      fc.double({ min: 0.5, max: 1, noNaN: true }),
      fc.double({ min: 1, max: 20, noNaN: true }),
    )
    fc.assert(
      fc.property(steady, fc.nat(), odd, ({ levels, tenure }, seed, factor) => {
        const place = seed % levels.length
        const noisy = levels.with(place, levels[place]! * factor)
        expect(stagesOf(seriesOf(noisy, { tenure }))).toEqual(stagesOf(seriesOf(levels, { tenure })))
      }),
      { numRuns: 200 },
    )
  })

  it('a deeper lasting drop never gives a healthier stage', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 8 }),
        fc.integer({ min: 1, max: 8 }),
        share,
        share,
        (before, after, a, b) => {
          const last = (drop: number): LifecycleStage => {
            const values = [
              ...new Array<number>(before).fill(100),
              ...new Array<number>(after).fill(100 * (1 - drop)),
            ]
            return stagesOf(seriesOf(values)).at(-1)!
          }
          expect(healthOf[last(Math.max(a, b))]).toBeLessThanOrEqual(healthOf[last(Math.min(a, b))])
        },
      ),
      { numRuns: 200 },
    )
  })
})
