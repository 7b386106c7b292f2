import { describe, expect, it } from 'vitest'
import { epochDay, monthsBetween } from '../../src/base/days.js'
import { seededRandom } from '../../src/base/random.js'
import { simulateTables } from '../../src/entries/simulate.js'
import { simulatedMonths } from '../../src/simulate/calendar.js'
import { drawHolder, type Holder } from '../../src/simulate/holder.js'
import { type Line, stages, startLine } from '../../src/simulate/line.js'
import { stageOf } from '../../src/simulate/stages.js'
import { monthRows, textsOf } from './monthRows.js'

const months = simulatedMonths('2024-01', 18)
const holder: Holder = { ...drawHolder(seededRandom(1)), rampDepth: 0.5, rampMonths: 2 }

/** A line activated on the first day, with its engagement at the starts of the last months, the latest first. */
function lineWith(trend: readonly number[], changes: Partial<Line> = {}): Line {
  const line = startLine(seededRandom(1), holder, months, 0, epochDay('2024-01-01'), 0)
  line.trend.set(trend)
  return Object.assign(line, changes)
}

const stageAt = (line: Line, month: number) => stages[stageOf(line, holder, month)]

describe('the stage from the hidden engagement', () => {
  it('is acquisition before three complete months, even in a fall', () => {
    expect(stageAt(lineWith([0.3, 1, 1, 1, 1, 1]), 2)).toBe('acquisition')
  })

  it('is growth while the ramp has more than a tenth left', () => {
    // 0.5 e^(-3/2) = 0.112 at month 3, 0.5 e^(-4/2) = 0.068 at month 4.
    expect(stageAt(lineWith([1, 1, 1, 1, 1, 1]), 3)).toBe('growth')
    expect(stageAt(lineWith([1, 1, 1, 1, 1, 1]), 4)).toBe('maturity')
  })

  it('is decline from 70 % of the highest of the five months before, and not above', () => {
    expect(stageAt(lineWith([0.69, 0.8, 0.9, 1, 0.9, 0.9]), 12)).toBe('decline')
    expect(stageAt(lineWith([0.71, 0.8, 0.9, 1, 0.9, 0.9]), 12)).toBe('maturity')
  })

  it('stays decline until 85 % are reached again', () => {
    const inDecline = { stage: stages.indexOf('decline') }
    expect(stageAt(lineWith([0.84, 0.7, 0.6, 1, 1, 1], inDecline), 12)).toBe('decline')
    expect(stageAt(lineWith([0.86, 0.7, 0.6, 1, 1, 1], inDecline), 12)).toBe('maturity')
  })
})

describe('the stages of a simulated operator', () => {
  const tables = simulateTables({ customers: 4000, seed: 21 })
  const { rows, customer, left, month } = monthRows(tables)
  const stage = textsOf(tables.truth, 'stage')

  it('all occur', () => {
    expect(new Set(stage)).toEqual(new Set(stages))
  })

  it('are left from: lines end in every stage', () => {
    const leaving = new Set(rows.filter((row) => left[row] === 1).map((row) => stage[row]))
    expect(leaving).toEqual(new Set(stages.filter((name) => name !== 'churn')))
  })

  it('are not a one-way street: lines recover from decline', () => {
    const recovered = rows.filter(
      (row) =>
        stage[row] === 'maturity' && stage[row - 1] === 'decline' && customer[row] === customer[row - 1],
    )
    expect(recovered.length).toBeGreaterThan(50)
  })

  it('are acquisition exactly while the tenure is below three complete months', () => {
    const activated = tables.customers.days('activatedAt').values
    const broken = rows.filter((row) => {
      const tenure = monthsBetween(activated[customer[row]!]! as never, month[row]! as never)
      return (stage[row] === 'acquisition') !== tenure < 3
    })
    expect(broken).toEqual([])
  })

  it('are churn exactly where the line has left', () => {
    const { missing } = tables.truth.numbers('churnProbability')
    const broken = stage.filter((name, row) => (name === 'churn') !== (missing?.has(row) ?? false))
    expect(broken).toEqual([])
  })

  it('see most voluntary leavers decline before, and many not', () => {
    const engagement = tables.truth.numbers('engagement').values
    const reasons = textsOf(tables.truth, 'leaveReason')
    const leavers = rows.filter(
      (row) =>
        left[row] === 1 &&
        stage[row] !== 'acquisition' &&
        reasons[row] !== 'arrears' &&
        row >= 3 &&
        customer[row - 3] === customer[row],
    )
    const fell = leavers.filter(
      (row) =>
        engagement[row]! < 0.9 * Math.max(engagement[row - 1]!, engagement[row - 2]!, engagement[row - 3]!),
    )
    // About 1200 leavers, measured 0.66: four standard errors are 0.055.
    expect(fell.length / leavers.length).toBeGreaterThan(0.5)
    expect(fell.length / leavers.length).toBeLessThan(0.85)
  })
})
