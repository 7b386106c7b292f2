import fc from 'fast-check'
import { expect, test } from 'vitest'
import { groupNumbers } from '../../src/base/groupNumbers.js'

test('groups are told apart as a Map tells them apart, numbered in order of first appearance', () => {
  const group = fc.oneof(
    fc.constantFrom<string | number>('7', 7, -0, 0, Number.NaN, '', 'é', 'e\u0301', 1e300, '0'),
    fc.integer({ min: 0, max: 20 }),
    fc.string({ maxLength: 2 }),
  )
  fc.assert(
    fc.property(fc.array(group, { maxLength: 60 }), (groups) => {
      const numbers = new Map([...new Set(groups)].map((each, number) => [each, number]))
      expect(Array.from(groupNumbers(groups))).toEqual(groups.map((each) => numbers.get(each)))
    }),
  )
})
