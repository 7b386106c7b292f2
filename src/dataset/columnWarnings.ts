import { isMissing } from '../base/bitmap.js'
import { withCategories } from '../base/category.js'
import { type FeatureColumn, type FeatureMatrix, spreadRows } from '../base/matrix.js'
import { singleFeatureAuc } from './singleFeatureAuc.js'

/** A column whose own AUC is above this gets a warning: in customer data it is nearly always the answer in disguise. */
export const suspiciousAuc = 0.95
/** Rows on which a column is judged: with 50,000, the standard error of an AUC is below 0.005 at a base rate of 5 %. */
const rowsJudged = 50_000
/** Only columns that are equal in this many rows are compared in all. */
const rowsOfTwins = 1_000
/** With fewer of either outcome, one of many columns may be this good by chance. */
const fewestOfOutcome = 20

/**
 * Returns a sentence for each column that cannot help a model, or helps suspiciously well.
 *
 *     no value in any row
 *     the same value in every row
 *     the same values as an earlier column in every row
 *     categories that differ only in case or blanks: `Basic`, `basic `
 *     alone predicts churn with an AUC above 0.95 (see {@link singleFeatureAuc}): the usual sign that it was filled
 *     in after the customer had left. Judged on at most 50,000 evenly spaced rows, if both outcomes have at least 20
 *
 * Nothing is removed: that decision needs somebody who knows where the column comes from.
 *
 * O(columns × rows) time, and a sort of at most 50,000 rows per column that comes near that AUC.
 */
export function columnWarnings(features: FeatureMatrix, outcome: Uint8Array): string[] {
  const { rowCount, columns } = features
  const rows = spreadRows(rowCount, rowsJudged)
  const isJudged = judgeable(outcome, rows)
  const some = spreadRows(rowCount, rowsOfTwins)
  const seen = new Map<number, FeatureColumn[]>()
  return columns.flatMap((column) => {
    const { name } = column
    const spread = spreadOf(column, rowCount)
    if (spread === 'empty') return [`Column ${name} has no value in any row.`]
    if (spread === 'constant') return [`Column ${name} has the same value in every row.`]
    const same = earlierTwin(column, rowCount, some, seen)
    if (same !== undefined) return [`Column ${name} has the values of column ${same.name} in every row.`]
    const spellings = otherSpellings(column, rowCount)
    const auc = isJudged ? singleFeatureAuc(column, outcome, rows, suspiciousAuc) : 0.5
    if (auc <= suspiciousAuc) return spellings
    return [
      ...spellings,
      `Column ${name} alone predicts churn with an AUC of ${auc.toFixed(3)}: was it known at the cutoff, or filled in after the customer had left?`,
    ]
  })
}

const spellingsShown = 3

/** Returns a sentence if categories are the same but for case and blanks: to a model they are strangers. */
function otherSpellings(texts: FeatureColumn, rowCount: number): string[] {
  if (texts.kind !== 'text') return []
  // Learners read blanks around a text as no part of it
  const column = withCategories(texts)
  const codesOf = new Map<string, number[]>()
  for (const [code, text] of column.dictionary.entries()) {
    const codes = codesOf.get(folded(text))
    if (codes === undefined) codesOf.set(folded(text), [code])
    else codes.push(code)
  }
  const alike = [...codesOf.values()].filter(({ length }) => length > 1)
  if (alike.length === 0) return []
  const rowsOf = new Float64Array(column.dictionary.length)
  for (let row = 0; row < rowCount; row++)
    if (!isMissing(column.missing, row)) rowsOf[column.codes[row]!]! += 1
  const found = alike
    .map((codes) => codes.filter((code) => rowsOf[code]! > 0))
    .filter(({ length }) => length > 1)
  if (found.length === 0) return []
  const shown = found
    .slice(0, spellingsShown)
    .map((codes) =>
      codes.map((code) => `${JSON.stringify(column.dictionary[code])} (${rowsOf[code]} rows)`).join(', '),
    )
  const more = found.length > shown.length ? ` and ${found.length - shown.length} more` : ''
  return [
    `Column ${column.name} has categories that differ only in case or blanks and count as different ones: ` +
      `${shown.join('; ')}${more}. If they are the same, write them alike in the source, before training and before scoring.`,
  ]
}

function folded(text: string): string {
  return text.trim().replace(/\s+/g, ' ').toLowerCase()
}

function judgeable(outcome: Uint8Array, rows: Int32Array): boolean {
  let churners = 0
  for (const row of rows) churners += outcome[row]!
  return Math.min(churners, rows.length - churners) >= fewestOfOutcome
}

function spreadOf(column: FeatureColumn, rowCount: number): 'empty' | 'constant' | 'varied' {
  let first: number | string | null | undefined
  for (let row = 0; row < rowCount; row++) {
    const value = valueAt(column, row)
    if (row === 0) first = value
    else if (value !== first) return 'varied'
  }
  return first === null ? 'empty' : 'constant'
}

/** Returns an earlier column with the same values, and remembers this one. @param some rows used as the key */
function earlierTwin(
  column: FeatureColumn,
  rowCount: number,
  some: Int32Array,
  seen: Map<number, FeatureColumn[]>,
): FeatureColumn | undefined {
  const key = keyOf(column, some)
  const alike = seen.get(key) ?? []
  seen.set(key, [...alike, column])
  return alike.find((other) => isTwin(column, other, rowCount))
}

/** Returns a hash of a column's values in some rows. */
function keyOf(column: FeatureColumn, rows: Int32Array): number {
  const texts = column.kind === 'text' ? column.dictionary.map(textKey) : null
  let key = 0
  for (const row of rows) {
    if (isMissing(column.missing, row)) key = mixed(key, 1)
    else if (column.kind === 'text') key = mixed(key, texts![column.codes[row]!]!)
    else {
      // Adding 0 turns −0 into 0
      number[0] = column.values[row]! + 0
      key = mixed(mixed(key, halves[0]!), halves[1]!)
    }
  }
  return key
}

function textKey(text: string): number {
  let key = text.length
  for (let index = 0; index < text.length; index++) key = mixed(key, text.charCodeAt(index))
  return key
}

const number = new Float64Array(1)
const halves = new Int32Array(number.buffer)

function mixed(key: number, value: number): number {
  const next = Math.imul(key ^ value, 0x9e3779b1)
  return next ^ (next >>> 15)
}

function isTwin(column: FeatureColumn, other: FeatureColumn, rowCount: number): boolean {
  for (let row = 0; row < rowCount; row++) {
    if (valueAt(column, row) !== valueAt(other, row)) return false
  }
  return true
}

function valueAt(column: FeatureColumn, row: number): number | string | null {
  if (isMissing(column.missing, row)) return null
  return column.kind === 'text' ? column.dictionary[column.codes[row]!]! : column.values[row]!
}
