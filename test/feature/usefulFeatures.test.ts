import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addDays, epochDay, formatDay } from '../../src/base/days.js'
import { seededRandom } from '../../src/base/random.js'
import { buildDataset } from '../../src/dataset/buildDataset.js'
import { churnPlan } from '../../src/dataset/churnPlan.js'
import type { History } from '../../src/engine/history.js'
import { openHistory } from '../../src/engine/openHistory.js'
import { countOf, maxOf, sumOf } from '../../src/feature/builders/aggregateBuilders.js'
import { log1p } from '../../src/feature/builders/arithmeticBuilders.js'
import { tenure } from '../../src/feature/builders/customerBuilders.js'
import { featureName } from '../../src/feature/name/featureName.js'
import { eventKinds } from '../../src/feature/sets/eventKinds.js'
import { subscriptionFeatures } from '../../src/feature/sets/subscriptionFeatures.js'
import { telecomFeatures } from '../../src/feature/sets/telecom/telecomFeatures.js'
import { usefulFeatures } from '../../src/feature/usefulFeatures.js'
import { cancelled } from '../../src/label/cancelled.js'

const begin = epochDay('2025-01-01')
const cutoffs = [epochDay('2025-04-01'), epochDay('2025-05-01')]

/** 200 customers with uses of three features, of which one is rare, a seat number of their own and numbered rows. */
function subscriptions() {
  const random = seededRandom(7)
  const ids = Array.from({ length: 200 }, (_, index) => `C${index}`)
  let row = 0
  const usage = ids.flatMap((id, index) =>
    Array.from({ length: 5 + Math.floor(random.uniform() * 30) }, () => {
      const minutes = 1 + Math.floor(random.uniform() * 60)
      return {
        id,
        day: formatDay(addDays(begin, Math.floor(random.uniform() * 150))),
        feature: random.uniform() < 0.3 ? 'export' : index === 3 ? 'secret' : 'login',
        user_id: 5000 + 3 * index,
        sessionNumber: 900 + row++,
        // Whole numbers that are all different and far apart: a measure
        bytes: 1 + Math.floor(random.uniform() * 1e9),
        minutes,
        seconds: 60 * minutes + (row % 3),
        flag: index === 5 ? 1 : 0,
      }
    }),
  )
  return { customers: ids.map((id) => ({ id, activatedAt: '2024-03-10' })), usage }
}

const kinds = {
  customers: { id: 'text', activatedAt: 'day' },
  usage: { id: 'text', day: 'day', minutes: 'number', seconds: 'number', flag: 'number' },
} as const

let history: History
beforeAll(async () => {
  history = await openHistory(subscriptions(), { completeUntil: '2025-06-01', today: epochDay('2026-01-01') })
})
afterAll(() => history.close())

const month = { months: 1 }
const reasonsOf = async (rules: Parameters<typeof usefulFeatures>[1], keep: string[] = []) => {
  const found = await usefulFeatures(history, rules, { cutoffs, keep })
  return {
    rules: found.rules.map(featureName),
    leftOut: Object.fromEntries(found.leftOut.rows().map(({ feature, why }) => [feature, why])),
  }
}

describe('what cannot help is left out, and why is said', () => {
  const rules = [
    sumOf('usage', 'minutes', month),
    sumOf('usage', 'seconds', month),
    log1p(sumOf('usage', 'minutes', month)),
    sumOf('usage', 'user_id', month),
    maxOf('usage', 'sessionNumber', month),
    sumOf('usage', 'bytes', month),
    sumOf('usage', 'flag', month),
    countOf('usage', { months: 3 }),
    countOf('usage', { months: 9 }),
    tenure(),
  ]

  test('ids, twins, what is nearly constant and windows before the beginning', async () => {
    const found = await reasonsOf(rules)
    expect(found.leftOut).toEqual({
      // 60 seconds a minute and a bit
      usage_seconds_sum_1m: 'twin',
      // One number for each customer, whatever it is called
      usage_user_id_sum_1m: 'id',
      usage_sessionNumber_max_1m: 'id',
      // One customer of 200, at two cutoffs
      usage_flag_sum_1m: 'nearly constant',
      // The usage begins in January: nine months are always three or four
      usage_count_9m: 'window before the beginning',
    })
    expect(found.rules).toEqual([
      'usage_minutes_sum_1m',
      'log1p(usage_minutes_sum_1m)',
      'usage_bytes_sum_1m',
      'usage_count_3m',
      'tenure_months',
    ])
  })

  test('an option keeps them; whoever says the same goes then', async () => {
    const found = await reasonsOf(rules, [
      'usage_seconds_sum_1m',
      'usage_flag_sum_1m',
      'usage_user_id_sum_1m',
    ])
    expect(found.leftOut).toEqual({
      usage_minutes_sum_1m: 'twin',
      usage_sessionNumber_max_1m: 'id',
      usage_count_9m: 'window before the beginning',
    })
  })

  test('what is to be kept is the name of a rule', async () => {
    await expect(reasonsOf(rules, ['usage_second_sum_1m'])).rejects.toThrow(
      /Did you mean usage_seconds_sum_1m/,
    )
  })

  test('the outcome is not looked at: customers who have left since change nothing', async () => {
    const { customers, usage } = subscriptions()
    const others = await openHistory(
      {
        customers: customers.map((each, index) => ({
          ...each,
          cancelledAt: index % 2 === 0 ? '2025-05-20' : null,
        })),
        usage,
      },
      { completeUntil: '2025-06-01', today: epochDay('2026-01-01') },
    )
    const found = await usefulFeatures(others, rules, { cutoffs })
    await others.close()
    expect(found.rules.map(featureName)).toEqual((await reasonsOf(rules)).rules)
  })
})

describe('sets of features', () => {
  test('take no number for a measure that is named like an id, and the dataset says so', async () => {
    const rules = subscriptionFeatures(history.tables)
    expect(rules.map(featureName).filter((name) => name.includes('user_id'))).toEqual([])
    expect(rules.map(featureName)).toEqual(
      expect.arrayContaining(['usage_minutes_sum_28d', 'usage_count_28d']),
    )
    const plan = churnPlan({ label: cancelled({ horizonDays: 20 }), features: rules, cutoffs })
    const { warnings } = await buildDataset(history, plan)
    expect(warnings).toContain(
      "Column user_id of usage is named like an id, and no feature reads it. If it is a measure, use it in a rule, such as sumOf('usage', 'user_id', { months: 1 }).",
    )
    const named = subscriptionFeatures(history.tables, { measures: ['user_id'] }).map(featureName)
    expect(named.filter((name) => name.includes('_sum_'))).toEqual(['usage_user_id_sum_28d'])
    expect(telecomFeatures(history.tables).map(featureName).join()).not.toContain('user_id')
  })

  test.each([
    ['userId', true],
    ['USER_ID', true],
    ['id', true],
    ['account-uuid', true],
    ['paid', false],
    ['grid', false],
    ['minutesPaid', false],
    ['keys', false],
  ])('a column called %s: %s', (name, isId) => {
    const tables = {
      customers: { id: 'text', activatedAt: 'day' },
      usage: { id: 'text', day: 'day', [name]: 'number' },
    } as const
    const sums = subscriptionFeatures(tables)
      .map(featureName)
      .filter((each) => each.includes('_sum_'))
    expect(sums.length).toBe(isId ? 0 : 1)
  })

  test('the kinds of events that are frequent are counted one by one', async () => {
    // Of 200 customers one has the secret feature: half a percent.
    const kinds = await eventKinds(history)
    expect(kinds).toEqual({ usage: ['login', 'export'] })
    expect(await eventKinds(history, { leastShare: 0 })).toEqual({ usage: ['login', 'export', 'secret'] })
    expect(await eventKinds(history, { most: 1 })).toEqual({ usage: ['login'] })
    const names = subscriptionFeatures(history.tables, { kinds }).map(featureName)
    expect(names).toEqual(
      expect.arrayContaining(['usage[feature=login]_count_28d', 'usage[feature=export]_count_28d']),
    )
  })
})

describe('a dataset leaves out what a set asked and cannot help', () => {
  const label = cancelled({ horizonDays: 20 })
  const own = [sumOf('usage', 'user_id', month), sumOf('usage', 'flag', month)]
  const set = subscriptionFeatures(kinds, { measures: ['minutes', 'seconds', 'flag'] })

  test('and says so; rules of the user stay, also of the plan written to JSON', async () => {
    const plan = churnPlan({ label, features: [...set, ...own], cutoffs })
    const { rules, features, report, warnings } = await buildDataset(history, plan)
    const why = Object.fromEntries(report.leftOut!.rows().map((row) => [row['feature'], row['why']]))
    expect(why).toMatchObject({
      usage_seconds_sum_28d: 'twin',
      usage_flag_sum_28d: 'nearly constant',
      usage_minutes_slope_6m: 'window before the beginning',
    })
    expect(Object.keys(why)).not.toContain('usage_user_id_sum_1m')
    expect(Object.keys(why)).not.toContain('usage_flag_sum_1m')
    expect(features.columns.map(({ name }) => name)).toEqual(rules!.map(featureName))
    expect(rules!.length + report.leftOut!.rowCount).toBe(set.length + own.length)
    expect(warnings.find((warning) => warning.includes('features of sets were left out'))).toContain(
      'optionalFeatures: []',
    )

    const written = JSON.parse(JSON.stringify(plan))
    expect((await buildDataset(history, written)).rules).toEqual(rules)
  })

  test('an option keeps them all', async () => {
    const plan = churnPlan({ label, features: set, optionalFeatures: [], cutoffs })
    const { rules, report } = await buildDataset(history, JSON.parse(JSON.stringify(plan)))
    expect(rules).toHaveLength(set.length)
    expect(report.leftOut).toBeUndefined()
  })

  test('or some of them, and rules of the user may be optional', async () => {
    const optionalFeatures = ['usage_flag_sum_1m']
    const plan = churnPlan({ label, features: [...set, ...own], optionalFeatures, cutoffs })
    const { report } = await buildDataset(history, plan)
    expect(report.leftOut!.rows().map(({ feature }) => feature)).toEqual(optionalFeatures)
    expect(() => churnPlan({ label, features: set, optionalFeatures: ['usage_count_28'], cutoffs })).toThrow(
      /Did you mean usage_count_28d/,
    )
  })
})

describe('what only looks useless stays', () => {
  const open = (usage: Record<string, unknown>[], customers = 60) =>
    openHistory(
      {
        customers: Array.from({ length: customers }, (_, index) => ({
          id: `C${index}`,
          activatedAt: '2024-03-10',
        })),
        usage,
      },
      { completeUntil: '2025-06-01', today: epochDay('2026-01-01') },
    )
  const reasons = async (usage: Record<string, unknown>[], rules: Parameters<typeof usefulFeatures>[1]) => {
    const opened = await open(usage)
    const { leftOut } = await usefulFeatures(opened, rules, { cutoffs })
    await opened.close()
    return leftOut.rows().map(({ feature, why }) => `${feature}: ${why}`)
  }
  const customers = Array.from({ length: 60 }, (_, index) => index)

  test('amounts that are all different where customers have a row each', async () => {
    const usage = customers.map((index) => ({
      id: `C${index}`,
      day: '2025-03-20',
      bytes: 1000 + index * index * 7,
    }))
    expect(await reasons(usage, [sumOf('usage', 'bytes', { months: 1 })])).toEqual([])
  })

  test('windows over a table whose first row is late because it has few', async () => {
    // Rows on 12 days: the first of them says nothing of the time before.
    const usage = customers.flatMap((index) =>
      index % 5 === 0
        ? [{ id: `C${index}`, day: formatDay(addDays(begin, 40 + index)), minutes: index }]
        : [],
    )
    expect(await reasons(usage, [countOf('usage', { months: 6 })])).toEqual([])
  })

  test('a flag that ten rows have', async () => {
    // At each of two cutoffs five customers: ten rows of 120.
    const usage = customers.map((index) => ({
      id: `C${index}`,
      day: '2025-03-20',
      flag: index < 5 ? 1 : 0,
      rare: index < 4 ? 1 : 0,
    }))
    const three = { months: 3 }
    expect(await reasons(usage, [sumOf('usage', 'flag', three), sumOf('usage', 'rare', three)])).toEqual([
      'usage_rare_sum_3m: nearly constant',
    ])
  })
})
