/** Points and weights whose weighted sum is the integral over [0, 1], exactly for polynomials of degree < 2 × points. */
export interface Quadrature {
  readonly points: Float64Array
  readonly weights: Float64Array
}

const known: Quadrature[] = []

/** Returns the Gauss–Legendre quadrature of `count` points. */
export function quadratureOf(count: number): Quadrature {
  known[count] ??= gaussLegendre(count)
  return known[count]
}

/** The roots of the Legendre polynomial, by Newton's method from Tricomi's first guess. */
function gaussLegendre(count: number): Quadrature {
  const points = new Float64Array(count)
  const weights = new Float64Array(count)
  for (let index = 0; index < count; index++) {
    let root = Math.cos((Math.PI * (index + 0.75)) / (count + 0.5))
    let slope = 1
    // Newton's method doubles the digits: 6 rounds end at the last bit.
    for (let round = 0; round < 6; round++) {
      let [before, value] = [0, 1]
      for (let degree = 1; degree <= count; degree++) {
        const next = ((2 * degree - 1) * root * value - (degree - 1) * before) / degree
        before = value
        value = next
      }
      slope = (count * (root * value - before)) / (root * root - 1)
      root -= value / slope
    }
    points[index] = (1 - root) / 2
    weights[index] = 1 / ((1 - root * root) * slope * slope)
  }
  return { points, weights }
}
