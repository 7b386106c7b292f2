import fc from 'fast-check'
import { expect, test } from 'vitest'
import { activityChurned } from '../../src/label/activityChurned.js'
import { involuntary, reasonIn, unpaidBefore, voluntary } from '../../src/label/cancelCause.js'
import { cancelled } from '../../src/label/cancelled.js'
import { firstPassage } from '../../src/label/firstPassage.js'
import { labelName } from '../../src/label/labelName.js'
import { parseLabelName } from '../../src/label/parseLabelName.js'
import { planDowngraded } from '../../src/label/planDowngraded.js'
import { type OutcomeRule, outcomeRuleSchema } from '../../src/label/rule.js'
import { silent } from '../../src/label/silent.js'
import { valueDropped } from '../../src/label/valueDropped.js'

const byReason = reasonIn('cancelReason', ['non-payment'])

const rules: [OutcomeRule, string][] = [
  [cancelled(), 'cancelled_30d'],
  [cancelled({ gapDays: 7, horizonMonths: 2 }), 'cancelled_gap7d_2m'],
  [
    cancelled({ cause: involuntary(unpaidBefore({ openAbove: 0.5 })) }),
    'cancelled_involuntary[unpaid;failed60d=failed;open30d=0.5]_30d',
  ],
  [cancelled({ cause: voluntary(byReason) }), 'cancelled_voluntary[cancelReason=non-payment]_30d'],
  [silent({ table: 'payments', activeDays: 180, silentDays: 90 }), 'silent_payments_active180d_90d'],
  [silent({ silentMonths: 1 }), 'silent_usage_active30d_1m'],
  [activityChurned({ gapDays: 2 }), 'silent_usage_active1m_gap2d_1m'],
  [valueDropped({ share: 0.07, gapDays: 3 }), 'dropped_bills_amount_7pct_of_3m_gap3d_1m'],
  [
    planDowngraded({ tiers: ['S', ['M+', 'M'], 'L<'], column: 'brand', horizonMonths: 3 }),
    'downgraded_brand[S<M|M+<L%3c]_at_end_3m',
  ],
  [planDowngraded({ leastFall: 5, when: 'anyTime' }), 'downgraded_fee[by5]_any_time_30d'],
  [planDowngraded({ leastShare: 0.125 }), 'downgraded_fee[by12.5pct]_at_end_30d'],
  [firstPassage(), 'first[cancelled=cancelled]_all'],
  [
    firstPassage({
      causes: [
        { name: 'closed', event: 'cancelled', cause: involuntary(byReason) },
        { name: 'left', event: 'cancelled', cause: voluntary(byReason) },
        { name: 'quiet', event: 'silent', table: 'usage', days: 60 },
        { name: 'lower', event: 'planDowngraded', order: { column: 'fee', leastFall: 5 } },
      ],
      gapDays: 7,
      horizonMonths: 12,
    }),
    'first[closed=cancelled_involuntary[cancelReason=non-payment];left=cancelled_voluntary[cancelReason=non-payment];quiet=silent_usage_60d;lower=downgraded_fee[by5]]_gap7d_12m',
  ],
]

test.each(rules)('%o is called %s', (rule, name) => {
  expect(labelName(rule)).toBe(name)
})

// Texts that a name could fall over.
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '%', '_gap3d_1m', ']_all', 'a;b=c', '7pct_of_3m', '<', '|', '\n', 'by5', '_at_end'),
)
const texts = fc.uniqueArray(text, { minLength: 1, maxLength: 3 }).map((list) => list.sort())
const column = text.filter((name) => name !== '')
const days = fc.integer({ min: 1, max: 400 })
const share = fc.double({ min: 1e-12, max: 1, noNaN: true })
const amount = fc.double({ min: 0, max: 1e9, noNaN: true }).map((value) => value + 0)
const gapDays = fc.integer({ min: 0, max: 40 })
const months = fc.record({ months: fc.integer({ min: 1, max: 14 }) })
const horizon = fc.oneof(fc.record({ days }), months)
const cause = fc.record({
  of: fc.constantFrom('voluntary' as const, 'involuntary' as const),
  by: fc.oneof(
    fc.record({ kind: fc.constant('reasonIn' as const), column, in: texts }),
    fc
      .record(
        {
          kind: fc.constant('unpaid' as const),
          failed: fc.record({ kinds: texts, withinDays: days }),
          balance: fc.record({ above: amount, dueDays: gapDays }),
        },
        { requiredKeys: ['kind'] },
      )
      .filter((by) => by.failed !== undefined || by.balance !== undefined),
  ),
})
const tiers = fc
  .uniqueArray(text, { minLength: 2, maxLength: 6 })
  .map((plans) => [plans.slice(0, -1).sort(), plans.slice(-1)])
const order = fc.oneof(
  fc.record({ column, tiers }),
  fc.record({ column, leastFall: amount.filter((value) => value > 0) }),
  fc.record({ column, leastShare: share }),
)
const table = fc.constantFrom('usage' as const, 'bills' as const)
const passage = fc.oneof(
  fc.record(
    { name: column, event: fc.constant('cancelled' as const), cause },
    { requiredKeys: ['name', 'event'] },
  ),
  fc.record({ name: column, event: fc.constant('silent' as const), table, days }),
  fc.record({ name: column, event: fc.constant('planDowngraded' as const), order }),
)
const anyRule = fc.oneof(
  fc.record(
    { kind: fc.constant('cancelled' as const), cause, gapDays, horizon },
    { requiredKeys: ['kind', 'gapDays', 'horizon'] },
  ),
  fc.record({ kind: fc.constant('silent' as const), table, activeDays: days, gapDays, horizon }),
  fc.record({ kind: fc.constant('silent' as const), table, activeMonths: days, gapDays, horizon }),
  fc.record({
    kind: fc.constant('valueDropped' as const),
    table,
    measure: column,
    share,
    lookbackMonths: days,
    gapDays,
    horizon: months,
  }),
  fc.record({
    kind: fc.constant('planDowngraded' as const),
    order,
    when: fc.constantFrom('atEnd' as const, 'anyTime' as const),
    gapDays,
    horizon,
  }),
  fc.record({
    kind: fc.constant('firstPassage' as const),
    causes: fc.uniqueArray(passage, { minLength: 1, maxLength: 4, selector: ({ name }) => name }),
    gapDays,
    horizon: fc.oneof(horizon, fc.constant('all' as const)),
  }),
) as fc.Arbitrary<OutcomeRule>

test('every rule comes back from its name, and from JSON, as it was', () => {
  fc.assert(
    fc.property(anyRule, (rule) => {
      expect(parseLabelName(labelName(rule))).toEqual(rule)
      expect(outcomeRuleSchema.parse(JSON.parse(JSON.stringify(rule)))).toEqual(rule)
    }),
    { numRuns: 1000 },
  )
})

test('the order of a list of values is no part of the question', () => {
  const named = (reasons: string[]) => labelName(cancelled({ cause: voluntary(reasonIn('why', reasons)) }))
  expect(named(['b', 'a', 'b'])).toBe(named(['a', 'b']))
})

test.each([
  '',
  'cancelled',
  'cancelled_gap0d_30d',
  'cancelled_030d',
  'cancelled_all',
  'cancelled_0d',
  'cancelled_voluntary_30d',
  'cancelled_voluntary[why]_30d',
  'silent_calls_active30d_30d',
  'dropped_bills_amount_101pct_of_3m_1m',
  'dropped_bills_amount_7pct_of_3m_30d',
  'downgraded_plan[S]_at_end_30d',
  'downgraded_plan[S<S]_at_end_30d',
  'first[]_all',
  'first[a=cancelled;a=cancelled]_all',
  'gone_30d',
])('%s is the name of no rule', (name) => {
  expect(() => parseLabelName(name)).toThrow(
    `parseLabelName: expected name to be the name of a label, such as cancelled_gap7d_30d, got ${JSON.stringify(name)} (string).`,
  )
})

test('what is written in the code and is no name of a label does not compile, and is refused as well', () => {
  // @ts-expect-error a horizon is missing
  expect(() => parseLabelName('silent')).toThrow('to be the name of a label')
  // @ts-expect-error weeks are no unit
  expect(() => parseLabelName('cancelled_4w')).toThrow('to be the name of a label')
  const read: string = 'silent_usage_active180d_90d'
  expect(parseLabelName(read)).toEqual(parseLabelName('silent_usage_active180d_90d'))
})
