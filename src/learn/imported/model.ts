import { Bitmap, isMissing } from '../../base/bitmap.js'
import { categoryOf } from '../../base/category.js'
import { type Problem, refuse } from '../../base/errors.js'
import type { FeatureMatrix, FeatureSpec, NumberColumn, NumberValues } from '../../base/matrix.js'
import * as z from '../../base/schema.js'
import type { AlignedColumn, AlignedTextColumn, FeatureAligner } from '../align.js'
import type { ChurnModel } from '../contract.js'
import type { NestingModel } from '../nesting.js'
import { checkState, logOdds, refuseModel } from '../restore.js'
import type { TreeEnsemble } from '../tree/ensemble.js'
import { ensembleOfState, ensembleProblems, ensembleState, stateOfEnsemble } from '../tree/state.js'
import { SumOfTrees } from '../tree/treeModel.js'
import { lightgbmZero } from './singlePrecision.js'
import type { ImportedLibrary } from './sourceModel.js'

/** Whole numbers as programs write them; a column of codes with gaps is often written 0.0, 1.0, … */
const codePattern = /^[+-]?\d+(\.0*)?$/

/** How a feature is read where that differs from a model of holdfast; places in the list of features. */
export interface ImportedReading {
  /** Numbers: zero is read as missing. */
  readonly zeroIsMissing: readonly number[]
  /** Texts: they are whole numbers, of which unknown ones are a category of their own. */
  readonly codes: readonly number[]
}

/**
 * A churn-risk model of trees that another library trained; see `importLightgbm` and `importXgboost`.
 *
 * `features` are those that a tree asks. Contributions are exact Shapley values of the trees (path-dependent TreeSHAP),
 * as the library itself gives them.
 */
export class ImportedModel extends SumOfTrees {
  constructor(
    /** The library that trained it. */
    readonly learner: ImportedLibrary,
    features: readonly FeatureSpec[],
    baseRate: number,
    /** Margin before the first tree, in log odds. */
    readonly baseMargin: number,
    ensemble: TreeEnsemble,
    readonly reading: ImportedReading,
  ) {
    super(features, baseRate, ensemble, {
      name: 'ImportedModel',
      scale: 'log-odds',
      base: baseMargin,
      asked: askedSpecs(features, reading),
      read: (aligner, ...given) => readAligned(aligner, reading, ...given),
    })
  }

  state(): unknown {
    const { zeroIsMissing, codes } = this.reading
    return { baseMargin: this.baseMargin, trees: stateOfEnsemble(this.ensemble), zeroIsMissing, codes }
  }
}

/** Returns the aligned columns with zeros as missing and texts as codes, where the library read them so. */
function readAligned(
  aligner: FeatureAligner,
  { zeroIsMissing, codes }: ImportedReading,
  operation: string,
  features: FeatureMatrix,
): AlignedColumn[] {
  const names = codes.map((feature) => aligner.specs[feature]!.name)
  refuse(
    operation,
    names.flatMap((name) => codeProblems(features, name)),
  )
  const columns = aligner.align(operation, withCodes(features, names))
  for (const feature of zeroIsMissing) {
    columns[feature] = withZeroMissing(columns[feature] as NumberColumn<NumberValues>)
  }
  for (const feature of codes) {
    const column = columns[feature] as AlignedTextColumn
    columns[feature] = { ...column, unseen: column.unseen + 1 }
  }
  return columns
}

/**
 * Returns the names of the features that a model, or one inside of it, reads as codes of categories: `codeText` says which
 * texts of them are the same.
 */
export function codeFeatures(model: ChurnModel): string[] {
  if (model instanceof ImportedModel) {
    return model.reading.codes.map((feature) => model.features[feature]!.name)
  }
  return ((model as Partial<NestingModel>).innerModels ?? []).flatMap(codeFeatures)
}

/** Returns a code of a category as models list it, of a text that may be written otherwise: 0.0 and +0 are 0. */
export function codeText(text: string): string {
  const category = categoryOf(text)
  return category !== null && codePattern.test(category) ? String(Number(category) + 0) : text
}

function withCodes(features: FeatureMatrix, names: readonly string[]): FeatureMatrix {
  const columns = features.columns.map((column) =>
    column.kind === 'text' && names.includes(column.name)
      ? { ...column, dictionary: column.dictionary.map(codeText) }
      : column,
  )
  return { ...features, columns }
}

/** Texts in the place of codes would all be unknown codes: a wrong answer without a word. */
function codeProblems(features: FeatureMatrix, name: string): Problem[] {
  const column = features.columns.find((candidate) => candidate.name === name)
  if (column?.kind !== 'text') return []
  const isWrong = column.dictionary.map((text) => !codePattern.test(categoryOf(text) ?? '0'))
  if (!isWrong.includes(true)) return []
  const wrong = column.codes.findIndex(
    (code, row) => isWrong[code] === true && !isMissing(column.missing, row),
  )
  if (wrong < 0) return []
  return [
    {
      code: 'value-unknown',
      parameter: `column ${name}`,
      rule: 'to hold codes of categories (0, 1, 2, …), as the imported model was trained on',
      received: column.dictionary[column.codes[wrong]!],
      place: { row: wrong + 1, column: name },
      wayOut:
        'If the codes stood for texts, import the model again and give the texts in the option categories.',
    },
  ]
}

/** The features as the trees ask them: those read as codes have one category more, that of all unknown codes. */
function askedSpecs(features: readonly FeatureSpec[], { codes }: ImportedReading): FeatureSpec[] {
  return features.map((spec, feature) =>
    spec.kind === 'text' && codes.includes(feature)
      ? { ...spec, categories: [...spec.categories, 'unknown code'] }
      : spec,
  )
}

function withZeroMissing(column: NumberColumn<NumberValues>): NumberColumn<NumberValues> {
  const { values } = column
  const missing = Bitmap.where(
    values.length,
    (row) => isMissing(column.missing, row) || Math.abs(values[row]!) <= lightgbmZero,
  )
  return { ...column, missing }
}

const places = z.array(z.int().min(0))
const importedState = z.strictObject({
  baseMargin: logOdds,
  trees: ensembleState,
  zeroIsMissing: places,
  codes: places,
})

/** Returns a way to read back the models of a library. */
export function restoreImported(
  library: ImportedLibrary,
): (features: readonly FeatureSpec[], baseRate: number, state: unknown) => ImportedModel {
  return (features, baseRate, state) => {
    const { baseMargin, trees, ...reading } = checkState('restoreImported', importedState, state)
    refuseModel('restoreImported', [
      ...ensembleProblems(trees, askedSpecs(features, reading)),
      ...readingProblems(reading.zeroIsMissing, 'zeroIsMissing', features, 'number'),
      ...readingProblems(reading.codes, 'codes', features, 'text'),
    ])
    return new ImportedModel(library, features, baseRate, baseMargin, ensembleOfState(trees), reading)
  }
}

function readingProblems(
  named: readonly number[],
  parameter: string,
  features: readonly FeatureSpec[],
  kind: FeatureSpec['kind'],
): Problem[] {
  const received = named.find((feature) => features[feature]?.kind !== kind)
  if (received === undefined && new Set(named).size === named.length) return []
  return [{ code: 'model-invalid', parameter, rule: `to name ${kind} features once each`, received }]
}
