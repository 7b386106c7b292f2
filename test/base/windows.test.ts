import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type EpochDay, epochDay, formatDay } from '../../src/base/days.js'
import {
  beginningOfTime,
  type DayWindow,
  monthsBefore,
  windowAfter,
  windowBefore,
} from '../../src/base/windows.js'

const cutoff = fc.integer({ min: 0, max: 40_000 }).map((value) => value as EpochDay)
const length = fc.integer({ min: 1, max: 60 })
const lag = fc.integer({ min: 0, max: 60 })
const texts = ({ start, end }: DayWindow) => [formatDay(start), formatDay(end)]

describe('windowBefore', () => {
  it('days are counted back from the cutoff, or from lag days before it', () => {
    const day = epochDay('2025-04-01')
    expect(texts(windowBefore(day, { days: 30 }))).toEqual(['2025-03-02', '2025-04-01'])
    expect(texts(windowBefore(day, { days: 30, lag: 30 }))).toEqual(['2025-01-31', '2025-03-02'])
  })

  it('months are calendar months, their lag too', () => {
    const day = epochDay('2025-04-01')
    expect(texts(windowBefore(day, { months: 2 }))).toEqual(['2025-02-01', '2025-04-01'])
    expect(texts(windowBefore(day, { months: 1, lag: 2 }))).toEqual(['2025-01-01', '2025-02-01'])
  })

  it('all begins before any day that can be named', () => {
    expect(windowBefore(epochDay(5), 'all')).toEqual({ start: beginningOfTime, end: 5 })
  })

  it('never holds the cutoff or a later day', () => {
    fc.assert(
      fc.property(cutoff, length, lag, (day, size, back) => {
        expect(windowBefore(day, { days: size, lag: back }).end).toBeLessThanOrEqual(day)
        expect(windowBefore(day, { months: size, lag: back }).end).toBeLessThanOrEqual(day)
        expect(windowBefore(day, 'all').end).toBeLessThanOrEqual(day)
      }),
    )
  })

  it('a window of n days holds n days and begins where a lagged one ends', () => {
    fc.assert(
      fc.property(cutoff, length, (day, size) => {
        const near = windowBefore(day, { days: size })
        expect(near.end - near.start).toBe(size)
        expect(windowBefore(day, { days: size, lag: size }).end).toBe(near.start)
      }),
    )
  })
})

describe('monthsBefore', () => {
  it('the months follow each other without a gap, the latest first, and together are one window', () => {
    fc.assert(
      fc.property(cutoff, fc.integer({ min: 1, max: 24 }), (day, count) => {
        const months = monthsBefore(day, count)
        expect(months[0]!.end).toBe(day)
        for (let month = 1; month < count; month++) expect(months[month]!.end).toBe(months[month - 1]!.start)
        expect(months.at(-1)!.start).toBe(windowBefore(day, { months: count }).start)
      }),
    )
  })
})

describe('windowAfter', () => {
  it('what happens in the gap belongs to neither side', () => {
    expect(windowAfter(epochDay(100), 7, { days: 30 })).toEqual({ start: 107, end: 137 })
    expect(windowAfter(epochDay(100), 0, { days: 30 }).start).toBe(
      windowBefore(epochDay(100), { days: 1 }).end,
    )
  })

  it('months are those of the calendar, counted from the end of the gap', () => {
    // From 8 February: 28 days to 8 March.
    const window = windowAfter(epochDay('2025-02-01'), 7, { months: 1 })
    expect([window.start, window.end].map(formatDay)).toEqual(['2025-02-08', '2025-03-08'])
  })
})
