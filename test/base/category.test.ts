import fc from 'fast-check'
import { expect, test } from 'vitest'
import { categoryOf, whiteSpace, withCategories } from '../../src/base/category.js'
import { textColumn } from '../../src/base/matrix.js'
import { cellOf } from '../../src/table/table.js'

test('white space is what trim takes off, of all characters', () => {
  const all = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code))
  expect(all.filter((character) => character.trim() === '').join('')).toBe([...whiteSpace].sort().join(''))
})

test.each([
  [' Gold\t', 'Gold'],
  ['Cafe\u0301', 'Caf\u00e9'],
  ['gold', 'gold'],
  ['a  b', 'a b'.replace(' ', '  ')],
  ['', null],
  [whiteSpace, null],
  ['NA', 'NA'],
])('%j is the category %j', (text, category) => {
  expect(categoryOf(text)).toBe(category)
})

test('the category of a category is itself', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const category = categoryOf(text)
      if (category !== null) expect(categoryOf(category)).toBe(category)
    }),
  )
})

const texts = fc.option(
  fc
    .array(fc.constantFrom(' ', '\u3000', '\v', 'a', 'b', 'e\u0301', '\u00e9'), { maxLength: 3 })
    .map((list) => list.join('')),
  { nil: null },
)

test('a column of categories has the category of each text in its row, each once', () => {
  fc.assert(
    fc.property(fc.array(texts), (list) => {
      const column = withCategories(textColumn('plan', list))
      const expected = list.map((text) => (text === null ? null : categoryOf(text)))
      expect(list.map((_, row) => cellOf(column, row))).toEqual(expected)
      expect(new Set(column.dictionary).size).toBe(column.dictionary.length)
    }),
  )
})

test('a column of categories stays as it is', () => {
  const column = textColumn('plan', ['Gold', null, 'Silver', 'Gold'])
  expect(withCategories(column)).toBe(column)
})
