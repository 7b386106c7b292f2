import type { ChangeFact, PendingChange, StageEvidence } from '../../src/lifecycle/evidence.js'
import type { LifecycleStage } from '../../src/lifecycle/stage.js'
import type { CheckedStageOptions } from '../../src/lifecycle/stageOptions.js'
import type { MonthlySeries } from '../../src/lifecycle/tagMonths.js'

interface PlainTag {
  readonly stage: LifecycleStage
  readonly evidence: StageEvidence
}

interface Known {
  readonly row: number
  readonly level: number
}

/** What is said of a signal at the end of a month in which it is known. */
interface PlainReading extends Known {
  readonly low: number
  readonly high: number
  readonly spread: number
  readonly trend: { readonly share: number; readonly start: number; readonly end: number }
}

/** A fall (direction −1) or a rise that is followed. */
interface Followed {
  readonly direction: -1 | 1
  isOpen: boolean
  before: number
  widening: number
  pending: number
  trending: number
  back: number
  settled: number
}

interface Signal {
  readonly name: string
  readonly levels: readonly (number | null)[]
  /** Level of the base in each month. */
  readonly base: readonly number[]
  fall: Followed
  rise: Followed
  reading: PlainReading | null
  lastFall: number
}

const followed = (direction: -1 | 1): Followed => {
  return { direction, isOpen: false, before: 0, widening: 1, pending: 0, trending: 0, back: 0, settled: 0 }
}
const ascending = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b)
const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value / values.length, 0)
const lowerMiddle = (values: readonly number[]): number =>
  ascending(values)[Math.ceil(values.length / 2) - 1]!
const upperMiddle = (values: readonly number[]): number => ascending(values)[Math.floor(values.length / 2)]!
const medianOf = (values: readonly number[]): number => {
  const low = lowerMiddle(values)
  // In this order: figures are compared to the last digit.
  return low + 0.5 * (upperMiddle(values) - low)
}

/** The rules as written at `tagMonths`, at the options and at what follows a signal, one month after the other. */
export function plainStages(series: MonthlySeries, options: CheckedStageOptions): PlainTag[] {
  const signals = series.signals.map(({ name, values, missing }): Signal => {
    const base = Array.from(values, (_, row) => series.baseLevels?.[name]?.[row] ?? 1)
    const levels = Array.from(values, (value, row) => (missing?.has(row) ? null : value / base[row]!))
    return { name, levels, base, fall: followed(-1), rise: followed(1), reading: null, lastFall: -Infinity }
  })
  const life = { start: 0, isReturned: false, isPartlySilent: false, wasCancelled: false }
  const isActive = (row: number): boolean => series.active[row] === 1
  /** Months in a row up to this one. */
  const run = (row: number, is: (row: number) => boolean): number => {
    let count = 0
    while (row - count >= 0 && is(row - count)) count++
    return count
  }
  const begin = (row: number): void => {
    life.start = row
    life.isPartlySilent = false
    for (const signal of signals) {
      signal.fall = followed(-1)
      signal.rise = followed(1)
      signal.lastFall = -Infinity
    }
  }
  let stage: LifecycleStage = 'acquisition'
  return Array.from(series.active, (_, row): PlainTag => {
    const silent = run(row, (at) => !isActive(at))
    const active = run(row, isActive)
    const isCancelled = series.cancelled[row] === 1
    if (isCancelled || silent >= options.silentMonths) {
      life.wasCancelled = isCancelled
      stage = 'churn'
    } else {
      if (stage === 'churn' && (life.wasCancelled || active >= options.confirmMonths)) {
        life.isReturned = true
        begin(life.wasCancelled ? row : row - active + 1)
        life.wasCancelled = false
        stage = 'acquisition'
      }
      if (stage !== 'churn') {
        if (silent > 0) life.isPartlySilent = true
        else if (active >= options.confirmMonths) life.isPartlySilent = false
        for (const signal of signals) followSignal(signal, row, life.start, options)
        stage = livingStage(row)
      }
    }
    return { stage, evidence: evidenceOf(row, silent, active) }
  })

  function isAnew(): boolean {
    return life.isReturned && options.winBack === 'acquisition'
  }
  function ageOf(row: number): number {
    return isAnew() ? row - life.start + 1 : series.tenureMonths[row]!
  }
  function livingStage(row: number): LifecycleStage {
    const age = ageOf(row)
    const isNew = age < options.acquisitionMonths
    const falls =
      (life.isPartlySilent && options.silence === 'decline') || signals.some(({ fall }) => fall.isOpen)
    if (falls && !(isNew && options.newCustomerDrop === 'acquisition')) return 'decline'
    if (isNew) return 'acquisition'
    return age < options.maturityMonths || signals.some(({ rise }) => rise.isOpen) ? 'growth' : 'maturity'
  }
  function evidenceOf(row: number, silent: number, active: number): StageEvidence {
    if (stage === 'churn') {
      if (series.cancelled[row] === 1) return { rule: 'cancelled' }
      if (silent > 0) return { rule: 'silent', months: silent }
      return { rule: 'returning', months: active, neededMonths: options.confirmMonths }
    }
    if (stage === 'decline') {
      const falls = signals.filter(({ fall }) => fall.isOpen).map((signal) => fallOf(signal, row, options))
      if (falls.length === 0 || (silent > 0 && options.silence === 'decline'))
        return { rule: 'partlySilent', months: silent, churnMonths: options.silentMonths }
      const deepest = Math.min(...falls.map(({ share }) => share))
      return { rule: 'fall', change: falls.find(({ share }) => share === deepest)! }
    }
    if (stage === 'growth' && ageOf(row) >= options.maturityMonths) {
      const rises = signals.filter(({ rise }) => rise.isOpen).map((signal) => riseOf(signal, row, options))
      const highest = Math.max(...rises.map(({ share }) => share))
      return { rule: 'rise', change: rises.find(({ share }) => share === highest)! }
    }
    const waiting = [
      ...signals.map((signal) => pendingOf(signal, signal.fall, row, options)),
      ...(stage === 'maturity' ? signals.map((signal) => pendingOf(signal, signal.rise, row, options)) : []),
    ]
    return {
      rule: 'age',
      months: ageOf(row),
      since: isAnew() ? 'return' : 'activation',
      pending: waiting.find((pending) => pending !== null) ?? null,
    }
  }
}

function followSignal(signal: Signal, row: number, start: number, options: CheckedStageOptions): void {
  const reading = readingOf(signal.levels, row, start, options)
  if (reading === null) return
  signal.reading = reading
  if (signal.fall.isOpen) signal.lastFall = row
  follow(signal.fall, reading, options)
  // What climbs back from a fall is no rise.
  if (signal.fall.isOpen || row - signal.lastFall <= options.trendMonths) signal.rise = followed(1)
  else follow(signal.rise, reading, options)
}

function readingOf(
  levels: readonly (number | null)[],
  row: number,
  start: number,
  options: CheckedStageOptions,
): PlainReading | null {
  const known = levels.flatMap((level, at): Known[] =>
    level === null || at < start || at > row ? [] : [{ row: at, level }],
  )
  const last = known.at(-1)
  if (last?.row !== row) return null
  const before = (months: number): number[] =>
    known.filter((each) => each.row < row && each.row >= row - months).map(({ level }) => level)
  const near = before(options.referenceMonths)
  const isEnough = near.length >= options.minReferenceMonths
  const far = before(options.spreadMonths)
  const steps = far.slice(1).map((level, index) => Math.abs(level - far[index]!))
  return {
    ...last,
    low: isEnough ? Math.min(meanOf(near), lowerMiddle(near)) : 0,
    high: isEnough ? Math.max(meanOf(near), upperMiddle(near)) : 0,
    spread: far.length >= 5 ? (1.4826 / Math.SQRT2) * ((lowerMiddle(steps) + upperMiddle(steps)) / 2) : 0,
    trend: trendOf(
      known.filter((each) => each.row > row - options.trendMonths),
      options,
    ),
  }
}

function trendOf(known: readonly Known[], options: CheckedStageOptions): PlainReading['trend'] {
  const none = { share: 0, start: 0, end: 0 }
  if (known.length < options.trendMonths - 1) return none
  const slopes = known.flatMap((late, index) =>
    known.slice(0, index).map((early) => (late.level - early.level) / (late.row - early.row)),
  )
  const least = options.trendPairShare * slopes.length
  const agreeing = [slopes.filter((slope) => slope > 0), slopes.filter((slope) => slope < 0)]
  if (agreeing.every((same) => same.length < least)) return none
  const first = known.slice(0, Math.min(options.referenceMonths, Math.ceil(known.length / 2)))
  const level = upperMiddle(first.map((each) => each.level))
  if (level <= 0) return none
  const slope = medianOf(slopes)
  const line = level - slope * meanOf(first.map((each) => each.row - known[0]!.row))
  const change = slope * (known.at(-1)!.row - known[0]!.row)
  const from = line > 0 ? line : level
  return { share: change / from, start: from, end: from + change }
}

function follow(of: Followed, reading: PlainReading, options: CheckedStageOptions): void {
  const { direction } = of
  const { dropShare, strongDropShare, calmShare, trendShare, confirmMonths, settleMonths } = options
  const [mild, strict] = direction < 0 ? [reading.low, reading.high] : [reading.high, reading.low]
  const changeFrom = (level: number): number => (level > 0 ? direction * (reading.level / level - 1) : 0)
  const noiseFrom = (level: number): number =>
    level > 0 ? (options.noiseMultiple * reading.spread) / level : 0
  const wideningFrom = (level: number): number =>
    Math.min(strongDropShare / dropShare, Math.max(1, noiseFrom(level) / dropShare))
  if (of.isOpen) {
    const calm = of.widening * calmShare
    const isStill = changeFrom(strict) < calm && direction * reading.trend.share < calm
    of.back = changeFrom(of.before) < calm ? of.back + 1 : 0
    of.settled = isStill ? of.settled + 1 : 0
    if (of.back >= confirmMonths || of.settled >= settleMonths) Object.assign(of, followed(direction))
    return
  }
  // Only a fall may be a step.
  if (direction < 0) {
    if (of.pending > 0 && changeFrom(of.before) >= of.widening * dropShare) of.pending++
    else {
      of.widening = wideningFrom(mild)
      of.pending = changeFrom(mild) >= of.widening * dropShare ? 1 : 0
      of.before = of.pending > 0 ? mild : 0
    }
  }
  of.trending = direction * reading.trend.share >= trendShare ? of.trending + 1 : 0
  const isStrong = direction < 0 && changeFrom(mild) >= Math.max(strongDropShare, noiseFrom(mild))
  if (isStrong || of.pending >= confirmMonths) {
    Object.assign(of, followed(direction), { isOpen: true, before: of.before, widening: of.widening })
  } else if (of.trending >= confirmMonths) {
    const before = reading.trend.start
    Object.assign(of, followed(direction), { isOpen: true, before, widening: wideningFrom(before) })
  }
}

function fallOf(signal: Signal, row: number, options: CheckedStageOptions): ChangeFact {
  const { low, level, trend } = signal.reading!
  if (low > 0 && 1 - level / low >= options.dropShare)
    return factOf(signal, 'monthsBefore', options.referenceMonths, level, low, row)
  if (-trend.share >= options.trendShare) return trendFact(signal, row, options)
  return factOf(signal, 'levelBefore', 0, level, signal.fall.before, row)
}

function riseOf(signal: Signal, row: number, options: CheckedStageOptions): ChangeFact {
  const { level, trend } = signal.reading!
  if (trend.share >= options.trendShare) return trendFact(signal, row, options)
  return factOf(signal, 'levelBefore', 0, level, signal.rise.before, row)
}

function trendFact(signal: Signal, row: number, { trendMonths }: CheckedStageOptions): ChangeFact {
  const { start, end } = signal.reading!.trend
  return factOf(signal, 'trendStart', trendMonths, end, start, row)
}

function pendingOf(
  signal: Signal,
  of: Followed,
  row: number,
  options: CheckedStageOptions,
): PendingChange | null {
  const months = Math.max(of.pending, of.trending)
  if (of.isOpen || months === 0) return null
  const change =
    of.trending > of.pending
      ? trendFact(signal, row, options)
      : factOf(signal, 'monthsBefore', options.referenceMonths, signal.reading!.level, of.before, row)
  return { change, months, neededMonths: options.confirmMonths }
}

function factOf(
  signal: Signal,
  from: ChangeFact['from'],
  months: number,
  value: number,
  reference: number,
  row: number,
): ChangeFact {
  const read = signal.reading!.row
  const base = signal.base[read]!
  const share = value / reference - 1
  return {
    signal: signal.name,
    from,
    months,
    share,
    value: value * base,
    reference: reference * base,
    monthsAgo: row - read,
  }
}
