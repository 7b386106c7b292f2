import { type EpochDay, formatDay } from '../../base/days.js'
import { HoldfastError } from '../../base/errors.js'
import { type PercentileReference, percentileIn } from '../percentileReference.js'

/**
 * Returns the percentile of a value as of a cutoff, from the latest reference made by then.
 *
 * @param references of one feature
 * @returns NaN = missing
 * @throws {HoldfastError} `data-leak` if all references are later than the cutoff
 */
export function percentileAsOf(
  references: readonly PercentileReference[],
  cutoff: EpochDay,
  value: number,
  within: string | null,
): number {
  let latest: PercentileReference | undefined
  for (const reference of references) {
    if (reference.cutoff > cutoff || (latest !== undefined && reference.cutoff <= latest.cutoff)) continue
    latest = reference
  }
  if (latest === undefined) throw referenceLater(references[0]!, cutoff)
  return percentileIn(latest, Number.isNaN(value) ? null : value, within) ?? Number.NaN
}

function referenceLater({ feature, cutoff: made }: PercentileReference, cutoff: EpochDay): HoldfastError {
  return new HoldfastError('features', [
    {
      code: 'data-leak',
      parameter: `the reference of ${feature}`,
      rule: `to be of the cutoff (${formatDay(cutoff)}) or earlier`,
      received: formatDay(made),
      wayOut: 'Add a reference of an earlier cutoff, or ask as of a later day.',
    },
  ])
}
