import { checkArguments } from '../../base/arguments.js'
import { addDays, addMonths, dayOf, type EpochDay } from '../../base/days.js'
import { nearName, type Problem, refuse } from '../../base/errors.js'
import type { FeatureMatrix } from '../../base/matrix.js'
import { ownValue } from '../../base/ownValue.js'
import { windowBefore } from '../../base/windows.js'
import { ColumnWatch } from '../../table/columnWatch.js'
import {
  absentTables,
  type CheckedCustomer,
  type CheckedEvent,
  type CustomerHistory,
  checkCustomer,
  type HistoryRow,
  rowsOf,
  unknownTables,
} from '../../table/customerHistory.js'
import { type EventTableName, eventTableNames } from '../../table/inputs.js'
import { type FoundRepeats, RowCopies } from '../../table/repeatedRows.js'
import { RowReader } from '../../table/rowReader.js'
import type { Lag } from '../formula.js'
import type { CompiledRules } from './compileRules.js'
import { CustomerTable } from './customerTable.js'
import { EventIntake } from './eventIntake.js'
import { fillParts } from './fillParts.js'
import { oneRow, type ProgramValues } from './oneRow.js'
import { planInForce } from './planInForce.js'
import { isOfKind, wrongKind } from './rowColumn.js'
import type { Asked, ColumnProgram, RuleProgram } from './ruleProgram.js'

/** The rows of one customer, read as the rules need them. */
export class CustomerRows {
  readonly customer: CheckedCustomer
  readonly compiled: CompiledRules
  readonly #history: CustomerHistory
  readonly #tables: readonly CustomerTable[]
  readonly #intakes: ReadonlyMap<EventTableName, EventIntake>
  readonly #plans: CheckedEvent[] = []
  readonly #added = new Set<EventTableName>()
  #isComplete = false

  /** @param isWhole true if nothing will be appended: what the rules lack is refused at once */
  constructor(operation: string, history: CustomerHistory, compiled: CompiledRules, isWhole: boolean) {
    const { kinds, reads, attributes, program } = compiled
    const problems = unknownTables(history)
    this.compiled = compiled
    this.#history = history
    const watch = new ColumnWatch('customers', reads.get('customers')!)
    this.customer = checkCustomer(history, kinds.customers, watch, problems, compiled.timeZone)
    problems.push(...wrongAttributes(this.customer, attributes))
    this.#tables = program.tables.map((table) => new CustomerTable(table))
    this.#intakes = new Map(eventTableNames.map((table) => [table, this.#intake(table)]))
    for (const [table, intake] of this.#intakes) {
      intake.takeAll(rowsOf(history, table, problems), isWhole, problems)
    }
    if (isWhole) problems.push(...this.#absent())
    this.#isComplete = isWhole
    refuse(operation, problems)
    refuse(
      operation,
      [...this.#intakes.values()].flatMap((intake) => intake.repeatProblems()),
    )
  }

  /** Rows so far that equal an earlier one in every column, in the tables that the rules read. */
  get repeats(): readonly FoundRepeats[] {
    return [...this.#intakes.values()].flatMap((intake) => intake.repeats() ?? [])
  }

  append(table: EventTableName, row: HistoryRow): void {
    checkArguments('append', ['table', table, 'text'])
    const intake = this.#intakes.get(table)
    const problems = intake === undefined ? [unknownTable(table)] : []
    intake?.take(row, problems)
    refuse('append', problems)
    this.#added.add(table)
    this.#isComplete = false
  }

  features(cutoff: EpochDay): FeatureMatrix {
    const day = dayOf('features', 'cutoff', cutoff, this.compiled.timeZone)
    if (!this.#isComplete) refuse('features', this.#absent())
    this.#isComplete = true
    return this.asOf(day)
  }

  /** Returns the features as of a checked day, from checked rows. */
  asOf(cutoff: EpochDay): FeatureMatrix {
    return oneRow(this.compiled.features, this.#values(cutoff))
  }

  #absent(): Problem[] {
    const { reads } = this.compiled
    return [
      ...absentTables(this.#history, reads, this.#added),
      ...[...this.#intakes.values()].flatMap(({ watch }) => watch.absent()),
    ]
  }

  #intake(table: EventTableName): EventIntake {
    const { kinds, reads, program, timeZone, repeatedRows, tables } = this.compiled
    const known = tables?.[table]
    const reader = new RowReader(table, { ...known, ...kinds[table] }, this.customer, timeZone)
    const read = this.#tables[program.tables.findIndex((asked) => asked.table === table)]
    const isKept = table === 'plans' && program.lags.length > 0
    const watch = new ColumnWatch(table, reads.get(table) ?? [])
    const repeats = reads.has(table)
      ? { copies: new RowCopies(reader, this.customer.id, known), rule: repeatedRows }
      : null
    return new EventIntake(reader, watch, read ?? null, isKept ? this.#plans : null, repeats)
  }

  #values(cutoff: EpochDay): ProgramValues {
    const { program } = this.compiled
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
    .filter(({ name, kinds }) => !isOfKind(ownValue(customer, name) ?? null, kinds))
    .map((column) =>
      wrongKind(column, ownValue(customer, column.name)!, {
        table: 'customers',
        row: 1,
        column: column.name,
      }),
    )
}

function unknownTable(table: string): Problem {
  return {
    code: 'table-unknown',
    parameter: `table ${table}`,
    rule: `to be one of ${eventTableNames.join(', ')}`,
    ...nearName(table, eventTableNames),
  }
}
