import { ownRows, type RowCustomers } from '../../base/customersOf.js'
import { refuse } from '../../base/errors.js'
import type { FeatureMatrix, TextColumn } from '../../base/matrix.js'
import { ExactSum } from '../../base/statistics.js'
import { classProblems } from '../check.js'
import type { TrainControl, TrainingChunks } from '../contract.js'
import { TrainedChunks, type TrainedRows } from '../trainedRows.js'
import { type FeatureBins, numberBins, type SortNumbers, textBins } from '../tree/bins.js'
import { type CheckedChunk, checkedChunks } from './checkedChunks.js'
import { ChunkCustomers } from './chunkCustomers.js'
import { RowSample } from './rowSample.js'
import { RowsDigest, type TextNumbers } from './rowsDigest.js'
import { TextIndex } from './textIndex.js'

/** What a first reading of chunks finds out; rows of weight 0 are not there. */
export interface ChunkSurvey {
  readonly rowCount: number
  readonly isWeighted: boolean
  readonly hasIds: boolean
  /** Whose the rows are. */
  readonly customers: RowCustomers
  readonly totalWeight: number
  /** Weighted share of churners, in (0, 1). */
  readonly baseRate: number
  /** Rows spread evenly over all, with the columns in the order of their names. */
  readonly sample: FeatureMatrix
  /** Shape (rows of the sample); null where every row counts once. */
  readonly sampleWeight: Float64Array | null
  readonly texts: ReadonlyMap<string, TextIndex>
  readonly digest: RowsDigest
  /** By what the rows are found again. */
  readonly trained: TrainedRows | null
}

/**
 * Reads the chunks once.
 *
 * 9 bytes a feature and row of the sample, at most 1.2 MB a feature; each text once; where customers are wanted 20 bytes
 * a row, 28 with ids.
 *
 * @param wantsCustomers false: nobody will ask whose the rows are
 * @throws {HoldfastError} whatever breaks a rule, all at once; see `checkedChunks`; `one-class`
 */
export async function surveyChunks(
  operation: string,
  chunks: TrainingChunks,
  control: TrainControl,
  wantsCustomers: boolean,
): Promise<ChunkSurvey> {
  const texts = new Map<string, TextIndex>()
  const sample = new RowSample()
  const digest = new RowsDigest()
  const [total, churned] = [new ExactSum(), new ExactSum()]
  const counted: [number, number] = [0, 0]
  const owners = new ChunkCustomers()
  const trained = new TrainedChunks()
  let [isWeighted, hasIds] = [false, false]
  for await (const chunk of checkedChunks(operation, chunks, control)) {
    const numbers = textNumbers(chunk, (column) => {
      const index = texts.get(column.name) ?? new TextIndex(operation, column.name)
      texts.set(column.name, index)
      return index.add(column, chunk.weight)
    })
    sample.add(chunk, numbers)
    digest.add(chunk, numbers)
    trained.add(chunk.features)
    if (wantsCustomers) owners.add(chunk, numbers)
    isWeighted = chunk.weight !== null
    hasIds = chunk.ids !== null
    chunk.outcome.forEach((outcome, row) => {
      const weight = chunk.weight?.[row] ?? 1
      total.add(weight)
      if (outcome === 1) churned.add(weight)
      counted[outcome]!++
    })
  }
  refuse(operation, classProblems(counted))
  const sampled = sample.matrix((name) => texts.get(name)!.texts)
  return {
    rowCount: digest.rowCount,
    isWeighted,
    hasIds,
    customers: wantsCustomers ? owners.customers(sampled) : ownRows,
    totalWeight: total.value,
    baseRate: churned.value / total.value,
    sample: sampled,
    sampleWeight: sample.weight,
    texts,
    digest,
    trained: trained.rows(),
  }
}

/** Returns the numbers that stand for the texts of a chunk. */
export function textNumbers(chunk: CheckedChunk, numbersOf: (column: TextColumn) => Int32Array): TextNumbers {
  const columns = chunk.features.columns.filter((column) => column.kind === 'text')
  return new Map(columns.map((column) => [column.name, numbersOf(column)]))
}

/** Returns how each column is cut into bins: as `binsOf` would say of all rows. */
export function binsOfSurvey(survey: ChunkSurvey, maxBins: number, sort: SortNumbers): FeatureBins[] {
  const { sample, sampleWeight, texts } = survey
  const rows = Int32Array.from({ length: sample.rowCount }, (_, row) => row)
  return sample.columns.map((column) =>
    column.kind === 'text'
      ? textBins(column.name, texts.get(column.name)!.weights, maxBins)
      : numberBins(column, rows, sampleWeight, maxBins, sort),
  )
}
