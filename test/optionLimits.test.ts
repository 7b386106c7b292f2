import { describe, expect, it, test } from 'vitest'
import { epochDay } from '../src/base/days.js'
import { checkOptions } from '../src/base/options.js'
import { churnPlan } from '../src/dataset/churnPlan.js'
import { flatChunks } from '../src/dataset/flatChunks.js'
import { fromFlatTable } from '../src/dataset/fromFlatTable.js'
import { splitByTimeSchema } from '../src/dataset/splitByTime.js'
import { splitRows } from '../src/dataset/splitRows.js'
import { bootstrapInterval } from '../src/evaluate/interval/bootstrapInterval.js'
import { realisedProfit } from '../src/evaluate/profit/realisedProfit.js'
import { rocCurve } from '../src/evaluate/ranking/rankingCurves.js'
import { segmentTable } from '../src/evaluate/segment/segmentTable.js'
import { countOf } from '../src/feature/builders/aggregateBuilders.js'
import { band, countTrue, type log1p } from '../src/feature/builders/arithmeticBuilders.js'
import { attribute, inForce, tenure } from '../src/feature/builders/customerBuilders.js'
import { drop, recency, slope, streak, variability } from '../src/feature/builders/rowBuilders.js'
import { hours } from '../src/feature/builders/rowFilters.js'
import { callingCircle } from '../src/feature/circle/circleRule.js'
import { featureRuleSchema } from '../src/feature/featureRuleSchema.js'
import type { FeatureRule } from '../src/feature/rule.js'
import { telecomFeatures } from '../src/feature/sets/telecom/telecomFeatures.js'
import { transactionFeatures } from '../src/feature/sets/transactionFeatures.js'
import { activityChurned } from '../src/label/activityChurned.js'
import { reasonIn, unpaidBefore } from '../src/label/cancelCause.js'
import { cancelled } from '../src/label/cancelled.js'
import { firstPassage } from '../src/label/firstPassage.js'
import { planDowngraded } from '../src/label/planDowngraded.js'
import { silent } from '../src/label/silent.js'
import { valueDropped } from '../src/label/valueDropped.js'
import { trainPrior } from '../src/learn/baseline/train.js'
import { tagCustomer } from '../src/lifecycle/tagCustomer.js'
import { tagMonths } from '../src/lifecycle/tagMonths.js'
import { falseChurn } from '../src/population/falseChurnRule.js'
import { attributeIn, inactiveFor, joinedWithin } from '../src/population/rule.js'
import { bandOf, riskBands } from '../src/score/bands.js'
import { createScorer } from '../src/score/scorer.js'
import { tableFrom } from '../src/table/table.js'
import { seriesOf } from './lifecycle/seriesOf.js'
import { refusedCodes } from './support/refusedCodes.js'

type Call = (options: never) => unknown

const probability = [0.9, 0.8, 0.3, 0.2, 0.1]
const outcome = [1, 0, 1, 0, 0]
const offer = { customerValue: 100, offerCost: 10, contactCost: 1, acceptance: 0.3 }
const year = seriesOf(Array.from({ length: 12 }, () => 100))
const tag: Call = (options) => tagMonths(year, options)
const circle: Call = callingCircle
const churn: Call = falseChurn
const devices: Call = (device) => falseChurn({ device })
const signs =
  (sign: object): Call =>
  (options) =>
    falseChurn({ arrears: [{ ...sign, ...(options as object) }] as never })
const failed = { by: 'payments', kinds: ['failed'] }
const flat = tableFrom({ i: ['a', 'b', 'c', 'd'], w: [1, 2, 3, 4], x: [4, 2, 3, 1], c: [1, 0, 1, 0] })
const table: Call = (options) => fromFlatTable(flat, { label: 'c', ...(options as object) })
const chunks: Call = (options) => flatChunks('x.csv', { label: 'churn', ...(options as object) })
const split: Call = (options) =>
  splitRows(fromFlatTable(flat, { label: 'c' }), { testShare: 0.5, ...(options as object) })
const passage: Call = (options) => firstPassage(options)
const unpaid: Call = (options) => unpaidBefore(options)
const reason: Call = (options) => {
  const { column, values } = { column: 'why', values: ['x'], ...(options as object) }
  return reasonIn(column, values)
}
const downgrade: Call = (options) => planDowngraded({ leastFall: 1, ...(options as object) } as never)
const where: Call = (condition) => recency('usage', condition)
const windowOf: Call = (window) => countOf('usage', window)
const dayWindow: Call = (options) => countOf('usage', { days: 1, ...(options as object) } as never)
const monthWindow: Call = (options) => countOf('usage', { months: 1, ...(options as object) } as never)
const byMonths =
  (build: (months: number) => FeatureRule): Call =>
  ({ months }: { months: number }) =>
    build(months)
const flatScorer = createScorer(
  trainPrior(fromFlatTable(flat, { label: 'c' })),
  fromFlatTable(flat, { label: 'c' }),
)
const score: Call = (options) => flatScorer.scoreRow({ i: 'a', w: 1, x: 2 }, options)
const byTime: Call = (options) =>
  checkOptions('splitByTime', splitByTimeSchema, { testFrom: '2025-01-01', ...(options as object) })
const plan: Call = (options) =>
  churnPlan({
    label: cancelled(),
    features: [tenure()],
    cutoffs: ['2025-01-01'],
    ...(options as object),
  })
const tagged = (options: object) =>
  tagCustomer(
    {
      customer: { id: 'A', activatedAt: '2024-01-01', cancelledAt: null },
      usage: [{ id: 'A', day: '2024-02-01', minutes: 3 }],
    },
    { asOf: epochDay('2024-04-01'), ...options },
  )
const levels: Call = (own) => tagged({ baseLevels: { firstMonth: epochDay('2024-01-01'), levels: own } })
const signal: Call = (own) =>
  tagged({
    signals: [
      {
        name: 'usage',
        table: 'usage',
        aggregate: 'sum',
        measure: 'minutes',
        withoutRow: 'zero',
        ...(own as object),
      },
    ],
  })
const segments: Call = (options) =>
  segmentTable(probability, outcome, { size: [1, 2, 3, 4, 5] }, { resamples: 20, ...(options as object) })
const profit: Call = (options) => realisedProfit(probability, outcome, offer, 'paying', options)
const curve: Call = (options) => rocCurve(probability, outcome, options)
const interval: Call = (options) => bootstrapInterval(probability, outcome, 'brierScore', options)
const atLeast = (least: number): [number[], number[]] => [[least], [least - 1, least + 0.5]]

// The limits that the docs of the options state: values at a limit that are taken, values beyond it that are not.
const limits: [string, Call, string, unknown[], unknown[]][] = [
  ['valueDropped', valueDropped as Call, 'share', [1e-9, 1], [0, 1.001]],
  ['valueDropped', valueDropped as Call, 'lookbackMonths', ...atLeast(1)],
  ['valueDropped', valueDropped as Call, 'gapDays', ...atLeast(0)],
  ['valueDropped', valueDropped as Call, 'horizonMonths', ...atLeast(1)],
  ['planDowngraded', planDowngraded as Call, 'leastShare', [1e-9, 1], [0, 1.001]],
  ['planDowngraded', planDowngraded as Call, 'leastFall', [1e-9, 500], [0]],
  ['silent', silent as Call, 'activeDays', ...atLeast(1)],
  ['silent', silent as Call, 'silentDays', ...atLeast(1)],
  ['silent', silent as Call, 'gapDays', ...atLeast(0)],
  ['cancelled', cancelled as Call, 'horizonDays', ...atLeast(1)],
  ['cancelled', cancelled as Call, 'horizonMonths', ...atLeast(1)],
  ['cancelled', cancelled as Call, 'gapDays', ...atLeast(0)],
  ['firstPassage', passage, 'gapDays', ...atLeast(0)],
  ['firstPassage', passage, 'horizonDays', ...atLeast(1)],
  ['firstPassage', passage, 'horizonMonths', ...atLeast(1)],
  [
    'firstPassage',
    passage,
    'causes',
    [[{ name: 'a', event: 'cancelled' }]],
    [[], [{ name: '', event: 'cancelled' }]],
  ],
  ['activityChurned', activityChurned as Call, 'periodDays', ...atLeast(1)],
  ['activityChurned', activityChurned as Call, 'periodMonths', ...atLeast(1)],
  ['activityChurned', activityChurned as Call, 'gapDays', ...atLeast(0)],
  ['silent', silent as Call, 'activeMonths', ...atLeast(1)],
  ['silent', silent as Call, 'silentMonths', ...atLeast(1)],
  ['unpaidBefore', unpaid, 'withinDays', ...atLeast(1)],
  ['unpaidBefore', unpaid, 'dueDays', ...atLeast(0)],
  ['unpaidBefore', unpaid, 'openAbove', [0, 0.5], [-0.1]],
  ['unpaidBefore', unpaid, 'failedKinds', [['a']], [[]]],
  ['reasonIn', reason, 'column', ['a'], ['']],
  ['reasonIn', reason, 'values', [['a']], [[]]],
  ['valueDropped', valueDropped as Call, 'measure', ['a'], ['']],
  [
    'planDowngraded',
    planDowngraded as Call,
    'tiers',
    [
      ['a', 'b'],
      [['a'], ['b', 'c']],
    ],
    [['a'], ['a', []], ['a', 'a']],
  ],
  ['planDowngraded', downgrade, 'column', ['a'], ['']],
  ['planDowngraded', downgrade, 'gapDays', ...atLeast(0)],
  ['planDowngraded', downgrade, 'horizonDays', ...atLeast(1)],
  ['planDowngraded', downgrade, 'horizonMonths', ...atLeast(1)],
  ['planDowngraded', downgrade, 'leastShare', [], [0.5]],
  ['callingCircle', circle, 'leftMonths', [1, 12], [0, 13, 1.5]],
  ['callingCircle', circle, 'leastCalls', ...atLeast(1)],
  ['callingCircle', circle, 'communityRounds', [0, 20], [-1, 21, 0.5]],
  ['falseChurn', churn, 'reentryDays', [0, 366], [-1, 367, 0.5]],
  ['falseChurn of devices', devices, 'monthsAfter', [0, 12], [-1, 13, 0.5]],
  ['falseChurn of devices', devices, 'seenWithinMonths', [0, 120], [-1, 121, 0.5]],
  ['falseChurn of devices', devices, 'linesAtMost', ...atLeast(2)],
  ['falseChurn', churn, 'account', ['a'], ['']],
  ['falseChurn by payments', signs(failed), 'least', ...atLeast(1)],
  ['falseChurn by payments', signs(failed), 'days', [1, 3660], [0, 3661, 1.5]],
  ['falseChurn by payments', signs(failed), 'kinds', [['a']], [[], ['']]],
  ['falseChurn by status', signs({ by: 'attribute', column: 'a', in: [1] }), 'column', ['a'], ['']],
  ['falseChurn by status', signs({ by: 'attribute', column: 'a', in: [1] }), 'in', [[1]], [[]]],
  ['joinedWithin', joinedWithin as Call, 'days', ...atLeast(1)],
  ['joinedWithin', joinedWithin as Call, 'months', ...atLeast(1)],
  [
    'inactiveFor',
    (({ days }: { days: number }) => inactiveFor('usage', days)) as Call,
    'days',
    ...atLeast(1),
  ],
  [
    'attributeIn',
    (({ values }: { values: string[] }) => attributeIn('a', values)) as Call,
    'values',
    [['a']],
    [[]],
  ],
  [
    'attributeIn',
    (({ column }: { column: string }) => attributeIn(column, ['a'])) as Call,
    'column',
    ['a'],
    [''],
  ],
  [
    'attributeIn',
    (({ reason }: { reason: string }) => attributeIn('a', ['a'], reason)) as Call,
    'reason',
    ['a'],
    [''],
  ],
  ['fromFlatTable', table, 'id', ['i'], ['']],
  ['fromFlatTable', table, 'weight', ['w'], ['']],
  ['fromFlatTable', table, 'label', ['c'], ['']],
  ['fromFlatTable', table, 'features', [['w']], [[]]],
  ['fromFlatTable', table, 'positive', [1, [1]], [[]]],
  ['flatChunks', chunks, 'id', ['a'], ['']],
  ['flatChunks', chunks, 'weight', ['a'], ['']],
  ['flatChunks', chunks, 'label', ['a'], ['']],
  ['flatChunks', chunks, 'features', [['a']], [[]]],
  ['flatChunks', chunks, 'rowsEach', ...atLeast(1)],
  ['splitRows', split, 'seed', [-(2 ** 31), 2 ** 32 - 1], [-(2 ** 31) - 1, 2 ** 32, 0.5]],
  ['a window', windowOf, 'days', [1, 36_500], [0, 36_501, 0.5]],
  ['a window', windowOf, 'months', [1, 36_500], [0, 36_501, 0.5]],
  ['a window of days', dayWindow, 'lag', [0, 36_500], [-1, 36_501]],
  ['a window of months', monthWindow, 'lag', [0, 36_500], [-1, 36_501]],
  ['slope', byMonths((months) => slope('usage', 'x', months)), 'months', [2, 120], [1, 121]],
  ['drop', byMonths((months) => drop('usage', 'x', months)), 'months', [1, 120], [0, 121]],
  ['variability', byMonths((months) => variability('usage', 'x', months)), 'months', [2, 36], [1, 37]],
  ['streak', byMonths((months) => streak('usage', 'active', months)), 'months', [1, 36], [0, 37]],
  ['inForce', ((lag: never) => inForce('fee', 'number', lag)) as Call, 'days', [1, 36_500], [0, 36_501]],
  ['inForce', ((lag: never) => inForce('fee', 'number', lag)) as Call, 'months', [1, 36_500], [0, 36_501]],
  [
    'band',
    (({ edges }: { edges: number[] }) => band(tenure(), edges)) as Call,
    'edges',
    [[1], [-1, 2]],
    [[], [2, 1], [1, 1]],
  ],
  ['countTrue', (({ of }: { of: [] }) => countTrue(of)) as Call, 'of', [[tenure()]], [[]]],
  [
    'attribute',
    (({ column }: { column: string }) => attribute(column)) as Call,
    'column',
    ['a'],
    ['', 'cancelledAt'],
  ],
  ['a filter', where, 'weekday', [[1], [7], [1, 2, 3, 4, 5, 6, 7]], [[0], [8], [], [1, 1], [1.5]]],
  [
    'a filter',
    ((options: object) => where({ column: 'x', ...options } as never)) as Call,
    'in',
    [['a']],
    [[]],
  ],
  [
    'a filter',
    ((options: object) => where({ column: 'x', ...options } as never)) as Call,
    'between',
    [
      [1, 2],
      [null, 2],
      [1, null],
    ],
    [
      [null, null],
      [2, 1],
      [1, 1],
    ],
  ],
  [
    'a list of conditions',
    (({ list }: { list: never }) => where(list)) as Call,
    'list',
    [[{ weekday: [1] }, { weekday: [2] }]],
    [[], [{ weekday: [1] }], [{ weekday: [1] }, { weekday: [1] }]],
  ],
  ['hours', (({ from }: { from: number }) => hours(from, 12)) as Call, 'from', [0, 24], [-0.5, 24.5, 12]],
  ['transactionFeatures', transactionFeatures as Call, 'windowDays', [[1]], [[], [0], [0.5]]],
  ['transactionFeatures', transactionFeatures as Call, 'measure', ['a', null], ['']],
  [
    'telecomFeatures',
    ((options: object) => telecomFeatures({ usage: {} }, options)) as Call,
    'attributes',
    [['a']],
    [['']],
  ],
  [
    'telecomFeatures',
    ((options: object) => telecomFeatures({ usage: {} }, options)) as Call,
    'outgoing',
    [['a']],
    [[], ['']],
  ],
  [
    'telecomFeatures',
    ((kinds: object) => telecomFeatures({ usage: {} }, { kinds })) as Call,
    'late',
    [['a']],
    [[], ['']],
  ],
  [
    'telecomFeatures',
    ((columns: object) => telecomFeatures({ usage: {} }, { columns })) as Call,
    'hour',
    ['a'],
    [''],
  ],
  ['riskBands', ((options: never) => riskBands(0.05, options)) as Call, 'high', [4], [0]],
  ['riskBands', ((options: never) => riskBands(0.05, options)) as Call, 'middle', [1e-9, 2.9], [0, 3]],
  [
    'bandOf',
    (({ bands }: { bands: never }) => bandOf(0.5, bands)) as Call,
    'bands',
    [
      [{ name: 'all', from: 0 }],
      [
        { name: 'a', from: 0.999 },
        { name: 'b', from: 0 },
      ],
    ],
    [
      [],
      [{ name: '', from: 0 }],
      [{ name: 'a', from: 0.1 }],
      [
        { name: 'a', from: 1 },
        { name: 'b', from: 0 },
      ],
      [
        { name: 'a', from: 0 },
        { name: 'b', from: 0 },
      ],
    ],
  ],
  ['scoreRow', score, 'reasons', [0, 20], [-1, 21, 0.5]],
  ['scoreRow', score, 'maxUnseenShare', [0, 1], [-1e-9, 1.001]],
  ['splitByTime', byTime, 'embargoDays', ...atLeast(0)],
  ['splitByTime', byTime, 'testShare', [1e-9, 0.999], [0, 1]],
  ['splitByTime', byTime, 'seed', [-(2 ** 31), 2 ** 32 - 1], [-(2 ** 31) - 1, 2 ** 32, 0.5]],
  ['splitRows', split, 'testShare', [0.5], [0, 1]],
  ['churnPlan', plan, 'features', [[tenure()]], [[]]],
  ['churnPlan', plan, 'cutoffs', [['2025-01-01']], [[]]],
  ['tagCustomer', levels, 'minutes', [[1e-9, 1, 1]], [[0, 1, 1]]],
  ['tagCustomer', signal, 'name', ['a'], ['']],
  ['tagCustomer', signal, 'measure', ['minutes'], ['']],
  ['tagMonths', tag, 'acquisitionMonths', ...atLeast(1)],
  ['tagMonths', tag, 'maturityMonths', [12], [0, 12.5]],
  ['tagMonths', tag, 'referenceMonths', [3], [0, 3.5]],
  ['tagMonths', tag, 'minReferenceMonths', ...atLeast(1)],
  ['tagMonths', tag, 'dropShare', [0.6], [0, 1]],
  ['tagMonths', tag, 'strongDropShare', [1], [0, 1.001]],
  ['tagMonths', tag, 'noiseMultiple', [0], [-1e-9]],
  ['tagMonths', tag, 'spreadMonths', [5], [4, 5.5]],
  ['tagMonths', tag, 'calmShare', [0], [-1e-9, 1]],
  ['tagMonths', tag, 'trendMonths', [5], [4, 5.5]],
  ['tagMonths', tag, 'trendShare', [0.999], [0, 1]],
  ['tagMonths', tag, 'trendPairShare', [0.501, 1], [0.5, 1.001]],
  ['tagMonths', tag, 'confirmMonths', ...atLeast(1)],
  ['tagMonths', tag, 'settleMonths', ...atLeast(1)],
  ['tagMonths', tag, 'silentMonths', ...atLeast(1)],
  ['segmentTable', segments, 'bands', ...atLeast(2)],
  ['segmentTable', segments, 'minChurners', ...atLeast(1)],
  ['segmentTable', segments, 'minCustomers', ...atLeast(1)],
  ['realisedProfit', profit, 'level', [1e-3, 0.999], [0, 1]],
  ['realisedProfit', profit, 'resamples', [20], [19, 20.5]],
  ['rocCurve', curve, 'points', ...atLeast(1)],
  ['bootstrapInterval', interval, 'level', [1e-3, 0.999], [0, 1]],
]

describe('the limits of options are those that their docs state', () => {
  it.each(limits)('%s: %#', (_, call, option, taken, beyond) => {
    for (const value of taken)
      expect(
        refusedCodes(() => call({ [option]: value } as never)),
        `${option} ${value}`,
      ).toEqual([])
    for (const value of beyond)
      expect(
        refusedCodes(() => call({ [option]: value } as never)),
        `${option} ${value}`,
      ).toContain('option-invalid')
  })
})

test('a rule has at most 24 levels', () => {
  const nested = (levels: number) => {
    let rule: ReturnType<typeof log1p> | ReturnType<typeof tenure> = tenure()
    for (let level = 1; level < levels; level++) rule = { kind: 'transformed', of: rule, by: 'log1p' }
    return featureRuleSchema.safeParse(rule).success
  }
  expect([nested(1), nested(24), nested(25)]).toEqual([true, true, false])
})

describe('what is left out is what the docs of the options state', () => {
  it('of labels', () => {
    expect(valueDropped()).toEqual({
      kind: 'valueDropped',
      table: 'bills',
      measure: 'amount',
      share: 0.3,
      lookbackMonths: 3,
      gapDays: 0,
      horizon: { months: 1 },
    })
    expect(silent()).toMatchObject({ table: 'usage', gapDays: 0 })
    expect(planDowngraded({ leastFall: 5 })).toMatchObject({
      order: { column: 'fee' },
      when: 'atEnd',
      gapDays: 0,
    })
    expect(unpaidBefore()).toEqual({ kind: 'unpaid', failed: { kinds: ['failed'], withinDays: 60 } })
    expect(unpaidBefore({ failedKinds: [], openAbove: 5 })).toEqual({
      kind: 'unpaid',
      balance: { above: 5, dueDays: 30 },
    })
    const month = { months: 1 }
    expect(activityChurned()).toMatchObject({ activeMonths: 1, gapDays: 0, horizon: month, table: 'usage' })
    expect(firstPassage()).toEqual({
      kind: 'firstPassage',
      causes: [{ name: 'cancelled', event: 'cancelled' }],
      gapDays: 0,
      horizon: 'all',
    })
    expect(planDowngraded({ tiers: ['a', ['b', 'c']] })).toMatchObject({
      order: { column: 'plan', tiers: [['a'], ['b', 'c']] },
      horizon: { days: 30 },
    })
  })

  it('of false churn', () => {
    const arrears = [{ by: 'balance' }, { by: 'payments', kinds: ['failed'] }] as const
    expect(falseChurn({ arrears })).toEqual({
      kind: 'falseChurn',
      device: { monthsAfter: 0, seenWithinMonths: 3, linesAtMost: 10 },
      account: null,
      reentryDays: null,
      arrears: [
        { by: 'balance', below: 0, days: 92 },
        { by: 'payments', kinds: ['failed'], least: 1, days: 92 },
      ],
    })
  })

  it('of the calling circle and of risk bands', () => {
    expect(callingCircle()).toEqual({
      kind: 'callingCircle',
      window: { months: 3 },
      leftMonths: 3,
      leastCalls: 1,
      minutes: true,
      communityRounds: 4,
      communityId: false,
    })
    // High from three times the odds of the base rate on: 1/7, and 3/7 are a share of 3/10.
    expect(riskBands(0.125).map(({ from }) => from)).toEqual([0.3, 0.125, 0])
  })
})
