import { checkArguments } from '../../base/arguments.js'
import { isMissing } from '../../base/bitmap.js'
import type { EpochDay } from '../../base/days.js'
import { refuse } from '../../base/errors.js'
import type { FeatureColumn } from '../../base/matrix.js'
import type { History } from '../../engine/history.js'
import { sharedDayProblems } from '../checkFeatureCutoffs.js'
import { featureName } from '../name/featureName.js'
import { comparedValue, type PercentileGroup, type PercentileReference } from '../percentileReference.js'
import type { FeatureRule, PercentileRule } from '../rule.js'
import { type FeatureMatrixOptions, featureMatrix } from './featureMatrix.js'

/**
 * Returns the values that the counted customers have at each cutoff, for every rule of kind `percentile`: kept with a
 * model, they rank a single customer in memory.
 *
 * Use the population that the model is used with, and usually only the latest cutoff.
 *
 * @param rules rules of other kinds are ignored
 * @returns one reference for each percentile rule and cutoff, plain data
 * @throws {HoldfastError} like {@link featureMatrix}
 *
 * Cost as {@link featureMatrix}. Size: the distinct values of each group.
 *
 * @example
 * const history = await openHistory({
 *   customers: ['A', 'B', 'C'].map((id) => ({ id, activatedAt: '2024-01-15' })),
 *   usage: [
 *     { id: 'A', day: '2025-03-31', minutes: 12 },
 *     { id: 'B', day: '2025-03-31', minutes: 30 },
 *   ],
 * })
 * const rule = { kind: 'percentile', of: sumOf('usage', 'minutes', { months: 1 }), within: 'everybody' }
 * const [reference] = await percentileReferences(history, [rule], { cutoffs: [epochDay('2025-04-01')] })
 * await history.close()
 * reference.groups
 * // => [{ within: null, values: [0, 12, 30], upTo: [1, 2, 3] }]
 *
 * @see {@link percentileIn}, {@link compileRules} to use them
 */
export async function percentileReferences(
  history: History,
  rules: readonly FeatureRule[],
  options: FeatureMatrixOptions,
): Promise<PercentileReference[]> {
  checkArguments(
    'percentileReferences',
    ['history', history, 'history'],
    ['rules', rules, 'array'],
    ['options', options, 'object'],
  )
  const percentiles = rules.filter((rule): rule is PercentileRule => rule.kind === 'percentile')
  if (percentiles.length === 0) return []
  refuse('percentileReferences', sharedDayProblems(percentiles, options.cutoffs))
  const read = percentiles.flatMap(({ of, within }) => (within === 'everybody' ? [of] : [of, within]))
  const distinct = [...new Map(read.map((rule) => [featureName(rule), rule])).values()]
  const { features, cutoffs } = await featureMatrix(history, distinct, options)
  const column = (rule: FeatureRule): FeatureColumn =>
    features.columns[distinct.findIndex((other) => featureName(other) === featureName(rule))]!
  return percentiles.flatMap((rule) => {
    const within = rule.within === 'everybody' ? null : column(rule.within)
    const references = referencesOf(featureName(rule), column(rule.of), within, cutoffs)
    const { timeZone, repeatedRows } = history
    return references.map((reference) => ({ ...reference, timeZone, repeatedRows }))
  })
}

function referencesOf(
  feature: string,
  of: FeatureColumn,
  within: FeatureColumn | null,
  cutoffs: Int32Array,
): PercentileReference[] {
  const values = new Map<EpochDay, Map<string | null, number[]>>()
  for (const [row, cutoff] of cutoffs.entries()) {
    const groups = values.get(cutoff as EpochDay) ?? new Map<string | null, number[]>()
    values.set(cutoff as EpochDay, groups)
    if (isMissing(of.missing, row) || (within !== null && isMissing(within.missing, row))) continue
    const group = within?.kind === 'text' ? within.dictionary[within.codes[row]!]! : null
    const value = comparedValue(of.kind === 'number' ? of.values[row]! : Number.NaN)
    const others = groups.get(group)
    if (others === undefined) groups.set(group, [value])
    else others.push(value)
  }
  return [...values]
    .sort(([left], [right]) => left - right)
    .map(([cutoff, groups]) => ({
      feature,
      cutoff,
      groups: [...groups].map(([group, list]) => groupOf(group, list)),
    }))
}

function groupOf(within: string | null, list: readonly number[]): PercentileGroup {
  const sorted = Float64Array.from(list).sort()
  const values: number[] = []
  const upTo: number[] = []
  for (const [index, value] of sorted.entries()) {
    if (value !== values.at(-1)) {
      values.push(value)
      upTo.push(0)
    }
    upTo[upTo.length - 1] = index + 1
  }
  return { within, values, upTo }
}
