import { describe, expect, it } from 'vitest'
import { type EpochDay, epochDay } from '../../src/base/days.js'
import type { LifecycleStage } from '../../src/lifecycle/stage.js'
import { stageAgreement } from '../../src/lifecycle/stageAgreement.js'
import { stageTable } from '../../src/lifecycle/stageTable.js'
import { transitionTable } from '../../src/lifecycle/transitionTable.js'
import { dayColumn, type Table, tableFrom } from '../../src/table/table.js'

type Tag = readonly [id: string, month: string, stage: string, since: string]

const tagsOf = (tags: readonly Tag[]): Table => {
  const days = (name: string, values: readonly string[]) =>
    dayColumn(
      name,
      values.map((day) => epochDay(day) as EpochDay),
    )
  return tableFrom({
    id: tags.map(([id]) => id),
    month: days(
      'month',
      tags.map(([, month]) => `${month}-01`),
    ),
    stage: tags.map(([, , stage]) => stage),
    since: days(
      'since',
      tags.map(([, , , since]) => `${since}-01`),
    ),
  })
}

const three: readonly Tag[] = [
  ['A', '2025-01', 'growth', '2024-06'],
  ['B', '2025-01', 'maturity', '2024-01'],
  ['C', '2025-01', 'maturity', '2024-01'],
  ['A', '2025-02', 'maturity', '2025-02'],
  ['B', '2025-02', 'decline', '2025-02'],
  ['C', '2025-02', 'maturity', '2024-01'],
  ['D', '2025-02', 'acquisition', '2025-02'],
  // March is not tagged.
  ['B', '2025-04', 'churn', '2025-04'],
  ['C', '2025-04', 'maturity', '2024-01'],
]

describe('stageTable', () => {
  const rows = stageTable(tagsOf(three)).rows()
  const rowOf = (month: string, stage: string) =>
    rows.find((row) => row['month'] === `${month}-01` && row['stage'] === stage)

  it('has all five stages of every month', () => {
    expect(rows).toHaveLength(15)
    expect(rows.slice(0, 5).map((row) => row['stage'])).toEqual([
      'acquisition',
      'growth',
      'maturity',
      'decline',
      'churn',
    ])
  })

  it('counts, shares, who entered, and the change against the month before', () => {
    // Two of four after two of three: 50 % after 66.7 %. A entered in February, C was there before.
    expect(rowOf('2025-02', 'maturity')).toEqual({
      month: '2025-02-01',
      stage: 'maturity',
      customers: 2,
      share: 0.5,
      entered: 1,
      customersBefore: 2,
      shareBefore: 2 / 3,
      change: 0,
      changePoints: 100 * (0.5 - 2 / 3),
    })
    expect(rowOf('2025-02', 'churn')).toMatchObject({ customers: 0, share: 0, entered: 0, change: 0 })
  })

  it('without the calendar month before there is nothing to compare with', () => {
    expect(rowOf('2025-01', 'growth')).toMatchObject({
      customersBefore: null,
      change: null,
      changePoints: null,
    })
    expect(rowOf('2025-04', 'churn')).toMatchObject({ customers: 1, entered: 1, customersBefore: null })
  })

  it('the shares of a month add up to 1', () => {
    for (const month of ['2025-01-01', '2025-02-01', '2025-04-01']) {
      const shares = rows.filter((row) => row['month'] === month).map((row) => row['share'] as number)
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12)
    }
  })

  it('the order of rows does not matter', () => {
    expect(stageTable(tagsOf(three.toReversed())).rows()).toEqual(rows)
  })

  it('an unknown stage is refused with the nearest name', () => {
    expect(() =>
      stageTable(tagsOf([['A', '2025-01', 'Declne', '2025-01']])),
    ).toThrowErrorMatchingInlineSnapshot(
      `[HoldfastError: stageTable: row 1, column stage: expected stage to be one of acquisition, growth, maturity, decline, churn, got "Declne" (string). Did you mean decline?]`,
    )
  })
})

describe('transitionTable', () => {
  const transitions = (tags: readonly Tag[]) =>
    transitionTable(tagsOf(tags))
      .rows()
      .filter((row) => row['customers'] !== 0)

  it('counts who went from where to where between one tagged month and the next', () => {
    // D has no tag before February, and none after it.
    expect(transitions(three)).toEqual([
      { from: 'growth', to: 'maturity', customers: 1, share: 1 },
      { from: 'maturity', to: 'maturity', customers: 2, share: 2 / 3 },
      { from: 'maturity', to: 'decline', customers: 1, share: 1 / 3 },
      { from: 'decline', to: 'churn', customers: 1, share: 1 },
    ])
  })

  it('has all 25 pairs, without a share where nobody started', () => {
    const table = transitionTable(tagsOf(three))
    expect(table.rowCount).toBe(25)
    expect(table.row(0)).toEqual({ from: 'acquisition', to: 'acquisition', customers: 0, share: null })
  })

  it('the order of rows does not matter', () => {
    expect(transitions(three.toReversed())).toEqual(transitions(three))
  })

  it('two tags of a customer in a month are refused', () => {
    const twice: Tag = ['A', '2025-01', 'growth', '2025-01']
    expect(() => transitionTable(tagsOf([twice, twice]))).toThrowErrorMatchingInlineSnapshot(
      `[HoldfastError: transitionTable: expected customer A to have one tag in 2025-01. Leave out the repeated rows.]`,
    )
  })
})

describe('stageAgreement', () => {
  it('equal stages have kappa 1, a constant tagger has kappa 0', () => {
    const known = ['growth', 'maturity', 'decline', 'maturity'] as const
    expect(stageAgreement(known, known)).toMatchObject({ accuracy: 1, kappa: 1 })
    expect(stageAgreement(['maturity', 'maturity', 'maturity', 'maturity'], known)).toMatchObject({
      accuracy: 0.5,
      kappa: 0,
    })
  })

  it('what is no stage is refused, from the first row on', () => {
    for (const row of [0, 1]) {
      const tagged = ['growth', 'growth'].with(row, 'gone') as LifecycleStage[]
      expect(() => stageAgreement(tagged, ['growth', 'growth'])).toThrow(
        `row ${row + 1}: expected tagged to hold acquisition, growth, maturity, decline, churn, got "gone" (string)`,
      )
    }
  })

  it('precision is of what was tagged, recall of what is known', () => {
    const { byStage, confusion } = stageAgreement(
      ['decline', 'decline', 'maturity', 'churn'],
      ['decline', 'maturity', 'decline', 'decline'],
    )
    expect(byStage.row(3)).toEqual({
      stage: 'decline',
      tagged: 2,
      known: 3,
      both: 1,
      precision: 1 / 2,
      recall: 1 / 3,
    })
    expect(byStage.row(0)).toMatchObject({ precision: null, recall: null })
    // Known decline (row 3): one tagged maturity, one decline, one churn.
    expect(Array.from(confusion.slice(15, 20))).toEqual([0, 0, 1, 1, 1])
  })

  it('has no kappa where there is only one stage', () => {
    expect(stageAgreement(['churn'], ['churn']).kappa).toBeNull()
  })

  it('different lengths and nothing at all are refused', () => {
    expect(() => stageAgreement(['churn'], [])).toThrow(
      'expected known to have as many stages as tagged (1), got 0',
    )
    expect(() => stageAgreement([], [])).toThrow('expected tagged to have a stage')
  })
})
