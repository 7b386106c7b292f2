import { betaQuantile } from '../../base/distributions.js'
import { type RankedOutcomes, total } from '../rows/rankedOutcomes.js'
import type { Limits } from './intervalLimits.js'
import type { ResampleUnits } from './resampleUnits.js'

/** Figure of the sorted forms of one model, or of two. */
type FigureOfForms = (ranked: readonly RankedOutcomes[]) => number

/** Resamples that agree to so many digits differ by rounding only. */
const asExact = 1e-9

/**
 * Returns the limits widened by what no customer at hand shows, where resamples agree on the lowest or the highest figure.
 *
 * A resample repeats what was seen: if all churners rank above all stayers, they do so in every resample, and the
 * interval would have no width. But k customers who all behave alike exclude only that more than 1 − ((1 − level)/2)^(1/k) of
 * their class behave otherwise (Clopper and Pearson 1934; at 95 % about 3.7 / k). So each limit reaches at least as far
 * as the figure with this share of a class ranked first, or last, by one of the models. Only the side that resamples
 * cannot see is widened: below figures that agree at the top, above those that agree at the bottom.
 *
 * Two models that rank all rows alike do so on any customers.
 *
 * @param sorted figures of the resamples, ascending
 * @param range what the figure can be at all; no limit lies outside
 */
export function withUnseenCustomers(
  [lower, upper]: Limits,
  sorted: Float64Array,
  level: number,
  customers: UnseenCustomers,
  range: Limits = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
): Limits {
  // Sums of shares miss 1 by their last digits.
  const inRange = (limit: number): number => Math.min(Math.max(limit, range[0]), range[1])
  const least = Math.max(2, ((1 - level) / 2) * sorted.length)
  const [first, last] = [sorted[0]!, sorted.at(-1)!]
  const near = asExact * Math.max(1, Math.abs(first), Math.abs(last))
  const atTop = sorted.length - sorted.findIndex((figure) => figure >= last - near) >= least
  const atBottom = sorted[Math.ceil(least) - 1]! <= first + near
  const [places, ...others] = customers.units.groups
  const areAlike = others.some((other) => other.every((place, row) => place === places![row]))
  const figures = (atTop || atBottom) && !areAlike ? figuresWithUnseen(customers, level) : []
  return [
    inRange(atTop ? Math.min(lower, ...figures) : lower),
    inRange(atBottom ? Math.max(upper, ...figures) : upper),
  ]
}

/** Whose figure it is. */
export interface UnseenCustomers {
  readonly figureOf: FigureOfForms
  readonly ranked: readonly RankedOutcomes[]
  readonly units: ResampleUnits
}

/**
 * Returns the figure with a share of each class moved to each end of the ranking of each model.
 *
 * Where that changes nothing, as with a threshold above all probabilities, the ends are beyond those at hand: 1 and 0. Equal
 * probabilities for all have no ends, and their figures hold for any customers.
 */
function figuresWithUnseen({ figureOf, ranked, units }: UnseenCustomers, level: number): number[] {
  const shares = (['churned', 'stayed'] as const).map(
    (side) => [side, 1 - betaQuantile(customersOf(units, side), 1, (1 - level) / 2)] as const,
  )
  const moved = (forms: readonly RankedOutcomes[]): number[] =>
    shares.flatMap(([side, share]) =>
      forms.flatMap((form, model) =>
        [0, form.probability.length - 1].map((group) =>
          figureOf(forms.with(model, withMoved(form, side, share, group))),
        ),
      ),
    )
  const value = figureOf(ranked.map((form) => ({ ...form, wholeWeights: false })))
  const figures = moved(ranked)
  if (figures.some((figure) => Math.abs(figure - value) > asExact)) return figures
  return moved(ranked.map((form) => (form.probability.length === 1 ? form : withOuterGroups(form))))
}

function withOuterGroups(form: RankedOutcomes): RankedOutcomes {
  const between = (values: Float64Array, first: number): Float64Array => Float64Array.of(first, ...values, 0)
  return {
    ...form,
    probability: between(form.probability, 1),
    churned: between(form.churned, 0),
    stayed: between(form.stayed, 0),
  }
}

function withMoved(
  form: RankedOutcomes,
  side: 'churned' | 'stayed',
  share: number,
  group: number,
): RankedOutcomes {
  const counts = form[side].map((count) => count * (1 - share))
  counts[group]! += share * total(form[side])
  return { ...form, [side]: counts, wholeWeights: false }
}

/** Returns how many of the drawn units have a row of the class that fewer have. */
export function rarerClass(units: ResampleUnits): number {
  return Math.min(customersOf(units, 'churned'), customersOf(units, 'stayed'))
}

/** Returns how many of the drawn units have a row of the class. */
function customersOf({ copies, rowStart, churned }: ResampleUnits, side: 'churned' | 'stayed'): number {
  const kind = side === 'churned' ? 1 : 0
  let count = 0
  for (let unit = 0; unit < copies.length; unit++) {
    if (churned.subarray(rowStart[unit], rowStart[unit + 1]).includes(kind)) count += copies[unit]!
  }
  return count
}
