import * as z from 'zod'
import { dayRule } from '../base/dayRule.js'
import type { DayInput } from '../base/days.js'
import { type EpochDay, formatDay, monthStart } from '../base/days.js'
import { type Problem, refuse } from '../base/errors.js'
import { completeUntilOf } from '../engine/completeUntil.js'
import type { History } from '../engine/history.js'
import { type Calendar, calendarOf } from './calendar.js'
import { firstDaysSql, tablesOf } from './monthlySql.js'
import { type CheckedSignals, type SignalOptions, signalOptionsShape } from './signalRule.js'

/** What to read from a history, and for which period. */
export interface MonthlyOptions extends SignalOptions {
  /**
   * First day that is not seen: only rows before it, known before it (`knownAt`, `cancelledKnownAt`), are used. The
   * last month is the one that is over by then. Default: the day until which the tables read are complete
   * (`history.completeUntilByTable`).
   */
  readonly asOf?: DayInput
  /**
   * First month of the series: any day of it. Default: the first month for which every table read has rows. Stages
   * depend on the past, so a shorter series may give another stage; use the same day for results to be compared.
   */
  readonly from?: DayInput
  /** Customers held in memory at once. Integer ≥ 1, default 20 000; does not change the result. */
  readonly customersPerBlock?: number
}

/** Schemas of the members of {@link MonthlyOptions}. */
export const monthlyOptionsShape = {
  ...signalOptionsShape,
  asOf: dayRule.optional(),
  from: dayRule.optional(),
  customersPerBlock: z.int().min(1).default(20_000),
}

/** Returns the first day for which the tables of the series are no longer complete. */
export function signalsCompleteUntil(history: History, signals: CheckedSignals): EpochDay {
  return completeUntilOf(history, tablesOf(signals))
}

/** Refuses days for which the tables are not complete: half a month looks like a silent one. */
export function checkComplete(
  operation: string,
  parameter: string,
  days: readonly number[],
  history: History,
  signals: CheckedSignals,
): void {
  const complete = signalsCompleteUntil(history, signals)
  const late = days.filter((day) => day > complete)
  if (late.length === 0) return
  const until = formatDay(complete)
  const read = tablesOf(signals)
  const ended = read.filter((table) => history.completeUntilByTable[table] === complete)
  const given = ended.map((table) => `${table}: '<day>'`).join(', ')
  const earlier = `Use ${formatDay(monthStart(complete))} or an earlier day`
  refuse(operation, [
    {
      code: 'window-open',
      parameter,
      rule: `to be at most ${until}, the first day for which ${(ended.length > 0 ? ended : read).join(' or ')} is not complete`,
      received: formatDay(late[0] as EpochDay),
      count: late.length,
      wayOut:
        complete === history.completeUntil
          ? `${earlier}.`
          : `${earlier}, or give openHistory completeUntil: { ${given} } if it is complete for longer.`,
    },
  ])
}

/** Returns the months to read: from the first that every table covers to the last that is over by `until`. */
export async function historyCalendar(
  operation: string,
  history: History,
  checked: CheckedSignals,
  from: EpochDay | undefined,
  until: EpochDay,
): Promise<Calendar> {
  const calendar = calendarOf(from ?? (await coveredFrom(operation, history, checked, until)), until)
  if (calendar.months > 0) return calendar
  const problem: Problem = {
    code: 'out-of-range',
    parameter: from === undefined ? 'asOf' : 'from',
    rule: 'to leave at least one whole month between the first month of the series and asOf',
    received: formatDay(from ?? until),
  }
  refuse(operation, [problem])
  return calendar
}

async function coveredFrom(
  operation: string,
  history: History,
  checked: CheckedSignals,
  until: EpochDay,
): Promise<EpochDay> {
  const tables = tablesOf(checked)
  const firsts = await history.engine.query(firstDaysSql(history, checked, until))
  const days = tables.map((table) => firsts.cell(`first_${table}`, 0))
  const problems = tables.flatMap((table, index): Problem[] => {
    if (days[index] !== null) return []
    const rule = `to have a row before ${formatDay(until)}`
    return [
      {
        code: 'table-empty',
        parameter: `table ${table}`,
        rule,
        wayOut: 'Choose other signals, or a later asOf.',
      },
    ]
  })
  refuse(operation, problems)
  return Math.max(...(days as number[])) as EpochDay
}
