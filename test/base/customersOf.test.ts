import { describe, expect, it } from 'vitest'
import { customerProblems } from '../../src/base/customerProblems.js'
import { customersOf, customersOfKeys } from '../../src/base/customersOf.js'
import { idKeys, keyNumbers, rowKeys } from '../../src/base/identicalRows.js'
import { type FeatureMatrix, numberColumn, takeRows, textColumn } from '../../src/base/matrix.js'
import { seededRandom } from '../../src/base/random.js'

const random = seededRandom(1)

/** Customers that hardly coincide: two continuous columns, one with gaps, and a text. */
function richRows(rowCount: number): FeatureMatrix {
  const numbers = () => Array.from({ length: rowCount }, () => random.normal())
  return {
    rowCount,
    columns: [
      numberColumn('minutes', numbers()),
      numberColumn(
        'calls',
        numbers().map((value) => (value > 1 ? null : Math.round(20 * value))),
      ),
      textColumn(
        'plan',
        numbers().map((value) => (value > 0 ? 'A' : 'B')),
      ),
    ],
  }
}

/** Customers told apart by a few coarse columns: many coincide by chance. */
function coarseRows(rowCount: number): FeatureMatrix {
  const drawn = (limit: number) => Array.from({ length: rowCount }, () => random.integer(limit))
  return {
    rowCount,
    columns: [5, 4, 3, 7].map((limit, index) => numberColumn(`c${index}`, drawn(limit))),
  }
}

const times = (rows: number, copies: number): number[] =>
  Array.from({ length: rows * copies }, (_, place) => place % rows)

describe('customersOf', () => {
  it('goes by ids where one is there twice, texts and numbers apart', () => {
    const { customerOf, note } = customersOf(richRows(4), ['A', '1', 'A', 1])
    expect(Array.from(customerOf!)).toEqual([0, 1, 0, 2])
    expect(note).toBeNull()
  })

  it.each([2, 3, 8])('finds the %i copies of each row and says so', (copies) => {
    const rows = richRows(200)
    const { customerOf, note } = customersOf(takeRows(rows, times(200, copies)), undefined)
    expect(Array.from(customerOf!)).toEqual(times(200, copies))
    expect(note).toContain(`${200 * copies} of ${200 * copies} rows`)
  })

  it('finds a few copies among many rows, whatever numbers the rows have as ids', () => {
    const copied = [...Array(300).keys(), 7, 9]
    const rows = takeRows(richRows(300), copied)
    const ids = copied.map((_, place) => String(place))
    expect(Array.from(customersOf(rows, ids).customerOf!)).toEqual(copied)
    expect(customersOf(rows, ids).note).toContain('4 of 302 rows')
    expect(customersOf(rows, ids).note).toContain('Their ids differ')
    expect(customersOf(rows, null).note).toContain('Give ids')
  })

  it('finds copies under other ids where an id is there twice, and joins both: rows of one id, and their copies', () => {
    const rows = takeRows(richRows(100), times(100, 2))
    // Rows 0 to 99 and their copies 100 to 199; row 1 has the id of row 0, so that 0, 1, 100 and 101 are one customer's.
    const ids = times(200, 1).map((row) => `r${row === 1 ? 0 : row}`)
    const { customerOf, note } = customersOf(rows, ids)
    expect(Array.from(customerOf!)).toEqual(times(100, 2).map((row) => Math.max(row - 1, 0)))
    expect(note).toContain('200 of 200 rows')
    expect(note).toContain('Their ids differ')
  })

  it('takes the same rows of one id for no copies, and says nothing', () => {
    const ids = times(100, 3)
    const { customerOf, note } = customersOf(takeRows(richRows(100), ids), ids)
    expect(Array.from(customerOf!)).toEqual(ids)
    expect(note).toBeNull()
  })

  it('takes customers of several rows that coincide by chance for others', () => {
    // 250 customers on 4 days each; of 420 kinds of rows.
    expect(customersOf(coarseRows(1000), times(250, 4)).note).toBeNull()
  })

  it('takes customers who do nothing for no copies, though their rows differ in months, and in years with them', () => {
    // 60 of 400 customers use nothing: of their rows the months are left, drawn of 12; chance leaves 60 · 59 / 2 / 12 pairs.
    const months = times(400, 1).map((row) => (row < 60 ? random.integer(12) : random.integer(120)))
    const usage = () => times(400, 1).map((row) => (row < 60 ? 0 : random.normal()))
    const columns = [
      numberColumn('months', months),
      numberColumn(
        'quarters',
        months.map((month) => Math.floor(month / 3)),
      ),
      numberColumn(
        'upToYear',
        months.map((month) => Math.min(month, 12)),
      ),
      numberColumn('minutes', usage()),
      numberColumn('data', usage()),
    ]
    const rows = { rowCount: 400, columns }
    expect(customersOf(rows, null).customerOf).toBeNull()
    // On three days, with months gone by
    const later = takeRows(rows, times(400, 3))
    const gone = later.columns.map((column, place) =>
      column.kind === 'number' && place < 3
        ? numberColumn(
            column.name,
            Array.from(column.values, (value, row) => value + Math.floor(row / 400)),
          )
        : column,
    )
    expect(customersOf({ rowCount: 1200, columns: gone }, times(400, 3)).note).toBeNull()
    const copied = takeRows(rows, [...times(400, 1), ...times(300, 1).map((row) => row + 100)])
    expect(customersOf(copied, null).note).not.toBeNull()
  })

  it('finds copies whose texts are written otherwise', () => {
    const rows = richRows(100)
    const plan = rows.columns[2]!
    if (plan.kind !== 'text') throw new Error('a text')
    const texts = Array.from(plan.codes, (code) => plan.dictionary[code]!)
    const twice = takeRows(rows, times(100, 2))
    const columns = [
      ...twice.columns.slice(0, 2),
      textColumn('plan', [...texts, ...texts.map((text) => ` ${text}`)]),
    ]
    expect(Array.from(customersOf({ rowCount: 200, columns }, null).customerOf!)).toEqual(times(100, 2))
  })

  it('takes rows that coincide by chance for customers of their own', () => {
    // 5 · 4 · 3 · 7 = 420 kinds of rows for 1,000.
    expect(customersOf(coarseRows(1000), null)).toMatchObject({ customerOf: null, note: null })
    const one = numberColumn('calls', times(8, 50))
    expect(customersOf({ rowCount: 400, columns: [one] }, null).customerOf).toBeNull()
  })

  it('rows without a like are customers of their own', () => {
    expect(customersOf(richRows(300), null)).toEqual({ customerOf: null, note: null, pairsByChance: 0 })
  })
})

describe('customersOfKeys', () => {
  it('says of keys what customersOf says of the rows', () => {
    const rows = takeRows(richRows(150), times(150, 2))
    const ids = times(100, 3).map((id) => `C${id}`)
    const noIds = ids.map((_, row) => row)
    for (const given of [null, ids, noIds, noIds.map((id) => Math.max(id, 1))]) {
      const keys = given === null ? null : idKeys(given)
      expect(customersOfKeys(rowKeys(rows), keys, () => rows)).toEqual(customersOf(rows, given))
    }
  })
})

describe('rowKeys', () => {
  it('tells missing from 0, columns from each other, and takes −0 for 0', () => {
    const key = (...values: (number | null)[]) =>
      rowKeys({
        rowCount: 1,
        columns: values.map((value, index) => numberColumn(`c${index}`, [value])),
      })[0]
    expect(key(null, 1)).not.toBe(key(0, 1))
    expect(key(2, 1)).not.toBe(key(1, 2))
    expect(key(-0, 1)).toBe(key(0, 1))
    expect(key(1 + Number.EPSILON, 1)).not.toBe(key(1, 1))
  })

  it('gives 200,000 different rows 200,000 keys', () => {
    const rowCount = 200_000
    const values = Array.from({ length: rowCount }, (_, row) => row % 500)
    const others = values.map((_, row) => Math.floor(row / 500))
    const columns = [numberColumn('a', values), numberColumn('b', others)]
    const numbers = keyNumbers(rowKeys({ rowCount, columns }))
    expect(numbers.every((number, row) => number === row)).toBe(true)
  })
})

describe('customerProblems', () => {
  it('refuses another length, and what names nobody, with how many', () => {
    expect(customerProblems('ids', ['A'], 2)).toMatchObject([{ code: 'length-differs', received: 1 }])
    const wrong = ['A', null, Number.NaN, 3, undefined] as unknown as string[]
    expect(customerProblems('ids', wrong, 5)).toMatchObject([
      { code: 'value-missing', parameter: 'ids', place: { row: 2 }, received: null, count: 3 },
    ])
    expect(customerProblems('ids', ['0 ', 0, 'A'], 3)).toEqual([])
  })

  it('a text without a letter names nobody; a customer is written in one way', () => {
    expect(customerProblems('ids', ['A', '', ' ', 'B'], 4)).toMatchObject([
      { code: 'value-missing', place: { row: 2 }, received: '', count: 2 },
    ])
    expect(customerProblems('ids', ['A', 8, '7', 7, 7], 5)).toMatchObject([
      { code: 'value-type', place: { row: 4 }, received: 7 },
    ])
  })
})
