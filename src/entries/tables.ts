// `holdfast/tables`: columns, days, readers with rejects, subscriptions, the engine, and the types of tables and histories.

export type { DayInput } from '../base/days.js'
export type { Bitmap } from '../base/bitmap.js'
export { addDays, addMonths, type Days, type Months } from '../base/days.js'
export type { Place, ProblemCode } from '../base/errors.js'
export {
  type NumberColumn,
  type NumberValues,
  numberColumn,
  type TextColumn,
  textColumn,
  type WrittenNumbers,
} from '../base/matrix.js'
export type { DecimalSign, NumberNotation } from '../base/writtenNumbers.js'

export type { ColumnNotation } from '../table/columnReading.js'
export { type CustomersFromOptions, customersFrom } from '../table/customersFrom.js'
export {
  type CheckCustomerOptions,
  type CheckedCustomer,
  type CheckedCustomerHistory,
  type CheckedEvent,
  type CheckedRow,
  checkCustomerHistory,
  type HistoryCell,
  type HistoryRow,
} from '../table/customerHistory.js'
export {
  type EventTableName,
  type HistoryKinds,
  type InputTable,
  type InputTableName,
  inputTableNames,
  inputTables,
} from '../table/inputs.js'
export {
  type ReadTableOptions,
  type ReadTableWithRejectsOptions,
  readTableWithRejects,
} from '../table/readTable.node.js'
export type { ForColumns, NotationOptions, ReadingOptions } from '../table/readingOptions.js'
export type { FoundRepeats, RepeatedRows } from '../table/repeatedRows.js'
export type { CheckedCell } from '../table/rowReader.js'
export {
  type PeriodTables,
  type SubscriptionPeriods,
  type SubscriptionPeriodsOptions,
  subscriptionPeriods,
} from '../table/subscriptionPeriods.js'
export {
  type BooleanColumn,
  booleanColumn,
  type Cell,
  type Column,
  type ColumnKind,
  type DayColumn,
  dayColumn,
  type Row,
  tableFrom,
} from '../table/table.js'
export type { WriteTableOptions } from '../table/writeTable.node.js'

export { type DuckdbOptions, openDuckdb } from '../engine/duckdb.js'
export type { Dialect, Engine } from '../engine/engine.js'
export type { CompleteUntilByTable } from '../engine/history.js'
export type { FileNotation, MappedSource, Source, SourceRows } from '../engine/historySources.js'
export type { DeclaredKinds, HistorySources, OpenHistoryOptions } from '../engine/openHistory.js'
