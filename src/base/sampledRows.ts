/** Most rows used for bin edges; a power of two, as stretches are. */
export const mostSampledRows = 131_072

/**
 * Returns a sample spread evenly over the first `rowCount` rows: all of them, or one of each stretch of 2, 4, 8, …
 * rows, so that the sample has 65,537 to 131,072.
 *
 * The row of a stretch does not depend on later rows, and is that of one of its halves, so that streamed rows can be
 * sampled by the same rule, see {@link RowSampler}.
 */
export function sampledRows(rowCount: number, most: number = mostSampledRows): Int32Array {
  const level = levelOf(rowCount, most)
  return Int32Array.from({ length: Math.ceil(rowCount / 2 ** level) }, (_, stretch) => {
    const row = rowOfStretch(stretch, level)
    return row < rowCount ? row : stretch * 2 ** level
  })
}

/** Storage of a sample of rows. */
export interface SampleStore {
  /** Stores the current row at this place of the sample, replacing what is there. */
  put(place: number): void
  /** Copies place `from` of the sample to place `to`; `to <= from`. */
  move(from: number, to: number): void
}

/** Samples a stream of rows: after each, the sample is that of {@link sampledRows}. */
export class RowSampler {
  #rowCount = 0
  #level = 0
  /** The sampled row of the last row's stretch. */
  #drawn = 0

  constructor(
    readonly store: SampleStore,
    readonly most: number = mostSampledRows,
  ) {}

  /** Number of rows in the sample. */
  get size(): number {
    return Math.ceil(this.#rowCount / 2 ** this.#level)
  }

  /** Processes the next row. */
  add(): void {
    const row = this.#rowCount
    if (row === this.most * 2 ** this.#level) this.#halve()
    this.#rowCount++
    const stretch = Math.floor(row / 2 ** this.#level)
    // The first row represents its stretch until the drawn one comes.
    const isFirst = row === stretch * 2 ** this.#level
    if (isFirst) this.#drawn = rowOfStretch(stretch, this.#level)
    if (isFirst || row === this.#drawn) this.store.put(stretch)
  }

  #halve(): void {
    this.#level++
    for (let stretch = 0; stretch < this.most / 2; stretch++) {
      this.store.move(2 * stretch + secondHalf(stretch, this.#level), stretch)
    }
  }
}

function levelOf(rowCount: number, most: number): number {
  let level = 0
  while (Math.ceil(rowCount / 2 ** level) > most) level++
  return level
}

/** The row that represents a stretch of `2^level` rows. */
function rowOfStretch(stretch: number, level: number): number {
  let row = stretch
  for (let half = level; half > 0; half--) row = 2 * row + secondHalf(row, half)
  return row
}

/** Pseudorandom: 1 if the row of a stretch is that of its second half, else 0. */
function secondHalf(stretch: number, level: number): number {
  let z = Math.imul(stretch + 1, 0x9e3779b9) ^ Math.imul(level, 0x85ebca6b)
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
  return z >>> 31
}
