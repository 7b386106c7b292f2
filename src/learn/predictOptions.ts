import * as z from '../base/schema.js'

/** How rows are scored. */
export interface PredictOptions {
  /**
   * Threads of a model of trees, or `auto`: all processors where there is work for them. Few rows, and other models, are
   * scored on the calling thread. Integer in [1, 64]. The result is the same. Default `auto`.
   */
  readonly threads?: number | 'auto' | undefined
}

/** Rules and defaults of {@link PredictOptions}. */
export const predictOptions = z.strictObject({
  threads: z.union([z.literal('auto'), z.int().min(1).max(64)]).default('auto'),
})
