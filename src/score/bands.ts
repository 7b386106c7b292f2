import { z } from 'zod'
import { checkOptions } from '../base/options.js'
import { logit, sigmoid } from '../base/statistics.js'

/** A band of risk: `from <= probability`, up to the next band above. */
export interface RiskBand {
  readonly name: string
  /** Lowest probability of the band, in [0, 1). */
  readonly from: number
}

/** How the default bands are cut, in multiples of the usual odds of leaving. */
export interface RiskBandOptions {
  /** Odds of at least this many times the usual ones are high risk. Above `middle`. Default 3. */
  readonly high?: number
  /** Odds of at least this many times the usual ones are middle risk. Above 0. Default 1. */
  readonly middle?: number
}

const bandOptions = z
  .strictObject({ high: z.number().gt(0).default(3), middle: z.number().gt(0).default(1) })
  .refine((options) => options.high > options.middle, { path: ['high'], message: 'to be above middle' })

/** Shape of stored bands: from the highest down, the last from 0. */
export const riskBandsSchema = z
  .array(z.strictObject({ name: z.string().min(1), from: z.number().min(0).lt(1) }))
  .min(1)
  .refine((bands) => bands.every((band, index) => index === 0 || band.from < bands[index - 1]!.from), {
    message: 'to go from the highest band down',
  })
  .refine((bands) => bands.at(-1)?.from === 0, { message: 'to end with a band from 0' })

/**
 * Returns the bands high, middle and low, cut at multiples of the usual odds of leaving.
 *
 * Odds and not probabilities are multiplied, so that the cut stays below 1 whatever the base rate. With b = base rate:
 *
 *     high     odds(p) >= 3 × odds(b)
 *     middle   odds(p) >= 1 × odds(b)
 *     low      the rest
 *
 * The bounds are fixed numbers once made, and stored with the model: the same customer stays in the same band while
 * the others change. For "the riskiest tenth" sort by probability instead.
 *
 * @param baseRate share of churners, in (0, 1)
 * @returns three bands, the highest first
 * @throws {HoldfastError} `option-invalid`
 *
 * @example
 * riskBands(0.25).map((band) => band.from)
 * // => [0.5, 0.25, 0]
 */
export function riskBands(baseRate: number, options?: RiskBandOptions): readonly RiskBand[] {
  const { high, middle } = checkOptions('riskBands', bandOptions, options)
  const usual = logit(baseRate)
  return [
    { name: 'high', from: bound(usual, high) },
    { name: 'middle', from: bound(usual, middle) },
    { name: 'low', from: 0 },
  ]
}

// The bounds are rounded so that model files and messages show 0.25 and not 0.24999999999999997.
function bound(usualMargin: number, multiple: number): number {
  return Number(sigmoid(usualMargin + Math.log(multiple)).toPrecision(12))
}

/** Returns the name of the band that a probability falls into. */
export function bandOf(probability: number, bands: readonly RiskBand[]): string {
  return (bands.find((band) => probability >= band.from) ?? bands.at(-1)!).name
}
