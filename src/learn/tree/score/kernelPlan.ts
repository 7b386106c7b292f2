import type { PlanBlock } from './planBlock.js'
import type { Conditions, FeatureConditions } from './scoringConditions.js'

/** Where the arrays of a feature lie, as distances from the beginning of the plan. */
export interface PlannedFeature {
  readonly conditions: FeatureConditions
  readonly thresholds: number
  readonly directions: number
  readonly grid: number
  readonly records: number
}

/** What the kernels need to turn columns into masks: one block of bytes that is copied into their memory as it is. */
export interface KernelPlan {
  readonly bytes: Uint8Array
  readonly features: readonly PlannedFeature[]
  /** Masks of conditions and of what is selected from them. */
  readonly slotCount: number
  /** Sums that are kept for each row. */
  readonly sumCount: number
  /** Categories of the feature of texts that has most. */
  readonly mostCategories: number
}

/** Adds the arrays of all features to a block; returns where they lie. */
export function plannedFeatures(
  block: PlanBlock,
  { features }: Conditions,
): Pick<KernelPlan, 'features' | 'mostCategories'> {
  const counts = features.map((feature) => (feature.kind === 'text' ? feature.categoryCount : 0))
  return {
    mostCategories: Math.max(0, ...counts),
    features: features.map((conditions) => ({
      conditions,
      thresholds: conditions.kind === 'number' ? block.add(conditions.thresholds) : 0,
      directions: conditions.kind === 'number' ? block.add(conditions.directions) : 0,
      grid: conditions.kind === 'number' && conditions.grid !== null ? block.add(conditions.grid.ranks) : 0,
      records: conditions.kind === 'text' ? block.add(conditions.records) : 0,
    })),
  }
}
