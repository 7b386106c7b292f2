import { isMissing } from '../base/bitmap.js'
import { nearName, type Problem, refuse } from '../base/errors.js'
import { type FeatureColumn, type FeatureMatrix, numberColumn, textColumn } from '../base/matrix.js'
import * as z from '../base/schema.js'
import type { ChurnModel } from '../learn/contract.js'
import type { Column } from '../table/table.js'

/** What a customer is worth: an amount or the column that has it, and its unit. */
export interface CustomerValue {
  /** The amount; null = not known. */
  readonly amount?: number | null
  /** Instead of `amount`: the column of the row or table that has it, or a feature of the model. Its missing values stay missing. */
  readonly column?: string
  /** Unit of the amounts, in words: `€ a month`. It is said with every figure. */
  readonly unit: string
}

/** Rule of {@link CustomerValue}. */
export const customerValueRule = z
  .strictObject({
    amount: z.exactOptional(z.number().nullable()),
    column: z.exactOptional(z.string().min(1)),
    unit: z.string().min(1),
  })
  .refine(({ amount, column }) => (amount === undefined) !== (column === undefined), {
    path: ['column'],
    message: 'to be given, or amount, and not both',
  })

type CheckedValue = z.output<typeof customerValueRule>

/** What is expected to be lost with a customer. */
export interface ValueAtRisk {
  /** Probability × value; null where the value is not known. */
  readonly expected: number | null
  /** What the customer is worth; null = not known. */
  readonly value: number | null
  readonly unit: string
}

/**
 * Returns what customers are worth.
 *
 * @param others columns of the same rows, among them those that are no features
 * @throws {HoldfastError} `column-missing`; `column-type` if the column is not one of numbers
 */
export function customerValues(
  operation: string,
  { amount, column: name }: CheckedValue,
  { features: specs }: ChurnModel,
  features: FeatureMatrix,
  others: readonly (Column | FeatureColumn)[] = features.columns,
): (row: number) => number | null {
  if (name === undefined) return () => amount ?? null
  // Features come first, as they were read: '12,5' as a number. Of a row, the matrix holds nothing else
  const isFeature = new Set(specs.map((spec) => spec.name))
  const columns = [...features.columns.filter((each) => isFeature.has(each.name)), ...others]
  const column = columns.find((each) => each.name === name)
  // As features, days are numbers of days, true and false 1 and 0: no amounts
  const given = others.find((each) => each.name === name)?.kind
  const isDay = given === 'day' || (column?.kind === 'number' && column.daysUntil !== undefined)
  const kind = isDay ? 'day' : given === 'boolean' ? given : column?.kind
  if (kind === 'number' && column?.kind === 'number')
    return (row) => (isMissing(column.missing, row) ? null : column.values[row]!)
  // A column without any value has no kind of its own
  if (column !== undefined && columnIsEmpty(column)) return () => null
  const names = [...new Set(columns.map((each) => each.name))]
  const problem: Problem =
    column === undefined
      ? {
          code: 'column-missing',
          parameter: 'value.column',
          rule: `to be one of ${names.join(', ')}`,
          received: name,
          ...nearName(name, names),
        }
      : {
          code: 'column-type',
          parameter: `column ${name}`,
          rule: 'to hold number values, because it is what customers are worth',
          received: kind,
        }
  refuse(operation, [problem])
  return () => null
}

/** Returns a cell of a row as a column; none if the row has no such cell. */
export function cellColumns(row: Readonly<Record<string, unknown>>, name: string | undefined): Column[] {
  if (name === undefined || !Object.hasOwn(row, name)) return []
  const cell = row[name]
  if (cell === null || cell === undefined || cell === '') return [numberColumn(name, [null])]
  if (typeof cell === 'boolean')
    return [{ kind: 'boolean', name, values: Uint8Array.of(Number(cell)), missing: null }]
  return [typeof cell === 'number' ? numberColumn(name, [cell]) : textColumn(name, [String(cell)])]
}

function columnIsEmpty(column: Column | FeatureColumn): boolean {
  const rows = column.kind === 'text' ? column.codes.length : column.values.length
  return rows > 0 && column.missing?.count() === rows
}

/** Returns what is expected to be lost with one customer. */
export function valueAtRisk(probability: number, value: number | null, unit: string): ValueAtRisk {
  return { expected: value === null ? null : probability * value, value, unit }
}

/** Returns the columns `value`, `valueAtRisk` and `valueUnit` of many customers. */
export function valueColumns(
  probability: Float64Array,
  worthOf: (row: number) => number | null,
  unit: string,
): Column[] {
  const values = Array.from(probability, (_, row) => worthOf(row))
  return [
    numberColumn('value', values),
    numberColumn(
      'valueAtRisk',
      Array.from(probability, (own, row) => valueAtRisk(own, values[row]!, unit).expected),
    ),
    textColumn(
      'valueUnit',
      values.map(() => unit),
    ),
  ]
}
