import { checkArguments } from '../base/arguments.js'
import { numberColumn, textColumn } from '../base/matrix.js'
import { Table } from '../table/table.js'
import { lifecycleStages } from './stage.js'
import { readTags } from './tags.js'

/**
 * Returns how often customers moved from one stage to another between one tagged month and the next.
 *
 * All months of the table are counted together; for a single transition give the tags of two months. With tags of every
 * third month, the transitions are quarterly.
 *
 * @param tags columns `id`, `month`, `stage`, `since` as `tagLifecycle` gives them; the order of rows does not matter
 * @returns one row per pair of stages, all 25: `from`, `to`, `customers` (customer-months), `share` (of all that were
 * in `from` and are tagged in the next month; missing if there are none)
 * @throws {HoldfastError} `column-missing`, `column-type`, `value-missing`, `value-unknown`; `duplicate-id` if a
 * customer has two tags in a month
 *
 * O(rows log rows).
 *
 * @see {@link stageTable}
 */
export function transitionTable(tags: Table): Table {
  checkArguments('transitionTable', ['tags', tags, 'table'])
  const { rowMonth, rowStage, rowId, order } = readTags('transitionTable', tags)
  const size = lifecycleStages.length
  const counts = new Float64Array(size * size)
  const left = new Float64Array(size)
  for (let place = 1; place < order.length; place++) {
    const [before, row] = [order[place - 1]!, order[place]!]
    if (rowId[before] !== rowId[row] || rowMonth[before]! + 1 !== rowMonth[row]) continue
    counts[rowStage[before]! * size + rowStage[row]!]!++
    left[rowStage[before]!]!++
  }
  const cells = Array.from(counts.keys())
  const fromOf = (cell: number) => Math.floor(cell / size)
  const share = cells.map((cell) => (left[fromOf(cell)] === 0 ? null : counts[cell]! / left[fromOf(cell)]!))
  return new Table([
    textColumn(
      'from',
      cells.map((cell) => lifecycleStages[fromOf(cell)]!),
    ),
    textColumn(
      'to',
      cells.map((cell) => lifecycleStages[cell % size]!),
    ),
    numberColumn('customers', counts),
    numberColumn('share', share),
  ])
}
