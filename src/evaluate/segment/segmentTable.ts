import * as z from 'zod'
import { hasSeveralRows } from '../../base/customersOf.js'
import { type Problem, refuse } from '../../base/errors.js'
import { ownValue } from '../../base/ownValue.js'
import { groupsRule } from '../../base/sharedRules.js'
import type { MeasureOptions } from '../backtest/validationOptions.js'
import { measureOptions } from '../backtest/validationOptions.js'
import { type GroupOptions, groupProblems, resampleOptions } from '../interval/bootstrapOptions.js'
import { metricsProblems } from '../measureRows.js'
import type { MetricName } from '../metrics.js'
import { checkOutcomeRows, type WeightOptions, weightOptions } from '../rows/checkedOutcomes.js'
import type { OutcomeRows } from '../rows/outcomeRows.js'
import {
  type PredictedBy,
  predictedByNotes,
  predictedByProblems,
  predictedByRule,
} from '../trainedRowNotes.js'
import { type AttributeColumn, type Attributes, attributeColumns, attributeLevels } from './attributes.js'
import { type CountedRows, cutSegments } from './cutSegments.js'
import { measureSegment, worstSegments } from './measureSegment.js'
import { SegmentTable } from './segmentTableResult.js'

/** How customers are cut into segments, and what is measured. */
export interface SegmentOptions extends WeightOptions, GroupOptions, MeasureOptions {
  /** One attribute, or two to be crossed. Default: those given, where they are one or two. */
  readonly by?: string | readonly string[]
  /** Metrics that are one number and have an interval. Default `rocAuc` and `brierScore`. */
  readonly metrics?: readonly MetricName[]
  /** Bands of about equally many customers that numbers are cut into. Integer ≥ 2. Default 4; fewer distinct values are
   *  bands of their own. */
  readonly bands?: number
  /** Own bands: per attribute the first number of each band but the first, ascending. `{ tenure: [6, 12, 24] }`. */
  readonly edges?: Readonly<Record<string, readonly number[]>>
  /** Segments of fewer churners, or fewer who stayed, are merged. Integer ≥ 1. Default 30. */
  readonly minChurners?: number
  /** Segments of fewer customers are merged. Integer ≥ 1. Default 100. */
  readonly minCustomers?: number
  /** What made the predictions, and of which rows: otherwise nobody knows whether a model was trained on these rows. */
  readonly predictedBy?: PredictedBy
  /** Level of the intervals, and of the worst segments together, in (0, 1). Default 0.95. */
  readonly level?: number
}

const ascending = (edges: readonly number[]): boolean =>
  edges.every((edge, place) => place === 0 || edge > edges[place - 1]!)

/** Rules and defaults of {@link SegmentOptions}. */
export const segmentOptions = weightOptions.extend({
  ...resampleOptions.shape,
  groups: groupsRule,
  by: z
    .union([z.string(), z.array(z.string()).min(1).max(2)])
    .describe('the name of an attribute, or one or two in a list')
    .optional(),
  metrics: measureOptions.shape.metrics.unwrap().default(['rocAuc', 'brierScore']),
  bands: z.int().min(2).default(4),
  edges: z.record(z.string(), z.array(z.number()).min(1).refine(ascending, 'to be ascending')).default({}),
  minChurners: z.int().min(1).default(30),
  minCustomers: z.int().min(1).default(100),
  predictedBy: predictedByRule,
})

/** Checked options of a table by segment. */
export type CheckedSegments = z.output<typeof segmentOptions>

const operation = 'segmentTable'

/**
 * Returns how good predictions are for each segment of the customers, and for which they are worse beyond chance.
 *
 * A model that is right on the whole can be wrong for a tariff, a region, new customers. Read `observedToExpected`
 * first: money is computed from probabilities. Compare AUC between segments, and log loss, Brier score, average
 * precision or lift only between models within one: these depend on the base rate of the segment.
 *
 *     observedToExpected       Σ y / Σ p; interval on the log scale
 *     calibrationInTheLarge    log odds to be added so that Σ p = Σ y
 *     calibrationError         ECE over ten bins of equal width; of few customers it is large by chance alone
 *
 * Numbers are cut into bands of about equally many customers, or at `edges`; missing is a segment of its own. Segments
 * of fewer than `minChurners` churners (or stayers) or `minCustomers` customers are merged: a band with
 * the neighbour of fewer churners, texts as `other`; `mergedFrom` names them. Every customer is in exactly one segment.
 *
 * `worst` names segments whose level or AUC is further off than that of the others, after Holm's correction for all
 * segments looked at: where nothing differs, some segment is named in at most 5 of 100 tables (at level 0.95). Many
 * tables by many attributes will still find something by chance.
 *
 * @param probability predicted churn, shape (n), each in [0, 1]; of customers the model was not
 *   trained on; give `predictedBy`, and `notes` warn if it was
 * @param outcome what happened, shape (n), 1 = churned, 0 = stayed
 * @param attributes columns to cut by, each of shape (n): the features of a dataset, or values by name
 * @throws {HoldfastError} `one-class`, `length-differs`, `table-empty`, `value-missing`, `out-of-range`,
 *   `option-invalid`, `option-unknown`; `column-missing`, `column-type` for the attributes
 *
 * O(resamples · n) time as for one evaluation, and O(segments · n); O(n) memory.
 *
 * @example
 * const contract = Array.from({ length: 400 }, (_, row) => (row % 2 === 0 ? 'monthly' : 'yearly'))
 * const p = contract.map((_, row) => 0.3 + ((row * 37) % 100) / 500)
 * // Of the monthly customers 3 of 4 churn, of the yearly ones 2 of 5; 40 % are predicted of both.
 * const y = contract.map((text, row) => (text === 'monthly' ? (row % 8 < 6 ? 1 : 0) : row % 10 < 4 ? 1 : 0))
 * const table = segmentTable(p, y, { contract })
 * table.worst.map(({ segment, metric }) => [segment, metric])
 * // => [['contract = monthly', 'observedToExpected']]
 *
 * @see Holm (1979), Scandinavian Journal of Statistics 6; Van Calster et al. (2019), Calibration: the Achilles heel of
 *   predictive analytics
 * @see {@link evaluateProbabilities} for all customers, {@link backtest} for predictions to cut
 */
export function segmentTable(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  attributes: Attributes,
  options: SegmentOptions = {},
): SegmentTable {
  const { rows, checked } = checkOutcomeRows(operation, segmentOptions, probability, outcome, options)
  const found = attributeColumns(attributes, checked.by, rows.outcome.length)
  refuse(operation, [
    ...('problems' in found ? found.problems : edgeProblems(found.columns, checked.edges)),
    ...groupProblems(checked.groups, outcome, checked.weight),
    ...metricsProblems(checked.metrics),
    ...predictedByProblems(checked.predictedBy, outcome.length),
  ])
  const columns = 'columns' in found ? found.columns : []
  const levels = columns.map((column) =>
    attributeLevels(column, { bands: checked.bands, edges: ownValue(checked.edges, column.name) }),
  )
  const customers = Array.from(checked.groups ?? rows.outcome.keys())
  const all = { ...rows, customers }
  const severalRows = checked.groups !== undefined && hasSeveralRows(checked.groups)
  const rule = { ...checked, severalRows }
  const plans = cutSegments(levels, severalRows ? rowsAsCustomers(rows, customers) : rows, checked)
  const measured = plans.map((plan) => measureSegment(plan, all, rule))
  const everybody = {
    name: 'all',
    values: {},
    mergedFrom: [],
    small: false,
    rows: Int32Array.from(rows.outcome.keys()),
  }
  return new SegmentTable({
    attributes: columns.map(({ name }) => name),
    metrics: checked.metrics,
    segments: measured.map(({ segment }) => segment),
    overall: measureSegment(everybody, all, rule).segment,
    worst: worstSegments(measured, all, checked.level),
    level: checked.level,
    notes: [...predictedByNotes(checked.predictedBy), ...notesOn(plans, checked)],
  })
}

/** Returns rows whose counts are of customers: all rows of one together count as one, and so do all that churned. */
function rowsAsCustomers(
  { outcome, weight }: OutcomeRows,
  customers: readonly (string | number)[],
): CountedRows {
  const share = (isCounted: (row: number) => boolean): Float64Array => {
    const counts = new Map<string | number, number>()
    customers.forEach((customer, row) => {
      if (isCounted(row)) counts.set(customer, (counts.get(customer) ?? 0) + 1)
    })
    return Float64Array.from(customers, (customer, row) =>
      isCounted(row) ? (weight?.[row] ?? 1) / counts.get(customer)! : 0,
    )
  }
  return { outcome, weight: share(() => true), churnWeight: share((row) => outcome[row] === 1) }
}

function edgeProblems(
  columns: readonly AttributeColumn[],
  edges: Readonly<Record<string, readonly number[]>>,
): Problem[] {
  const numbers = columns.filter(({ kind }) => kind === 'number').map(({ name }) => name)
  return Object.keys(edges)
    .filter((name) => !numbers.includes(name))
    .map((name) => ({
      code: 'option-invalid',
      parameter: `edges.${name}`,
      rule: 'to belong to an attribute of numbers that is cut by',
      received: edges[name],
    }))
}

function notesOn(
  plans: ReturnType<typeof cutSegments>,
  { minChurners, minCustomers }: CheckedSegments,
): string[] {
  const merged = plans.some(({ mergedFrom }) => mergedFrom.length > 0)
  const small = plans.filter((plan) => plan.small).map(({ name }) => name)
  const rule = `fewer than ${minCustomers} customers, or ${minChurners} who churned or stayed`
  return [
    ...(merged ? [`Groups of ${rule}, are put together.`] : []),
    ...(small.length === 0 ? [] : [`${small.join('; ')}: too few to be among the worst segments (${rule}).`]),
    ...(plans.length === 1 ? ['There is one segment: nothing to compare it with.'] : []),
  ]
}
