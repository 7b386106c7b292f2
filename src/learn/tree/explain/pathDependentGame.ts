import type { LeafPath } from './leafPaths.js'
import { quadratureOf } from './quadrature.js'

/*
 * The game of a leaf: a coalition S of known features gets value × Π over S of [the row takes the leaf's side] × Π over
 * the others of their share. Its Shapley values are integrals over t in [0, 1] of what the feature adds where each other
 * one is known with probability t: value × (known − share) × Π over the others of (share + t (known − share)), known
 * being 1 or 0. A polynomial of degree m − 1 in t, which m / 2 points of Gauss and Legendre integrate exactly.
 */

/** Features of a leaf that the kernel of deep leaves can count. */
export const mostDeepFeatures = 16
/** Points that a leaf of up to 16 features needs; with fewer features the others weigh nothing. */
const pointCount = 8
/** Numbers of a feature: for both sides the chances at the points and the gains. */
const featureNumbers = 4 * pointCount

/**
 * Returns what the contributions of a leaf of at most 16 features are computed from, shape (features × sides × 2 × points):
 * for a row that does not take the leaf's side of a feature, and for one that does, the chance at each point, and what
 * the product of all chances is multiplied with, the value and the point's weight included.
 */
export function quadratureTable({ features, value }: LeafPath): Float64Array {
  const { points, weights } = quadratureOf((features.length + 1) >> 1)
  const table = new Float64Array(features.length * featureNumbers)
  features.forEach(({ share }, feature) => {
    for (const takes of [0, 1]) {
      const at = feature * featureNumbers + takes * 2 * pointCount
      for (let index = 0; index < pointCount; index++) {
        const t = points[index]
        const own = t === undefined ? 1 : chance(share, takes, t)
        table[at + index] = own
        table[at + pointCount + index] =
          t === undefined ? 0 : (value * weights[index]! * (takes - share)) / own
      }
    }
  })
  return table
}

/** Adds what each feature contributes, in the kernel's order of operations; `takes[i]` is 1 where the row takes the side. */
export function addByTable(table: Float64Array, takes: ArrayLike<number>, into: Float64Array): void {
  const products = new Float64Array(pointCount).fill(1)
  for (let feature = 0; feature < takes.length; feature++) {
    const at = feature * featureNumbers + takes[feature]! * 2 * pointCount
    for (let index = 0; index < pointCount; index++) products[index]! *= table[at + index]!
  }
  for (let feature = 0; feature < takes.length; feature++) {
    const at = feature * featureNumbers + takes[feature]! * 2 * pointCount + pointCount
    let even = products[0]! * table[at]!
    let odd = products[1]! * table[at + 1]!
    for (let index = 2; index < pointCount; index += 2) {
      even += products[index]! * table[at + index]!
      odd += products[index + 1]! * table[at + index + 1]!
    }
    into[feature]! += even + odd
  }
}

/** Adds what each feature of the leaf contributes; `takes[i]` is 1 where the row takes the leaf's side of feature i. */
export function addLeafContributions(leaf: LeafPath, takes: ArrayLike<number>, into: Float64Array): void {
  const { features, value } = leaf
  const { points, weights } = quadratureOf((features.length + 1) >> 1)
  for (let index = 0; index < points.length; index++) {
    const t = points[index]!
    let product = value * weights[index]!
    for (let own = 0; own < features.length; own++) product *= chance(features[own]!.share, takes[own]!, t)
    for (let own = 0; own < features.length; own++) {
      const { share } = features[own]!
      into[own]! += (product * (takes[own]! - share)) / chance(share, takes[own]!, t)
    }
  }
}

/**
 * Adds the Shapley interaction of each pair of the leaf's features, halved, in the order (0, 1), (0, 2), … (1, 2), …
 *
 * Half, because the values at (i, j) and (j, i) share it.
 */
export function addLeafInteractions(leaf: LeafPath, takes: ArrayLike<number>, into: Float64Array): void {
  const { features, value } = leaf
  const count = features.length
  const { points, weights } = quadratureOf(count >> 1)
  const gains = new Float64Array(count)
  for (let index = 0; index < points.length; index++) {
    const t = points[index]!
    let product = (value * weights[index]!) / 2
    for (let own = 0; own < count; own++) {
      const { share } = features[own]!
      const ownChance = chance(share, takes[own]!, t)
      product *= ownChance
      gains[own] = (takes[own]! - share) / ownChance
    }
    let pair = 0
    for (let one = 0; one < count; one++) {
      for (let other = one + 1; other < count; other++) into[pair++]! += product * gains[one]! * gains[other]!
    }
  }
}

/** Chance that a row takes the side where the feature is known with probability t. Above 0, for t is below 1. */
function chance(share: number, takes: number, t: number): number {
  return share + t * (takes - share)
}
