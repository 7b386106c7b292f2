import type { TreeEnsemble } from '../learn/tree/ensemble.js'
import { type AttributeValue, doubleTensor, uint8Tensor } from './onnxFile.js'
import { categoryCount, type Reading } from './scoringParts.js'

/** Questions of the format. */
const [isAtMost, isMember] = [0, 6]

/**
 * Returns the attributes of the operator TreeEnsemble (ai.onnx.ml 5) for trees whose input has 64 bits: numbers decide as
 * they do in the model.
 */
export function treeAttributes(
  ensemble: TreeEnsemble,
  readings: readonly Reading[],
): Readonly<Record<string, AttributeValue>> {
  const { roots, right, feature, threshold, missingLeft, value, categoryStart } = ensemble
  const place = new Int32Array(right.length)
  const nodes: number[] = []
  const leaves: number[] = []
  for (let node = 0; node < right.length; node++) {
    const list = right[node] === 0 ? leaves : nodes
    place[node] = list.push(node) - 1
  }
  const isLeaf = (node: number): number => (right[node] === 0 ? 1 : 0)
  // A tree of one leaf is a question with that leaf on both sides
  const single = [...roots].filter((root) => right[root] === 0)
  const singlePlace = new Map(single.map((root, index) => [root, nodes.length + index]))
  const ofSingle = <Value>(value_: Value): Value[] => single.map(() => value_)
  const sets = nodes.map((node) => (categoryStart[node] === 0 ? null : leftOf(ensemble, node, readings)))
  // The end of a set is NaN, and a set must not be empty: no category is -1
  const values = sets.flatMap((set) => (set === null ? [] : [...(set.length === 0 ? [-1] : set), Number.NaN]))
  return {
    n_targets: 1,
    aggregate_function: 1,
    post_transform: 0,
    tree_roots: Array.from(roots, (root) => singlePlace.get(root) ?? place[root]!),
    nodes_featureids: [...nodes.map((node) => feature[node]!), ...ofSingle(0)],
    nodes_modes: uint8Tensor([
      ...sets.map((set) => (set === null ? isAtMost : isMember)),
      ...ofSingle(isAtMost),
    ]),
    nodes_splits: doubleTensor([...nodes.map((node) => threshold[node]!), ...ofSingle(0)]),
    nodes_missing_value_tracks_true: [...nodes.map((node) => missingLeft[node]!), ...ofSingle(0)],
    nodes_truenodeids: [...nodes.map((node) => place[node + 1]!), ...single.map((root) => place[root]!)],
    nodes_trueleafs: [...nodes.map((node) => isLeaf(node + 1)), ...ofSingle(1)],
    nodes_falsenodeids: [...nodes.map((node) => place[right[node]!]!), ...single.map((root) => place[root]!)],
    nodes_falseleafs: [...nodes.map((node) => isLeaf(right[node]!)), ...ofSingle(1)],
    leaf_targetids: leaves.map(() => 0),
    leaf_weights: doubleTensor(leaves.map((leaf) => value[leaf]!)),
    ...(values.length === 0 ? {} : { membership_values: doubleTensor(values) }),
  }
}

/** The categories that go left; a missing one is a category after the last. */
function leftOf(
  { feature, categoryStart, leftCategories, missingLeft }: TreeEnsemble,
  node: number,
  readings: readonly Reading[],
): number[] {
  const reading = readings[feature[node]!]!
  const count = reading.kind === 'number' ? 0 : categoryCount(reading)
  const known = Array.from({ length: count }, (_, category) => category).filter(
    (category) => ((leftCategories[categoryStart[node]! + (category >> 5)]! >>> (category & 31)) & 1) === 1,
  )
  return missingLeft[node] === 1 ? [...known, count] : known
}
