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
import { fingerprint } from './fingerprint.js'
import type { FlatReading } from './flatFeatures.js'

/** What the outcome of a dataset is. */
export interface DatasetLabel {
  /** Name made from the rule: `cancelled_gap7d_30d`. */
  readonly name: string
  readonly rule: LabelRule
  /** Days between cutoff and outcome window. */
  readonly gapDays: Days
  /** Length of the outcome window; for a horizon in months, the longest among the dataset's cutoffs. */
  readonly horizonDays: Days
}

/** How a dataset came about: who was counted, who has no outcome, and how many churned. */
export interface DatasetReport {
  /**
   * Columns `cutoff`, `reason`, `customers`: `counted` and every reason for which customers were left out. Per cutoff
   * the numbers add up to all customers. Empty for a flat table. A part of a dataset has the numbers of the whole.
   */
  readonly population: Table
  /**
   * Columns `cutoff` (missing for a flat table), `reason`, `customers`: counted customers whose outcome is not known
   * and who are therefore not in the dataset. A part of a dataset has the numbers of the whole.
   */
  readonly unlabelled: Table
  /**
   * Columns `reason`, `customers`, `share`: all cancelled customers of the history, told apart by the plan's rule of false
   * churn. Left out where the plan has none. A part of a dataset has the numbers of the whole.
   */
  readonly falseChurn?: Table
  /**
   * Columns `column`, `use` (number, category, day, left out, excluded, id, label, weight) and `detail` (how it was read,
   * or why it was left out): what became of every column of a flat table. Left out for a history.
   */
  readonly columns?: Table
  /**
   * Columns `cutoff` (missing for a flat table), `rows`, `churned`, `baseRate` (share in [0, 1]), of these very rows. Where
   * customers have cutoffs of their own, a line per month: `month`, its first day, in place of `cutoff`.
   */
  readonly baseRates: Table
}

/**
 * Customers as of cutoffs, with features from before and outcomes from after: the only place where both meet.
 * One row per customer and cutoff, or one row per customer for a flat table.
 */
export interface Dataset {
  /** Customer of each row. */
  readonly ids: readonly string[]
  /** Cutoff of each row; null for a flat table. */
  readonly cutoffs: Int32Array | null
  /** The rule that gave each customer their own cutoffs; left out where all have the same, and for a flat table. */
  readonly ownCutoffs?: OwnCutoffs
  readonly features: FeatureMatrix
  /** Shape (rows): 1 = churned, 0 = stayed. Rows whose outcome is not known are not here. */
  readonly outcome: Uint8Array
  /** Shape (rows), each ≥ 0; left out = all 1. */
  readonly weight?: Float64Array
  /** The rules the features were made with; null for a flat table. */
  readonly rules: readonly FeatureRule[] | null
  /** Who was counted; null for a flat table. Scoring must count the same customers. */
  readonly population: PopulationRule | null
  /** What the label is and how long after the cutoff it reaches; null for a flat table. */
  readonly label: DatasetLabel | null
  /** Time zone in which instants of the history, or of a flat table, had their day; left out for a flat table without. */
  readonly timeZone?: string
  /** What the history did with rows that are there more than once; left out for a flat table. */
  readonly repeatedRows?: RepeatedRows
  /** Its tables and columns, by which it told rows apart; left out for a flat table. */
  readonly tables?: HistoryKinds
  /** How the columns of a flat table became features, for scoring; left out for a history. */
  readonly flat?: FlatReading
  readonly report: DatasetReport
  /** Sentences about what was left out or looks wrong; empty where nothing does. */
  readonly warnings: readonly string[]
  /** SHA-256 over ids, cutoffs, features, outcomes and weights: the same data gives the same text. Made when first read. */
  readonly fingerprint: string
}

/** Two parts of a dataset that share no row and, split by time, no day of outcome. */
export interface Split {
  readonly train: Dataset
  readonly test: Dataset
  /** First cutoff of the test part; null where the split is by row. */
  readonly testFrom: EpochDay | null
  /** Rows before `testFrom` in neither part, because their outcome window reaches past `testFrom`. */
  readonly purgedRows: number
  /** Rows in neither part because their customer belongs to the other part; 0 where only time splits. */
  readonly unusedRows: number
}

/** The parts of a dataset that are not made from its other parts. */
export interface DatasetParts extends Omit<Dataset, 'fingerprint' | 'report'> {
  readonly report: Omit<DatasetReport, 'baseRates'>
}

/** Returns the dataset with its base rates and a fingerprint that is made when first read. */
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

/** Returns what a dataset is made from. The fingerprint is not read: reading makes it. */
export function partsOf(dataset: Dataset): DatasetParts {
  const { fingerprint: _, ...members } = Object.getOwnPropertyDescriptors(dataset)
  return Object.defineProperties({}, members) as DatasetParts
}

/**
 * Returns the dataset with only the given rows, in their order. Copies.
 *
 * For splits of your own: fold k of a cross-validation, one region. A row may be taken more than once.
 *
 * @param rows row numbers from 0
 * @throws {HoldfastError} `out-of-range` for what is no number of a row
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
