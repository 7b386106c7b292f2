import { checkArguments } from '../base/arguments.js'
import { Bitmap, isMissing } from '../base/bitmap.js'
import { categoryOf } from '../base/category.js'
import { closestWord, type Problem, refuse } from '../base/errors.js'
import type {
  FeatureColumn,
  FeatureMatrix,
  FeatureSpec,
  NumberColumn,
  NumberValues,
  TextColumn,
} from '../base/matrix.js'
import { duplicateProblems, featureColumnProblems } from './check.js'

/** A text column read with the categories of a model. */
export interface AlignedTextColumn {
  readonly kind: 'text'
  /** Shape (rows): the column's own codes. */
  readonly codes: Int32Array
  readonly missing: Bitmap | null
  /** From the column's code to the model's category; `unseen` where the model has no such category. */
  readonly categoryOf: Int32Array
  /** The number of the model's categories. */
  readonly unseen: number
}

/** A column of the input, in the place that the model wants it. */
export type AlignedColumn = NumberColumn<NumberValues> | AlignedTextColumn

/** Matches input matrices to the features of one model, by name and by text; built once per model. */
export class FeatureAligner {
  readonly #indexes: readonly ReadonlyMap<string, number>[]

  constructor(readonly specs: readonly FeatureSpec[]) {
    this.#indexes = specs.map((spec) => (spec.kind === 'text' ? categoryIndex(spec.categories) : new Map()))
  }

  /**
   * Returns the columns in the order of the model's features. Columns that the model does not need are ignored.
   *
   * @throws {HoldfastError} `column-duplicate`, `feature-missing`, `column-type`, `length-differs`, `value-not-finite`: all at
   *   once
   */
  align(operation: string, matrix: FeatureMatrix): AlignedColumn[] {
    checkArguments(operation, ['features', matrix, 'matrix'])
    const byName = new Map(matrix.columns.map((column) => [column.name, column]))
    const twice = byName.size < matrix.columns.length ? duplicateProblems(matrix.columns) : []
    refuse(operation, [
      ...twice,
      ...this.specs.flatMap((spec) => specProblems(spec, byName, matrix.rowCount)),
    ])
    return this.specs.map((spec, feature) => this.#aligned(spec, byName.get(spec.name)!, feature))
  }

  #aligned(spec: FeatureSpec, column: FeatureColumn, feature: number): AlignedColumn {
    if (column.kind === 'number') return column
    const unseen = spec.kind === 'text' ? spec.categories.length : 0
    const index = this.#indexes[feature]!
    const blanks = new Set<number>()
    const categories = new Int32Array(column.dictionary.length)
    for (let code = 0; code < categories.length; code++) {
      const text = column.dictionary[code]!
      const category = index.has(text) ? text : categoryOf(text)
      if (category === null) blanks.add(code)
      categories[code] = (category === null ? undefined : index.get(category)) ?? unseen
    }
    const missing = blanks.size === 0 ? column.missing : withBlanks(column, blanks)
    return { kind: 'text', codes: column.codes, missing, categoryOf: categories, unseen }
  }
}

// Models of other programs and of earlier versions may know texts that are no categories by our rule: those come first.
function categoryIndex(texts: readonly string[]): Map<string, number> {
  const index = new Map(texts.map((text, position) => [text, position]))
  for (const [position, text] of texts.entries()) {
    const category = categoryOf(text)
    if (category !== null && !index.has(category)) index.set(category, position)
  }
  return index
}

function withBlanks(column: TextColumn, blanks: ReadonlySet<number>): Bitmap | null {
  const { codes, missing } = column
  return Bitmap.where(codes.length, (row) => isMissing(missing, row) || blanks.has(codes[row]!))
}

function specProblems(
  spec: FeatureSpec,
  byName: ReadonlyMap<string, FeatureColumn>,
  rowCount: number,
): Problem[] {
  const column = byName.get(spec.name)
  if (column === undefined) return [featureMissing(spec.name, [...byName.keys()])]
  if (column.kind !== spec.kind) {
    return [
      {
        code: 'column-type',
        parameter: `column ${spec.name}`,
        rule: `to hold ${spec.kind === 'number' ? 'numbers' : 'texts'}, as in training`,
        received: column.kind,
      },
    ]
  }
  return featureColumnProblems(column, rowCount)
}

function featureMissing(name: string, names: readonly string[]): Problem {
  const close = closestWord(name, names)
  return {
    code: 'feature-missing',
    parameter: `feature ${name}`,
    rule: 'to be a column of the input: the model was trained with it',
    wayOut:
      close === undefined
        ? 'Add the column; where its values are not known, mark them as missing.'
        : `Did you mean column ${close}?`,
  }
}
