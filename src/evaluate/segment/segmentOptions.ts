import { z } from 'zod'
import { measureOptions } from '../backtest/backtestOptions.js'
import { type GroupOptions, groupOptions } from '../interval/customerGroups.js'
import type { MetricName } from '../metrics.js'
import type { WeightOptions } from '../rows/checkedOutcomes.js'
import { weightOptions } from '../rows/checkedOutcomes.js'
import { type PredictedBy, predictedByRule } from '../trainedRowNotes.js'

/** How customers are cut into segments, and what is measured. */
export interface SegmentOptions extends WeightOptions, GroupOptions {
  /** One attribute, or two to be crossed. Default: those given, where they are one or two. */
  readonly by?: string | readonly string[]
  /** Metrics that are one number and have an interval. Default `rocAuc` and `brierScore`. */
  readonly metrics?: readonly MetricName[]
  /** Bands of about equally many customers that numbers are cut into. Integer ≥ 2. Default 4; fewer distinct values are
   *  bands of their own. */
  readonly bands?: number
  /** Own bands: per attribute the first number of each band but the first, ascending. `{ tenure: [6, 12, 24] }`. */
  readonly edges?: Readonly<Record<string, readonly number[]>>
  /** Segments of fewer churners, or fewer who stayed, are merged. Integer ≥ 1. Default 30. */
  readonly minimumChurners?: number
  /** Segments of fewer customers are merged. Integer ≥ 1. Default 100. */
  readonly minimumCustomers?: number
  /** What made the predictions, of which rows: left out, nobody can tell whether a model was trained on these rows. */
  readonly predictedBy?: PredictedBy
  /** Level of the intervals, and of the worst segments together, in (0, 1). Default 0.95. */
  readonly level?: number
  /** Resamples behind the intervals. Integer ≥ 20. Default as in `bootstrapInterval`. */
  readonly resamples?: number
  /** Seed of resampling; any 32-bit integer. Default 1. */
  readonly seed?: number
}

const ascending = (edges: readonly number[]): boolean =>
  edges.every((edge, place) => place === 0 || edge > edges[place - 1]!)

/** Rules and defaults of {@link SegmentOptions}. */
export const segmentOptions = weightOptions.extend({
  ...groupOptions.shape,
  by: z
    .union([z.string(), z.array(z.string()).min(1).max(2)])
    .describe('the name of an attribute, or one or two in a list')
    .optional(),
  metrics: measureOptions.shape.metrics.unwrap().default(['rocAuc', 'brierScore']),
  bands: z.int().min(2).default(4),
  edges: z.record(z.string(), z.array(z.number()).min(1).refine(ascending, 'to be ascending')).default({}),
  minimumChurners: z.int().min(1).default(30),
  minimumCustomers: z.int().min(1).default(100),
  predictedBy: predictedByRule,
  level: measureOptions.shape.level,
  resamples: measureOptions.shape.resamples,
  seed: measureOptions.shape.seed,
})

/** Checked options of a table by segment. */
export type CheckedSegments = z.output<typeof segmentOptions>
