import fc from 'fast-check'
import type { WindowRule } from '../../src/base/windows.js'
import type { featureRuleSchemas } from '../../src/feature/featureRuleSchema.js'
import type { AggregateRule, FeatureRule, RowFilter } from '../../src/feature/rule.js'
import type { EventTableName } from '../../src/table/inputs.js'

/** Number columns of the history in `arbitraryHistories.ts`. */
const measures = {
  usage: ['minutes', 'dataMb'],
  bills: ['amount', 'discount'],
  payments: ['amount', 'balance'],
  plans: ['fee'],
} as const

const tables = ['usage', 'bills', 'payments', 'plans', 'contacts', 'devices'] as const
const lag = fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined })
const months = fc.integer({ min: 1, max: 7 })

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

const kinds = fc.uniqueArray(fc.constantFrom('complaint', 'question', 'late', "d'accord", '%|=[]'), {
  minLength: 1,
  maxLength: 2,
})

const filters = (table: EventTableName): fc.Arbitrary<RowFilter | undefined> =>
  table === 'contacts' || table === 'payments'
    ? fc.option(
        fc
          .tuple(kinds, fc.boolean())
          .map(
            ([list, listed]): RowFilter => ({ column: 'kind', ...(listed ? { in: list } : { notIn: list }) }),
          ),
        { nil: undefined },
      )
    : fc.constant(undefined)

const measured = fc
  .constantFrom(...(['usage', 'bills', 'payments', 'plans'] as const))
  .chain((table) => fc.tuple(fc.constant(table), fc.constantFrom(...measures[table])))

const counts = fc.constantFrom(...tables).chain((table) =>
  fc
    .tuple(fc.constantFrom('count' as const, 'activeDays' as const), windows, filters(table))
    .map(([aggregate, window, where]): AggregateRule => {
      const rule = { kind: 'aggregate', table, aggregate, window } as const
      return where === undefined ? rule : { ...rule, where }
    }),
)

const values = measured.chain(([table, measure]) =>
  fc
    .tuple(fc.constantFrom('sum', 'mean', 'min', 'max'), windows, filters(table))
    .map(([aggregate, window, where]): AggregateRule => {
      const rule = { kind: 'aggregate', table, aggregate, measure, window } as const
      return where === undefined ? rule : { ...rule, where }
    }),
)

const aggregates: fc.Arbitrary<AggregateRule> = fc.oneof(counts, values)

/** Rules of each kind; a kind without an arbitrary does not compile. */
export const rulesOfKind: { readonly [Kind in keyof typeof featureRuleSchemas]: fc.Arbitrary<FeatureRule> } =
  {
    aggregate: aggregates,
    recency: fc
      .constantFrom(...tables)
      .chain((table) =>
        filters(table).map(
          (where): FeatureRule =>
            where === undefined ? { kind: 'recency', table } : { kind: 'recency', table, where },
        ),
      ),
    slope: fc
      .tuple(measured, fc.integer({ min: 2, max: 7 }))
      .map(([[table, measure], length]) => ({ kind: 'slope', table, measure, months: length })),
    drop: fc
      .tuple(measured, months)
      .map(([[table, measure], length]) => ({ kind: 'drop', table, measure, months: length })),
    tenure: fc.constant({ kind: 'tenure' }),
    attribute: fc.constantFrom(
      { kind: 'attribute', column: 'region', type: 'text' },
      { kind: 'attribute', column: 'age', type: 'number' },
      { kind: 'attribute', column: 'paperless', type: 'number' },
    ),
    inForce: fc.constantFrom(
      { kind: 'inForce', column: 'plan', type: 'text' },
      { kind: 'inForce', column: 'fee', type: 'number' },
      { kind: 'inForce', column: 'bound', type: 'number' },
    ),
    daysUntil: fc.constant({ kind: 'daysUntil', column: 'contractEnd' }),
    difference: fc
      .tuple(aggregates, aggregates)
      .map(([minuend, subtrahend]) => ({ kind: 'difference', minuend, subtrahend })),
    ratio: fc
      .tuple(aggregates, aggregates)
      .map(([numerator, denominator]) => ({ kind: 'ratio', numerator, denominator })),
  }

/** Any rule that can be asked of the history in `arbitraryHistories.ts`. */
export const featureRules: fc.Arbitrary<FeatureRule> = fc.oneof(...Object.values(rulesOfKind))
