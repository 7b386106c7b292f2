import { checkArguments, isPlainObject } from '../base/arguments.js'
import { dayRule } from '../base/dayRule.js'
import { type DayInput, type Days, dayHint, dayWords, type EpochDay, givenDay } from '../base/days.js'
import { inNameOf, type Problem, refuse } from '../base/errors.js'
import { checkOptions } from '../base/options.js'
import * as z from '../base/schema.js'
import { timeZoneRule } from '../base/timeZone.js'
import { type EventTableName, eventTableNames } from '../table/inputs.js'
import { cellOf, idColumn, Table } from '../table/table.js'
import { columnName, type RowFilter, rowFilterSchema, timeColumns } from './rowFilter.js'

/** Exactly these pairs of customer and cutoff; a repeated pair counts once. */
export interface ListedCutoffs {
  readonly kind: 'listed'
  /** Customer of each pair. */
  readonly ids: readonly string[]
  /** Cutoff of each pair, as long as `ids`. */
  readonly cutoffs: readonly EpochDay[]
}

/** Range of the cutoffs c of a rule: `from <= c < until`. */
export interface CutoffBounds {
  /** Left out: the day after all regular event tables have begun. */
  readonly from?: EpochDay
  /** Left out: the day after `history.completeUntil`. */
  readonly until?: EpochDay
}

/**
 * Every day that is `days` days before a day of the customer, as known then: each cutoff at which the feature
 * `daysUntil(column, of)` is `days`. Seven days before each renewal: `contractEnd` and 7.
 */
export interface CutoffsBefore extends CutoffBounds {
  readonly kind: 'before'
  readonly column: string
  /** Any integer; negative = days after it. */
  readonly days: Days
  /** `plan`: of the plan in force at the cutoff (default); `customer`: an attribute that never changes. */
  readonly of?: 'plan' | 'customer'
}

/** The first day that sees a row, which is the day after it happened and became known, plus `days`. */
export interface CutoffsAfter extends CutoffBounds {
  readonly kind: 'after'
  readonly table: EventTableName
  /** Only the nth row of a customer, in the order in which rows are seen. Left out: each row. */
  readonly nth?: number
  /** Only these rows; `nth` counts only them. */
  readonly where?: RowFilter
  /** Default 0. */
  readonly days?: Days
}

/** Each month the activation's day of the month, or the last day of a shorter month. */
export interface CutoffsOnMonthDay extends CutoffBounds {
  readonly kind: 'monthDay'
}

/** Customers' own cutoffs: plain data, like the rest of a plan. */
export type OwnCutoffs = ListedCutoffs | CutoffsBefore | CutoffsAfter | CutoffsOnMonthDay

/** Cutoffs: the same days for all customers, or their own. */
export type Cutoffs = readonly DayInput[] | OwnCutoffs

const bounds = { from: z.exactOptional(dayRule), until: z.exactOptional(dayRule) }

/** A column that may define cutoffs, because it is known by then. */
const knownColumn = {
  error:
    'to be a day that is known at the cutoff, such as contractEnd, from of the plan or activatedAt of the customer',
  path: ['column'],
}

/** Schema of {@link OwnCutoffs}: reads them back from JSON. */
export const ownCutoffsSchema: z.ZodType<OwnCutoffs> = z.discriminatedUnion(
  'kind',
  [
    z
      .strictObject({
        kind: z.literal('listed'),
        ids: z.array(z.string().min(1)).min(1),
        cutoffs: z.array(dayRule).min(1),
      })
      .refine(({ ids, cutoffs }) => ids.length === cutoffs.length, 'to have a cutoff for each id'),
    z
      .strictObject({
        kind: z.literal('before'),
        column: columnName,
        days: z.int(),
        of: z.exactOptional(z.enum(['plan', 'customer'])),
        ...bounds,
      })
      .refine(
        ({ column, of }) =>
          !timeColumns.has(column) || column === (of === 'customer' ? 'activatedAt' : 'from'),
        knownColumn,
      ),
    z.strictObject({
      kind: z.literal('after'),
      table: z.enum(eventTableNames),
      nth: z.exactOptional(z.int().min(1)),
      where: z.exactOptional(rowFilterSchema),
      days: z.exactOptional(z.int().min(0)),
      ...bounds,
    }),
    z.strictObject({ kind: z.literal('monthDay'), ...bounds }),
  ],
  'to be a rule of the kind listed, before, after or monthDay',
)

/** A rule without the pairs of a list, as a model file keeps it. */
export type CutoffRule = Exclude<OwnCutoffs, ListedCutoffs> | Pick<ListedCutoffs, 'kind'>

/** Schema of {@link CutoffRule}. */
export const cutoffRuleSchema: z.ZodType<CutoffRule> = z.union([
  z.strictObject({ kind: z.literal('listed') }),
  ownCutoffsSchema as z.ZodType<Exclude<OwnCutoffs, ListedCutoffs>>,
])

/** Returns a rule without the pairs of a list. */
export function withoutPairs(rule: OwnCutoffs): CutoffRule {
  return rule.kind === 'listed' ? { kind: 'listed' } : rule
}

/** Returns whether customers have their own cutoffs. */
export function isOwn(cutoffs: Cutoffs): cutoffs is OwnCutoffs {
  return isPlainObject(cutoffs) && 'kind' in cutoffs
}

/** Returns the checked rule: one written by hand may have days as texts. */
export function checkedOwn(cutoffs: OwnCutoffs): OwnCutoffs {
  return checkOptions('populationTable', ownCutoffsSchema, cutoffs)
}

/** Bounds of own cutoffs: `YYYY-MM-DD`, `YYYY-MM` for the first of the month, or a day number. */
export interface CutoffBoundsOptions {
  /** First possible cutoff. Default: the day after all regular event tables have begun. */
  readonly from?: DayInput
  /** First day after the possible cutoffs. Default: the day after `history.completeUntil`. */
  readonly until?: DayInput
}

/** One pair of {@link cutoffsListed}. */
export interface CustomerCutoff {
  readonly id: string
  readonly cutoff: DayInput
}

const listedOptions = z.strictObject({ timeZone: timeZoneRule })

/**
 * Returns the cutoffs in a table of your own, as pairs of customer and day.
 *
 * Each pair must have been known at its day: a table made with hindsight (a day before each cancellation) tells a model
 * the answer, and this cannot be detected here.
 *
 * The population report counts ids that the history does not have, and customers who were not active.
 *
 * @param pairs a table with the columns `id` (texts) and `cutoff` (days), or a list of such objects
 * @param options `timeZone`: gives a `Date` or a text with an offset its day. Default `'UTC'`
 * @throws {HoldfastError} `table-empty`; `column-missing`, `column-type`; `value-missing`, `value-type`: with the row
 *
 * @example
 * cutoffsListed([{ id: 'A', cutoff: '2025-03-14' }, { id: 'B', cutoff: '2025-03-20' }])
 * // => { kind: 'listed', ids: ['A', 'B'], cutoffs: [20161, 20167] }
 */
export function cutoffsListed(
  pairs: Table | readonly CustomerCutoff[],
  options: { readonly timeZone?: string } = {},
): ListedCutoffs {
  if (!(pairs instanceof Table)) checkArguments('cutoffsListed', ['pairs', pairs, 'rows'])
  const { timeZone } = checkOptions('cutoffsListed', listedOptions, options)
  const cells = pairs instanceof Table ? inNameOf('cutoffsListed', () => cellsOf(pairs)) : pairs
  const days = cells.map((pair) => givenDay(pair?.cutoff, timeZone))
  refuse('cutoffsListed', [
    ...(cells.length === 0 ? [noPairs] : []),
    ...cells.flatMap((pair, row) => pairProblems(pair, days[row], row)).slice(0, mostProblems),
  ])
  return { kind: 'listed', ids: cells.map(({ id }) => id), cutoffs: days as EpochDay[] }
}

const mostProblems = 5
const noPairs: Problem = { code: 'table-empty', parameter: 'pairs', rule: 'to hold at least one pair' }

function cellsOf(table: Table): CustomerCutoff[] {
  const [ids, cutoffs] = [idColumn(table.column('id')), table.column('cutoff')]
  return Array.from({ length: table.rowCount }, (_, row) => ({
    id: cellOf(ids, row) as string,
    cutoff: cellOf(cutoffs, row) as string,
  }))
}

function pairProblems(pair: CustomerCutoff, day: EpochDay | undefined, row: number): Problem[] {
  const { id, cutoff } = pair ?? {}
  const place = { row: row + 1 }
  const isText = typeof id === 'string' && id !== ''
  return [
    ...(isText
      ? []
      : [{ code: 'value-type', parameter: 'id', rule: 'to be a text', received: id, place } as const]),
    ...(day !== undefined
      ? []
      : [
          {
            code: 'value-type',
            parameter: 'cutoff',
            rule: `to be ${dayWords}`,
            received: cutoff,
            place,
            ...dayHint(cutoff),
          } as const,
        ]),
  ]
}

/**
 * Returns the cutoffs "a number of days before a day of the customer": before each renewal or each end of a promotion.
 *
 * With v = the value of the column at a cutoff c, as `daysUntil(column)` reads it: every c with v − c = days. A
 * contract extended or replaced before c has no cutoff for its old end, and a plan that became known after c has none.
 *
 * @param column a day column of `plans` (the plan in force), or with `of: 'customer'` an attribute that never changes
 * @param options `days`: integer; negative = days after it (`activatedAt` and −90: three months old). Default 7
 * @throws {HoldfastError} `option-invalid`, `option-unknown`
 *
 * @example
 * cutoffsBefore('contractEnd', { days: 7, from: '2025-01-01', until: '2025-07-01' })
 * // => { kind: 'before', column: 'contractEnd', days: 7, from: 20089, until: 20270 }
 *
 * @see `daysUntil` of `holdfast/features` for the corresponding feature
 */
export function cutoffsBefore(
  column: string,
  options: CutoffBoundsOptions & Partial<Pick<CutoffsBefore, 'days' | 'of'>> = {},
): CutoffsBefore {
  checkArguments('cutoffsBefore', ['column', column, 'text'], ['options', options, 'options'])
  return rule('cutoffsBefore', { kind: 'before', column, days: 7 }, options)
}

/**
 * Returns the cutoffs "when a row is seen": at each bill, after the third complaint, on the 10th login.
 *
 * With d = the day a row happened or became known, whichever is later, the cutoff is d + 1 + days; d + 1 is the first
 * day that sees the row. Rows of the same day give one cutoff. `nth` counts rows in the order in which they are seen,
 * even if a feed is late.
 *
 * @param options `nth`: integer ≥ 1, left out = each row; `where`: only these rows; `days`: integer ≥ 0, default 0
 * @throws {HoldfastError} `option-invalid`, `option-unknown`
 *
 * @example
 * cutoffsAfter('usage', { nth: 10 })
 * // => { kind: 'after', table: 'usage', nth: 10 }
 */
export function cutoffsAfter(
  table: EventTableName,
  options: CutoffBoundsOptions & Partial<Pick<CutoffsAfter, 'nth' | 'where' | 'days'>> = {},
): CutoffsAfter {
  checkArguments('cutoffsAfter', ['table', table, 'text'], ['options', options, 'options'])
  return rule('cutoffsAfter', { kind: 'after', table }, options)
}

/**
 * Returns the cutoffs "monthly, on the activation's day of the month": the first a month after it. For the 31st, the
 * last day of shorter months.
 *
 * @throws {HoldfastError} `option-invalid`, `option-unknown`
 *
 * @example
 * cutoffsOnMonthDay({ from: '2025-01-01' })
 * // => { kind: 'monthDay', from: 20089 }
 */
export function cutoffsOnMonthDay(options: CutoffBoundsOptions = {}): CutoffsOnMonthDay {
  checkArguments('cutoffsOnMonthDay', ['options', options, 'options'])
  return rule('cutoffsOnMonthDay', { kind: 'monthDay' }, options)
}

function rule<Rule extends OwnCutoffs>(operation: string, made: object, options: object): Rule {
  return checkOptions(operation, ownCutoffsSchema, { ...made, ...options }) as Rule
}
