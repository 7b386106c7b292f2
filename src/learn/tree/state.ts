import type { Problem } from '../../base/errors.js'
import type { FeatureSpec } from '../../base/matrix.js'
import * as z from '../../base/schema.js'
import { logOdds } from '../restore.js'
import { categoryWordCount, type TreeEnsemble } from './ensemble.js'

const wholeNumbers = z.array(z.int().min(0).max(2_147_483_647))

/** What a model file holds of trees. */
export const ensembleState = z.strictObject({
  roots: wholeNumbers,
  feature: wholeNumbers,
  right: wholeNumbers,
  threshold: z.array(z.number()),
  missingLeft: z.array(z.int().min(0).max(1)),
  categoryStart: wholeNumbers,
  leftCategories: z.array(z.int().min(0).max(4_294_967_295)),
  value: z.array(logOdds),
  cover: z.array(
    z
      .number()
      .gt(0)
      .max(2 ** 53),
  ),
  gain: z.array(z.number().min(0)),
})

/** Trees as plain JSON data. */
export type EnsembleState = z.output<typeof ensembleState>

/** Returns the trees as plain JSON data. */
export function stateOfEnsemble(ensemble: TreeEnsemble): EnsembleState {
  return {
    roots: [...ensemble.roots],
    feature: [...ensemble.feature],
    right: [...ensemble.right],
    threshold: [...ensemble.threshold],
    missingLeft: [...ensemble.missingLeft],
    categoryStart: [...ensemble.categoryStart],
    leftCategories: [...ensemble.leftCategories],
    value: [...ensemble.value],
    cover: [...ensemble.cover],
    gain: [...ensemble.gain],
  }
}

/** Returns the trees of checked data. */
export function ensembleOfState(state: EnsembleState): TreeEnsemble {
  return {
    roots: Int32Array.from(state.roots),
    feature: Int32Array.from(state.feature),
    right: Int32Array.from(state.right),
    threshold: Float64Array.from(state.threshold),
    missingLeft: Uint8Array.from(state.missingLeft),
    categoryStart: Int32Array.from(state.categoryStart),
    leftCategories: Uint32Array.from(state.leftCategories),
    value: Float64Array.from(state.value),
    cover: Float64Array.from(state.cover),
    gain: Float64Array.from(state.gain),
  }
}

/** Returns what would make a walk over the trees leave them: lengths, children, features, sets. Empty = safe. */
export function ensembleProblems(state: EnsembleState, features: readonly FeatureSpec[]): Problem[] {
  const lengths = lengthProblems(state)
  if (lengths.length > 0) return lengths
  const problems: Problem[] = []
  state.roots.forEach((root, tree) => {
    const end = state.roots[tree + 1] ?? state.right.length
    if (!isPreorderTree(state.right, root, end)) {
      problems.push(broken(`right of tree ${tree}`, 'to form one tree in preorder'))
    }
  })
  // Contributions divide by covers along the paths: only shares of a whole keep them finite.
  const unbalanced = state.right.findIndex(
    (right, node) => right !== 0 && !coversAddUp(state.cover, node, right),
  )
  if (unbalanced >= 0) problems.push(broken(`cover of node ${unbalanced}`, 'to be the sum of its children'))
  if (state.roots.length > 0 && state.roots[0] !== 0) problems.push(broken('roots', 'to begin at 0'))
  if (state.roots.length === 0 && state.right.length > 0) problems.push(broken('roots', 'to name every tree'))
  const nodes = state.right.flatMap((right, node) =>
    right !== 0 && !asksKnownFeature(state, node, features) ? [node] : [],
  )
  if (nodes.length > 0) {
    const rule = 'to ask a feature of the model by its kind'
    problems.push({ ...broken(`node ${nodes[0]}`, rule), count: nodes.length })
  }
  return problems
}

function lengthProblems(state: EnsembleState): Problem[] {
  const nodeCount = state.right.length
  const perNode = ['feature', 'threshold', 'missingLeft', 'categoryStart', 'value', 'cover', 'gain'] as const
  return perNode
    .filter((name) => state[name].length !== nodeCount)
    .map((name) => broken(name, `to have ${nodeCount} values`, state[name].length))
}

/** True where the nodes `[root, end)` are one tree: each left child the next node, each right child where the left subtree ends. */
function isPreorderTree(right: readonly number[], root: number, end: number): boolean {
  const subtreeEnds: number[] = [end]
  for (let node = root; node < end; node++) {
    const subtreeEnd = subtreeEnds.pop()
    if (subtreeEnd === undefined) return false
    const child = right[node]!
    if (child === 0) {
      if (node + 1 !== subtreeEnd) return false
    } else {
      if (child <= node + 1 || child >= subtreeEnd) return false
      subtreeEnds.push(subtreeEnd, child)
    }
  }
  return root < end && subtreeEnds.length === 0
}

function coversAddUp(cover: readonly number[], node: number, right: number): boolean {
  const difference = cover[node]! - cover[node + 1]! - (cover[right] ?? Number.POSITIVE_INFINITY)
  return Math.abs(difference) <= 1e-9 * cover[node]!
}

function asksKnownFeature(state: EnsembleState, node: number, features: readonly FeatureSpec[]): boolean {
  const spec = features[state.feature[node]!]
  const start = state.categoryStart[node]!
  if (spec === undefined) return false
  if (spec.kind === 'number') return start === 0
  return start > 0 && start + categoryWordCount(spec.categories.length) <= state.leftCategories.length
}

function broken(parameter: string, rule: string, received?: unknown): Problem {
  const problem: Problem = { code: 'model-invalid', parameter, rule }
  return received === undefined ? problem : { ...problem, received }
}
