import { isMissing } from '../base/bitmap.js'
import type { NumberColumn } from '../base/matrix.js'
import type { Reading } from './changeTracker.js'
import type { CheckedStageOptions } from './stageOptions.js'
import { type Trend, trendOf } from './trend.js'

/** With fewer months the median step may be the one odd step. */
const fewestForSpread = 5

/**
 * Reads one signal row by row, one row per month, looking only back and never before the customer's first row.
 *
 * The reference of a fall is the lower of mean and median of the `referenceMonths` before, that of a rise the higher.
 * The published definition uses only the mean; but one odd bill of 2.5 times the usual would put the next three months
 * 30 % "below the mean", and a single noisy month must not change a stage.
 */
export class SignalReader implements Reading {
  /** The last row read; −1 before the first. */
  row = -1
  value = 0
  fallReference = 0
  riseReference = 0
  spread = 0
  trend: Trend = { share: 0, start: 0, end: 0 }

  readonly #levels: Float64Array
  readonly #months: Int32Array
  readonly #values: Float64Array
  readonly #steps: Float64Array

  /**
   * @param signal value of every row
   * @param baseLevel level of the whole base in the row's month, above 0; the signal is divided by it
   */
  constructor(
    readonly signal: NumberColumn,
    readonly baseLevel: Float64Array | null,
    readonly options: CheckedStageOptions,
  ) {
    this.#levels =
      baseLevel === null ? signal.values : signal.values.map((value, row) => value / baseLevel[row]!)
    const longest = Math.max(options.trendMonths, options.referenceMonths, options.spreadMonths)
    this.#months = new Int32Array(longest)
    this.#values = new Float64Array(longest)
    this.#steps = new Float64Array(longest)
  }

  /** Reads a row, never looking before `lifeStart`. Returns false if the signal is not known in it. */
  read(row: number, lifeStart: number): boolean {
    if (isMissing(this.signal.missing, row)) return false
    this.row = row
    this.value = this.#levels[row]!
    this.#readReferences(row, lifeStart)
    this.#readSpread(row, lifeStart)
    this.#readTrend(row, lifeStart)
    return true
  }

  #readReferences(row: number, lifeStart: number): void {
    const { referenceMonths, minReferenceMonths } = this.options
    const count = this.#collect(row - referenceMonths, row - 1, lifeStart)
    this.fallReference = 0
    this.riseReference = 0
    if (count < minReferenceMonths) return
    const values = this.#values.subarray(0, count)
    let mean = 0
    for (const value of values) mean += value / count
    values.sort()
    this.fallReference = Math.min(mean, values[(count - 1) >> 1]!)
    this.riseReference = Math.max(mean, values[count >> 1]!)
  }

  // The median of the month-to-month steps: a slow change hardly affects it, and a single odd month only makes
  // two steps. 1.4826 turns the median of normal errors into a standard deviation; a step has the error of two
  // months.
  #readSpread(row: number, lifeStart: number): void {
    const count = this.#collect(row - this.options.spreadMonths, row - 1, lifeStart)
    this.spread = 0
    if (count < fewestForSpread) return
    const steps = this.#steps.subarray(0, count - 1)
    for (let index = 0; index < steps.length; index++) {
      steps[index] = Math.abs(this.#values[index + 1]! - this.#values[index]!)
    }
    steps.sort()
    const middle = (steps[(steps.length - 1) >> 1]! + steps[steps.length >> 1]!) / 2
    this.spread = (1.4826 / Math.SQRT2) * middle
  }

  #readTrend(row: number, lifeStart: number): void {
    const { trendMonths, trendPairShare, referenceMonths } = this.options
    const count = this.#collect(row - trendMonths + 1, row, lifeStart)
    // One month may be missing; with fewer, a single odd month would tilt the line.
    const pairShare = count >= trendMonths - 1 ? trendPairShare : Number.POSITIVE_INFINITY
    this.trend = trendOf(this.#months, this.#values, count, pairShare, referenceMonths)
  }

  #collect(first: number, last: number, lifeStart: number): number {
    let count = 0
    for (let row = Math.max(first, lifeStart); row <= last; row++) {
      if (isMissing(this.signal.missing, row)) continue
      this.#months[count] = row
      this.#values[count] = this.#levels[row]!
      count++
    }
    return count
  }
}
