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

/**
 * The tables of a simulated operator, or of one block of its customers: seven input tables and the truth.
 *
 * A row of `customers` is a line; a person may hold a second card in the same device, or come back after leaving as a
 * new line in the same device. All days are in the simulated months, except `customers.activatedAt`, which may be up to
 * six years earlier, and `plans.contractEnd`, which may be in the future. Nothing happens before activation, nor from
 * the day of cancellation on.
 *
 * - `usage`: about eight rows in an ordinary month, fewer as engagement falls; a row sums the usage since the previous
 * row. A line in use has at least one row in every month. `dataMb` and `messages` are missing where records were lost.
 * - `bills`: `period` is the first day of the month. Only whole months: none for the month of activation (unless it was
 * the first day) and of cancellation, for suspended months, for months that cost nothing.
 * - `payments`: kind `payment`, `late`, `failed` (the amount that was not collected) of postpaid lines, `recharge` of
 * prepaid ones. `balance`: money on the account afterwards, negative = owed.
 * - `plans`: in force in `[from, to)`, `to` missing while in force. A plan older than the first month begins with it;
 *   a new fee or agreement is a new row. A line that fell silent keeps its plan.
 * - `contacts`: kind `query`, `complaint`, `cancel-request`, `plan-change`; `offer` and `win-back` from the operator.
 * - `devices`: one row a month with usage, a few are missing.
 *
 * `truth` has one row per line and month, from the first month that begins on or after activation. It holds what is
 * true at the start c of the month, and what will happen in the month `[c, c + 1 month)`:
 *
 * - `churnProbability`: that the line ends in the month, for any reason, given the hidden state at c. Exact, because
 * events within a month affect leaving only from the next one on. `left` and `leaveReason` hold what was drawn.
 * - `cancelProbability`: that `cancelledAt` lies in the month (reasons `cancelled`, `arrears`, `transfer`). It is the
 *   expectation of the label "cancelled" with cutoff c, gap 0 and a horizon of 28, 29, 30 or 31 days: cancellations are
 *   carried out from the 4th to the 28th, so that all four mean the same.
 * - `silentProbability`: that the line falls silent for good (reason `silent`, prepaid only): no row from c on, never
 *   cancelled. `churnProbability` is the sum of the two.
 * - `quietProbability`: that the month has no usage row: silent for good, suspended, or abroad and back. It is the
 *   expectation of the label "silent" with cutoff c, gap 0 and the length of the month as `silentDays`.
 * - `stage`: acquisition, growth, maturity, decline or churn from the hidden engagement; defined at `stageOf`.
 * - `engagement`: hidden level of use at c, 1 = the full use of this person; `holder`: number of the person.
 *
 * A line that has left keeps its rows until the last month: stage churn, probabilities missing, engagement and `left`
 * 0.
 */
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

/** Growing tables, with a column builder for each column. */
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

/** Returns empty tables, to be filled. */
export function emptyRows(): OperatorRows {
  const buildersOf = (table: OperatorTableName) =>
    Object.fromEntries(columnSpecsOf(table).map((spec) => [spec.name, new ColumnBuilder(spec)]))
  return Object.fromEntries(operatorTableNames.map((name) => [name, buildersOf(name)])) as OperatorRows
}

/** Returns the tables filled so far, and starts over. */
export function takeTables(rows: OperatorRows): OperatorTables {
  const tables = operatorTableNames.map((name) => {
    const columns = Object.values<ColumnBuilder>(rows[name]).map((builder) => builder.take())
    return [name, new Table(columns, undefined, `simulated ${name}`)]
  })
  return Object.fromEntries(tables) as OperatorTables
}
