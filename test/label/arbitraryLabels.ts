import fc from 'fast-check'
import { type EpochDay, epochDay, formatDay } from '../../src/base/days.js'
import type { CancelCause, InvoluntaryRule } from '../../src/label/cancelCause.js'
import type { PlanOrder } from '../../src/label/planOrder.js'
import type { FirstPassageRule, Horizon, LabelRule, PassageCause } from '../../src/label/rule.js'

/** First day of the random histories; few days, so that every edge of a window is met. */
export const firstDay = epochDay('2025-01-15')
const lastOffset = 70

/** A customer with all that happens to him; days are numbers. */
export interface LabelHistory {
  readonly activatedAt: number
  readonly cancelledAt: number | null
  readonly cancelledKnownAt: number | null
  readonly cancelReason: string | null
  readonly falseChurn: string | null
  readonly usage: readonly { day: number; knownAt: number | null; minutes: number | null }[]
  readonly bills: readonly { day: number; knownAt: number | null; amount: number }[]
  readonly payments: readonly { day: number; amount: number; kind: string | null }[]
  readonly plans: readonly {
    from: number
    to: number | null
    knownAt: number | null
    plan: string
    fee: number | null
  }[]
}

const day = fc.integer({ min: 0, max: lastOffset }).map((offset) => firstDay + offset)
const orNull = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { freq: 2 })
const late = orNull(fc.integer({ min: 0, max: 12 }))
const money = fc.integer({ min: -500, max: 3000 }).map((cents) => cents / 100)

const monthEnds = ['2025-01-31', '2025-02-28', '2025-03-31', '2025-04-30'].map((text) => epochDay(text))

/** Rows in shuffled order, so that no result may depend on it. */
export const arbitraryHistory: fc.Arbitrary<LabelHistory> = fc.record({
  activatedAt: fc.integer({ min: -80, max: 0 }).map((offset) => firstDay + offset),
  ...{
    cancelledAt: orNull(day),
    cancelledKnownAt: fc.constant(null as number | null),
  },
  cancelReason: orNull(fc.constantFrom('bill', 'price', '')).map((text) => (text === '' ? null : text)),
  falseChurn: fc.option(fc.constantFrom('one device', 're-entry'), { freq: 1 }),
  usage: fc.array(
    fc.record({ day, late, minutes: orNull(money) }).map(({ late: days, ...row }) => ({
      ...row,
      knownAt: days === null ? null : row.day + days,
    })),
    { maxLength: 8 },
  ),
  bills: fc.array(
    fc.record({ day: fc.constantFrom(...monthEnds), late, amount: money }).map(({ late: days, ...row }) => ({
      ...row,
      knownAt: days === null ? null : row.day + days,
    })),
    { maxLength: 4 },
  ),
  payments: fc.array(
    fc.record({ day, amount: money, kind: orNull(fc.constantFrom('failed', 'bounced', 'card')) }),
    { maxLength: 4 },
  ),
  plans: fc.array(
    fc
      .record({
        from: day,
        length: orNull(fc.integer({ min: 0, max: 40 })),
        late,
        plan: fc.constantFrom('S', 'S+', 'M', 'M', 'L', 'L', 'old'),
        fee: orNull(fc.constantFrom(10, 20, 20.1, 25, 30, 0, -5)),
      })
      .map(({ length, late: days, ...row }) => ({
        ...row,
        to: length === null ? null : row.from + length,
        knownAt: days === null ? null : row.from + days,
      })),
    { maxLength: 5 },
  ),
})

/** The same, and the cancellation becomes known some days before or after it. */
export const arbitraryCustomer: fc.Arbitrary<LabelHistory> = fc
  .tuple(arbitraryHistory, orNull(fc.integer({ min: -6, max: 15 })))
  .map(([history, days]) =>
    history.cancelledAt === null || days === null
      ? history
      : { ...history, cancelledKnownAt: history.cancelledAt + days },
  )

const gapDays = fc.constantFrom(0, 0, 1, 3, 7)
const days = fc.integer({ min: 1, max: 25 })
const months = { months: 1 } as const
const horizon: fc.Arbitrary<Horizon> = fc.oneof(
  days.map((count) => ({ days: count })),
  fc.constant(months),
)
const unpaidParts = {
  failed: fc.record({ kinds: fc.constantFrom(['failed'], ['bounced', 'failed']), withinDays: days }),
  balance: fc.record({ above: fc.constantFrom(0, 5), dueDays: fc.constantFrom(0, 10) }),
}
const by: fc.Arbitrary<InvoluntaryRule> = fc.oneof(
  fc.record({ kind: fc.constant('unpaid' as const), failed: unpaidParts.failed }),
  fc.record({ kind: fc.constant('unpaid' as const), balance: unpaidParts.balance }),
  fc.record({ kind: fc.constant('unpaid' as const), ...unpaidParts }),
  fc.constant({ kind: 'reasonIn' as const, column: 'cancelReason', in: ['bill'] }),
)
const cause: fc.Arbitrary<CancelCause> = fc.record({ of: fc.constantFrom('voluntary', 'involuntary'), by })
const order: fc.Arbitrary<PlanOrder> = fc.constantFrom<PlanOrder>(
  { column: 'plan', tiers: [['S', 'S+'], ['M'], ['L']] },
  { column: 'fee', leastFall: 5 },
  { column: 'fee', leastShare: 0.2 },
)
const windows = { gapDays, horizon }

/** Rules over the tables of the random histories, of every kind. */
export const arbitraryLabel: fc.Arbitrary<LabelRule> = fc.oneof(
  fc.record({ kind: fc.constant('cancelled' as const), ...windows }),
  fc.record({ kind: fc.constant('cancelled' as const), cause, ...windows }),
  fc.record({
    kind: fc.constant('silent' as const),
    table: fc.constant('usage' as const),
    activeDays: days,
    ...windows,
  }),
  fc.record({
    kind: fc.constant('silent' as const),
    table: fc.constantFrom('payments' as const, 'usage' as const),
    activeMonths: fc.constant(1),
    ...windows,
  }),
  fc.record({
    kind: fc.constant('valueDropped' as const),
    table: fc.constantFrom('bills' as const, 'payments' as const),
    measure: fc.constant('amount'),
    share: fc.constantFrom(0.3, 0.5, 1),
    lookbackMonths: fc.constantFrom(1, 2),
    gapDays,
    horizon: fc.constant(months),
  }),
  fc.record({
    kind: fc.constant('planDowngraded' as const),
    order,
    when: fc.constantFrom('atEnd' as const, 'anyTime' as const),
    ...windows,
  }),
)

const passage: fc.Arbitrary<PassageCause> = fc.oneof(
  fc.record({ name: fc.string(), event: fc.constant('cancelled' as const) }),
  fc.record({ name: fc.string(), event: fc.constant('cancelled' as const), cause }),
  fc.record({
    name: fc.string(),
    event: fc.constant('silent' as const),
    table: fc.constantFrom('usage' as const, 'payments' as const),
    days: fc.integer({ min: 1, max: 40 }),
  }),
  fc.record({ name: fc.string(), event: fc.constant('planDowngraded' as const), order }),
)

/** First passages of one to four causes. */
export const arbitraryPassage: fc.Arbitrary<FirstPassageRule> = fc
  .record({
    kind: fc.constant('firstPassage' as const),
    causes: fc.array(passage, { minLength: 1, maxLength: 4 }),
    gapDays,
    horizon: fc.oneof(horizon, fc.constant('all' as const)),
  })
  .map((rule) => ({
    ...rule,
    causes: rule.causes.map((each, index) => ({ ...each, name: `${index}${each.name}` })),
  }))

/** The customers as the tables of a history; `id` is the place in the list. */
export function tablesOf(customers: readonly LabelHistory[]) {
  const rows = <Row extends object>(of: (customer: LabelHistory) => readonly Row[]) =>
    customers.flatMap((customer, index) => of(customer).map((row) => ({ id: `c${index}`, ...row })))
  return {
    customers: customers.map(({ activatedAt, cancelledAt, cancelledKnownAt, cancelReason }, index) => ({
      id: `c${index}`,
      activatedAt,
      cancelledAt,
      cancelledKnownAt,
      cancelReason,
    })),
    usage: rows(({ usage }) => usage),
    bills: rows(({ bills }) =>
      bills.map(({ day: end, ...row }) => ({ ...row, period: formatDay(end as EpochDay) })),
    ),
    payments: rows(({ payments }) => payments),
    plans: rows(({ plans }) => plans),
  }
}
