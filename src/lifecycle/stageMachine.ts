import type { NumberColumn } from '../base/matrix.js'
import type { ChangeFact, PendingChange, StageEvidence } from './evidence.js'
import { SignalWatch } from './signalWatch.js'
import { acquisition, churn, decline, growth, maturity, type StageCode } from './stage.js'
import type { CheckedStageOptions } from './stageOptions.js'

/** What is known at the end of each month, one row per month; the rows of a customer are contiguous, oldest first. */
export interface StageRows {
  /** Complete months since activation. Shape (rows). */
  readonly tenureMonths: Int32Array
  /** 1 = a sign of life in the month. Shape (rows). */
  readonly active: Uint8Array
  /** 1 = cancelled by the end of the month. Shape (rows). */
  readonly cancelled: Uint8Array
  /** The signals; shape (rows) each. */
  readonly signals: readonly NumberColumn[]
  /** For each signal the level of the whole base in the row's month, or null. */
  readonly baseLevels: readonly (Float64Array | null)[]
}

/**
 * Steps through the months of one customer after another and returns the stage of each.
 *
 * It sees the current row and earlier ones, never a later one.
 */
export class StageMachine {
  readonly #rows: StageRows
  readonly #options: CheckedStageOptions
  readonly #watches: readonly SignalWatch[]
  #stage: StageCode = acquisition
  #sinceRow = 0
  #row = 0
  /** First row of the present life: the customer's first row, or the month of the return. */
  #lifeStart = 0
  #isReturned = false
  #wasCancelled = false
  #silentMonths = 0
  #activeMonths = 0
  #isPartlySilent = false

  constructor(rows: StageRows, options: CheckedStageOptions) {
    this.#rows = rows
    this.#options = options
    this.#watches = rows.signals.map(
      (signal, index) => new SignalWatch(signal, rows.baseLevels[index] ?? null, options),
    )
  }

  /** Row of the month in which the current stage began. */
  get sinceRow(): number {
    return this.#sinceRow
  }

  /** Processes the first month of a customer. */
  begin(row: number): StageCode {
    this.#silentMonths = this.#activeMonths = 0
    this.#isReturned = this.#wasCancelled = false
    this.#stage = acquisition
    this.#startLife(row)
    this.#stage = this.#next(row)
    this.#sinceRow = row
    return this.#stage
  }

  /** Processes the next month of the same customer. */
  step(row: number): StageCode {
    const stage = this.#next(row)
    if (stage !== this.#stage) this.#sinceRow = row
    this.#stage = stage
    return stage
  }

  #next(row: number): StageCode {
    this.#row = row
    const isActive = this.#rows.active[row] === 1
    this.#silentMonths = isActive ? 0 : this.#silentMonths + 1
    this.#activeMonths = isActive ? this.#activeMonths + 1 : 0
    const isCancelled = this.#rows.cancelled[row] === 1
    if (isCancelled || this.#silentMonths >= this.#options.silentMonths) {
      this.#wasCancelled = isCancelled
      return churn
    }
    if (this.#stage === churn && !this.#comesBack(row)) return churn
    this.#watch(row)
    return this.#livingStage(row)
  }

  // A withdrawn cancellation counts at once; a sign of life after silence must last.
  #comesBack(row: number): boolean {
    const isConfirmed = this.#activeMonths >= this.#options.confirmMonths
    if (!this.#wasCancelled && !isConfirmed) return false
    this.#isReturned = true
    this.#startLife(this.#wasCancelled ? row : row - this.#activeMonths + 1)
    this.#wasCancelled = false
    return true
  }

  #startLife(row: number): void {
    this.#lifeStart = row
    this.#isPartlySilent = false
    for (const watch of this.#watches) watch.reset()
  }

  #watch(row: number): void {
    if (this.#silentMonths > 0) this.#isPartlySilent = true
    else if (this.#activeMonths >= this.#options.confirmMonths) this.#isPartlySilent = false
    for (const watch of this.#watches) watch.step(row, this.#lifeStart)
  }

  #livingStage(row: number): StageCode {
    const { acquisitionMonths, maturityMonths, newCustomerDrop } = this.#options
    const age = this.#ageMonths(row)
    const isNew = age < acquisitionMonths
    if (this.#isDeclining() && !(isNew && newCustomerDrop === 'acquisition')) return decline
    if (isNew) return acquisition
    if (age < maturityMonths || this.#watches.some((watch) => watch.rise.isOpen)) return growth
    return maturity
  }

  #isDeclining(): boolean {
    const { silence } = this.#options
    return (silence === 'decline' && this.#isPartlySilent) || this.#watches.some((watch) => watch.fall.isOpen)
  }

  #ageMonths(row: number): number {
    const isAnew = this.#isReturned && this.#options.winBack === 'acquisition'
    return isAnew ? row - this.#lifeStart + 1 : this.#rows.tenureMonths[row]!
  }

  /** Returns why the last month has its stage. Creates objects: call it only if needed. */
  evidence(): StageEvidence {
    if (this.#stage === churn) return this.#churnEvidence()
    if (this.#stage === decline) return this.#declineEvidence()
    const age: StageEvidence = {
      rule: 'age',
      months: this.#ageMonths(this.#row),
      since: this.#isReturned && this.#options.winBack === 'acquisition' ? 'return' : 'activation',
      pending: this.#pendingChange(),
    }
    if (this.#stage !== growth || age.months < this.#options.maturityMonths) return age
    return { rule: 'rise', change: this.#largest(1)! }
  }

  #churnEvidence(): StageEvidence {
    if (this.#rows.cancelled[this.#row] === 1) return { rule: 'cancelled' }
    if (this.#silentMonths > 0) return { rule: 'silent', months: this.#silentMonths }
    return { rule: 'returning', months: this.#activeMonths, neededMonths: this.#options.confirmMonths }
  }

  #declineEvidence(): StageEvidence {
    const isSilent = this.#silentMonths > 0 && this.#options.silence === 'decline'
    const change = isSilent ? null : this.#largest(-1)
    if (change !== null) return { rule: 'fall', change }
    return { rule: 'partlySilent', months: this.#silentMonths, churnMonths: this.#options.silentMonths }
  }

  #largest(direction: -1 | 1): ChangeFact | null {
    let largest: ChangeFact | null = null
    for (const watch of this.#watches) {
      const tracker = direction < 0 ? watch.fall : watch.rise
      if (!tracker.isOpen) continue
      const change = watch.openChange(tracker, this.#row)
      if (largest === null || direction * (change.share - largest.share) > 0) largest = change
    }
    return largest
  }

  // A pending fall is always worth reporting; a pending rise only if it would change the stage.
  #pendingChange(): PendingChange | null {
    const falls = this.#watches.map((watch) => watch.pendingChange(watch.fall, this.#row))
    const rises =
      this.#stage === maturity ? this.#watches.map((watch) => watch.pendingChange(watch.rise, this.#row)) : []
    return [...falls, ...rises].find((pending) => pending !== null) ?? null
  }
}
