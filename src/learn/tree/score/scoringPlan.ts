import type { FeatureSpec } from '../../../base/matrix.js'
import type { TreeEnsemble } from '../ensemble.js'
import { plannedFeatures, type ScoringPlan } from './kernelPlan.js'
import { PlanBlock } from './planBlock.js'
import { conditionsOf } from './scoringConditions.js'
import { programOf } from './scoringProgram.js'
import { walkPlanOf } from './walkPlan.js'

/** From so many leaves a tree on, walking, whose cost grows with the depth, is faster than pieces, with the leaves. */
const walkedLeaves = 700
const leafNanoseconds = 0.02

/**
 * Returns the plan of an ensemble, or null where a feature is asked more than 65,534 different questions.
 *
 * About 24 bytes per node, up to 2 kB per tree, and 2 to 8 kB per feature of numbers. O(nodes × log nodes) time.
 */
export function scoringPlanOf(ensemble: TreeEnsemble, specs: readonly FeatureSpec[]): ScoringPlan | null {
  const conditions = conditionsOf(ensemble, specs)
  if (conditions === null) return null
  const leaves = (ensemble.right.length + ensemble.roots.length) / 2
  const walks = leaves > walkedLeaves * ensemble.roots.length ? walkPlanOf(ensemble, conditions) : null
  if (walks !== null) return walks
  const { words, pieceCount, tables, slotCount } = programOf(ensemble, conditions)
  const block = new PlanBlock()
  return {
    ...plannedFeatures(block, conditions),
    trees: { pieceCount, words: block.add(words), tables: block.add(tables) },
    treeNanoseconds: leaves * leafNanoseconds,
    slotCount,
    sumCount: 1,
    bytes: block.bytes(),
  }
}
