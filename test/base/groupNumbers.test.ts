import fc from 'fast-check'
import { expect, test } from 'vitest'
import { groupNumbers, repeatedNumbers } from '../../src/base/groupNumbers.js'

const group = fc.oneof(
  fc.constantFrom<string | number>('7', 7, -0, 0, Number.NaN, '', 'é', 'e\u0301', 1e300, '0'),
  fc.integer({ min: 0, max: 20 }),
  fc.string({ maxLength: 2 }),
)

test('groups are told apart as a Map tells them apart, numbered in order of first appearance', () => {
  fc.assert(
    fc.property(fc.array(group, { maxLength: 60 }), (groups) => {
      const numbers = new Map([...new Set(groups)].map((each, number) => [each, number]))
      expect(Array.from(groupNumbers(groups))).toEqual(groups.map((each) => numbers.get(each)))
    }),
  )
})

test('numbers are there where a group is there twice, and not where all are different', () => {
  fc.assert(
    fc.property(fc.array(group, { maxLength: 12 }), (groups) => {
      const isTwice = new Set(groups).size < groups.length
      expect(repeatedNumbers(groups)).toEqual(isTwice ? groupNumbers(groups) : null)
    }),
  )
  // So many that some share a place of the bitmap without being equal
  const many = Array.from({ length: 20_000 }, (_, row) => `C${row}`)
  expect(repeatedNumbers(many)).toBeNull()
  many[19_000] = 'C77'
  expect(repeatedNumbers(many)).toEqual(groupNumbers(many))
})
