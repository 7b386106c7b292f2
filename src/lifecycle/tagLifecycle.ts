import { z } from 'zod'
import { type EpochDay, formatDay, monthStart } from '../base/days.js'
import { type Problem, refuse } from '../base/errors.js'
import { textColumn } from '../base/matrix.js'
import { checkOptions } from '../base/options.js'
import type { History } from '../engine/history.js'
import { Table } from '../table/table.js'
import { levelsOfRows } from './baseLevels.js'
import { type Calendar, monthIndexOf } from './calendar.js'
import { evidenceSentence } from './evidence.js'
import {
  checkComplete,
  historyCalendar,
  type MonthlyOptions,
  monthlyOptionsShape,
} from './lifecycleOptions.js'
import type { MonthlyBlock } from './monthlyBlock.js'
import { MonthlyTable } from './monthlyTable.js'
import { type SignalOptions, signalsOf } from './signalRule.js'
import { lifecycleStages } from './stage.js'
import { StageMachine } from './stageMachine.js'
import {
  type CheckedStageOptions,
  type StageOptions,
  stageOptionsShape,
  withStageOrder,
} from './stageOptions.js'

/** Options of {@link tagLifecycle}. */
export interface TagLifecycleOptions extends MonthlyOptions, StageOptions {
  /**
   * First days of months: for each the month before it is tagged. Instead of `asOf`, which tags one month. `monthly()`
   * makes them.
   */
  readonly cutoffs?: readonly EpochDay[]
  /** Divide each value by the level of the whole base in its month before comparing (see `baseLevels`). Default false. */
  readonly seasonal?: boolean
  /** With fewer customers than this a month has no level of its own. Integer ≥ 1, default 100. Needs `seasonal`. */
  readonly minBaseCustomers?: number
  /** Write the reason of every tag; without, the column `evidence` is left out. Default true. */
  readonly evidence?: boolean
}

const schema = withStageOrder(
  z.strictObject({
    ...monthlyOptionsShape,
    ...stageOptionsShape,
    cutoffs: z.array(z.int()).min(1).optional(),
    seasonal: z.boolean().default(false),
    minBaseCustomers: z.int().min(1).default(100),
    evidence: z.boolean().default(true),
  }),
)

/**
 * Returns the lifecycle stage of every customer of a history, for one month or for several.
 *
 * Use it for the monthly stage report and for lists by stage. For the rules see {@link tagMonths}; for the figures they
 * look at {@link monthlySignals}. Without bills the usage decides alone, without usage the bills, without both the
 * payments; where customers buy rarely, give a longer `silentMonths` and `referenceMonths`.
 *
 * The tag of a month sees only days before its end: tagging later, with more history, gives the same tag. A customer
 * who has left stays in the table as churn; one activated after the month is not in it.
 *
 * @param history an open history
 * @param options times, signals and thresholds; defaults tag the last month that is complete
 * @returns one row per customer and tagged month, by id and month: `id`, `month` (its first day), `stage`, `since` (first
 * day of the month in which the stage began; not before the series begins), `evidence` (a sentence)
 * @throws {HoldfastError} `option-invalid`, `option-unknown`, `table-unknown`, `column-missing`; `window-open` for a
 * cutoff later than what is complete; `out-of-range` for a cutoff that is not the first day of a month or lies before
 * the series
 *
 * One pass of the engine over the tables, then O(customers × months); memory for `customersPerBlock` customers and
 * the result.
 *
 * @see {@link tagCustomer} for one customer in memory, {@link stageTable} and {@link transitionTable} for the counts
 */
export async function tagLifecycle(history: History, options?: TagLifecycleOptions): Promise<Table> {
  const operation = 'tagLifecycle'
  const checked = checkOptions(operation, schema, options)
  const cutoffs = cutoffsOf(operation, checked, history)
  const signals = signalsOf(operation, history.tables, checked as SignalOptions)
  const from = checked.from as EpochDay | undefined
  const calendar = await historyCalendar(operation, history, signals, from, cutoffs.at(-1)!)
  const isTagged = taggedMonths(operation, calendar, cutoffs)
  const table = await MonthlyTable.make(history, signals, calendar)
  try {
    const levels = checked.seasonal ? await table.baseLevels(checked.minBaseCustomers) : null
    const rows = new TagRows(calendar, checked.evidence)
    for await (const block of table.blocks(checked.customersPerBlock)) {
      const baseLevels = levels === null ? signals.signals.map(() => null) : levelsOfRows(block, levels)
      tagBlock(
        block,
        new StageMachine({ ...block, baseLevels }, checked as CheckedStageOptions),
        isTagged,
        rows,
      )
    }
    return rows.table()
  } finally {
    await table.drop()
  }
}

/** Puts the tags of the wanted months of every customer of a block into the rows. */
export function tagBlock(
  block: MonthlyBlock,
  machine: StageMachine,
  isTagged: Uint8Array,
  rows: TagRows,
): void {
  block.ids.forEach((id, customer) => {
    const first = block.firstRows[customer]!
    const end = block.firstRows[customer + 1]!
    for (let row = first; row < end; row++) {
      const stage = row === first ? machine.begin(row) : machine.step(row)
      const month = block.month[row]!
      if (isTagged[month] === 1) rows.push(id, month, stage, block.month[machine.sinceRow]!, machine)
    }
  })
}

/** Collects tags and makes the table of them. */
export class TagRows {
  readonly #calendar: Calendar
  readonly #withEvidence: boolean
  readonly #ids: string[] = []
  readonly #idCodes: number[] = []
  readonly #months: number[] = []
  readonly #stages: number[] = []
  readonly #since: number[] = []
  readonly #evidence: string[] = []

  constructor(calendar: Calendar, withEvidence: boolean) {
    this.#calendar = calendar
    this.#withEvidence = withEvidence
  }

  push(id: string, month: number, stage: number, since: number, machine: StageMachine): void {
    if (this.#ids.at(-1) !== id) this.#ids.push(id)
    this.#idCodes.push(this.#ids.length - 1)
    this.#months.push(this.#calendar.starts[month]!)
    this.#stages.push(stage)
    this.#since.push(this.#calendar.starts[since]!)
    if (this.#withEvidence) this.#evidence.push(evidenceSentence(machine.evidence()))
  }

  table(): Table {
    const days = (name: string, values: readonly number[]) =>
      ({ kind: 'day', name, values: Int32Array.from(values), missing: null }) as const
    const texts = (name: string, codes: readonly number[], dictionary: readonly string[]) =>
      ({ kind: 'text', name, codes: Int32Array.from(codes), dictionary, missing: null }) as const
    return new Table([
      texts('id', this.#idCodes, this.#ids),
      days('month', this.#months),
      texts('stage', this.#stages, lifecycleStages),
      days('since', this.#since),
      ...(this.#withEvidence ? [textColumn('evidence', this.#evidence)] : []),
    ])
  }
}

function cutoffsOf(
  operation: string,
  options: { readonly asOf?: number | undefined; readonly cutoffs?: readonly number[] | undefined },
  history: History,
): EpochDay[] {
  const { asOf, cutoffs } = options
  if (cutoffs === undefined) {
    const until = (asOf ?? history.completeUntil) as EpochDay
    checkComplete(operation, 'asOf', [until], history)
    return [monthStart(until)]
  }
  const problems: Problem[] = []
  if (asOf !== undefined) {
    const rule = 'to be left out where cutoffs are given'
    problems.push({ code: 'option-invalid', parameter: 'asOf', rule, received: formatDay(asOf as EpochDay) })
  }
  const odd = cutoffs.filter((day) => monthStart(day as EpochDay) !== day)
  if (odd[0] !== undefined) {
    problems.push({
      code: 'out-of-range',
      parameter: 'cutoffs',
      rule: 'to be first days of months',
      received: formatDay(odd[0] as EpochDay),
      count: odd.length,
      wayOut: `Use ${formatDay(monthStart(odd[0] as EpochDay))}.`,
    })
  }
  refuse(operation, problems)
  checkComplete(operation, 'cutoffs', cutoffs, history)
  return ([...cutoffs] as EpochDay[]).sort((a, b) => a - b)
}

function taggedMonths(operation: string, calendar: Calendar, cutoffs: readonly EpochDay[]): Uint8Array {
  const isTagged = new Uint8Array(calendar.months)
  const early = cutoffs.filter((cutoff) => monthIndexOf(calendar, cutoff) < 1)
  if (early[0] !== undefined) {
    refuse(operation, [
      {
        code: 'out-of-range',
        parameter: 'cutoffs',
        rule: `to be after the first month of the series, ${formatDay(calendar.starts[0]!)}`,
        received: formatDay(early[0]),
        count: early.length,
      },
    ])
  }
  for (const cutoff of cutoffs) isTagged[monthIndexOf(calendar, cutoff) - 1] = 1
  return isTagged
}
