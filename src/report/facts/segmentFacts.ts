import type { Segment, SegmentFigures } from '../../evaluate/segment/segmentTableResult.js'
import type { SegmentFacts, SegmentRowFacts } from './reportFacts.js'

/**
 * Returns what a report shows of a table by segment.
 *
 * @param whole whose rows the report is of: where customers have several, a table that was made without their names says so
 */
export function segmentFacts(
  table: SegmentFigures,
  whole: { readonly customers: number; readonly rows: number },
): SegmentFacts {
  const { customers, rows = customers } = table.overall
  const takesRowsForCustomers = whole.rows !== whole.customers && rows === customers
  return {
    level: table.level,
    attributes: [...table.attributes],
    segments: table.segments.map(rowFacts),
    overall: rowFacts(table.overall),
    worst: table.worst.map(({ sentence }) => sentence),
    notes: [...table.notes, ...(takesRowsForCustomers ? [rowsForCustomers] : [])],
  }
}

const rowsForCustomers =
  'Its ranges take each row for a customer of its own, and are too narrow where customers have several: give segmentTable ' +
  'the groups.'

function rowFacts(segment: Segment): SegmentRowFacts {
  const { name, rows, customers, churners, baseRate, meanProbability, figures, observedToExpected } = segment
  return {
    name,
    rows,
    customers,
    churners,
    baseRate,
    meanProbability,
    rocAuc: figures.rocAuc ?? null,
    observedToExpected,
    mergedFrom: [...segment.mergedFrom],
    notes: [...segment.notes],
  }
}
