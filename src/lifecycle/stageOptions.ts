import { z } from 'zod'
import { checkOptions } from '../base/options.js'

/**
 * The thresholds of the stage rules. The defaults that operators print are marked (printed); the others keep a single
 * noisy month from changing a stage.
 */
export interface StageOptions {
  /** Younger than this is acquisition. Complete months since activation, integer ≥ 1. Default 3 (printed). */
  readonly acquisitionMonths?: number
  /** From this age on a customer who does not rise is mature. Months, integer ≥ 1. Default 12 (printed). */
  readonly maturityMonths?: number
  /** How many earlier months a month is compared with. Months, integer ≥ 1. Default 3 (printed). */
  readonly referenceMonths?: number
  /** How many of them must be known. Months, integer from 1 to `referenceMonths`. Default 2, so that a new customer's drop is seen. */
  readonly minReferenceMonths?: number
  /** A drop below the reference that opens a decline, once confirmed. Share in (0, 1). Default 0.3 (printed). */
  readonly dropShare?: number
  /** A drop that is a decline at once. Share in (0, 1], at least `dropShare`. Default 0.6, twice the weak drop. */
  readonly strongDropShare?: number
  /**
   * A drop must also be so many times the spread of the customer's own months, but no more than `strongDropShare`.
   * At least 0; 0 turns it off. Default 2.
   */
  readonly noiseMultiple?: number
  /** Earlier months that the spread is taken from, at least 5 of them known. Months, integer ≥ 5. Default 12. */
  readonly spreadMonths?: number
  /** A smaller change than this counts as none: a decline or a rise ends below it. Share in [0, 1). Default 0.15, half of the drop. */
  readonly calmShare?: number
  /** Length of the slow fall or rise, of which one may be missing. Months, integer ≥ 5. Default 6. */
  readonly trendMonths?: number
  /** Fall along the line through `trendMonths` that opens a decline, once confirmed; a rise likewise opens growth. Share in (0, 1). Default 0.3. */
  readonly trendShare?: number
  /**
   * Share of all pairs of those months that must fall (rise) for a trend to count. In (0.5, 1]. Default 0.85: of six months
   * without any trend, 13 or more of the 15 pairs fall one time in 36.
   */
  readonly trendPairShare?: number
  /** Months that a weak signal, or a return, must last. Months, integer ≥ 1. Default 2; 1 turns the protection against noise off. */
  readonly confirmMonths?: number
  /** Calm months at a new, lower level after which a decline is over. Months, integer ≥ 1. Default 3. */
  readonly settleMonths?: number
  /** Silent months after which a customer counts as churned without a cancellation. Months, integer ≥ 1. Default 2. */
  readonly silentMonths?: number
  /** What fewer silent months are: a decline, or no fact of their own. Default `decline`. */
  readonly silence?: 'decline' | 'ignored'
  /** What a drop of a customer in the acquisition age is. Default `decline`. */
  readonly newCustomerDrop?: 'decline' | 'acquisition'
  /** Where a customer who comes back starts: anew, or where the time since activation puts him. Default `acquisition`. */
  readonly winBack?: 'acquisition' | 'byTenure'
}

const months = (least: number, fallback: number) => z.int().min(least).default(fallback)

/** The members of {@link StageOptions} as rules, to be part of the options of every function that tags. */
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

/** Adds the rules that hold between options: "to be at most maturityMonths". */
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
