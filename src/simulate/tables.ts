import { Table } from '../table/table.js'
import { ColumnBuilder, type ColumnSpec } from './columnBuilder.js'

/** The tables of a simulated operator: the input tables that it has, and the truth. */
export const operatorTableNames = [
  'customers',
  'usage',
  'bills',
  'payments',
  'plans',
  'contacts',
  'devices',
  'truth',
] as const

/** Name of a table of a simulated operator. */
export type OperatorTableName = (typeof operatorTableNames)[number]

/** The tables of a simulated operator, or of one block of its customers. */
export type OperatorTables = Readonly<Record<OperatorTableName, Table>>

type TableSpec = Readonly<Record<string, string>>

// A question mark: may be missing.
const tableSpecs = {
  customers: {
    id: 'text',
    activatedAt: 'day',
    cancelledAt: 'day?',
    paymentType: 'text',
    region: 'text',
    channel: 'text',
    ageBand: 'text?',
    group: 'text',
    doNotDisturb: 'boolean',
    officialFree: 'boolean',
  },
  usage: { id: 'text', day: 'day', minutes: 'number', dataMb: 'number?', messages: 'number?' },
  bills: { id: 'text', period: 'day', amount: 'number', overage: 'number', discount: 'number' },
  payments: { id: 'text', day: 'day', amount: 'number', kind: 'text', balance: 'number?' },
  plans: {
    id: 'text',
    from: 'day',
    to: 'day?',
    plan: 'text',
    fee: 'number',
    contractEnd: 'day?',
    converged: 'boolean',
    bound: 'boolean',
  },
  contacts: { id: 'text', day: 'day', kind: 'text' },
  devices: { id: 'text', period: 'day', deviceId: 'text' },
  truth: {
    id: 'text',
    month: 'day',
    churnProbability: 'number?',
    cancelProbability: 'number?',
    silentProbability: 'number?',
    quietProbability: 'number?',
    left: 'number',
    leaveReason: 'text?',
    stage: 'text',
    engagement: 'number',
    holder: 'number',
  },
} as const satisfies Readonly<Record<OperatorTableName, TableSpec>>

/** The tables as they grow, a column builder for each column. */
export type OperatorRows = {
  readonly [Name in OperatorTableName]: {
    readonly [Column in keyof (typeof tableSpecs)[Name]]: ColumnBuilder
  }
}

/** Returns the columns of a table of the operator, in order. */
export function columnSpecsOf(table: OperatorTableName): ColumnSpec[] {
  return Object.entries<string>(tableSpecs[table]).map(([name, kind]) => ({
    name,
    kind: kind.replace('?', '') as ColumnSpec['kind'],
    nullable: kind.endsWith('?'),
  }))
}

/** Returns tables without rows, to be filled. */
export function emptyRows(): OperatorRows {
  const buildersOf = (table: OperatorTableName) =>
    Object.fromEntries(columnSpecsOf(table).map((spec) => [spec.name, new ColumnBuilder(spec)]))
  return Object.fromEntries(operatorTableNames.map((name) => [name, buildersOf(name)])) as OperatorRows
}

/** Returns the tables filled so far, and begins again with nothing. */
export function takeTables(rows: OperatorRows): OperatorTables {
  const tables = operatorTableNames.map((name) => {
    const columns = Object.values<ColumnBuilder>(rows[name]).map((builder) => builder.take())
    return [name, new Table(columns, undefined, `simulated ${name}`)]
  })
  return Object.fromEntries(tables) as OperatorTables
}
