import { describe, expect, test } from 'vitest'
import { addDays, addMonths, type EpochDay, epochDay, formatDay } from '../../src/base/days.js'
import { seededRandom } from '../../src/base/random.js'
import { isBehind, lastUsualRows, type RowDay, silencesOf } from '../../src/engine/rowDays.js'

const first = epochDay('2024-01-01')
type CustomersOn = (day: EpochDay, index: number) => number

function daysOf(until: string, customersOn: CustomersOn): RowDay[] {
  const length = epochDay(until) - first
  return Array.from({ length }, (_, index) => {
    const day = addDays(first, index)
    return { day, customers: customersOn(day, index) }
  }).filter(({ customers }) => customers > 0)
}

/** The last usual day and the day by which the next were due, where rows are missing before a day. */
function behind(days: readonly RowDay[], until: string, isByMonth = false): string[] | null {
  const last = lastUsualRows(days, isByMonth)
  if (last === null || !isBehind(last, epochDay(until))) return null
  return [formatDay(last.day), formatDay(last.due)]
}

const dayOfMonth = (day: EpochDay) => Number(formatDay(day).slice(8))
const weekday = (day: EpochDay) => (day + 4) % 7
const daily: CustomersOn = () => 12
const onTheTenth: CustomersOn = (day) => (dayOfMonth(day) === 10 ? 12 : 0)

describe('rows are missing where the next were due', () => {
  test('daily rows after two days of grace', () => {
    const days = daysOf('2025-06-01', daily)
    expect(behind(days, '2025-06-03')).toBe(null)
    expect(behind(days, '2025-06-04')).toEqual(['2025-05-31', '2025-06-01'])
  })

  test('rows of the tenth are due on the next tenth, in months of any length', () => {
    const days = daysOf('2025-02-11', onTheTenth)
    expect(behind(days, '2025-03-10')).toBe(null)
    expect(behind(days, '2025-03-11')).toEqual(['2025-02-10', '2025-03-10'])
    const june = daysOf('2025-06-11', onTheTenth)
    expect(behind(june, '2025-07-10')).toBe(null)
    expect(behind(june, '2025-07-11')).toEqual(['2025-06-10', '2025-07-10'])
  })

  test('rows of the first working day are due on the latest that one has been', () => {
    // In 2024 and 2025 the first working day, Saturdays and Sundays out, is the 1st, 2nd or 3rd
    const days = daysOf('2025-05-30', (day) => {
      const isFirst = dayOfMonth(day) === 1 && weekday(day) % 6 !== 0
      return isFirst || (dayOfMonth(day) <= 3 && dayOfMonth(day) > 1 && weekday(day) === 1) ? 12 : 0
    })
    expect(behind(days, '2025-06-03')).toBe(null)
    expect(behind(days, '2025-06-04')).toEqual(['2025-05-01', '2025-06-03'])
  })

  test('weekly rows on the seventh day', () => {
    const days = daysOf('2025-06-03', (day) => (weekday(day) === 1 ? 12 : 0))
    expect(behind(days, '2025-06-09')).toBe(null)
    expect(behind(days, '2025-06-10')).toEqual(['2025-06-02', '2025-06-09'])
  })

  test('two months of a table by month are a rhythm, of another two days a month apart, and one is none', () => {
    const ends = ['2025-01-31', '2025-02-28'].map((day) => ({ day: epochDay(day), customers: 9 }))
    expect(behind(ends, '2025-03-31', true)).toBe(null)
    expect(behind(ends, '2025-04-01', true)).toEqual(['2025-02-28', '2025-03-31'])
    expect(behind(ends.slice(1), '2025-12-01', true)).toBe(null)
    const tenths = ['2025-01-10', '2025-02-10'].map((day) => ({ day: epochDay(day), customers: 9 }))
    expect(behind(tenths, '2025-03-11')).toEqual(['2025-02-10', '2025-03-10'])
    const others = ['2025-01-10', '2025-02-13'].map((day) => ({ day: epochDay(day), customers: 9 }))
    expect(behind(others, '2025-12-01')).toBe(null)
  })

  test('a month with fewer than half of its rows is not yet there', () => {
    const days = daysOf('2025-06-11', (day) => (day === epochDay('2025-06-10') ? 5 : onTheTenth(day, 0)))
    expect(behind(days, '2025-06-15')).toEqual(['2025-05-10', '2025-06-10'])
  })

  test('an outage of a month or a week does not become the rhythm', () => {
    const months = daysOf('2025-06-11', (day) => (formatDay(day) === '2025-02-10' ? 0 : onTheTenth(day, 0)))
    expect(behind(months, '2025-07-11')).toEqual(['2025-06-10', '2025-07-10'])
    const days = daysOf('2025-06-01', (_, index) => (index >= 200 && index < 207 ? 0 : 12))
    expect(behind(days, '2025-06-04')).toEqual(['2025-05-31', '2025-06-01'])
  })
})

describe('rows after the end of a feed do not hide it', () => {
  test.each([
    ['one of twelve customers on a day', 12, [39]],
    ['a few days of three customers', 3, [38, 39]],
    ['one customer for three weeks', 12, Array.from({ length: 20 }, (_, index) => index)],
  ])('%s', (_, usual, later) => {
    const end = epochDay('2025-06-01')
    const days = [
      ...daysOf('2025-06-01', () => usual),
      ...later.map((index) => ({ day: addDays(end, index), customers: 1 })),
    ]
    expect(behind(days, '2025-07-11')).toEqual(['2025-05-31', '2025-06-01'])
  })
})

describe('no alarm', () => {
  test('a weekend, a quiet weekend, a half day at the end', () => {
    // 2025-06-01 is a Sunday
    const working = daysOf('2025-06-01', (day) => (weekday(day) % 6 === 0 ? 0 : 30))
    expect(behind(working, '2025-06-02')).toBe(null)
    expect(
      behind(
        daysOf('2025-06-01', (day) => (weekday(day) % 6 === 0 ? 3 : 30)),
        '2025-06-01',
      ),
    ).toBe(null)
    expect(
      behind([...daysOf('2025-06-01', daily), { day: epochDay('2025-06-01'), customers: 2 }], '2025-06-02'),
    ).toBe(null)
  })

  test('a season without rows that an earlier year had; in the first year it cannot be told', () => {
    const season: CustomersOn = (day) => ([12, 1, 2, 3].includes(Number(formatDay(day).slice(5, 7))) ? 12 : 0)
    expect(behind(daysOf('2025-07-01', season), '2025-07-01')).toBe(null)
    expect(behind(daysOf('2024-07-01', season), '2024-07-01')).toEqual(['2024-03-31', '2024-04-01'])
  })

  test('a base that shrinks to a tenth, days of a hundred times the rows', () => {
    expect(
      behind(
        daysOf('2025-06-01', (_, index) => Math.round(100 * 0.9955 ** index)),
        '2025-06-01',
      ),
    ).toBe(null)
    expect(
      behind(
        daysOf('2025-06-01', (_, index) => (index % 61 === 0 ? 500 : 4)),
        '2025-06-01',
      ),
    ).toBe(null)
  })

  test('rows that come at random, of small bases, hardly ever', () => {
    // Of 100 tables with one to ten rows in a week, at most 3 end with a gap that they have not had before
    let alarms = 0
    for (let seed = 1; seed <= 100; seed++) {
      const { uniform } = seededRandom(seed)
      const share = (1 + (seed % 10)) / 14
      const days = daysOf('2024-10-01', () => (uniform() < share ? 1 + Math.floor(4 * uniform()) : 0))
      if (behind(days, '2024-10-01') !== null) alarms++
    }
    expect(alarms).toBeLessThanOrEqual(3)
  })

  test('bills of each quarter', () => {
    const quarters = Array.from({ length: 5 }, (_, index) => {
      return { day: addDays(addMonths(first, 3 * index + 3), -1), customers: 9 }
    })
    // The last is of 2025-03-31, the longest gap is of 92 days
    expect(behind(quarters, '2025-07-01', true)).toBe(null)
    expect(behind(quarters, '2025-07-03', true)).toEqual(['2025-03-31', '2025-07-01'])
  })
})

describe('silences in the middle', () => {
  const silences = (until: string, customersOn: CustomersOn) =>
    silencesOf(daysOf(until, customersOn), false).map(({ from, until: after, isEmpty }) => [
      formatDay(from),
      formatDay(after),
      isEmpty,
    ])
  const within = (day: EpochDay, from: string, after: string) =>
    day >= epochDay(from) && day < epochDay(after)

  test('43 days across the middle of months, without any row and with those of single customers', () => {
    const out = (rest: number) => (day: EpochDay) => (within(day, '2024-03-16', '2024-04-28') ? rest : 12)
    expect(silences('2024-08-01', out(0))).toEqual([['2024-03-16', '2024-04-28', true]])
    expect(silences('2024-08-01', out(2))).toEqual([['2024-03-16', '2024-04-28', false]])
    // A third of the usual is a quiet time, no outage.
    expect(silences('2024-08-01', out(4))).toEqual([])
  })

  test('of more than a week, and of more than three times the rhythm', () => {
    const out = (after: string) => (day: EpochDay) => (within(day, '2024-03-16', after) ? 0 : 12)
    expect(silences('2024-06-01', out('2024-03-24'))).toEqual([['2024-03-16', '2024-03-24', true]])
    expect(silences('2024-06-01', out('2024-03-23'))).toEqual([])
    const weekly = (after: string) => (day: EpochDay) =>
      weekday(day) === 1 && !within(day, '2024-05-07', after) ? 12 : 0
    // Mondays: after 6 May the next is 3 June, 27 days without, more than 21; or 27 May, 20 days.
    expect(silences('2024-12-01', weekly('2024-06-02'))).toEqual([['2024-05-07', '2024-06-03', true]])
    expect(silences('2024-12-01', weekly('2024-05-26'))).toEqual([])
  })

  test('none of a base that grows or shrinks, of weekends, of rows that come by chance, of months', () => {
    expect(silences('2025-01-01', (_, index) => Math.round(2 * 1.03 ** Math.min(index, 200)))).toEqual([])
    expect(silences('2025-01-01', (_, index) => Math.round(900 * 0.98 ** index) + 1)).toEqual([])
    expect(silences('2025-01-01', (day) => ([0, 6].includes(weekday(day)) ? 0 : 12))).toEqual([])
    for (let seed = 1; seed <= 20; seed++) {
      const random = seededRandom(seed)
      expect(silences('2025-01-01', () => Number(random.uniform() < 0.4))).toEqual([])
    }
    expect(silences('2025-01-01', onTheTenth)).toEqual([])
  })

  test('what comes back in another year is a season', () => {
    const summer = (years: readonly string[]) => (day: EpochDay) =>
      years.some((year) => within(day, `${year}-07-05`, `${year}-08-20`)) ? 0 : 12
    expect(silences('2025-12-31', summer(['2024', '2025']))).toEqual([])
    expect(silences('2025-12-31', summer(['2025']))).toEqual([['2025-07-05', '2025-08-20', true]])
  })
})
