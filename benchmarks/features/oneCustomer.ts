import { deepStrictEqual } from 'node:assert/strict'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { addDays, type EpochDay, epochDay, formatDay } from '../../src/base/days.js'
import { type Random, seededRandom } from '../../src/base/random.js'
import { compileRules } from '../../src/feature/memory/compileRules.js'
import { featuresOf } from '../../src/feature/memory/featuresOf.js'
import { followCustomer } from '../../src/feature/memory/followCustomer.js'
import { telecomFeatures } from '../../src/feature/sets/telecom/telecomFeatures.js'
import type { CustomerHistory, HistoryRow } from '../../src/table/customerHistory.js'
import type { HistoryKinds } from '../../src/table/inputs.js'
import type { Measurement } from '../result.js'

const firstDay = epochDay('2023-06-01')
const days = 730
const lastDay = addDays(firstDay, days)

/** What the telecom features find: every column that they know. */
const tables: HistoryKinds = {
  customers: { id: 'text', activatedAt: 'day', payerId: 'text', region: 'text' },
  usage: {
    day: 'day',
    direction: 'text',
    hour: 'number',
    minutes: 'number',
    dataMb: 'number',
    messages: 'number',
    roamingMb: 'number',
    foreignMinutes: 'number',
  },
  bills: { period: 'day', amount: 'number', discount: 'number', overage: 'number' },
  payments: { day: 'day', amount: 'number', kind: 'text', balance: 'number' },
  plans: {
    from: 'day',
    to: 'day',
    plan: 'text',
    fee: 'number',
    contractEnd: 'day',
    promotionEnd: 'day',
    minutesAllowance: 'number',
    dataMbAllowance: 'number',
    converged: 'boolean',
    bound: 'boolean',
    giftBound: 'boolean',
    pointsBound: 'boolean',
    balanceBound: 'boolean',
    deviceBound: 'boolean',
  },
  contacts: { day: 'day', kind: 'text', topic: 'text', resolvedAt: 'day' },
  devices: { period: 'day', deviceId: 'text', generation: 'text' },
}

/**
 * Returns how long the features of one customer with 2,000 events take in memory, without an engine: the median and the
 * 99th percentile of single calls, in ms.
 *
 *     whole       all rows handed over as a service has them (days as texts), checked and answered, rules compiled before
 *     compiling   the same, rules compiled within the call
 *     asked       a customer who is followed, asked as of another day
 *     appended    one more event of a followed customer, and asked
 *
 * @param calls timed calls of each
 */
export function oneCustomer(calls = 10_000): Measurement[] {
  const history = busyCustomer(seededRandom(1))
  const rules = telecomFeatures(tables, {
    attributes: ['region'],
    complaintTopics: ['bill', 'network', 'service'],
  })
  const compiled = compileRules(rules)
  const followed = followCustomer(history, compiled)
  let growing = followed
  // The last two years, day by day.
  const asOf = (call: number): EpochDay => addDays(lastDay, -(call % 28))
  for (let call = 0; call < 28; call++)
    deepStrictEqual(followed.features(asOf(call)), featuresOf(history, rules, asOf(call)))
  const usage = history.usage!
  return [
    figure('events', eventCount(history), 'rows'),
    figure('rules', rules.length, 'rules'),
    figure('followed.memory', memoryOf(500, () => followCustomer(history, compiled)) / 1024, 'KiB'),
    ...percentiles('whole', calls, (call) => featuresOf(history, compiled, asOf(call))),
    ...percentiles('compiling', calls, (call) => featuresOf(history, rules, asOf(call))),
    ...percentiles('asked', calls, (call) => followed.features(asOf(call))),
    ...percentiles(
      'appended',
      calls,
      (call) => {
        growing.append('usage', usage[usage.length - 1 - (call % 28)]!)
        return growing.features(asOf(call))
      },
      // A month of events, and another customer.
      (call) => {
        if (call % 60 === 0) growing = followCustomer(history, compiled)
      },
    ),
  ]
}

function percentiles(
  name: string,
  calls: number,
  work: (call: number) => unknown,
  prepare: (call: number) => void = () => {},
): Measurement[] {
  const times = new Float64Array(calls)
  for (let call = -calls / 10; call < calls; call++) {
    prepare(Math.abs(call))
    const start = performance.now()
    work(Math.abs(call))
    if (call >= 0) times[call] = performance.now() - start
  }
  times.sort()
  return [50, 99].map((percent) =>
    figure(`${name}.p${percent}`, times[Math.ceil((calls * percent) / 100) - 1]!, 'ms'),
  )
}

/** Returns the bytes that each of some objects keeps. */
function memoryOf(count: number, make: () => unknown): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const used = (): number => {
    collect()
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return heapUsed + arrayBuffers
  }
  const kept: unknown[] = [make()]
  const before = used()
  for (let index = 0; index < count; index++) kept.push(make())
  return (used() - before) / (kept.length - 1)
}

function figure(name: string, value: number, unit: string): Measurement {
  return { id: `customer.${name}`, value, unit }
}

function eventCount({ customer, ...events }: CustomerHistory): number {
  return Object.values(events).reduce((count, rows) => count + (rows?.length ?? 0), 0)
}

/** Two years of a customer with 2,000 events, nine of ten of them usage. */
function busyCustomer(random: Random): CustomerHistory {
  const oneOf = (...texts: string[]): string => texts[random.integer(texts.length)]!
  const amount = (most: number): number => Math.round(random.uniform() * most * 100) / 100
  const rows = <Row extends HistoryRow>(count: number, row: (day: string, index: number) => Row): Row[] =>
    Array.from({ length: count }, (_, index) =>
      row(formatDay(addDays(firstDay, Math.floor((index * days) / count))), index),
    )
  return {
    customer: { id: 'A', activatedAt: '2021-03-15', payerId: 'A', region: 'north' },
    usage: rows(1800, (day, index) => ({
      day,
      direction: oneOf('in', 'out'),
      hour: random.integer(24),
      minutes: amount(30),
      dataMb: amount(900),
      messages: random.integer(4),
      roamingMb: index % 20 === 0 ? amount(100) : 0,
      foreignMinutes: index % 9 === 0 ? amount(10) : 0,
    })),
    bills: rows(24, (day) => ({ period: day, amount: amount(60), discount: amount(5), overage: amount(9) })),
    payments: rows(70, (day) => ({
      day,
      amount: amount(60),
      kind: oneOf('recharge', 'recharge', 'debit', 'late', 'failed'),
      balance: amount(40),
    })),
    plans: rows(4, (from, index) => ({
      from,
      plan: `plan ${index}`,
      fee: 10 * index,
      contractEnd: '2025-12-31',
      promotionEnd: '2025-06-30',
      minutesAllowance: 300,
      dataMbAllowance: 5000,
      converged: index > 1,
      bound: true,
      giftBound: index > 2,
      pointsBound: true,
      balanceBound: false,
      deviceBound: false,
    })),
    contacts: rows(78, (day, index) => ({
      day,
      kind: oneOf('complaint', 'question', 'cancel-request'),
      topic: oneOf('bill', 'network', 'service'),
      resolvedAt: index % 3 === 0 ? null : day,
    })),
    devices: rows(24, (period, index) => ({
      period,
      deviceId: `phone ${index >> 3}`,
      generation: index < 12 ? '4G' : '5G',
    })),
  }
}
