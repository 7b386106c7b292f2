import { type Random, seededRandom } from '../base/random.js'
import { simulatedMonths } from './calendar.js'
import { liveHolder } from './holderLife.js'
import type { Simulation } from './lineMonth.js'
import { type CheckedSimulateOptions, checkSimulateOptions, type SimulateOptions } from './options.js'
import { emptyRows, type OperatorTables, takeTables } from './tables.js'
import { drawWorld } from './world.js'

/** The tables of some customers, and how many people they and those before them are. */
export interface OperatorBlock {
  readonly tables: OperatorTables
  readonly customersDone: number
}

export function* simulateOperator(options: SimulateOptions = {}): Generator<OperatorBlock, void, undefined> {
  yield* operatorBlocks(checkSimulateOptions('simulateOperator', options))
}

export function simulateTables(options: SimulateOptions = {}): OperatorTables {
  const checked = checkSimulateOptions('simulateTables', options)
  const { simulation, random } = beginSimulation(checked)
  liveHolders(simulation, random, 0, checked.customers)
  return takeTables(simulation.rows)
}

/** Like {@link simulateOperator}, for options that are checked. */
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
