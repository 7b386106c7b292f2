import { isMissing } from '../base/bitmap.js'
import type { FeatureMatrix } from '../base/matrix.js'
import type { ChurnModel, Contributions } from '../learn/contract.js'

/** Why a score is what it is: one feature, its value, and what it does to the risk of leaving. */
export interface Reason {
  readonly feature: string
  /** The customer's value; null where it is not known. */
  readonly value: number | string | null
  /** Exact additive contribution in `scale`, against the mean of the training customers. */
  readonly effect: number
  /** What effects add up in: the log odds of leaving, or for a forest its probability. */
  readonly scale: Contributions['scale']
  /** The reason in words. */
  readonly text: string
}

/** Puts a feature and its value into words: "months since activation is 7". */
export type ValueWords = (feature: string, value: number | string | null) => string

/**
 * Returns the strongest reasons of one row, by the size of their effect; effects of 0 are no reasons.
 *
 * The effects of all features and the base add up to the log odds of the score, or to the score itself, exactly.
 */
export function reasonsOf(
  model: ChurnModel,
  contributions: Contributions,
  lookUp: (feature: string, row: number) => number | string | null,
  row: number,
  count: number,
  words: ValueWords,
): Reason[] {
  const order = strongest(contributions, row, count)
  return order.map((index) => {
    const feature = model.features[index]!.name
    const value = lookUp(feature, row)
    const effect = contributions.values[index]![row]!
    const { scale } = contributions
    return {
      feature,
      value,
      effect,
      scale,
      text: `${words(feature, value)} (${effectText(effect, scale)})`,
    }
  })
}

/** Returns a look-up of feature values by name and row. */
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

// A selection of the few largest by insertion: no array of objects per row on the way.
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

function effectText(effect: number, scale: Contributions['scale']): string {
  if (scale === 'log-odds') {
    const factor = Math.exp(effect)
    return `odds of leaving ×${factor.toFixed(factor < 10 ? 2 : 0)}`
  }
  const points = (100 * effect).toFixed(1)
  return `risk of leaving ${effect < 0 ? '' : '+'}${points} points`
}
