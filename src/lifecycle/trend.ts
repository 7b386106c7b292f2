import { median } from 'simple-statistics'

/** The line through the last months of a signal. */
export interface Trend {
  /** Change along the line as a share of its start; negative = fall. 0 = no clear trend. */
  readonly share: number
  /** Level at the start and at the end of the line. */
  readonly start: number
  readonly end: number
}

const noTrend: Trend = { share: 0, start: 0, end: 0 }

/**
 * Returns the slow rise or fall of the values at the given months, or share 0 if too few pairs agree.
 *
 * The slope is the median of the slopes of all pairs (Theil 1950, Sen 1968), so that one odd month, above all the last,
 * does not make a trend. The line passes through the median of its first `startMonths` months (the higher of two): that
 * level does not depend on the last month, so a lower last month never makes a fall smaller.
 *
 * @param months indices of the known months, ascending
 * @param values level at each of them
 * @param count number of entries used in both
 * @param pairShare share of pairs that must agree, in (0.5, 1]
 * @param startMonths number of months in the start level
 */
export function trendOf(
  months: Int32Array,
  values: Float64Array,
  count: number,
  pairShare: number,
  startMonths: number,
): Trend {
  const pairs = (count * (count - 1)) / 2
  let rising = 0
  let falling = 0
  for (let later = 1; later < count; later++) {
    for (let earlier = 0; earlier < later; earlier++) {
      if (values[later]! > values[earlier]!) rising++
      else if (values[later]! < values[earlier]!) falling++
    }
  }
  // Most customers stop here: the slopes are only sorted if there is a trend to measure.
  if (pairs === 0 || Math.max(rising, falling) < pairShare * pairs) return noTrend

  const slope = medianSlope(months, values, count)
  const used = Math.min(startMonths, (count + 1) >> 1)
  const level = values.slice(0, used).sort()[used >> 1]!
  let position = 0
  for (let index = 0; index < used; index++) position += (months[index]! - months[0]!) / used
  if (level <= 0) return noTrend
  const start = level - slope * position
  const change = slope * (months[count - 1]! - months[0]!)
  // If a rise is so steep that its line starts below 0, it is measured against the level itself.
  return start > 0
    ? { share: change / start, start, end: start + change }
    : { share: change / level, start: level, end: level + change }
}

function medianSlope(months: Int32Array, values: Float64Array, count: number): number {
  const slopes: number[] = []
  for (let later = 1; later < count; later++) {
    for (let earlier = 0; earlier < later; earlier++) {
      slopes.push((values[later]! - values[earlier]!) / (months[later]! - months[earlier]!))
    }
  }
  return median(slopes)
}
