import type { Segment, SegmentFigures } from '../../evaluate/segment/segmentTableResult.js'
import type { SegmentFacts, SegmentRowFacts } from './reportFacts.js'

/**
 * Returns the facts of a table by segment that a report shows.
 *
 * @param whole customers and rows of the report: if customers have several rows, a note says so about a table made
 * without their ids
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
  'Its ranges treat each row as a customer, and are too narrow if customers have several: give segmentTable ' +
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
