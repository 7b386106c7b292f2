import fc from 'fast-check'
import { expect, test } from 'vitest'
import { epochDay } from '../../src/base/days.js'
import { type DayWindow, windowBefore } from '../../src/base/windows.js'
import { windowTiles } from '../../src/feature/sql/windowTiles.js'

const cutoff = epochDay('2025-04-01')
const month = (lag: number): DayWindow => windowBefore(cutoff, { months: 1, lag })

test('a quarter is its three months', () => {
  const quarter = windowBefore(cutoff, { months: 3 })
  expect(windowTiles(quarter, [month(0), month(1), month(2), month(3), quarter])).toEqual([
    month(2),
    month(1),
    month(0),
  ])
  expect(windowTiles(quarter, [month(0), month(2), quarter])).toBeUndefined()
  expect(windowTiles(quarter, [quarter])).toBeUndefined()
})

const windows = fc
  .tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 1, max: 6 }))
  .map(([start, length]) => ({ start, end: start + length }) as DayWindow)

/** Whether windows reach from a day to another, tried in every way. */
function reaches(start: number, end: number, among: readonly DayWindow[]): boolean {
  return (
    start === end ||
    among.some((tile) => tile.start === start && tile.end <= end && reaches(tile.end, end, among))
  )
}

test('tiles lie end to end from the first day to the last, and are found where there are any', () => {
  fc.assert(
    fc.property(windows, fc.array(windows, { maxLength: 8 }), (window, among) => {
      const tiles = windowTiles(window, among)
      const shorter = among.filter(({ start, end }) => end - start < window.end - window.start)
      expect(tiles !== undefined).toBe(reaches(window.start, window.end, shorter))
      if (tiles === undefined) return
      expect(tiles.map(({ start }) => start)).toEqual([
        window.start,
        ...tiles.slice(0, -1).map(({ end }) => end),
      ])
      expect(tiles.at(-1)!.end).toBe(window.end)
    }),
  )
})
