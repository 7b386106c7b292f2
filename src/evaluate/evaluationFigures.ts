import type { BrierDecomposition } from './calibration/brierDecomposition.js'
import type { CalibrationCurve } from './calibration/calibrationCurve.js'
import type { CalibrationLine } from './calibration/calibrationLine.js'
import type { Binning, CalibrationBin } from './calibration/calibrationTable.js'
import type { Interval } from './interval/bootstrapInterval.js'
import type { ContactSavings } from './ranking/contactsForSameCatch.js'
import type { GainsCurve } from './ranking/gainsCurve.js'
import type { LiftRow } from './ranking/liftTable.js'
import type { PrecisionRecallCurve } from './ranking/precisionRecallCurve.js'
import type { RocCurve } from './ranking/rocCurve.js'
import type { Confusion } from './threshold/confusionAt.js'

/** The figures of an evaluation. Counts are sums of weights. */
export interface EvaluationFigures {
  /** Name of the learner, or of what made the predictions; null where it is not known. */
  readonly name: string | null
  /** Customers; where some have several rows (`groups`, ids), fewer than `rows`. */
  readonly customers: number
  /** Rows. What follows, and every count below that is not called `customers`, is of rows. */
  readonly rows: number
  /** Rows that churned. */
  readonly churners: number
  /** Share of churners among the rows, in (0, 1). */
  readonly baseRate: number
  /** Level of the intervals, in (0, 1). */
  readonly level: number
  /** Number of resamples behind the intervals. */
  readonly resamples: number
  readonly rocAuc: Interval
  /** Gini coefficient of the ranking, 2 · AUC − 1. */
  readonly gini: Interval
  readonly kolmogorovSmirnov: Interval
  readonly averagePrecision: Interval
  /** In nats; null where it is infinite. */
  readonly logLoss: Interval | null
  readonly brierScore: Interval
  /** Part of the customers that can be contacted, in (0, 1]. */
  readonly topShare: number
  /** Lift in the top share. */
  readonly lift: Interval
  readonly bins: number
  readonly binning: Binning
  /** In the same bins as the calibration table; its `skill` is the Brier skill score. */
  readonly brierDecomposition: BrierDecomposition
  readonly calibrationError: number
  readonly maximumCalibrationError: number
  /** Null where it is not defined. */
  readonly calibrationLine: CalibrationLine | null
  readonly calibration: readonly CalibrationBin[]
  /** Without bins; holds the integrated calibration index (ICI), E50, E90 and Emax. */
  readonly calibrationCurve: CalibrationCurve
  /** Deciles; fewer rows where there are fewer customers. */
  readonly liftTable: readonly LiftRow[]
  /** In steps of 1 % of the customers. */
  readonly gains: GainsCurve
  /** In about 100 steps. */
  readonly rocCurve: RocCurve
  /** In about 100 steps. */
  readonly precisionRecallCurve: PrecisionRecallCurve
  readonly confusion: Confusion
  /** At the threshold of `confusion`, in [−1, 1]. */
  readonly matthewsCorrelation: number
  /** Contacts needed to reach half of the churners. */
  readonly halfOfChurners: ContactSavings
  /** What the reader must know before the figures, in whole sentences. */
  readonly notes: readonly string[]
}
