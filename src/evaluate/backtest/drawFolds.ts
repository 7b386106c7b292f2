import { type Random, shuffledIndices } from '../../base/random.js'

/**
 * Returns the fold of each row: whole groups, dealt out in random order so that folds differ by one group at most.
 *
 * Stratified, groups with a churner are dealt first and the others go on where they end.
 *
 * @param groupOf shape (rows): numbers from 0
 */
export function drawFolds(
  groupOf: Int32Array,
  outcome: Uint8Array,
  { folds, stratified }: { readonly folds: number; readonly stratified: boolean },
  random: Random,
): Int32Array {
  const churned: boolean[] = []
  groupOf.forEach((group, row) => {
    churned[group] = churned[group] === true || (stratified && outcome[row] === 1)
  })
  const groups = churned.map((_, group) => group)
  const strata = [true, false].map((wanted) => groups.filter((group) => churned[group] === wanted))
  const order = strata.flatMap((stratum) =>
    Array.from(shuffledIndices(stratum.length, random), (place) => stratum[place]!),
  )
  const foldOfGroup = new Int32Array(groups.length)
  order.forEach((group, place) => {
    foldOfGroup[group] = place % folds
  })
  return groupOf.map((group) => foldOfGroup[group]!)
}
