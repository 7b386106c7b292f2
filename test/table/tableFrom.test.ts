import { describe, expect, test } from 'vitest'
import type { EpochDay } from '../../src/base/days.js'
import { HoldfastError, type Problem } from '../../src/base/errors.js'
import { textColumn } from '../../src/base/matrix.js'
import { booleanColumn, dayColumn, tableFrom } from '../../src/table/table.js'

type Values = Parameters<typeof tableFrom>[0][string]

function problemsOf(run: () => unknown): readonly Problem[] {
  try {
    run()
  } catch (error) {
    if (error instanceof HoldfastError) return error.problems
    throw error
  }
  return []
}

describe('a column of values of two kinds is refused, with the first row of the second and how many there are', () => {
  test.each<[string, readonly unknown[], { row: number; received: unknown; count: number }]>([
    ['true first', [false, 'true', 1, 'yes', true], { row: 2, received: 'true', count: 3 }],
    ['true first, then an object', [null, true, {}, null], { row: 3, received: {}, count: 1 }],
    ['a text first', ['1', 2, '3'], { row: 2, received: 2, count: 1 }],
    ['a text first, then true', ['a', true, 'b', 2n], { row: 2, received: true, count: 2 }],
    ['a text first, then NaN', ['a', Number.NaN], { row: 2, received: Number.NaN, count: 1 }],
    ['a number first', [1, '2', true], { row: 2, received: '2', count: 2 }],
    ['a bigint first', [5n, 6, 'x'], { row: 3, received: 'x', count: 1 }],
    ['a long bigint first', [2n ** 60n, 'x'], { row: 2, received: 'x', count: 1 }],
    ['an object first', [{}, 1], { row: 1, received: {}, count: 1 }],
    ['a Date after texts', ['a', new Date(0)], { row: 1, received: 'a', count: 1 }],
  ])('%s', (_, values, { row, received, count }) => {
    expect(problemsOf(() => tableFrom({ code: values as Values, other: [1, 2] }))).toMatchObject([
      { code: 'value-type', parameter: 'column code', place: { row, column: 'code' }, received, count },
    ])
  })

  test('all columns at once', () => {
    const columns = { a: [true, 1], b: ['x', 2], c: [1, null] } as unknown as Parameters<typeof tableFrom>[0]
    expect(problemsOf(() => tableFrom(columns)).map(({ parameter }) => parameter)).toEqual([
      'column a',
      'column b',
    ])
  })
})

test('values of one kind, and missing ones, make a column', () => {
  const table = tableFrom({
    a: [null, true, undefined, false],
    b: ['x', null, 'y', 'x'],
    c: [1n, 2, null, 0],
  })
  expect(table.rows()).toEqual([
    { a: null, b: 'x', c: 1 },
    { a: true, b: null, c: 2 },
    { a: null, b: 'y', c: null },
    { a: false, b: 'x', c: 0 },
  ])
})

test('textColumn, booleanColumn and dayColumn refuse what numberColumn refuses', () => {
  const wrong = ['x', 5, true] as never[]
  expect(problemsOf(() => textColumn('a', wrong))).toMatchObject([{ code: 'value-type', place: { row: 2 } }])
  expect(problemsOf(() => booleanColumn('a', wrong))).toMatchObject([
    { code: 'value-type', place: { row: 1 }, count: 2 },
  ])
  const days = [1, 1.5, Number.NaN, '2024-01-01'] as unknown as EpochDay[]
  expect(problemsOf(() => dayColumn('a', days))).toMatchObject([
    { code: 'value-type', place: { row: 2 }, count: 3 },
  ])
})
