import * as z from 'zod'

/** What a file of another library does not say, and how much of it to take. */
export interface ImportOptions {
  /**
   * Share of churners that the model was trained on, in (0, 1): risk bands begin from it. Default: the probability at
   * the mean margin of training, which lies near it.
   */
  readonly baseRate?: number | undefined
  /**
   * Rounds of trees to keep, integer from 1 to the rounds of the file. Default: up to the best iteration where the
   * file names one (early stopping of XGBoost), else all.
   */
  readonly rounds?: number | undefined
  /**
   * Texts of the categories of a feature in the order of their codes 0, 1, 2, …: for models that were trained on codes.
   * Default: the texts in the file; where it has none, the codes themselves, written as texts.
   */
  readonly categories?: Readonly<Record<string, readonly string[]>> | undefined
  /** Longer texts are refused before anything of them is read. Characters, integer ≥ 1. Default 268435456. */
  readonly maxCharacters?: number | undefined
}

/** Rules and defaults of {@link ImportOptions}. */
export const importOptions = z.strictObject({
  baseRate: z.number().gt(0).lt(1).optional(),
  rounds: z.int().min(1).optional(),
  categories: z.record(z.string(), z.array(z.string()).min(1)).default({}),
  maxCharacters: z.int().min(1).default(268_435_456),
})

/** Options with their defaults. */
export type CheckedImportOptions = z.output<typeof importOptions>
