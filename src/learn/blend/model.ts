import { checkArguments } from '../../base/arguments.js'
import { inNameOf, type Problem } from '../../base/errors.js'
import type { FeatureMatrix, FeatureSpec } from '../../base/matrix.js'
import * as z from '../../base/schema.js'
import type { ChurnModel, Contributions } from '../contract.js'
import { probabilityOf } from '../margin.js'
import {
  contentOf,
  modelContentSchema,
  type Restore,
  type Restorers,
  restoreChecked,
} from '../modelContent.js'
import type { NestingModel } from '../nesting.js'
import type { PredictOptions } from '../predictOptions.js'
import { contributionsInScale } from '../rescaledContributions.js'
import { checkState, logOdds, refuseModel } from '../restore.js'

/** Models of a blend at most. */
export const mostMembers = 64
/** A steeper line than this is no reading of a mean. */
export const mostSlope = 1e6

/** A model of a blend, and its share of the mean. */
export interface BlendMember {
  readonly model: ChurnModel
  /** In (0, 1]; those of a blend add up to 1. */
  readonly weight: number
}

/** How the mean of a blend is read: `intercept + slope · mean`. */
export interface BlendLine {
  /** Log odds. */
  readonly intercept: number
  /** Above 0. */
  readonly slope: number
}

/**
 * Several churn-risk models as one; see `blendModels`.
 *
 * `features` are those of all members, in the order of their names. A text feature has the categories that any member
 * knows. Contributions are those of the members, weighted, in log odds; a member whose own add up to its probability
 * has them rescaled.
 */
export class BlendModel implements NestingModel {
  readonly learner = 'blend'
  readonly features: readonly FeatureSpec[]
  readonly innerModels: readonly ChurnModel[]
  readonly #places: readonly (readonly number[])[]

  constructor(
    readonly members: readonly BlendMember[],
    readonly line: BlendLine,
    readonly baseRate: number,
  ) {
    this.features = featuresOfAll(members)
    this.innerModels = members.map(({ model }) => model)
    const place = new Map(this.features.map(({ name }, index) => [name, index]))
    this.#places = members.map(({ model }) => model.features.map(({ name }) => place.get(name)!))
  }

  /** What the trainings of the members noticed, each note once. */
  get notes(): readonly string[] {
    return [...new Set(this.innerModels.flatMap(({ notes }) => notes ?? []))]
  }

  probability(features: FeatureMatrix, options?: PredictOptions): Float64Array {
    return probabilityOf(this.#margin('BlendModel.probability', features, options))
  }

  margin(features: FeatureMatrix, options?: PredictOptions): Float64Array {
    return this.#margin('BlendModel.margin', features, options)
  }

  #margin(operation: string, features: FeatureMatrix, options?: PredictOptions): Float64Array {
    checkArguments(operation, ['features', features, 'matrix'])
    const { intercept, slope } = this.line
    const sums = new Float64Array(features.rowCount).fill(intercept)
    for (const { model, weight } of this.members) {
      const margin = inNameOf(operation, () => model.margin(features, options))
      addScaled(sums, margin, slope * weight)
    }
    return sums
  }

  contributions(features: FeatureMatrix): Contributions {
    checkArguments('BlendModel.contributions', ['features', features, 'matrix'])
    const { intercept, slope } = this.line
    const values = this.features.map(() => new Float64Array(features.rowCount))
    let base = intercept
    for (const [index, { model, weight }] of this.members.entries()) {
      const inOwnScale = inNameOf('BlendModel.contributions', () => model.contributions(features))
      const own = contributionsInScale(inOwnScale, 'log-odds')
      base += slope * weight * own.base
      for (const [feature, added] of own.values.entries()) {
        addScaled(values[this.#places[index]![feature]!]!, added, slope * weight)
      }
    }
    return { scale: 'log-odds', base, values }
  }

  state(): unknown {
    const members = this.members.map(({ model, weight }) => ({ weight, model: contentOf(model) }))
    return { ...this.line, members }
  }
}

function addScaled(sums: Float64Array, values: Float64Array, factor: number): void {
  for (let row = 0; row < sums.length; row++) sums[row]! += factor * values[row]!
}

function featuresOfAll(members: readonly BlendMember[]): FeatureSpec[] {
  const byName = new Map<string, FeatureSpec>()
  for (const { model } of members) {
    for (const spec of model.features) {
      const known = byName.get(spec.name)
      byName.set(spec.name, known === undefined ? spec : bothSpecs(known, spec))
    }
  }
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

function bothSpecs(known: FeatureSpec, other: FeatureSpec): FeatureSpec {
  if (known.kind === 'number' || other.kind === 'number') return known
  const categories = [...new Set([...known.categories, ...other.categories])]
  return { ...known, categories }
}

/** Returns what is wrong with models that are to be blended: features of different kinds. */
export function memberProblems(members: readonly { readonly model: ChurnModel }[]): Problem[] {
  const kinds = new Map<string, FeatureSpec['kind']>()
  const problems: Problem[] = []
  for (const { model } of members) {
    for (const { name, kind } of model.features) {
      const known = kinds.get(name) ?? kind
      kinds.set(name, known)
      if (known === kind) continue
      problems.push({
        code: 'column-type',
        parameter: `feature ${name}`,
        rule: `to be of kind ${known} in all models, as in the first`,
        received: kind,
      })
    }
  }
  return problems
}

/** Returns how to read back a blend of models that these restorers read. */
export function restoreBlend(restorers: Restorers): Restore {
  const blendState = z.strictObject({
    intercept: logOdds,
    slope: z.number().gt(0).max(mostSlope),
    members: z
      .array(z.strictObject({ weight: z.number().gt(0).max(1), model: modelContentSchema(restorers) }))
      .min(1)
      .max(mostMembers),
  })
  return (features, baseRate, state) => {
    const { members: given, ...line } = checkState('restoreBlend', blendState, state)
    const members = given.map(({ weight, model }) => ({
      weight,
      model: restoreChecked('restoreBlend', restorers, model),
    }))
    const blend = new BlendModel(members, line, baseRate)
    refuseModel('restoreBlend', [
      ...memberProblems(members).map((problem) => ({ ...problem, code: 'model-invalid' as const })),
      ...weightProblems(members),
      ...(JSON.stringify(features) === JSON.stringify(blend.features) ? [] : [otherFeatures]),
    ])
    return blend
  }
}

const otherFeatures: Problem = {
  code: 'model-invalid',
  parameter: 'features',
  rule: 'to be those of the models it is made of',
}

/** The last digits of a sum of rounded shares. */
const roundedSum = 1e-9

function weightProblems(members: readonly BlendMember[]): Problem[] {
  const sum = members.reduce((total, { weight }) => total + weight, 0)
  if (Math.abs(sum - 1) <= roundedSum) return []
  return [{ code: 'model-invalid', parameter: 'weights', rule: 'to add up to 1', received: sum }]
}
