import type { Interval } from '../interval/bootstrapInterval.js'
import type { MetricName } from '../metrics.js'

/** Customers who share an attribute, or two, and how good the predictions are for them. */
export interface Segment {
  /** `contract = month-to-month, tenure 6 to below 12`. */
  readonly name: string
  /** Value, band or `other` of each attribute; null = missing. Empty for all customers and for what is left over. */
  readonly values: Readonly<Record<string, string | null>>
  /** Weight of the rows. What follows is of rows, but for intervals: they are by customer. */
  readonly rows: number
  /** Customers: as many as rows; where `groups` says that some have several, those who have one here. */
  readonly customers: number
  /** Weight of the rows that churned. */
  readonly churners: number
  /** Share of churners, in [0, 1]. */
  readonly baseRate: number
  /** Mean predicted probability, in [0, 1]. */
  readonly meanProbability: number
  /** The metrics asked for; null where one is not defined. */
  readonly figures: Readonly<Partial<Record<MetricName, Interval | null>>>
  /** Churners divided by the sum of the predictions: 1 = right, 1.5 = half as many again churn as predicted. */
  readonly observedToExpected: Interval | null
  /** Log odds to be added to the predictions so that their sum is right: 0 = right, above 0 = predicted too low. */
  readonly calibrationInTheLarge: Interval | null
  /** Calibration error over ten bins of equal width. Small groups have a larger one by chance alone. */
  readonly calibrationError: number
  /** Names of the small groups that were put together here; empty where none were. */
  readonly mergedFrom: readonly string[]
  /** What must be known before the figures of this segment are read. */
  readonly notes: readonly string[]
}

/** A segment whose predictions are worse than those of all others, beyond chance. */
export interface WorstSegment {
  readonly segment: string
  /** `rocAuc`: ranks its customers worse. `observedToExpected`: its level is further off. */
  readonly metric: 'rocAuc' | 'observedToExpected'
  /** Probability of a difference as large where there is none, after Holm's correction for all that was looked at. */
  readonly adjustedPValue: number
  /** The finding in words. */
  readonly sentence: string
}

/** The figures of a table by segment. */
export interface SegmentFigures {
  /** The attributes that cut the customers. */
  readonly attributes: readonly string[]
  readonly metrics: readonly MetricName[]
  /** In the order of bands and of texts, missing and `other` last. Every customer is in exactly one. */
  readonly segments: readonly Segment[]
  /** All customers. */
  readonly overall: Segment
  /** The worst first; empty where no difference can be shown. */
  readonly worst: readonly WorstSegment[]
  /** Level of all intervals, in (0, 1). */
  readonly level: number
  /** What the reader must know before the figures, in whole sentences. */
  readonly notes: readonly string[]
}
