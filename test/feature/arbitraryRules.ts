import fc from 'fast-check'
import type { WindowRule } from '../../src/base/windows.js'
import type { featureRuleSchemas } from '../../src/feature/featureRuleSchema.js'
import { conditionName } from '../../src/feature/name/featureName.js'
import type { AggregateRule, FeatureRule, NumberRule, TextRule } from '../../src/feature/rule.js'
import type { NumberRange, RowCondition, RowFilter } from '../../src/population/rowFilter.js'
import type { EventTableName } from '../../src/table/inputs.js'

type Kind = keyof typeof featureRuleSchemas

// The columns of the history in `arbitraryHistories.ts`.
const numberColumns = {
  usage: ['minutes', 'dataMb'],
  bills: ['amount', 'discount'],
  payments: ['amount', 'balance'],
  plans: ['fee'],
} as const
const textColumns = {
  usage: ['network'],
  payments: ['kind'],
  plans: ['plan'],
  contacts: ['kind'],
  devices: ['deviceId'],
} as const

const tables = ['usage', 'bills', 'payments', 'plans', 'contacts', 'devices'] as const
const table = fc.constantFrom(...tables)
const lag = fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined })
const months = fc.integer({ min: 1, max: 7 })
const twoMonths = fc.integer({ min: 2, max: 7 })

const windows: fc.Arbitrary<WindowRule> = fc.oneof(
  fc.constant('all' as const),
  fc
    .record({ days: fc.integer({ min: 1, max: 200 }), lag })
    .map(({ days, lag: before }) => (before === undefined ? { days } : { days, lag: before })),
  fc
    .record({ months, lag })
    .map(({ months: length, lag: before }) =>
      before === undefined ? { months: length } : { months: length, lag: before },
    ),
)

const valuesOf: Readonly<Record<string, readonly string[]>> = {
  kind: ['complaint', 'question', 'late', "d'accord", '%|=[]'],
  network: ['2G', '4G', '\u{1F600}', '\uFF21'],
  plan: ['S', 'M', '套餐', '\uFF21'],
  deviceId: ['d1', 'd2'],
}

const range = (least: number, most: number): fc.Arbitrary<NumberRange> => {
  const bound = fc.integer({ min: least, max: most })
  return fc.oneof(
    bound.map((from): NumberRange => [from, null]),
    bound.map((to): NumberRange => [null, to]),
    fc
      .tuple(bound, bound)
      .map(([left, right]): NumberRange => [Math.min(left, right), Math.max(left, right) + 1]),
  )
}

function conditions(of: EventTableName): fc.Arbitrary<RowCondition> {
  const weekday = fc
    .uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 })
    .map((days) => ({ weekday: days }))
  const columns = of === 'bills' ? [] : textColumns[of]
  const listed = columns.map((column) =>
    fc
      .tuple(
        fc.uniqueArray(fc.constantFrom(...valuesOf[column]!), { minLength: 1, maxLength: 2 }),
        fc.boolean(),
      )
      .map(([list, isIn]): RowCondition => (isIn ? { column, in: list } : { column, notIn: list })),
  )
  const ranged = (column: string, ranges: fc.Arbitrary<NumberRange>): fc.Arbitrary<RowCondition> =>
    fc
      .tuple(ranges, fc.boolean())
      .map(([given, isIn]) => (isIn ? { column, between: given } : { column, notBetween: given }))
  const is = (column: string): fc.Arbitrary<RowCondition> =>
    fc.boolean().map((value) => ({ column, is: value }))
  const others: Partial<Record<EventTableName, fc.Arbitrary<RowCondition>[]>> = {
    usage: [ranged('hour', range(0, 23)), is('roaming')],
    bills: [ranged('amount', range(-3, 10))],
    plans: [is('bound')],
  }
  return fc.oneof(weekday, ...listed, ...(others[of] ?? []))
}

/** Any filter of a table, none in half of the cases. */
const filters = (of: EventTableName): fc.Arbitrary<RowFilter | undefined> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant(undefined) },
    { weight: 2, arbitrary: conditions(of) },
    {
      weight: 1,
      arbitrary: fc.uniqueArray(conditions(of), {
        minLength: 2,
        maxLength: 3,
        selector: conditionName,
      }),
    },
  )

function withFilter<Rule extends { readonly table: EventTableName }>(rule: Rule): fc.Arbitrary<Rule> {
  return filters(rule.table).map((where) => (where === undefined ? rule : { ...rule, where }))
}

const measured = fc
  .constantFrom('usage' as const, 'bills' as const, 'payments' as const, 'plans' as const)
  .chain((of) =>
    fc.record({ table: fc.constant(of), measure: fc.constantFrom<string>(...numberColumns[of]) }),
  )

const texts = fc
  .constantFrom(
    'usage' as const,
    'payments' as const,
    'plans' as const,
    'contacts' as const,
    'devices' as const,
  )
  .chain((of) => fc.record({ table: fc.constant(of), measure: fc.constantFrom<string>(...textColumns[of]) }))

const unmeasured = table.map((of) => ({ table: of }))

const aggregateOf = (
  how: readonly AggregateRule['aggregate'][],
  of: fc.Arbitrary<{ table: EventTableName; measure?: string }>,
) =>
  fc
    .tuple(of, fc.constantFrom(...how), windows)
    .map(([rows, aggregate, window]): AggregateRule => ({ kind: 'aggregate', ...rows, aggregate, window }))
    .chain(withFilter)

const aggregates = fc.oneof(
  aggregateOf(['count', 'activeDays', 'gapMean', 'gapDeviation'], unmeasured),
  aggregateOf(['sum', 'mean', 'min', 'max'], measured),
  aggregateOf(['distinct', 'entropy'], texts),
  aggregateOf(['changes'], fc.oneof(texts, measured)),
)

const valueAt = <Type extends 'number' | 'text'>(
  type: Type,
  of: fc.Arbitrary<{ table: EventTableName; measure: string }>,
) =>
  fc
    .tuple(of, fc.constantFrom('first' as const, 'last' as const), windows)
    .chain(([rows, which, window]) =>
      withFilter({ kind: 'valueAt' as const, table: rows.table, which, column: rows.measure, type, window }),
    )
const booleans = fc.constantFrom(
  { table: 'usage' as const, measure: 'roaming' },
  { table: 'plans' as const, measure: 'bound' },
)

const planLag = fc.oneof(
  fc.integer({ min: 1, max: 90 }).map((days) => ({ lag: { days } })),
  months.map((length) => ({ lag: { months: length } })),
  fc.constant({}),
)
const inForce = <Type extends 'number' | 'text'>(type: Type, ...columns: string[]) =>
  fc
    .tuple(fc.constantFrom(...columns), planLag)
    .map(([column, lagged]) => ({ kind: 'inForce' as const, column, type, ...lagged }))
const attribute = <Type extends 'number' | 'text'>(type: Type, ...columns: string[]) =>
  fc.constantFrom(...columns).map((column) => ({ kind: 'attribute' as const, column, type }))

const textRules: fc.Arbitrary<TextRule> = fc.oneof(
  attribute('text', 'region', 'payerId'),
  inForce('text', 'plan'),
  valueAt('text', texts),
)

const amounts = measured.chain(withFilter)
const scales = fc.constantFrom('log1p' as const, 'sqrt' as const)
const edges = fc
  .uniqueArray(fc.integer({ min: -300, max: 1000 }), { minLength: 1, maxLength: 4 })
  .map((list) => list.sort((a, b) => a - b).map((cents) => cents / 100))

/** Rules that ask the history itself, by kind. */
const plainNumbers = {
  aggregate: aggregates,
  valueAt: fc.oneof(valueAt('number', measured), valueAt('number', booleans)),
  recency: table.chain((of) => withFilter({ kind: 'recency' as const, table: of })),
  slope: fc
    .tuple(measured, twoMonths)
    .chain(([rows, length]) => withFilter({ kind: 'slope' as const, ...rows, months: length })),
  drop: fc
    .tuple(measured, months)
    .chain(([rows, length]) => withFilter({ kind: 'drop' as const, ...rows, months: length })),
  variability: fc
    .tuple(measured, twoMonths)
    .chain(([rows, length]) => withFilter({ kind: 'variability' as const, ...rows, months: length })),
  streak: fc.oneof(
    fc
      .tuple(unmeasured, fc.constantFrom('active' as const, 'silent' as const), months)
      .chain(([rows, of, length]) => withFilter({ kind: 'streak' as const, ...rows, of, months: length })),
    fc
      .tuple(measured, fc.constantFrom('rising' as const, 'falling' as const), months)
      .chain(([rows, of, length]) => withFilter({ kind: 'streak' as const, ...rows, of, months: length })),
  ),
  openRows: fc
    .tuple(
      fc.constantFrom('count' as const, 'oldestDays' as const),
      fc.constantFrom(['contacts', 'closedAt'] as const, ['plans', 'contractEnd'] as const),
    )
    .chain(([which, [of, until]]) => withFilter({ kind: 'openRows' as const, table: of, until, which })),
  oldestUnpaid: fc
    .tuple(amounts, amounts)
    .map(([due, paid]) => ({ kind: 'oldestUnpaid' as const, due, paid })),
  tenure: fc.constant({ kind: 'tenure' as const }),
  attribute: attribute('number', 'age', 'paperless'),
  isOther: fc.constantFrom('payerId', 'region').map((column) => ({ kind: 'isOther' as const, column })),
  inForce: inForce('number', 'fee', 'bound'),
  daysUntil: fc.constantFrom(
    { kind: 'daysUntil' as const, column: 'contractEnd' },
    { kind: 'daysUntil' as const, column: 'from' },
    { kind: 'daysUntil' as const, column: 'promotionEnd', of: 'customer' as const },
    { kind: 'daysUntil' as const, column: 'activatedAt', of: 'customer' as const },
  ),
} satisfies { readonly [Each in Kind]?: fc.Arbitrary<NumberRule> }

const plain: fc.Arbitrary<NumberRule> = fc.oneof(
  { weight: 3, arbitrary: aggregates },
  ...Object.values(plainNumbers).map((arbitrary) => ({ weight: 1, arbitrary })),
)

/** Rules that bring others together, at most three deep. */
const combinedOf = (of: fc.Arbitrary<NumberRule>) => ({
  difference: fc
    .tuple(of, of)
    .map(([minuend, subtrahend]) => ({ kind: 'difference' as const, minuend, subtrahend })),
  ratio: fc
    .tuple(of, of)
    .map(([numerator, denominator]) => ({ kind: 'ratio' as const, numerator, denominator })),
  countTrue: fc
    .array(of, { minLength: 1, maxLength: 3 })
    .map((rules) => ({ kind: 'countTrue' as const, of: rules })),
  transformed: fc.oneof(
    fc.tuple(of, scales).map(([rule, by]) => ({ kind: 'transformed' as const, of: rule, by })),
    fc
      .tuple(of, edges)
      .map(([rule, list]) => ({ kind: 'transformed' as const, of: rule, by: 'band' as const, edges: list })),
  ),
})

const { operand } = fc.letrec<{ operand: NumberRule }>((tie) => ({
  operand: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    { weight: 6, arbitrary: plain },
    ...Object.values(combinedOf(tie('operand'))).map((arbitrary) => ({ weight: 1, arbitrary })),
  ),
}))
const combined = combinedOf(operand)

/** Rules of each kind; a kind without an arbitrary does not compile. */
export const rulesOfKind: { readonly [Each in Kind]: fc.Arbitrary<FeatureRule> } = {
  ...plainNumbers,
  ...combined,
  valueAt: fc.oneof(plainNumbers.valueAt, valueAt('text', texts)),
  attribute: fc.oneof(plainNumbers.attribute, attribute('text', 'region')),
  inForce: fc.oneof(plainNumbers.inForce, inForce('text', 'plan')),
  percentile: fc
    .tuple(operand, fc.oneof(fc.constant('everybody' as const), textRules))
    .map(([of, within]) => ({ kind: 'percentile' as const, of, within })),
}

/** Any rule that can be asked of the history in `arbitraryHistories.ts`. */
export const featureRules: fc.Arbitrary<FeatureRule> = fc.oneof(...Object.values(rulesOfKind))
