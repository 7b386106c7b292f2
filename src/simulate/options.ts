import * as z from 'zod'
import { checkOptions } from '../base/options.js'
import { seedRule } from '../base/sharedRules.js'

/** Options of the operator simulator. */
export interface SimulateOptions {
  /**
   * Number of people who are ever a customer in the simulated time. Integer in [1, 5 000 000], default 20 000. Some
   * hold a second card or come back, so that `customers` has about a tenth more rows. Over 18 months a little more than
   * half of them are customers at any one time, and that number is roughly stable.
   */
  readonly customers?: number
  /** Number of calendar months. Integer in [2, 60], default 18. */
  readonly months?: number
  /** First month, `YYYY-MM`, from 1980-01 on. Default 2024-01. */
  readonly firstMonth?: string
  /** Seed of all randomness. Any 32-bit integer, default 1. */
  readonly seed?: number
  /** People per block: bounds the memory and sets the row groups of files; never changes a row. Default 1000. */
  readonly customersPerBlock?: number
}

/** Options after the check, defaults filled in. */
export type CheckedSimulateOptions = Readonly<z.output<typeof simulateSchema>>

const simulateSchema = z.strictObject({
  customers: z.int().min(1).max(5_000_000).default(20_000),
  months: z.int().min(2).max(60).default(18),
  firstMonth: z
    .string()
    .regex(/^(19[89]|2\d\d)\d-(0[1-9]|1[0-2])$/)
    .describe('a month written YYYY-MM, from 1980-01 on')
    .default('2024-01'),
  seed: seedRule,
  customersPerBlock: z.int().min(1).max(50_000).default(1000),
})

/** Returns the options with defaults, or refuses all that break a rule. */
export function checkSimulateOptions(operation: string, options: unknown): CheckedSimulateOptions {
  return checkOptions(operation, simulateSchema, options)
}
