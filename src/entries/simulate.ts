// `holdfast/simulate`: a telecom operator with known truth.

export { leaveReasons } from '../simulate/hazards.js'
export { type OperatorBlock, simulateOperator, simulateTables } from '../simulate/operator.js'
export type { SimulateOptions } from '../simulate/options.js'
export { type OperatorTableName, type OperatorTables, operatorTableNames } from '../simulate/tables.js'
export { type WriteControl, type WrittenOperator, writeOperator } from '../simulate/writeOperator.node.js'
