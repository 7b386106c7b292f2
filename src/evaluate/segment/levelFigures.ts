import { normalQuantile } from '../../base/distributions.js'
import { logit, sigmoid } from '../../base/statistics.js'
import { calibrationLineOf, lineProblem } from '../calibration/calibrationLine.js'
import type { Interval } from '../interval/bootstrapInterval.js'
import type { MeasuredRows } from '../measureRows.js'
import type { RankedOutcomes } from '../rows/rankedOutcomes.js'

/** A ratio on the scale on which its error is symmetric. */
export interface LogRatio {
  readonly logRatio: number
  readonly standardError: number
}

/**
 * Returns ln(observed / expected churners) with a standard error that knows that a customer's rows belong together; null
 * without churners, and where nobody is expected to churn.
 *
 *     R = Σ w·y / Σ w·p,     se(ln R) = √( Σ over customers (Σ w·(y − R·p))² ) / Σ w·y
 */
export function observedToExpected({
  probability,
  outcome,
  weight,
  customers,
}: MeasuredRows): LogRatio | null {
  let observed = 0
  let expected = 0
  for (let row = 0; row < outcome.length; row++) {
    const share = weight === null ? 1 : weight[row]!
    observed += share * outcome[row]!
    expected += share * probability[row]!
  }
  if (observed === 0 || expected === 0) return null
  const ratio = observed / expected
  const squares = squaresByCustomer(customers, (row) => {
    return (weight === null ? 1 : weight[row]!) * (outcome[row]! - ratio * probability[row]!)
  })
  return { logRatio: Math.log(ratio), standardError: Math.sqrt(squares) / observed }
}

/** Returns the ratio with its interval. */
export function ratioInterval({ logRatio, standardError }: LogRatio, level: number): Interval {
  const half = normalQuantile((1 + level) / 2) * standardError
  return { value: Math.exp(logRatio), lower: Math.exp(logRatio - half), upper: Math.exp(logRatio + half) }
}

/**
 * Returns the log odds a to be added to the predictions, with its interval; null where it is not defined.
 *
 *     logit P(churn) = a + logit(p) by maximum likelihood, q = the probabilities so moved
 *     se(a) = √( Σ over customers (Σ w·(y − q))² ) / Σ w·q·(1 − q)
 */
export function calibrationInTheLarge(
  { probability, outcome, weight, customers }: MeasuredRows,
  ranked: RankedOutcomes,
  level: number,
): Interval | null {
  if (lineProblem(ranked) !== null) return null
  const value = calibrationLineOf(ranked).interceptAtSlopeOne
  const moved = probability.map((p) => sigmoid(logit(p) + value))
  let information = 0
  for (let row = 0; row < outcome.length; row++) {
    information += (weight === null ? 1 : weight[row]!) * moved[row]! * (1 - moved[row]!)
  }
  const squares = squaresByCustomer(
    customers,
    (row) => (weight === null ? 1 : weight[row]!) * (outcome[row]! - moved[row]!),
  )
  const half = (normalQuantile((1 + level) / 2) * Math.sqrt(squares)) / information
  return { value, lower: value - half, upper: value + half }
}

function squaresByCustomer(customers: MeasuredRows['customers'], term: (row: number) => number): number {
  const sums = new Map<string | number, number>()
  customers.forEach((customer, row) => {
    sums.set(customer, (sums.get(customer) ?? 0) + term(row))
  })
  let squares = 0
  for (const sum of sums.values()) squares += sum ** 2
  return squares
}
