import { z } from 'zod'
import type { Progress } from '../../learn/contract.js'
import { type MeasureOptions, measureOptions } from './backtestOptions.js'

/** How rows without time are validated. */
export interface CrossValidateOptions extends MeasureOptions {
  /** Number of folds. Integer ≥ 2. Default 5. */
  readonly folds?: number
  /** How often folds are drawn anew. Integer ≥ 1. Default 1. */
  readonly repeats?: number
  /** Draw as many churners into each fold, as far as whole customers allow. Default true. */
  readonly stratified?: boolean
  /** Shape (rows): rows of one group go to the same fold, and are `ids` to `train`. Default: the customer of each row. */
  readonly groups?: ArrayLike<string | number>
  /**
   * Shape (rows), integers ≥ 0: the fold that tests each row, for a protocol of your own, such as row number % 5. With it
   * `folds`, `repeats` and `stratified` are left out.
   */
  readonly foldOf?: ArrayLike<number>
  /** Called after each fold, `done` of `total`. */
  readonly onProgress?: (progress: Progress) => void
  /** Handed to `train`, and looked at before each fold: an abort rejects with `aborted`. */
  readonly signal?: AbortSignal
}

const isList = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && typeof (value as { length?: unknown }).length === 'number'

/** Rules and defaults of {@link CrossValidateOptions}. */
export const crossValidateOptions = measureOptions.extend({
  folds: z.int().min(2).default(5),
  repeats: z.int().min(1).default(1),
  stratified: z.boolean().default(true),
  groups: z.custom<ArrayLike<string | number>>(isList, 'to be a list of texts or numbers').optional(),
  foldOf: z.custom<ArrayLike<number>>(isList, 'to be a list of integers').optional(),
})

/** Checked options of a cross-validation. */
export type CheckedCrossValidation = z.output<typeof crossValidateOptions>
