import { isMissing } from '../base/bitmap.js'
import type { FeatureMatrix } from '../base/matrix.js'
import { type Actionability, type FeatureFamily, featureFamilies } from '../feature/family.js'
import type { Language } from '../feature/name/language.js'
import type { Contributions } from '../learn/contract.js'

/** One reason for a score: a feature, its value, and its effect on the risk of leaving. */
export interface Reason {
  readonly feature: string
  /** The customer's value; null = not known. */
  readonly value: number | string | null
  /** What the feature is about: usage, price, contract, payment, service, customer; `other` = not known. */
  readonly family: FeatureFamily
  /** Whether the operator can change the value by an act of their own; `unknown` = not known. */
  readonly actionability: Actionability
  /** What to do about it, from the playbook; null if that says nothing of it. */
  readonly action: string | null
  /** Exact additive contribution in `scale`, relative to the mean of the training customers. */
  readonly effect: number
  /** Scale of the effects: log odds of leaving, or for a forest the probability. */
  readonly scale: Contributions['scale']
  /** The reason in words. */
  readonly text: string
}

/** What all features of a family do to the risk of leaving. */
export interface FamilyEffect {
  readonly family: FeatureFamily
  /** Sum of the effects of the family's features, in the scale of the reasons. */
  readonly effect: number
  /** What of it comes from features that are changeable. */
  readonly changeable: number
}

/** What is said of a feature. */
export interface FeatureInWords {
  readonly name: string
  readonly family: FeatureFamily
  readonly actionability: Actionability
  /** From the playbook; null if that says nothing of the feature. */
  readonly action: string | null
  /** Returns the feature with a value in words: "customer for 7 months". */
  readonly sentence: (value: number | string | null) => string
}

/**
 * Returns the strongest reasons of one row, by the size of their effect; effects of 0 are left out.
 *
 * The base and the effects of all features add up exactly to the log odds of the score, or to the score itself.
 *
 * @param features what is said of the features, in the order of the contributions
 */
export function reasonsOf(
  features: readonly FeatureInWords[],
  contributions: Contributions,
  lookUp: LookUp,
  row: number,
  count: number,
  language: Language,
): Reason[] {
  return strongest(contributions, row, count).map((index) =>
    reasonAt(features[index]!, index, contributions, lookUp, row, language),
  )
}

type LookUp = (feature: string, row: number) => number | string | null

function reasonAt(
  { name, family, actionability, action, sentence }: FeatureInWords,
  index: number,
  { scale, values }: Contributions,
  lookUp: LookUp,
  row: number,
  language: Language,
): Reason {
  const value = lookUp(name, row)
  const effect = values[index]![row]!
  const text = withEffect(sentence(value), effect, scale, language)
  return { feature: name, value, family, actionability, action, effect, scale, text }
}

/**
 * Returns the place of the feature with an action that raises the risk of a row most, the first of equal ones; -1 if no
 * feature with an action raises it.
 */
export function strongestAction(
  features: readonly FeatureInWords[],
  { values }: Contributions,
  row: number,
): number {
  let [best, most] = [-1, 0]
  features.forEach(({ action }, index) => {
    const effect = values[index]![row]!
    if (action !== null && effect > most) [best, most] = [index, effect]
  })
  return best
}

/** Returns what to do about a row: the action of the strongest reason that raises the risk and has one. */
export function recommendationOf(
  features: readonly FeatureInWords[],
  contributions: Contributions,
  lookUp: LookUp,
  row: number,
  language: Language,
): { readonly action: string; readonly reason: Reason } | null {
  const index = strongestAction(features, contributions, row)
  if (index < 0) return null
  const reason = reasonAt(features[index]!, index, contributions, lookUp, row, language)
  return { action: reason.action!, reason }
}

/**
 * Returns what each family does to one row, in the order of the families; those without a feature are left out.
 *
 * The base and the effects of all families add up to the log odds of the score, or to the score itself, as those of the
 * features do.
 */
export function familyEffects(
  features: readonly FeatureInWords[],
  { values }: Contributions,
  row: number,
): FamilyEffect[] {
  const sums = new Map<FeatureFamily, { effect: number; changeable: number }>()
  features.forEach(({ family, actionability }, index) => {
    const effect = values[index]![row]!
    const sum = sums.get(family) ?? { effect: 0, changeable: 0 }
    sum.effect += effect
    if (actionability === 'changeable') sum.changeable += effect
    sums.set(family, sum)
  })
  return featureFamilies.flatMap((family) => {
    const sum = sums.get(family)
    return sum === undefined ? [] : [{ family, ...sum }]
  })
}

/** Returns a lookup of feature values by name and row. */
export function valuesByName(
  features: FeatureMatrix,
): (feature: string, row: number) => number | string | null {
  const columns = new Map(features.columns.map((column) => [column.name, column]))
  return (feature, row) => {
    const column = columns.get(feature)
    if (column === undefined || isMissing(column.missing, row)) return null
    return column.kind === 'number' ? column.values[row]! : column.dictionary[column.codes[row]!]!
  }
}

// Selects the few largest by insertion, without creating objects per row.
function strongest(contributions: Contributions, row: number, count: number): number[] {
  const order: number[] = []
  const sizeAt = (index: number): number => Math.abs(contributions.values[index]![row]!)
  for (let index = 0; index < contributions.values.length; index++) {
    const size = sizeAt(index)
    if (size === 0 || (order.length === count && size <= sizeAt(order[count - 1]!))) continue
    let place = order.length
    while (place > 0 && sizeAt(order[place - 1]!) < size) place--
    order.splice(place, 0, index)
    if (order.length > count) order.pop()
  }
  return order
}

/** Returns a sentence with what it does to the odds of leaving, or to the risk. */
export function withEffect(
  sentence: string,
  effect: number,
  scale: Contributions['scale'],
  language: Language,
): string {
  if (scale === 'log-odds') return language.withOdds(sentence, factorWords(effect, language))
  return language.withPoints(sentence, `${effect < 0 ? '' : '+'}${(100 * effect).toFixed(1)}`)
}

const largestFactor = 1_000_000

/**
 * Returns what an effect does to the odds, in words. Logistic models give values far from those of training factors that no
 * number can hold.
 */
export function factorWords(effect: number, language: Language): string {
  const factor = Math.exp(effect)
  if (factor > largestFactor) return language.factor(largestFactor.toLocaleString('en-US'), 1)
  if (factor < 1 / largestFactor) return language.factor('0.000001', -1)
  if (factor < 0.1) return language.factor(factor.toLocaleString('en-US', { maximumSignificantDigits: 2 }), 0)
  return language.factor(factor < 10 ? factor.toFixed(2) : Math.round(factor).toLocaleString('en-US'), 0)
}
