import { expect, it } from 'vitest'
import {
  type OperatorTables,
  operatorTableNames,
  simulateOperator,
  simulateTables,
} from '../../src/entries/simulate.js'

const rowsOf = (tables: OperatorTables) =>
  Object.fromEntries(operatorTableNames.map((name) => [name, tables[name].rows()]))

it('the same seed gives the same tables', () => {
  const options = { customers: 40, months: 6, seed: 5 }
  expect(rowsOf(simulateTables(options))).toEqual(rowsOf(simulateTables(options)))
})

it('another seed gives other tables', () => {
  const [one, two] = [5, 6].map((seed) => simulateTables({ customers: 40, months: 6, seed }).customers.rows())
  expect(one).not.toEqual(two)
})

it('the first customers are the same whatever the number of customers', () => {
  const few = rowsOf(simulateTables({ customers: 25, months: 8, seed: 9 }))
  const many = rowsOf(simulateTables({ customers: 60, months: 8, seed: 9 }))
  for (const name of operatorTableNames) {
    // Rows are written person by person, so that those of the first 25 come first.
    expect(many[name]!.slice(0, few[name]!.length), name).toEqual(few[name])
    expect(many[name]!.length, name).toBeGreaterThan(few[name]!.length)
  }
})

it('blocks put together are the tables in memory, whatever the size of the blocks', () => {
  const options = { customers: 50, months: 6, seed: 3 }
  const whole = rowsOf(simulateTables(options))
  for (const customersPerBlock of [1, 7, 50]) {
    const blocks = [...simulateOperator({ ...options, customersPerBlock })]
    expect(blocks.length).toBe(Math.ceil(50 / customersPerBlock))
    for (const name of operatorTableNames) {
      expect(
        blocks.flatMap((block) => block.tables[name].rows()),
        name,
      ).toEqual(whole[name])
    }
  }
})

it('the number of lines in the network is about stable', () => {
  const { truth } = simulateTables({ customers: 6000, months: 18, seed: 2 })
  const counts = new Map<number, number>()
  const { values: months } = truth.days('month')
  const { missing } = truth.numbers('churnProbability')
  months.forEach((month, row) => {
    if (!missing?.has(row)) counts.set(month, (counts.get(month) ?? 0) + 1)
  })
  const sizes = [...counts.entries()].sort(([a], [b]) => a - b).map(([, count]) => count)
  // Arrivals are 4.6 % a month by construction, leaving 4 to 6 %: over 17 months within a quarter.
  expect(sizes.at(-1)! / sizes[0]!).toBeGreaterThan(0.8)
  expect(sizes.at(-1)! / sizes[0]!).toBeLessThan(1.25)
})
