import fc from 'fast-check'
import { expect, test } from 'vitest'
import { featureName } from '../../src/feature/name/featureName.js'
import { parseFeatureName } from '../../src/feature/name/parseFeatureName.js'
import type { FeatureRule } from '../../src/feature/rule.js'
import type { HistoryKinds } from '../../src/table/inputs.js'
import { columnsOf } from './arbitraryHistories.js'
import { featureRules } from './arbitraryRules.js'

/** The rule without what is no part of the question: the order of conditions and of their values, a lag of 0. */
function canonical(rule: FeatureRule): FeatureRule {
  const sorted = (values: readonly unknown[]) =>
    [...values].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  return JSON.parse(JSON.stringify(rule), (key, value) => {
    const isUnordered = ['in', 'notIn', 'weekday', 'where'].includes(key) && Array.isArray(value)
    if (isUnordered) return sorted(value)
    return (key === 'lag' && value === 0) || (key === 'of' && value === 'plan') ? undefined : value
  }) as FeatureRule
}

test('a rule comes back from its name', () => {
  fc.assert(
    fc.property(featureRules, (rule) => {
      const parsed = parseFeatureName(featureName(rule), columnsOf)
      expect(canonical(parsed)).toEqual(canonical(rule))
    }),
    { numRuns: 500 },
  )
})

const fragments = [
  ...[
    '_',
    '_per_',
    '_minus_',
    'per',
    'sum',
    'count',
    'all',
    '_sum_1m',
    '_count_all',
    '_lag2m',
    '3d',
    '_sum_3d_lag1d',
  ],
  ...[
    'usage',
    'bills',
    'usage_',
    'contacts[',
    'recency',
    'openCount',
    'first',
    'rising_streak_3m',
    'slope_3m',
  ],
  ...[
    '(',
    ')',
    ',',
    '[',
    ']',
    '%',
    '%28',
    '%25',
    '%5f',
    '=',
    '!',
    '|',
    '\n',
    'weekday',
    'log1p(',
    'plan',
    '"',
    "'",
    ' ',
    '南',
  ],
]
const strangeColumns = fc
  .array(fc.constantFrom(...fragments), { minLength: 1, maxLength: 6 })
  .map((list) => list.join(''))

/** The rule with each of its columns under another name. */
function renamed(rule: FeatureRule, names: ReadonlyMap<string, string>): FeatureRule {
  const text = JSON.stringify(rule, (key, value) =>
    key === 'column' || key === 'measure' || key === 'until' ? (names.get(value as string) ?? value) : value,
  )
  return JSON.parse(text) as FeatureRule
}

const columnNames = [...new Set(Object.values(columnsOf).flatMap((columns) => Object.keys(columns)))].filter(
  (name) => !['id', 'day', 'period', 'from', 'to', 'activatedAt', 'cancelledAt'].includes(name),
)
const strangeNames = fc
  .uniqueArray(strangeColumns, { minLength: columnNames.length, maxLength: columnNames.length })
  .map((names) => new Map(columnNames.map((column, index) => [column, names[index]!])))

/** The tables with each column under another name. */
function renamedTables(names: ReadonlyMap<string, string>): HistoryKinds {
  const tables = Object.entries(columnsOf).map(([table, columns]) => {
    const renamedColumns = Object.entries(columns).map(([name, kind]) => [names.get(name) ?? name, kind])
    return [table, Object.fromEntries(renamedColumns)]
  })
  return Object.fromEntries(tables) as HistoryKinds
}

test('whatever the columns are called, a rule comes back from its name', () => {
  fc.assert(
    fc.property(featureRules, strangeNames, (rule, names) => {
      const strange = renamed(rule, names)
      const parsed = parseFeatureName(featureName(strange), renamedTables(names))
      expect(canonical(parsed)).toEqual(canonical(strange))
    }),
    { numRuns: 500 },
  )
})

test.each([
  ['usage_price_per_minute_mean_3m', 'price_per_minute'],
  ['usage_Total (EUR)_mean_3m', 'Total (EUR)'],
  ['usage_discount %_mean_3m', 'discount %'],
  ['usage_a[b]_mean_3m', 'a[b]'],
  ['usage_days_minus_all_mean_3m', 'days_minus_all'],
])('%s is called so because the name of its column cannot be mistaken', (name, measure) => {
  const rule = {
    kind: 'aggregate',
    table: 'usage',
    aggregate: 'mean',
    measure,
    window: { months: 3 },
  } as const
  expect(featureName(rule)).toBe(name)
  expect(parseFeatureName(name, { usage: { [measure]: 'number' } })).toEqual(rule)
})

test('a column that is called like two features is not taken for them', () => {
  const measure = 'minutes_sum_1m_per_usage_minutes'
  const rule = {
    kind: 'aggregate',
    table: 'usage',
    aggregate: 'sum',
    measure,
    window: { months: 1 },
  } as const
  expect(featureName(rule)).toBe('usage_minutes_sum_1m%5fper_usage_minutes_sum_1m')
})

test.each([
  ['', 'nothing'],
  ['minutes', 'a column'],
  ['usage_minutes_sum_03m', 'another spelling of a number'],
  ['usage_minutes_sum_3m_lag0m', 'a lag of 0'],
  ['usage_minutes_sum', 'no window'],
  ['contacts[kind=b|a]_count_3m', 'values out of order'],
  ['(usage_minutes_sum_3m)_per_(tenure_months)', 'an aggregate in parentheses'],
  ['tenure_months_per_tenure_months', 'operands without parentheses'],
  ['log1p(tenure_months', 'a parenthesis that is open'],
  ['log1p(tenure_months,tenure_months)', 'one operand too many'],
  [`${'log1p('.repeat(50_000)}tenure_months${')'.repeat(50_000)}`, 'parentheses without end'],
])('%#: %s is refused: %s', (name) => {
  expect(() => parseFeatureName(name, columnsOf)).toThrow('expected name to be the name of a feature')
})

test('a name that asks for what the history does not have is refused, with the nearest column', () => {
  expect(() => parseFeatureName('usage_minuts_sum_3m', columnsOf)).toThrow('Did you mean minutes?')
  expect(() => parseFeatureName('usage_minutes_distinct_3m', columnsOf)).toThrow('to hold text values')
})
