import { expect, expectTypeOf, test } from 'vitest'
import { HoldfastError } from '../../src/base/errors.js'
import { openHistory } from '../../src/engine/openHistory.js'
import * as aggregates from '../../src/feature/builders/aggregateBuilders.js'
import * as arithmetic from '../../src/feature/builders/arithmeticBuilders.js'
import * as customers from '../../src/feature/builders/customerBuilders.js'
import { featureBuilders } from '../../src/feature/builders/featureBuilders.js'
import * as rows from '../../src/feature/builders/rowBuilders.js'
import { allOf, hours, weekdays, weekends } from '../../src/feature/builders/rowFilters.js'
import type { AttributeRule, FeatureRule, TextRule } from '../../src/feature/rule.js'
import type { HistoryKinds } from '../../src/table/inputs.js'

const features = featureBuilders({
  customers: { region: 'text', age: 'number', paperless: 'boolean', payerId: 'text', promotionEnd: 'day' },
  usage: { minutes: 'number', kind: 'text', hour: 'number', roaming: 'boolean' },
  bills: { discount: 'number' },
  payments: {},
  plans: { fee: 'number', bound: 'boolean', contractEnd: 'day' },
  contacts: { closedAt: 'day' },
})
const month = { months: 1 }
const voice = { column: 'kind', in: ['voice'] } as const

test('the rules are those of the builders without tables', () => {
  const nights = allOf(voice, hours(22, 7), { column: 'roaming', is: false })
  const pairs: [FeatureRule, FeatureRule][] = [
    [features.countOf('contacts', month), aggregates.countOf('contacts', month)],
    [features.activeDays('usage', 'all', weekends()), aggregates.activeDays('usage', 'all', weekends())],
    [features.gapMean('usage', 'all', weekdays()), aggregates.gapMean('usage', 'all', weekdays())],
    [features.gapDeviation('usage', 'all'), aggregates.gapDeviation('usage', 'all')],
    [features.sumOf('usage', 'minutes', month, nights), aggregates.sumOf('usage', 'minutes', month, nights)],
    [features.meanOf('bills', 'amount', month), aggregates.meanOf('bills', 'amount', month)],
    [features.minOf('bills', 'discount', month), aggregates.minOf('bills', 'discount', month)],
    [features.maxOf('payments', 'amount', month), aggregates.maxOf('payments', 'amount', month)],
    [features.distinctOf('usage', 'kind', month), aggregates.distinctOf('usage', 'kind', month)],
    [features.entropyOf('contacts', 'kind', month), aggregates.entropyOf('contacts', 'kind', month)],
    [features.changesOf('plans', 'plan', month), aggregates.changesOf('plans', 'plan', month)],
    [features.changesOf('plans', 'fee', month), aggregates.changesOf('plans', 'fee', month)],
    [features.firstValue('usage', 'kind', 'all'), rows.firstValue('usage', 'kind', 'text', 'all')],
    [features.lastValue('usage', 'roaming', 'all'), rows.lastValue('usage', 'roaming', 'number', 'all')],
    [features.recency('usage', voice), rows.recency('usage', voice)],
    [features.slope('usage', 'minutes', 6), rows.slope('usage', 'minutes', 6)],
    [features.drop('usage', 'minutes', 3), rows.drop('usage', 'minutes', 3)],
    [features.variability('usage', 'minutes', 6), rows.variability('usage', 'minutes', 6)],
    [features.streak('usage', 'silent', 6), rows.streak('usage', 'silent', 6)],
    [
      features.streak('usage', 'minutes', 'falling', 6, voice),
      rows.streak('usage', 'minutes', 'falling', 6, voice),
    ],
    [features.openRows('contacts', 'closedAt', 'count'), rows.openRows('contacts', 'closedAt', 'count')],
    [
      features.oldestUnpaid({ table: 'bills', measure: 'amount' }, { table: 'payments', measure: 'amount' }),
      rows.oldestUnpaid({ table: 'bills', measure: 'amount' }, { table: 'payments', measure: 'amount' }),
    ],
    [features.tenure(), customers.tenure()],
    [features.attribute('region'), customers.attribute('region', 'text')],
    [features.attribute('paperless'), customers.attribute('paperless', 'number')],
    [features.isOther('payerId'), customers.isOther('payerId')],
    [features.inForce('plan'), customers.inForce('plan', 'text')],
    [features.inForce('fee', month), customers.inForce('fee', 'number', month)],
    [features.daysUntil('contractEnd'), customers.daysUntil('contractEnd')],
    [features.daysUntil('from'), customers.daysUntil('from')],
    [features.daysUntil('promotionEnd', 'customer'), customers.daysUntil('promotionEnd', 'customer')],
    [features.daysUntil('activatedAt', 'customer'), customers.daysUntil('activatedAt', 'customer')],
  ]
  for (const [typed, untyped] of pairs) expect(typed).toEqual(untyped)
  const together = [...Object.keys(aggregates), ...Object.keys(rows), ...Object.keys(customers)]
  expect(Object.keys(features).sort()).toEqual([...together, ...Object.keys(arithmetic)].sort())
})

test('what is typed as a number or a text can be calculated with or grouped by', () => {
  expectTypeOf(features.attribute('region')).toExtend<TextRule>()
  expectTypeOf(features.attribute('age')).toEqualTypeOf<AttributeRule & { readonly type: 'number' }>()
  const rule = features.percentile(
    features.ratio(features.attribute('age'), features.tenure()),
    features.inForce('plan'),
  )
  expect(rule.within).toEqual(customers.inForce('plan', 'text'))
})

const { attribute, countOf, daysUntil, entropyOf, changesOf, isOther, lastValue, oldestUnpaid } = features
const { openRows, percentile, ratio, recency, streak, sumOf, tenure } = features

// Each must not compile, and is refused at run time as well.
const wrong: readonly [string, () => unknown, string][] = [
  [
    'a window of months and of days',
    // @ts-expect-error
    () => sumOf('usage', 'minutes', { months: 1, days: 3 }),
    'option-invalid',
  ],
  [
    'the same without tables',
    // @ts-expect-error
    () => aggregates.sumOf('usage', 'minutes', { months: 1, days: 3 }),
    'option-invalid',
  ],
  [
    'a table that is not there',
    // @ts-expect-error
    () => countOf('devices', month),
    'table-unknown',
  ],
  [
    'a column that is not there',
    // @ts-expect-error
    () => sumOf('usage', 'minuts', month),
    'column-missing',
  ],
  [
    'the column of another table',
    // @ts-expect-error
    () => sumOf('usage', 'amount', month),
    'column-missing',
  ],
  [
    'the sum of a text',
    // @ts-expect-error
    () => sumOf('usage', 'kind', month),
    'column-type',
  ],
  [
    'the entropy of a number',
    // @ts-expect-error
    () => entropyOf('usage', 'minutes', month),
    'column-type',
  ],
  [
    'changes of a boolean',
    // @ts-expect-error
    () => changesOf('usage', 'roaming', month),
    'column-type',
  ],
  [
    'the last value of a day',
    // @ts-expect-error
    () => lastValue('contacts', 'closedAt', month),
    'column-type',
  ],
  [
    'the sum of days',
    // @ts-expect-error
    () => sumOf('usage', 'day', month),
    'option-invalid',
  ],
  [
    'a filter by a column that is not there',
    // @ts-expect-error
    () => recency('usage', { column: 'k', in: ['v'] }),
    'column-missing',
  ],
  [
    'texts of a number',
    // @ts-expect-error
    () => recency('usage', { column: 'hour', in: ['7'] }),
    'column-type',
  ],
  [
    'a range of a text',
    // @ts-expect-error
    () => recency('usage', { column: 'kind', between: [1, 2] }),
    'column-type',
  ],
  [
    'truth of a number',
    // @ts-expect-error
    () => recency('usage', { column: 'hour', is: true }),
    'column-type',
  ],
  [
    'hours of a table without them',
    // @ts-expect-error
    () => recency('contacts', hours(7, 22)),
    'column-missing',
  ],
  [
    'a wrong filter of two',
    // @ts-expect-error
    () => recency('contacts', allOf(weekends(), hours(7, 22))),
    'column-missing',
  ],
  [
    'open until a text',
    // @ts-expect-error
    () => openRows('contacts', 'kind', 'count'),
    'column-type',
  ],
  [
    'an attribute that is not there',
    // @ts-expect-error
    () => attribute('regoin'),
    'column-missing',
  ],
  [
    'an attribute that is a day',
    // @ts-expect-error
    () => attribute('promotionEnd'),
    'column-type',
  ],
  [
    'somebody of a number',
    // @ts-expect-error
    () => isOther('age'),
    'column-type',
  ],
  [
    'days until a number',
    // @ts-expect-error
    () => daysUntil('fee'),
    'column-type',
  ],
  [
    'days until the plan ends',
    // @ts-expect-error
    () => daysUntil('to'),
    'option-invalid',
  ],
  [
    'days until the cancellation',
    // @ts-expect-error
    () => daysUntil('cancelledAt', 'customer'),
    'option-invalid',
  ],
  [
    'a rising streak of a text',
    // @ts-expect-error
    () => streak('usage', 'kind', 'rising', 3),
    'column-type',
  ],
  [
    'dues of a table that is not there',
    // @ts-expect-error
    () => oldestUnpaid({ table: 'devices', measure: 'x' }, { table: 'payments', measure: 'amount' }),
    'table-unknown',
  ],
  [
    'a ratio of a text',
    // @ts-expect-error
    () => ratio(attribute('region'), tenure()),
    'option-invalid',
  ],
  [
    'a group by a number',
    // @ts-expect-error
    () => percentile(tenure(), attribute('age')),
    'option-invalid',
  ],
  [
    'a table that no history has',
    // @ts-expect-error
    () => featureBuilders({ calls: {}, orders: { amount: 'number' } }),
    'option-unknown',
  ],
  [
    'a kind that no column has',
    // @ts-expect-error
    () => featureBuilders({ usage: { minutes: 'integer' } }),
    'option-invalid',
  ],
]

test.each(wrong)('%s neither compiles nor runs', (_, build, code) => {
  expect(build).toThrow(HoldfastError)
  expect(build).toThrow(expect.objectContaining({ code }))
})

test('where the tables are known at run time only, the columns are checked there', () => {
  const tables: HistoryKinds = { usage: { minutes: 'number' } }
  const loose = featureBuilders(tables)
  expect(loose.sumOf('usage', 'minutes', month)).toEqual(aggregates.sumOf('usage', 'minutes', month))
  expect(() => loose.sumOf('usage', 'minuts', month)).toThrow('Did you mean minutes?')
})

test('the columns whose kinds openHistory was told are known to the compiler', async () => {
  const history = await openHistory({
    customers: [{ id: 'A', activatedAt: '2024-01-15', region: 'north' }],
    usage: {
      from: [{ cust_no: 'A', day: '2025-01-31', minutes: 12, kind: 'voice' }],
      columns: { id: 'cust_no' },
      types: { minutes: 'number', kind: 'text' },
    },
  })
  await history.close()
  const known = featureBuilders(history.tables)
  expect(known.sumOf('usage', 'minutes', month, voice)).toEqual(
    aggregates.sumOf('usage', 'minutes', month, voice),
  )
  expect(known.attribute('region')).toEqual(customers.attribute('region'))
  // @ts-expect-error
  expect(() => known.sumOf('usage', 'minuts', month)).toThrow('Did you mean minutes?')
  // @ts-expect-error
  expect(() => known.sumOf('usage', 'kind', month)).toThrow('to hold number values')
  // @ts-expect-error
  expect(() => known.countOf('bills', month)).toThrow('table bills')
})

test('a table that no history has does not compile', async () => {
  const customerRows = [{ id: 'A', activatedAt: '2024-01-15' }]
  // @ts-expect-error
  await expect(openHistory({ customers: customerRows, orders: customerRows })).rejects.toThrow('orders')
})
