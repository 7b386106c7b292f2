import { type Random, seededRandom } from '../base/random.js'
import { simulatedMonths } from './calendar.js'
import { liveHolder } from './holderLife.js'
import type { Simulation } from './lineMonth.js'
import { type CheckedSimulateOptions, checkSimulateOptions, type SimulateOptions } from './options.js'
import { emptyRows, type OperatorTables, takeTables } from './tables.js'
import { drawWorld } from './world.js'

/** The tables of some customers, and the number of people so far. */
export interface OperatorBlock {
  readonly tables: OperatorTables
  readonly customersDone: number
}

/**
 * Returns a simulated telecom operator block by block, each with the history of some customers.
 *
 * Use it if the history is too large for memory; {@link simulateTables} holds all of it, `writeOperator` streams it to
 * files. Its purpose is measurement: it includes the true probability of leaving and the true lifecycle stage, which no
 * real operator knows. Do not take its figures for those of the market.
 *
 * Each person has a random generator: person k has the same history whatever the number of customers and the size of
 * the blocks. The causes of leaving are hidden (satisfaction that drifts and suffers from badly handled complaints,
 * price sensitivity, competitors' regional campaigns a month ago, life events, lack of money); the tables contain their
 * noisy traces. Columns and definitions: {@link OperatorTables}.
 *
 * @param options see {@link SimulateOptions}
 * @throws {HoldfastError} `option-invalid`, `option-unknown`, all at once, when the first block is requested
 *
 * Memory for one block; 20 000 people over 18 months take about three seconds.
 *
 * @example
 * const blocks = simulateOperator({ customers: 5, months: 2, customersPerBlock: 2 })
 * Array.from(blocks, (block) => block.customersDone)
 * // => [2, 4, 5]
 *
 * @see {@link simulateTables} for everything at once
 */
export function* simulateOperator(options: SimulateOptions = {}): Generator<OperatorBlock, void, undefined> {
  yield* operatorBlocks(checkSimulateOptions('simulateOperator', options))
}

/**
 * Returns a simulated telecom operator as tables in memory, including the truth.
 *
 * For tests and small examples: all rows are held at once, about 200 MB for 20 000 people over 18 months. The rows are
 * those of all blocks of {@link simulateOperator}.
 *
 * @param options see {@link SimulateOptions}; `customersPerBlock` has no effect
 * @throws {HoldfastError} `option-invalid`, `option-unknown`, all at once
 *
 * @example
 * const { customers, truth } = simulateTables({ customers: 100, months: 3, seed: 7 })
 * customers.rowCount
 * // => 103
 * truth.columnNames.slice(0, 3)
 * // => ['id', 'month', 'churnProbability']
 *
 * @see {@link simulateOperator} with bounded memory
 */
export function simulateTables(options: SimulateOptions = {}): OperatorTables {
  const checked = checkSimulateOptions('simulateTables', options)
  const { simulation, random } = beginSimulation(checked)
  liveHolders(simulation, random, 0, checked.customers)
  return takeTables(simulation.rows)
}

/** Like {@link simulateOperator}, for checked options. */
export function* operatorBlocks(options: CheckedSimulateOptions): Generator<OperatorBlock, void, undefined> {
  const { simulation, random } = beginSimulation(options)
  for (let first = 0; first < options.customers; first += options.customersPerBlock) {
    const end = Math.min(options.customers, first + options.customersPerBlock)
    liveHolders(simulation, random, first, end)
    yield { tables: takeTables(simulation.rows), customersDone: end }
  }
}

function beginSimulation(options: CheckedSimulateOptions): { simulation: Simulation; random: Random } {
  const random = seededRandom(options.seed)
  const months = simulatedMonths(options.firstMonth, options.months)
  const world = drawWorld(random.fork(0), options.months)
  return { simulation: { months, world, rows: emptyRows() }, random }
}

function liveHolders(simulation: Simulation, random: Random, first: number, end: number): void {
  for (let number = first; number < end; number++) liveHolder(simulation, number, random.fork(number + 1))
}
