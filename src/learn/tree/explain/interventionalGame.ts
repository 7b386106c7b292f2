import type { LeafPath } from './leafPaths.js'

/*
 * The game of a leaf and a row of the background: a coalition gets the leaf's value where its features, taken from the
 * row, and the others, taken from the background row, lead to the leaf. Of the features where only one of the two rows
 * takes the leaf's side, u are the row's and w the background's: the coalition must hold all of the first and none of
 * the second.
 */

/** Which of the leaf's features background rows take the side of, each set once. */
export interface BackgroundSides {
  /** Shape (sets × features of the leaf): 1 = takes the leaf's side. */
  readonly takes: Uint8Array
  /** Shape (sets): share of the background rows, adding up to 1. */
  readonly share: Float64Array
}

/** Adds the mean over the background of the contributions; `takes[i]` is 1 where the row takes the leaf's side. */
export function addInterventional(
  leaf: LeafPath,
  background: BackgroundSides,
  takes: ArrayLike<number>,
  into: Float64Array,
): void {
  const count = leaf.features.length
  for (let set = 0; set < background.share.length; set++) {
    const start = set * count
    let [own, other] = [0, 0]
    let isReached = true
    for (let index = 0; index < count && isReached; index++) {
      const theirs = background.takes[start + index]!
      if (takes[index] === 1) own += 1 - theirs
      else if (theirs === 1) other++
      else isReached = false
    }
    if (!isReached) continue
    const value = leaf.value * background.share[set]!
    const gain = own === 0 ? 0 : value / (own * choices(own + other, own))
    const loss = other === 0 ? 0 : value / (other * choices(own + other, own))
    for (let index = 0; index < count; index++) {
      const difference = takes[index]! - background.takes[start + index]!
      if (difference > 0) into[index]! += gain
      else if (difference < 0) into[index]! -= loss
    }
  }
}

/** Ways to choose `count` of `total`. */
function choices(total: number, count: number): number {
  let product = 1
  for (let factor = 1; factor <= count; factor++) product *= (total - count + factor) / factor
  return product
}

/** Returns the sets of sides that background rows take, from their answers at the nodes, shape (rows × nodes). */
export function backgroundSides(leaf: LeafPath, answers: readonly Uint8Array[]): BackgroundSides {
  const counts = new Map<string, number>()
  for (const answer of answers) {
    const key = leaf.features
      .map(({ steps }) => (steps.every(({ node, isLeft }) => (answer[node] === 1) === isLeft) ? '1' : '0'))
      .join('')
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return {
    takes: Uint8Array.from([...counts.keys()].join(''), Number),
    share: Float64Array.from(counts.values(), (count) => count / answers.length),
  }
}
