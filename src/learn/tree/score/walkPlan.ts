import type { TreeEnsemble } from '../ensemble.js'
import { plannedFeatures, type ScoringPlan } from './kernelPlan.js'
import { PlanBlock } from './planBlock.js'
import { type Conditions, slotBytes } from './scoringConditions.js'
import { topAt } from './scoringPieces.js'
import { fillTable, planesOf } from './scoringProgram.js'
import { planeCount, Selections } from './selections.js'

/** What the questions of a walk look at: a feature's ranks with missing values on one side, or one set of categories. */
interface CodeColumn {
  /** Place in the plan's features. */
  readonly index: number
  /** Code of missing numbers: below every limit, or above. */
  readonly absent: number
  /** Mask of the set; 0 for numbers. */
  readonly slot: number
}

/** Bytes of a column in a block of 8 rows, and of a node. */
export const columnBytes = 16
const nodeBytes = 8
const goesRight = 65_535
const walkNanoseconds = 12
// The distance of a column has 16 bits.
const mostColumns = 4095

/** Returns the plan of an ensemble, or null where it asks more than 4,095 sets of categories. */
export function walkPlanOf(ensemble: TreeEnsemble, conditions: Conditions): ScoringPlan | null {
  const { right, roots, value } = ensemble
  const columns = new ColumnTable(ensemble, conditions)
  const nodes = new DataView(new ArrayBuffer(right.length * nodeBytes))
  for (let node = 0; node < right.length; node++) {
    const at = node * nodeBytes
    const isLeaf = right[node] === 0
    if (!isLeaf) {
      const { column, limit } = columns.questionOf(node)
      if (column > mostColumns) return null
      nodes.setUint16(at, column * columnBytes, true)
      nodes.setUint16(at + 2, limit, true)
    }
    nodes.setUint32(at + 4, ((isLeaf ? 0 : right[node]! - node) * nodeBytes) ^ nodeBytes, true)
  }
  const selections = new Selections(conditions.slotCount)
  const starts = startsOf(ensemble, conditions, selections)
  const block = new PlanBlock()
  return {
    ...plannedFeatures(block, conditions),
    trees: {
      words: block.add(Uint32Array.from(selections.words)),
      treeCount: roots.length,
      starts: block.add(starts),
      nodes: block.add(nodes),
      values: block.add(value),
      codeColumns: block.add(columns.words()),
      codeColumnCount: columns.all.length,
    },
    treeNanoseconds: roots.length * walkNanoseconds,
    slotCount: selections.slotCount,
    sumCount: 1,
    bytes: block.bytes(),
  }
}

/** Writes the first levels of all trees; returns the distance of the node at each of their places. */
function startsOf(
  ensemble: TreeEnsemble,
  { slotOf }: Conditions,
  selections: Selections,
): Uint32Array<ArrayBuffer> {
  const starts: number[] = []
  for (const root of ensemble.roots) {
    selections.scoped(() => {
      const top = topAt(ensemble, slotOf, root, planeCount)
      const table = new Float64Array(2 ** top.height)
      fillTable(table, top, 0, 0)
      selections.writePlaces(planesOf(selections, top), starts.length * 4)
      for (const node of table) starts.push(node * nodeBytes)
    })
  }
  return Uint32Array.from(starts)
}

class ColumnTable {
  readonly all: CodeColumn[] = []
  readonly #known = new Map<number, number>()
  /** Places in the conditions' features by feature. */
  readonly #places: ReadonlyMap<number, number>

  constructor(
    readonly ensemble: TreeEnsemble,
    readonly conditions: Conditions,
  ) {
    this.#places = new Map(conditions.features.map(({ feature }, index) => [feature, index]))
  }

  questionOf(node: number): { column: number; limit: number } {
    const index = this.#places.get(this.ensemble.feature[node]!)!
    const own = this.conditions.features[index]!
    const slot = this.conditions.slotOf[node]!
    if (own.kind === 'text') return { column: this.#columnOf(slot, { index, absent: 0, slot }), limit: 1 }
    const absent = this.ensemble.missingLeft[node] === 1 ? 0 : goesRight
    const key = -1 - 2 * index - (absent === 0 ? 0 : 1)
    return { column: this.#columnOf(key, { index, absent, slot: 0 }), limit: slot - own.slot + 1 }
  }

  /** The columns as the kernel reads them. */
  words(): Uint32Array {
    return Uint32Array.from(this.all.flatMap(({ index, absent, slot }) => [index, absent, slot * slotBytes]))
  }

  #columnOf(key: number, column: CodeColumn): number {
    const known = this.#known.get(key)
    if (known !== undefined) return known
    this.#known.set(key, this.all.length)
    this.all.push(column)
    return this.all.length - 1
  }
}
