import type { BinnedMatrix, FeatureBins } from './bins.js'
import type { HistogramLayout } from './histogram.js'
import { type RowStatistics, statisticCount } from './statistics.js'

/** Sums over the rows of a node, in units of 1. */
export interface NodeSums {
  readonly gradient: number
  readonly hessian: number
  readonly weight: number
}

/** What a split must respect. */
export interface SplitLimits {
  readonly l2: number
  readonly minGain: number
  readonly minRowsPerLeaf: number
  readonly minHessianPerLeaf: number
  readonly categorySmoothing: number
}

/** The best way found to divide a node. */
export interface Split {
  readonly feature: number
  readonly gain: number
  /** Per bin of the feature, the one of missing values last: 1 = left, 0 = right. */
  readonly goesLeft: Uint8Array
  readonly left: NodeSums
  readonly right: NodeSums
}

/** A division while searching: which bins go left is written down only for the winner. */
interface Candidate {
  readonly gain: number
  readonly left: NodeSums
  readonly right: NodeSums
  /** Number of bins, in the order of the search, that go left. */
  readonly cut: number
  readonly missingLeft: boolean
}

/** A histogram and what is needed to read it. */
export interface NodeHistogram {
  readonly cells: Float64Array
  readonly layout: HistogramLayout
  readonly units: Pick<RowStatistics, 'gradientUnits' | 'weightUnits'>
}

// What pure noise gains by putting K categories in the order of their means and cutting there: the cut explains about
// 2/π of a χ² with K - 1 degrees of freedom, the gain being one such χ² per degree. Two categories leave no choice.
// Without it a column of 51 states was chosen for its noise: log loss .182 instead of .165 on mlc_churn.
const chanceGainPerCategory = 2 / Math.PI

/**
 * Returns the split with the largest gain, or null where none is above `minGain` within the limits.
 *
 * With G, H the sums of gradient and hessian and λ = l2:
 *
 *     gain = G_left² / (H_left + λ) + G_right² / (H_right + λ) - G² / (H + λ)
 *
 * Numbers are cut at an edge, missing values tried on both sides. Categories (missing being one of them) are put
 * in the order of G / (H + smoothing) and cut there, which holds the best set of all (Fisher 1958). From their gain the
 * gain that chance gives by ordering K of them is taken off, 2 (K - 2) / π. What does not occur in the node goes with
 * its heavier side. Ties: the first feature, the lowest cut.
 *
 * O(bins) time for numbers, O(categories log categories) for texts.
 */
export function findSplit(
  histogram: NodeHistogram,
  binned: BinnedMatrix,
  node: NodeSums,
  limits: SplitLimits,
): Split | null {
  const { features, starts } = histogram.layout
  let best: Split | null = null
  for (let slot = 0; slot < features.length; slot++) {
    const feature = features[slot]!
    const bins = binned.features[feature]!
    const minGain: number = best === null ? limits.minGain : best.gain
    const sums = binSums(histogram, starts[slot]!, bins.binCount + 1)
    best =
      (bins.kind === 'number'
        ? numberSplit(sums, bins, feature, node, limits, minGain)
        : categorySplit(sums, bins, feature, node, limits, minGain)) ?? best
  }
  return best
}

/** The sums of the bins of one feature, in units of 1. */
interface BinSums {
  readonly gradient: Float64Array
  readonly hessian: Float64Array
  readonly weight: Float64Array
}

const scratch: BinSums = {
  gradient: new Float64Array(256),
  hessian: new Float64Array(256),
  weight: new Float64Array(256),
}

function binSums(histogram: NodeHistogram, start: number, count: number): BinSums {
  const { cells, units } = histogram
  const perGradient = 1 / units.gradientUnits
  const perWeight = 1 / units.weightUnits
  for (let bin = 0, cell = start; bin < count; bin++, cell += statisticCount) {
    scratch.gradient[bin] = cells[cell]! * perGradient
    scratch.hessian[bin] = cells[cell + 1]! * perGradient
    scratch.weight[bin] = cells[cell + 2]! * perWeight
  }
  return scratch
}

function numberSplit(
  sums: BinSums,
  bins: FeatureBins,
  feature: number,
  node: NodeSums,
  limits: SplitLimits,
  minGain: number,
): Split | null {
  const missing = bins.binCount
  const hasMissing = sums.weight[missing]! > 0
  let best = scan(sums, null, bins.binCount, false, hasMissing, node, limits, minGain)
  if (hasMissing) {
    const leftGain = best?.gain ?? minGain
    best = scan(sums, null, bins.binCount, true, false, node, limits, leftGain) ?? best
  }
  if (best === null) return null
  const goesLeft = new Uint8Array(missing + 1).fill(1, 0, best.cut)
  const missingLeft = hasMissing ? best.missingLeft : best.left.weight >= best.right.weight
  goesLeft[missing] = missingLeft ? 1 : 0
  return { feature, gain: best.gain, goesLeft, left: best.left, right: best.right }
}

function categorySplit(
  sums: BinSums,
  bins: FeatureBins,
  feature: number,
  node: NodeSums,
  limits: SplitLimits,
  minGain: number,
): Split | null {
  const { gradient, hessian, weight } = sums
  const order: number[] = []
  for (let bin = 0; bin <= bins.binCount; bin++) if (weight[bin]! > 0) order.push(bin)
  const mean = (bin: number): number => gradient[bin]! / (hessian[bin]! + limits.categorySmoothing)
  order.sort((a, b) => mean(a) - mean(b) || a - b)
  const chance = chanceGainPerCategory * Math.max(order.length - 2, 0)
  const best = scan(sums, order, order.length, false, false, node, limits, minGain + chance)
  if (best === null) return null
  const goesLeft = new Uint8Array(bins.binCount + 1).fill(best.left.weight >= best.right.weight ? 1 : 0)
  for (let place = 0; place < order.length; place++) goesLeft[order[place]!] = place < best.cut ? 1 : 0
  return { feature, gain: best.gain - chance, goesLeft, left: best.left, right: best.right }
}

/**
 * Tries every cut of the bins in their order. The cut after the last bin is tried only where missing values remain
 * for the right side.
 */
function scan(
  sums: BinSums,
  order: readonly number[] | null,
  count: number,
  missingLeft: boolean,
  missingRight: boolean,
  node: NodeSums,
  limits: SplitLimits,
  minGain: number,
): Candidate | null {
  const { minRowsPerLeaf, l2 } = limits
  // A side without any hessian has no leaf value.
  const minHessianPerLeaf = Math.max(limits.minHessianPerLeaf, Number.MIN_VALUE)
  const whole = (node.gradient * node.gradient) / (node.hessian + l2)
  let gradient = missingLeft ? sums.gradient[count]! : 0
  let hessian = missingLeft ? sums.hessian[count]! : 0
  let weight = missingLeft ? sums.weight[count]! : 0
  let best: { gain: number; gradient: number; hessian: number; weight: number; cut: number } | null = null
  let bestGain = minGain
  const cuts = missingRight ? count : count - 1
  for (let place = 0; place < cuts; place++) {
    const bin = order === null ? place : order[place]!
    gradient += sums.gradient[bin]!
    hessian += sums.hessian[bin]!
    weight += sums.weight[bin]!
    if (weight < minRowsPerLeaf || hessian < minHessianPerLeaf) continue
    const rightHessian = node.hessian - hessian
    if (node.weight - weight < minRowsPerLeaf || rightHessian < minHessianPerLeaf) break
    const rightGradient = node.gradient - gradient
    const gain =
      (gradient * gradient) / (hessian + l2) + (rightGradient * rightGradient) / (rightHessian + l2) - whole
    if (gain > bestGain) {
      bestGain = gain
      best = { gain, gradient, hessian, weight, cut: place + 1 }
    }
  }
  if (best === null) return null
  const left = { gradient: best.gradient, hessian: best.hessian, weight: best.weight }
  const right = {
    gradient: node.gradient - left.gradient,
    hessian: node.hessian - left.hessian,
    weight: node.weight - left.weight,
  }
  return { gain: best.gain, left, right, cut: best.cut, missingLeft }
}
