import { nearName, type Problem, refuse } from '../../base/errors.js'
import type { FeatureSpec } from '../../base/matrix.js'
import { probabilityOf } from '../margin.js'
import { expectedValue } from '../tree/explain/treeExplainer.js'
import { loadKernels } from '../tree/loadKernels.js'
import { flatTrees, type KeptFeature } from './flatTrees.js'
import { ImportedModel } from './model.js'
import type { CheckedImportOptions } from './options.js'
import { broken, unsupported } from './problems.js'
import type { SourceModel, SourceTree } from './sourceModel.js'

// Who trains or imports has time for the kernels
loadKernels()

/**
 * Returns the model of what was read from a file; throws one error with what was found wrong before and what is now.
 *
 * Features that no tree asks are left out: the input need not have them, and their contributions would all be 0.
 */
export function importedModel(
  operation: string,
  source: SourceModel,
  options: CheckedImportOptions,
  found: readonly Problem[],
): ImportedModel {
  const problems = [
    ...found,
    ...nameProblems(source.featureNames),
    ...categoryOptionProblems(source, options),
  ]
  const asked = askedFeatures(source.trees, source.featureNames, problems)
  const order = [...asked.keys()].sort((a, b) => a - b)
  const kept = new Map<number, KeptFeature>(
    order.map((feature, index) => [feature, { index, categories: source.categories.get(feature) ?? null }]),
  )
  const ensemble = flatTrees(source.trees, kept, problems)
  refuse(operation, problems)
  const features = order.map((feature): FeatureSpec => {
    const name = source.featureNames[feature]!
    const categories = kept.get(feature)!.categories
    return categories === null
      ? { kind: 'number', name }
      : { kind: 'text', name, categories: [...categories.texts] }
  })
  const placesOf = (chosen: (feature: number) => boolean): number[] =>
    order.flatMap((feature, index) => (chosen(feature) ? [index] : []))
  const base = source.baseMargin + expectedValue(ensemble)
  return new ImportedModel(
    source.library,
    features,
    options.baseRate ?? probabilityOf(Float64Array.of(base))[0]!,
    source.baseMargin,
    ensemble,
    {
      zeroIsMissing: placesOf((feature) => asked.get(feature) === 'number, zero is missing'),
      codes: placesOf((feature) => source.categories.get(feature)?.areCodes ?? false),
    },
  )
}

type Asked = 'number' | 'number, zero is missing' | 'category'

/** Returns what the trees ask of each feature; one that is asked in two ways is a problem. */
function askedFeatures(
  trees: readonly SourceTree[],
  names: readonly string[],
  problems: Problem[],
): Map<number, Asked> {
  const asked = new Map<number, Asked>()
  const unclear = new Set<number>()
  for (const { nodes } of trees) {
    for (const node of nodes) {
      if (node.kind === 'leaf') continue
      const now =
        node.kind === 'category' ? node.kind : node.zeroIsMissing ? 'number, zero is missing' : node.kind
      if ((asked.get(node.feature) ?? now) !== now) unclear.add(node.feature)
      asked.set(node.feature, now)
    }
  }
  const unknown = [...asked.keys()].find((feature) => names[feature] === undefined)
  if (unknown !== undefined) problems.push(broken('features of the splits', 'to be in the list', unknown))
  for (const feature of unclear) {
    const wayOut = 'Train it in one go on one table, with the same settings throughout.'
    const rule = 'to be read in one way: as number, as number with zero as missing, or as category'
    problems.push(unsupported(`feature ${names[feature]}`, rule, 'several', wayOut))
  }
  return asked
}

function nameProblems(names: readonly string[]): Problem[] {
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  return twice === undefined ? [] : [broken('names of the features', 'to be different', twice)]
}

function categoryOptionProblems(source: SourceModel, options: CheckedImportOptions): Problem[] {
  const readable = [...source.categories.keys()].flatMap((feature) => source.featureNames[feature] ?? [])
  return Object.entries(options.categories).flatMap(([name, texts]): Problem[] => {
    const parameter = `categories.${name}`
    if (!readable.includes(name)) {
      const rule = 'to name a feature that the model reads as categories'
      return [{ code: 'option-invalid', parameter, rule, ...nearName(name, readable, 'Leave it out.') }]
    }
    if (new Set(texts).size === texts.length) return []
    return [{ code: 'option-invalid', parameter, rule: 'to hold texts that differ', received: texts }]
  })
}

/** Returns the option's problem where a file has fewer rounds than are asked for. */
export function roundsProblems(options: CheckedImportOptions, rounds: number): Problem[] {
  if (options.rounds === undefined || options.rounds <= rounds) return []
  const rule = `to be at most ${rounds}, the rounds of the file`
  return [{ code: 'option-invalid', parameter: 'rounds', rule, received: options.rounds }]
}
