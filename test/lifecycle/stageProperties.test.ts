import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { numberColumn } from '../../src/base/matrix.js'
import type { LifecycleStage } from '../../src/lifecycle/stage.js'
import { type MonthlySeries, tagMonths } from '../../src/lifecycle/tagMonths.js'
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
      { numRuns: 500 },
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
      { numRuns: 500 },
    )
  })
})
