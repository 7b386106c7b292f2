import * as z from 'zod'
import { checkOptions } from '../base/options.js'

/**
 * The thresholds of the stage rules. Defaults that operators publish are marked (published); the others keep a single
 * noisy month from changing a stage.
 */
export interface StageOptions {
  /**
   * Below this age a customer is in acquisition. Complete months since activation, integer ≥ 1. Default 3 (published).
   */
  readonly acquisitionMonths?: number
  /** From this age on a customer who does not rise is mature. Months, integer ≥ 1. Default 12 (published). */
  readonly maturityMonths?: number
  /** Earlier months with which a month is compared. Integer ≥ 1. Default 3 (published). */
  readonly referenceMonths?: number
  /**
   * How many of them must be known. Integer from 1 to `referenceMonths`. Default 2, so that a new customer's drop is
   * seen.
   */
  readonly minReferenceMonths?: number
  /** A drop below the reference that, once confirmed, opens a decline. Share in (0, 1). Default 0.3 (published). */
  readonly dropShare?: number
  /** A drop that opens a decline at once. Share in (0, 1], at least `dropShare`. Default 0.6, twice the weak drop. */
  readonly strongDropShare?: number
  /**
   * A drop must also be this many times the spread of the customer's own months, capped at `strongDropShare`. At least
   * 0; 0 turns it off. Default 2.
   */
  readonly noiseMultiple?: number
  /** Earlier months from which the spread is computed, at least 5 of them known. Integer ≥ 5. Default 12. */
  readonly spreadMonths?: number
  /**
   * A change smaller than this counts as none: it ends a decline or a rise. Share in [0, 1). Default 0.15, half of the
   * drop.
   */
  readonly calmShare?: number
  /** Length of a slow fall or rise, of which one month may be missing. Months, integer ≥ 5. Default 6. */
  readonly trendMonths?: number
  /**
   * Fall along the line through `trendMonths` that, once confirmed, opens a decline; likewise a rise opens growth.
   * Share in (0, 1). Default 0.3.
   */
  readonly trendShare?: number
  /**
   * Share of all pairs of those months that must fall (rise) for a trend to count. In (0.5, 1]. Default 0.85: in six
   * months without a trend, 13 or more of the 15 pairs fall one time in 36.
   */
  readonly trendPairShare?: number
  /**
   * Months that a weak signal, or a return, must last. Integer ≥ 1. Default 2; 1 turns off the protection against
   * noise.
   */
  readonly confirmMonths?: number
  /** Calm months at a new, lower level that end a decline. Integer ≥ 1. Default 3. */
  readonly settleMonths?: number
  /** Silent months after which a customer counts as churned without a cancellation. Integer ≥ 1. Default 2. */
  readonly silentMonths?: number
  /** How to treat fewer silent months: as a decline, or not at all. Default `decline`. */
  readonly silence?: 'decline' | 'ignored'
  /** Stage of a customer of acquisition age who drops. Default `decline`. */
  readonly newCustomerDrop?: 'decline' | 'acquisition'
  /** Where returning customers start: as new ones, or by the time since activation. Default `acquisition`. */
  readonly winBack?: 'acquisition' | 'byTenure'
}

const months = (least: number, fallback: number) => z.int().min(least).default(fallback)

/** Schemas of the members of {@link StageOptions}, for every function that tags. */
export const stageOptionsShape = {
  acquisitionMonths: months(1, 3),
  maturityMonths: months(1, 12),
  referenceMonths: months(1, 3),
  minReferenceMonths: months(1, 2),
  dropShare: z.number().gt(0).lt(1).default(0.3),
  strongDropShare: z.number().gt(0).lte(1).default(0.6),
  noiseMultiple: z.number().gte(0).default(2),
  spreadMonths: months(5, 12),
  calmShare: z.number().gte(0).lt(1).default(0.15),
  trendMonths: months(5, 6),
  trendShare: z.number().gt(0).lt(1).default(0.3),
  trendPairShare: z.number().gt(0.5).lte(1).default(0.85),
  confirmMonths: months(1, 2),
  settleMonths: months(1, 3),
  silentMonths: months(1, 2),
  silence: z.enum(['decline', 'ignored']).default('decline'),
  newCustomerDrop: z.enum(['decline', 'acquisition']).default('decline'),
  winBack: z.enum(['acquisition', 'byTenure']).default('acquisition'),
}

/** {@link StageOptions}, checked and complete. */
export type CheckedStageOptions = Readonly<Required<StageOptions>>

interface OrderRule {
  readonly lower: keyof StageOptions
  readonly upper: keyof StageOptions
}

const orderRules: readonly OrderRule[] = [
  { lower: 'acquisitionMonths', upper: 'maturityMonths' },
  { lower: 'minReferenceMonths', upper: 'referenceMonths' },
  { lower: 'dropShare', upper: 'strongDropShare' },
  { lower: 'calmShare', upper: 'dropShare' },
  { lower: 'calmShare', upper: 'trendShare' },
]

/** Adds the rules between options: "to be at most maturityMonths". */
export function withStageOrder<Shape extends z.ZodType>(schema: Shape): Shape {
  return schema.superRefine((options, context) => {
    const values = options as Record<string, number>
    for (const { lower, upper } of orderRules) {
      if (values[lower]! <= values[upper]!) continue
      context.addIssue({
        code: 'custom',
        path: [lower],
        message: `to be at most ${upper} (${values[upper]})`,
      })
    }
  }) as Shape
}

const schema = withStageOrder(z.strictObject(stageOptionsShape))

/** Returns the options with defaults filled in. @throws {HoldfastError} `option-invalid`, `option-unknown` */
export function checkStageOptions(operation: string, options: StageOptions | undefined): CheckedStageOptions {
  return checkOptions(operation, schema, options)
}
