import * as z from 'zod'
import type { Problem } from '../../base/errors.js'
import { type LightgbmFile, lightgbmNumberSplit } from './lightgbmFile.js'
import { broken, checkedPart, requiredPart, unsupported } from './problems.js'
import type { SourceNode, SourceTree } from './sourceModel.js'

const dump = z.object({
  version: z.string(),
  num_class: z.int(),
  num_tree_per_iteration: z.int(),
  max_feature_idx: z.int(),
  objective: z.string().default(''),
  average_output: z.boolean().default(false),
  feature_names: z.array(z.string()),
  feature_infos: z.record(z.string(), z.object({ values: z.array(z.number()) })),
  tree_info: z.array(z.object({ num_leaves: z.int().min(1), tree_structure: z.unknown() })),
  pandas_categorical: z.unknown().optional(),
})

const split = z.object({
  split_feature: z.int().min(0),
  split_gain: z.number(),
  threshold: z.union([z.number(), z.string().regex(/^\d+(\|\|\d+)*$/)]),
  decision_type: z.enum(['<=', '==']),
  default_left: z.boolean(),
  missing_type: z.enum(['None', 'Zero', 'NaN']),
  internal_count: z.number(),
  left_child: z.unknown(),
  right_child: z.unknown(),
})

// A tree without a split may leave out how many rows it has seen; they do not matter there.
const leaf = z.object({ leaf_value: z.number(), leaf_count: z.number().default(1) })

/** Returns what the data of `booster.dump_model()` says; broken trees go to `problems`. */
export function readLightgbmJson(operation: string, data: unknown, problems: Problem[]): LightgbmFile {
  const file = requiredPart(operation, dump, data, 'the dump')
  const names = file.feature_names
  if (names.length !== file.max_feature_idx + 1) {
    problems.push(broken('feature_names', 'to be max_feature_idx + 1 names', names.length))
  }
  const codesSeen = new Map<number, readonly number[]>()
  for (const [name, { values }] of Object.entries(file.feature_infos)) {
    if (values.length > 0) codesSeen.set(names.indexOf(name), values)
  }
  return {
    version: file.version,
    classCount: file.num_class,
    treesPerRound: file.num_tree_per_iteration,
    objective: file.objective,
    isAverage: file.average_output,
    featureNames: names,
    codesSeen,
    pandasCategories: file.pandas_categorical,
    trees: file.tree_info.map((tree, index) =>
      readTree(tree.tree_structure, tree.num_leaves, `tree ${index}`, problems),
    ),
  }
}

/** Nodes are nested in one another; they become a list, parents first. */
function readTree(root: unknown, leafCount: number, name: string, problems: Problem[]): SourceTree {
  const before = problems.length
  const open: unknown[] = [root]
  const nodes: SourceNode[] = []
  for (let place = 0; place < open.length && problems.length === before; place++) {
    const node = readNode(open[place], open, name, problems)
    if (node !== null) nodes.push(node)
  }
  const found = nodes.filter((node) => node.kind === 'leaf').length
  if (problems.length > before) return { nodes: [], prunedCount: 0 }
  if (found !== leafCount)
    problems.push(broken(`leaves of ${name}`, `to be num_leaves = ${leafCount}`, found))
  return { nodes, prunedCount: 0 }
}

function readNode(data: unknown, open: unknown[], name: string, problems: Problem[]): SourceNode | null {
  const isObject = typeof data === 'object' && data !== null
  if (isObject && 'leaf_coeff' in data) {
    problems.push(unsupported(name, 'to have constant leaves', 'linear_tree', 'Train without linear_tree.'))
    return null
  }
  if (!isObject || !('split_feature' in data)) {
    const end = checkedPart(leaf, data, `leaf of ${name}`, problems)
    return end === null ? null : { kind: 'leaf', value: end.leaf_value, cover: end.leaf_count }
  }
  const node = checkedPart(split, data, `split of ${name}`, problems)
  if (node === null) return null
  const isNumber = node.decision_type === '<='
  if (isNumber !== (typeof node.threshold === 'number')) {
    problems.push(
      broken(`threshold of ${name}`, `to fit decision_type ${node.decision_type}`, node.threshold),
    )
    return null
  }
  const left = open.push(node.left_child, node.right_child) - 2
  const common = {
    feature: node.split_feature,
    left,
    right: left + 1,
    cover: node.internal_count,
    gain: node.split_gain,
  }
  if (typeof node.threshold === 'number') {
    const number = { ...common, threshold: node.threshold }
    return lightgbmNumberSplit(number, node.missing_type, node.default_left)
  }
  const codes = new Set(node.threshold.split('||').map(Number))
  return { ...common, kind: 'category', missingLeft: false, codesLeft: true, codes }
}
