import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Dataset } from '../../src/dataset/dataset.js'
import type { CostMatrix } from '../../src/evaluate/profit/costs.js'

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
  /** What each decision costs, shape (rows); left out where nobody knows. */
  readonly costs?: { readonly [Cost in keyof CostMatrix]: Float64Array }
}

/**
 * Returns where a file lies that is not ours to carry: where the variable of the environment says, else in
 * `../shared/data`; null where it is not there.
 */
export function foundFile(variable: string, name: string): string | null {
  const file =
    process.env[variable] ?? fileURLToPath(new URL(`../../../shared/data/${name}`, import.meta.url))
  return existsSync(file) ? file : null
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
