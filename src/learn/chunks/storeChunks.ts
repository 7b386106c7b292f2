import { HoldfastError } from '../../base/errors.js'
import type { FeatureMatrix } from '../../base/matrix.js'
import type { TrainControl, TrainingChunks } from '../contract.js'
import { stepDone } from '../control.js'
import { bundlePlan } from '../tree/grow/bundlePlan.js'
import { ColumnEncoder } from '../tree/grow/columnEncoder.js'
import type { KernelTeam } from '../tree/grow/kernelTeam.js'
import { type StoredColumns, sortWith, storeCodes, withCategories } from '../tree/grow/storedColumns.js'
import { checkedChunks, shapeOf } from './checkedChunks.js'
import { RowsDigest, rowsChanged } from './rowsDigest.js'
import { binsOfSurvey, type ChunkSurvey, textNumbers } from './surveyChunks.js'

/** How chunks are stored. */
export interface StoreChunksOptions {
  readonly maxBins: number
  /** Categories of text columns where they are not the data's own but those of a model to go on with. */
  readonly categories: ReadonlyMap<string, readonly string[]>
  /** Margins of rows before the first tree: one for all, or what this says of each chunk. */
  readonly startOf: number | ((features: FeatureMatrix) => Float64Array)
}

/** Rows as they are trained on. */
export interface StoredChunks {
  readonly stored: StoredColumns
  /** Shape (rows), 0 or 1. */
  readonly outcome: Uint8Array
  /** Shape (rows), each above 0; null where every row counts once. */
  readonly weight: Float64Array | null
  /** One number for all rows, or shape (rows). */
  readonly margin: number | Float64Array
}

/**
 * Reads the chunks for the second time and stores them as codes in the memory of the team.
 *
 * 2 bytes a row and feature at most, 1 a row for the outcome, 8 for weights, 8 for margins.
 *
 * @throws {HoldfastError} `data-changed` where the rows are not those of the survey; `memory-exceeded`; `aborted`
 */
export async function storeChunks(
  team: KernelTeam,
  survey: ChunkSurvey,
  chunks: TrainingChunks,
  { maxBins, categories, startOf }: StoreChunksOptions,
  control: TrainControl,
): Promise<StoredChunks> {
  const { operation, memory } = team
  const { rowCount, sample } = survey
  const features = withCategories(binsOfSurvey(survey, maxBins, sortWith(team)), categories)
  const encoder = new ColumnEncoder(team, features, rowCount)
  const codes = features.map(() => memory.allocate(rowCount))
  const outcome = new Uint8Array(rowCount)
  const weight = survey.isWeighted ? new Float64Array(rowCount) : null
  const margin = typeof startOf === 'number' ? startOf : new Float64Array(rowCount)
  const digest = new RowsDigest()
  const shape = shapeOf(sample, survey)
  for await (const chunk of checkedChunks(operation, chunks, control, shape)) {
    const first = digest.rowCount
    refuseFurtherRows(operation, first + chunk.outcome.length, rowCount)
    digest.add(
      chunk,
      textNumbers(chunk, (column) => survey.texts.get(column.name)!.find(column)),
    )
    chunk.features.columns.forEach((column, feature) => {
      encoder.encode(column, feature, codes[feature]! + first)
    })
    outcome.set(chunk.outcome, first)
    if (chunk.weight !== null) weight?.set(chunk.weight, first)
    if (typeof margin !== 'number' && typeof startOf !== 'number') margin.set(startOf(chunk.features), first)
    stepDone(operation, control, 'bins', digest.rowCount, rowCount)
  }
  survey.digest.refuseOthers(operation, digest)
  const own = (feature: number): number => codes[feature]!
  const stored = storeCodes(team, rowCount, features, bundlePlan(sample, features), { own, lent: own })
  return { stored, outcome, weight, margin }
}

function refuseFurtherRows(operation: string, second: number, first: number): void {
  if (second <= first) return
  throw new HoldfastError(operation, [rowsChanged(`more than the ${first} rows of the first reading`)])
}
