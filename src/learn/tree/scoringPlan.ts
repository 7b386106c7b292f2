import type { FeatureSpec } from '../../base/matrix.js'
import type { TreeEnsemble } from './ensemble.js'
import { type KernelPlan, plannedFeatures } from './kernelPlan.js'
import { PlanBlock } from './planBlock.js'
import { conditionsOf } from './scoringConditions.js'
import { programOf, type ScoringRun } from './scoringProgram.js'

/** An ensemble made ready for the kernels that score blocks of rows. */
export interface ScoringPlan extends KernelPlan {
  readonly runs: readonly ScoringRun[]
  readonly words: number
  readonly tables: number
  readonly walks: number
  readonly nodes: number
  readonly values: number
}

/**
 * Returns the plan of an ensemble, or null where a feature is asked more than 65,535 different questions.
 *
 * About 24 bytes per node, up to 2 kB per tree, and 2 to 8 kB per feature of numbers. O(nodes × log nodes) time.
 */
export function scoringPlanOf(ensemble: TreeEnsemble, specs: readonly FeatureSpec[]): ScoringPlan | null {
  const conditions = conditionsOf(ensemble, specs)
  if (conditions === null) return null
  const { runs, words, tables, walks, nodes, values, slotCount } = programOf(ensemble, conditions)
  const block = new PlanBlock()
  return {
    ...plannedFeatures(block, conditions),
    runs,
    words: block.add(words),
    tables: block.add(tables),
    walks: block.add(walks),
    nodes: block.add(nodes),
    values: block.add(values),
    slotCount,
    sumCount: 1,
    bytes: block.bytes(),
  }
}
