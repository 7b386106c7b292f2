import { ownValue } from '../../base/ownValue.js'
import type { Random } from '../../base/random.js'
import type { AskedAbove, FeatureChoice } from '../tree/grow/growLimits.js'
import type { CheckedBoostingOptions } from './options.js'

/** What the choice of columns is made from. */
export interface ColumnRules {
  /** Feature of each place in the kernels' order. */
  readonly places: Int32Array
  /** How often each feature is drawn, relative to the others; null = all alike. */
  readonly weights: readonly number[] | null
  /** Which features may act together; null = all. */
  readonly groups: readonly ReadonlySet<number>[] | null
}

/** Returns the rules of the options in terms of features, which are known by name outside. */
export function columnRules(
  options: CheckedBoostingOptions,
  names: readonly string[],
  places: Int32Array,
): ColumnRules {
  const { columnWeights, interactions } = options
  const feature = new Map(names.map((name, index) => [name, index]))
  return {
    places,
    weights: columnWeights === undefined ? null : names.map((name) => ownValue(columnWeights, name) ?? 1),
    groups:
      interactions === undefined
        ? null
        : interactions.map((group) => new Set(group.map((name) => feature.get(name)!))),
  }
}

/** Draws the columns that trees and nodes may ask. */
export class ColumnChooser {
  /** The places that may be drawn, in the order of their features: how columns are stored does not show. */
  readonly #drawable: Int32Array
  #tree: Int32Array

  constructor(
    readonly rules: ColumnRules,
    readonly options: Pick<CheckedBoostingOptions, 'columnShare' | 'columnSharePerNode'>,
    readonly random: Random,
  ) {
    const { places, weights } = rules
    this.#drawable = Int32Array.from(places.keys())
      .sort((a, b) => places[a]! - places[b]!)
      .filter((place) => weights === null || weights[places[place]!]! > 0)
    this.#tree = this.#drawable
  }

  /** Draws the columns of the next tree. */
  readonly startTree = (): void => {
    this.#tree = this.#drawn(this.#drawable, this.options.columnShare)
  }

  /** Marks the columns that a node may ask: of the tree's, those that may act with the ones asked above, or a draw of them. */
  readonly choose: FeatureChoice = (asked, inUse) => {
    const allowed =
      this.rules.groups === null ? this.#tree : this.#tree.filter((place) => this.#mayJoin(asked, place))
    inUse.fill(0)
    for (const place of this.#drawn(allowed, this.options.columnSharePerNode)) inUse[place] = 1
  }

  #mayJoin(asked: AskedAbove, place: number): boolean {
    const feature = this.rules.places[place]!
    const alone = new Set([feature])
    return [alone, ...this.rules.groups!].some((group) => {
      let holds = group.has(feature)
      for (let at = asked; at !== null; at = at.above) holds &&= group.has(at.feature)
      return holds
    })
  }

  /** A share of the places, at least one where there is any. */
  #drawn(from: Int32Array, share: number): Int32Array {
    const count = Math.min(Math.max(1, Math.round(share * from.length)), from.length)
    if (count === from.length) return from
    const { weights, places } = this.rules
    if (weights !== null) {
      // The largest keys log(u) / w are a draw without replacement by weight (Efraimidis and Spirakis 2006).
      const key = Array.from(from, (place) => Math.log(1 - this.random.uniform()) / weights[places[place]!]!)
      const order = Int32Array.from(from.keys()).sort((a, b) => key[b]! - key[a]!)
      return order.subarray(0, count).map((index) => from[index]!)
    }
    const order = from.slice()
    for (let index = 0; index < count; index++) {
      const other = index + this.random.integer(order.length - index)
      const kept = order[index]!
      order[index] = order[other]!
      order[other] = kept
    }
    return order.subarray(0, count)
  }
}
