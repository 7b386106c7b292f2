import type { Trend } from './trend.js'

/** What is known of one signal at the end of a month. */
export interface Reading {
  /** Level of the month. */
  readonly value: number
  /** Level of the months before it that a fall is measured from; 0 where too few are known or nothing was there. */
  readonly fallReference: number
  /** The same for a rise. */
  readonly riseReference: number
  readonly trend: Trend
}

/** The thresholds of one direction. */
export interface ChangeRule {
  /** −1 follows falls, 1 follows rises. */
  readonly direction: -1 | 1
  readonly weakShare: number
  /** Infinity where no change is strong enough to need no confirmation. */
  readonly strongShare: number
  readonly trendShare: number
  readonly calmShare: number
  readonly confirmMonths: number
  readonly settleMonths: number
}

/**
 * Follows falls (or rises) of one signal month by month, with hysteresis.
 *
 *     open    a change of `strongShare`; or one of `weakShare` that lasts `confirmMonths`, measured against the
 *             reference of its first month (the running reference falls along and would hide it); or a trend of
 *             `trendShare` seen in `confirmMonths` months in a row
 *     closed  back within `calmShare` of the level before it, for `confirmMonths`; or neither changing nor trending by
 *             `calmShare` for `settleMonths`: a new level
 */
export class ChangeTracker {
  readonly #rule: ChangeRule
  #open = false
  #before = 0
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

  /** Level before the change; 0 where there is neither an open nor a pending one. */
  get levelBefore(): number {
    return this.#before
  }

  /** Months in a row that point to a change which is not open yet; 0 where there is none. */
  get pendingMonths(): number {
    return this.#open ? 0 : Math.max(this.#pendingMonths, this.#trendMonths)
  }

  /** True where what is pending is a trend and not a step. */
  get isTrendPending(): boolean {
    return this.#trendMonths > this.#pendingMonths
  }

  /** Takes the next month in which the signal is known. */
  step(reading: Reading): void {
    if (this.#open) this.#stepOpen(reading)
    else this.#stepClosed(reading)
  }

  /** Forgets everything: a new life begins. */
  reset(): void {
    this.#open = false
    this.#before = 0
    this.#pendingMonths = this.#trendMonths = this.#backMonths = this.#settledMonths = 0
  }

  #stepClosed(reading: Reading): void {
    const { weakShare, strongShare, trendShare, confirmMonths, direction } = this.#rule
    const reference = this.#referenceOf(reading)
    const now = this.#changeFrom(reading.value, reference)
    if (this.#pendingMonths > 0 && this.#changeFrom(reading.value, this.#before) >= weakShare) {
      this.#pendingMonths++
    } else if (now >= weakShare) {
      this.#pendingMonths = 1
      this.#before = reference
    } else {
      this.#pendingMonths = 0
      this.#before = 0
    }
    const trending = direction * reading.trend.share >= trendShare
    this.#trendMonths = trending ? this.#trendMonths + 1 : 0
    if (now >= strongShare || this.#pendingMonths >= confirmMonths) this.#openFrom(this.#before)
    else if (this.#trendMonths >= confirmMonths) this.#openFrom(reading.trend.start)
  }

  #openFrom(levelBefore: number): void {
    this.reset()
    this.#open = true
    this.#before = levelBefore
  }

  #stepOpen(reading: Reading): void {
    const { calmShare, confirmMonths, settleMonths, direction } = this.#rule
    const isBack = this.#changeFrom(reading.value, this.#before) < calmShare
    const isSettled =
      this.#changeFrom(reading.value, this.#strictReferenceOf(reading)) < calmShare &&
      direction * reading.trend.share < calmShare
    this.#backMonths = isBack ? this.#backMonths + 1 : 0
    this.#settledMonths = isSettled ? this.#settledMonths + 1 : 0
    if (this.#backMonths >= confirmMonths || this.#settledMonths >= settleMonths) this.reset()
  }

  #referenceOf(reading: Reading): number {
    return this.#rule.direction < 0 ? reading.fallReference : reading.riseReference
  }

  // To open a change the milder reference must be left; to lie still, the stricter one held.
  #strictReferenceOf(reading: Reading): number {
    return this.#rule.direction < 0 ? reading.riseReference : reading.fallReference
  }

  #changeFrom(value: number, reference: number): number {
    return reference > 0 ? this.#rule.direction * (value / reference - 1) : 0
  }
}
