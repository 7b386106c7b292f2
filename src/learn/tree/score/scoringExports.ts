/** What the scoring kernels export; addresses are bytes of their memory, a job and a chunk are addresses too. */
export interface ScoringExports {
  rankChunk(job: number, thread: number, chunk: number): void
  fillMasks(job: number, thread: number, chunk: number, row: number): void
  /** Returns 1 where there was a chunk to score. */
  scoreNext(thread: number, job: number): number
  scoreRow(roots: number, count: number, nodes: number, values: number, row: number, sum: number): number
  gatherMargins(sums: number, margins: number): void
  explainGroups(
    words: number,
    count: number,
    slots: number,
    tables: number,
    places: number,
    sums: number,
  ): void
  explainDeep(words: number, count: number, slots: number, tables: number, places: number, sums: number): void
}
