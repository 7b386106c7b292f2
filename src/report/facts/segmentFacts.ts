import type { Segment, SegmentFigures } from '../../evaluate/segment/segment.js'
import type { SegmentFacts, SegmentRowFacts } from './reportFacts.js'

/** Returns what a report shows of a table by segment. */
export function segmentFacts(table: SegmentFigures): SegmentFacts {
  return {
    level: table.level,
    attributes: [...table.attributes],
    segments: table.segments.map(rowFacts),
    overall: rowFacts(table.overall),
    worst: table.worst.map(({ sentence }) => sentence),
    notes: [...table.notes],
  }
}

function rowFacts(segment: Segment): SegmentRowFacts {
  const { name, customers, churners, baseRate, meanProbability, figures, observedToExpected } = segment
  return {
    name,
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
