import type { TreeEnsemble } from '../ensemble.js'

/** A question on the way to a leaf, and whether the way goes left there. */
export interface PathStep {
  readonly node: number
  readonly isLeft: boolean
}

/** All that a way asks of one feature: a row takes the leaf's side where it goes all steps. */
export interface PathFeature {
  readonly feature: number
  readonly steps: readonly PathStep[]
  /** Share of the training weight that takes the leaf's side, by the covers: above 0. */
  readonly share: number
}

/** A leaf as a game: a row reaches it where it takes its side of every feature on the way. */
export interface LeafPath {
  readonly value: number
  readonly features: readonly PathFeature[]
}

/** Returns the features on the way to a child, from those on the way to its parent. */
export function pathToChild(
  ensemble: TreeEnsemble,
  path: readonly PathFeature[],
  node: number,
  isLeft: boolean,
): readonly PathFeature[] {
  const child = isLeft ? node + 1 : ensemble.right[node]!
  const feature = ensemble.feature[node]!
  const share = ensemble.cover[child]! / ensemble.cover[node]!
  const step = { node, isLeft }
  const earlier = path.findIndex((known) => known.feature === feature)
  if (earlier < 0) return [...path, { feature, steps: [step], share }]
  const known = path[earlier]!
  return path.with(earlier, { feature, steps: [...known.steps, step], share: known.share * share })
}

/** Hands over the leaves below a node, from left to right. */
export function forEachLeaf(
  ensemble: TreeEnsemble,
  node: number,
  path: readonly PathFeature[],
  visit: (leaf: LeafPath) => void,
): void {
  const right = ensemble.right[node]!
  if (right === 0) {
    visit({ value: ensemble.value[node]!, features: path })
    return
  }
  forEachLeaf(ensemble, node + 1, pathToChild(ensemble, path, node, true), visit)
  forEachLeaf(ensemble, right, pathToChild(ensemble, path, node, false), visit)
}
