// Tolerance for equal sums: 9 decimals, as everywhere, and 12 digits of the larger one, because sums of cents
// above some millions carry more noise than 9 decimals: 3333333.3 + 6666666.8 is not 10000000.1.
const noise = 5e-10
const relativeNoise = 1e-12

/** True if an amount due exceeds what settles it, beyond floating-point noise. */
export function isOpen(due: number, settled: number): boolean {
  return due - settled > noise + relativeNoise * Math.abs(due)
}

/** Returns {@link isOpen} as an SQL condition on two expressions of doubles. */
export function isOpenSql(due: string, settled: string): string {
  return `${due} - (${settled}) > ${noise} + ${relativeNoise} * abs(${due})`
}
