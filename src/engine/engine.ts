import type { Table } from '../table/table.js'

/** How one engine writes what SQL leaves open. Statements are made from data by the stages; only the spelling is here. */
export interface Dialect {
  readonly name: string
  /** A name as an identifier: `"customer id"`. */
  identifier(name: string): string
  /** A value as a literal, with quotes doubled. */
  literal(value: string | number | boolean | null): string
  /** A sum that does not lose digits whatever the order of the rows. NULL where there is no row. */
  exactSum(expression: string): string
  /** Two values as one that `max` compares by the first, then by the second. */
  pair(first: string, second: string): string
  /** The second value of a pair. */
  second(pair: string): string
  /** Number of bits that are 1 in a whole number of at least 0. */
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
   * Runs a query and hands its rows over a table at a time, none of which has many more than `rowsEach` rows, so that a
   * result larger than memory can be read. It has a connection of its own, which sees no temporary tables.
   */
  stream(statement: string, rowsEach: number): AsyncIterable<Table>
  /** Runs a query and writes its rows to a Parquet file, without holding them in memory; an existing file is replaced. */
  writeParquet(statement: string, path: string): Promise<void>
  /** Makes a table of the engine from a table in memory (days become integers, see {@link Engine.query}). */
  load(name: string, table: Table): Promise<void>
  /** True once it has been closed; left out = the engine does not tell. */
  readonly isClosed?: boolean
  /** Frees connection and memory. */
  close(): Promise<void>
}
