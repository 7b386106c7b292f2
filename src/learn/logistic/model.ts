import { isMissing } from '../../base/bitmap.js'
import type { Problem } from '../../base/errors.js'
import type { FeatureMatrix, FeatureSpec } from '../../base/matrix.js'
import * as z from '../../base/schema.js'
import { type AlignedColumn, type AlignedTextColumn, FeatureAligner } from '../align.js'
import type { ChurnModel, Contributions } from '../contract.js'
import { probabilityOf } from '../margin.js'
import { checkState, logOdds, refuseModel } from '../restore.js'
import { standardScore } from './moments.js'

/** What one column of 0 and 1 does, and how often it was 1 in training. */
export interface Effect {
  /** Log odds. */
  readonly coefficient: number
  /** Weighted share of the training rows, in [0, 1]. */
  readonly share: number
}

/** What one feature does to the log odds. */
export type FeatureEffects =
  | {
      readonly kind: 'number'
      readonly name: string
      /** Unit of the logarithm; null where the number enters as it is. */
      readonly logUnit: number | null
      readonly mean: number
      readonly deviation: number
      /** Log odds per deviation. */
      readonly coefficient: number
      /** Null where training had no missing value: it is then read as the mean. */
      readonly missing: Effect | null
    }
  | {
      readonly kind: 'text'
      readonly name: string
      readonly categories: readonly string[]
      /** One per category. */
      readonly effects: readonly Effect[]
      /** Of rare and unseen categories; null where training had no rare ones: an unseen one then does nothing. */
      readonly rare: Effect | null
      /** Null where training had no missing value: it then does nothing. */
      readonly missing: Effect | null
    }

/**
 * A logistic churn-risk model; see `trainLogistic`. Its `categories` are those with a coefficient of their own: what is
 * not among them is rare.
 *
 * The contribution of a feature is what it adds to the log odds, less the mean of that over the training rows.
 */
export class LogisticModel implements ChurnModel {
  readonly learner = 'logistic'
  readonly features: readonly FeatureSpec[]
  readonly #aligner: FeatureAligner

  constructor(
    readonly baseRate: number,
    /** Log odds where every number is at its mean and no category adds anything. */
    readonly intercept: number,
    readonly effects: readonly FeatureEffects[],
    /** C of scikit-learn, given or chosen; null in a model of an earlier version, which did not keep it. */
    readonly inverseRegularization: number | null = null,
    /** What the training noticed about its rows, in sentences. Not saved: empty in a model read from a file. */
    readonly notes: readonly string[] = [],
  ) {
    this.features = effects.map((feature) =>
      feature.kind === 'number'
        ? { kind: 'number', name: feature.name }
        : { kind: 'text', name: feature.name, categories: feature.categories },
    )
    this.#aligner = new FeatureAligner(this.features)
  }

  probability(features: FeatureMatrix): Float64Array {
    return probabilityOf(this.#margin('LogisticModel.probability', features))
  }

  margin(features: FeatureMatrix): Float64Array {
    return this.#margin('LogisticModel.margin', features)
  }

  contributions(features: FeatureMatrix): Contributions {
    const columns = this.#aligner.align('LogisticModel.contributions', features)
    const means = this.effects.map(meanEffect)
    const values = this.effects.map((feature, index) => {
      const added = new Float64Array(features.rowCount).fill(-means[index]!)
      addEffects(feature, columns[index]!, added)
      return added
    })
    return { scale: 'log-odds', base: means.reduce((sum, mean) => sum + mean, this.intercept), values }
  }

  state(): unknown {
    return {
      intercept: this.intercept,
      ...(this.inverseRegularization === null ? {} : { inverseRegularization: this.inverseRegularization }),
      effects: this.effects.map((feature) =>
        feature.kind === 'number'
          ? {
              kind: feature.kind,
              logUnit: feature.logUnit,
              mean: feature.mean,
              deviation: feature.deviation,
              coefficient: feature.coefficient,
              missing: feature.missing,
            }
          : { kind: feature.kind, effects: feature.effects, rare: feature.rare, missing: feature.missing },
      ),
    }
  }

  #margin(operation: string, features: FeatureMatrix): Float64Array {
    const columns = this.#aligner.align(operation, features)
    const margin = new Float64Array(features.rowCount).fill(this.intercept)
    this.effects.forEach((feature, index) => {
      addEffects(feature, columns[index]!, margin)
    })
    return margin
  }
}

/** Mean of what the feature adds over the training rows; standard scores have mean 0. */
function meanEffect(feature: FeatureEffects): number {
  const effects =
    feature.kind === 'number' ? [feature.missing] : [...feature.effects, feature.rare, feature.missing]
  return effects.reduce((sum, effect) => sum + (effect === null ? 0 : effect.coefficient * effect.share), 0)
}

function addEffects(feature: FeatureEffects, column: AlignedColumn, sums: Float64Array): void {
  const ofMissing = feature.missing?.coefficient ?? 0
  if (feature.kind === 'number' && column.kind === 'number') {
    for (let row = 0; row < sums.length; row++) {
      sums[row]! += isMissing(column.missing, row)
        ? ofMissing
        : feature.coefficient * standardScore(column.values[row]!, feature)
    }
  } else if (feature.kind === 'text' && column.kind === 'text') {
    const coefficients = coefficientsByCode(feature, column)
    for (let row = 0; row < sums.length; row++) {
      sums[row]! += isMissing(column.missing, row) ? ofMissing : coefficients[column.codes[row]!]!
    }
  }
}

function coefficientsByCode(
  feature: FeatureEffects & { kind: 'text' },
  column: AlignedTextColumn,
): Float64Array {
  const ofRare = feature.rare?.coefficient ?? 0
  return Float64Array.from(column.categoryOf, (category) => feature.effects[category]?.coefficient ?? ofRare)
}

const effect = z.strictObject({ coefficient: logOdds, share: z.number().min(0).max(1) })
const logisticState = z.strictObject({
  intercept: logOdds,
  // Not there in files of earlier versions
  inverseRegularization: z.number().gt(0).optional(),
  effects: z.array(
    z.discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('number'),
        logUnit: z.number().gt(0).nullable(),
        mean: z.number(),
        deviation: z.number().gt(0),
        coefficient: logOdds,
        missing: effect.nullable(),
      }),
      z.strictObject({
        kind: z.literal('text'),
        effects: z.array(effect),
        rare: effect.nullable(),
        missing: effect.nullable(),
      }),
    ]),
  ),
})

/**
 * Returns the logistic model that `state` describes.
 *
 * @throws {HoldfastError} `model-invalid` where features and effects do not agree
 */
export function restoreLogistic(
  features: readonly FeatureSpec[],
  baseRate: number,
  state: unknown,
): LogisticModel {
  const { intercept, effects, inverseRegularization } = checkState('restoreLogistic', logisticState, state)
  const problems: Problem[] = []
  if (effects.length !== features.length) problems.push(differs('effects', features.length, effects.length))
  const merged = features.flatMap((spec, index): FeatureEffects[] => {
    const own = effects[index]
    if (own === undefined) return []
    if (spec.kind === 'number' && own.kind === 'number') return [{ ...own, name: spec.name }]
    if (spec.kind === 'text' && own.kind === 'text') {
      if (own.effects.length !== spec.categories.length) {
        problems.push(differs(`effects of ${spec.name}`, spec.categories.length, own.effects.length))
      }
      return [{ ...own, name: spec.name, categories: spec.categories }]
    }
    problems.push({
      code: 'model-invalid',
      parameter: `effects of ${spec.name}`,
      rule: `to be of kind ${spec.kind}`,
    })
    return []
  })
  refuseModel('restoreLogistic', problems)
  return new LogisticModel(baseRate, intercept, merged, inverseRegularization)
}

function differs(parameter: string, length: number, received: number): Problem {
  return { code: 'model-invalid', parameter, rule: `to have ${length} values`, received }
}
