import { addDays, addMonths, type Days, type EpochDay, monthEnd, monthStart } from '../base/days.js'

/** How many customers have rows of a table on a day; days without rows are left out. */
export interface RowDay {
  readonly day: EpochDay
  readonly customers: number
}

/** The last day with the usual number of rows in a table. */
export interface LastRows {
  readonly day: EpochDay
  /** The day by which the next rows were due. */
  readonly due: EpochDay
  /** All days with the usual number of rows, the earliest first. */
  readonly usualDays: readonly EpochDay[]
}

/** On a usual day at least this part of the usual number of customers have rows; weekends are quieter. */
const usualPart = 0.25
/** The usual number is the median of this many days with rows, so that it follows a growing or shrinking base. */
const usualOver = 42
/** Rows that come once a month are from about the same customers each month. */
const usualPartByMonth = 0.5
const usualMonths = 7
/** With fewer usual days a table has no rhythm, but the same day in two months is one. */
const leastDays = 3
const leastMonths = 2
/** Gaps in days of a table whose rows come once a month: on the tenth, the last days, the first working days. */
const monthlyGaps = { least: 27, most: 33 } as const
/** A silence of more days than this, and of twice the rhythm, is over only if rows keep coming after it. */
const leastSilence: Days = 14
/** A silence of at most this many days may belong to a daily rhythm. */
const leastUnusual: Days = 7
/** With fewer usual days it is unknown how long a silence can be. */
const leastSteadyDays = 14
/** With fewer gaps than this the longest says little about how long one can be. */
const manyGaps = 50
/** At least this share of gaps are monthly in a monthly table; the others are months that are out. */
const mostlyMonthly = 0.75
/** A table may lag this much without a note, because an export takes time. */
const leastLag: Days = 2

/**
 * Returns the last day with the usual number of rows, and the day by which the next were due.
 *
 * A day is usual if at least a quarter of the median number of customers of the last 42 days with rows have rows, so
 * that single rows after the end of a feed do not count. If usual days are about a month apart, at least half of the
 * median of seven months must have rows, and the next are due in the next month, by the latest day of the month they
 * came on. Else they are due as long after the last as usual days are apart: the 98th percentile of gaps, or of few
 * gaps the longest but one, as the longest may be an outage; if gaps vary much, half as long again, or of few gaps two
 * and a half times as long. A day or two of rows after a silence of twice as long are no restart.
 *
 * @param days the earliest first
 * @param isByMonth whether rows of the table count on the last day of a month
 * @returns null if there are too few usual days for a rhythm
 */
export function lastUsualRows(days: readonly RowDay[], isByMonth: boolean): LastRows | null {
  const loose = usualDays(days, usualPart, usualOver)
  if (isMonthly(loose, isByMonth)) {
    const usual = usualDays(days, usualPartByMonth, usualMonths)
    return { day: usual.at(-1)!, due: nextMonthly(usual), usualDays: usual }
  }
  const usual = withoutStragglers(loose)
  if (usual.length < leastDays) return null
  const day = usual.at(-1)!
  return { day, due: addDays(day, rhythmOf(usual)), usualDays: usual }
}

/** Returns whether rows are missing before a day: they were due, and it is not a season that never has any. */
export function isBehind(last: LastRows, until: EpochDay): boolean {
  const lag = until - last.day - 1
  return last.due < until && lag > leastLag && !isOutOfSeason(last, until)
}

/** Days without the usual number of rows, between days with it. */
export interface Silence {
  readonly from: EpochDay
  /** The first day with the usual number of rows again. */
  readonly until: EpochDay
  /** True if no customer has a row on any of them. */
  readonly isEmpty: boolean
}

/**
 * Returns the silences of a table that its rhythm does not explain: longer than a week and than three times the rhythm
 * of {@link lastUsualRows}. Their days are not usual by the 42 days with rows before them, or by those after and those
 * before the 42, so that a few rows a day do not become usual in time. A silence that recurs in another year is a
 * season. Tables with rows once a month are judged by months.
 */
export function silencesOf(days: readonly RowDay[], isByMonth: boolean): Silence[] {
  const loose = usualDays(days, usualPart, usualOver)
  if (loose.length < leastSteadyDays || isMonthly(loose, isByMonth)) return []
  const steady = steadyDays(days)
  if (steady.length < leastSteadyDays) return []
  const least = Math.max(leastUnusual, 3 * rhythmOf(steady))
  return steady.slice(1).flatMap((until, index): Silence[] => {
    const from = addDays(steady[index]!, 1)
    if (until - from <= least || isSeason(from, until, steady)) return []
    return [{ from, until, isEmpty: !days.some(({ day }) => day >= from && day < until) }]
  })
}

/** Usual days, also by what was usual earlier and is usual later. */
function steadyDays(days: readonly RowDay[]): EpochDay[] {
  const counts = days.map(({ customers }) => customers)
  const usual = (from: number, after: number): number => {
    const some = counts.slice(Math.max(0, from), Math.max(0, after))
    return some.length < usualOver / 2 ? 0 : median(some)
  }
  return days.flatMap(({ day, customers }, index) => {
    const recent = median(counts.slice(Math.max(0, index + 1 - usualOver), index + 1))
    const before = usual(index + 1 - 2 * usualOver, index + 1 - usualOver)
    const later = usual(index + 1, index + 1 + usualOver)
    return customers >= usualPart * Math.max(recent, Math.min(before, later)) ? [day] : []
  })
}

/** Whether the same days of another year have no usual day either, except in their outer thirds. */
function isSeason(from: EpochDay, until: EpochDay, usual: readonly EpochDay[]): boolean {
  const edge = Math.floor((until - from) / 3)
  const [first, last] = [usual[0]!, usual.at(-1)!]
  for (let years = Math.ceil((first - until) / 365); years <= (last - from) / 365; years++) {
    const start = addMonths(addDays(from, edge), 12 * years)
    const end = addMonths(addDays(until, -edge), 12 * years)
    const isThere = years !== 0 && start > first && end <= last
    if (isThere && !usual.some((day) => day >= start && day < end)) return true
  }
  return false
}

/** Returns the last day before another with the number of rows that was usual until then. */
export function lastUsualDay(days: readonly RowDay[], before: EpochDay): EpochDay | null {
  const earlier = days.filter(({ day }) => day < before)
  const usual = median(earlier.map(({ customers }) => customers))
  return earlier.findLast(({ customers }) => customers >= usualPart * usual)?.day ?? null
}

function usualDays(days: readonly RowDay[], part: number, over: number): EpochDay[] {
  const usual: EpochDay[] = []
  for (const [index, { day, customers }] of days.entries()) {
    const recent = days.slice(Math.max(0, index + 1 - over), index + 1)
    if (customers >= part * median(recent.map((each) => each.customers))) usual.push(day)
  }
  return usual
}

function isMonthly(usual: readonly EpochDay[], isByMonth: boolean): boolean {
  if (usual.length < leastMonths) return false
  const [first, second] = usual as readonly [EpochDay, EpochDay]
  if (usual.length === leastMonths && !isByMonth && addMonths(first, 1) !== second) return false
  const gaps = gapsOf(usual)
  const monthly = gaps.filter((gap) => gap >= monthlyGaps.least && gap <= monthlyGaps.most)
  return monthly.length >= mostlyMonthly * gaps.length
}

/** The latest day of the month that the rows of the last year came on, in the month after the last. */
function nextMonthly(usual: readonly EpochDay[]): EpochDay {
  const next = addMonths(monthStart(usual.at(-1)!), 1)
  const latest = Math.max(...usual.slice(-12).map((day) => day - monthStart(day)))
  return Math.min(next + latest, monthEnd(next)) as EpochDay
}

function rhythmOf(usual: readonly EpochDay[]): Days {
  const gaps = gapsOf(usual).sort((a, b) => a - b)
  const isLong = gaps.length >= manyGaps
  const place = isLong ? Math.ceil(0.98 * gaps.length) - 1 : gaps.length - (gaps.length >= 5 ? 2 : 1)
  const rhythm = gaps[place]!
  const isIrregular = rhythm > (gaps.length < 10 ? 1.25 : 2) * median(gaps)
  return isIrregular ? Math.ceil((isLong ? 1.5 : 2.5) * rhythm) : rhythm
}

function withoutStragglers(usual: readonly EpochDay[]): readonly EpochDay[] {
  if (usual.length < leastDays) return usual
  const silence = Math.max(leastSilence, 2 * rhythmOf(usual))
  const again = gapsOf(usual).findLastIndex((gap) => gap > silence) + 1
  return again > 0 && usual.length - again < leastDays ? usual.slice(0, again) : usual
}

/**
 * Whether an earlier year had no usual day on the same days either, except in their first third. A season is longer
 * than the rhythm.
 */
function isOutOfSeason({ day, due, usualDays: usual }: LastRows, until: EpochDay): boolean {
  const start = day + 1 + Math.floor((until - day - 1) / 3)
  if (until - start <= due - day) return false
  for (let months = 12; addMonths(start as EpochDay, -months) > usual[0]!; months += 12) {
    const [from, after] = [addMonths(start as EpochDay, -months), addMonths(until, -months)]
    if (!usual.some((day) => day >= from && day < after)) return true
  }
  return false
}

function gapsOf(days: readonly EpochDay[]): Days[] {
  return days.slice(1).map((day, index) => day - days[index]!)
}

/** The upper of the two middle values. */
function median(values: readonly number[]): number {
  return Float64Array.from(values).sort()[values.length >> 1] ?? 0
}
