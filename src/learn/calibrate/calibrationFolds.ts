import { type Random, shuffledIndices } from '../../base/random.js'

/** The fold of each row, in [0, count). */
export interface CalibrationFolds {
  readonly fold: Uint8Array
  readonly count: number
}

/**
 * Deals customers to folds at random, those with a churned row and those without apart, so that each fold gets its part
 * of both. Fewer folds where a kind has fewer customers than that; null where it has fewer than two, or where a fold
 * would leave but one kind of rows to learn from.
 */
export function dealFolds(
  outcome: Uint8Array,
  groups: Int32Array | null,
  wanted: number,
  random: Random,
): CalibrationFolds | null {
  const groupOf = groups ?? Int32Array.from(outcome.keys())
  const groupCount = groupOf.reduce((most, group) => Math.max(most, group + 1), 0)
  const hasChurned = new Uint8Array(groupCount)
  for (let row = 0; row < outcome.length; row++) if (outcome[row] === 1) hasChurned[groupOf[row]!] = 1
  const churnedCount = hasChurned.reduce((sum, one) => sum + one, 0)
  const count = Math.min(wanted, churnedCount, groups === null ? groupCount - churnedCount : groupCount)
  if (count < 2) return null
  const dealt = [0, 0]
  const foldOfGroup = new Uint8Array(groupCount)
  for (const group of shuffledIndices(groupCount, random))
    foldOfGroup[group] = dealt[hasChurned[group]!]!++ % count
  const folds = { fold: Uint8Array.from(groupOf, (group) => foldOfGroup[group]!), count }
  return leavesBothClasses(folds, outcome) ? folds : null
}

function leavesBothClasses({ fold, count }: CalibrationFolds, outcome: Uint8Array): boolean {
  const rows = [new Int32Array(count), new Int32Array(count)]
  for (let row = 0; row < outcome.length; row++) rows[outcome[row]!]![fold[row]!]!++
  return rows.every((ofFold) => {
    const all = ofFold.reduce((sum, own) => sum + own, 0)
    return ofFold.every((own) => own < all)
  })
}

/** Returns the rows that are in the fold, or those that are not. */
export function rowsOfFold({ fold }: CalibrationFolds, wanted: number, isIn: boolean): Int32Array {
  const rows = new Int32Array(fold.length)
  let count = 0
  for (let row = 0; row < fold.length; row++) if ((fold[row] === wanted) === isIn) rows[count++] = row
  return rows.slice(0, count)
}
