import type { Random } from '../../base/random.js'

/**
 * Returns the number of successes in `trials` independent trials of probability `share`, share in [0, 1].
 *
 * Exact in distribution: inversion where few successes are expected, else the transformed rejection BTRS of Hörmann
 * (1993), The generation of binomial random variates. Constant expected time.
 */
export function drawBinomial(trials: number, share: number, random: Random): number {
  if (share > 0.5) return trials - drawBinomial(trials, 1 - share, random)
  if (trials === 0 || share <= 0) return 0
  return trials * share < 10 ? byInversion(trials, share, random) : byRejection(trials, share, random)
}

function byInversion(trials: number, share: number, random: Random): number {
  const odds = share / (1 - share)
  const none = Math.exp(trials * Math.log1p(-share))
  for (;;) {
    let left = random.uniform()
    let mass = none
    for (let count = 0; count <= trials; count++) {
      if (left < mass) return count
      left -= mass
      mass *= (odds * (trials - count)) / (count + 1)
    }
    // The masses add up to 1 but for rounding: a uniform number beyond their sum is drawn again.
  }
}

function byRejection(trials: number, share: number, random: Random): number {
  const deviation = Math.sqrt(trials * share * (1 - share))
  const b = 1.15 + 2.53 * deviation
  const a = -0.0873 + 0.0248 * b + 0.01 * share
  const center = trials * share + 0.5
  const squeeze = 0.92 - 4.2 / b
  const alpha = (2.83 + 5.1 / b) * deviation
  const mode = Math.floor((trials + 1) * share)
  const logOdds = Math.log(share / (1 - share))
  const atMode = logFactorial(mode) + logFactorial(trials - mode)
  for (;;) {
    const u = random.uniform() - 0.5
    const v = 1 - random.uniform()
    const us = 0.5 - Math.abs(u)
    const count = Math.floor(((2 * a) / us + b) * u + center)
    if (us >= 0.07 && v <= squeeze) return count
    if (count < 0 || count > trials) continue
    const accept = Math.log((v * alpha) / (a / (us * us) + b))
    const mass = atMode - logFactorial(count) - logFactorial(trials - count) + (count - mode) * logOdds
    if (accept <= mass) return count
  }
}

const smallFactorials = new Float64Array(16)
for (let n = 2; n < 16; n++) smallFactorials[n] = smallFactorials[n - 1]! + Math.log(n)

/** Stirling's series, right to 1e-13 from 16 on. */
function logFactorial(n: number): number {
  if (n < 16) return smallFactorials[n]!
  const x = n + 1
  const correction = (1 / 12 - (1 / 360 - 1 / (1260 * x * x)) / (x * x)) / x
  return (x - 0.5) * Math.log(x) - x + 0.9189385332046727 + correction
}
