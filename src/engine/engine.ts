import type { SqlSpelling } from '../base/sqlSpelling.js'
import type { Table } from '../table/table.js'

/**
 * The spelling of what SQL leaves open, for one engine. The stages build statements from data; only spelling is here.
 */
export interface Dialect extends SqlSpelling {
  /** A sum that loses no digits, whatever the order of the rows. NULL without rows. */
  exactSum(expression: string): string
  /** Two values as one that `max` compares by the first, then by the second. */
  pair(first: string, second: string): string
  /** The second value of a pair. */
  second(pair: string): string
  /** Number of bits that are 1 in a non-negative integer. */
  bitCount(expression: string): string
}

/** Runs plans where the data is: a dialect and a connection. */
export interface Engine {
  readonly dialect: Dialect
  /** Runs a statement that returns nothing. @throws {HoldfastError} `engine-failed`, with the statement */
  run(statement: string): Promise<void>
  /** Runs a query and returns its rows as a typed columnar table; a DATE becomes a day, a BIGINT a number. */
  query(statement: string): Promise<Table>
  /**
   * Runs a query and yields its rows in tables of not many more than `rowsEach` rows, so that a result larger than
   * memory can be read. It uses its own connection, which sees no temporary tables.
   */
  stream(statement: string, rowsEach: number): AsyncIterable<Table>
  /** Runs a query and writes its rows to a Parquet file, without holding them in memory; an existing file is replaced. */
  writeParquet(statement: string, path: string): Promise<void>
  /** Creates a table of the engine from a table in memory; days become integers. */
  load(name: string, table: Table): Promise<void>
  /** True once it has been closed; left out = unknown. */
  readonly isClosed?: boolean
  /** Frees the connection and memory. */
  close(): Promise<void>
}
