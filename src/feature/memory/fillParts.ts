import { partValue } from './partValue.js'
import { firstAtOrAfter } from './rowGroup.js'
import type { Asked, TableProgram } from './ruleProgram.js'

/** Computes the parts of a group of rows into their slots. */
export function fillParts(
  program: TableProgram,
  tableIndex: number,
  groupIndex: number,
  { tables, windows, cutoff }: Asked,
  values: Float64Array,
): void {
  const table = tables[tableIndex]!
  const { days, columns } = table
  const rows = table.seen(groupIndex, cutoff)
  let range = { rows, from: 0, to: 0, days }
  let rangeOf = -1
  for (const { how, column, window, slot } of program.groups[groupIndex]!.parts) {
    if (window !== rangeOf) {
      const { start, end } = windows[window]!
      const from = firstAtOrAfter(rows, rows.length, days, start)
      range = { rows, from, to: firstAtOrAfter(rows, rows.length, days, end), days }
      rangeOf = window
    }
    values[slot] = partValue(how, range, column < 0 ? null : columns[column]!, cutoff)
  }
}
