import { checkArguments } from '../../base/arguments.js'
import { HoldfastError, type Problem } from '../../base/errors.js'
import { groupNumbers } from '../../base/groupNumbers.js'
import { checkTogether } from '../../base/options.js'
import { seededRandom } from '../../base/random.js'
import { groupsRule } from '../../base/sharedRules.js'
import type { Interval } from './bootstrapInterval.js'
import {
  type GroupOptions,
  groupProblems,
  type ResampleOptions,
  resampleOptions,
} from './bootstrapOptions.js'
import { percentileLimits } from './intervalLimits.js'

/** A figure of rows that weigh so many times, such as any metric of holdfast with its option `weight`. */
export type WeightedFigure = (weight: Float64Array) => number

/** How the uncertainty of a figure is found. */
export interface WeightedResampleOptions extends GroupOptions, ResampleOptions {
  /** Number of resamples. Integer ≥ 20. Default 500. */
  readonly resamples?: number
}

const weightedResampleOptions = resampleOptions.extend({
  groups: groupsRule,
  resamples: resampleOptions.shape.resamples.unwrap().default(500),
})

/**
 * Returns any figure with the percentile interval of a bootstrap over customers.
 *
 * Use it for the metrics that `bootstrapInterval` does not know: of time to churn, of treatment data, of your own. For
 * the others take `bootstrapInterval`, which is faster and corrects for what it knows about the metric. Like all
 * intervals it says how much the figure would move with other customers of the same kind.
 *
 * Each resample draws as many customers as there are, with replacement, and gives the figure how often each row was
 * drawn, as its weight. The limits are the (1 − level)/2 and (1 + level)/2 quantiles (type 6, as in `bootstrapInterval`) of the figures. Rows with
 * weights of their own: multiply these in. No width means that no customer at hand speaks against the value, not that the value
 * is certain: what other figures may be is known of the metrics of `bootstrapInterval` only.
 *
 * @param rowCount number of rows, at least 2
 * @param figureOf the figure of rows with these weights, shape (rows), whole numbers ≥ 0; not to be kept or written to
 * @returns value with all weights 1, lower and upper limit; the same for the same seed and order of rows
 * @throws {HoldfastError} `out-of-range` if there is one customer only, or a resample has no figure; `length-differs`,
 *   `option-invalid`, `option-unknown`: all at once
 *
 * `resamples` times the figure.
 *
 * @example
 * const rows = Array.from({ length: 100 }, (_, row) => row)
 * const [risk, duration, churned] = [rows.map((row) => (row * 37) % 100), rows.map((row) => 101 - row), rows.map((row) => row % 2)]
 * const interval = intervalByWeights(100, (weight) => concordance(risk, duration, churned, { weight }))
 * interval.lower < interval.value && interval.value < interval.upper
 * // => true
 *
 * @see Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 13
 * @see {@link bootstrapInterval}
 */
export function intervalByWeights(
  rowCount: number,
  figureOf: WeightedFigure,
  options?: WeightedResampleOptions,
): Interval {
  checkArguments('intervalByWeights', ['figureOf', figureOf, 'function'])
  const operation = 'intervalByWeights'
  const { groups, resamples, level, seed } = checkTogether(
    operation,
    weightedResampleOptions,
    options,
    [],
    (checked) => drawProblems(rowCount, checked?.groups),
  )
  const customerOf =
    groups === undefined ? Int32Array.from({ length: rowCount }, (_, row) => row) : groupNumbers(groups)
  const customers = customerOf.reduce((most, own) => Math.max(most, own)) + 1
  const value = figureOf(new Float64Array(rowCount).fill(1))
  const random = seededRandom(seed)
  const [drawn, weight] = [new Float64Array(customers), new Float64Array(rowCount)]
  const figures = Float64Array.from({ length: resamples }, (_, resample) => {
    drawn.fill(0)
    for (let draw = 0; draw < customers; draw++) drawn[random.integer(customers)]! += 1
    for (let row = 0; row < rowCount; row++) weight[row] = drawn[customerOf[row]!]!
    return figureOfResample(operation, figureOf, weight, resample)
  })
  const [lower, upper] = percentileLimits(figures.sort(), level)
  return { value, lower, upper }
}

function drawProblems(rowCount: number, groups: ArrayLike<string | number> | undefined): Problem[] {
  if (!(Number.isInteger(rowCount) && rowCount >= 2)) {
    const rule = 'to be an integer of at least 2'
    return [{ code: 'out-of-range', parameter: 'rowCount', rule, received: rowCount }]
  }
  return groupProblems(groups, { length: rowCount }, undefined)
}

function figureOfResample(
  operation: string,
  figureOf: WeightedFigure,
  weight: Float64Array,
  resample: number,
): number {
  let figure = Number.NaN
  let cause: unknown
  try {
    figure = figureOf(weight)
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error
    cause = error
  }
  if (Number.isFinite(figure)) return figure
  const problem = {
    code: 'out-of-range',
    parameter: 'figureOf',
    rule: `to have a finite value on every resample, unlike on number ${resample + 1}`,
    ...(cause === undefined ? { received: figure } : {}),
    wayOut: 'Take more customers: a resample has other ones, and some of them twice.',
  } as const
  throw new HoldfastError(operation, [problem], cause === undefined ? {} : { cause })
}
