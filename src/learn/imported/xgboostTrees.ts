import type { Problem } from '../../base/errors.js'
import { broken, unsupported } from './problems.js'
import { doubleThreshold } from './singlePrecision.js'
import type { SourceNode, SourceTree } from './sourceModel.js'
import type { XgboostTree } from './xgboostFile.js'

/** Returns a tree with its leaves times `weight`; what is wrong goes to `problems`. */
export function readXgboostTree(
  tree: XgboostTree,
  weight: number,
  name: string,
  problems: Problem[],
): SourceTree {
  const nodeCount = Number(tree.tree_param.num_nodes)
  const perNode = [
    'left_children',
    'right_children',
    'split_indices',
    'split_conditions',
    'default_left',
    'sum_hessian',
    'loss_changes',
  ] as const
  const before = problems.length
  if (nodeCount === 0) problems.push(broken(`num_nodes of ${name}`, 'to be above 0'))
  for (const list of perNode) {
    const { length } = tree[list]
    if (length !== nodeCount)
      problems.push(broken(`${list} of ${name}`, `to have ${nodeCount} values`, length))
  }
  const types = tree.split_type ?? tree.left_children.map(() => 0)
  if (types.length !== nodeCount)
    problems.push(broken(`split_type of ${name}`, `to have ${nodeCount} values`))
  if (Number(tree.tree_param.size_leaf_vector) > 1) {
    const wayOut = 'Train one model with one output.'
    problems.push(unsupported(name, 'to have one value a leaf', tree.tree_param.size_leaf_vector, wayOut))
  }
  const sets = categorySets(tree, name, problems)
  if (problems.length > before) return { nodes: [], prunedCount: 0 }
  const nodes = tree.left_children.map((left, node): SourceNode => {
    const condition = tree.split_conditions[node] ?? Number.NaN
    const cover = tree.sum_hessian[node]!
    if (left === -1) {
      const value = Math.fround(Math.fround(condition) * Math.fround(weight))
      return { kind: 'leaf', value, cover }
    }
    const split = {
      feature: tree.split_indices[node]!,
      left,
      right: tree.right_children[node]!,
      missingLeft: Boolean(tree.default_left[node]),
      cover,
      gain: tree.loss_changes[node]!,
    }
    if (types[node] === 0) {
      const threshold = doubleThreshold(Math.fround(condition))
      return { ...split, kind: 'number', zeroIsMissing: false, threshold }
    }
    const codes = sets.get(node)
    if (codes === undefined) problems.push(broken(`categories_nodes of ${name}`, `to name node ${node}`))
    return { ...split, kind: 'category', codesLeft: false, codes: codes ?? new Set() }
  })
  return { nodes, prunedCount: Number(tree.tree_param.num_deleted) }
}

/** The codes that go right, by node: `categories_sizes[i]` of `categories` from `categories_segments[i]` on. */
function categorySets(tree: XgboostTree, name: string, problems: Problem[]): Map<number, Set<number>> {
  const { categories, categories_nodes: nodes, categories_segments: starts, categories_sizes: sizes } = tree
  const sets = new Map<number, Set<number>>()
  nodes.forEach((node, index) => {
    const [start, size] = [starts[index], sizes[index]]
    const codes = start === undefined || size === undefined ? [] : categories.slice(start, start + size)
    if (codes.length !== size || codes.some((code) => code < 0)) {
      problems.push(broken(`categories of ${name}`, 'to hold the codes of every set', codes.length))
    }
    sets.set(node, new Set(codes))
  })
  return sets
}
