import { HoldfastError, refuse } from '../base/errors.js'
import { checkOptions } from '../base/options.js'
import * as z from '../base/schema.js'
import { logit, sigmoid } from '../base/statistics.js'

/** A band of risk: `from <= probability`, up to the next band above. */
export interface RiskBand {
  readonly name: string
  /** Lowest probability of the band, in [0, 1). */
  readonly from: number
}

/** Cuts of the default bands, in multiples of the usual odds of leaving. */
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

const givenBands = z.strictObject({ bands: riskBandsSchema })

/**
 * Returns the bands high, middle and low, cut at multiples of the usual odds of leaving.
 *
 * Odds and not probabilities are multiplied, so that the cut stays below 1 whatever the base rate. With b = base rate:
 *
 *     high     odds(p) >= 3 × odds(b)
 *     middle   odds(p) >= 1 × odds(b)
 *     low      the rest
 *
 * The bounds are fixed numbers, stored with the model: a customer's band does not depend on the others. For "the
 * riskiest tenth" sort by probability instead.
 *
 * @param baseRate share of churners, in (0, 1)
 * @returns three bands, the highest first
 * @throws {HoldfastError} `out-of-range` for an invalid base rate; `option-invalid`
 *
 * @example
 * riskBands(0.25).map((band) => band.from)
 * // => [0.5, 0.25, 0]
 */
export function riskBands(baseRate: number, options?: RiskBandOptions): readonly RiskBand[] {
  const { high, middle } = checkOptions('riskBands', bandOptions, options)
  if (!(typeof baseRate === 'number' && baseRate > 0 && baseRate < 1)) throw notAShare(baseRate)
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

function notAShare(received: unknown): HoldfastError {
  const isPercentage = typeof received === 'number' && received >= 1 && received < 100
  return new HoldfastError('riskBands', [
    {
      code: 'out-of-range',
      parameter: 'baseRate',
      rule: 'to be a share of churners, above 0 and below 1',
      received,
      ...(isPercentage ? { wayOut: `Did you mean ${received / 100}?` } : {}),
    },
  ])
}

/**
 * Returns the name of the band that a probability falls into.
 *
 * @param probability in [0, 1]
 * @param bands from the highest down, the last from 0, as from {@link riskBands}
 * @throws {HoldfastError} `out-of-range` for an invalid probability, `option-invalid` for invalid bands
 *
 * @example
 * bandOf(0.3, riskBands(0.25))
 * // => 'middle'
 */
export function bandOf(probability: number, bands: readonly RiskBand[]): string {
  const isProbability = typeof probability === 'number' && probability >= 0 && probability <= 1
  const rule = 'to be a probability, in [0, 1]'
  refuse(
    'bandOf',
    isProbability ? [] : [{ code: 'out-of-range', parameter: 'probability', rule, received: probability }],
  )
  return bandName(probability, checkOptions('bandOf', givenBands, { bands }).bands)
}

/** Like {@link bandOf}, for a checked probability and checked bands. */
export function bandName(probability: number, bands: readonly RiskBand[]): string {
  return bands.find((band) => probability >= band.from)!.name
}
