import type { FeatureSpec } from '../../../base/matrix.js'
import type { TreeEnsemble } from '../ensemble.js'
import { type KernelPlan, plannedFeatures } from '../score/kernelPlan.js'
import { PlanBlock } from '../score/planBlock.js'
import { type Conditions, conditionsOf, groupRows } from '../score/scoringConditions.js'
import { planeCount, Selections } from '../score/selections.js'
import type { LeafGame } from './leafGames.js'
import type { LeafGroup } from './leafGroups.js'

/** Leaves made ready for the kernels `explainGroups` and `explainDeep`. */
export interface ExplainPlan extends KernelPlan {
  readonly words: number
  readonly groupCount: number
  /** Distance of the deep leaves' programs from `words`. */
  readonly deepWords: number
  readonly deepCount: number
  readonly tables: number
  /** The outputs that leaves add to, in the order of the kernel's sums. */
  readonly outputs: readonly number[]
}

/** Returns the plan of an ensemble's groups and deep leaves, or null where the kernels cannot rank a feature. */
export function explainPlanOf(
  ensemble: TreeEnsemble,
  specs: readonly FeatureSpec[],
  groups: readonly LeafGroup[],
  deep: readonly LeafGame[],
): ExplainPlan | null {
  const conditions = conditionsOf(ensemble, specs)
  if (conditions === null) return null
  const outputs = [...new Set([...groups, ...deep].flatMap((each) => each.outputs))].sort((a, b) => a - b)
  const writer = new ExplainWriter(conditions, outputs)
  for (const group of groups) writer.addGroup(group)
  const deepWords = writer.bytesWritten
  for (const game of deep) writer.addDeep(game)
  const block = new PlanBlock()
  return {
    ...plannedFeatures(block, conditions),
    words: block.add(Uint32Array.from(writer.selections.words)),
    groupCount: groups.length,
    deepWords,
    deepCount: deep.length,
    tables: block.add(writer.tables()),
    outputs,
    slotCount: writer.selections.slotCount,
    sumCount: outputs.length,
    bytes: block.bytes(),
  }
}

class ExplainWriter {
  readonly selections: Selections
  readonly #sumOf: ReadonlyMap<number, number>
  readonly #tables: Float64Array[] = []
  #tableBytes = 0

  constructor(
    readonly conditions: Conditions,
    outputs: readonly number[],
  ) {
    this.selections = new Selections(conditions.slotCount)
    this.#sumOf = new Map(outputs.map((output, index) => [output, index * groupRows * 8]))
  }

  get bytesWritten(): number {
    return this.selections.words.length * 4
  }

  addGroup({ bits, outputs, table }: LeafGroup): void {
    this.#writePlaces(bits, outputs.length)
    const at = this.#addTable(byOutput(table, outputs.length))
    outputs.forEach((output, index) => {
      this.selections.words.push(this.#sumOf.get(output)!, at + index * 2 ** bits.length * 8)
    })
  }

  addDeep({ leaf, outputs, deepTable }: LeafGame): void {
    const bits = leaf.features.map(({ steps }) => steps)
    this.#writePlaces(bits.slice(0, planeCount), bits.length)
    this.#writePlaces(bits.slice(planeCount), this.#addTable(deepTable!))
    for (const output of outputs) this.selections.words.push(this.#sumOf.get(output)!)
  }

  tables(): Float64Array {
    const all = new Float64Array(this.#tableBytes / 8)
    let at = 0
    for (const table of this.#tables) {
      all.set(table, at)
      at += table.length
    }
    return all
  }

  #addTable(table: Float64Array): number {
    const at = this.#tableBytes
    this.#tables.push(table)
    this.#tableBytes += table.byteLength
    return at
  }

  #writePlaces(bits: LeafGroup['bits'], last: number): void {
    const { selections, conditions } = this
    selections.scoped(() => {
      const planes = bits.map((steps) =>
        selections.conjunction(
          steps.map(({ node, isLeft }) => ({ slot: conditions.slotOf[node]!, holds: isLeft })),
        ),
      )
      selections.writePlaces(planes, last)
    })
  }
}

/** The kernel reads many places of one output, a table of places has all outputs of one. */
function byOutput(table: Float64Array, outputs: number): Float64Array {
  const places = table.length / outputs
  return Float64Array.from(
    table,
    (_, index) => table[(index % places) * outputs + Math.floor(index / places)]!,
  )
}
