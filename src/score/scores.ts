import type { Column } from '../table/table.js'
import { Table } from '../table/table.js'

/** Scores of many customers, and what of their values training has not seen. */
export class Scores extends Table {
  /**
   * @param unseen columns `feature`, `what` (`category`, `number` far out of range, `missing`, `distribution`), `rows`,
   *   `share` (in [0, 1]), `example`, `why`: per column the rows whose value training has not seen, and (`distribution`) how many
   *   values at least lie elsewhere than in training, far beyond chance; without rows where there are none
   */
  constructor(
    columns: readonly Column[],
    rowCount: number,
    readonly unseen: Table,
  ) {
    super(columns, rowCount)
  }
}
