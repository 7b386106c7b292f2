import { checkArguments } from '../base/arguments.js'
import type { Days, EpochDay } from '../base/days.js'
import { refuse } from '../base/errors.js'
import { type FeatureMatrix, takeRows, takeValues } from '../base/matrix.js'
import { rowNumberProblems } from '../base/valueProblems.js'
import type { FeatureRule } from '../feature/rule.js'
import type { LabelRule } from '../label/rule.js'
import type { OwnCutoffs } from '../population/ownCutoffs.js'
import type { PopulationRule } from '../population/rule.js'
import type { HistoryKinds } from '../table/inputs.js'
import type { RepeatedRows } from '../table/repeatedRows.js'
import type { Table } from '../table/table.js'
import { baseRates } from './baseRates.js'
import { fingerprint } from './fingerprint.node.js'
import type { FlatReading } from './flatFeatures.js'

/** The label of a dataset. */
export interface DatasetLabel {
  /** Name made from the rule, such as `cancelled_gap7d_30d`. */
  readonly name: string
  readonly rule: LabelRule
  /** Days between cutoff and outcome window. */
  readonly gapDays: Days
  /** Length of the outcome window; for a horizon in months, the longest among the dataset's cutoffs. */
  readonly horizonDays: Days
}

/** How a dataset was built: who was counted, who has no outcome, and how many churned. */
export interface DatasetReport {
  /**
   * Columns `cutoff`, `reason`, `customers`: `counted` and every reason for leaving customers out. Per cutoff the
   * numbers add up to all customers. Empty for a flat table. Parts of a dataset have the numbers of the whole.
   */
  readonly population: Table
  /**
   * Columns `cutoff` (missing for a flat table), `reason`, `customers`: counted customers whose outcome is unknown and
   * who are therefore not in the dataset. Parts of a dataset have the numbers of the whole.
   */
  readonly unlabelled: Table
  /**
   * Columns `reason`, `customers`, `share`: all cancelled customers of the history, classified by the plan's rule of
   * false churn. Left out if the plan has none. Parts of a dataset have the numbers of the whole.
   */
  readonly falseChurn?: Table
  /**
   * Columns `feature`, `why`, `detail`: features of sets that were left out because no model can use them on this history.
   * Left out if there were none.
   */
  readonly leftOut?: Table
  /**
   * Columns `column`, `use` (number, category, day, left out, excluded, id, label, weight) and `detail` (how it was
   * read, or why it was left out): the use of every column of a flat table. Left out for a history.
   */
  readonly columns?: Table
  /**
   * Columns `cutoff` (missing for a flat table), `rows`, `churned`, `baseRate` (share in [0, 1]), of exactly these
   * rows. For own cutoffs one line per month: `month`, its first day, replaces `cutoff`.
   */
  readonly baseRates: Table
}

/**
 * Customers as of cutoffs, with features from before and outcomes from after: the only place where the two meet. One
 * row per customer and cutoff, or one row per customer for a flat table.
 */
export interface Dataset {
  /** Customer of each row. */
  readonly ids: readonly string[]
  /** Cutoff of each row; null for a flat table. */
  readonly cutoffs: Int32Array | null
  /** The rule that gave customers their own cutoffs; left out if all have the same, and for a flat table. */
  readonly ownCutoffs?: OwnCutoffs
  readonly features: FeatureMatrix
  /** Shape (rows): 1 = churned, 0 = stayed. Rows with an unknown outcome are not included. */
  readonly outcome: Uint8Array
  /** Shape (rows), each ≥ 0; left out = all 1. */
  readonly weight?: Float64Array
  /** The rules the features were made with; null for a flat table. */
  readonly rules: readonly FeatureRule[] | null
  /** Who was counted; null for a flat table. Scoring must count the same customers. */
  readonly population: PopulationRule | null
  /** What the label is and how long after the cutoff it reaches; null for a flat table. */
  readonly label: DatasetLabel | null
  /**
   * Time zone that gave instants of the history or flat table their day; left out for a flat table without instants.
   */
  readonly timeZone?: string
  /** Treatment of repeated rows in the history; left out for a flat table. */
  readonly repeatedRows?: RepeatedRows
  /** Tables and columns of the history, which tell rows apart; left out for a flat table. */
  readonly tables?: HistoryKinds
  /** How the columns of a flat table became features, for scoring; left out for a history. */
  readonly flat?: FlatReading
  readonly report: DatasetReport
  /** Sentences about what was left out or looks wrong; may be empty. */
  readonly warnings: readonly string[]
  /**
   * SHA-256 over ids, cutoffs, features, outcomes and weights: the same data gives the same text. Computed when first read.
   */
  readonly fingerprint: string
}

/** Two parts of a dataset that share no row and, split by time, no day of outcome. */
export interface Split {
  readonly train: Dataset
  readonly test: Dataset
  /** First cutoff of the test part; null if the split is by row. */
  readonly testFrom: EpochDay | null
  /** Rows before `testFrom` in neither part, because their outcome was not known by `testFrom`. */
  readonly purgedRows: number
  /** Rows in neither part because their customer belongs to the other part; 0 if the split is only by time. */
  readonly unusedRows: number
}

/** The parts of a dataset that are not derived from others. */
export interface DatasetParts extends Omit<Dataset, 'fingerprint' | 'report'> {
  readonly report: Omit<DatasetReport, 'baseRates'>
}

/** Returns the dataset with its base rates and a fingerprint that is computed when first read. */
export function datasetOf(parts: DatasetParts): Dataset {
  let text: string | undefined
  return {
    ...parts,
    report: { ...parts.report, baseRates: baseRates(parts) },
    get fingerprint() {
      text ??= fingerprint(parts)
      return text
    },
  }
}

/** Returns the parts of a dataset, without reading the fingerprint, which would compute it. */
export function partsOf(dataset: Dataset): DatasetParts {
  const { fingerprint: _, ...members } = Object.getOwnPropertyDescriptors(dataset)
  return Object.defineProperties({}, members) as DatasetParts
}

/** Returns the dataset with further warnings. */
export function datasetWithWarnings(dataset: Dataset, further: readonly string[]): Dataset {
  if (further.length === 0) return dataset
  return datasetOf({ ...partsOf(dataset), warnings: [...dataset.warnings, ...further] })
}

/**
 * Returns a copy of the dataset with only the given rows, in their order.
 *
 * For splits of your own: fold k of a cross-validation, one region. A row may be taken more than once.
 *
 * @param rows row numbers from 0
 * @throws {HoldfastError} `out-of-range` for anything that is not a row number
 */
export function takeDatasetRows(dataset: Dataset, rows: ArrayLike<number>): Dataset {
  checkArguments('takeDatasetRows', ['dataset', dataset, 'dataset'], ['rows', rows, 'list'])
  refuse('takeDatasetRows', rowNumberProblems('rows', rows, dataset.outcome.length))
  const { weight, ...parts } = partsOf(dataset)
  return datasetOf({
    ...parts,
    ids: Array.from(rows, (row) => dataset.ids[row]!),
    cutoffs: dataset.cutoffs === null ? null : takeValues(dataset.cutoffs, rows),
    features: takeRows(dataset.features, rows),
    outcome: takeValues(dataset.outcome, rows),
    ...(weight === undefined ? {} : { weight: takeValues(weight, rows) }),
  })
}
