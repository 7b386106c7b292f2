/** A change of one signal, at the level of the month in which it was seen. */
export interface ChangeFact {
  readonly signal: string
  /**
   * What it is measured from: the `months` before it, the level before the signal began to change (`months` = 0), or
   * the start of the line through the last `months`.
   */
  readonly from: 'monthsBefore' | 'levelBefore' | 'trendStart'
  readonly months: number
  /** (value − reference) / reference; negative = fall. */
  readonly share: number
  readonly value: number
  readonly reference: number
  /** 0 = the tagged month; more if the signal has been missing since. */
  readonly monthsAgo: number
}

/** A change that is not confirmed yet. */
export interface PendingChange {
  readonly change: ChangeFact
  readonly months: number
  readonly neededMonths: number
}

/** Why a month has its stage, as facts. */
export type StageEvidence =
  | { readonly rule: 'cancelled' }
  | { readonly rule: 'silent'; readonly months: number }
  | { readonly rule: 'returning'; readonly months: number; readonly neededMonths: number }
  | { readonly rule: 'partlySilent'; readonly months: number; readonly churnMonths: number }
  | { readonly rule: 'fall' | 'rise'; readonly change: ChangeFact }
  | {
      readonly rule: 'age'
      readonly months: number
      /** What the age is counted from. */
      readonly since: 'activation' | 'return'
      readonly pending: PendingChange | null
    }

/**
 * Returns the evidence as a sentence, made only from its facts.
 *
 * @example
 * evidenceSentence({
 *   rule: 'fall',
 *   change: { signal: 'minutes', from: 'monthsBefore', months: 3, share: -0.42, value: 12, reference: 20.7, monthsAgo: 0 },
 * })
 * // => 'minutes 42 % below the previous 3 months (12 against 20.7)'
 */
export function evidenceSentence(evidence: StageEvidence): string {
  switch (evidence.rule) {
    case 'cancelled':
      return 'cancelled'
    case 'silent':
      return `no activity for ${monthsText(evidence.months)}`
    case 'returning':
      return `active again for ${monthsText(evidence.months)}, ${evidence.neededMonths} needed to count as back`
    case 'partlySilent':
      return evidence.months === 0
        ? 'active again after a silent month, not confirmed yet'
        : `no activity for ${monthsText(evidence.months)}, churn at ${evidence.churnMonths}`
    case 'fall':
    case 'rise':
      return changeSentence(evidence.change)
    case 'age':
      return `${monthsText(evidence.months)} since ${evidence.since}${pendingText(evidence.pending)}`
  }
}

function pendingText(pending: PendingChange | null): string {
  if (pending === null) return ''
  return `; ${changeSentence(pending.change)}, seen for ${monthsText(pending.months)}, ${pending.neededMonths} needed`
}

function changeSentence(change: ChangeFact): string {
  const percent = Math.round(Math.abs(change.share) * 100)
  const isFall = change.share < 0
  const figures = `(${numberText(change.value)} against ${numberText(change.reference)})`
  const ago = change.monthsAgo === 0 ? '' : `, last known ${monthsText(change.monthsAgo)} ago`
  if (change.from === 'trendStart') {
    return `${change.signal} ${isFall ? 'fell' : 'rose'} ${percent} % along the trend of ${monthsText(change.months)} ${figures}${ago}`
  }
  const reference =
    change.from === 'monthsBefore'
      ? `the previous ${monthsText(change.months)}`
      : `the level before the ${isFall ? 'fall' : 'rise'}`
  return `${change.signal} ${percent} % ${isFall ? 'below' : 'above'} ${reference} ${figures}${ago}`
}

function monthsText(count: number): string {
  return count === 1 ? '1 month' : `${count} months`
}

/** Three significant digits, whole numbers from 1000 on: sentences are for reading, facts for computing. */
function numberText(value: number): string {
  return String(Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3)))
}
