import type { TreeEnsemble } from '../ensemble.js'

/** A question on the way down: the mask of its condition, and whether the way goes on where the condition holds. */
export interface Step {
  readonly slot: number
  readonly holds: boolean
}

/** The end of a way: a leaf, or the place where another piece was cut off. */
export interface PieceEnd {
  readonly height: 0
  readonly leaves: 1
  /** What a row that ends here adds to its margin. */
  readonly value: number
  readonly piece: PieceNode | null
}

/** Two ways: a row goes left where it takes all steps, otherwise right. */
export interface PieceBranch {
  readonly height: number
  readonly leaves: number
  readonly steps: readonly Step[]
  readonly left: PieceNode
  readonly right: PieceNode
}

export type PieceNode = PieceEnd | PieceBranch

/** What a piece adds to rows that are not in it: x + −0 is x for every x, also for −0. */
export const nothing = -0

export function isEnd(node: PieceNode): node is PieceEnd {
  return node.height === 0
}

/** Returns the first levels of a tree; the value of an end is the node that it stands for. */
export function topAt(ensemble: TreeEnsemble, slotOf: Int32Array, node: number, levels: number): PieceNode {
  const right = ensemble.right[node]!
  if (right === 0 || levels === 0) return { height: 0, leaves: 1, value: node, piece: null }
  const left = topAt(ensemble, slotOf, node + 1, levels - 1)
  const other = topAt(ensemble, slotOf, right, levels - 1)
  return branch([{ slot: slotOf[node]!, holds: true }], left, other)
}

/** Returns the tree at `root` with at most `most` ends; what is cut off hangs at its ends. */
export function pieceAt(ensemble: TreeEnsemble, slotOf: Int32Array, root: number, most: number): PieceNode {
  const right = ensemble.right[root]!
  if (right === 0) return { height: 0, leaves: 1, value: ensemble.value[root]!, piece: null }
  let left = pieceAt(ensemble, slotOf, root + 1, most)
  let other = pieceAt(ensemble, slotOf, right, most)
  if (left.leaves + other.leaves > most) {
    if (left.leaves > other.leaves) left = cutOff(left)
    else other = cutOff(other)
  }
  return branch([{ slot: slotOf[root]!, holds: true }], left, other)
}

function cutOff(piece: PieceNode): PieceEnd {
  return { height: 0, leaves: 1, value: nothing, piece }
}

function branch(steps: readonly Step[], left: PieceNode, right: PieceNode): PieceBranch {
  const height = 1 + Math.max(left.height, right.height)
  return { height, leaves: left.leaves + right.leaves, steps, left, right }
}

/**
 * Returns a tree of at most `height` levels that gives every row the same end, or null where none is found.
 *
 * A tree that is too deep is asked first whether the row comes to a subtree of about half of the ends; what is left
 * without that subtree has the other half. The question is the conjunction of the steps that lead there.
 */
export function balanced(tree: PieceNode, height: number): PieceNode | null {
  if (isEnd(tree) || tree.height <= height) return tree
  if (tree.leaves > 2 ** height) return null
  const steps: Step[] = []
  let subtree: PieceNode = tree
  while (!isEnd(subtree) && subtree.leaves > tree.leaves / 2) {
    const holds: boolean = subtree.left.leaves >= subtree.right.leaves
    steps.push({ slot: subtree.steps[0]!.slot, holds })
    subtree = holds ? subtree.left : subtree.right
  }
  const left = balanced(subtree, height - 1)
  const right = left === null ? null : balanced(without(tree, steps, 0), height - 1)
  return left === null || right === null ? null : branch(steps, left, right)
}

/** The tree without the subtree that the steps lead to: its sibling takes the place of their parent. */
function without(tree: PieceNode, steps: readonly Step[], depth: number): PieceNode {
  if (isEnd(tree)) return tree
  const { holds } = steps[depth]!
  const [child, sibling] = holds ? [tree.left, tree.right] : [tree.right, tree.left]
  if (depth === steps.length - 1) return sibling
  const rest = without(child, steps, depth + 1)
  return holds ? branch(tree.steps, rest, sibling) : branch(tree.steps, sibling, rest)
}
