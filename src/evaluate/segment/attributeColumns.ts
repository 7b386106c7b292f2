import { closestWord, type Problem } from '../../base/errors.js'
import { type FeatureMatrix, numberColumn, textColumn } from '../../base/matrix.js'
import type { AttributeColumn, TruthColumn } from './attributeLevels.js'

/** Attributes that a message names. */
const namesShown = 10

/** Values of one attribute, one per customer; null and undefined are missing. */
export type AttributeValues =
  | AttributeColumn
  | ArrayLike<number | null | undefined>
  | ArrayLike<string | null | undefined>
  | ArrayLike<boolean | null | undefined>

/** What customers are told apart by: a matrix of columns, or values by name. */
export type Attributes = FeatureMatrix | Readonly<Record<string, AttributeValues>>

/** Returns the columns that are asked for, or what is wrong with them. */
export function attributeColumns(
  attributes: Attributes,
  by: string | readonly string[] | undefined,
  rows: number,
): { readonly columns: readonly AttributeColumn[] } | { readonly problems: readonly Problem[] } {
  const known = isMatrix(attributes) ? attributes.columns.map(({ name }) => name) : Object.keys(attributes)
  const wanted = by === undefined ? known : [...new Set(typeof by === 'string' ? [by] : by)]
  if (wanted.length === 0 || wanted.length > 2) return { problems: [tooMany(known)] }
  const unknown = wanted.filter((name) => !known.includes(name))
  if (unknown.length > 0) return { problems: unknown.map((name) => unknownAttribute(name, known)) }
  const twice = wanted.filter((name) => known.indexOf(name) !== known.lastIndexOf(name))
  if (twice.length > 0) return { problems: twice.map(occursTwice) }
  const found = wanted.map((name) => columnOf(attributes, name))
  const problems = found.flatMap((column) => ('code' in column ? [column] : lengthProblems(column, rows)))
  return problems.length > 0 ? { problems } : { columns: found as AttributeColumn[] }
}

function isMatrix(attributes: Attributes): attributes is FeatureMatrix {
  return (
    Array.isArray((attributes as FeatureMatrix).columns) &&
    typeof attributes['rowCount' as never] === 'number'
  )
}

function columnOf(attributes: Attributes, name: string): AttributeColumn | Problem {
  if (isMatrix(attributes)) return attributes.columns.find((column) => column.name === name)!
  const values = attributes[name]!
  if ('kind' in values) return { ...values, name }
  const known = Array.prototype.filter.call(values, (value: unknown) => value != null)
  const kinds = [...new Set(known.map((value) => typeof value))]
  const problem: Problem = {
    code: 'column-type',
    parameter: `attributes.${name}`,
    rule: 'to hold finite numbers, texts or booleans, of one kind; null for missing',
    received: known.length === 0 ? 'no value' : kinds.join(' and '),
  }
  if (kinds.length !== 1) return problem
  if (kinds[0] === 'string') return textColumn(name, values as ArrayLike<string | null>)
  if (kinds[0] === 'boolean')
    return textColumn(
      name,
      Array.from(values as ArrayLike<boolean | null>, (value) => (value == null ? null : String(value))),
    )
  if (kinds[0] !== 'number') return problem
  const wrong = known.find((value) => !Number.isFinite(value))
  return wrong === undefined
    ? numberColumn(name, values as ArrayLike<number | null>)
    : { ...problem, received: wrong }
}

function lengthProblems(column: AttributeColumn, rows: number): Problem[] {
  const { length } =
    'codes' in column
      ? column.codes
      : (column as Exclude<AttributeColumn, { kind: 'text' }> | TruthColumn).values
  if (length === rows) return []
  const rule = `to have one value per probability (${rows})`
  return [{ code: 'length-differs', parameter: `attributes.${column.name}`, rule, received: length }]
}

function occursTwice(name: string): Problem {
  return {
    code: 'column-duplicate',
    parameter: `attribute ${name}`,
    rule: 'to occur once',
    wayOut: 'Rename one of them.',
  }
}

function tooMany(known: readonly string[]): Problem {
  return {
    code: 'option-invalid',
    parameter: 'by',
    rule: 'to name one or two of the attributes',
    received: known.length,
    wayOut: known.length === 0 ? 'Give at least one.' : `There are ${inShort(known)}.`,
  }
}

function unknownAttribute(name: string, known: readonly string[]): Problem {
  const close = closestWord(name, known)
  return {
    code: 'column-missing',
    parameter: 'by',
    rule: `to be among the attributes ${inShort(known)}`,
    received: name,
    ...(close === undefined ? {} : { wayOut: `Did you mean ${close}?` }),
  }
}

function inShort(names: readonly string[]): string {
  const hidden = names.length - namesShown
  const shown = names.slice(0, namesShown).join(', ')
  return hidden > 0 ? `${shown} and ${hidden} more` : shown
}
