import { describe, expect, it } from 'vitest'
import { isMissing } from '../../src/base/bitmap.js'
import { numberColumn, takeRows, takeValues, textColumn } from '../../src/base/matrix.js'

describe('numberColumn', () => {
  it('null and undefined are missing, with 0 behind them', () => {
    const column = numberColumn('x', [1, null, undefined, -2])
    expect(Array.from(column.values)).toEqual([1, 0, 0, -2])
    expect([0, 1, 2, 3].map((row) => isMissing(column.missing, row))).toEqual([false, true, true, false])
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    '%s is refused, with the row',
    (value) => {
      expect(() => numberColumn('x', [1, value])).toThrow(
        `numberColumn: row 2, column x: expected column x to hold finite numbers, got ${value} (number). Write null for missing.`,
      )
    },
  )

  it('a column without a gap has no bitmap', () => {
    expect(numberColumn('x', [0, -0, 1]).missing).toBeNull()
  })

  it('typed arrays are copied', () => {
    const values = Float64Array.of(1, 2)
    const column = numberColumn('x', values)
    values[0] = 9
    expect(column.values[0]).toBe(1)
  })
})

describe('textColumn', () => {
  it('the dictionary holds each text once, in order of first appearance', () => {
    const column = textColumn('x', ['b', null, 'a', 'b', ''])
    expect(column.dictionary).toEqual(['b', 'a', ''])
    expect(Array.from(column.codes)).toEqual([0, 0, 1, 0, 2])
    expect(column.missing?.count()).toBe(1)
  })
})

describe('takeRows', () => {
  it('takes rows of every column in their order and leaves the matrix as it was', () => {
    const matrix = {
      rowCount: 3,
      columns: [numberColumn('n', [1, null, 3]), textColumn('t', ['a', 'b', null])],
    }
    const taken = takeRows(matrix, [2, 0, 1, 2])
    expect(taken.rowCount).toBe(4)
    expect(taken.columns[0]).toEqual(numberColumn('n', [3, 1, null, 3]))
    expect(taken.columns[1]).toEqual({
      ...textColumn('t', [null, 'a', 'b', null]),
      codes: Int32Array.of(0, 0, 1, 0),
    })
    expect(matrix.columns[0]).toEqual(numberColumn('n', [1, null, 3]))
  })

  it('values keep their type of array', () => {
    expect(takeValues(Uint8Array.of(5, 6), [1, 1])).toEqual(Uint8Array.of(6, 6))
    expect(takeValues(Int32Array.of(5, 6), [])).toEqual(new Int32Array())
  })
})
