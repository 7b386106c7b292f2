import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EpochDay, epochDay, monthly } from '../../src/base/days.js'
import { HoldfastError } from '../../src/base/errors.js'
import { buildDataset } from '../../src/dataset/buildDataset.js'
import { churnPlan } from '../../src/dataset/churnPlan.js'
import type { Dataset } from '../../src/dataset/dataset.js'
import { fromFlatTable } from '../../src/dataset/fromFlatTable.js'
import type { History } from '../../src/engine/history.js'
import { openHistory } from '../../src/engine/openHistory.js'
import { compileRules } from '../../src/feature/memory/compileRules.js'
import { followCustomer } from '../../src/feature/memory/followCustomer.js'
import { telecomFeatures } from '../../src/feature/sets/telecom/telecomFeatures.js'
import { cancelled } from '../../src/label/cancelled.js'
import { trainBoosting } from '../../src/learn/boosting/train.js'
import { activeCustomers, attributeIn } from '../../src/population/rule.js'
import { scoreHistory } from '../../src/score/scoreHistory.js'
import { createScorer, encodeScorer, loadScorer, type Scorer } from '../../src/score/scorer.js'
import { readScorer, saveScorer } from '../../src/score/scorer.node.js'
import { simulateTables } from '../../src/simulate/operator.js'
import type { CustomerHistory } from '../../src/table/customerHistory.js'
import { dayColumn, type Row, type Table, tableFrom } from '../../src/table/table.js'

const { truth: _, ...tables } = simulateTables({ customers: 400, months: 12, firstMonth: '2024-01', seed: 3 })
const population = activeCustomers({ exclusions: [attributeIn('doNotDisturb', [true])] })
const asOf = '2024-12-01'

let history: History
let dataset: Dataset
let scorer: Scorer

beforeAll(async () => {
  history = await openHistory(tables)
  const plan = churnPlan({
    label: cancelled({ horizonDays: 28 }),
    features: telecomFeatures(history.tables, { attributes: ['paymentType', 'ageBand'] }),
    cutoffs: monthly('2024-05', '2024-11'),
    population,
  })
  dataset = await buildDataset(history, plan)
  scorer = createScorer(trainBoosting(dataset, { rounds: 60 }), dataset)
})
afterAll(() => history.close())

describe('scoring a history', () => {
  it('gives every counted customer the score that the service gives him alone', async () => {
    const { scores } = await scoreHistory(history, scorer, { asOf })
    expect(scores.columnNames).toEqual(['id', 'asOf', 'probability', 'band', 'reason1', 'reason2', 'reason3'])
    expect(scores.rowCount).toBeGreaterThan(100)
    const rowsOf = rowsById(tables)
    for (const [row, { id, probability, band, reason1, reason2, reason3 }] of scores.rows().entries()) {
      if (row % 7 !== 0) continue
      const alone = scorer.scoreOne(rowsOf(String(id)), { asOf })
      expect(alone.probability, String(id)).toBeCloseTo(Number(probability), 9)
      expect(alone.band).toBe(band)
      expect(alone.reasons.map((reason) => reason.text)).toEqual([reason1, reason2, reason3])
    }
  })

  it('says in Chinese, with actions and the value at risk, what the service says of him alone', async () => {
    const acting = scorer.with({
      playbook: { families: { contract: '续约', price: '降档', usage: { past: '回访' } } },
    })
    const asked = { language: 'zh', value: { column: 'plan_fee', unit: '元/月' } } as const
    const { scores } = await scoreHistory(history, acting, { asOf, ...asked })
    const rowsOf = rowsById(tables)
    const actions = new Set<unknown>()
    for (const row of scores.rows().slice(0, 40)) {
      const alone = acting.scoreOne(rowsOf(String(row['id'])), { asOf, ...asked })
      expect(alone.reasons.map(({ text }) => text)).toEqual([row['reason1'], row['reason2'], row['reason3']])
      expect(alone.recommendation?.action ?? null).toBe(row['action'])
      expect(alone.valueAtRisk!.value).toBe(row['value'])
      expect(alone.valueAtRisk!.expected).toBeCloseTo(Number(row['valueAtRisk']), 9)
      // Every feature of a history has a rule that says what it is about
      expect(alone.effects!.families.map(({ family }) => family)).not.toContain('other')
      actions.add(row['action'])
    }
    expect(actions.size).toBeGreaterThan(2)
    await expect(
      scoreHistory(history, acting, { asOf, value: { column: 'plan_fe', unit: '元' } }),
    ).rejects.toThrow(/^scoreHistory: .*Did you mean plan_fee\?/)
  })

  it('gives a customer who is followed the score of his rows so far', async () => {
    const { scores } = await scoreHistory(history, scorer, { asOf, reasons: 0 })
    const { usage = [], ...before } = rowsById(tables)(String(scores.cell('id', 0)))
    const followed = followCustomer(before, compileRules(scorer.about.rules!))
    for (const row of usage.toReversed()) followed.append('usage', row)
    expect(usage.length).toBeGreaterThan(10)
    expect(scorer.scoreOne(followed, { asOf })).toEqual(scorer.scoreOne({ ...before, usage }, { asOf }))
  })

  it('counts the same population as training, and says who is left out', async () => {
    const { scores, population: report } = await scoreHistory(history, scorer, { asOf })
    const left = new Map(report.rows().map(({ reason, customers }) => [reason, Number(customers)]))
    expect(left.get('counted')).toBe(scores.rowCount)
    expect(left.get('doNotDisturb is true')).toBeGreaterThan(0)
    const everybody = await scoreHistory(history, scorer, { asOf, population: activeCustomers() })
    expect(everybody.scores.rowCount).toBe(scores.rowCount + left.get('doNotDisturb is true')!)
  })

  it('asks by default as of the first day that is not complete', async () => {
    const { scores } = await scoreHistory(history, scorer, { reasons: 0 })
    expect(scores.cell('asOf', 0)).toBe('2025-01-01')
  })

  it('refuses a day beyond the data: days without rows would look like silence', async () => {
    const refused = await scoreHistory(history, scorer, { asOf: '2025-02-01' }).catch(
      (error: unknown) => error,
    )
    expect(refused).toBeInstanceOf(HoldfastError)
    expect((refused as HoldfastError).message).toBe(
      'scoreHistory: expected asOf to be at most 2025-01-01, the first day for which the tables that the model reads are not complete, got "2025-02-01" (string). Days without data would look like silent customers: use an earlier day, or give openHistory completeUntil.',
    )
  })

  it('refuses a day without a past', async () => {
    const refused = await scoreHistory(history, scorer, { asOf: '2020-01-01' }).catch((error: Error) => error)
    const { message } = refused as Error
    expect(message).toMatch(
      /expected asOf to be after 2024-01-\d\d, the day of the first row of the tables that the model reads, got "2020-01-01"/,
    )
    const first = /after (\S+),/.exec(message)![1]!
    await expect(scoreHistory(history, scorer, { asOf: first })).rejects.toThrow(`to be after ${first}`)
  })

  it('refuses a scorer of a flat table and says what to use', async () => {
    const flat = fromFlatTable(tableFrom({ x: [1, 2, 3, 4], churn: [0, 1, 0, 1] }), { label: 'churn' })
    const flatScorer = createScorer(trainBoosting(flat, { rounds: 1 }), flat)
    await expect(scoreHistory(history, flatScorer)).rejects.toThrow(
      'use scoreTable with the columns of that table',
    )
  })

  it('does not see days at or after the cutoff: later rows change no score', async () => {
    const before = await scoreHistory(history, scorer, { asOf })
    const cut = await openHistory(untilDay(asOf), { completeUntil: asOf })
    const after = await scoreHistory(cut, scorer, { asOf })
    await cut.close()
    const known = new Set(after.scores.rows().map(({ id }) => id))
    expect(after.scores.rows()).toEqual(before.scores.rows().filter(({ id }) => known.has(id)))
    expect(known.size).toBe(before.scores.rowCount)
  })
})

describe('a model file of a history', () => {
  it('carries rules, label, population and bands, and gives identical scores', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-score-'))
    await saveScorer(scorer, join(folder, 'history.model'))
    const again = await readScorer(join(folder, 'history.model'))
    await rm(folder, { recursive: true })
    expect(again.about).toEqual(scorer.about)
    expect(again.about.label).toMatchObject({ name: 'cancelled_28d', gapDays: 0, horizonDays: 28 })
    const [first, second] = [
      await scoreHistory(history, scorer, { asOf }),
      await scoreHistory(history, again, { asOf }),
    ]
    expect(second.scores.rows()).toEqual(first.scores.rows())
  })

  it('is byte for byte the same from the same data and seed', async () => {
    const plan = churnPlan({
      label: dataset.label!.rule,
      features: dataset.rules!,
      cutoffs: monthly('2024-05', '2024-11'),
      population,
    })
    const again = await buildDataset(history, plan)
    const scorerAgain = createScorer(trainBoosting(again, { rounds: 60 }), again)
    expect(Buffer.compare(encodeScorer(scorerAgain), encodeScorer(scorer))).toBe(0)
  })

  it('is the same where two builds run at once on one history', async () => {
    const plan = churnPlan({
      label: dataset.label!.rule,
      features: dataset.rules!,
      cutoffs: monthly('2024-05', '2024-11'),
      population,
    })
    const both = await Promise.all([buildDataset(history, plan), buildDataset(history, plan)])
    expect(both.map(({ fingerprint }) => fingerprint)).toEqual([dataset.fingerprint, dataset.fingerprint])
  })

  it('whose rules were edited is refused', () => {
    const text = Buffer.from(encodeScorer(scorer)).toString('utf8')
    const edited = Buffer.from(text.replace('"months":3', '"months":9'), 'utf8')
    expect(() => loadScorer(edited)).toThrow(HoldfastError)
    try {
      loadScorer(edited)
    } catch (error) {
      expect((error as HoldfastError).code).toBe('model-edited')
    }
  })
})

/** The rows of one customer as a service holds them. */
function rowsById(all: Readonly<Record<string, Table>>): (id: string) => CustomerHistory {
  const byTable = Object.entries(all).map(([name, table]) => {
    const rows = new Map<string, Row[]>()
    for (const { id, ...row } of table.rows()) {
      const list = rows.get(String(id)) ?? []
      list.push(name === 'customers' ? { id: id!, ...row } : row)
      rows.set(String(id), list)
    }
    return [name, rows] as const
  })
  return (id) => {
    const events = byTable
      .filter(([name]) => name !== 'customers')
      .map(([name, rows]) => [name, rows.get(id) ?? []])
    const customer = byTable.find(([name]) => name === 'customers')![1].get(id)![0]
    return { customer, ...Object.fromEntries(events) } as CustomerHistory
  }
}

/** The tables as they stood on a day: later rows gone, later ends not known. */
function untilDay(day: string): typeof tables {
  const limit = epochDay(day)
  const cut = Object.entries(tables).map(([name, table]) => {
    const happened =
      name === 'customers' ? 'activatedAt' : name === 'plans' ? 'from' : table.has('day') ? 'day' : 'period'
    const { values } = table.days(happened)
    const rows = Int32Array.from(values.keys()).filter((row) => values[row]! < limit)
    const kept = table.take(rows)
    const end = name === 'customers' ? 'cancelledAt' : name === 'plans' ? 'to' : undefined
    return [name, end === undefined ? kept : withoutLaterEnds(kept, end, limit)]
  })
  return Object.fromEntries(cut) as typeof tables
}

function withoutLaterEnds(table: Table, column: string, limit: EpochDay): Table {
  const { values, missing } = table.days(column)
  const ends = Array.from(values, (end, row) =>
    missing?.has(row) === true || end >= limit ? null : (end as EpochDay),
  )
  return table.with(dayColumn(column, ends))
}
