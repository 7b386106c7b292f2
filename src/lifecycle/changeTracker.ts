import type { Trend } from './trend.js'

/** One signal at the end of a month. */
export interface Reading {
  /** Level of the month. */
  readonly value: number
  /** Level of the months before it, from which a fall is measured; 0 if too few are known or all were 0. */
  readonly fallReference: number
  /** The same for a rise. */
  readonly riseReference: number
  /** Usual difference between the customer's successive months, as a standard deviation; 0 if too few are known. */
  readonly spread: number
  readonly trend: Trend
}

/** The thresholds of one direction. */
export interface ChangeRule {
  /** −1 follows falls, 1 follows rises. */
  readonly direction: -1 | 1
  /** Infinity if only a trend, not a step, is a change. */
  readonly weakShare: number
  readonly strongShare: number
  /** For customers with a large spread, thresholds are widened: once it exceeds `noiseFrom`, at most `widest` times. */
  readonly noiseFrom: number
  readonly widest: number
  readonly trendShare: number
  readonly calmShare: number
  /** A change must also be this many times the customer's own spread. */
  readonly noiseMultiple: number
  readonly confirmMonths: number
  readonly settleMonths: number
}

/**
 * Follows falls (or rises) of one signal month by month, with hysteresis. With n = noiseMultiple × spread / reference and
 * w = n / noiseFrom, no less than 1 and no more than `widest`:
 *
 *     open    a change of max(strongShare, n) at once; or one of w × weakShare that lasts `confirmMonths`, measured against
 *             the reference of its first month (the running reference would fall along and hide it); or a trend of
 *             `trendShare` seen in `confirmMonths` months in a row
 *     closed  within w × calmShare of the level before it for `confirmMonths`; or neither changing nor trending by that much
 *             for `settleMonths`: a new level
 */
export class ChangeTracker {
  readonly #rule: ChangeRule
  #open = false
  #before = 0
  /** How far thresholds were widened when the pending or open change began. */
  #widening = 1
  #pendingMonths = 0
  #trendMonths = 0
  #backMonths = 0
  #settledMonths = 0

  constructor(rule: ChangeRule) {
    this.#rule = rule
  }

  get isOpen(): boolean {
    return this.#open
  }

  /** Level before the open or pending change; 0 if there is none. */
  get levelBefore(): number {
    return this.#before
  }

  /** Successive months that point to a change not open yet; 0 if there is none. */
  get pendingMonths(): number {
    return this.#open ? 0 : Math.max(this.#pendingMonths, this.#trendMonths)
  }

  /** True if the pending change is a trend, not a step. */
  get isTrendPending(): boolean {
    return this.#trendMonths > this.#pendingMonths
  }

  /** Processes the next month in which the signal is known. */
  step(reading: Reading): void {
    if (this.#open) this.#stepOpen(reading)
    else this.#stepClosed(reading)
  }

  /** Forgets everything: a new life begins. */
  reset(): void {
    this.#open = false
    this.#before = 0
    this.#widening = 1
    this.#pendingMonths = this.#trendMonths = this.#backMonths = this.#settledMonths = 0
  }

  #stepClosed(reading: Reading): void {
    const { weakShare, strongShare, trendShare, confirmMonths, direction } = this.#rule
    const reference = this.#referenceOf(reading)
    const now = this.#changeFrom(reading.value, reference)
    const stays = this.#changeFrom(reading.value, this.#before) >= this.#widening * weakShare
    if (this.#pendingMonths > 0 && stays) {
      this.#pendingMonths++
    } else {
      this.#widening = this.#wideningOf(reading, reference)
      const isFirst = now >= this.#widening * weakShare
      this.#pendingMonths = isFirst ? 1 : 0
      this.#before = isFirst ? reference : 0
    }
    const trending = direction * reading.trend.share >= trendShare
    this.#trendMonths = trending ? this.#trendMonths + 1 : 0
    const isStrong = now >= Math.max(strongShare, this.#noiseShare(reading, reference))
    if (isStrong || this.#pendingMonths >= confirmMonths) this.#openFrom(this.#before, this.#widening)
    else if (this.#trendMonths >= confirmMonths) {
      this.#openFrom(reading.trend.start, this.#wideningOf(reading, reading.trend.start))
    }
  }

  #openFrom(levelBefore: number, widening: number): void {
    this.reset()
    this.#open = true
    this.#before = levelBefore
    this.#widening = widening
  }

  #stepOpen(reading: Reading): void {
    const { confirmMonths, settleMonths, direction } = this.#rule
    const calmShare = this.#widening * this.#rule.calmShare
    const isBack = this.#changeFrom(reading.value, this.#before) < calmShare
    const isSettled =
      this.#changeFrom(reading.value, this.#strictReferenceOf(reading)) < calmShare &&
      direction * reading.trend.share < calmShare
    this.#backMonths = isBack ? this.#backMonths + 1 : 0
    this.#settledMonths = isSettled ? this.#settledMonths + 1 : 0
    if (this.#backMonths >= confirmMonths || this.#settledMonths >= settleMonths) this.reset()
  }

  #wideningOf(reading: Reading, reference: number): number {
    const { noiseFrom, widest } = this.#rule
    return Math.min(widest, Math.max(1, this.#noiseShare(reading, reference) / noiseFrom))
  }

  #noiseShare(reading: Reading, reference: number): number {
    return reference > 0 ? (this.#rule.noiseMultiple * reading.spread) / reference : 0
  }

  #referenceOf(reading: Reading): number {
    return this.#rule.direction < 0 ? reading.fallReference : reading.riseReference
  }

  // A change opens beyond the milder reference; the level is calm within the stricter one.
  #strictReferenceOf(reading: Reading): number {
    return this.#rule.direction < 0 ? reading.riseReference : reading.fallReference
  }

  #changeFrom(value: number, reference: number): number {
    return reference > 0 ? this.#rule.direction * (value / reference - 1) : 0
  }
}
