import { describe, expect, it } from 'vitest'
import { addMonths, type EpochDay, epochDay, monthsBetween } from '../../src/base/days.js'
import type { LifecycleStage } from '../../src/lifecycle/stage.js'
import { type StageAgreement, stageAgreement } from '../../src/lifecycle/stageAgreement.js'
import { tagLifecycle } from '../../src/lifecycle/tagLifecycle.js'
import { openSimulated, simulateTables } from './simulated.js'

const tables = simulateTables({ customers: 1500, months: 18, seed: 7 })

interface Case {
  readonly id: string
  readonly cutoff: EpochDay
  readonly tagged: LifecycleStage
  readonly known: LifecycleStage
  readonly byTenure: LifecycleStage
}

/** Tags of the months that end at each cutoff beside the true stage at that cutoff; the first half year is left to warm up. */
async function casesOf(): Promise<Case[]> {
  const { truth, customers } = tables
  const keyOf = (id: unknown, day: number) => `${id} ${day}`
  const known = new Map(
    Array.from({ length: truth.rowCount }, (_, row) => [
      keyOf(truth.cell('id', row), truth.days('month').values[row]!),
      truth.cell('stage', row) as LifecycleStage,
    ]),
  )
  const joined = new Map(customers.rows().map((row) => [row['id'], epochDay(String(row['activatedAt']))]))
  const cutoffs = Array.from({ length: 12 }, (_, month) => addMonths(epochDay('2024-07-01'), month))
  const history = await openSimulated(tables)
  const tags = await tagLifecycle(history, { cutoffs, evidence: false })
  await history.close()
  return Array.from({ length: tags.rowCount }, (_, row) => {
    const id = String(tags.cell('id', row))
    const cutoff = addMonths(tags.days('month').values[row]! as EpochDay, 1)
    const tenure = monthsBetween(joined.get(id)!, cutoff)
    return {
      id,
      cutoff,
      tagged: tags.cell('stage', row) as LifecycleStage,
      known: known.get(keyOf(id, cutoff))!,
      byTenure: tenure < 3 ? 'acquisition' : tenure < 12 ? 'growth' : ('maturity' as LifecycleStage),
    }
  })
}

const agreement = (cases: readonly Case[], tagger: (one: Case) => LifecycleStage): StageAgreement =>
  stageAgreement(
    cases.map(tagger),
    cases.map(({ known }) => known),
  )

/** For each true decline that is tagged while it lasts, how many months after its beginning; and how many there are. */
function declinesFound(cases: readonly Case[]): { readonly monthsLate: number[]; readonly declines: number } {
  const monthsLate: number[] = []
  let declines = 0
  for (let start = 1; start < cases.length; start++) {
    const [before, first] = [cases[start - 1]!, cases[start]!]
    const begins = before.id === first.id && before.known !== 'decline' && first.known === 'decline'
    if (!begins) continue
    declines++
    let end = start
    while (cases[end]?.id === first.id && cases[end]!.known === 'decline') end++
    const late = cases.slice(start, end).findIndex(({ tagged }) => tagged === 'decline' || tagged === 'churn')
    if (late >= 0) monthsLate.push(late)
  }
  return { monthsLate, declines }
}

// The thresholds are the printed ones and were not fitted to the simulator, whose stages are made from a hidden engagement
// and by other definitions: there a customer stops growing when its first rise is over, often after half a year.
describe('against the true stages of a simulated operator', async () => {
  const cases = await casesOf()
  const living = cases.filter(({ known }) => known !== 'churn')
  const decline = (of: StageAgreement) => of.byStage.row(3) as { precision: number; recall: number }

  it('every tag has a true stage', () => {
    expect(cases.length).toBeGreaterThan(10_000)
    expect(cases.every(({ known }) => known !== undefined)).toBe(true)
  })

  // Measured with seed 7: kappa 0.71 against 0.26 and 0; accuracy 0.79 against 0.47 and 0.42.
  it('the tagger agrees far better than age alone or the largest stage', () => {
    const tagger = agreement(cases, ({ tagged }) => tagged).kappa!
    expect(agreement(cases, () => 'maturity').kappa).toBe(0)
    expect(tagger).toBeGreaterThan(agreement(cases, ({ byTenure }) => byTenure).kappa! + 0.35)
    expect(tagger).toBeGreaterThan(0.65)
  })

  // Measured: kappa 0.54 against 0.52. Age alone has the higher accuracy (0.72 against 0.70) because it never sees a decline.
  it('among those who have not left it is no worse than age alone, and sees declines', () => {
    const tagger = agreement(living, ({ tagged }) => tagged)
    expect(tagger.kappa!).toBeGreaterThan(agreement(living, ({ byTenure }) => byTenure).kappa!)
    // Measured: precision 0.49, recall 0.55; 12 % of the living are in decline.
    expect(decline(tagger).precision).toBeGreaterThan(0.4)
    expect(decline(tagger).recall).toBeGreaterThan(0.45)
  })

  // Measured: 201 of 357 found, 109 of them in the month they begin, 49 a month later, 30 two.
  it('more than half of the declines are found while they last, most of them within a month', () => {
    const { monthsLate, declines } = declinesFound(cases)
    expect(monthsLate.length / declines).toBeGreaterThan(0.5)
    expect(monthsLate.filter((late) => late <= 1).length / monthsLate.length).toBeGreaterThan(0.7)
  })
})
