/** What the scoring kernels export; addresses are bytes of their memory. */
export interface ScoringExports {
  numberRanks(
    values: number,
    rows: number,
    thresholds: number,
    grid: number,
    lastCell: number,
    low: number,
    scale: number,
    steps: number,
    ranks: number,
  ): void
  searchedRanks(values: number, rows: number, thresholds: number, width: number, ranks: number): void
  categoryRanks(
    codes: number,
    rows: number,
    categoryOf: number,
    dictionarySize: number,
    unseen: number,
    missing: number,
    ranks: number,
  ): void
  numberMasks(ranks: number, slots: number, count: number, missing: number, directions: number): void
  setMasks(
    ranks: number,
    slots: number,
    count: number,
    missing: number,
    records: number,
    categoryCount: number,
    categorySlots: number,
  ): void
  spreadMargins(margins: number, sums: number): void
  gatherMargins(sums: number, margins: number): void
  scorePieces(words: number, count: number, slots: number, tables: number, places: number, sums: number): void
  placeRanks(
    ranks: number,
    rows: number,
    missing: number,
    absent: number,
    codes: number,
    blockBytes: number,
  ): void
  placeMask(mask: number, rows: number, codes: number, blockBytes: number): void
  scoreWalks(
    words: number,
    trees: number,
    slots: number,
    starts: number,
    nodes: number,
    values: number,
    codes: number,
    blockBytes: number,
    rows: number,
    places: number,
    sums: number,
  ): void
  scoreRow(roots: number, count: number, nodes: number, values: number, row: number, sum: number): number
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
