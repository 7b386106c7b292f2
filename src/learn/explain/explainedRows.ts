import * as z from 'zod'
import { HoldfastError, type Problem, refuse } from '../../base/errors.js'
import { type FeatureMatrix, takeRows, takeValues } from '../../base/matrix.js'
import { checkOptions } from '../../base/options.js'
import { seededRandom } from '../../base/random.js'
import { seedRule, weightRule } from '../../base/sharedRules.js'
import { valueProblems } from '../../base/valueProblems.js'
import { FeatureAligner } from '../align.js'
import { emptyProblems } from '../check.js'
import type { ChurnModel } from '../contract.js'

/** Which customers a model is explained on. */
export interface ExplainedRowsOptions {
  /** Shape (rows), each ≥ 0 and finite; left out = all 1. Weight 2 = the row twice, weight 0 = the row absent. */
  readonly weight?: ArrayLike<number> | undefined
  /** More rows than this are sampled, without replacement. Integer ≥ 1. Default 20,000. */
  readonly maxRows?: number | undefined
  /** Seed of the sample. Any 32-bit integer. Default 1. */
  readonly seed?: number | undefined
}

/** Rules and defaults of {@link ExplainedRowsOptions}, to be extended. */
export const explainedRowsOptions = z.strictObject({
  weight: weightRule,
  maxRows: z.int().min(1).default(20_000),
  seed: seedRule,
})

/** Rows that an explanation may trust: columns of the model only, rows of weight 0 gone, not too many. */
export interface ExplainedRows {
  readonly features: FeatureMatrix
  /** Shape (rows), each above 0. */
  readonly weight: Float64Array
}

/**
 * Returns the checked options and the rows to explain, or throws every broken rule of both at once.
 *
 * @param furtherProblems what is wrong with further parameters
 * @throws {HoldfastError} `option-invalid`, `option-unknown`, `table-empty`, `feature-missing`, `column-type`,
 *   `length-differs`, `value-not-finite`, `out-of-range`
 *
 * O(rows × features) time.
 */
export function explainedRows<
  Options extends {
    readonly weight?: ArrayLike<number> | undefined
    readonly maxRows: number
    readonly seed: number
  },
>(
  operation: string,
  schema: z.ZodType<Options>,
  model: ChurnModel,
  features: FeatureMatrix,
  options: unknown,
  furtherProblems: readonly Problem[] = [],
): { readonly options: Options; readonly rows: ExplainedRows } {
  const problems = [...furtherProblems]
  const checked = valueOrProblems(problems, () => checkOptions(operation, schema, options))
  problems.push(...emptyProblems(features.rowCount, 1))
  valueOrProblems(problems, () => new FeatureAligner(model.features).align(operation, features))
  const weight = checked?.weight
  if (weight !== undefined) problems.push(...weightProblems(weight, features.rowCount))
  refuse(operation, problems)
  return { options: checked!, rows: sampledRows(model, features, checked!) }
}

function valueOrProblems<Value>(problems: Problem[], work: () => Value): Value | undefined {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error
    problems.push(...error.problems)
    return undefined
  }
}

function weightProblems(weight: ArrayLike<number>, rowCount: number): Problem[] {
  if (weight.length !== rowCount) {
    const rule = `to have ${rowCount} values`
    return [{ code: 'length-differs', parameter: 'weight', rule, received: weight.length }]
  }
  const isWeight = (value: number): boolean => value >= 0 && value < Number.POSITIVE_INFINITY
  const problems = valueProblems('weight', weight, 'to be a finite number of at least 0', isWeight)
  if (problems.length > 0 || rowCount === 0 || Array.from(weight).some((value) => value > 0)) return problems
  return [{ code: 'out-of-range', parameter: 'weight', rule: 'to be above 0 somewhere' }]
}

function sampledRows(
  model: ChurnModel,
  features: FeatureMatrix,
  { weight, maxRows, seed }: z.output<typeof explainedRowsOptions>,
): ExplainedRows {
  const byName = new Map(features.columns.map((column) => [column.name, column]))
  const ofModel = {
    rowCount: features.rowCount,
    columns: model.features.map(({ name }) => byName.get(name)!),
  }
  const weights = Float64Array.from(weight ?? new Float64Array(features.rowCount).fill(1))
  const counted = Int32Array.from(weights.keys()).filter((row) => weights[row]! > 0)
  if (counted.length === features.rowCount && counted.length <= maxRows) {
    return { features: ofModel, weight: weights }
  }
  const rows = sampled(counted, maxRows, seed)
  return { features: takeRows(ofModel, rows), weight: takeValues(weights, rows) }
}

/** Returns at most `count` of the rows, each equally likely, in their order (Knuth's algorithm S). */
function sampled(rows: Int32Array, count: number, seed: number): Int32Array {
  if (rows.length <= count) return rows
  const random = seededRandom(seed)
  const taken = new Int32Array(count)
  for (let index = 0, found = 0; found < count; index++) {
    if (random.uniform() * (rows.length - index) < count - found) taken[found++] = rows[index]!
  }
  return taken
}
