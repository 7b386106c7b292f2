import type { Problem } from '../base/errors.js'
import type { FeatureSpec } from '../base/matrix.js'
import * as z from '../base/schema.js'
import type { ChurnModel } from './contract.js'
import { refuseModel } from './restore.js'

/** Reads a model from what its `state` gave. @throws {HoldfastError} `model-invalid` */
export type Restore = (features: readonly FeatureSpec[], baseRate: number, state: unknown) => ChurnModel

/** How to read models back, by the name of what made them. */
export type Restorers = Readonly<Record<string, Restore>>

/** A model as plain JSON data: a model file holds one, and models that are made of others hold several. */
export interface ModelContent {
  readonly learner: string
  readonly baseRate: number
  readonly features: readonly FeatureSpec[]
  readonly state: unknown
}

/** Rules of {@link ModelContent}; the name must be one of the restorers. */
export function modelContentSchema(restorers: Restorers) {
  return z.strictObject({
    learner: z.enum(Object.keys(restorers)),
    baseRate: z.number().gt(0).lt(1),
    features: z.array(
      z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('number'), name: z.string() }),
        z.strictObject({ kind: z.literal('text'), name: z.string(), categories: z.array(z.string()) }),
      ]),
    ),
    state: z.unknown(),
  })
}

/** Returns the model as plain JSON data. */
export function contentOf(model: ChurnModel): ModelContent {
  const { learner, baseRate, features } = model
  return { learner, baseRate, features, state: model.state() }
}

/** Returns the model of content that is already checked. @throws {HoldfastError} `model-invalid` */
export function restoreChecked(operation: string, restorers: Restorers, content: ModelContent): ChurnModel {
  refuseModel(operation, featureProblems(content.features))
  return restorers[content.learner]!(content.features, content.baseRate, content.state)
}

function featureProblems(features: readonly FeatureSpec[]): Problem[] {
  const problems = duplicates(features.map((feature) => feature.name)).map((name) =>
    duplicate('features', name),
  )
  for (const feature of features) {
    if (feature.kind === 'number') continue
    const parameter = `categories of ${feature.name}`
    for (const text of duplicates(feature.categories)) problems.push(duplicate(parameter, text))
  }
  return problems
}

function duplicates(texts: readonly string[]): string[] {
  const seen = new Set<string>()
  return texts.filter((text) => seen.size === seen.add(text).size)
}

function duplicate(parameter: string, received: string): Problem {
  return { code: 'model-invalid', parameter, rule: 'to be different from each other', received }
}
