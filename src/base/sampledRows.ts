/** Rows that bin edges are taken from at most; a power of two, as the stretches are. */
export const mostSampledRows = 131_072

/**
 * Returns the rows of a sample spread evenly over the first `rowCount`: all of them, or one of each stretch of 2, 4,
 * 8, … rows, so that the sample has 65,537 to 131,072.
 *
 * Which row a stretch gives does not depend on what comes after it, and a long stretch gives the row of one of its
 * halves: rows that come one after the other are sampled by the same rule, see {@link RowSampler}.
 */
export function sampledRows(rowCount: number, most: number = mostSampledRows): Int32Array {
  const level = levelOf(rowCount, most)
  return Int32Array.from({ length: Math.ceil(rowCount / 2 ** level) }, (_, stretch) => {
    const row = rowOfStretch(stretch, level)
    return row < rowCount ? row : stretch * 2 ** level
  })
}

/** What a sample of rows does when a row comes. */
export interface SampleStore {
  /** The row that has just come goes to this place of the sample, whatever is there. */
  put(place: number): void
  /** Place `to` of the sample gets what place `from` has; `to <= from`. */
  move(from: number, to: number): void
}

/** Samples rows as they come: after each, the sample is that of {@link sampledRows}. */
export class RowSampler {
  #rowCount = 0
  #level = 0
  /** The row that stands for the stretch of the row that came last. */
  #drawn = 0

  constructor(
    readonly store: SampleStore,
    readonly most: number = mostSampledRows,
  ) {}

  /** Number of rows in the sample. */
  get size(): number {
    return Math.ceil(this.#rowCount / 2 ** this.#level)
  }

  /** Takes the next row into the sample or not. */
  add(): void {
    const row = this.#rowCount
    if (row === this.most * 2 ** this.#level) this.#halve()
    this.#rowCount++
    const stretch = Math.floor(row / 2 ** this.#level)
    // The first row stands for its stretch until the one comes that is drawn.
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

/** The row that stands for a stretch of `2^level` rows. */
function rowOfStretch(stretch: number, level: number): number {
  let row = stretch
  for (let half = level; half > 0; half--) row = 2 * row + secondHalf(row, half)
  return row
}

/** 1 where the row of a stretch is that of its second half, else 0; as good as drawn. */
function secondHalf(stretch: number, level: number): number {
  let z = Math.imul(stretch + 1, 0x9e3779b9) ^ Math.imul(level, 0x85ebca6b)
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
  return z >>> 31
}
