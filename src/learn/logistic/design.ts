import { isMissing } from '../../base/bitmap.js'
import type { FeatureMatrix, NumberColumn, NumberValues, TextColumn } from '../../base/matrix.js'
import { categoryWeights } from '../categoryWeights.js'
import { type ColumnShape, type Moments, momentsOf, standardScore } from './moments.js'

/** Where the parts of one feature lie among the coefficients. */
export type FeatureDesign =
  | {
      readonly kind: 'number'
      readonly name: string
      readonly moments: Moments
      /** Column of the standard score. */
      readonly column: number
      /** Column that is 1 where the value is missing; null where training had none missing. */
      readonly missing: number | null
    }
  | {
      readonly kind: 'text'
      readonly name: string
      /** Categories with a column of their own, in the order of their texts. */
      readonly categories: readonly string[]
      /** Column of the first category; the others follow. */
      readonly first: number
      /** Column that the rare categories share; null where there are none. */
      readonly rare: number | null
      readonly missing: number | null
    }

/**
 * Training rows as the solver reads them: scores in full, columns of 0 and 1 by the places of their ones.
 * Columns are numbered: scores, then indicators, then the intercept; `columnCount` stands for "no column".
 */
export interface Design {
  readonly features: readonly FeatureDesign[]
  readonly rowCount: number
  /** Number of scores a row. */
  readonly scoreCount: number
  /** Number of columns, the intercept being the last. */
  readonly columnCount: number
  /** Scores a row, filled up with zeros to a multiple of 4. */
  readonly width: number
  /** Shape (rows × width). */
  readonly scores: Float64Array
  /** Number of indicator slots a row. */
  readonly slotCount: number
  /** Shape (rows × slotCount): the column that is 1, or `columnCount`. */
  readonly ones: Int32Array
}

/** How features become columns. */
export interface DesignOptions {
  readonly minCategoryRows: number
  /** By feature: what is known of a number column; null of a text. */
  readonly shapes: readonly (ColumnShape | null)[]
  /** By feature: a number that can be a logarithm enters as one. */
  readonly asLog: readonly boolean[]
}

/** Returns numbers as standard scores, missing numbers as the mean plus an indicator, categories one-hot. */
export function designOf(matrix: FeatureMatrix, weight: Float64Array | null, options: DesignOptions): Design {
  const features = featureDesigns(matrix, weight, options)
  const scoreCount = features.filter((feature) => feature.kind === 'number').length
  const columnCount = lastColumn(features, scoreCount) + 2
  const width = Math.ceil(scoreCount / 4) * 4
  const slots = features.filter((feature) => feature.kind === 'text' || feature.missing !== null)
  const design: Design = {
    features,
    rowCount: matrix.rowCount,
    scoreCount,
    columnCount,
    width,
    scores: new Float64Array(matrix.rowCount * width),
    slotCount: slots.length,
    ones: new Int32Array(matrix.rowCount * slots.length).fill(columnCount),
  }
  for (let first = 0; first < matrix.rowCount; first += blockRows) {
    const end = Math.min(first + blockRows, matrix.rowCount)
    features.forEach((feature, index) => {
      if (feature.kind === 'text') return
      const column = matrix.columns[index]! as NumberColumn<NumberValues>
      fillNumber(design, feature, column, slots.indexOf(feature), first, end)
    })
  }
  features.forEach((feature, index) => {
    if (feature.kind === 'number') return
    fillText(design, feature, matrix.columns[index]! as TextColumn, slots.indexOf(feature))
  })
  return design
}

// Scores lie row after row and come column after column: of so many rows they stay in the cache meanwhile.
const blockRows = 256

function featureDesigns(
  matrix: FeatureMatrix,
  weight: Float64Array | null,
  { minCategoryRows, shapes, asLog }: DesignOptions,
): FeatureDesign[] {
  let nextScore = 0
  let nextIndicator = matrix.columns.filter((column) => column.kind === 'number').length
  return matrix.columns.map((column, index) => {
    const missing = (): number | null => (column.missing === null ? null : nextIndicator++)
    if (column.kind === 'number') {
      const moments = momentsOf(shapes[index]!, asLog[index]!)
      return { kind: 'number', name: column.name, moments, column: nextScore++, missing: missing() }
    }
    const weights = [...categoryWeights(column, weight)]
    const categories = weights.filter(([, total]) => total >= minCategoryRows).map(([text]) => text)
    const first = nextIndicator
    nextIndicator += categories.length
    const rare = categories.length < weights.length ? nextIndicator++ : null
    return {
      kind: 'text',
      name: column.name,
      categories: categories.sort(),
      first,
      rare,
      missing: missing(),
    }
  })
}

function lastColumn(features: readonly FeatureDesign[], scoreCount: number): number {
  const lasts = features.map((feature) =>
    Math.max(
      feature.missing ?? -1,
      feature.kind === 'text'
        ? Math.max(feature.rare ?? -1, feature.first + feature.categories.length - 1)
        : -1,
    ),
  )
  return Math.max(scoreCount - 1, ...lasts)
}

function fillNumber(
  design: Design,
  feature: FeatureDesign & { kind: 'number' },
  column: NumberColumn<NumberValues>,
  slot: number,
  first: number,
  end: number,
): void {
  for (let row = first; row < end; row++) {
    if (isMissing(column.missing, row)) design.ones[row * design.slotCount + slot] = feature.missing!
    else {
      const score = standardScore(column.values[row]!, feature.moments)
      design.scores[row * design.width + feature.column] = score
    }
  }
}

function fillText(
  design: Design,
  feature: FeatureDesign & { kind: 'text' },
  column: TextColumn,
  slot: number,
): void {
  const index = new Map(feature.categories.map((text, category) => [text, feature.first + category]))
  const columnOf = column.dictionary.map((text) => index.get(text) ?? feature.rare ?? design.columnCount)
  for (let row = 0; row < design.rowCount; row++) {
    const one = isMissing(column.missing, row) ? feature.missing! : columnOf[column.codes[row]!]!
    design.ones[row * design.slotCount + slot] = one
  }
}
