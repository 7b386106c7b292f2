import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { numberColumn, textColumn } from '../../../src/base/matrix.js'
import { attributeLevels } from '../../../src/evaluate/segment/attributeLevels.js'
import { cutSegments } from '../../../src/evaluate/segment/cutSegments.js'

const rule = { bands: 4, edges: undefined }
const texts = (name: string, values: readonly (string | null)[]) =>
  attributeLevels(textColumn(name, values), rule)
const numbers = (name: string, values: readonly (number | null)[], edges?: number[]) =>
  attributeLevels(numberColumn(name, values), { bands: 4, edges })
const everySecond = (count: number) => ({
  outcome: Uint8Array.from({ length: count }, (_, row) => row % 2),
  weight: null,
})
const none = { minimumCustomers: 1, minimumChurners: 0 }
const named = (plans: ReturnType<typeof cutSegments>) => plans.map(({ name, rows }) => [name, rows.length])

describe('levels', () => {
  it('bands are half-open, texts in the order of the alphabet, missing last', () => {
    const tenure = numbers('tenure', [1, 6, null, 11, 12, 30], [6, 12])
    expect(named(cutSegments([tenure], everySecond(6), none))).toEqual([
      ['tenure below 6', 1],
      ['tenure 6 to below 12', 2],
      ['tenure 12 and more', 2],
      ['tenure missing', 1],
    ])
    const plan = texts('plan', ['b', null, 'a', 'b'])
    expect(named(cutSegments([plan], everySecond(4), none))).toEqual([
      ['plan = a', 1],
      ['plan = b', 2],
      ['plan missing', 1],
    ])
    expect(cutSegments([plan], everySecond(4), none).map(({ values }) => values)).toEqual([
      { plan: 'a' },
      { plan: 'b' },
      { plan: null },
    ])
  })

  it('bands hold about equally many customers; few distinct values are bands of their own', () => {
    const spread = numbers(
      'age',
      Array.from({ length: 40 }, (_, row) => row),
    )
    expect(named(cutSegments([spread], everySecond(40), none)).map(([, count]) => count)).toEqual([
      10, 10, 10, 10,
    ])
    const few = numbers('lines', [1, 2, 2, 3])
    expect(named(cutSegments([few], everySecond(4), none))).toEqual([
      ['lines = 1', 1],
      ['lines = 2', 2],
      ['lines = 3', 1],
    ])
  })
})

describe('merging', () => {
  const repeated = (counts: readonly (readonly [string | null, number])[]) =>
    counts.flatMap(([text, count]) => Array<string | null>(count).fill(text))
  const least = { minimumCustomers: 10, minimumChurners: 4 }

  it('small texts become other, which names them', () => {
    const region = texts(
      'region',
      repeated([
        ['a', 20],
        ['b', 6],
        ['c', 6],
        [null, 4],
      ]),
    )
    const plans = cutSegments([region], everySecond(36), least)
    expect(named(plans)).toEqual([
      ['region = a', 20],
      ['region = other', 16],
    ])
    expect(plans[1]?.mergedFrom).toEqual(['region = b', 'region = c', 'region missing'])
    expect(plans[1]?.small).toBe(false)
  })

  it('a text that is called other already is not taken for it', () => {
    const region = texts(
      'region',
      repeated([
        ['other', 20],
        ['b', 6],
        ['c', 6],
      ]),
    )
    expect(named(cutSegments([region], everySecond(32), least))).toEqual([
      ['region = other', 20],
      ['region = all others', 12],
    ])
  })

  it('a group that is alone in being small keeps its name and is said to be small', () => {
    const region = texts(
      'region',
      repeated([
        ['a', 20],
        ['b', 6],
      ]),
    )
    const plans = cutSegments([region], everySecond(26), least)
    expect(named(plans)).toEqual([
      ['region = a', 20],
      ['region = b', 6],
    ])
    expect(plans.map(({ small }) => small)).toEqual([false, true])
  })

  it('a small band goes to the neighbour of fewer churners', () => {
    // Bands of 20, 4, 12, 20 customers, half of them churners: the second joins the third.
    const values = [20, 4, 12, 20].flatMap((count, band) => Array<number>(count).fill(band))
    const plans = cutSegments([numbers('x', values, [1, 2, 3])], everySecond(56), least)
    expect(named(plans)).toEqual([
      ['x below 1', 20],
      ['x 1 to below 3', 16],
      ['x 3 and more', 20],
    ])
    expect(plans[1]?.mergedFrom).toEqual(['x 1 to below 2', 'x 2 to below 3'])
  })

  it('of two attributes small cells merge within the first, and what is still small at the end', () => {
    const first = repeated([
      ['a', 60],
      ['b', 24],
      ['c', 24],
    ])
    // a: 20 of each; b: 12 of x, 6 of y and z; c: 8 of each.
    const second = [
      ...repeated([
        ['x', 20],
        ['y', 20],
        ['z', 20],
      ]),
      ...repeated([
        ['x', 12],
        ['y', 6],
        ['z', 6],
      ]),
      ...repeated([
        ['x', 8],
        ['y', 8],
        ['z', 8],
      ]),
    ]
    const plans = cutSegments([texts('one', first), texts('two', second)], everySecond(108), least)
    expect(named(plans)).toEqual([
      ['one = a, two = x', 20],
      ['one = a, two = y', 20],
      ['one = a, two = z', 20],
      ['one = b, two = x', 12],
      ['one = b, two = other', 12],
      ['one = c, two = other', 24],
    ])
    expect(plans[4]?.mergedFrom).toEqual(['one = b, two = y', 'one = b, two = z'])
  })

  it('every row is in exactly one segment, and at most one segment stays small', () => {
    const text = fc.option(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { nil: null })
    const number = fc.option(fc.integer({ min: 0, max: 9 }), { nil: null })
    fc.assert(
      fc.property(
        fc.array(fc.tuple(text, number, fc.integer({ min: 0, max: 1 })), { minLength: 1, maxLength: 200 }),
        fc.integer({ min: 0, max: 12 }),
        fc.boolean(),
        (rows, minimumChurners, crossed) => {
          const one = texts(
            'one',
            rows.map(([value]) => value),
          )
          const two = numbers(
            'two',
            rows.map(([, value]) => value),
          )
          const outcome = Uint8Array.from(rows, ([, , value]) => value)
          const counts = { minimumChurners, minimumCustomers: 10 }
          const plans = cutSegments(crossed ? [one, two] : [two], { outcome, weight: null }, counts)
          const all = plans.flatMap((plan) => [...plan.rows]).sort((a, b) => a - b)
          expect(all).toEqual(Array.from(rows.keys()))
          expect(plans.filter(({ small }) => small).length).toBeLessThanOrEqual(1)
          expect(new Set(plans.map(({ name }) => name)).size).toBe(plans.length)
        },
      ),
    )
  })
})
