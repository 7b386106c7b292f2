import { nearName, type Problem } from '../../base/errors.js'
import type { FeatureMatrix, FeatureSpec } from '../../base/matrix.js'
import { ownValue } from '../../base/ownValue.js'
import type { CheckedBoostingOptions } from './options.js'

/** Returns what is wrong with the columns that options, or a model to go on from, name. */
export function namesProblems(
  options: CheckedBoostingOptions,
  features: FeatureMatrix,
  startFrom: readonly FeatureSpec[] | undefined,
): Problem[] {
  const names = features.columns.map(({ name }) => name)
  const named = [
    ...Object.keys(options.columnWeights ?? {}).map((name) => ['columnWeights', name] as const),
    ...Object.keys(options.monotone ?? {}).map((name) => ['monotone', name] as const),
    ...(options.interactions ?? []).flat().map((name) => ['interactions', name] as const),
  ]
  const unknown = named.filter(([, name]) => !names.includes(name))
  return [
    ...unknown.map(([option, name]) => unknownColumn(option, name, names)),
    ...monotoneProblems(options, features),
    ...weightProblems(options, names),
    ...(startFrom === undefined ? [] : startProblems(features, startFrom)),
  ]
}

function unknownColumn(option: string, name: string, names: readonly string[]): Problem {
  return {
    code: 'option-invalid',
    parameter: `each column of ${option}`,
    rule: 'to be a column of the features',
    received: name,
    ...nearName(name, names),
  }
}

function monotoneProblems({ monotone }: CheckedBoostingOptions, { columns }: FeatureMatrix): Problem[] {
  return columns
    .filter(({ name, kind }) => kind === 'text' && Object.hasOwn(monotone ?? {}, name))
    .map(({ name }) => ({
      code: 'option-invalid',
      parameter: 'each column of monotone',
      rule: 'to hold numbers: texts have no order',
      received: name,
    }))
}

function weightProblems({ columnWeights }: CheckedBoostingOptions, names: readonly string[]): Problem[] {
  if (columnWeights === undefined || names.some((name) => ownValue(columnWeights, name) !== 0)) return []
  return [
    {
      code: 'option-invalid',
      parameter: 'columnWeights',
      rule: 'to leave at least one column a weight above 0',
      received: 0,
    },
  ]
}

function startProblems({ columns }: FeatureMatrix, startFrom: readonly FeatureSpec[]): Problem[] {
  const known = new Map(startFrom.map((spec) => [spec.name, spec.kind]))
  const strange = columns.filter(({ name }) => !known.has(name))
  return strange.map(({ name }) => ({
    code: 'option-invalid',
    parameter: 'the features',
    rule: 'to be those of the model to go on from',
    received: name,
    wayOut: 'Leave the column out, or train a new model.',
  }))
}
