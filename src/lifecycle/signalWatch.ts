import type { NumberColumn } from '../base/matrix.js'
import { type ChangeRule, ChangeTracker } from './changeTracker.js'
import type { ChangeFact, PendingChange } from './evidence.js'
import { SignalReader } from './signalReader.js'
import type { CheckedStageOptions } from './stageOptions.js'

/** Follows one signal: its reader and the trackers of both directions. */
export class SignalWatch {
  readonly fall: ChangeTracker
  readonly rise: ChangeTracker
  readonly #reader: SignalReader
  readonly #options: CheckedStageOptions
  /** Last row in which a recovery from a fall could still look like a rise. */
  #recoversUntil = -1

  constructor(signal: NumberColumn, baseLevel: Float64Array | null, options: CheckedStageOptions) {
    this.#reader = new SignalReader(signal, baseLevel, options)
    this.#options = options
    const common: Omit<ChangeRule, 'direction' | 'weakShare' | 'strongShare'> = {
      trendShare: options.trendShare,
      calmShare: options.calmShare,
      noiseMultiple: options.noiseMultiple,
      noiseFrom: options.dropShare,
      widest: options.strongDropShare / options.dropShare,
      confirmMonths: options.confirmMonths,
      settleMonths: options.settleMonths,
    }
    this.fall = new ChangeTracker({
      ...common,
      direction: -1,
      weakShare: options.dropShare,
      strongShare: options.strongDropShare,
    })
    // Thirty per cent against three months is published only for a drop. Two high months are as often a gift, a
    // journey or an error as growth: only a trend is a rise.
    this.rise = new ChangeTracker({
      ...common,
      direction: 1,
      weakShare: Number.POSITIVE_INFINITY,
      strongShare: Number.POSITIVE_INFINITY,
    })
  }

  reset(): void {
    this.fall.reset()
    this.rise.reset()
    this.#recoversUntil = -1
  }

  // Returning to the level before a fall is recovery, not growth.
  step(row: number, lifeStart: number): void {
    if (!this.#reader.read(row, lifeStart)) return
    if (this.fall.isOpen) this.#recoversUntil = row + this.#options.trendMonths
    this.fall.step(this.#reader)
    if (this.fall.isOpen || row <= this.#recoversUntil) this.rise.reset()
    else this.rise.step(this.#reader)
  }

  /** Returns the open change in one direction, measured from where it is largest. */
  openChange(tracker: ChangeTracker, row: number): ChangeFact {
    const isFall = tracker === this.fall
    const direction = isFall ? -1 : 1
    const { dropShare, trendShare } = this.#options
    const near = isFall ? this.#changeFromMonthsBefore(row) : null
    if (near !== null && -near.share >= dropShare) return near
    if (direction * this.#reader.trend.share >= trendShare) return this.#trendChange(row)
    return this.#fact('levelBefore', 0, this.#reader.value, tracker.levelBefore, row)
  }

  /** Returns the unconfirmed change in one direction, or null. */
  pendingChange(tracker: ChangeTracker, row: number): PendingChange | null {
    if (tracker.pendingMonths === 0) return null
    const change = tracker.isTrendPending
      ? this.#trendChange(row)
      : this.#fact(
          'monthsBefore',
          this.#options.referenceMonths,
          this.#reader.value,
          tracker.levelBefore,
          row,
        )
    return { change, months: tracker.pendingMonths, neededMonths: this.#options.confirmMonths }
  }

  #changeFromMonthsBefore(row: number): ChangeFact | null {
    const { fallReference, value } = this.#reader
    if (fallReference <= 0) return null
    return this.#fact('monthsBefore', this.#options.referenceMonths, value, fallReference, row)
  }

  #trendChange(row: number): ChangeFact {
    const { start, end } = this.#reader.trend
    return this.#fact('trendStart', this.#options.trendMonths, end, start, row)
  }

  // Figures are shown at the level of the month read, so that the value is the customer's actual one.
  #fact(from: ChangeFact['from'], months: number, value: number, reference: number, row: number): ChangeFact {
    const { baseLevel, signal } = this.#reader
    const level = baseLevel === null ? 1 : baseLevel[this.#reader.row]!
    return {
      signal: signal.name,
      from,
      months,
      share: value / reference - 1,
      value: value * level,
      reference: reference * level,
      monthsAgo: row - this.#reader.row,
    }
  }
}
