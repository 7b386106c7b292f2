import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareTexts } from '../../src/table/planColumns.js'

// Characters on both sides of the surrogates, which UTF-16 puts before U+E000 and UTF-8 after U+FFFF.
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 4 }),
  fc
    .array(fc.constantFrom('a', '\uD7FF', '\uE000', '\uFFFD', '\u{1F600}', '\u{1F601}'), { maxLength: 4 })
    .map((list) => list.join('')),
)

test('texts are in the order of their UTF-8 bytes', () => {
  fc.assert(
    fc.property(texts, texts, (left, right) => {
      const bytes = Buffer.compare(Buffer.from(left), Buffer.from(right))
      expect(Math.sign(compareTexts(left, right))).toBe(bytes)
    }),
    { numRuns: 2000 },
  )
})
