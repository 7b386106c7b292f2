import { expect, test } from 'vitest'
import { epochDay } from '../../src/base/days.js'
import { countOf, meanOf, sumOf } from '../../src/feature/builders/aggregateBuilders.js'
import { difference, percentile } from '../../src/feature/builders/arithmeticBuilders.js'
import { inForce, tenure } from '../../src/feature/builders/customerBuilders.js'
import { drop, slope } from '../../src/feature/builders/rowBuilders.js'
import { compileRules } from '../../src/feature/memory/compileRules.js'
import { featuresOf } from '../../src/feature/memory/featuresOf.js'
import { featureName } from '../../src/feature/name/featureName.js'
import { type PercentileReference, percentileIn } from '../../src/feature/percentileReference.js'
import type { FeatureRule } from '../../src/feature/rule.js'
import { cellOf } from '../../src/table/table.js'

const customer = { id: 'A', activatedAt: '2025-01-01' }

function partCount(rules: readonly FeatureRule[]): number {
  return compileRules(rules).program.tables.flatMap(({ groups }) => groups.flatMap(({ parts }) => parts))
    .length
}

test('each standing is read off its own reference', () => {
  const [own, other] = [percentile(tenure()), percentile(countOf('usage', 'all'))]
  const cutoff = epochDay('2025-02-01')
  const reference = (rule: FeatureRule, upTo: number): PercentileReference => {
    return {
      feature: featureName(rule),
      cutoff,
      groups: [{ within: null, values: [0, 1, 9], upTo: [upTo, 8, 10] }],
    }
  }
  const compiled = compileRules([own, other], { percentiles: [reference(other, 4), reference(own, 2)] })
  const history = { customer, usage: [] as { day: string }[] }
  const { columns } = featuresOf(history, compiled, cutoff)
  // One month: 2 below and 6 alike of 10. No usage: none below and 4 alike.
  expect(columns.map((column) => cellOf(column, 0))).toEqual([0.5, 0.2])
})

test('a standing counts those below and half of those alike, to 9 decimals, of one group', () => {
  const reference = {
    feature: 'percentile(x)',
    cutoff: epochDay('2025-01-01'),
    groups: [
      { within: 'a', values: [-1, 0, 4], upTo: [2, 3, 7] },
      { within: null, values: [5], upTo: [1] },
    ],
  }
  const standing = (value: number | null, within: string | null = 'a') =>
    percentileIn(reference, value, within)
  // Two at −1, one at 0, four at 4.
  expect([-2, -1, 0, 3, 4, 5].map((value) => standing(value))).toEqual([0, 1 / 7, 2.5 / 7, 3 / 7, 5 / 7, 1])
  expect([-1 - 4e-10, -4e-10, 4 + 4e-10].map((value) => standing(value))).toEqual([1 / 7, 2.5 / 7, 5 / 7])
  expect(standing(4 - 6e-10)).toBe(3 / 7)
  expect([standing(5, null), standing(null), standing(4, 'b')]).toEqual([0.5, null, null])
})

test('what several rules ask for is computed once', () => {
  const sums = [0, 1, 2].map((lag) => sumOf('usage', 'minutes', { months: 1, lag }))
  expect(partCount([slope('usage', 'minutes', 3)])).toBe(3)
  // The drop against two months reads the same three months as the slope over three.
  expect(partCount([slope('usage', 'minutes', 3), drop('usage', 'minutes', 2)])).toBe(3)
  const mean = meanOf('usage', 'minutes', { months: 1 })
  expect(partCount([sums[0]!, mean])).toBe(2)
  expect(partCount([sums[0]!, difference(sums[0]!, sums[1]!)])).toBe(2)
})

test('rows of one filter lie in one group', () => {
  const roaming = { column: 'roaming', is: true }
  const { tables } = compileRules([
    countOf('usage', { months: 1 }, roaming),
    sumOf('usage', 'minutes', { months: 3 }, roaming),
    countOf('usage', { months: 1 }),
  ]).program
  expect(tables.map(({ groups }) => groups.map(({ conditions }) => conditions))).toEqual([[[roaming], []]])
})

const ofTenure = percentile(tenure(), inForce('plan', 'text'))
const reference = (
  cutoff: string,
  within: string,
  values: number[],
  upTo: number[],
): PercentileReference => ({
  feature: featureName(ofTenure),
  cutoff: epochDay(cutoff),
  groups: [{ within, values, upTo }],
})

test('a percentile is read off the latest reference that was made by the cutoff', () => {
  const percentiles = [
    reference('2025-03-01', 'S', [3], [4]),
    // 3 months on 1 April: one of four below, two with the same.
    reference('2025-04-01', 'S', [1, 3, 9], [1, 3, 4]),
    reference('2025-05-01', 'S', [1], [1]),
  ]
  const compiled = compileRules([ofTenure], { percentiles })
  const value = (cutoff: string, plan = 'S') =>
    cellOf(
      featuresOf({ customer, plans: [{ from: '2025-01-01', plan }] }, compiled, epochDay(cutoff)).columns[0]!,
      0,
    )
  expect(value('2025-04-01')).toBe((1 + 2 / 2) / 4)
  // 2 months on 31 March, where only the reference of 1 March was there: nobody below.
  expect(value('2025-03-31')).toBe(0)
  expect(value('2025-04-01', 'M')).toBeNull()
  expect(() => value('2025-02-28')).toThrow(
    `features: expected the reference of ${featureName(ofTenure)} to be of the cutoff (2025-02-28) or earlier, got "2025-03-01"`,
  )
})

test('a percentile without a reference is refused with the way out', () => {
  expect(() => compileRules([ofTenure, tenure()])).toThrow(
    `compileRules: expected feature ${featureName(ofTenure)} to have a reference: a single customer has no rank. ` +
      'Make one with percentileReferences from the batch and give it to compileRules as percentiles.',
  )
})

test('rules that are malformed or asked twice are refused', () => {
  expect(() => compileRules([{ kind: 'tenure' }, { kind: 'tenure' }])).toThrow(
    'compileRules: expected feature tenure_months to be asked once. Leave the second rule out.',
  )
  expect(() => compileRules([{ kind: 'recency', table: 'visits' } as never])).toThrow(
    'compileRules: expected',
  )
})

test('rules that read one column as two kinds are refused', () => {
  const rules = [
    sumOf('usage', 'network', 'all'),
    countOf('usage', 'all', { column: 'network', in: ['4G'] }),
    countOf('usage', 'all', { column: 'roaming', is: true }),
  ]
  expect(() => compileRules(rules)).toThrow(
    'compileRules: table usage: expected column network to be read as one kind by all rules.',
  )
})
