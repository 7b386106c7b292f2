import { addDays, addMonths, type EpochDay } from '../base/days.js'
import { closestWord, type Problem, refuse } from '../base/errors.js'
import type { FeatureMatrix } from '../base/matrix.js'
import { windowBefore } from '../base/windows.js'
import {
  type CheckedCustomer,
  type CheckedEvent,
  type CustomerHistory,
  checkCustomer,
  type HistoryRow,
  rowsOf,
  unknownTables,
} from '../table/customerHistory.js'
import { type EventTableName, eventTableNames } from '../table/inputs.js'
import { RowReader } from '../table/rowReader.js'
import type { CompiledRules } from './compileRules.js'
import { CustomerTable } from './customerTable.js'
import { fillParts } from './fillParts.js'
import type { Lag } from './formula.js'
import { oneRow, type ProgramValues } from './oneRow.js'
import { planInForce } from './planInForce.js'
import { isOfKind, wrongKind } from './rowColumn.js'
import type { Asked, ColumnProgram, RuleProgram } from './ruleProgram.js'

/** The rows of one customer, read as the rules need them. */
export class CustomerRows {
  readonly customer: CheckedCustomer
  readonly #compiled: CompiledRules
  readonly #tables: readonly CustomerTable[]
  readonly #readers: ReadonlyMap<EventTableName, RowReader>
  readonly #rowCounts = new Map<EventTableName, number>()
  readonly #plans: CheckedEvent[] = []

  constructor(operation: string, history: CustomerHistory, compiled: CompiledRules) {
    const { kinds, attributes, program } = compiled
    const problems = unknownTables(history)
    this.#compiled = compiled
    this.customer = checkCustomer(history, kinds.customers, problems)
    problems.push(...wrongAttributes(this.customer, attributes))
    const { activatedAt } = this.customer
    this.#tables = program.tables.map((table) => new CustomerTable(table))
    this.#readers = new Map(
      eventTableNames.map((table) => [table, new RowReader(table, kinds[table], activatedAt)]),
    )
    for (const table of eventTableNames) {
      const rows = rowsOf(history, table, problems)
      this.#table(table)?.reserve(rows.length)
      for (const row of rows) this.#read(table, row, problems)
    }
    refuse(operation, problems)
  }

  append(table: EventTableName, row: HistoryRow): void {
    const problems = eventTableNames.includes(table) ? [] : [unknownTable(table)]
    refuse('append', problems)
    const before = this.#rowCounts.get(table)!
    this.#read(table, row, problems)
    if (problems.length > 0) this.#rowCounts.set(table, before)
    refuse('append', problems)
  }

  features(cutoff: EpochDay): FeatureMatrix {
    return oneRow(this.#compiled.features, this.#values(cutoff))
  }

  #read(table: EventTableName, row: unknown, problems: Problem[]): void {
    const rowNumber = (this.#rowCounts.get(table) ?? 0) + 1
    this.#rowCounts.set(table, rowNumber)
    const reader = this.#readers.get(table)!
    reader.read(row, rowNumber, problems)
    this.#table(table)?.append(reader, rowNumber, problems)
    if (table === 'plans' && this.#compiled.program.lags.length > 0 && problems.length === 0)
      this.#plans.push(reader.row() as CheckedEvent)
  }

  #table(table: EventTableName): CustomerTable | undefined {
    return this.#tables[this.#compiled.program.tables.findIndex((program) => program.table === table)]
  }

  #values(cutoff: EpochDay): ProgramValues {
    const { program } = this.#compiled
    const values = new Float64Array(program.slots)
    for (const table of this.#tables) table.settle()
    const asked = this.#asked(program, cutoff)
    program.tables.forEach((table, index) => {
      for (let group = 0; group < table.groups.length; group++) fillParts(table, index, group, asked, values)
    })
    for (const { slot, run } of program.steps) values[slot] = run(values, asked)
    return { values, asked }
  }

  #asked({ windows, lags }: RuleProgram, cutoff: EpochDay): Asked {
    return {
      cutoff,
      customer: this.customer,
      tables: this.#tables,
      windows: windows.map((window) => windowBefore(cutoff, window)),
      plans: lags.map((lag) => planInForce(this.#plans, lag === null ? cutoff : earlier(cutoff, lag))),
    }
  }
}

function earlier(cutoff: EpochDay, lag: Lag): EpochDay {
  return 'days' in lag ? addDays(cutoff, -lag.days) : addMonths(cutoff, -lag.months)
}

function wrongAttributes(customer: CheckedCustomer, attributes: readonly ColumnProgram[]): Problem[] {
  return attributes
    .filter(({ name, kinds }) => !isOfKind(customer[name] ?? null, kinds))
    .map((column) =>
      wrongKind(column, customer[column.name]!, { table: 'customers', row: 1, column: column.name }),
    )
}

function unknownTable(table: string): Problem {
  const close = closestWord(table, eventTableNames)
  return {
    code: 'table-unknown',
    parameter: `table ${table}`,
    rule: `to be one of ${eventTableNames.join(', ')}`,
    ...(close === undefined ? {} : { wayOut: `Did you mean ${close}?` }),
  }
}
