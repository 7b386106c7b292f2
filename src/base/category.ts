import { Bitmap, isMissing } from './bitmap.js'
import { HoldfastError } from './errors.js'
import type { TextColumn } from './matrix.js'

/** White space as removed by `String.prototype.trim`. */
export const whiteSpace =
  '\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff'

/**
 * Returns the category of a text, null = missing: the one rule for training and for scoring.
 *
 *     surrounding white space is ignored               ' Gold' is Gold
 *     a blank text is missing                          '', ' ', a no-break space
 *     each character has one spelling (Unicode NFC)    é, and e with a combining accent
 *     upper and lower case differ                      gold is not Gold
 *
 * Tables keep texts as read, except blank ones; learners apply this rule in training and in prediction. Trees read
 * unseen categories as missing; see the learner for others.
 *
 * @example
 * ['Gold', ' Gold ', 'Cafe\u0301', '\u00a0'].map(categoryOf)
 * // => ['Gold', 'Gold', 'Café', null]
 */
export function categoryOf(text: string): string | null {
  if (typeof text !== 'string') throw noText(text)
  const trimmed = text.trim()
  return trimmed === '' ? null : trimmed.normalize('NFC')
}

/**
 * Returns a text column whose dictionary holds distinct categories and whose blank texts are missing: the same object
 * if it is one already.
 *
 * O(texts) time if nothing is to be done, else O(rows).
 */
export function withCategories(column: TextColumn): TextColumn {
  const categories = column.dictionary.map(categoryOf)
  const codeOf = new Map<string, number>()
  for (const category of categories) {
    if (category !== null && !codeOf.has(category)) codeOf.set(category, codeOf.size)
  }
  const isUnchanged =
    codeOf.size === categories.length && categories.every((each, code) => each === column.dictionary[code])
  if (isUnchanged) return column
  const newCodes = categories.map((category) => (category === null ? -1 : codeOf.get(category)!))
  const codes = new Int32Array(column.codes.length)
  for (let row = 0; row < codes.length; row++) {
    if (!isMissing(column.missing, row)) codes[row] = Math.max(newCodes[column.codes[row]!]!, 0)
  }
  const missing = Bitmap.where(
    codes.length,
    (row) => isMissing(column.missing, row) || newCodes[column.codes[row]!] === -1,
  )
  return { ...column, codes, dictionary: [...codeOf.keys()], missing }
}

function noText(received: unknown): HoldfastError {
  return new HoldfastError('categoryOf', [
    { code: 'value-type', parameter: 'text', rule: 'to be a text', received },
  ])
}
