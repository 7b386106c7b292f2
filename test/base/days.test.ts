import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addDays,
  addMonths,
  type EpochDay,
  epochDay,
  formatDay,
  monthly,
  monthStart,
  monthsBetween,
  parseDay,
} from '../../src/base/days.js'
import { HoldfastError } from '../../src/base/errors.js'

// 1900-01-01 to 2200-01-01
const day = fc.integer({ min: -25_567, max: 84_006 }).map((value) => value as EpochDay)
const text = (value: EpochDay) => formatDay(value)

describe('epochDay', () => {
  it('counts days from 1970-01-01 in UTC, whatever the time zone', () => {
    expect(epochDay('1970-01-01')).toBe(0)
    expect(epochDay('1969-12-31')).toBe(-1)
    expect(epochDay('2000-03-01')).toBe(11_017) // 30 years with 7 leap days, 10957, and 31 + 29 days
    expect(epochDay(new Date('2025-06-30T23:59:59.999Z'))).toBe(epochDay('2025-06-30'))
    expect(epochDay(new Date('1969-12-31T23:00:00Z'))).toBe(-1)
  })

  it('a time after the day is cut off, blanks around it too', () => {
    expect(epochDay(' 2025-01-31 ')).toBe(epochDay('2025-01-31'))
    expect(epochDay('2025-01-31T23:30:00+14:00')).toBe(epochDay('2025-01-31'))
    expect(epochDay('2025-01-31 08:00')).toBe(epochDay('2025-01-31'))
  })

  it('a whole number is a day already', () => {
    expect(epochDay(20_000)).toBe(20_000)
  })

  it('a 29 February exists in leap years only', () => {
    expect(parseDay('2024-02-29')).toBe(19_782)
    expect(parseDay('2000-02-29')).toBeDefined()
    expect(parseDay('1900-02-29')).toBeUndefined()
    expect(parseDay('2023-02-29')).toBeUndefined()
  })

  it.each([
    '2025-02-30',
    '2025-13-01',
    '2025-00-10',
    '2025-1-1',
    '0050-01-01',
    '20250101',
    '01.02.2025',
    '',
    1.5,
    Number.NaN,
    1e9,
    // Dates and months written as numbers; milliseconds and seconds
    20_250_201,
    202_502,
    1_738_368_000_000,
    1_738_368_000,
    2_932_897, // the day after 9999-12-31
    new Date(Number.NaN),
    true,
    null,
    undefined,
    {},
  ])('%s is not a day', (value) => {
    expect(parseDay(value)).toBeUndefined()
    expect(() => epochDay(value as string)).toThrow(HoldfastError)
  })

  it.each([
    [20_250_201, '2025-02-01'],
    ['20250201', '2025-02-01'],
    [202_502, '2025-02-01'],
    ['2025/02/03', '2025-02-03'],
    [1_738_368_000_000, '2025-02-01'],
    [1_738_368_000, '2025-02-01'],
  ])('%s is asked back as %s', (value, meant) => {
    expect(() => epochDay(value)).toThrow(`(${typeof value}). Did you mean '${meant}'?`)
  })

  it('what cannot be meant as a day is not asked back', () => {
    for (const value of [20_251_301, 20_250_230, 'soon', 1.5]) {
      expect(() => epochDay(value)).not.toThrow(/Did you mean/)
      expect(() => epochDay(value)).toThrow(HoldfastError)
    }
  })

  it('the last day of the calendar is a day, as a text and as a number', () => {
    expect(epochDay('9999-12-31')).toBe(2_932_896)
    expect(epochDay(2_932_896)).toBe(2_932_896)
  })

  it('reads what formatDay writes', () => {
    fc.assert(
      fc.property(day, (any) => {
        expect(epochDay(formatDay(any))).toBe(any)
      }),
    )
  })
})

describe('months', () => {
  it('a month later is the same day, or the last one of a shorter month', () => {
    expect(text(addMonths(epochDay('2025-01-31'), 1))).toBe('2025-02-28')
    expect(text(addMonths(epochDay('2024-01-31'), 1))).toBe('2024-02-29')
    expect(text(addMonths(epochDay('2025-03-31'), -1))).toBe('2025-02-28')
    expect(text(addMonths(epochDay('2025-01-15'), -13))).toBe('2023-12-15')
    expect(text(addMonths(epochDay('2024-02-29'), 12))).toBe('2025-02-28')
  })

  it('n complete months have passed when n months later is not after the end, and n + 1 is', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: 0, max: 4000 }), (start, days) => {
        const end = addDays(start, days)
        const months = monthsBetween(start, end)
        expect(addMonths(start, months)).toBeLessThanOrEqual(end)
        expect(addMonths(start, months + 1)).toBeGreaterThan(end)
      }),
    )
  })

  it('the months between a day and n months later are n', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: -300, max: 300 }), (start, months) => {
        expect(monthsBetween(start, addMonths(start, months))).toBe(months)
      }),
    )
  })

  it('the start of a month is its first day', () => {
    fc.assert(
      fc.property(day, (any) => {
        expect(text(monthStart(any))).toBe(`${text(any).slice(0, 7)}-01`)
      }),
    )
  })

  it('monthly gives first days from the first month to the last', () => {
    expect(monthly('2024-11', '2025-02').map(text)).toEqual([
      '2024-11-01',
      '2024-12-01',
      '2025-01-01',
      '2025-02-01',
    ])
    expect(monthly('2025-01-20', '2025-02-03').map(text)).toEqual(['2025-01-01', '2025-02-01'])
    expect(monthly('2025-01', '2025-01')).toHaveLength(1)
  })

  it('months in the wrong order are refused', () => {
    expect(() => monthly('2025-02', '2025-01')).toThrowErrorMatchingInlineSnapshot(
      `[HoldfastError: monthly: expected last to be at or after first (2025-02), got "2025-01" (string). Swap the two months.]`,
    )
  })
})
