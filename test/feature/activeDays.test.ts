import { afterAll, beforeAll, expect, test } from 'vitest'
import { addDays, epochDay } from '../../src/base/days.js'
import { seededRandom } from '../../src/base/random.js'
import { type DayWindow, type WindowRule, windowBefore } from '../../src/base/windows.js'
import type { History } from '../../src/engine/history.js'
import { openHistory } from '../../src/engine/openHistory.js'
import { activeDays } from '../../src/feature/builders/aggregateBuilders.js'
import { featureMatrix } from '../../src/feature/sql/featureMatrix.js'
import { cellOf } from '../../src/table/table.js'

// Days from 1966 to 1974, so that some lie before day 0; several rows on some of them.
const firstDay = epochDay('1966-01-01')
const random = seededRandom(62)
const days = Array.from({ length: 1500 }, () => addDays(firstDay, random.integer(3000)))
const cutoffs = ['1970-02-01', '1970-03-15', '1973-01-01'].map((text) => epochDay(text))
// Sets of days hold 62 of them, and windows of more than six sets are counted in another way.
const windows: WindowRule[] = [
  ...[1, 61, 62, 63, 124, 125, 372, 373, 800].map((length) => ({ days: length })),
  { days: 62, lag: 31 },
  { days: 100, lag: 500 },
  { months: 6, lag: 1 },
  'all',
]
let history: History

beforeAll(async () => {
  history = await openHistory({
    customers: [{ id: 'A', activatedAt: firstDay }],
    usage: days.map((day) => ({ id: 'A', day, minutes: 1 })),
  })
})

afterAll(() => history.close())

const countIn = ({ start, end }: DayWindow): number =>
  new Set(days.filter((day) => day >= start && day < end)).size

test.each([[cutoffs], ...cutoffs.map((cutoff) => [[cutoff]])])(
  'the active days of windows of any length are those of a set, as of %j',
  async (asked) => {
    const rules = windows.map((window) => activeDays('usage', window))
    const { features } = await featureMatrix(history, rules, { cutoffs: asked })
    for (const [index, window] of windows.entries()) {
      const expected = asked.map((cutoff) => countIn(windowBefore(cutoff, window)))
      expect(asked.map((_, row) => cellOf(features.columns[index]!, row))).toEqual(expected)
    }
  },
)
