import type { PlanBlock } from './planBlock.js'
import { type Conditions, type FeatureConditions, slotBytes } from './scoringConditions.js'

/** What the kernels need to turn columns into masks: one block of bytes that is copied into their memory as it is. */
export interface KernelPlan {
  readonly bytes: Uint8Array
  /** The features that are asked, in the order of their records. */
  readonly features: readonly FeatureConditions[]
  /** Where the records of the features lie, as the distance from the beginning of the plan. */
  readonly featureRecords: number
  /** Masks of conditions and of what is selected from them. */
  readonly slotCount: number
  /** Sums that are kept for each row. */
  readonly sumCount: number
}

/** Where the trees of a plan lie, in pieces or as walks, and how many they are; the others are 0. */
export const treeFields = [
  ...['pieceCount', 'words', 'tables'],
  ...['treeCount', 'starts', 'nodes', 'values', 'codeColumns', 'codeColumnCount'],
] as const

/** An ensemble made ready for the kernels that score blocks of rows. */
export interface ScoringPlan extends KernelPlan {
  readonly trees: Readonly<Partial<Record<(typeof treeFields)[number], number>>>
  /** About what the trees cost a row. */
  readonly treeNanoseconds: number
}

/** Three 64-bit numbers and ten words; as in kernels/scoring-job.as.ts. */
const recordBytes = 64

/** Adds the arrays of all features to a block, and a record for each that tells where they lie. */
export function plannedFeatures(
  block: PlanBlock,
  { features }: Conditions,
): Pick<KernelPlan, 'features' | 'featureRecords'> {
  const records = new DataView(new ArrayBuffer(features.length * recordBytes))
  features.forEach((conditions, index) => {
    writeRecord(new DataView(records.buffer, index * recordBytes), block, conditions)
  })
  return { features, featureRecords: block.add(records) }
}

function writeRecord(record: DataView, block: PlanBlock, conditions: FeatureConditions): void {
  const words = [0, 0, conditions.kind === 'text' ? 1 : 0, conditions.slot * slotBytes, conditions.count]
  if (conditions.kind === 'text') {
    words.push(0, 0, 0, block.add(conditions.records), conditions.categoryCount)
  } else {
    const { grid, thresholds, directions, searchWidth } = conditions
    words[0] = grid?.steps ?? 0
    words[1] = searchWidth
    words.push(block.add(thresholds), grid === null ? 0 : block.add(grid.ranks), block.add(directions), 0, 0)
    const numbers = grid === null ? [] : [grid.low, grid.scale, grid.ranks.length - 1]
    numbers.forEach((number, index) => {
      record.setFloat64(index * 8, number, true)
    })
  }
  words.forEach((word, index) => {
    record.setUint32(24 + index * 4, word, true)
  })
}
