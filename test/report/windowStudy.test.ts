import { afterAll, beforeAll, expect, test } from 'vitest'
import { epochDay, monthly } from '../../src/base/days.js'
import { buildDataset } from '../../src/dataset/buildDataset.js'
import { type ChurnPlan, churnPlan } from '../../src/dataset/churnPlan.js'
import { splitByTime } from '../../src/dataset/splitByTime.js'
import type { History } from '../../src/engine/history.js'
import { openHistory } from '../../src/engine/openHistory.js'
import { evaluate } from '../../src/evaluate/evaluate.js'
import { countOf, sumOf } from '../../src/feature/builders/aggregateBuilders.js'
import { tenure } from '../../src/feature/builders/customerBuilders.js'
import { recency } from '../../src/feature/builders/rowBuilders.js'
import { cancelled } from '../../src/label/cancelled.js'
import { silent } from '../../src/label/silent.js'
import { trainLogistic } from '../../src/learn/logistic/train.js'
import { cutoffsAfter } from '../../src/population/ownCutoffs.js'
import { windowStudy } from '../../src/report/windowStudy.js'
import { simulateTables } from '../../src/simulate/operator.js'

const { truth: _, ...tables } = simulateTables({ customers: 600, months: 14, firstMonth: '2024-01', seed: 9 })
const features = [
  tenure(),
  recency('usage'),
  countOf('usage', { days: 28 }),
  sumOf('payments', 'amount', { months: 3 }),
  countOf('contacts', { months: 6 }),
]
const train = trainLogistic
const options = { gapDays: [0, 14], horizonDays: [30, 60], lookbackDays: [31, 92, 183], topShare: 0.5, train }

let history: History
let plan: ChurnPlan
beforeAll(async () => {
  history = await openHistory(tables)
  plan = churnPlan({
    label: cancelled({ gapDays: 7, horizonDays: 30 }),
    features,
    cutoffs: monthly('2024-06', '2025-02'),
  })
})
afterAll(() => history.close())

test('each window is moved alone, as of the same cutoffs, with the figures of a split by hand', async () => {
  const { table, svg } = await windowStudy(history, plan, options)
  const rows = table.rows()
  expect(rows.map(({ window, days }) => `${window} ${days}`)).toEqual([
    ...['gap 0', 'gap 14', 'horizon 30', 'horizon 60'],
    ...['look-back 31', 'look-back 92', 'look-back 183'],
  ])
  // Features over all time stay, those with longer windows go: 28 days; 3 months before December are 91, 6 are 183.
  expect(rows.map((row) => row['features'])).toEqual([5, 5, 5, 5, 3, 4, 5])
  // The history ends with February 2025: 7 days and 60 days after 1 December, and not after 1 January.
  expect(history.completeUntil).toBe(epochDay('2025-03-01'))
  const byHand = await buildDataset(history, { ...plan, cutoffs: monthly('2024-06', '2024-12') })
  const split = splitByTime(byHand, { testFrom: '2024-12-01' })
  const { rocAuc } = evaluate(train(split.train), split.test)
  const usual = rows.find(({ window, days }) => window === 'horizon' && days === 30)!
  expect(usual).toMatchObject({ rows: split.test.ids.length, rocAuc: rocAuc.value })
  // A longer horizon has the churners of the shorter one and more; a gap takes those away who leave in it.
  const churners = (window: string, days: number) =>
    Number(rows.find((row) => row['window'] === window && row['days'] === days)!['churners'])
  expect(churners('horizon', 60)).toBeGreaterThan(churners('horizon', 30))
  for (const { window, days, leadDays } of rows) {
    const [gap, horizon] = [window === 'gap' ? Number(days) : 7, window === 'horizon' ? Number(days) : 30]
    expect(leadDays).toBeGreaterThanOrEqual(gap)
    expect(leadDays).toBeLessThan(gap + horizon)
  }
  const picture = await svg()
  expect(picture).toMatch(/^<svg/)
  expect(picture).toContain('gap of 14 days 0.')
  expect(picture.match(/>lead \d+ d</g)?.length).toBe(7)
})

test('a label without a day has the gap for its lead time', async () => {
  const silence = { ...plan, label: silent({ activeDays: 30, silentDays: 30 }) }
  const { table } = await windowStudy(history, silence, {
    gapDays: [5],
    horizonDays: [],
    lookbackDays: [],
    train,
  })
  const [row] = table.rows()
  expect([null, 5]).toContain(row!['leadDays'])
  expect(row!['rows']).toBeGreaterThan(0)
})

test('windows that leave nothing to train on or to ask are refused', async () => {
  const study = (changed: object, more: object = {}) =>
    windowStudy(history, { ...plan, ...more }, { ...options, ...changed })
  await expect(study({ horizonDays: [400] })).rejects.toThrow(/longest outcome is known by the last/)
  await expect(study({}, { features: features.slice(2) })).resolves.toBeDefined()
  await expect(study({ lookbackDays: [7] }, { features: features.slice(2) })).rejects.toThrow(
    /to leave a feature/,
  )
  await expect(study({}, { cutoffs: cutoffsAfter('bills') })).rejects.toThrow(/all customers share/)
  await expect(study({ gapDays: [-1] })).rejects.toThrow(/gapDays/)
  await expect(study({ signal: AbortSignal.abort() })).rejects.toThrow(
    expect.objectContaining({ code: 'aborted' }),
  )
})
