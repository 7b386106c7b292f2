import { compiled, incbet, incbi, ndtr, ndtri, stdtr, stdtri } from 'cephes'

// The ECMAScript module of cephes compiles its WebAssembly after loading (about 20 ms): its functions do not
// exist before. Importing this module waits for them.
await compiled

/** Returns P(Z ≤ z) of a standard normal Z. */
export function normalCumulative(z: number): number {
  // cephes returns NaN at both ends.
  if (Math.abs(z) === Number.POSITIVE_INFINITY) return z > 0 ? 1 : 0
  return ndtr(z)
}

/** Returns z with P(Z ≤ z) = `share`, share in (0, 1), of a standard normal Z. */
export const normalQuantile: (share: number) => number = ndtri

/** Returns P(T ≤ t) of a Student T with a whole number of degrees of freedom. */
export const studentCumulative: (degreesOfFreedom: number, t: number) => number = stdtr

/** Returns t with P(T ≤ t) = `share`, share in (0, 1), of a Student T. */
export const studentQuantile: (degreesOfFreedom: number, share: number) => number = stdtri

/** Returns P(B ≤ share) for B from Beta(alpha, beta): the regularised incomplete beta function. */
export const betaCumulative: (alpha: number, beta: number, share: number) => number = incbet

/** Returns the quantile of Beta(alpha, beta) at a probability. */
export const betaQuantile: (alpha: number, beta: number, chance: number) => number = incbi
