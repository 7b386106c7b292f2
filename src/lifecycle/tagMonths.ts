import { checkArguments } from '../base/arguments.js'
import { isMissing } from '../base/bitmap.js'
import { addMonths, type EpochDay, monthStart, parseDay } from '../base/days.js'
import { nearName, type Problem, refuse } from '../base/errors.js'
import type { NumberColumn } from '../base/matrix.js'
import { ownValue } from '../base/ownValue.js'
import { evidenceSentence, type StageEvidence } from './evidence.js'
import { type LifecycleStage, lifecycleStages } from './stage.js'
import { StageMachine } from './stageMachine.js'
import { checkStageOptions, type StageOptions } from './stageOptions.js'

/** One customer at the end of each of n consecutive months, oldest first. */
export interface MonthlySeries {
  /** First day of the first month. */
  readonly firstMonth: EpochDay
  /**
   * Complete months since activation, at the end of each month. Shape (n), integers ≥ 0: ascending, or restarting at 0.
   */
  readonly tenureMonths: Int32Array
  /** 1 = a sign of life in the month, 0 = silent. Shape (n). */
  readonly active: Uint8Array
  /** 1 = cancelled by the end of the month. Shape (n). */
  readonly cancelled: Uint8Array
  /** The signals (bill amount, minutes, …): one column each, shape (n), with months missing or not. May be empty. */
  readonly signals: readonly NumberColumn[]
  /**
   * For each signal, by name, the level of the whole base in each month, above 0: values are divided by it before they
   * are compared. Left out: values are compared as they are.
   */
  readonly baseLevels?: Readonly<Record<string, Float64Array>>
}

/** Stage of one month, and why. */
export interface MonthTag {
  /** First day of the tagged month; the tag is known on the first day of the next month. */
  readonly month: EpochDay
  readonly stage: LifecycleStage
  /** First day of the month in which this stage began. */
  readonly since: EpochDay
  readonly evidence: StageEvidence
  /** The evidence as a sentence. */
  readonly because: string
}

/**
 * Returns the lifecycle stage of every month of one customer, with its reason.
 *
 * Use it if you have monthly figures; for a history in an engine use `tagLifecycle`, for one customer's tables
 * `tagCustomer`. The first rule that holds counts (thresholds are options; these are the defaults):
 *
 *     churn         cancelled; or silent for 2 months; a return after silence must last 2 months to end it
 *     decline       a signal 30 % below the 3 months before and still 30 % below that level a month later; or 60 % below
 *                   at once; or falling 30 % along the line through 6 months, seen twice; or silent but not yet churned.
 *                   It lasts until the level is back within 15 % for 2 months, or calm at a new level for 3
 *     acquisition   fewer than 3 complete months since activation, or since the return of a churned customer
 *     growth        fewer than 12 months; or a signal rising 30 % along the line through 6 months, seen twice, but not
 *                   while it recovers from a decline (6 months)
 *     maturity      12 months and neither rising nor falling
 *
 * The level of the months before is the lower of mean and median: the published definition is the mean, but after one
 * odd high bill three ordinary months would be "below the mean". A customer whose months vary a lot must drop further,
 * by twice their spread, but never more than 60 %. A single odd month changes no stage unless it is silent or a strong
 * drop. One falling signal is enough for a decline.
 *
 * The tag of a month uses that month and those before it: later months never change it. A signal that is missing in a
 * month neither confirms nor refutes a change; with no earlier months to compare, age alone decides.
 *
 * @param series n months of one customer
 * @param options thresholds
 * @returns n tags, oldest first
 * @throws {HoldfastError} `length-differs`, `value-type`, `value-not-finite`, `out-of-range`, `column-duplicate` for
 * the series, `option-unknown` for levels of unknown signals, all at once; `option-invalid`, `option-unknown`
 *
 * O(months × signals × trendMonths²) at worst, O(months) memory.
 *
 * @example
 * import { numberColumn } from 'holdfast/tables'
 * const tags = tagMonths({
 *   firstMonth: epochDay('2025-01-01'),
 *   tenureMonths: Int32Array.of(20, 21, 22, 23, 24),
 *   active: Uint8Array.of(1, 1, 1, 1, 1),
 *   cancelled: new Uint8Array(5),
 *   signals: [numberColumn('minutes', [21, 20, 22, 12, 11])],
 * })
 * tags.map((tag) => tag.stage)
 * // => ['maturity', 'maturity', 'maturity', 'maturity', 'decline']
 *
 * @see {@link StageOptions} for what each threshold does
 */
export function tagMonths(series: MonthlySeries, options?: StageOptions): MonthTag[] {
  checkArguments('tagMonths', ['series', series, 'series'])
  const checked = checkStageOptions('tagMonths', options)
  refuse('tagMonths', problemsOf(series))
  const { signals, baseLevels } = series
  const machine = new StageMachine(
    { ...series, baseLevels: signals.map((signal) => ownValue(baseLevels, signal.name) ?? null) },
    checked,
  )
  const monthAt = (row: number): EpochDay => addMonths(series.firstMonth, row)
  return Array.from(series.tenureMonths, (_, row) => {
    const stage = row === 0 ? machine.begin(row) : machine.step(row)
    const evidence = machine.evidence()
    return {
      month: monthAt(row),
      stage: lifecycleStages[stage],
      since: monthAt(machine.sinceRow),
      evidence,
      because: evidenceSentence(evidence),
    }
  })
}

function problemsOf(series: MonthlySeries): Problem[] {
  const count = series.tenureMonths.length
  const problems: Problem[] = []
  const expectLength = (parameter: string, received: number): void => {
    if (received === count) return
    problems.push({
      code: 'length-differs',
      parameter,
      rule: `to have ${count} values, one for each of tenureMonths`,
      received,
    })
  }
  expectLength('active', series.active.length)
  expectLength('cancelled', series.cancelled.length)
  for (const name of ['active', 'cancelled'] as const) {
    const isBad = (value: unknown) => value !== 0 && value !== 1
    const rule = name === 'active' ? 'to be 1 (a sign of life) or 0 (silent)' : 'to be 1 (cancelled) or 0'
    pushFirst(problems, 'out-of-range', name, rule, series[name], isBad)
  }
  const names = new Set<string>()
  for (const signal of series.signals) {
    const parameter = `signal ${signal.name}`
    expectLength(parameter, signal.values.length)
    if (names.has(signal.name)) problems.push({ code: 'column-duplicate', parameter, rule: 'to occur once' })
    names.add(signal.name)
    const isBad = (value: number, row: number) => !isMissing(signal.missing, row) && !Number.isFinite(value)
    pushFirst(
      problems,
      'value-not-finite',
      parameter,
      'to hold finite numbers or missing',
      signal.values,
      isBad,
    )
  }
  for (const [name, levels] of Object.entries(series.baseLevels ?? {})) {
    expectLength(`baseLevels.${name}`, levels.length)
    const isBad = (value: number) => !(value > 0 && Number.isFinite(value))
    pushFirst(problems, 'out-of-range', `baseLevels.${name}`, 'to hold finite numbers above 0', levels, isBad)
  }
  pushFirst(
    problems,
    'out-of-range',
    'tenureMonths',
    'to be whole months, at least 0 and never fewer than the month before unless they restart at 0',
    series.tenureMonths,
    (value, row) =>
      !Number.isInteger(value) ||
      value < 0 ||
      (row > 0 && value !== 0 && value < series.tenureMonths[row - 1]!),
  )
  problems.push(...levelNameProblems(series, names), ...firstMonthProblems(series.firstMonth))
  return problems
}

/** Levels under a misspelled name would be ignored. */
function levelNameProblems({ baseLevels }: MonthlySeries, signals: ReadonlySet<string>): Problem[] {
  return Object.keys(baseLevels ?? {})
    .filter((name) => !signals.has(name))
    .map((name) => {
      return {
        code: 'option-unknown',
        parameter: `baseLevels.${name}`,
        rule: `to be the level of a signal, of which there ${signals.size === 0 ? 'is none' : `are ${[...signals].join(', ')}`}`,
        ...nearName(name, [...signals], 'Leave it out.'),
      }
    })
}

function firstMonthProblems(firstMonth: EpochDay): Problem[] {
  const problem = { parameter: 'firstMonth', rule: 'to be the first day of a month', received: firstMonth }
  if (parseDay(firstMonth) !== firstMonth) {
    return [{ ...problem, code: 'value-type', wayOut: "Convert it to a day: epochDay('2025-01-01')." }]
  }
  return monthStart(firstMonth) === firstMonth ? [] : [{ ...problem, code: 'out-of-range' }]
}

function pushFirst(
  problems: Problem[],
  code: Problem['code'],
  parameter: string,
  rule: string,
  values: ArrayLike<number>,
  isBad: (value: number, row: number) => boolean,
): void {
  const bad = Array.from(values, (_, row) => row).filter((row) => isBad(values[row]!, row))
  const row = bad[0]
  if (row === undefined) return
  problems.push({ code, parameter, rule, received: values[row], place: { row: row + 1 }, count: bad.length })
}
