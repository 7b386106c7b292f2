import type * as z from 'zod'
import { checkArguments } from '../base/arguments.js'
import { isMissing } from '../base/bitmap.js'
import { withCategories } from '../base/category.js'
import { customerProblems } from '../base/customerProblems.js'
import { HoldfastError, type Problem, refuse } from '../base/errors.js'
import { type FeatureColumn, type FeatureMatrix, takeRows, takeValues } from '../base/matrix.js'
import { checkOptions } from '../base/options.js'
import { ExactSum } from '../base/statistics.js'
import type { TrainingData } from './contract.js'

/** Options and data that a trainer may trust: every rule holds, rows of weight 0 are gone. */
export interface CheckedTraining<Options> {
  readonly options: Options
  /** Columns sorted by name, so that the order of the input does not affect the model. */
  readonly features: FeatureMatrix
  /** Shape (rows), 0 or 1; both occur. */
  readonly outcome: Uint8Array
  /** Shape (rows), each above 0; null where every row counts once. */
  readonly weight: Float64Array | null
  /** Shape (rows): the customer of each row; null where none are given. */
  readonly ids: ArrayLike<string | number> | null
  readonly totalWeight: number
  /** Weighted share of churners, in (0, 1). */
  readonly baseRate: number
}

/**
 * Returns options with defaults and data ready for training, or throws every broken rule of both at once.
 *
 * @throws {HoldfastError} `option-invalid`, `option-unknown`, `table-empty`, `column-duplicate`, `column-type`,
 *   `length-differs`, `value-not-finite`, `out-of-range`, `one-class`
 *
 * O(rows × columns) time; copies the rows only where some weigh 0.
 */
export function checkTraining<Schema extends z.ZodType>(
  operation: string,
  schema: Schema,
  options: unknown,
  data: TrainingData,
): CheckedTraining<z.output<Schema>> {
  checkArguments(operation, ['data', data, 'dataset'])
  const { value, problems } = optionsAndProblems(operation, schema, options)
  refuse(operation, [...problems, ...trainingProblems(data)])
  return { options: value as z.output<Schema>, ...countedRows(data) }
}

function optionsAndProblems(
  operation: string,
  schema: z.ZodType,
  options: unknown,
): { value: unknown; problems: readonly Problem[] } {
  try {
    return { value: checkOptions(operation, schema, options), problems: [] }
  } catch (error) {
    if (error instanceof HoldfastError) return { value: undefined, problems: error.problems }
    throw error
  }
}

function trainingProblems(data: TrainingData): Problem[] {
  const { features, outcome, weight } = data
  const problems = [...emptyProblems(features.rowCount, features.columns.length), ...rowProblems(data)]
  if (problems.length > 0) return problems
  const counted: [number, number] = [0, 0]
  for (let row = 0; row < outcome.length; row++) {
    if (weight === undefined || weight[row]! > 0) counted[outcome[row]!]!++
  }
  return classProblems(counted)
}

/** Returns what is wrong where there is nothing to learn from. */
export function emptyProblems(rowCount: number, columnCount: number): Problem[] {
  const problem: Problem = { code: 'table-empty', parameter: 'features', rule: '', received: 0 }
  return [
    ...(rowCount < 1 ? [{ ...problem, rule: 'to have at least 1 row' }] : []),
    ...(columnCount < 1 ? [{ ...problem, rule: 'to have at least 1 column' }] : []),
  ]
}

/** Returns what is wrong with rows, be they all or a part: columns, lengths, values. */
export function rowProblems({ features, outcome, weight, ids }: TrainingData): Problem[] {
  return [
    ...matrixProblems(features),
    ...lengthProblems('outcome', outcome.length, features.rowCount),
    ...(weight === undefined ? [] : lengthProblems('weight', weight.length, features.rowCount)),
    ...outcomeProblems(outcome),
    ...(weight === undefined ? [] : weightProblems(weight)),
    ...(ids === undefined ? [] : customerProblems('ids', ids, features.rowCount)),
  ]
}

/** Returns what is wrong with a feature matrix: names, lengths, kinds, values that are not finite. */
function matrixProblems(matrix: FeatureMatrix): Problem[] {
  return [
    ...matrix.columns.flatMap((column) => featureColumnProblems(column, matrix.rowCount)),
    ...duplicateProblems(matrix.columns),
  ]
}

/** Returns what is wrong where columns share a name: which of them is meant cannot be known. */
export function duplicateProblems(columns: readonly FeatureColumn[]): Problem[] {
  const names = columns.map(({ name }) => name)
  const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index))
  return [...twice].map((name) => ({
    code: 'column-duplicate',
    parameter: `column ${name}`,
    rule: 'to occur once',
    wayOut: 'Rename one of them.',
  }))
}

/** Returns what is wrong with one column: kind, length, values that are not finite, codes without a text. */
export function featureColumnProblems(column: FeatureColumn, rowCount: number): Problem[] {
  const parameter = `column ${column.name}`
  if (column.kind !== 'number' && column.kind !== 'text') {
    const received = (column as { kind: unknown }).kind
    return [{ code: 'column-type', parameter, rule: 'to hold numbers or texts', received }]
  }
  const values = column.kind === 'number' ? column.values : column.codes
  const problems = lengthProblems(parameter, values.length, rowCount)
  if (column.missing !== null) {
    problems.push(...lengthProblems(`missing of ${parameter}`, column.missing.length, rowCount))
  }
  if (problems.length > 0 || isPlainlySound(column)) return problems
  return column.kind === 'number'
    ? valueProblems(column.values, (value, row) => Number.isFinite(value) || isMissing(column.missing, row), {
        code: 'value-not-finite',
        parameter,
        rule: 'to be finite or missing',
        place: { column: column.name },
        wayOut: 'Mark values that are not known as missing.',
      })
    : valueProblems(
        column.codes,
        (code, row) =>
          (Number.isInteger(code) && code >= 0 && code < column.dictionary.length) ||
          isMissing(column.missing, row),
        {
          code: 'out-of-range',
          parameter: `codes of ${parameter}`,
          rule: `to be below the ${column.dictionary.length} texts of its dictionary`,
          place: { column: column.name },
        },
      )
}

/**
 * True where no value can be wrong, missing or not. Scoring a row costs about as long as asking of each of its values
 * whether it is finite and then whether it is missing; this takes a fifth of that.
 */
function isPlainlySound(column: FeatureColumn): boolean {
  if (column.kind === 'text') {
    const { codes, dictionary } = column
    if (!(codes instanceof Int32Array)) return false
    for (let row = 0; row < codes.length; row++) if (codes[row]! >>> 0 >= dictionary.length) return false
    return true
  }
  const { values } = column
  if (!isTyped(values)) return false
  // A number × 0 is 0 or −0; infinities and NaN give NaN. Four sums of two, so that no addition waits for the one before:
  // one value at a time in each took twice as long.
  const [count, whole] = [values.length, values.length & ~7]
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  for (let row = 0; row < whole; row += 8) {
    a += values[row]! * 0 + values[row + 1]! * 0
    b += values[row + 2]! * 0 + values[row + 3]! * 0
    c += values[row + 4]! * 0 + values[row + 5]! * 0
    d += values[row + 6]! * 0 + values[row + 7]! * 0
  }
  for (let row = whole; row < count; row++) a += values[row]! * 0
  return a + b + c + d === 0
}

/** False for a list of a caller without types, whose values need be no numbers: `null * 0` is 0. */
function isTyped(values: unknown): boolean {
  return values instanceof Float64Array || values instanceof Int32Array || values instanceof Float32Array
}

function outcomeProblems(outcome: Uint8Array): Problem[] {
  return valueProblems(outcome, (value) => value === 0 || value === 1, {
    code: 'out-of-range',
    parameter: 'outcome',
    rule: 'to be 1 (churned) or 0 (stayed)',
  })
}

function weightProblems(weight: Float64Array): Problem[] {
  return valueProblems(weight, (value) => Number.isFinite(value) && value >= 0, {
    code: 'out-of-range',
    parameter: 'weight',
    rule: 'to be a number of at least 0',
  })
}

/** One problem for all values that break the rule, with the first of them and their number. */
function valueProblems(
  values: ArrayLike<number>,
  holds: (value: number, row: number) => boolean,
  problem: Problem,
): Problem[] {
  let first = -1
  let count = 0
  for (let row = 0; row < values.length; row++) {
    if (holds(values[row]!, row)) continue
    if (count === 0) first = row
    count++
  }
  if (count === 0) return []
  return [{ ...problem, received: values[first], place: { ...problem.place, row: first + 1 }, count }]
}

function lengthProblems(parameter: string, received: number, rowCount: number): Problem[] {
  if (received === rowCount) return []
  return [{ code: 'length-differs', parameter, rule: `to have ${rowCount} values`, received }]
}

/** Returns what is wrong where no row stayed, or none churned. */
export function classProblems([stayed, churned]: readonly [stayed: number, churned: number]): Problem[] {
  if (stayed > 0 && churned > 0) return []
  return [
    {
      code: 'one-class',
      parameter: 'outcome',
      rule: 'to hold both churned (1) and stayed (0) in rows of weight above 0',
      received: `${churned} churned, ${stayed} stayed`,
      wayOut: 'Check the label: with one class there is nothing to tell apart.',
    },
  ]
}

function countedRows(data: TrainingData): Omit<CheckedTraining<unknown>, 'options'> {
  const { features, outcome, weight, ids } = rowsThatCount(data)
  const totalWeight = weight === null ? outcome.length : sumWhere(weight, () => true)
  const churned =
    weight === null
      ? outcome.reduce((sum, value) => sum + value, 0)
      : sumWhere(weight, (row) => outcome[row] === 1)
  return { features, outcome, weight, ids, totalWeight, baseRate: churned / totalWeight }
}

function sumWhere(weight: Float64Array, counts: (row: number) => boolean): number {
  const sum = new ExactSum()
  for (let row = 0; row < weight.length; row++) if (counts(row)) sum.add(weight[row]!)
  return sum.value
}

/**
 * Returns the rows of weight above 0, with the columns in the order of their names and their texts as categories. Copies
 * only where rows weigh 0 or texts are no categories yet.
 */
export function rowsThatCount(
  data: TrainingData,
): Pick<CheckedTraining<unknown>, 'features' | 'outcome' | 'weight' | 'ids'> {
  const columns = data.features.columns
    .map((column) => (column.kind === 'text' ? withCategories(column) : column))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const features = { rowCount: data.features.rowCount, columns }
  const rows = data.weight === undefined ? undefined : rowsOfWeight(data.weight)
  if (rows === undefined)
    return { features, outcome: data.outcome, weight: data.weight ?? null, ids: data.ids ?? null }
  return {
    features: takeRows(features, rows),
    outcome: takeValues(data.outcome, rows),
    weight: takeValues(data.weight!, rows),
    ids: data.ids === undefined ? null : Array.from(rows, (row) => data.ids![row]!),
  }
}

/** The rows that count, or undefined where all do. */
function rowsOfWeight(weight: Float64Array): Int32Array | undefined {
  if (weight.every((value) => value > 0)) return undefined
  return Int32Array.from(weight.keys()).filter((row) => weight[row]! > 0)
}
