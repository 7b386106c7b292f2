import type { Column } from '../table/table.js'
import { Table } from '../table/table.js'

/** Scores of many customers, with the values that training has not seen. */
export class Scores extends Table {
  /**
   * @param unseen columns `feature`, `what` (`category`, `number` far out of range, `missing`, `distribution`), `rows`,
   * `share` (in [0, 1]), `example`, `why`: per column the rows with unseen values, or (`distribution`) how many values
   * at least have moved since training, far beyond chance; may have no rows
   */
  constructor(
    columns: readonly Column[],
    rowCount: number,
    readonly unseen: Table,
  ) {
    super(columns, rowCount)
  }
}
