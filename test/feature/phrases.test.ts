import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  activeDays,
  changesOf,
  countOf,
  distinctOf,
  entropyOf,
  gapDeviation,
  gapMean,
  maxOf,
  meanOf,
  minOf,
  sumOf,
} from '../../src/feature/builders/aggregateBuilders.js'
import {
  band,
  countTrue,
  difference,
  log1p,
  percentile,
  ratio,
  shareOf,
  squareRoot,
} from '../../src/feature/builders/arithmeticBuilders.js'
import {
  attribute,
  daysUntil,
  inForce,
  isOther,
  tenure,
} from '../../src/feature/builders/customerBuilders.js'
import {
  drop,
  firstValue,
  lastValue,
  oldestUnpaid,
  openRows,
  recency,
  slope,
  streak,
  variability,
} from '../../src/feature/builders/rowBuilders.js'
import { featureRuleSchemas } from '../../src/feature/featureRuleSchema.js'
import { chinese } from '../../src/feature/name/chinese.js'
import { describeFeature, describeValue } from '../../src/feature/name/describeFeature.js'
import { english } from '../../src/feature/name/english.js'
import { type Variant, variantOf } from '../../src/feature/name/language.js'
import type { FeatureRule } from '../../src/feature/rule.js'
import { featureRules } from './arbitraryRules.js'

const month = { months: 1 }
const quarter = { months: 3 }
const complaints = { column: 'kind', in: ['complaint'] }
const minutes = sumOf('usage', 'minutes', month)
const due = { table: 'bills', measure: 'amount' } as const
const paid = { table: 'payments', measure: 'amount' } as const

/** A rule of each variant with values that read differently. */
const examples: { readonly [V in Variant]: readonly [FeatureRule, ...(number | string)[]] } = {
  count: [countOf('contacts', month, complaints), 0, 1, 2],
  activeDays: [activeDays('usage', { months: 2, lag: 1 }), 0, 1, 5],
  gapMean: [gapMean('usage', 'all'), 1, 3.5],
  gapDeviation: [gapDeviation('payments', quarter), 2.25],
  sum: [sumOf('bills', 'amount', quarter), 0, 120.5],
  mean: [meanOf('usage', 'dataMb', { days: 90 }), 1234.567],
  min: [minOf('payments', 'balance', 'all'), -12.3],
  max: [maxOf('usage', 'minutes', { days: 1 }), 45],
  distinct: [distinctOf('usage', 'cell_id', month), 0, 1, 4],
  entropy: [entropyOf('contacts', 'kind', quarter), 0.25],
  changes: [changesOf('devices', 'deviceId', 'all'), 0, 1, 3],
  first: [firstValue('plans', 'fee', 'number', 'all'), 20],
  last: [lastValue('usage', 'cell', 'text', month), 'North 7'],
  recency: [recency('contacts', complaints), 1, 40],
  slope: [slope('usage', 'minutes', 6), 0, 3.25, -12],
  drop: [drop('bills', 'amount', 3), 0, 0.42, -0.0512, 1, 0.9998],
  variability: [variability('usage', 'minutes', 6), 0.35],
  active: [streak('usage', 'active', 6), 0, 1, 6],
  silent: [streak('payments', 'silent', 3), 0, 2],
  rising: [streak('bills', 'amount', 'rising', 6), 2],
  falling: [streak('usage', 'minutes', 'falling', 6), 0, 3],
  openCount: [openRows('contacts', 'answeredAt', 'count'), 0, 1, 2],
  openOldestDays: [openRows('contacts', 'answeredAt', 'oldestDays'), 12],
  oldestUnpaid: [oldestUnpaid(due, paid), 40],
  tenure: [tenure(), 1, 7],
  attribute: [attribute('region'), 'north', '钻石VIP客户'],
  isOther: [isOther('payerId'), 0, 1, 0.5],
  inForce: [inForce('fee', 'number'), 29.9],
  wasInForce: [inForce('plan', 'text', quarter), 'gold'],
  contractEnd: [daysUntil('contractEnd'), 21, 1, 0, -12],
  planStart: [daysUntil('from'), -201],
  planDay: [daysUntil('trialEnd'), 3, 0, -1],
  activation: [daysUntil('activatedAt', 'customer'), -30],
  customerDay: [daysUntil('promotionEnd', 'customer'), 3, 0, -2],
  difference: [difference(sumOf('bills', 'amount', 'all'), sumOf('payments', 'amount', 'all')), 35],
  ratio: [ratio(sumOf('bills', 'amount', month), minutes), 0.125],
  share: [shareOf(countOf('contacts', quarter, complaints)), 0.35],
  portion: [ratio(minutes, sumOf('usage', 'minutes', { months: 3, lag: 1 })), 0.58],
  countTrue: [countTrue([inForce('bound', 'number'), daysUntil('contractEnd')]), 0, 1, 2],
  log1p: [log1p(countOf('contacts', month)), Math.log1p(7), 0],
  sqrt: [squareRoot(tenure()), Math.sqrt(2)],
  band: [band(tenure(), [3, 12]), 0, 1, 2, 5],
  percentile: [percentile(sumOf('usage', 'dataMb', month), inForce('plan', 'text')), 0.853],
}

const zh = { language: 'zh' } as const

describe.each(Object.entries(examples))('%s', (variant, [rule, ...values]) => {
  it('is what its example asks, and every language has words for it', () => {
    expect(variantOf(rule)).toBe(variant)
    for (const options of [{}, zh]) {
      const texts = [describeFeature(rule, options)]
      for (const value of [...values, null]) texts.push(describeValue(rule, value, options))
      // Each value reads differently
      expect(new Set(texts).size).toBe(texts.length)
    }
  })
})

it('both languages have the same phrases, and every kind of rule has an example', () => {
  expect(Object.keys(chinese.phrases).sort()).toEqual(Object.keys(examples).sort())
  expect(Object.keys(english.phrases).sort()).toEqual(Object.keys(examples).sort())
  const kinds = Object.values(examples).map(([{ kind }]) => kind)
  expect([...new Set(kinds)].sort()).toEqual(Object.keys(featureRuleSchemas).sort())
})

it.each<[Variant, number | string | null, string, string]>([
  [
    'count',
    1,
    '1 contact (kind complaint) in the last month',
    '最近 1 个月有 1 次客服联系（类型为“complaint”）',
  ],
  [
    'count',
    0,
    'no contacts (kind complaint) in the last month',
    '最近 1 个月没有客服联系（类型为“complaint”）',
  ],
  [
    'activeDays',
    5,
    '5 days with usage in the 2 months up to 1 month ago',
    '截至 1 个月前的 2 个月有 5 天出现使用记录',
  ],
  ['sum', 120.5, 'sum of bill amount in the last 3 months is 120.5', '最近 3 个月的账单金额合计为 120.5'],
  ['sum', null, 'sum of bill amount in the last 3 months is not known', '最近 3 个月的账单金额合计未知'],
  ['last', 'North 7', 'latest cell in the last month is North 7', '最近 1 个月的最新 cell 为“North 7”'],
  ['recency', 1, 'last contact (kind complaint) was 1 day ago', '上次客服联系（类型为“complaint”）在 1 天前'],
  ['recency', null, 'no contact (kind complaint) on record', '没有客服联系（类型为“complaint”）的记录'],
  [
    'slope',
    -12,
    'minutes fell by 12 a month over the last 6 months',
    '最近 6 个月的通话分钟数平均每月下降 12',
  ],
  [
    'drop',
    0.42,
    'bill amount fell by 42 % in the last month against the mean of the 3 months before',
    '最近 1 个月的账单金额较此前 3 个月均值下降 42%',
  ],
  // Not all of it
  [
    'drop',
    0.9998,
    'bill amount fell by 99.98 % in the last month against the mean of the 3 months before',
    '最近 1 个月的账单金额较此前 3 个月均值下降 99.98%',
  ],
  [
    'variability',
    0.35,
    'monthly minutes varied by 35 % of the mean over the last 6 months',
    '最近 6 个月的通话分钟数月度波动为均值的 35%',
  ],
  [
    'falling',
    3,
    '3 months in a row of falling minutes up to now (at most 6 counted)',
    '截至目前已连续 3 个月通话分钟数下降（最多计 6 个月）',
  ],
  ['openCount', 2, '2 contacts without answered at', '有 2 次客服联系的 answered at 仍为空'],
  ['tenure', 1, 'customer for 1 month', '在网 1 个月'],
  // What is quoted stays as it is
  ['attribute', '钻石VIP客户', 'region is 钻石VIP客户', 'region 为“钻石VIP客户”'],
  ['contractEnd', 21, 'contract ends in 21 days', '协议将在 21 天后到期'],
  ['contractEnd', 0, 'contract ends on the day of the forecast', '协议在预测当日到期'],
  ['contractEnd', null, 'no contract end on record', '没有协议到期日的记录'],
  [
    'share',
    0.35,
    '35 % of the number of contacts in the last 3 months: kind complaint',
    '最近 3 个月的客服联系数中，类型为“complaint”的占 35%',
  ],
  [
    'portion',
    0.58,
    'sum of minutes in the last month is 58 % of the sum of minutes in the 3 months up to 1 month ago',
    '最近 1 个月的通话分钟数合计相当于截至 1 个月前的 3 个月的通话分钟数合计的 58%',
  ],
  [
    'countTrue',
    2,
    '2 of (bound of the plan in force; days until the contract ends) are above 0',
    '（当前套餐的捆绑；距协议到期的天数）中有 2 项大于 0',
  ],
  // ln(1 + 7), and back
  ['log1p', Math.log1p(7), '7 contacts in the last month', '最近 1 个月有 7 次客服联系'],
  ['band', null, 'months since activation is not known', '在网月数未知'],
  ['band', 1, 'months since activation is from 3 to below 12', '在网月数不低于 3 且低于 12'],
  ['band', 2, 'months since activation is 12 or more', '在网月数不低于 12'],
  [
    'percentile',
    0.853,
    'sum of data mb in the last month is at percentile 85.3 among customers with the same plan in force',
    '最近 1 个月的流量（MB）合计在当前套餐相同的客户中位于第 85.3 百分位',
  ],
])('%s of %s reads "%s" and "%s"', (variant, value, inEnglish, inChinese) => {
  const [rule] = examples[variant]
  expect(describeValue(rule, value)).toBe(inEnglish)
  expect(describeValue(rule, value, zh)).toBe(inChinese)
})

it('any rule with any value is a sentence: nothing undefined, no blank twice, no half-width punctuation in Chinese', () => {
  const values = fc.oneof(fc.constantFrom(null, 0, 1, -1, 2), fc.double({ noNaN: true, min: -1e6, max: 1e6 }))
  fc.assert(
    fc.property(featureRules, values, (rule, value) => {
      const given = 'type' in rule && rule.type === 'text' && value !== null ? 'gold' : value
      for (const options of [{}, zh]) {
        for (const text of [describeFeature(rule, options), describeValue(rule, given, options)]) {
          expect(text).not.toMatch(/undefined|null|NaN|\[object| {2}|^ | $|\( | \)/)
          if ('language' in options)
            expect(text.replaceAll(/“[^”]*”/g, '')).not.toMatch(/[(),;:]|\p{Script=Han}\d/u)
        }
      }
    }),
    { numRuns: 300 },
  )
})

describe('labels', () => {
  it('stand for a feature, or for a column in all features that read it, with their unit', () => {
    const labels = { 'bills.amount': { label: 'spending', unit: '€' }, tenure_months: '在网时间' }
    const inWords = (rule: FeatureRule, value: number | null) => describeValue(rule, value, { labels })
    expect(inWords(sumOf('bills', 'amount', quarter), 120)).toBe(
      'sum of spending in the last 3 months is 120 €',
    )
    expect(inWords(slope('bills', 'amount', 3), -5)).toBe(
      'spending fell by 5 € a month over the last 3 months',
    )
    // A fall is a share of its own, in no unit
    expect(inWords(drop('bills', 'amount', 1), 0.42)).toBe(
      'spending fell by 42 % in the last month against the month before',
    )
    expect(inWords(log1p(sumOf('bills', 'amount', month)), Math.log1p(9))).toBe(
      'sum of spending in the last month is 9 €',
    )
    expect(describeValue(tenure(), 3, { ...zh, labels })).toBe('在网时间为 3')
    expect(describeFeature(percentile(tenure()), { ...zh, labels })).toBe('在网时间在全体客户中的百分位')
  })

  it.each<[string, unknown, string]>([
    ['a language that there is not', { language: 'de' }, '"en", "zh"'],
    ['a label that is no text', { labels: { tenure_months: 3 } }, '{ label, unit? }'],
    ['another option', { labls: {} }, 'Did you mean labels?'],
  ])('%s is refused', (_, options, said) => {
    expect(() => describeFeature(tenure(), options as never)).toThrow(said)
    expect(() => describeValue(tenure(), 1, options as never)).toThrow('describeValue: ')
  })
})
