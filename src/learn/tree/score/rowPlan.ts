import { isMissing } from '../../../base/bitmap.js'
import type { FeatureSpec } from '../../../base/matrix.js'
import type { AlignedColumn } from '../../align.js'
import { categoryWordCount, type TreeEnsemble } from '../ensemble.js'
import { PlanBlock } from './planBlock.js'

/** The entry of a row that a question looks at: a number as it is, or whether a category is in a set. */
interface Entry {
  readonly feature: number
  readonly missingLeft: boolean
  /** Where the set lies in `leftCategories`; 0 for a number. */
  readonly categoryStart: number
}

/** An ensemble made ready for the kernel `scoreRow`: 24 bytes per node. */
export interface RowPlan {
  readonly bytes: Uint8Array
  readonly roots: number
  /** Number of trees, filled up to a multiple of 8 with trees that add nothing. */
  readonly treeCount: number
  readonly nodes: number
  readonly values: number
  readonly entries: readonly Entry[]
  readonly leftCategories: Uint32Array
}

const treesAtOnce = 8
const nodeBytes = 16

/** Returns the plan of an ensemble. O(nodes) time. */
export function rowPlanOf(ensemble: TreeEnsemble, specs: readonly FeatureSpec[]): RowPlan {
  const { right, roots } = ensemble
  const entries = new EntryTable(ensemble, specs)
  // One more node: a leaf that adds −0, which leaves every sum as it is.
  const nodes = new DataView(new ArrayBuffer((right.length + 1) * nodeBytes))
  const values = new Float64Array(right.length + 1).fill(-0)
  for (let node = 0; node <= right.length; node++) {
    const isLeaf = (right[node] ?? 0) === 0
    const at = node * nodeBytes
    const isSet = !isLeaf && ensemble.categoryStart[node] !== 0
    nodes.setFloat64(at, isLeaf ? Number.NaN : isSet ? 0 : ensemble.threshold[node]!, true)
    nodes.setUint32(at + 8, isLeaf ? 0 : entries.of(node) * 8, true)
    nodes.setUint32(at + 12, isLeaf ? 0 : (right[node]! - node) * nodeBytes, true)
    if (isLeaf && node < right.length) values[node] = ensemble.value[node]!
  }
  const treeCount = Math.ceil(roots.length / treesAtOnce) * treesAtOnce
  const starts = new Uint32Array(treeCount).fill(right.length * nodeBytes)
  roots.forEach((root, tree) => {
    starts[tree] = root * nodeBytes
  })
  const plan = new PlanBlock()
  return {
    roots: plan.add(starts),
    treeCount,
    nodes: plan.add(nodes),
    values: plan.add(values),
    entries: entries.all,
    leftCategories: ensemble.leftCategories,
    bytes: plan.bytes(),
  }
}

/** Writes the entries of a row: −∞ goes left at every threshold, NaN right; a category in the set is 0, another one 1. */
export function fillRow(
  plan: RowPlan,
  columns: readonly AlignedColumn[],
  row: number,
  into: Float64Array,
): void {
  const { entries, leftCategories } = plan
  for (let index = 0; index < entries.length; index++) {
    const { feature, missingLeft, categoryStart } = entries[index]!
    const column = columns[feature]!
    const absent = missingLeft ? Number.NEGATIVE_INFINITY : Number.NaN
    if (isMissing(column.missing, row)) into[index] = absent
    else if (column.kind === 'number') into[index] = column.values[row]!
    else {
      const category = column.categoryOf[column.codes[row]!]!
      const word = leftCategories[categoryStart + (category >> 5)]!
      into[index] = category === column.unseen ? absent : 1 - ((word >>> (category & 31)) & 1)
    }
  }
}

/** The distinct entries that the questions of an ensemble look at. */
class EntryTable {
  readonly all: Entry[] = []
  readonly #known = new Map<string, number>()

  constructor(
    readonly ensemble: TreeEnsemble,
    readonly specs: readonly FeatureSpec[],
  ) {}

  of(node: number): number {
    const { feature, missingLeft, categoryStart } = this.ensemble
    const start = categoryStart[node]!
    const key = `${feature[node]} ${missingLeft[node]} ${this.#setText(node)}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    this.#known.set(key, this.all.length)
    this.all.push({ feature: feature[node]!, missingLeft: missingLeft[node] === 1, categoryStart: start })
    return this.all.length - 1
  }

  #setText(node: number): string {
    const spec = this.specs[this.ensemble.feature[node]!]!
    const start = this.ensemble.categoryStart[node]!
    if (spec.kind === 'number') return ''
    return this.ensemble.leftCategories
      .subarray(start, start + categoryWordCount(spec.categories.length))
      .join()
  }
}
