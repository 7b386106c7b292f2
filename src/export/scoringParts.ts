import { categoryOf } from '../base/category.js'
import { HoldfastError, type Problem, refuse } from '../base/errors.js'
import type { FeatureSpec } from '../base/matrix.js'
import { logit } from '../base/statistics.js'
import type { BlendModel } from '../learn/blend/model.js'
import type { BoostingModel } from '../learn/boosting/model.js'
import type { Calibrator } from '../learn/calibrate/calibrator.js'
import type { CalibratedModel } from '../learn/calibrate/model.js'
import type { ChurnModel } from '../learn/contract.js'
import type { ForestModel } from '../learn/forest/model.js'
import type { ImportedModel } from '../learn/imported/model.js'
import type { FeatureEffects, LogisticModel } from '../learn/logistic/model.js'
import type { TreeEnsemble } from '../learn/tree/ensemble.js'
import type { RiskBand } from '../score/bands.js'
import type { Scorer } from '../score/scorer.js'

/** How one model reads a feature. */
export type Reading =
  | {
      readonly kind: 'number'
      readonly feature: string
      /** Numbers as near to zero as LightGBM takes for zero are missing. */
      readonly zeroIsMissing: boolean
    }
  | {
      readonly kind: 'text'
      readonly feature: string
      /** Texts are whole numbers, however written. */
      readonly areCodes: boolean
      /** Category of a text as it stands, looked up first. Only texts that the rule for categories would change. */
      readonly exact: ReadonlyMap<string, number>
      /** Category of a text after the rule for categories; of codes, of the number as a text. */
      readonly categories: ReadonlyMap<string, number>
      /** What a text that is none of them is read as; null = missing. */
      readonly unseen: number | null
    }

/** A model as what has to be computed, without any class of the library. */
export type ScoringPart =
  | { readonly kind: 'constant'; readonly margin: number }
  | {
      readonly kind: 'trees'
      /** What `base` and the leaves add up to. */
      readonly scale: 'log-odds' | 'probability'
      readonly base: number
      readonly ensemble: TreeEnsemble
      /** By feature of the ensemble. */
      readonly readings: readonly Reading[]
    }
  | {
      readonly kind: 'logistic'
      readonly intercept: number
      readonly effects: readonly FeatureEffects[]
      /** By effect. */
      readonly readings: readonly Reading[]
    }
  | { readonly kind: 'calibrated'; readonly calibrator: Calibrator; readonly inner: ScoringPart }
  | {
      readonly kind: 'blend'
      readonly intercept: number
      /** Added in this order, each margin times its factor. */
      readonly members: readonly { readonly factor: number; readonly inner: ScoringPart }[]
    }

/** A feature that an exported scorer reads. */
export interface ExportedFeature {
  readonly name: string
  /** `code`: a category of an imported model that is known by its whole number only. */
  readonly kind: 'number' | 'text' | 'code'
}

/** All that an exported scorer needs. */
export interface ScoringPlan {
  readonly learner: string
  readonly features: readonly ExportedFeature[]
  /** Columns of days, which the model reads as the days until the forecast. */
  readonly days: ReadonlySet<string>
  readonly root: ScoringPart
  /** From the highest down; the last is from 0. */
  readonly bands: readonly RiskBand[]
}

/**
 * Returns what a scorer computes, as data.
 *
 * @throws {HoldfastError} `value-unknown` for a model that none of holdfast's learners and readers made
 */
export function scoringPlanOf(operation: string, { model, about }: Scorer): ScoringPlan {
  const root = partOf(operation, model)
  const codes = new Set(readingsOf(root).flatMap((reading) => (isCodes(reading) ? [reading.feature] : [])))
  return {
    learner: model.learner,
    features: model.features.map(({ name, kind }) => ({ name, kind: codes.has(name) ? 'code' : kind })),
    days: new Set(model.features.map(({ name }) => name).filter((name) => about.flat?.days.includes(name))),
    root,
    bands: about.bands,
  }
}

/** Returns how the models of a part read their features. */
export function readingsOf(part: ScoringPart): readonly Reading[] {
  switch (part.kind) {
    case 'constant':
      return []
    case 'trees':
    case 'logistic':
      return part.readings
    case 'calibrated':
      return readingsOf(part.inner)
    case 'blend':
      return part.members.flatMap(({ inner }) => readingsOf(inner))
  }
}

function isCodes(reading: Reading): boolean {
  return reading.kind === 'text' && reading.areCodes
}

// By the name of the learner and not by class: an entry that is bundled on its own has classes of its own
function partOf(operation: string, model: ChurnModel): ScoringPart {
  switch (model.learner) {
    case 'prior':
      return { kind: 'constant', margin: logit(model.baseRate) }
    case 'boosting': {
      const { baseMargin, ensemble } = model as BoostingModel
      return treesOf(model.features, 'log-odds', baseMargin, ensemble)
    }
    case 'forest':
      return treesOf(model.features, 'probability', 0, (model as ForestModel).ensemble)
    case 'lightgbm':
    case 'xgboost':
      return importedPart(model as ImportedModel)
    case 'logistic': {
      const { intercept, effects } = model as LogisticModel
      const readings = effects.map((effect) => readingOf(effect, 'own'))
      return { kind: 'logistic', intercept, effects, readings }
    }
    case 'calibrated': {
      const { calibrator, model: inner } = model as CalibratedModel
      return { kind: 'calibrated', calibrator, inner: partOf(operation, inner) }
    }
    case 'blend': {
      const { line, members } = model as BlendModel
      const factors = members.map(({ model: inner, weight }) => ({
        factor: line.slope * weight,
        inner: partOf(operation, inner),
      }))
      return { kind: 'blend', intercept: line.intercept, members: factors }
    }
    default:
      throw new HoldfastError(operation, [unknownModel(model.learner)])
  }
}

function unknownModel(received: string): Problem {
  return {
    code: 'value-unknown',
    parameter: 'the model',
    rule: 'to be one of holdfast: boosting, forest, logistic, prior, calibrated, blend, or imported from LightGBM or XGBoost',
    received,
    wayOut:
      'A learner of your own is exported by your own code; the models inside of it can be exported one by one.',
  }
}

function treesOf(
  features: readonly FeatureSpec[],
  scale: 'log-odds' | 'probability',
  base: number,
  ensemble: TreeEnsemble,
): ScoringPart {
  return {
    kind: 'trees',
    scale,
    base,
    ensemble,
    readings: features.map((spec) => readingOf(spec, 'missing')),
  }
}

function importedPart({ features, baseMargin, ensemble, reading }: ImportedModel): ScoringPart {
  const readings = features.map((spec, index): Reading => {
    if (spec.kind === 'text' && reading.codes.includes(index)) return codeReading(spec)
    const read = readingOf(spec, 'missing')
    return read.kind === 'number' ? { ...read, zeroIsMissing: reading.zeroIsMissing.includes(index) } : read
  })
  return { kind: 'trees', scale: 'log-odds', base: baseMargin, ensemble, readings }
}

/** @param unseen how a text that is no category is read: as missing, or as a category of its own after the last */
function readingOf(spec: FeatureSpec | FeatureEffects, unseen: 'missing' | 'own'): Reading {
  if (spec.kind === 'number') return { kind: 'number', feature: spec.name, zeroIsMissing: false }
  const exact = new Map<string, number>()
  const categories = new Map<string, number>()
  for (const [position, text] of spec.categories.entries()) {
    if (categoryOf(text) === text) categories.set(text, position)
    else if (text !== '') exact.set(text, position)
  }
  for (const [text, position] of exact) {
    const category = categoryOf(text)
    if (category !== null && !categories.has(category)) categories.set(category, position)
  }
  return {
    kind: 'text',
    feature: spec.name,
    areCodes: false,
    exact,
    categories,
    unseen: unseen === 'own' ? spec.categories.length : null,
  }
}

function codeReading(spec: FeatureSpec & { readonly kind: 'text' }): Reading {
  const read = readingOf(spec, 'own')
  return read.kind === 'number' ? read : { ...read, areCodes: true, exact: new Map() }
}

/** Returns how many categories a text can be read as. */
export function categoryCount({ exact, categories, unseen }: Reading & { readonly kind: 'text' }): number {
  return 1 + Math.max(-1, ...exact.values(), ...categories.values(), unseen ?? -1)
}

/**
 * Throws where a model reads columns of days: a number in their place could be days since 1970, a spreadsheet's day, or
 * days until the forecast, and would be scored without a word.
 *
 * @throws {HoldfastError} `column-type`
 */
export function refuseDays(operation: string, { days }: ScoringPlan): void {
  refuse(
    operation,
    [...days].map((name) => ({
      code: 'column-type',
      parameter: `column ${name}`,
      rule: 'to hold numbers or texts: the model reads it as the days until the forecast',
      received: 'day',
      wayOut: 'Export it with toSql and asOf, or train on the number of days as a column of its own.',
    })),
  )
}
