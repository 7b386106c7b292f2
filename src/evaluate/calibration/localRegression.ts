/** Observations at ascending places, each standing for as many as its weight. */
export interface Observations {
  /** Shape (m), strictly ascending. */
  readonly x: Float64Array
  /** Shape (m): mean of what was observed there. */
  readonly y: Float64Array
  /** Shape (m), above 0. */
  readonly weight: Float64Array
}

/** What is left of a sum below this part of it is rounding, and carries no further degree. */
const leastLeft = 1e-12

/**
 * Returns a local quadratic regression at one place: `loess(y ~ x, degree = 2, family = "gaussian")` of R.
 *
 * A parabola is fitted by least squares to the nearest `neighbours` observations, each with the tricube weight
 * (1 − (distance / width)³)³, width = distance of the farthest of them; its value at the place is the answer. Where
 * they lie at two places only the line through both is taken, at one place the mean there.
 *
 * @param neighbours weight of the observations to be used, above 0, at most the weight of all
 * @see Cleveland and Devlin (1988), Journal of the American Statistical Association 83
 */
export function localRegression(observations: Observations, neighbours: number, at: number): number {
  const { x, y, weight } = observations
  const { from, to, width } = neighbourhood(observations, neighbours, at)
  // Sums of kernel · z^k and kernel · z^k · y, with z = (x − at) / width, so that the value at z = 0 is wanted.
  const powers = [0, 0, 0, 0, 0]
  const products = [0, 0, 0]
  for (let index = from; index < to; index++) {
    const z = width === 0 ? 0 : (x[index]! - at) / width
    const distance = Math.abs(z)
    if (distance >= 1) continue
    const tricube = 1 - distance * distance * distance
    let term = weight[index]! * tricube * tricube * tricube
    for (let power = 0; power < 5; power++, term *= z) {
      powers[power]! += term
      if (power < 3) products[power]! += term * y[index]!
    }
  }
  return valueAtZero(powers as Powers, products as [number, number, number])
}

type Powers = [number, number, number, number, number]

/** Returns the rows [from, to) of the nearest observations and the distance of the farthest of them. */
function neighbourhood(
  { x, weight }: Observations,
  neighbours: number,
  at: number,
): { readonly from: number; readonly to: number; readonly width: number } {
  let to = firstFrom(x, at)
  let from = to
  let width = 0
  // Sums of fractional weights may miss the total by their last digits.
  for (let left = neighbours * (1 - 1e-12); left > 0; ) {
    const below = from > 0 ? at - x[from - 1]! : Infinity
    const above = to < x.length ? x[to]! - at : Infinity
    if (below === Infinity && above === Infinity) break
    width = Math.min(below, above)
    left -= below <= above ? weight[--from]! : weight[to++]!
  }
  return { from, to, width }
}

/** Returns the first index whose place is not below `at`. */
function firstFrom(x: Float64Array, at: number): number {
  let low = 0
  let high = x.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (x[middle]! < at) low = middle + 1
    else high = middle
  }
  return low
}

/** Solves the normal equations by orthogonal polynomials 1, z − a, (z − b)(z − a) − c, degree after degree. */
function valueAtZero([s0, s1, s2, s3, s4]: Powers, [t0, t1, t2]: [number, number, number]): number {
  const a = s1 / s0
  const mean = t0 / s0
  const spread = s2 - a * s1
  if (spread <= leastLeft * s2) return mean
  const slope = (t1 - a * t0) / spread
  const line = mean - slope * a
  // z² less its projection on 1 and z − a
  const onSlope = (s3 - a * s2) / spread
  const onMean = s2 / s0
  const curved = s4 - onMean * s2 - onSlope * (s3 - a * s2)
  if (curved <= leastLeft * s4) return line
  const curvature = (t2 - onMean * t0 - onSlope * (t1 - a * t0)) / curved
  return line + curvature * (onSlope * a - onMean)
}
