import type { Dataset } from '../../src/dataset/dataset.js'

/** Rows to train on and rows to test on, from 0. */
export interface Fold {
  readonly train: readonly number[]
  readonly test: readonly number[]
}

/** A dataset and how it is cut. */
export interface QualitySet {
  readonly name: string
  readonly dataset: Dataset
  readonly folds: readonly Fold[]
}

const foldCount = 5

/** Returns folds without randomness: fold k tests the rows whose index from 0 leaves k on division by 5. */
export function foldsByRow(rows: number): Fold[] {
  const all = Array.from({ length: rows }, (_, row) => row)
  return Array.from({ length: foldCount }, (_, fold) => ({
    train: all.filter((row) => row % foldCount !== fold),
    test: all.filter((row) => row % foldCount === fold),
  }))
}
