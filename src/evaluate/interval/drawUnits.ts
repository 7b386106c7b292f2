import type { Random } from '../../base/random.js'
import { drawBinomial } from './drawBinomial.js'

/** Fills the counts of a stretch of units with one draw, with replacement, of as many as there are. */
export type DrawUnits = (times: Int32Array, random: Random) => void

// 1000 resamples of 100,000 units: a place each is drawn in 13 to 45 ns, a binomial count takes 250 to 350 ns however
// many it stands for.
const copiesWorthABinomial = 16

/** Returns the multinomial draw of the units from `first` to before `end`. O(the smaller of draws and 16 · units). */
export function multinomialDraw(copies: Float64Array, first: number, end: number): DrawUnits {
  let draws = 0
  for (let unit = first; unit < end; unit++) draws += copies[unit]!
  if (draws > copiesWorthABinomial * (end - first)) return binomialDraw(copies, first, end, draws)
  const unitAt = new Int32Array(draws)
  for (let unit = first, place = 0; unit < end; unit++) {
    unitAt.fill(unit, place, place + copies[unit]!)
    place += copies[unit]!
  }
  // The product favours no place by more than draws / 2^32, less than a resample can show; a remainder, which needs a
  // division, takes three times as long.
  const scale = draws / 4_294_967_296
  return (times, random) => {
    times.fill(0, first, end)
    for (let drawn = 0; drawn < draws; drawn++) times[unitAt[Math.floor(random.uint32() * scale)]!]! += 1
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
