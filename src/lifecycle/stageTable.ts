import { checkArguments } from '../base/arguments.js'
import { type EpochDay, type Months, monthsBetween } from '../base/days.js'
import { numberColumn, textColumn } from '../base/matrix.js'
import { dayColumn, Table } from '../table/table.js'
import { lifecycleStages } from './stage.js'
import { readTags } from './tags.js'

/**
 * Returns how many customers are in each stage, month by month, compared with the month before.
 *
 * @param tags columns `id`, `month`, `stage`, `since` as `tagLifecycle` gives them; the order of rows does not matter
 * @returns one row per month and stage, all five for each month: `month`, `stage`, `customers`, `share` (of all tagged
 * in the month, including those who left), `entered` (whose stage began in the month), `customersBefore`, `shareBefore`
 * (in the calendar month before; missing if that was not tagged), `change` (customers) and `changePoints` (share, in
 * points)
 * @throws {HoldfastError} `column-missing`, `column-type`, `value-missing`, `value-unknown`
 *
 * O(rows).
 *
 * @see {@link transitionTable} for where they came from
 */
export function stageTable(tags: Table): Table {
  checkArguments('stageTable', ['tags', tags, 'table'])
  const { months, rowMonth, rowStage, since } = readTags('stageTable', tags)
  const size = lifecycleStages.length
  const customers = new Float64Array(months.length * size)
  const entered = new Float64Array(months.length * size)
  const tagged = new Float64Array(months.length)
  for (let row = 0; row < rowMonth.length; row++) {
    const month = rowMonth[row]!
    const cell = month * size + rowStage[row]!
    customers[cell]!++
    tagged[month]!++
    if (since[row] === months[month]) entered[cell]!++
  }
  const cells = Array.from(customers.keys())
  const monthOf = (cell: number) => Math.floor(cell / size)
  const share = cells.map((cell) => customers[cell]! / tagged[monthOf(cell)]!)
  const before = cells.map((cell) => (followsOn(months, monthOf(cell)) ? cell - size : null))
  const from = <Value>(values: ArrayLike<Value>) =>
    before.map((cell) => (cell === null ? null : values[cell]!))
  return new Table([
    dayColumn(
      'month',
      cells.map((cell) => months[monthOf(cell)]!),
    ),
    textColumn(
      'stage',
      cells.map((cell) => lifecycleStages[cell % size]!),
    ),
    numberColumn('customers', customers),
    numberColumn('share', share),
    numberColumn('entered', entered),
    numberColumn('customersBefore', from(customers)),
    numberColumn('shareBefore', from(share)),
    numberColumn(
      'change',
      from(customers).map((old, cell) => (old === null ? null : customers[cell]! - old)),
    ),
    numberColumn(
      'changePoints',
      from(share).map((old, cell) => (old === null ? null : 100 * (share[cell]! - old))),
    ),
  ])
}

function followsOn(months: readonly EpochDay[], month: number): boolean {
  const step: Months = month === 0 ? 0 : monthsBetween(months[month - 1]!, months[month]!)
  return step === 1
}
