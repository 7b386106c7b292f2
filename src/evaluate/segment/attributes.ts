import { type Bitmap, isMissing } from '../../base/bitmap.js'
import { nearName, type Problem } from '../../base/errors.js'
import {
  type FeatureColumn,
  type FeatureMatrix,
  type NumberColumn,
  type NumberValues,
  numberColumn,
  type TextColumn,
  textColumn,
} from '../../base/matrix.js'

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
  return {
    code: 'column-missing',
    parameter: 'by',
    rule: `to be among the attributes ${inShort(known)}`,
    received: name,
    ...nearName(name, known),
  }
}

function inShort(names: readonly string[]): string {
  const hidden = names.length - namesShown
  const shown = names.slice(0, namesShown).join(', ')
  return hidden > 0 ? `${shown} and ${hidden} more` : shown
}

/** A column of truths, as tables have it. */
export interface TruthColumn {
  readonly kind: 'boolean'
  readonly name: string
  /** Shape (rows), 0 or 1. */
  readonly values: Uint8Array
  readonly missing: Bitmap | null
}

/** What customers can be told apart by. */
export type AttributeColumn = FeatureColumn | TruthColumn

/** One value of an attribute, or one band of its numbers. */
export interface Level {
  /** As it is in a segment's values; null = missing. */
  readonly label: string | null
  /** As it is in a segment's name: `region = north`, `tenure below 6`, `region missing`. */
  readonly name: string
  /** Names of the levels that were put together here. */
  readonly mergedFrom: readonly string[]
}

/** An attribute as levels. */
export interface AttributeLevels {
  readonly attribute: string
  /** Bands from the lowest, texts in the order of the alphabet; missing last. */
  readonly levels: readonly Level[]
  /** True where neighbours are alike: bands of numbers. The level of missing values has none. */
  readonly ordered: boolean
  /** Shape (rows): the level of each row. */
  readonly levelOf: Int32Array
  /** First number of each band but the first; empty for texts. */
  readonly edges: readonly number[]
}

/** How numbers are cut. */
export interface BandRule {
  readonly bands: number
  /** First number of each band but the first; undefined for quantiles. */
  readonly edges: readonly number[] | undefined
}

/** Returns the levels of a column. */
export function attributeLevels(column: AttributeColumn, rule: BandRule): AttributeLevels {
  if (column.kind === 'number') return bandLevels(column, rule)
  return textLevels(column.kind === 'boolean' ? textsOfTruths(column) : column)
}

function textsOfTruths({ name, values, missing }: TruthColumn): TextColumn {
  return { kind: 'text', name, codes: Int32Array.from(values), dictionary: ['false', 'true'], missing }
}

function textLevels({ name, codes, dictionary, missing }: TextColumn): AttributeLevels {
  const used = new Set<number>()
  for (let row = 0; row < codes.length; row++) if (!isMissing(missing, row)) used.add(codes[row]!)
  const texts = [...used].sort((a, b) => (dictionary[a]! < dictionary[b]! ? -1 : 1))
  const place = new Map(texts.map((code, index) => [code, index]))
  return {
    attribute: name,
    levels: withMissing(
      name,
      texts.map((code) => level(dictionary[code]!, `${name} = ${dictionary[code]!}`)),
      missing,
      codes.length,
    ),
    ordered: false,
    levelOf: codes.map((code, row) => (isMissing(missing, row) ? texts.length : place.get(code)!)),
    edges: [],
  }
}

function bandLevels({ name, values, missing }: NumberColumn<NumberValues>, rule: BandRule): AttributeLevels {
  const present = Float64Array.from(values)
    .filter((_, row) => !isMissing(missing, row))
    .sort()
  const distinct = present.filter((value, place) => place === 0 || value !== present[place - 1])
  const isSingleValued = rule.edges === undefined && distinct.length <= rule.bands
  const edges = isSingleValued ? [...distinct.slice(1)] : (rule.edges ?? quantileEdges(present, rule.bands))
  const bands = present.length === 0 ? 0 : edges.length + 1
  const levelOf = Int32Array.from(values, (value, row) =>
    isMissing(missing, row) ? bands : bandOf(value, edges),
  )
  const empty: AttributeLevels = { attribute: name, levels: [], ordered: true, levelOf, edges }
  const bandNames = Array.from({ length: bands }, (_, band) =>
    isSingleValued
      ? level(numberText(distinct[band]!), `${name} = ${numberText(distinct[band]!)}`)
      : rangeLevel(empty, band, band, []),
  )
  return { ...empty, levels: withMissing(name, bandNames, missing, values.length) }
}

/** Returns the level of the bands from `first` to `last`, both in it. */
export function rangeLevel(
  { attribute, edges }: AttributeLevels,
  first: number,
  last: number,
  mergedFrom: readonly string[],
): Level {
  const from = edges[first - 1]
  const until = edges[last]
  const label =
    from === undefined
      ? until === undefined
        ? 'any number'
        : `below ${numberText(until)}`
      : until === undefined
        ? `${numberText(from)} and more`
        : `${numberText(from)} to below ${numberText(until)}`
  return { label, name: `${attribute} ${label}`, mergedFrom }
}

/** Numbers that begin a band: at the quantiles of the sorted values, without the least. */
function quantileEdges(sorted: Float64Array, bands: number): number[] {
  const edges = new Set<number>()
  for (let band = 1; band < bands; band++) {
    const edge = sorted[Math.floor((band * sorted.length) / bands)]
    if (edge !== undefined && edge > sorted[0]!) edges.add(edge)
  }
  return [...edges]
}

function bandOf(value: number, edges: readonly number[]): number {
  let band = 0
  while (band < edges.length && value >= edges[band]!) band++
  return band
}

function withMissing(name: string, levels: Level[], missing: Bitmap | null, rows: number): Level[] {
  for (let row = 0; row < rows; row++) {
    if (isMissing(missing, row)) return [...levels, { label: null, name: `${name} missing`, mergedFrom: [] }]
  }
  return levels
}

function level(label: string, name: string): Level {
  return { label, name, mergedFrom: [] }
}

function numberText(value: number): string {
  return String(Math.abs(value) >= 1e5 ? value : Number(value.toPrecision(6)))
}
