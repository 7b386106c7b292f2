// A chunk of rows: from its columns to ranks, from ranks to the masks of a group of 512, from masks to margins.
import {
  Chunk,
  CodeColumn,
  columnAt,
  dictionaryAt,
  Feature,
  featureAt,
  hasMissing,
  Job,
  missingAt,
  ranksAt,
  workspaceOf,
} from './scoring-job.as'
import { numberMasks, setMasks } from './scoring-masks.as'
import { categoryRanks, numberRanks, searchedRanks } from './scoring-ranks.as'
import { gatherMargins, groupRows, scorePieces, spreadMargins } from './scoring-trees.as'
import { columnBytes, placeMask, placeRanks, scoreWalks } from './scoring-walks.as'

/** Turns the columns of a chunk into ranks, in the workspace of a thread. */
export function rankChunk(job: Job, thread: i32, chunk: Chunk): void {
  const workspace = workspaceOf(job, thread)
  // Whole groups: what lies behind the last row is ranked too, whatever it is.
  const rows = (chunk.rows + <i32>groupRows - 1) & -(<i32>groupRows)
  for (let index = 0; index < job.featureCount; index++) {
    const feature = featureAt(job, index)
    const column = columnAt(job, chunk, index)
    const ranks = ranksAt(job, workspace, index)
    if (feature.isText != 0) {
      const known = dictionaryAt(job, index)
      const missing = missingAt(job, chunk, index)
      categoryRanks(column, rows, known.categoryOf, known.size, known.unseen, missing, ranks)
    } else rankNumbers(job, feature, column, rows, ranks)
  }
}

function rankNumbers(job: Job, feature: Feature, values: usize, rows: i32, ranks: usize): void {
  const thresholds = job.plan + feature.thresholds
  if (feature.steps == 0) searchedRanks(values, rows, thresholds, feature.searchWidth, ranks)
  else {
    numberRanks(
      values,
      rows,
      thresholds,
      job.plan + feature.grid,
      feature.lastCell,
      feature.low,
      feature.scale,
      feature.steps,
      ranks,
    )
  }
}

/** Fills the masks of all conditions for the group that begins at a row of the chunk that was ranked last. */
export function fillMasks(job: Job, thread: i32, chunk: Chunk, row: i32): void {
  const workspace = workspaceOf(job, thread)
  for (let index = 0; index < job.featureCount; index++) {
    const feature = featureAt(job, index)
    const ranks = ranksAt(job, workspace, index) + (<usize>row << 1)
    const missing = missingAt(job, chunk, index) + (<usize>row >> 3)
    const slots = workspace + feature.slot
    if (feature.isText != 0) {
      const categorySlots = workspace + job.categorySlots
      const records = job.plan + feature.records
      setMasks(ranks, slots, feature.count, missing, records, feature.categoryCount, categorySlots)
    } else {
      const known = hasMissing(job, chunk, index) ? missing : 0
      numberMasks(ranks, slots, feature.count, known, job.plan + feature.directions)
    }
  }
}

/** Adds to the margins of a chunk what the trees say of its rows. */
export function scoreChunk(job: Job, thread: i32, chunk: Chunk): void {
  rankChunk(job, thread, chunk)
  const margins = changetype<usize>(chunk) + job.margins
  for (let row = 0; row < chunk.rows; row += <i32>groupRows) {
    fillMasks(job, thread, chunk, row)
    const own = margins + (<usize>row << 3)
    if (job.pieceCount > 0) addPieces(job, workspaceOf(job, thread), own)
    else addWalks(job, thread, chunk, row, own)
  }
}

function addPieces(job: Job, workspace: usize, margins: usize): void {
  const sums = workspace + job.sums
  const places = workspace + job.rowPlaces
  spreadMargins(margins, sums)
  scorePieces(job.plan + job.words, job.pieceCount, workspace, job.plan + job.tables, places, sums)
  gatherMargins(sums, margins)
}

function addWalks(job: Job, thread: i32, chunk: Chunk, row: i32, margins: usize): void {
  const workspace = workspaceOf(job, thread)
  const codes = workspace + job.codes
  const blockBytes = <usize>job.codeColumnCount * columnBytes
  for (let index = 0; index < job.codeColumnCount; index++) {
    const column = changetype<CodeColumn>(job.plan + job.codeColumns + <u32>index * offsetof<CodeColumn>())
    const at = codes + <usize>index * columnBytes
    if (column.slot != 0) placeMask(workspace + column.slot, <i32>groupRows, at, blockBytes)
    else {
      const ranks = ranksAt(job, workspace, column.feature) + (<usize>row << 1)
      const missing = missingAt(job, chunk, column.feature) + (<usize>row >> 3)
      const known = hasMissing(job, chunk, column.feature) ? missing : 0
      placeRanks(ranks, <i32>groupRows, known, column.absent, at, blockBytes)
    }
  }
  const rows = (min(chunk.rows - row, <i32>groupRows) + 7) & -8
  scoreWalks(
    job.plan + job.words,
    job.treeCount,
    workspace,
    job.plan + job.starts,
    job.plan + job.nodes,
    job.plan + job.values,
    codes,
    blockBytes,
    rows,
    workspace + job.rowPlaces,
    margins,
  )
}
