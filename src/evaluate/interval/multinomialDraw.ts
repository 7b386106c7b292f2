import type { Random } from '../../base/random.js'

/** Fills the counts of a stretch of units with one draw, with replacement, of as many as there are. */
export type DrawUnits = (times: DrawnTimes, random: Random) => void

/** How often each unit is drawn: 32 bits where the draws fit in them. */
export type DrawnTimes = Int32Array | Float64Array

/** The most draws whose counts fit in 32 bits. */
export const mostWordDraws = 2 ** 31 - 1

// 1000 resamples of 100,000 units: a place each is drawn in 4 to 15 ns, a binomial count takes 250 to 350 ns however
// many it stands for.
const copiesWorthABinomial = 16
const drawnTogether = 4096

/** True where a place is drawn for each copy of the units, in place of a count for each unit. */
export function drawsPlaces(draws: number, units: number): boolean {
  return draws <= copiesWorthABinomial * units
}

/** Returns how many copies units have. */
export function copiesOf(copies: Float64Array, first: number, end: number): number {
  let sum = 0
  for (let unit = first; unit < end; unit++) sum += copies[unit]!
  return sum
}

/** Returns the multinomial draw of the units from `first` to before `end`. O(the smaller of draws and 16 · units). */
export function multinomialDraw(copies: Float64Array, first: number, end: number): DrawUnits {
  const draws = copiesOf(copies, first, end)
  if (!drawsPlaces(draws, end - first)) return binomialDraw(copies, first, end, draws)
  const isEach = draws === end - first
  const timesOfPlace = new Int32Array(isEach ? 0 : draws)
  const drawn = new Uint32Array(Math.min(draws, drawnTogether))
  // The product favours no place by more than draws / 2^32, less than a resample can show; a remainder, which needs a
  // division, takes three times as long.
  const scale = draws / 4_294_967_296
  return (times, random) => {
    const places = isEach ? times.subarray(first, end) : timesOfPlace
    places.fill(0)
    for (let left = draws; left > 0; left -= drawn.length) {
      const numbers = left < drawn.length ? drawn.subarray(0, left) : drawn
      random.uint32s(numbers)
      for (let index = 0; index < numbers.length; index++) places[Math.floor(numbers[index]! * scale)]! += 1
    }
    if (isEach) return
    for (let unit = first, place = 0; unit < end; unit++) {
      const after = place + copies[unit]!
      let sum = 0
      for (; place < after; place++) sum += places[place]!
      times[unit] = sum
    }
  }
}

/** The count of each unit given those before it is binomial. */
function binomialDraw(copies: Float64Array, first: number, end: number, draws: number): DrawUnits {
  return (times, random) => {
    let left = draws
    let copiesLeft = draws
    for (let unit = first; unit < end; unit++) {
      const isLast = unit === end - 1
      times[unit] = isLast ? left : drawBinomial(left, copies[unit]! / copiesLeft, random)
      left -= times[unit]!
      copiesLeft -= copies[unit]!
    }
  }
}

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
