import type { WindowRule } from '../../base/windows.js'
import type { RowFilter } from '../../population/rowFilter.js'
import { conditionsOf } from '../../population/rowFilter.js'
import type { EventTableName } from '../../table/inputs.js'
import type { Amounts, Lag, PartialAggregate } from '../formula.js'
import type { ColumnProgram, GroupProgram, PartProgram, TableProgram } from './ruleProgram.js'

/** Collects what formulas read: windows, groups of rows and their parts, each once. */
export class ProgramParts {
  readonly windows: WindowRule[] = []
  readonly lags: (Lag | null)[] = []
  readonly #tables: readonly TableParts[]
  readonly #tableIndex: ReadonlyMap<EventTableName, number>
  readonly #windowIndex = new Map<string, number>()
  readonly #lagIndex = new Map<string, number>()
  #slots = 0

  /** @param columns of each table that rules read */
  constructor(columns: ReadonlyMap<EventTableName, readonly ColumnProgram[]>) {
    this.#tables = [...columns].map(([table, columnsOfTable]) => new TableParts(table, columnsOfTable))
    this.#tableIndex = new Map([...columns.keys()].map((table, index) => [table, index]))
  }

  get slots(): number {
    return this.#slots
  }

  newSlot(): number {
    return this.#slots++
  }

  /** Returns the slot for a part's value. */
  slot(part: PartialAggregate): number {
    const { column, how } = { column: part.measure === undefined ? -1 : this.column(part)[1], how: part.how }
    const window = this.window(part.window)
    const group = this.#table(part).groups[this.group(part)]!
    const same = group.parts.find(
      (other) => other.how === how && other.column === column && other.window === window,
    )
    if (same !== undefined) return same.slot
    const slot = this.newSlot()
    group.parts.push({ how, column, window, slot })
    return slot
  }

  /** Returns the index of a filter's rows among the groups of the table. */
  group({ table, where }: { readonly table: EventTableName; readonly where?: RowFilter }): number {
    return this.#tables[this.#tableIndex.get(table)!]!.group(where)
  }

  /** Returns the indices of a table and of one of its columns. */
  column({ table, measure }: Amounts | PartialAggregate): [table: number, column: number] {
    const index = this.#tableIndex.get(table)!
    return [index, this.#tables[index]!.columns.findIndex(({ name }) => name === measure)]
  }

  window(rule: WindowRule): number {
    return indexIn(this.windows, this.#windowIndex, rule === 'all' ? rule : { lag: 0, ...rule })
  }

  lag(lag: Lag | undefined): number {
    return indexIn(this.lags, this.#lagIndex, lag ?? null)
  }

  /** Returns the tables, once all formulas have been added. */
  tables(): TableProgram[] {
    return this.#tables.map(({ table, columns, groups }) => ({
      table,
      columns,
      groups: groups.map(({ conditions, parts }) => ({
        conditions,
        parts: parts.toSorted((left, right) => left.window - right.window),
      })),
    }))
  }

  #table({ table }: PartialAggregate): TableParts {
    return this.#tables[this.#tableIndex.get(table)!]!
  }
}

class TableParts {
  readonly groups: (GroupProgram & { readonly parts: PartProgram[] })[] = []
  readonly #groupIndex = new Map<string, number>()

  constructor(
    readonly table: EventTableName,
    readonly columns: readonly ColumnProgram[],
  ) {}

  group(where: RowFilter | undefined): number {
    const key = JSON.stringify(where ?? null)
    let index = this.#groupIndex.get(key)
    if (index === undefined) {
      index = this.groups.push({ conditions: conditionsOf(where), parts: [] }) - 1
      this.#groupIndex.set(key, index)
    }
    return index
  }
}

function indexIn<Value>(values: Value[], indexOf: Map<string, number>, value: Value): number {
  const key = JSON.stringify(value)
  let index = indexOf.get(key)
  if (index === undefined) {
    index = values.push(value) - 1
    indexOf.set(key, index)
  }
  return index
}
