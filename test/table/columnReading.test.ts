import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HoldfastError } from '../../src/base/errors.js'
import type { ReadingOptions } from '../../src/table/readingOptions.js'
import { readTable } from '../../src/table/readTable.node.js'
import { tableFromRows } from '../../src/table/tableFromRows.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-'))
})
afterAll(() => rm(folder, { recursive: true }))

const tableOf = (cells: readonly unknown[], options?: ReadingOptions) =>
  tableFromRows(
    cells.map((fee) => ({ fee })),
    options,
  )

/** The cells of a column of these texts, and its kind. */
function cellsOf(cells: readonly unknown[], options?: ReadingOptions) {
  const table = tableOf(cells, options)
  return [table.column('fee').kind, table.rows().map((row) => row['fee'])]
}

function refused(run: () => unknown): HoldfastError {
  try {
    run()
  } catch (error) {
    if (error instanceof HoldfastError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('numbers as people write them', () => {
  test.each<[string, string[], number[]]>([
    ['decimal commas', ['12,5', '3', '-0,25'], [12.5, 3, -0.25]],
    ['points between groups, a currency behind', ['1.022,40 €', '9,90 €'], [1022.4, 9.9]],
    [
      'commas between groups, a currency in front',
      ['$1,234.50', '$9.90', '-$3.00', '$-1.00'],
      [1234.5, 9.9, -3, -1],
    ],
    ['per cent', ['12%', '3.5 %', '0'], [12, 3.5, 0]],
    ['accounting negatives', ['(4.00)', '5.25', '($1,000.00)'], [-4, 5.25, -1000]],
    ['a minus behind', ['3-', '1,5-', '2'], [-3, -1.5, 2]],
    ['spaces between groups', ['1 234,5', '12\u00a0345,6', '1\u202f000'], [1234.5, 12345.6, 1000]],
    ['apostrophes between groups', ["1'234.50", '2’000.00', '7.1'], [1234.5, 2000, 7.1]],
    ['full-width digits and signs', ['１２', '－３．５', '１，０００'], [12, -3.5, 1000]],
    ['a typographic minus', ['\u22125', '3', '\u22120.5'], [-5, 3, -0.5]],
    ['lakhs', ['1,23,456.50', '99.00'], [123456.5, 99]],
    ['crowns, yuan, pounds in words and signs', ['12,50 kr', 'kr 3,25', '1 kr.'], [12.5, 3.25, 1]],
    ['yuan behind', ['5元', '12.5元'], [5, 12.5]],
    ['a power of ten with a comma', ['1,5E+03', '2,25E-01'], [1500, 0.225]],
    ['prices without cents', ['12,-', '49,-', '9,99'], [12, 49, 9.99]],
    ['prices without cents alone', ['12,-', '49,--'], [12, 49]],
    ['prices without cents and a point', ['5.-', '12.–', '3.50'], [5, 12, 3.5]],
    ['francs', ['CHF 12.-', "CHF 1'234.50", "CHF 1'000.—"], [12, 1234.5, 1000]],
    ['crowns without øre', ['49,- kr', '5,50 kr', '-6,- kr', '(7,–)'], [49, 5.5, -6, -7]],
    ['thousands without cents', ['1.000,-', '1.234.567,- €'], [1000, 1234567]],
    ['an exponent before a currency', ['5e3 €', '1E-3 €', '7 €'], [5000, 0.001, 7]],
    ['an exponent behind a currency', ['€ 5e3', '-€1e2', '€ 7'], [5000, -100, 7]],
    ['an exponent before per cent', ['1e2%', '5e1 %', '7%'], [100, 50, 7]],
    [
      'an exponent before a bracket or a minus',
      ['(1e2)', '1e2-', '5e-1-', '-1e2 '],
      [-100, -100, -0.5, -100],
    ],
    ['few minuses behind whole numbers', ['300', '12-', '7', '45'], [300, -12, 7, 45]],
    ['brackets beside whole numbers', ['(400)', '250', '(30)'], [-400, 250, -30]],
    ['a sign alone', ['+5', '-3', '€4'], [5, -3, 4]],
  ])('%s', (_, texts, numbers) => {
    expect(cellsOf([...texts, null])).toEqual(['number', [...numbers, null]])
  })

  test('a column that reads as two numbers in every cell is asked, with both', () => {
    const error = refused(() => tableOf(['1,234', '2,500', '12']))
    expect(error.problems).toEqual([
      {
        code: 'column-type',
        parameter: 'fee',
        rule: 'to be written so that its numbers can be read in one way only',
        received: '1,234',
        place: { column: 'fee' },
        wayOut:
          `It is 1234 with decimal: { "fee": '.' } and 1.234 with decimal: { "fee": ',' }: say which, ` +
          `or declare types: { "fee": 'text' }.`,
      },
    ])
    expect(cellsOf(['1,234', '2,500'], { decimal: ',' })).toEqual(['number', [1.234, 2.5]])
    expect(cellsOf(['1,234', '2,500'], { decimal: { fee: '.' } })).toEqual(['number', [1234, 2500]])
    expect(cellsOf(['1,234', '2,500'], { thousands: ',' })).toEqual(['number', [1234, 2500]])
    expect(cellsOf(['1,234', '2,500'], { types: { fee: 'text' } })).toEqual(['text', ['1,234', '2,500']])
  })

  test('one cell that reads in one way only decides for the column', () => {
    expect(cellsOf(['1,234', '2,500', '0,5'])).toEqual(['number', [1.234, 2.5, 0.5]])
    expect(cellsOf(['1,234', '2,500', '0.5'])).toEqual(['number', [1234, 2500, 0.5]])
  })

  test('1.020 is asked where every point may stand between groups; a fraction that cannot be groups decides', () => {
    expect(refused(() => tableOf(['1.020', '2.345'])).problems[0]).toMatchObject({ received: '1.020' })
    expect(cellsOf(['1.020', '0.345'])).toEqual(['number', [1.02, 0.345]])
    expect(cellsOf(['1.02', '2.345'])).toEqual(['number', [1.02, 2.345]])
  })

  test('1.234 is a number of its own, but not beside a column with decimal commas, nor between semicolons', async () => {
    expect(cellsOf(['1.234'])).toEqual(['number', [1.234]])
    const rows = [{ fee: '1.234', tax: '0,5' }]
    expect(refused(() => tableFromRows(rows)).problems[0]).toMatchObject({
      parameter: 'fee',
      received: '1.234',
    })
    expect(tableFromRows(rows, { decimal: ',' }).rows()).toEqual([{ fee: 1234, tax: 0.5 }])
    const path = join(folder, 'semicolons.csv')
    await writeFile(path, 'fee;tax\n1.234;0.5\n')
    await expect(readTable(path)).rejects.toThrow('decimal: { "fee": \',\' }')
    expect((await readTable(path, { decimal: '.' })).rows()).toEqual([{ fee: 1.234, tax: 0.5 }])
  })

  test('cells of two units are not one column of numbers', () => {
    expect(refused(() => tableOf(['12%', '0.12'])).message).toContain('of one unit, not of % and no sign')
    expect(refused(() => tableOf(['$5', '€5'])).message).toContain('of one unit, not of $ and €')
    expect(cellsOf(['$5', '7', '0'])).toEqual(['number', [5, 7, 0]])
  })

  test('a few cells that are no numbers are refused with the notation of the others', () => {
    const cells = [...Array.from({ length: 19 }, (_, row) => `${row},5`), 'none']
    expect(refused(() => tableOf(cells)).problems[0]).toMatchObject({
      code: 'value-type',
      rule: 'to be a number with a decimal comma',
      received: 'none',
      place: { row: 20 },
    })
    expect(
      refused(() => tableOf(['1,5', '2,25', '3.75'], { decimal: ',', types: { fee: 'number' } })).problems[0],
    ).toMatchObject({
      received: '3.75',
    })
  })

  test('cells that came as numbers are what they are, whatever is said of the texts', () => {
    expect(cellsOf([1.234, 2.5], { decimal: ',' })).toEqual(['number', [1.234, 2.5]])
    expect(cellsOf([12n, 3])).toEqual(['number', [12, 3]])
  })

  test('plain numbers that the signs said cannot be are asked, not taken for texts', () => {
    expect(refused(() => tableOf(['12.5', '3.75'], { decimal: ',' })).problems[0]).toMatchObject({
      received: '12.5',
      wayOut: `Set the signs of this column: decimal: { "fee": '.' }, or declare types: { "fee": 'text' }.`,
    })
  })

  test('telephone numbers, versions and names with digits stay texts', () => {
    expect(cellsOf(['555 123 456', '555 765 432'])[0]).toBe('text')
    expect(cellsOf(['1.2.3', '1.2.4'])[0]).toBe('text')
    expect(cellsOf(['007', '1,5'])[0]).toBe('text')
    expect(cellsOf(['A 12', 'B 13'])[0]).toBe('text')
  })

  test('what was written elsewhere decides where every cell fits, and only there', () => {
    const notations = { fee: { decimal: ',' as const } }
    expect(cellsOf(['1,234', '1.022'], { notations })).toEqual(['number', [1.234, 1022]])
    expect(cellsOf(['12.5', '1.75'], { notations })).toEqual(['number', [12.5, 1.75]])
    expect(cellsOf(['1,234'], { notations, decimal: '.' })).toEqual(['number', [1234]])
  })

  test('bands of ages and numbers of notes are no negative numbers', () => {
    expect(cellsOf(['18-', '25-', '65-'])).toEqual(['text', ['18-', '25-', '65-']])
    expect(cellsOf(['18-', '25-', '65+'])).toEqual(['text', ['18-', '25-', '65+']])
    expect(cellsOf(['(1)', '(2)'])).toEqual(['text', ['(1)', '(2)']])
    expect(cellsOf(['18-', '25-'], { types: { fee: 'number' } })).toEqual(['number', [-18, -25]])
  })

  test('a minus behind half of the whole numbers is asked', () => {
    expect(refused(() => tableOf(['18-', '25-', '40'])).problems).toMatchObject([
      {
        code: 'column-type',
        received: '18-',
        wayOut: `It is -18 with decimal: { "fee": '.' }: say so, or declare types: { "fee": 'text' }.`,
      },
    ])
    expect(cellsOf(['18-', '25-', '40'], { decimal: { fee: '.' } })).toEqual(['number', [-18, -25, 40]])
  })

  test('a dash before the decimal sign beside prices without cents is asked: no whole part, or a minus', () => {
    expect(refused(() => tableOf(['12,-', '-,50', '9,99'])).problems[0]).toMatchObject({ received: '-,50' })
    expect(cellsOf(['-,50', '9,99'])).toEqual(['number', [-0.5, 9.99]])
  })

  test('a long whole number of a currency with an E is refused like any other', () => {
    expect(refused(() => tableOf(['12345678901234567890 EUR', '5,5 EUR'])).problems[0]).toMatchObject({
      code: 'out-of-range',
      place: { row: 1 },
    })
  })

  test('any number written in any notation is read back as it was', () => {
    const notations = [
      ['de-DE', ','],
      ['en-US', '.'],
      ['fr-FR', ','],
      ['de-CH', '.'],
      ['sv-SE', ','],
      ['en-IN', '.'],
      ['es-ES', ','],
    ] as const
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1e9, max: 1e9 }), { minLength: 1 }),
        fc.constantFrom(...notations),
        (hundredths, [locale, decimal]) => {
          const numbers = hundredths.map((each) => each / 100)
          const format = new Intl.NumberFormat(locale, { minimumFractionDigits: 2 })
          const texts = numbers.map((each) => format.format(each))
          const cells = cellsOf(texts, { decimal })[1] as number[]
          // Zero has one sign
          expect(cells.map((each) => each + 0)).toEqual(numbers.map((each) => each + 0))
        },
      ),
    )
  })
})

describe('days as people write them', () => {
  test.each<[string, string[], string[]]>([
    ['day first, slashes', ['31/12/2024', '01/02/2024'], ['2024-12-31', '2024-02-01']],
    ['month first, slashes', ['12/31/2024', '01/02/2024'], ['2024-12-31', '2024-01-02']],
    ['day first, points', ['31.12.2024', '1.2.2024'], ['2024-12-31', '2024-02-01']],
    ['year first', ['2024/12/31', '2024/2/1'], ['2024-12-31', '2024-02-01']],
    ['no zeros', ['2024-12-31', '2024-2-1'], ['2024-12-31', '2024-02-01']],
    ['names of months', ['31 Dec 2024', '1 February 2024'], ['2024-12-31', '2024-02-01']],
    ['American names of months', ['Dec 31, 2024', 'February 1, 2024'], ['2024-12-31', '2024-02-01']],
    ['Chinese', ['2024年12月31日', '2024年2月1日'], ['2024-12-31', '2024-02-01']],
    ['two digits of the year', ['31/12/24', '13/01/99'], ['2024-12-31', '1999-01-13']],
    ['times', ['2024-12-31 23:59:59', '2024-02-01 00:00:00'], ['2024-12-31', '2024-02-01']],
    ['times after the day first', ['31/12/2024 23:59', '01/02/2024 7:05'], ['2024-12-31', '2024-02-01']],
    ['times of twelve hours', ['12/31/2024 11:59 PM', '1/2/2024 7:05 am'], ['2024-12-31', '2024-01-02']],
  ])('%s', (_, texts, days) => {
    expect(cellsOf([...texts, ''])).toEqual(['day', [...days, null]])
  })

  test('a column whose days could be months is asked, with both', () => {
    const error = refused(() => tableOf(['01/02/2024', '03/04/2024']))
    expect(error.problems[0]).toMatchObject({
      code: 'column-type',
      received: '01/02/2024',
      wayOut:
        `It is 2024-02-01 with dateFormat: { "fee": 'DD/MM/YYYY' } and 2024-01-02 with dateFormat: { "fee": 'MM/DD/YYYY' }: ` +
        `say which, or declare types: { "fee": 'text' }.`,
    })
    expect(refused(() => tableOf(['02/02/2024'])).problems).toHaveLength(1)
    expect(cellsOf(['01/02/2024'], { dateFormat: 'MM/DD/YYYY' })).toEqual(['day', ['2024-01-02']])
    expect(cellsOf(['01/02/2024'], { dateFormat: { fee: 'DD/MM/YYYY' } })).toEqual(['day', ['2024-02-01']])
    expect(cellsOf(['01/02/2024'], { notations: { fee: { dateFormat: 'DD/MM/YYYY' } } })).toEqual([
      'day',
      ['2024-02-01'],
    ])
  })

  test('years of two digits whose century is not clear are asked', () => {
    const births = ['31.12.48', '30.11.55', '29.01.71']
    expect(refused(() => tableOf(births)).problems).toMatchObject([
      {
        code: 'column-type',
        received: '31.12.48',
        wayOut:
          `It is 2048-12-31 with dateFormat: { "fee": 'DD.MM.YY' }; where it is 1948-12-31, with ` +
          `dateFormat: { "fee": 'DD.MM.19YY' }, or declare types: { "fee": 'text' }.`,
      },
    ])
    expect(refused(() => tableOf(['31/12/48', '30/11/55'])).problems[0]).toMatchObject({
      received: '31/12/48',
    })
    expect(refused(() => tableOf(['31.12.35', '29.01.71'])).problems[0]).toMatchObject({
      received: '31.12.35',
    })
    expect(cellsOf(['31.12.35', '29.01.24'])).toEqual(['day', ['2035-12-31', '2024-01-29']])
    expect(cellsOf(['31.12.29', '29.01.69'])).toEqual(['day', ['2029-12-31', '1969-01-29']])
    expect(cellsOf(['31.12.48'], { dateFormat: 'DD.MM.YY' })).toEqual(['day', ['2048-12-31']])
  })

  test('years of two digits are of the century that the format names; one that is written must be that one', () => {
    const births = ['31.12.48', '30.11.1955', '29.02.04', '01.01.00']
    // 1900 was no leap year, 1904 was
    expect(cellsOf(births, { dateFormat: 'DD.MM.19YY' })).toEqual([
      'day',
      ['1948-12-31', '1955-11-30', '1904-02-29', '1900-01-01'],
    ])
    expect(cellsOf(['31/12/71'], { dateFormat: 'DD/MM/20YY' })).toEqual(['day', ['2071-12-31']])
    expect(() => cellsOf(['31.12.2048', '31.12.48'], { dateFormat: { fee: 'DD.MM.19YY' } })).toThrow(
      HoldfastError,
    )
  })

  test('what stands behind a day must be a time; one with its distance from UTC is an instant', () => {
    const days = (cells: readonly string[]) => cellsOf(cells)[1]
    expect(days(['2024-08-31T23:00:00-05:00', '2024-08-31T23:00:00\u221205:00[America/New_York]'])).toEqual([
      '2024-09-01',
      '2024-09-01',
    ])
    expect(days(['31/12/2024 23:00 -05:00', '13/12/2024 02:00 UTC'])).toEqual(['2025-01-01', '2024-12-13'])
    for (const text of [
      '2024-12-31 banana',
      '2024-12-01 - 2024-12-31',
      '2024-11-03T25:99:00Z',
      '31/12/2024 25:00',
    ])
      expect(cellsOf([text])).toEqual(['text', [text]])
  })

  test('eight digits are a number until they are said to be a day', () => {
    expect(cellsOf(['20240131', '20240229'])).toEqual(['number', [20240131, 20240229]])
    expect(cellsOf(['20240131', 20240229], { dateFormat: { fee: 'YYYYMMDD' } })).toEqual([
      'day',
      ['2024-01-31', '2024-02-29'],
    ])
    expect(cellsOf(['20240131', '20240229'], { dateFormat: 'YYYYMMDD' })).toEqual([
      'day',
      ['2024-01-31', '2024-02-29'],
    ])
  })

  test('a format of all columns leaves those alone that are written in another way', () => {
    const rows = [{ a: '01/02/2024', b: '2024-03-04', c: 'x', d: '1' }]
    expect(tableFromRows(rows, { dateFormat: 'DD/MM/YYYY' }).rows()).toEqual([
      { a: '2024-02-01', b: '2024-03-04', c: 'x', d: 1 },
    ])
  })

  test('a few cells that are no days are refused; a format that is none, too', () => {
    const cells = [...Array.from({ length: 19 }, (_, row) => `${row + 1}/12/2024`), 'soon']
    expect(refused(() => tableOf(cells)).problems[0]).toMatchObject({
      rule: 'to be a date written DD/MM/YYYY',
      received: 'soon',
    })
    expect(refused(() => tableOf(['x'], { dateFormat: 'DD/MM' })).problems[0]).toMatchObject({
      code: 'option-invalid',
      parameter: 'dateFormat',
    })
    expect(refused(() => tableOf(['x'], { decimal: { fees: ',' } })).problems[0]).toMatchObject({
      code: 'column-missing',
      wayOut: 'Did you mean fee?',
    })
  })
})
