import type { SegmentFigures } from './segment.js'
import { segmentText } from './segmentText.js'

/** How good predictions are by segment: figures to read, `String(…)` to print, `JSON.stringify` to keep. */
export class SegmentTable implements SegmentFigures {
  declare readonly attributes: SegmentFigures['attributes']
  declare readonly metrics: SegmentFigures['metrics']
  declare readonly segments: SegmentFigures['segments']
  declare readonly overall: SegmentFigures['overall']
  declare readonly worst: SegmentFigures['worst']
  declare readonly level: SegmentFigures['level']
  declare readonly notes: SegmentFigures['notes']

  constructor(figures: SegmentFigures) {
    Object.assign(this, figures)
    Object.freeze(this)
  }

  /** Returns the table as text, of at most 80 columns for up to two metrics and short values. */
  toString(): string {
    return segmentText(this)
  }
}
