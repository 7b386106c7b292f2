import { calibrationErrorOf } from '../calibration/calibrationError.js'
import { meanWithError } from '../meanWithError.js'
import {
  classWeights,
  type Measured,
  type MeasuredRows,
  type MeasureRule,
  measureRows,
} from '../measureRows.js'
import { rankRows } from '../rows/rankedOutcomes.js'
import type { SegmentPlan } from './cutSegments.js'
import { calibrationInTheLarge, type LogRatio, observedToExpected, ratioInterval } from './levelFigures.js'
import type { Segment } from './segment.js'

/** A segment with what comparing it with the others takes. */
export interface MeasuredSegment {
  readonly segment: Segment
  readonly plan: SegmentPlan
  readonly ratio: LogRatio | null
  /** AUC within the segment; null where it is not defined. */
  readonly rocAuc: Measured['figures']['rocAuc']
}

/** What is measured of a segment. */
export interface SegmentRule extends MeasureRule {
  /** Whether some customers have several rows: else each row is a customer, and counts by its weight. */
  readonly severalRows: boolean
}

/** Bins of the calibration error: those of `evaluate`. */
const bins = 10

/** Returns the figures of one segment. */
export function measureSegment(plan: SegmentPlan, all: MeasuredRows, rule: SegmentRule): MeasuredSegment {
  const rows = takeMeasured(all, plan.rows)
  const { churners, stayers } = classWeights(rows)
  // The AUC is always measured: the worst segments are sought by it.
  const metrics = [...new Set([...rule.metrics, 'rocAuc' as const])]
  const { figures, notes } = measureRows(rows, { ...rule, metrics })
  const hasBoth = churners > 0 && stayers > 0
  const ratio = observedToExpected(rows)
  const segment: Segment = {
    name: plan.name,
    values: plan.values,
    rows: churners + stayers,
    customers: rule.severalRows ? new Set(rowsOfWeight(rows)).size : churners + stayers,
    churners,
    baseRate: meanWithError(rows.outcome, rows.weight)?.value ?? 0,
    meanProbability: meanWithError(rows.probability, rows.weight)?.value ?? 0,
    figures: Object.fromEntries(rule.metrics.map((name) => [name, figures[name] ?? null])),
    observedToExpected: ratio === null ? null : ratioInterval(ratio, rule.level),
    calibrationInTheLarge: hasBoth ? calibrationInTheLarge(rows, rankRows(rows), rule.level) : null,
    calibrationError: calibrationErrorOf(rankRows(rows), bins, 'equal-width'),
    mergedFrom: plan.mergedFrom,
    notes,
  }
  return { segment, plan, ratio, rocAuc: figures.rocAuc }
}

function rowsOfWeight({ customers, weight }: MeasuredRows): (string | number)[] {
  return customers.filter((_, row) => weight?.[row] !== 0)
}

/** Returns the rows at the given places. */
export function takeMeasured(
  { probability, outcome, weight, customers }: MeasuredRows,
  rows: Int32Array,
): MeasuredRows {
  return {
    probability: Float64Array.from(rows, (row) => probability[row]!),
    outcome: Uint8Array.from(rows, (row) => outcome[row]!),
    weight: weight === null ? null : Float64Array.from(rows, (row) => weight[row]!),
    customers: Array.from(rows, (row) => customers[row]!),
  }
}
