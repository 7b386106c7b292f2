import type { FeatureSpec } from '../../base/matrix.js'
import type { TreeEnsemble } from './ensemble.js'
import { PlanBlock } from './planBlock.js'
import { conditionsOf, type FeatureConditions } from './scoringConditions.js'
import { programOf, type ScoringRun } from './scoringProgram.js'

/** Where the arrays of a feature lie, as distances from the beginning of the plan. */
export interface PlannedFeature {
  readonly conditions: FeatureConditions
  readonly thresholds: number
  readonly directions: number
  readonly grid: number
  readonly records: number
}

/** An ensemble made ready for the scoring kernels: one block of bytes that is copied into their memory as it is. */
export interface ScoringPlan {
  readonly bytes: Uint8Array
  readonly features: readonly PlannedFeature[]
  readonly runs: readonly ScoringRun[]
  readonly words: number
  readonly tables: number
  readonly walks: number
  readonly nodes: number
  readonly values: number
  readonly slotCount: number
  /** Categories of the feature of texts that has most. */
  readonly mostCategories: number
}

/**
 * Returns the plan of an ensemble, or null where a feature is asked more than 65,535 different questions.
 *
 * About 16 bytes per node, 8 per leaf and 2 to 8 kB per feature of numbers. O(nodes × log nodes) time.
 */
export function scoringPlanOf(ensemble: TreeEnsemble, specs: readonly FeatureSpec[]): ScoringPlan | null {
  const conditions = conditionsOf(ensemble, specs)
  if (conditions === null) return null
  const { runs, words, tables, walks, nodes, values, slotCount } = programOf(ensemble, conditions)
  const plan = new PlanBlock()
  const features = conditions.features.map((feature) => ({
    conditions: feature,
    thresholds: feature.kind === 'number' ? plan.add(feature.thresholds) : 0,
    directions: feature.kind === 'number' ? plan.add(feature.directions) : 0,
    grid: feature.kind === 'number' && feature.grid !== null ? plan.add(feature.grid.ranks) : 0,
    records: feature.kind === 'text' ? plan.add(feature.records) : 0,
  }))
  const categories = conditions.features.map((feature) =>
    feature.kind === 'text' ? feature.categoryCount : 0,
  )
  return {
    features,
    runs,
    words: plan.add(words),
    tables: plan.add(tables),
    walks: plan.add(walks),
    nodes: plan.add(nodes),
    values: plan.add(values),
    slotCount,
    mostCategories: Math.max(0, ...categories),
    bytes: plan.bytes(),
  }
}
