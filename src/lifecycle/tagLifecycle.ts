import * as z from 'zod'
import { checkArguments } from '../base/arguments.js'
import { dayRule, withDaysIn } from '../base/dayRule.js'
import type { DayInput } from '../base/days.js'
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
  signalsCompleteUntil,
} from './lifecycleOptions.js'
import type { MonthlyBlock } from './monthlyBlock.js'
import { tablesOf } from './monthlySql.js'
import { MonthlyTable } from './monthlyTable.js'
import { type CheckedSignals, type SignalOptions, signalsOf } from './signalRule.js'
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
   * First days of months, as from `monthly()`: the month before each is tagged. Instead of `asOf`, which tags one
   * month.
   */
  readonly cutoffs?: readonly DayInput[]
  /** Divide each value by the level of the whole base in its month before comparing (see `baseLevels`). Default false. */
  readonly seasonal?: boolean
  /** A month with fewer customers than this has no level of its own. Integer ≥ 1, default 100. Needs `seasonal`. */
  readonly minBaseCustomers?: number
  /** Whether to write the reason for every tag, in the column `evidence`. Default true. */
  readonly evidence?: boolean
}

const schema = withStageOrder(
  z.strictObject({
    ...monthlyOptionsShape,
    ...stageOptionsShape,
    cutoffs: z.array(dayRule).min(1).optional(),
    seasonal: z.boolean().default(false),
    minBaseCustomers: z.int().min(1).default(100),
    evidence: z.boolean().default(true),
  }),
)

/**
 * Returns the lifecycle stage of every customer of a history, for one month or for several.
 *
 * Use it for the monthly stage report and for lists by stage. For the rules see `tagMonths`, for the figures behind
 * them `monthlySignals`, both of `holdfast/lifecycle`. Without bills usage alone decides, without usage the bills,
 * without both the payments. If customers buy rarely, use a longer `silentMonths` and `referenceMonths`.
 *
 * The tag for a cutoff sees only days before it, and rows (`knownAt`) and cancellations (`cancelledKnownAt`) known
 * before it: tagging later, with more history, gives the same tag. With `asOf` it sees what was known before `asOf`, so
 * a bill that arrives a week after its month counts from then on. Customers who have left stay in the table as churn;
 * those activated after the month are not in it.
 *
 * @param history an open history
 * @param options period, signals and thresholds; by default the last complete month is tagged
 * @returns one row per customer and tagged month, by id and month: `id`, `month` (its first day), `stage`, `since` (first
 * day of the month in which the stage began; not before the series begins), `evidence` (a sentence)
 * @throws {HoldfastError} `option-invalid`, `option-unknown`, `table-unknown`, `column-missing`; `window-open` if the
 * tables are not complete up to a cutoff; `out-of-range` for a cutoff that is not the first day of a month or is before
 * the series
 *
 * One pass of the engine over the tables, then O(customers × months); memory for `customersPerBlock` customers and the
 * result. If rows or cancellations have a day on which they became known, this cost is per cutoff.
 *
 * @see {@link tagCustomer} for one customer in memory, {@link stageTable} and {@link transitionTable} for the counts
 */
export async function tagLifecycle(history: History, options?: TagLifecycleOptions): Promise<Table> {
  checkArguments('tagLifecycle', ['history', history, 'history'])
  const operation = 'tagLifecycle'
  const { checked, signals } = checkedTags(operation, history, options)
  const rows = new TagRows(checked.evidence)
  for (const pass of passesOf(operation, checked, history, signals)) {
    rows.beginPass()
    for await (const tag of tagBlocks(operation, history, signals, checked, pass)) tag(rows)
  }
  return rows.table()
}

/**
 * Yields the rows of {@link tagLifecycle} for one month in tables of some customers each, for more customers than fit
 * into memory.
 *
 * @param operation the public function the user called
 */
export async function* tagsByBlock(
  operation: string,
  history: History,
  options: Omit<TagLifecycleOptions, 'cutoffs'>,
): AsyncGenerator<Table, void, void> {
  const { checked, signals } = checkedTags(operation, history, options)
  for (const pass of passesOf(operation, checked, history, signals)) {
    for await (const tag of tagBlocks(operation, history, signals, checked, pass)) {
      const rows = new TagRows(checked.evidence)
      rows.beginPass()
      tag(rows)
      yield rows.table()
    }
  }
}

function checkedTags(
  operation: string,
  history: History,
  options: TagLifecycleOptions | undefined,
): { readonly checked: CheckedTagOptions; readonly signals: CheckedSignals } {
  const checked = checkOptions(
    operation,
    schema,
    withDaysIn(options, ['asOf', 'from', 'cutoffs'], history.timeZone),
  )
  return { checked, signals: signalsOf(operation, history.tables, checked as SignalOptions) }
}

type CheckedTagOptions = z.output<typeof schema>

/** Ascending cutoffs served by one series of each customer, and the day before which its rows were known. */
interface TagPass {
  readonly cutoffs: readonly EpochDay[]
  readonly asOf: EpochDay
}

/** One pass for all cutoffs; one per cutoff, the latest first, if rows have a day on which they became known. */
function passesOf(
  operation: string,
  options: CheckedTagOptions,
  history: History,
  signals: CheckedSignals,
): TagPass[] {
  const asOf = (options.asOf ?? signalsCompleteUntil(history, signals)) as EpochDay
  if (options.cutoffs === undefined) {
    checkComplete(operation, 'asOf', [asOf], history, signals)
    return [{ cutoffs: [monthStart(asOf)], asOf }]
  }
  const cutoffs = checkedCutoffs(operation, options.asOf, options.cutoffs, history, signals)
  const saysWhenKnown =
    history.tables.customers?.['cancelledKnownAt'] !== undefined ||
    tablesOf(signals).some((table) => history.tables[table]?.['knownAt'] !== undefined)
  if (!saysWhenKnown) return [{ cutoffs, asOf: cutoffs.at(-1)! }]
  return cutoffs.map((cutoff) => ({ cutoffs: [cutoff], asOf: cutoff })).reverse()
}

/** Yields for each block of customers what adds their tags to rows. */
async function* tagBlocks(
  operation: string,
  history: History,
  signals: CheckedSignals,
  options: CheckedTagOptions,
  { cutoffs, asOf }: TagPass,
): AsyncGenerator<(rows: TagRows) => void, void, void> {
  const calendar = await historyCalendar(
    operation,
    history,
    signals,
    options.from as EpochDay | undefined,
    asOf,
  )
  const isTagged = taggedMonths(operation, calendar, cutoffs)
  const table = await MonthlyTable.make(history, signals, calendar, asOf)
  try {
    const levels = options.seasonal ? await table.baseLevels(options.minBaseCustomers) : null
    for await (const block of table.blocks(options.customersPerBlock)) {
      const baseLevels = levels === null ? signals.signals.map(() => null) : levelsOfRows(block, levels)
      const machine = new StageMachine({ ...block, baseLevels }, options as CheckedStageOptions)
      yield (rows) => tagBlock(block, machine, isTagged, rows)
    }
  } finally {
    await table.drop()
  }
}

/** Adds the tags of the wanted months of every customer of a block to the rows. */
function tagBlock(block: MonthlyBlock, machine: StageMachine, isTagged: Uint8Array, rows: TagRows): void {
  const { starts } = block.calendar
  block.ids.forEach((id, customer) => {
    const first = block.firstRows[customer]!
    const end = block.firstRows[customer + 1]!
    for (let row = first; row < end; row++) {
      const stage = row === first ? machine.begin(row) : machine.step(row)
      const month = block.month[row]!
      if (isTagged[month] !== 1) continue
      rows.push(id, starts[month]!, stage, starts[block.month[machine.sinceRow]!]!, machine)
    }
  })
}

/**
 * Collects tags into a table. Passes come latest first, so that the customers of a pass are among those of the previous
 * one, in the same order.
 */
class TagRows {
  readonly #withEvidence: boolean
  readonly #ids: string[] = []
  readonly #idCodes: number[] = []
  readonly #months: number[] = []
  readonly #stages: number[] = []
  readonly #since: number[] = []
  readonly #evidence: string[] = []

  #passes = 0
  #code = -1

  constructor(withEvidence: boolean) {
    this.#withEvidence = withEvidence
  }

  beginPass(): void {
    this.#passes++
    this.#code = -1
  }

  push(id: string, month: EpochDay, stage: number, since: EpochDay, machine: StageMachine): void {
    while (this.#code < 0 || this.#ids[this.#code] !== id) {
      if (++this.#code === this.#ids.length) this.#ids.push(id)
    }
    this.#idCodes.push(this.#code)
    this.#months.push(month)
    this.#stages.push(stage)
    this.#since.push(since)
    if (this.#withEvidence) this.#evidence.push(evidenceSentence(machine.evidence()))
  }

  table(): Table {
    const days = (name: string, values: readonly number[]) =>
      ({ kind: 'day', name, values: Int32Array.from(values), missing: null }) as const
    const texts = (name: string, codes: readonly number[], dictionary: readonly string[]) =>
      ({ kind: 'text', name, codes: Int32Array.from(codes), dictionary, missing: null }) as const
    const table = new Table([
      texts('id', this.#idCodes, this.#ids),
      days('month', this.#months),
      texts('stage', this.#stages, lifecycleStages),
      days('since', this.#since),
      ...(this.#withEvidence ? [textColumn('evidence', this.#evidence)] : []),
    ])
    if (this.#passes === 1) return table
    const [ids, months] = [this.#idCodes, this.#months]
    return table.take(
      Int32Array.from(ids.keys()).sort((a, b) => ids[a]! - ids[b]! || months[a]! - months[b]!),
    )
  }
}

function checkedCutoffs(
  operation: string,
  asOf: number | undefined,
  cutoffs: readonly number[],
  history: History,
  signals: CheckedSignals,
): EpochDay[] {
  const problems: Problem[] = []
  if (asOf !== undefined) {
    const rule = 'to be left out if cutoffs are given'
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
  checkComplete(operation, 'cutoffs', cutoffs, history, signals)
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
