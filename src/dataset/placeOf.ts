import type { Place, Problem } from '../base/errors.js'
import type { Table } from '../table/table.js'

/** Returns the place of a problem with a table, beginning with its file if it has one. */
export function placeOf(table: Table, place: Place = {}): Pick<Problem, 'place'> {
  const whole = table.source === undefined ? place : { file: table.source, ...place }
  return Object.keys(whole).length === 0 ? {} : { place: whole }
}
