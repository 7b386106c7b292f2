// What threads that score together share. The order of the fields is that of `jobFields` in score/scoringJob.ts; what is
// called an address is one of the memory, what is called a distance counts from the part that it is in.
@unmanaged
export class Job {
  /** Changes when there may be something to do: who has nothing to do waits for that. */
  signal: i32
  /** Chunks that were filled, and those of them that a thread has taken or finished. */
  filled: i32
  taken: i32
  finished: i32
  ended: i32
  /** Further threads that have come to their end. */
  left: i32
  /** Places for chunks: addresses, bytes of each, rows in each. */
  places: u32
  chunks: u32
  chunkBytes: u32
  chunkRows: u32
  /** Distances in a chunk: whether columns miss values, its margins, its columns. */
  flags: u32
  margins: u32
  columns: u32
  /** What each thread writes to. */
  workspaces: u32
  workspaceBytes: u32
  /** Distances in a workspace; its masks come first. */
  categorySlots: u32
  ranks: u32
  rowPlaces: u32
  sums: u32
  codes: u32
  /** The plan, and the distances in it. */
  plan: u32
  features: u32
  featureCount: i32
  /** Address of a dictionary per feature. */
  dictionaries: u32
  /** Trees in pieces: their number and where they lie. As walks: 0 pieces. */
  pieceCount: i32
  words: u32
  tables: u32
  treeCount: i32
  starts: u32
  nodes: u32
  values: u32
  codeColumns: u32
  codeColumnCount: i32
}

/** A feature of a plan; see `featureRecords` in score/kernelPlan.ts. */
@unmanaged
export class Feature {
  low: f64
  scale: f64
  lastCell: f64
  /** Comparisons after a grid; 0 = there is none. */
  steps: i32
  searchWidth: i32
  isText: i32
  slot: u32
  count: i32
  thresholds: u32
  grid: u32
  directions: u32
  records: u32
  categoryCount: i32
}

/** The categories of a feature of texts, by code of the input's dictionary. */
@unmanaged
export class Dictionary {
  categoryOf: u32
  size: i32
  /** Category of texts that the model does not know. */
  unseen: i32
}

/** A column that walks look at; see walkPlan.ts. */
@unmanaged
export class CodeColumn {
  feature: i32
  absent: i32
  slot: u32
}

/** A chunk of rows: how many they are, and 1 when they are scored. Columns and margins follow. */
@unmanaged
export class Chunk {
  rows: i32
  done: i32
}

@inline
export function featureAt(job: Job, index: i32): Feature {
  return changetype<Feature>(job.plan + job.features + <u32>index * offsetof<Feature>())
}

@inline
export function dictionaryAt(job: Job, index: i32): Dictionary {
  return changetype<Dictionary>(job.dictionaries + <u32>index * offsetof<Dictionary>())
}

/** Bytes of a chunk's column: its values, then a bit a row for missing ones. */
@inline
export function columnAt(job: Job, chunk: Chunk, index: i32): usize {
  return changetype<usize>(chunk) + job.columns + <u32>index * (job.chunkRows * 8 + (job.chunkRows >> 3))
}

@inline
export function missingAt(job: Job, chunk: Chunk, index: i32): usize {
  return columnAt(job, chunk, index) + job.chunkRows * 8
}

/** True where rows of the chunk may be missing in the column. */
@inline
export function hasMissing(job: Job, chunk: Chunk, index: i32): bool {
  return load<u32>(changetype<usize>(chunk) + job.flags + (<u32>index << 2)) != 0
}

@inline
export function ranksAt(job: Job, workspace: usize, index: i32): usize {
  return workspace + job.ranks + ((<u32>index * job.chunkRows) << 1)
}

@inline
export function workspaceOf(job: Job, thread: i32): usize {
  return job.workspaces + <u32>thread * job.workspaceBytes
}
