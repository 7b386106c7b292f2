import { expect, test } from 'vitest'
import { epochDay } from '../../src/base/days.js'
import { cancelled } from '../../src/label/cancelled.js'
import { firstPassage } from '../../src/label/firstPassage.js'
import { labelTable } from '../../src/label/labelTable.js'
import { silent } from '../../src/label/silent.js'
import { survivalTable } from '../../src/label/survivalTable.js'
import { populationTable } from '../../src/population/populationTable.js'
import { open, outcomesOf } from './openLabels.js'

const cutoff = epochDay('2025-03-01')
const long = { activatedAt: cutoff - 400 }
const customers = [
  { id: 'real', ...long, cancelledAt: cutoff + 5 },
  { id: 'second card', ...long, cancelledAt: cutoff + 5 },
  { id: 'after the window', ...long, cancelledAt: cutoff + 30 },
  { id: 'silent, not cancelled', ...long },
]
const usage = customers.map(({ id }) => ({ id, day: cutoff - 1 }))

async function history() {
  const opened = await open(customers, { usage })
  const rows = [`('second card', 'one device')`, `('after the window', 're-entry')`, `('gone', 'transfer')`]
  await opened.engine.run('CREATE TABLE resolved (id VARCHAR, reason VARCHAR)')
  await opened.engine.run(`INSERT INTO resolved VALUES ${rows.join(', ')}, ('real', NULL)`)
  return opened
}

test('a cancellation that was none is null with its reason, or counts as stayed', async () => {
  const opened = await history()
  const expected = { real: 1, 'after the window': 0, 'silent, not cancelled': 0 }
  const as = (way: 'null' | 'stayed') => ({ falseChurn: { table: 'resolved', as: way } })
  expect(await outcomesOf(opened, cancelled(), cutoff, as('null'))).toEqual({
    ...expected,
    'second card': 'one device',
  })
  expect(await outcomesOf(opened, cancelled(), cutoff, as('stayed'))).toEqual({
    ...expected,
    'second card': 0,
  })
  expect(await outcomesOf(opened, cancelled(), cutoff)).toEqual({ ...expected, 'second card': 1 })
})

test('only a churn with a cancellation in the window is resolved', async () => {
  const falseChurn = { table: 'resolved', as: 'null' as const }
  expect(await outcomesOf(await history(), silent(), cutoff, { falseChurn })).toEqual({
    real: 1,
    'second card': 'one device',
    'after the window': 1,
    'silent, not cancelled': 1,
  })
})

test('the report counts every reason of the table, also those of nobody', async () => {
  const opened = await history()
  const population = await populationTable(opened, undefined, [cutoff])
  const falseChurn = { table: 'resolved', as: 'null' as const }
  const { report } = await labelTable(opened, cancelled(), population, { falseChurn })
  expect(report.rows().map(({ reason, customers: count }) => [reason, count])).toEqual([
    ['horizon not complete', 0],
    ['left in the gap', 0],
    ['one device', 1],
    ['re-entry', 0],
    ['transfer', 0],
  ])
})

test('in a first passage it is null, or censored on the day of the cancellation', async () => {
  const opened = await history()
  const plan = { label: firstPassage({ horizonDays: 20 }), cutoffs: [cutoff] }
  const timesOf = async (as: 'null' | 'stayed') => {
    const survival = await survivalTable(opened, plan, { falseChurn: { table: 'resolved', as } })
    return Object.fromEntries(
      survival.ids.map((id, row) => [id, [survival.events[row], survival.times[row]]]),
    )
  }
  const others = { 'after the window': [0, 20], 'silent, not cancelled': [0, 20], real: [1, 6] }
  expect(await timesOf('null')).toEqual(others)
  expect(await timesOf('stayed')).toEqual({ ...others, 'second card': [0, 6] })
})
